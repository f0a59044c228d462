"""How often the reader is asked."""

from __future__ import annotations

from itertools import pairwise

import pytest

from drivers.base.transport import ByteTransport
from drivers.idcard import commands
from drivers.idcard.frames import build_reply
from drivers.idcard.lines import at_rates, only
from drivers.idcard.reader import Ga467Reader
from support.lines import FakeTime, now


class EmptyReader(ByteTransport):
    """Answers at once that there is no card, and notes when it was asked for one."""

    def __init__(self, time: FakeTime) -> None:
        super().__init__("empty")
        self._time = time
        self._answer = b""
        self._open = False
        self.asked_at: list[float] = []

    @property
    def is_open(self) -> bool:
        return self._open

    def open(self) -> None:
        self._open = True

    def close(self) -> None:
        self._open = False

    def read(self, timeout: float) -> bytes:
        answer, self._answer = self._answer, b""
        return answer

    def write(self, data: bytes, timeout: float) -> None:
        if data == commands.FIND.request:
            self.asked_at.append(self._time.seconds)
            self._answer = build_reply(commands.FIND_FAILED)
        else:
            self._answer = build_reply(commands.OK)


def test_the_reader_is_asked_every_300_ms_at_most_also_across_calls() -> None:
    time = FakeTime()
    line = EmptyReader(time)
    reader = Ga467Reader(only("empty", lambda: line), now=now, monotonic=time.monotonic)
    for timeout in (1.0, 0.05, 0.0, 1.0):
        assert reader.wait_for_card(timeout, time.cancel) is None
    gaps = [later - earlier for earlier, later in pairwise(line.asked_at)]
    assert len(gaps) >= 6
    assert min(gaps) == pytest.approx(0.3)


def test_a_reader_without_a_baud_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="baud"):
        at_rates(lambda baud: EmptyReader(FakeTime()), ())
