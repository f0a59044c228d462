"""The box of the ``FF 68`` family in software: keys and digits for the clerk, and the citizen's rating keys on the
same line and address."""

from __future__ import annotations

from drivers.base.readings import CallerKey
from drivers.base.simports import SimulatedPort
from drivers.evaluator import frames
from drivers.evaluator.frames import Frame
from drivers.evaluator.scales import FIVE_KEYS, RatingScale
from drivers.evaluator.simulator import EvaluatorSimulator

_BLANK = 0x0A


class CallerSimulator(EvaluatorSimulator):
    """``press_key`` is the clerk's finger. ``digits`` is what the six places show, blanks as ``" "``; the first three
    are how many wait, the last three the ticket. ``echoed`` are the keys that the PC acknowledged."""

    def __init__(self, port: SimulatedPort, scale: RatingScale = FIVE_KEYS, *, address: int = 5) -> None:
        super().__init__(port, scale, address=address)
        self.digits = " " * 6
        self.beeps = 0
        self.echoed: list[CallerKey] = []

    def press_key(self, key: CallerKey, *, times: int = 1) -> None:
        """Press a key; ``times``: the same frame at once again, as a box does that heard no acknowledgement."""
        for _ in range(times):
            self.line.write(frames.key_frame(self._address, key).to_bytes())

    def wait_until_echoed(self, times: int, timeout: float) -> bool:
        """Whether ``times`` keys were acknowledged, waiting up to ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.echoed) >= times, timeout)

    def wait_until_shown(self, digits: str, timeout: float) -> bool:
        """Whether the display shows ``digits``, waiting up to ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self.digits == digits, timeout)

    def _serve(self, frame: Frame) -> None:
        with self._changed:
            if frame.function == frames.FUNC_DISPLAY and len(frame.data) == 6:
                self.digits = "".join(" " if value == _BLANK else str(value) for value in frame.data)
            elif frame.function == frames.FUNC_BEEP:
                self.beeps += 1
            elif (key := frames.key_of(frame)) is not None:
                self.echoed.append(key)
            self._changed.notify_all()
        super()._serve(frame)
