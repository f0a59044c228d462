"""Qt's cameras under the document camera's contract, with recorded frames in place of the lens."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from clerk_app.bootstrap.qt_camera import DRIVERS, Translated, _look
from clerk_app.ui.qt_devices import camera as qt
from drivers.base.devices import DocumentCamera
from drivers.base.errors import NotConnected
from drivers.base.health import HealthState
from drivers.base.registry import Context
from drivers.base.trace import TraceLog
from drivers.camera.camera import FrameCamera
from drivers.contract.camera import CameraBench, DocumentCameraContract
from support.lines import now

try:
    from PySide6.QtMultimedia import QVideoFrame
except ImportError:
    QVideoFrame = None  # type: ignore[assignment,misc]

RATE = 0.03


class Lens:
    """Twenty to thirty frames a second of what lies under it, to every eye that is open."""

    def __init__(self, kind: type = QImage) -> None:
        self._kind = kind
        self._image = QImage()
        self._eyes: list[qt.Frames] = []
        self._plugged = True
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Lens:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def lay(self, picture: bytes) -> None:
        self._image = QImage.fromData(picture)

    def unplug(self) -> None:
        self._plugged = False
        for eye in self._eyes:
            eye.fail(qt.CameraLost(qt.NOT_FOUND, "pulled"))

    def replug(self) -> None:
        self._plugged = True

    def listed(self) -> dict[str, str]:
        return {"lens": "Recorded frames"} if self._plugged else {}

    def eye(self, frames: qt.Frames) -> Any:
        lens = self

        class Eye:
            def open(self, address: str, size: str) -> None:
                if lens._plugged:
                    lens._eyes.append(frames)
                else:
                    frames.fail(qt.CameraLost(qt.NOT_FOUND, "not_found"))

            def close(self) -> None:
                lens._eyes = [one for one in lens._eyes if one is not frames]

        return Eye()

    def _run(self) -> None:
        while not self._stop.wait(RATE):
            for eye in list(self._eyes):
                if self._plugged and not self._image.isNull():
                    eye.put(self._image if self._kind is QImage else self._kind(self._image))


@pytest.mark.usefixtures("qapp")
class TestQtCamera(DocumentCameraContract):
    kind: type = QImage

    def make_bench(self, folder: Path) -> Lens:
        return Lens(self.kind)

    def make_camera(self, bench: CameraBench, trace: TraceLog) -> DocumentCamera:
        assert isinstance(bench, Lens)
        return FrameCamera(
            lambda: Translated(lambda: qt.QtFrames("", eye=bench.eye, listed=bench.listed)),
            now=now,
            trace=trace,
            again_after=0.05,
            preview_every=0.02,
        )


if QVideoFrame is not None:

    @pytest.mark.qt_log_ignore("No RHI backend. Using CPU conversion", extend=True)
    class TestQtCameraWithVideoFrames(TestQtCamera):
        """The same with what Qt's sink hands over."""

        kind = QVideoFrame


@pytest.fixture
def frames() -> qt.Frames:
    return qt.Frames()


def test_a_picture_is_never_one_that_waited_in_a_queue(frames: qt.Frames) -> None:
    old, fresh = QImage(10, 10, QImage.Format.Format_RGB32), QImage(20, 20, QImage.Format.Format_RGB32)
    frames.put(old)
    assert frames.fresh(0.05) is None
    later = threading.Timer(0.5, frames.put, (fresh,))
    later.start()
    got = frames.fresh(5.0)
    assert got is not None
    assert got.size() == QSize(20, 20)
    later.join()


def test_without_the_component_the_clerk_reads_what_to_do(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", None)
    camera = DRIVERS[0].make("", Context(now=now))
    with pytest.raises(NotConnected) as caught:
        camera.capture(1.0)  # type: ignore[attr-defined]
    assert caught.value.advice == qt.NO_MODULE
    assert "PySide6-Addons" in qt.NO_MODULE
    health = camera.health()
    assert (health.state, health.advice) == (HealthState.ABSENT, qt.NO_MODULE)
    camera.close()


@pytest.mark.qt_log_ignore("va(-| |\\()", extend=True)
@pytest.mark.skipif(QVideoFrame is None, reason="PySide6-Addons is not installed")
def test_a_pc_without_a_camera_says_so(qapp: object) -> None:
    camera = DRIVERS[0].make("no such camera", Context(now=now))
    assert camera.probe().advice == qt.NOT_FOUND
    with pytest.raises(NotConnected) as caught:
        camera.start(lambda _: None)  # type: ignore[attr-defined]
    assert caught.value.advice == qt.NOT_FOUND
    camera.close()


@dataclass(frozen=True)
class Format:
    """As ``QCameraFormat`` tells it."""

    size: tuple[int, int]
    rate: float

    def resolution(self) -> QSize:
        return QSize(*self.size)

    def maxFrameRate(self) -> float:
        return self.rate


def test_the_largest_picture_that_can_still_be_aimed_with_is_taken() -> None:
    formats = [
        Format((640, 480), 30),
        Format((2_592, 1_944), 5),
        Format((2_592, 1_944), 15),
        Format((4_208, 3_120), 1),
    ]
    assert qt.best_format(formats, "") is formats[2]
    assert qt.best_format(formats, "640x480") is formats[0]
    assert qt.best_format(formats, "800x600") is formats[2]
    assert qt.best_format(formats[3:], "") is formats[3]
    assert qt.best_format([], "") is None


def test_linux_lists_cameras_without_opening_one(tmp_path: Path) -> None:
    for number, index, name in ((0, 0, "USB Document Camera"), (1, 1, "USB Document Camera"), (2, 0, "Front")):
        node = tmp_path / f"video{number}"
        node.mkdir()
        (node / "index").write_text(f"{index}\n")
        (node / "name").write_text(f"{name}\n")
    (tmp_path / "video3").mkdir()
    assert _look(tmp_path) == {"/dev/video0": "USB Document Camera", "/dev/video2": "Front"}
    assert _look(tmp_path / "nothing") == {}
