"""The camera's live picture: runs while the room is open, is held while a shot is looked at, comes back by itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from clerk_app.ports.capture import Corners, DocumentCamera
from clerk_app.ports.devices import DeviceState
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.capture.shot import ShotWork

WATCH_MS = 2_000
CAPTURE_S = 8.0
NO_CAMERA = "没有设置高拍仪。把图片或 PDF 拖到这里，或按 O 选文件"
OPENING = "正在打开高拍仪…"


class Preview(QObject):
    """``frame`` is the newest picture, ``outlined`` where the sheet lies in one of them (None = not found), ``told``
    what stands there instead of a picture. While ``held`` none of them is sent."""

    frame = Signal(QImage)
    outlined = Signal(object)
    told = Signal(str)

    def __init__(self, lanes: Lanes, camera: DocumentCamera | None, work: ShotWork, parent: QObject) -> None:
        super().__init__(parent)
        self._lanes, self._camera, self._work = lanes, camera, work
        self._running = self._looking = self._held = False
        self._frames = 0
        self._watch = QTimer(self)
        self._watch.setInterval(WATCH_MS)
        self._watch.timeout.connect(self.look)

    @property
    def has_camera(self) -> bool:
        return self._camera is not None

    def start(self) -> None:
        self._open()
        self._watch.start()

    def stop(self) -> None:
        self._watch.stop()
        self._running = False
        if self._camera is not None:
            self._lanes.lane("camera").run(self._camera.stop, key="preview")

    def hold(self) -> None:
        """A shot is looked at."""
        self._held = True

    def go_on(self) -> None:
        """Live again: the picture of before stands until the next frame, else words say what is awaited."""
        self._held = False
        if self._camera is None:
            self.told.emit(NO_CAMERA)
        elif not self._frames:
            self.told.emit(OPENING)
        else:
            self.outlined.emit(None)

    def capture(self, done: Callable[[bytes], object], failed: Callable[[Failure], object]) -> None:
        """One picture in the camera's best size, on its lane."""
        assert self._camera is not None
        self._lanes.lane("camera").run(self._camera.capture, CAPTURE_S, done=done, failed=failed)

    def _tell(self, words: str) -> None:
        if not self._held:
            self.told.emit(words)

    def _open(self) -> None:
        if self._camera is None:
            self._tell(NO_CAMERA)
            return
        if self._running:
            return
        self._running = True
        self._frames = 0
        self._tell(OPENING)
        self._lanes.lane("camera").run(self._camera.start, self._on_frame, failed=self._not_opened, key="preview")

    def _not_opened(self, failure: Failure) -> None:
        self._running = False
        self._tell(failure.text)

    def _on_frame(self, frame: bytes) -> None:
        """On the camera's thread: the newest frame only is handed over."""
        image = QImage.fromData(frame)
        if not image.isNull():
            self._lanes.post(self._show, image, frame, key=("camera", id(self)))

    def _show(self, image: QImage, frame: bytes) -> None:
        if self._held or not self._running:
            return
        self._frames += 1
        self.frame.emit(image)
        if not self._looking:
            self._looking = True
            self._work.outline(frame, self._found)

    def _found(self, corners: Corners | None) -> None:
        self._looking = False
        if not self._held and self._running:
            self.outlined.emit(corners)

    def look(self) -> None:
        """Every two seconds: a camera that was lost says so, one that came back is started again."""
        if self._camera is None or self._held:
            return
        if not self._running:
            self._open()
            return
        health = self._camera.health()
        if health.state in (DeviceState.ABSENT, DeviceState.FAULTY) and health.advice:
            self._tell(health.advice)
