"""The caller's keypad of the ``FF 68`` family: its keys, and the few digits that it shows.

Frames, keys and the coding of the digits are confirmed by a published protocol of the family [C]; no physical keypad
was at hand, the driver was tried against the simulator [T]. Not documented, and therefore cautious: whether a key that
was not acknowledged is sent again (the same frame within a moment counts once) and what the display does with the
half that is left blank.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable

from drivers.base.devices import CallerKeypad
from drivers.base.errors import DeviceError, NotConnected, Timeout
from drivers.base.health import Health, HealthState, Now
from drivers.base.readings import KeyPress
from drivers.evaluator import frames
from drivers.evaluator.frames import Frame
from drivers.evaluator.line import ADDRESS, SharedLine

_LOG = logging.getLogger(__name__)
_SLICE = 0.1
_AGAIN_WITHIN = 0.4
_FRESH_FOR = 2.0
_MOST_WAITING = 999
_ABSENT = "叫号键盘没有连上，请检查连线；先用电脑键盘叫号"


class SerialCallerKeypad(CallerKeypad):
    """A keypad on a line of the family, which the citizen's keypad may share. address: its number on the line."""

    def __init__(
        self,
        line: SharedLine,
        *,
        now: Now,
        address: int = ADDRESS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(now)
        self._line = line
        self._address = address
        self._monotonic = monotonic
        self._pressed: queue.SimpleQueue[tuple[float, KeyPress]] = queue.SimpleQueue()
        self._last: tuple[Frame, float] | None = None

    def wait_for_key(self, timeout: float, cancel: threading.Event) -> KeyPress | None:
        deadline = self._monotonic() + timeout
        self._line.join(self)
        while not cancel.is_set() and (left := deadline - self._monotonic()) > 0:
            try:
                at, press = self._pressed.get(timeout=min(_SLICE, left))
            except queue.Empty:
                continue
            # A key from before somebody looked must not call a citizen minutes later.
            if self._monotonic() - at <= _FRESH_FOR:
                return press
        if not cancel.is_set() and not self._line.is_up:
            try:
                self._line.wait_up(0)
            except (NotConnected, Timeout) as exc:
                raise self._away(exc) from exc
        return None

    def show_number(self, number: str) -> None:
        digits = "".join(sign for sign in number if sign.isascii() and sign.isdigit())
        # The last three: 「A1035」 and 「A035」 are told apart by the board, not by these digits.
        self._show(frames.show_ticket(self._address, digits[-3:].zfill(3) if digits else ""))

    def show_waiting(self, count: int) -> None:
        self._show(frames.show_waiting(self._address, max(0, min(count, _MOST_WAITING))))

    def beep(self) -> None:
        """A short tone."""
        self._show(frames.beep(self._address))

    def probe(self) -> Health:
        self._line.join(self)
        trouble = self._line.try_now()
        if trouble is not None:
            self._away(trouble)
        else:
            self._tracker.set(HealthState.READY, "ready")
        return self.health()

    def close(self) -> None:
        self._line.leave(self)
        self._tracker.set(HealthState.ABSENT, "closed", _ABSENT)

    # --- on the line's thread ---------------------------------------------------------------------------------
    def received(self, frame: Frame) -> None:
        key = frames.key_of(frame)
        if key is None or frame.address != self._address:
            return
        at, before = self._monotonic(), self._last
        self._last = (frame, at)
        if before is None or before[0] != frame or at - before[1] > _AGAIN_WITHIN:
            self._pressed.put((at, KeyPress(key, frame.data)))
        try:
            self._line.send(frame)
        except DeviceError as exc:
            _LOG.info("a key could not be acknowledged: %s", exc.word)

    def line_changed(self, trouble: DeviceError | None) -> None:
        if trouble is None:
            self._tracker.set(HealthState.READY, "ready")
        else:
            self._away(trouble)

    # --- on the caller's --------------------------------------------------------------------------------------
    def _show(self, frame: Frame) -> None:
        self._line.join(self)
        try:
            self._line.wait_up(_SLICE)
            self._line.send(frame)
        except (NotConnected, Timeout) as exc:
            raise self._away(exc) from exc

    def _away(self, exc: DeviceError) -> DeviceError:
        """In the keypad's own words; a Timeout stays one."""
        kind = Timeout if isinstance(exc, Timeout) else NotConnected
        trouble = kind(str(exc), word=exc.word, advice=_ABSENT)
        self._tracker.fail(trouble)
        return trouble
