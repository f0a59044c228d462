"""A document camera over any source of frames: preview in a thread of its own, full pictures, loss and return.

A source is where frames come from: a video device through Qt (given from outside, the drivers know no Qt), or a folder
of recorded pictures. No camera was at hand; tried against recorded frames [T].
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from drivers.base.devices import DocumentCamera
from drivers.base.errors import DeviceError, NotConnected, Timeout
from drivers.base.health import Health, HealthState, Now
from drivers.base.trace import Direction, Trace, no_trace

_LOG = logging.getLogger(__name__)

PREVIEW_SIDE = 1_024
"""Dots along the longer side of a preview frame."""
PREVIEW_EVERY = 0.1
_SILENT_AFTER = 3.0
_AGAIN_AFTER = 1.0
_ABSENT = "高拍仪没有连上，请检查连线，插好后自动恢复；先把图片或 PDF 拖进来"
_SILENT = "高拍仪没有画面，请拔下重插；还不行请看是不是别的程序在用它"


class FrameSource(Protocol):
    """Where frames come from. One thread at a time calls it; an error is told as ``NotConnected``."""

    def look(self) -> None:
        """``NotConnected`` unless the camera hangs there; does not open it, so that no lamp goes on."""
        ...

    def open(self) -> None:
        """Begin to deliver; ``NotConnected`` when the camera is not there or in use. No effect when open."""
        ...

    def close(self) -> None:
        """Let the camera go; never raises."""
        ...

    def frame(self, timeout: float, longest: int) -> bytes | None:
        """The next frame as JPEG with at most ``longest`` dots a side; None when none came in time. ``NotConnected``
        when the camera was lost."""
        ...

    def still(self, timeout: float) -> bytes | None:
        """A picture in full size taken after the call; None when none came in time. ``NotConnected``."""
        ...


class FrameCamera(DocumentCamera):
    """make: gives an unopened source; called again after a loss."""

    def __init__(
        self,
        make: Callable[[], FrameSource],
        *,
        now: Now,
        monotonic: Callable[[], float] = time.monotonic,
        trace: Trace = no_trace,
        preview_every: float = PREVIEW_EVERY,
        again_after: float = _AGAIN_AFTER,
        silent_after: float = _SILENT_AFTER,
    ) -> None:
        super().__init__(now)
        self._make = make
        self._monotonic = monotonic
        self._trace = trace
        self._preview_every = preview_every
        self._again_after = again_after
        self._silent_after = silent_after
        self._lock = threading.RLock()
        """Held while the source is used: a picture is taken between two frames of the preview."""
        self._source: FrameSource | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, preview: Callable[[bytes], None]) -> None:
        self.stop()
        with self._lock:
            self._opened()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(self._stop, preview), name="camera", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        thread, self._thread = self._thread, None
        self._stop.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        self._drop()

    def capture(self, timeout: float) -> bytes:
        ends = self._monotonic() + timeout
        with self._lock:
            was_open = self._thread is not None
            try:
                picture = self._opened().still(max(0.0, ends - self._monotonic()))
            except NotConnected as error:
                raise self._lost(error) from error
            if picture is None:
                trouble = Timeout("no picture came", word="silent", advice=_SILENT)
                self._drop()
                self._tracker.fail(trouble)
                raise trouble
            self._tracker.set(HealthState.READY, "ready")
            self._trace(Direction.NOTE, f"拍下一张，{len(picture)} 字节", ())
            if not was_open:
                self._drop()
            return picture

    def probe(self) -> Health:
        with self._lock:
            if self._thread is None:
                # Looked for, not opened: a camera that nobody looks through should not look.
                try:
                    self._make().look()
                except NotConnected as error:
                    self._lost(error)
                else:
                    self._tracker.set(HealthState.READY, "ready")
        return self.health()

    def close(self) -> None:
        self.stop()
        self._tracker.set(HealthState.ABSENT, "closed", _ABSENT)

    # --- inside -----------------------------------------------------------------------------------------------
    def _run(self, stop: threading.Event, preview: Callable[[bytes], None]) -> None:
        """The camera's thread: survives every loss and every mistake of whoever looks on."""
        seen_at = self._monotonic()
        while not stop.is_set():
            try:
                began = self._monotonic()
                with self._lock:
                    frame = None if stop.is_set() else self._opened().frame(0.5, PREVIEW_SIDE)
                if frame is not None:
                    seen_at = self._monotonic()
                    self._tracker.set(HealthState.READY, "ready")
                    if not stop.is_set():
                        preview(frame)
                elif self._monotonic() - seen_at > self._silent_after:
                    raise Timeout("no frames", word="silent", advice=_SILENT)
                stop.wait(max(0.005, self._preview_every - (self._monotonic() - began)))
            except DeviceError as error:
                with self._lock:
                    self._failed(error)
                seen_at = self._monotonic()
                stop.wait(self._again_after)
            except Exception:  # noqa: BLE001 - the preview must not end by what one looker-on does wrong
                _LOG.exception("a frame of the camera could not be shown")
                stop.wait(self._again_after)

    def _opened(self) -> FrameSource:
        if self._source is None:
            source = self._make()
            try:
                source.open()
            except NotConnected as error:
                source.close()
                raise self._lost(error) from error
            self._source = source
            self._tracker.set(HealthState.READY, "ready")
            self._trace(Direction.NOTE, "打开了", ())
        return self._source

    def _failed(self, error: DeviceError) -> None:
        if isinstance(error, NotConnected):
            self._lost(error)
        else:
            self._drop()
            self._tracker.fail(error)
            self._trace(Direction.NOTE, f"没有画面（{error.word}）", ())

    def _lost(self, error: NotConnected) -> NotConnected:
        """What the clerk is told; a sentence of the source's own (a part is not installed) stays."""
        self._drop()
        own = error.advice if error.advice != NotConnected.default_advice else _ABSENT
        trouble = NotConnected(str(error), word=error.word, advice=own)
        if self.health().word != error.word:
            self._trace(Direction.NOTE, f"没有连上（{error.word}）", ())
        self._tracker.fail(trouble)
        return trouble

    def _drop(self) -> None:
        with self._lock:
            source, self._source = self._source, None
            if source is not None:
                source.close()
