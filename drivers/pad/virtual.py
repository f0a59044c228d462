"""A signature pad in software: for training, demonstrations and tests, and the shortest example of a driver.

What is written on it comes from ``hand``: a test, a demonstration, or a drawing surface of another program. As on a pad
of glass and wire nothing counts before the signer presses its key, and nothing written before the asking counts at all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from drivers.base.devices import SignaturePad
from drivers.base.errors import NotConnected
from drivers.base.health import Health, HealthState, Now
from drivers.base.readings import SignaturePoint, SignatureReading
from drivers.base.trace import Direction, Trace, no_trace

WIDTH, HEIGHT = 1_024, 512
_SLICE = 0.05
_ABSENT = "签字板没有连上，请检查连线；可以请办事人在打印的文书上签字"

Line = Sequence[tuple[int, int]]


class VirtualPad(SignaturePad):
    """``width`` x ``height`` dots."""

    def __init__(
        self,
        *,
        now: Now,
        width: int = WIDTH,
        height: int = HEIGHT,
        monotonic: Callable[[], float] = time.monotonic,
        trace: Trace = no_trace,
    ) -> None:
        super().__init__(now)
        self.width, self.height = width, height
        self._monotonic = monotonic
        self._trace = trace
        self._changed = threading.Condition()
        self._plugged = True
        self._asking = False
        self._began: float | None = None
        self._strokes: list[tuple[SignaturePoint, ...]] = []
        self._confirmed = self._given_up = False
        self.asked = 0

    def ask_signature(self, timeout: float, cancel: threading.Event) -> SignatureReading | None:
        deadline = self._monotonic() + timeout
        with self._changed:
            self._clear()
            self._asking = self._plugged
            self.asked += 1
            self._changed.notify_all()
        self._trace(Direction.NOTE, "请签字", ())
        try:
            return self._wait(deadline, cancel)
        finally:
            with self._changed:
                self._asking = False
                # What was written stays nowhere.
                self._clear()
            self.probe()

    def probe(self) -> Health:
        with self._changed:
            plugged, asking = self._plugged, self._asking
        if not plugged:
            self._tracker.fail(NotConnected("unplugged", advice=_ABSENT))
        elif asking:
            self._tracker.set(HealthState.BUSY, "signing")
        else:
            self._tracker.set(HealthState.READY, "ready")
        return self.health()

    def close(self) -> None:
        self._tracker.set(HealthState.ABSENT, "closed", _ABSENT)

    # --- the hand ---------------------------------------------------------------------------------------------
    def write(self, line: Line) -> None:
        """Draw one line in dots; what lies outside the pad is not felt, and nothing is while it is dark."""
        with self._changed:
            if not self._asking:
                return
            at = self._monotonic()
            self._began = at if self._began is None else self._began
            felt = tuple(
                SignaturePoint(x, y, 1.0, at - self._began)
                for x, y in line
                if 0 <= x < self.width and 0 <= y < self.height
            )
            if felt:
                self._strokes.append(felt)

    def press_confirm(self) -> None:
        """The signer presses the pad's key; an empty pad does not take it."""
        with self._changed:
            self._confirmed = self._asking and bool(self._strokes)
            self._changed.notify_all()

    def press_again(self) -> None:
        """The signer wipes the pad and writes anew."""
        with self._changed:
            self._clear()

    def press_give_up(self) -> None:
        """The signer does not want to sign here."""
        with self._changed:
            self._given_up = self._asking
            self._changed.notify_all()

    def unplug(self) -> None:
        """Pull the cable; what was written is gone."""
        with self._changed:
            self._plugged = self._asking = False
            self._clear()
            self._changed.notify_all()

    def replug(self) -> None:
        """Put it back."""
        with self._changed:
            self._plugged = True

    def wait_until_asked(self, times: int, timeout: float) -> bool:
        """Whether a signature was asked for ``times`` times, waiting up to ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self.asked >= times, timeout)

    # --- inside -----------------------------------------------------------------------------------------------
    def _wait(self, deadline: float, cancel: threading.Event) -> SignatureReading | None:
        self.probe()
        while not cancel.is_set():
            with self._changed:
                if not self._plugged:
                    raise NotConnected("the pad is unplugged", advice=_ABSENT)
                if self._confirmed:
                    # Of a signature the trace tells that it was given, never its points.
                    self._trace(Direction.NOTE, f"签好，{len(self._strokes)} 笔", ())
                    return SignatureReading(self.width, self.height, tuple(self._strokes))
                left = deadline - self._monotonic()
                if self._given_up or left <= 0:
                    return None
                self._changed.wait(min(_SLICE, left))
        return None

    def _clear(self) -> None:
        self._strokes, self._began = [], None
        self._confirmed = self._given_up = False
