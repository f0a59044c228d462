"""The serial driver for rating keypads of the ``FF 68`` family.

Frames and the acknowledgement are confirmed by a published protocol of the family [C]; no physical keypad was at hand,
the driver was tried against the simulator [T]. What the keypad does when nobody presses a key is not documented:
silence is given as None, never as a rating.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable

from drivers.base.devices import Evaluator
from drivers.base.errors import DeviceError, NotConnected, Timeout
from drivers.base.health import Health, HealthState, Now
from drivers.base.readings import RatingReading
from drivers.evaluator import frames
from drivers.evaluator.frames import Frame
from drivers.evaluator.line import ADDRESS, SharedLine
from drivers.evaluator.scales import LEVEL_WORDS, RatingScale

_LOG = logging.getLogger(__name__)
_SLICE = 0.1
_QUIET = 0.1
_MOST_UNREST = 1.0
_ABSENT = "评价器没有连上，请检查连线；这次可以请办事人扫码评价"


class SerialEvaluator(Evaluator):
    """A keypad on a line of the family, which the caller's keypad may share.

    scale: what the keys mean, to be chosen for the keypad that hangs there. address: the keypad's number on the line,
    0 to 255.
    """

    def __init__(
        self,
        line: SharedLine,
        scale: RatingScale,
        *,
        now: Now,
        address: int = ADDRESS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(now)
        self._line = line
        self._scale = scale
        self._address = address
        self._monotonic = monotonic
        self._asking = False
        self._came: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        """Values of the scale that were pressed; None when the line was lost."""

    def ask_rating(self, timeout: float, cancel: threading.Event) -> RatingReading | None:
        deadline = self._monotonic() + timeout
        self._line.join(self)
        while not cancel.is_set():
            try:
                left = deadline - self._monotonic()
                self._line.wait_up(min(_SLICE, max(0.0, left)))
                return self._ask(deadline, cancel)
            except (NotConnected, Timeout) as exc:
                if self._monotonic() >= deadline:
                    raise self._away(exc) from exc
        return None

    def probe(self) -> Health:
        self._line.join(self)
        # The protocol has no question for the keypad's state: an open port is all that can be known.
        trouble = self._line.try_now()
        if trouble is not None:
            self._away(trouble)
        elif not self._asking:
            self._tracker.set(HealthState.READY, "ready")
        return self.health()

    def close(self) -> None:
        self._line.leave(self)
        self._tracker.set(HealthState.ABSENT, "closed", _ABSENT)

    # --- on the line's thread ---------------------------------------------------------------------------------
    def received(self, frame: Frame) -> None:
        value = frames.rating_value(frame)
        if value is None or frame.address != self._address:
            return
        if value not in self._scale.levels:
            _LOG.warning("a rating byte is not in the scale %s", self._scale.name)
            return
        counts, self._asking = self._asking, False
        if counts:
            self._came.put(value)
        else:
            # A key pressed after the last citizen's time was over must not count for the next one.
            _LOG.info("a rating that nobody asked for was set aside")
        try:
            self._line.send(frames.acknowledge_rating(frame))
        except DeviceError as exc:
            # The keypad sends it again, and that is set aside: what counts is what was pressed.
            _LOG.info("a rating could not be acknowledged: %s", exc.word)

    def line_changed(self, trouble: DeviceError | None) -> None:
        if trouble is None:
            self._tracker.set(HealthState.READY, "ready")
        else:
            self._away(trouble)
            self._came.put(None)

    # --- on the caller's --------------------------------------------------------------------------------------
    def _ask(self, deadline: float, cancel: threading.Event) -> RatingReading | None:
        # Quiet for a moment, not merely empty: a leftover may still be on its way through the port.
        self._line.wait_quiet(_QUIET, _MOST_UNREST)
        self._forget()
        self._asking = True
        try:
            self._line.send(frames.start_rating(self._address))
            self._tracker.set(HealthState.BUSY, "rating")
            value = self._await_key(deadline, cancel)
        finally:
            self._asking = False
        if self._line.is_up:
            self._tracker.set(HealthState.READY, "ready")
        level = None if value is None else self._scale.levels[value]
        return None if value is None or level is None else RatingReading(level, LEVEL_WORDS[level], value)

    def _await_key(self, deadline: float, cancel: threading.Event) -> int | None:
        while not cancel.is_set() and (left := deadline - self._monotonic()) > 0:
            try:
                value = self._came.get(timeout=min(_SLICE, left))
            except queue.Empty:
                continue
            if value is not None:
                return value
            raise NotConnected("the line was lost while the citizen was asked")
        return None

    def _forget(self) -> None:
        while not self._came.empty():
            self._came.get()

    def _away(self, exc: DeviceError) -> NotConnected:
        trouble = NotConnected(str(exc), word=exc.word, advice=_ABSENT)
        self._tracker.fail(trouble)
        return trouble
