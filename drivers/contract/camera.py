"""The contract of a document camera: small frames while they are wanted, a picture in full size, loss and return."""

from __future__ import annotations

import io
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol

import pytest
from PIL import Image

from drivers.base.devices import DocumentCamera
from drivers.base.errors import DeviceError, NotConnected
from drivers.base.health import HealthState
from drivers.base.trace import TraceLog
from drivers.camera.samples import View, frame
from drivers.contract.benches import often

PATIENCE = 20.0
SIZE = (1_600, 1_200)
SHEET = View(turn=4, seed=21, frame=SIZE)
OTHER = View(turn=-5, seed=22, frame=SIZE, desk=(30, 60, 90))


class CameraBench(Protocol):
    """The hand that lays sheets under the camera; ``picture`` is a JPEG of 1600 x 1200."""

    def lay(self, picture: bytes) -> None: ...

    def unplug(self) -> None: ...

    def replug(self) -> None: ...


class DocumentCameraContract:
    """overrun: seconds that a call may take beyond its time-out."""

    overrun: ClassVar[float] = 3.0

    def make_bench(self, folder: Path) -> CameraBench | AbstractContextManager[CameraBench]:
        raise NotImplementedError

    def make_camera(self, bench: CameraBench, trace: TraceLog) -> DocumentCamera:
        raise NotImplementedError

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[CameraBench]:
        made = self.make_bench(tmp_path)
        with made if isinstance(made, AbstractContextManager) else nullcontext(made) as bench:
            bench.lay(frame(SHEET))
            yield bench

    @pytest.fixture
    def trace(self) -> TraceLog:
        return TraceLog(lambda: datetime.now().astimezone())

    @pytest.fixture
    def camera(self, bench: CameraBench, trace: TraceLog) -> Iterator[DocumentCamera]:
        camera = self.make_camera(bench, trace)
        assert camera.probe().state is HealthState.READY
        yield camera
        camera.close()

    def test_the_preview_brings_small_frames_of_what_lies_there(self, camera: DocumentCamera) -> None:
        frames: queue.Queue[bytes] = queue.Queue()
        camera.start(frames.put)
        for _ in range(3):
            seen = Image.open(io.BytesIO(frames.get(timeout=PATIENCE)))
            assert seen.format in ("JPEG", "PNG")
            assert 320 <= max(seen.size) <= 1_280
        assert _alike(seen, Image.open(io.BytesIO(frame(SHEET))))

    def test_another_sheet_is_seen_at_once(self, bench: CameraBench, camera: DocumentCamera) -> None:
        frames: queue.Queue[bytes] = queue.Queue()
        camera.start(frames.put)
        frames.get(timeout=PATIENCE)
        bench.lay(frame(OTHER))
        wanted = Image.open(io.BytesIO(frame(OTHER)))
        ends = time.monotonic() + PATIENCE
        while not _alike(Image.open(io.BytesIO(frames.get(timeout=PATIENCE))), wanted):
            assert time.monotonic() < ends, "the preview still shows the sheet before"

    def test_after_stop_no_frame_comes_and_starting_again_brings_them_back(self, camera: DocumentCamera) -> None:
        frames: queue.Queue[bytes] = queue.Queue()
        camera.stop()
        camera.start(frames.put)
        frames.get(timeout=PATIENCE)
        camera.stop()
        camera.stop()
        while not frames.empty():
            frames.get_nowait()
        time.sleep(0.5)
        assert frames.empty()
        camera.start(frames.put)
        frames.get(timeout=PATIENCE)

    def test_a_picture_has_the_full_size_with_and_without_the_preview(self, camera: DocumentCamera) -> None:
        alone = Image.open(io.BytesIO(camera.capture(PATIENCE)))
        assert alone.size == SIZE
        frames: queue.Queue[bytes] = queue.Queue()
        camera.start(frames.put)
        frames.get(timeout=PATIENCE)
        assert Image.open(io.BytesIO(camera.capture(PATIENCE))).size == SIZE
        while not frames.empty():
            frames.get_nowait()
        frames.get(timeout=PATIENCE)

    def test_a_looker_on_who_fails_does_not_end_the_preview(self, camera: DocumentCamera) -> None:
        seen = threading.Event()
        calls = []

        def clumsy(_frame: bytes) -> None:
            calls.append(1)
            if len(calls) == 1:
                raise ValueError("the picture fell down")
            seen.set()

        camera.start(clumsy)
        assert seen.wait(PATIENCE)

    def test_a_pulled_plug_is_told_in_time_and_heals_by_itself(
        self, bench: CameraBench, camera: DocumentCamera
    ) -> None:
        frames: queue.Queue[bytes] = queue.Queue()
        camera.start(frames.put)
        frames.get(timeout=PATIENCE)
        bench.unplug()
        start = time.monotonic()
        with pytest.raises(NotConnected) as caught:
            often(lambda: camera.capture(1.0))
        assert time.monotonic() - start < 5 + self.overrun
        assert "请" in caught.value.advice
        assert camera.health().state is HealthState.ABSENT
        bench.replug()
        while not frames.empty():
            frames.get_nowait()
        frames.get(timeout=PATIENCE)
        assert Image.open(io.BytesIO(camera.capture(PATIENCE))).size == SIZE
        assert camera.health().state is HealthState.READY

    def test_a_camera_that_is_away_cannot_be_started_and_says_what_to_do(
        self, bench: CameraBench, camera: DocumentCamera
    ) -> None:
        camera.stop()
        bench.unplug()
        with pytest.raises(NotConnected) as caught:
            camera.start(lambda _: None)
        assert "请" in caught.value.advice
        assert not camera.probe().usable
        bench.replug()
        assert camera.probe().usable

    def test_nothing_of_a_picture_stands_in_the_trace(self, camera: DocumentCamera, trace: TraceLog) -> None:
        picture = camera.capture(PATIENCE)
        told = "\n".join(line.text for line in trace.lines())
        assert told, "the driver tells its trace nothing"
        assert picture[:8].hex(" ").upper() not in told

    def test_closing_and_capturing_again_opens_it_again(self, camera: DocumentCamera) -> None:
        camera.close()
        camera.close()
        assert camera.health().state is HealthState.ABSENT
        for attempt in range(3):
            try:
                assert camera.capture(PATIENCE)
                break
            except DeviceError:
                assert attempt < 2


def _alike(one: Image.Image, other: Image.Image) -> bool:
    """Whether both show the same, whatever their size."""
    a, b = (list(picture.convert("RGB").resize((12, 9)).tobytes()) for picture in (one, other))
    return sum(abs(x - y) for x, y in zip(a, b, strict=True)) / len(a) < 12
