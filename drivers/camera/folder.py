"""Recorded pictures as a camera: a folder's JPEG and PNG files in the order of their names, or made-up sheets.

``capture`` gives the picture that the preview shows and lays the next sheet under the camera, so that a demonstration
needs no hand. Files that are put into the folder meanwhile join the row; a folder that is gone is a pulled cable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PIL import Image

from drivers.base.errors import NotConnected
from drivers.camera import samples
from drivers.camera.pictures import BadPicture, jpeg, opened, within

SUFFIXES = (".jpg", ".jpeg", ".png")


class RecordedFrames:
    """A ``FrameSource`` over pictures. ``pictures`` lists functions that load one each; it is asked at every frame.
    ``turn_over`` False keeps the same sheet under the camera."""

    def __init__(self, pictures: Callable[[], Sequence[Callable[[], bytes]]], *, turn_over: bool = True) -> None:
        self._pictures = pictures
        self._turn_over = turn_over
        self._at = 0
        self._open = False
        self._small: tuple[int, int, bytes] | None = None

    def look(self) -> None:
        self._row()

    def open(self) -> None:
        self._row()
        self._open = True

    def close(self) -> None:
        self._open = False

    def frame(self, timeout: float, longest: int) -> bytes | None:
        picture = self._under()
        key = (hash(picture), longest)
        if self._small is None or self._small[:2] != key:
            self._small = (*key, jpeg(within(_readable(picture), longest), 80))
        return self._small[2]

    def still(self, timeout: float) -> bytes | None:
        picture = self._under()
        _readable(picture)
        if self._turn_over:
            self._at += 1
        return picture

    def _under(self) -> bytes:
        if not self._open:
            raise NotConnected("the recorded camera is closed")
        row = self._row()
        return row[self._at % len(row)]()

    def _row(self) -> Sequence[Callable[[], bytes]]:
        row = self._pictures()
        if not row:
            raise NotConnected(
                "no pictures", word="no_pictures", advice="虚拟高拍仪的文件夹里没有图片，请放入 JPEG 或 PNG"
            )
        return row


def from_folder(folder: Path, *, turn_over: bool = True) -> RecordedFrames:
    """The pictures of a folder."""

    def pictures() -> Sequence[Callable[[], bytes]]:
        try:
            names = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
        except OSError as error:
            raise NotConnected(
                f"{type(error).__name__} on the folder",
                word="no_folder",
                advice=f"虚拟高拍仪的文件夹读不了，请看还在不在：{folder}",
            ) from error
        return [partial(_read, path) for path in names]

    return RecordedFrames(pictures, turn_over=turn_over)


def made_up(views: Sequence[samples.View] = samples.VIEWS) -> RecordedFrames:
    """Sheets that nobody ever wrote, each drawn when it is first looked at."""
    return RecordedFrames(lambda: [partial(samples.frame, view) for view in views])


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotConnected(f"{type(error).__name__} on a recorded picture", word="no_picture") from error


def _readable(data: bytes) -> Image.Image:
    try:
        return opened(data)
    except BadPicture as error:
        raise NotConnected("a recorded file is no picture", word=error.word, advice=str(error)) from error
