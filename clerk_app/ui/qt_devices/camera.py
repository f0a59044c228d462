"""Document cameras through QtMultimedia: any camera that the system lists (UVC, as nearly all of them are).

The frames' source behind ``drivers.camera.camera.FrameCamera``; an error is a ``CameraLost`` with the clerk's sentence,
which bootstrap turns into the drivers' own. Qt's objects live on the GUI's thread; frames come on whatever thread Qt
delivers them and are picked up by the camera's.

Tried with frames fed into the same sink; no camera was at hand.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice, QObject, Qt, QThread, Signal, Slot
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QCameraDevice, QVideoFrame

NO_MODULE = "这台电脑没有装高拍仪的组件（PySide6-Addons），请技术员安装；先把图片或 PDF 拖进来"
NOT_FOUND = "没有找到高拍仪，请检查连线；先把图片或 PDF 拖进来"
IN_USE = "高拍仪打不开，可能别的程序正在用它。请关掉那个程序，或拔下重插"
LEAST_RATE = 2.0
"""Frames a second; a size at which the camera is slower than this cannot be aimed with."""
JPEG_QUALITY = 90
_PATIENCE = 10.0
_LISTING = 2.0
_FRESH = 0.25


class CameraLost(Exception):
    """The camera is not there, cannot be opened or was pulled; ``str`` is the sentence, ``word`` for logs."""

    def __init__(self, sentence: str, word: str) -> None:
        super().__init__(sentence)
        self.word = word


class _Asking(QObject):
    """Has something done on the GUI's thread and brings back what came of it."""

    _wanted = Signal()

    def __init__(self, app: QCoreApplication, call: Callable[[], dict[str, str]]) -> None:
        super().__init__()
        self._call = call
        self.done = threading.Event()
        self.found: dict[str, str] | None = None
        self.moveToThread(app.thread())
        self._wanted.connect(self._do)

    def ask(self, timeout: float) -> dict[str, str] | None:
        if QThread.currentThread() is self.thread():
            return self._call()
        self._wanted.emit()
        self.done.wait(timeout)
        return self.found

    @Slot()
    def _do(self) -> None:
        try:
            self.found = self._call()
        finally:
            self.done.set()


def cameras() -> dict[str, str] | None:
    """Address → name of every camera that the system lists now, from any thread; empty without the module, None when
    there is no application or its loop does not turn."""
    app = QCoreApplication.instance()
    if app is None:
        return None
    return _Asking(app, _listed).ask(_LISTING) if has_module() else {}


def _listed() -> dict[str, str]:
    from PySide6.QtMultimedia import QMediaDevices

    return {_address(device): device.description() for device in QMediaDevices.videoInputs()}


def has_module() -> bool:
    """Whether QtMultimedia can be loaded on this PC."""
    try:
        import PySide6.QtMultimedia  # noqa: F401
    except ImportError:
        return False
    return True


class Frames:
    """The newest frame, put by whatever thread has it, taken by the camera's."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: QVideoFrame | QImage | None = None
        self._number = 0
        self._taken = 0
        self._at = 0.0
        self._trouble: CameraLost | None = None

    def put(self, frame: QVideoFrame | QImage) -> None:
        """A frame has come."""
        with self._changed:
            self._frame, self._at = frame, time.monotonic()
            self._number += 1
            self._changed.notify_all()

    def fail(self, trouble: CameraLost) -> None:
        """No more frames come."""
        with self._changed:
            self._trouble = trouble
            self._changed.notify_all()

    def next(self, timeout: float) -> QImage | None:
        """The newest frame that was not taken yet; None when none came in time. ``CameraLost``."""
        return self._wait(lambda: self._number > self._taken, timeout)

    def fresh(self, timeout: float) -> QImage | None:
        """A frame that the camera saw after the call, not one that waited in a queue."""
        began = time.monotonic()
        return self._wait(lambda: self._at > began + _FRESH, timeout)

    def _wait(self, good: Callable[[], bool], timeout: float) -> QImage | None:
        with self._changed:
            self._changed.wait_for(lambda: self._trouble is not None or good(), timeout)
            if self._trouble is not None:
                raise self._trouble
            if not good():
                return None
            self._taken = self._number
            frame = self._frame
        # Converted outside the lock: a large frame takes some milliseconds.
        image = frame if isinstance(frame, QImage) else frame.toImage() if frame is not None else QImage()
        return None if image.isNull() else image


class _Eye(QObject):
    """The camera itself, on the GUI's thread."""

    _open_wanted = Signal(str, str, object)
    _close_wanted = Signal()

    def __init__(self, frames: Frames) -> None:
        super().__init__()
        self._frames = frames
        self._parts: list[Any] = []
        app = QCoreApplication.instance()
        assert app is not None
        self.moveToThread(app.thread())
        self._open_wanted.connect(self._open)
        self._close_wanted.connect(self._close)

    def open(self, address: str, size: str) -> None:
        """From any thread: returns when the camera runs or cannot."""
        done = threading.Event()
        if QThread.currentThread() is self.thread():
            self._open(address, size, done)
            return
        self._open_wanted.emit(address, size, done)
        if not done.wait(_PATIENCE):
            self._frames.fail(CameraLost(IN_USE, "slow"))

    def close(self) -> None:
        """From any thread; does not wait."""
        if QThread.currentThread() is self.thread():
            self._close()
        else:
            # Whoever asked lets go of the eye at once: it lives on until Qt's objects are gone, on their own thread.
            _closing.add(self)
            self._close_wanted.emit()

    @Slot(str, str, object)
    def _open(self, address: str, size: str, done: threading.Event) -> None:
        try:
            self._begin(address, size)
        except CameraLost as lost:
            self._frames.fail(lost)
        finally:
            done.set()

    def _begin(self, address: str, size: str) -> None:
        from PySide6.QtMultimedia import QCamera, QMediaCaptureSession, QMediaDevices, QVideoSink

        device = _chosen(QMediaDevices.videoInputs(), address)
        if device is None:
            raise CameraLost(NOT_FOUND, "not_found")
        camera = QCamera(device)
        wanted = best_format(device.videoFormats(), size)
        if wanted is not None:
            camera.setCameraFormat(wanted)
        session, sink = QMediaCaptureSession(), QVideoSink()
        session.setCamera(camera)
        session.setVideoSink(sink)
        sink.videoFrameChanged.connect(self._frames.put, Qt.ConnectionType.DirectConnection)
        camera.errorOccurred.connect(self._broken)
        camera.activeChanged.connect(self._active)
        watch = QMediaDevices()
        watch.videoInputsChanged.connect(lambda: self._still_there(_address(device)))
        self._parts = [camera, session, sink, watch]
        camera.start()

    def _broken(self, _error: object, _text: str) -> None:
        # The text is the system's, in its language: it goes nowhere near the clerk.
        self._frames.fail(CameraLost(IN_USE, "camera_error"))

    def _active(self, active: bool) -> None:
        if not active and self._parts:
            self._frames.fail(CameraLost(NOT_FOUND, "stopped"))

    def _still_there(self, address: str) -> None:
        if address not in _listed():
            self._frames.fail(CameraLost(NOT_FOUND, "pulled"))

    @Slot()
    def _close(self) -> None:
        parts, self._parts = self._parts, []
        if parts:
            parts[0].stop()
        for part in reversed(parts):
            part.deleteLater()
        _closing.discard(self)


_closing: set[_Eye] = set()


class QtFrames:
    """Frames of one camera, as ``drivers.camera.camera.FrameSource`` wants them but for the kind of its errors.

    address: as ``cameras`` gives it, or part of the camera's name; empty for the first one. size: ``2592x1944``, empty
    for the largest that is quick enough. ``eye`` and ``listed`` are given by tests.
    """

    def __init__(
        self,
        address: str,
        size: str = "",
        eye: Callable[[Frames], Any] | None = None,
        listed: Callable[[], dict[str, str] | None] = cameras,
    ) -> None:
        self._address, self._size = address, size
        self._make_eye = eye or _Eye
        self._listed = listed
        self._eye: Any = None
        self._frames = Frames()

    def look(self) -> None:
        if self._listed is cameras and not has_module():
            raise CameraLost(NO_MODULE, "no_module")
        listed = self._listed()
        if listed is None:
            raise CameraLost(NOT_FOUND, "no_application")
        if not _matching(list(listed.items()), self._address):
            raise CameraLost(NOT_FOUND, "not_found")

    def open(self) -> None:
        if self._eye is not None:
            return
        if self._make_eye is _Eye and not has_module():
            raise CameraLost(NO_MODULE, "no_module")
        if QCoreApplication.instance() is None:
            raise CameraLost(NOT_FOUND, "no_application")
        self._frames = Frames()
        self._eye = self._make_eye(self._frames)
        self._eye.open(self._address, self._size)
        self._frames.next(0.0)

    def close(self) -> None:
        eye, self._eye = self._eye, None
        if eye is not None:
            eye.close()

    def frame(self, timeout: float, longest: int) -> bytes | None:
        image = self._frames.next(timeout)
        if image is None:
            return None
        if max(image.width(), image.height()) > longest:
            image = image.scaled(
                longest, longest, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        return _jpeg(image, JPEG_QUALITY - 15)

    def still(self, timeout: float) -> bytes | None:
        image = self._frames.fresh(timeout)
        return None if image is None else _jpeg(image, JPEG_QUALITY)


def best_format(formats: list[Any], size: str) -> Any:
    """Of a camera's formats the one of that size, else the largest that gives ``LEAST_RATE`` frames a second, the
    quickest of several; None when it tells none."""
    if size:
        width, _, height = size.partition("x")
        same = [
            one for one in formats if (one.resolution().width(), one.resolution().height()) == (int(width), int(height))
        ]
        if same:
            return max(same, key=lambda one: one.maxFrameRate())
    quick = [one for one in formats if one.maxFrameRate() >= LEAST_RATE] or formats

    def worth(one: Any) -> tuple[int, float]:
        return one.resolution().width() * one.resolution().height(), one.maxFrameRate()

    return max(quick, key=worth, default=None)


def _address(device: QCameraDevice) -> str:
    return bytes(device.id().data()).decode("utf-8", "replace")


def _chosen(devices: list[QCameraDevice], address: str) -> QCameraDevice | None:
    found = _matching([(_address(device), device.description()) for device in devices], address)
    return next((device for device in devices if _address(device) == found), None)


def _matching(listed: list[tuple[str, str]], wanted: str) -> str:
    """The address of the camera that is meant: by its address, by a part of its name, or the first; empty for none."""
    exact = [address for address, _ in listed if address == wanted]
    named = [address for address, name in listed if wanted.casefold() in name.casefold()]
    return next(iter(exact + named), "")


def _jpeg(image: QImage, quality: int) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.convertToFormat(QImage.Format.Format_RGB32).save(buffer, "JPEG", quality):
        raise CameraLost(IN_USE, "no_picture")
    return bytes(buffer.data().data())
