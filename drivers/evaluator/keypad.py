"""The serial driver for rating keypads of the ``FF 68`` family.

Frames and the acknowledgement are confirmed by a published protocol of the family [C]; no physical keypad was at hand,
the driver was tried against the simulator [T]. What the keypad does when nobody presses a key is not documented:
silence is given as None, never as a rating.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from drivers.base.devices import Evaluator
from drivers.base.errors import DeviceError, NotConnected, Timeout
from drivers.base.health import Health, HealthState, Now
from drivers.base.readings import RatingReading
from drivers.base.transport import ByteTransport
from drivers.evaluator import frames
from drivers.evaluator.frames import Frame, FrameParser
from drivers.evaluator.scales import LEVEL_WORDS, RatingScale

_LOG = logging.getLogger(__name__)
BAUD = 9600
_SLICE = 0.1
_QUIET = 0.1
_MOST_LEFTOVERS = 10
_ABSENT = "评价器没有连上，请检查连线；这次可以请办事人扫码评价"


class SerialEvaluator(Evaluator):
    """A keypad behind a byte line.

    connect: gives an unopened transport (9600 8N1); called again after a loss. scale: what the keys mean, to be chosen
    for the keypad that hangs there. address: the keypad's number on the line, 0 to 255.
    """

    def __init__(
        self,
        connect: Callable[[], ByteTransport],
        scale: RatingScale,
        *,
        now: Now,
        address: int = 5,
        write_timeout: float = 1.0,
        reconnect_interval: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(now)
        self._connect = connect
        self._scale = scale
        self._address = address
        self._write_timeout = write_timeout
        self._reconnect_interval = reconnect_interval
        self._monotonic = monotonic
        self._line: ByteTransport | None = None
        self._parser = FrameParser()

    def ask_rating(self, timeout: float, cancel: threading.Event) -> RatingReading | None:
        deadline = self._monotonic() + timeout
        while not cancel.is_set():
            try:
                line = self._opened()
                self._drop_stale(line)
                line.write(frames.start_rating(self._address).to_bytes(), self._write_timeout)
                self._tracker.set(HealthState.BUSY, "rating")
                rated = self._await_key(line, deadline, cancel)
                self._tracker.set(HealthState.READY, "ready")
                return rated
            except (NotConnected, Timeout) as exc:
                trouble = self._lost(exc)
                remaining = deadline - self._monotonic()
                if remaining <= 0:
                    raise trouble from exc
                cancel.wait(min(self._reconnect_interval, remaining))
        return None

    def probe(self) -> Health:
        try:
            self._opened()
        except DeviceError as exc:
            self._lost(exc)
        else:
            # the protocol has no question for the keypad's state: an open port is all that can be known
            self._tracker.set(HealthState.READY, "ready")
        return self.health()

    def close(self) -> None:
        self._drop_line()
        self._tracker.set(HealthState.ABSENT, "closed", _ABSENT)

    def _opened(self) -> ByteTransport:
        if self._line is None or not self._line.is_open:
            self._drop_line()
            line = self._connect()
            line.open()
            self._line = line
        return self._line

    def _drop_stale(self, line: ByteTransport) -> None:
        """A key pressed after the last citizen's time was over must not count for the next one."""
        self._parser.reset()
        for _ in range(_MOST_LEFTOVERS):
            # quiet for a moment, not merely empty: a leftover may still be on its way through the port
            data = line.read(_QUIET)
            if not data:
                break
            for frame in self._parser.feed(data):
                if frames.rating_value(frame) is not None:
                    self._acknowledge(line, frame)
                    _LOG.info("a rating that came too late was set aside")
        self._parser.reset()

    def _await_key(self, line: ByteTransport, deadline: float, cancel: threading.Event) -> RatingReading | None:
        while not cancel.is_set() and (left := deadline - self._monotonic()) > 0:
            data = line.read(min(_SLICE, left))
            for frame in self._parser.feed(data) if data else self._parser.flush():
                value = frames.rating_value(frame)
                if value is None or frame.address != self._address:
                    continue
                if value not in self._scale.levels:
                    _LOG.warning("rating byte %d is not in the scale %s", value, self._scale.name)
                    continue
                self._acknowledge(line, frame)
                level = self._scale.levels[value]
                return None if level is None else RatingReading(level, LEVEL_WORDS[level], value)
        return None

    def _acknowledge(self, line: ByteTransport, frame: Frame) -> None:
        line.write(frames.acknowledge_rating(frame).to_bytes(), self._write_timeout)

    def _lost(self, exc: DeviceError) -> NotConnected:
        self._drop_line()
        trouble = NotConnected(str(exc), word=exc.word, advice=_ABSENT)
        self._tracker.fail(trouble)
        return trouble

    def _drop_line(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()
