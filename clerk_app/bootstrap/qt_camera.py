"""The driver ``camera-qt``: Qt's cameras, which the screens' side speaks to, as a driver like the others.

``camera-qt:`` is the first camera, ``camera-qt:Document`` the first whose name holds that word. Nothing of Qt is loaded
before a camera is looked for or opened.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from drivers.base.errors import NotConnected
from drivers.base.registry import Driver
from drivers.camera.camera import FrameSource
from drivers.camera.registered import video_driver

if TYPE_CHECKING:
    from clerk_app.ui.qt_devices.camera import QtFrames

Result = TypeVar("Result")


class Translated:
    """A ``FrameSource`` over Qt's frames: their loss in the drivers' words. ``frames`` makes them, unopened."""

    def __init__(self, frames: Callable[[], QtFrames]) -> None:
        self._make = frames
        self._frames: QtFrames | None = None

    def look(self) -> None:
        _told(self._own().look)

    def open(self) -> None:
        _told(self._own().open)

    def close(self) -> None:
        self._own().close()

    def frame(self, timeout: float, longest: int) -> bytes | None:
        return _told(self._own().frame, timeout, longest)

    def still(self, timeout: float) -> bytes | None:
        return _told(self._own().still, timeout)

    def _own(self) -> QtFrames:
        if self._frames is None:
            self._frames = self._make()
        return self._frames


def _told(call: Callable[..., Result], *args: float) -> Result:
    from clerk_app.ui.qt_devices.camera import CameraLost

    try:
        return call(*args)
    except CameraLost as lost:
        raise NotConnected(lost.word, word=lost.word, advice=str(lost)) from lost


def _source(address: str, size: str) -> FrameSource:
    def frames() -> QtFrames:
        from clerk_app.ui.qt_devices.camera import QtFrames

        return QtFrames(address, size)

    return Translated(frames)


def _look(listed: Path = Path("/sys/class/video4linux")) -> dict[str, str]:
    """Cameras by what Linux says of them, in some milliseconds and without opening one; Qt knows them by the same
    address. Elsewhere none are listed: asking Qt from the thread that looks is not safe, so "auto" tries the first."""
    found = {}
    for node in sorted(listed.glob("video*")):
        try:
            # A camera's second node carries its metadata.
            if (node / "index").read_text().strip() == "0":
                found[f"/dev/{node.name}"] = (node / "name").read_text().strip()
        except OSError:
            continue
    return found


DRIVERS: tuple[Driver, ...] = (
    video_driver("camera-qt", "高拍仪、摄像头（系统认得的）", _source, _look, "录下的画面送进同一条路，没有实物"),
)
