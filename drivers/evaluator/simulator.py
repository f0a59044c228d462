"""A rating keypad in software, for a scale with any number of keys; repeats a rating until it is acknowledged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from drivers.base.simports import SimulatedPort
from drivers.base.simulator import Simulator
from drivers.evaluator import frames
from drivers.evaluator.frames import Frame, FrameParser
from drivers.evaluator.scales import FIVE_KEYS, RatingScale

_REPEAT_AFTER = 0.3
_REPEATS = 5


class EvaluatorSimulator(Simulator):
    """``press`` is the citizen's finger; the keypad lights up only when the PC has asked for a rating."""

    def __init__(
        self,
        port: SimulatedPort,
        scale: RatingScale = FIVE_KEYS,
        *,
        address: int = 5,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(port)
        self._scale = scale
        self._address = address
        self._monotonic = monotonic
        self._changed = threading.Condition()
        self._parser = FrameParser()
        self._asking = False
        self._pressed: int | None = None
        self._unanswered: Frame | None = None
        self._repeats_left = 0
        self._repeat_at = 0.0
        self._silent = False
        self._damage = 0
        self.asked = 0
        self.acknowledged: list[int] = []

    def press(self, level: int) -> None:
        """Press the key of ``level`` (1 to 5). A keypad that is dark keeps the finger until it lights up; one that is
        still lit from an earlier question sends at once.
        """
        self.press_raw(self._scale.byte_for(level))

    def press_raw(self, value: int) -> None:
        """Press the key that sends ``value``."""
        with self._changed:
            self._pressed = value

    def press_too_late(self, level: int) -> None:
        """A key pressed after the PC has stopped waiting: sent at once, asked or not."""
        self.line.write(frames.rating(self._address, self._scale.byte_for(level)).to_bytes())

    def set_silent(self, silent: bool) -> None:
        """Send nothing, whatever is pressed."""
        with self._changed:
            self._silent = silent

    def damage_next(self, times: int = 1) -> None:
        """Send the next ``times`` ratings with a wrong checksum."""
        with self._changed:
            self._damage = times

    def wait_until_asked(self, times: int, timeout: float) -> bool:
        """Whether the PC has asked for a rating ``times`` times, waiting up to ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self.asked >= times, timeout)

    def wait_until_acknowledged(self, times: int, timeout: float) -> bool:
        """Whether ``times`` ratings were acknowledged, waiting up to ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.acknowledged) >= times, timeout)

    def unplug(self) -> None:
        """Pull the cable."""
        self.line.unplug()

    def replug(self) -> None:
        """Put the cable back."""
        self.line.replug()

    def receive(self, data: bytes) -> None:
        for frame in self._parser.feed(data):
            if frame.address == self._address:
                self._serve(frame)

    def tick(self) -> float:
        with self._changed:
            if self._asking and self._pressed is not None:
                self._unanswered = frames.rating(self._address, self._pressed)
                self._pressed, self._asking = None, False
                self._repeats_left, self._repeat_at = _REPEATS, self._monotonic()
            if self._unanswered is not None and self._monotonic() >= self._repeat_at:
                self._send(self._unanswered)
        return 0.02

    def _serve(self, frame: Frame) -> None:
        with self._changed:
            if frames.is_start_rating(frame):
                self._asking = True
                self._unanswered = None
                self.asked += 1
            elif frame.function == frames.FUNC_COMMAND and len(frame.data) == 1:
                self.acknowledged.append(frame.data[0])
                self._unanswered = None
            self._changed.notify_all()

    def _send(self, frame: Frame) -> None:
        if self._repeats_left == 0:
            self._unanswered = None
            return
        self._repeats_left -= 1
        self._repeat_at = self._monotonic() + _REPEAT_AFTER
        if self._silent:
            return
        data = frame.to_bytes()
        if self._damage:
            self._damage -= 1
            data = data[:-2] + bytes([data[-2] ^ 0x01]) + data[-1:]
        self.line.write(data)
