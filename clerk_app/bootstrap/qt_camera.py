"""The driver ``camera-qt``: Qt's cameras, which the screens' side speaks to, as a driver like the others.

``camera-qt:`` is the first camera, ``camera-qt:Document`` the first whose name holds that word. Nothing of Qt is loaded
before a camera is looked for or opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from drivers.base.errors import NotConnected
from drivers.base.registry import Driver
from drivers.camera.camera import FrameSource
from drivers.camera.registered import video_driver


class _Translated:
    """A ``FrameSource`` over Qt's frames: their loss in the drivers' words."""

    def __init__(self, address: str, size: str) -> None:
        self._address, self._size = address, size
        self._frames: Any = None

    def open(self) -> None:
        from clerk_app.ui.qt_devices.camera import QtFrames

        self._frames = self._frames or QtFrames(self._address, self._size)
        self._told(self._frames.open)

    def close(self) -> None:
        if self._frames is not None:
            self._frames.close()

    def frame(self, timeout: float, longest: int) -> bytes | None:
        picture: bytes | None = self._told(self._frames.frame, timeout, longest)
        return picture

    def still(self, timeout: float) -> bytes | None:
        picture: bytes | None = self._told(self._frames.still, timeout)
        return picture

    def _told(self, call: Any, *args: Any) -> Any:
        from clerk_app.ui.qt_devices.camera import CameraLost

        try:
            return call(*args)
        except CameraLost as lost:
            raise NotConnected(lost.word, word=lost.word, advice=str(lost)) from lost


def _source(address: str, size: str) -> FrameSource:
    return _Translated(address, size)


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
