"""The LED strips' contract: both types, in memory and over a serial device (pty)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from drivers.base.devices import CallBoard
from drivers.base.errors import Timeout
from drivers.base.simports import MemoryPort, PtyPort, SimulatedPort
from drivers.base.trace import TraceLog
from drivers.board.frames import sum_frame, xor_frame
from drivers.board.led import LedBoard
from drivers.board.simulator import BoardSimulator
from drivers.contract.board import CALL, BoardBench, CallBoardContract
from support.lines import now

ADDRESS = 3


class Strip(BoardSimulator):
    def wait_for(self, text: str, timeout: float) -> bool:
        return self.wait_until_shown(ADDRESS, text, timeout)


class TestSumStripInMemory(CallBoardContract):
    make_frame = staticmethod(sum_frame)

    def make_port(self) -> SimulatedPort:
        return MemoryPort("board")

    def make_bench(self, folder: Path) -> Strip:
        return Strip(self.make_port())

    def make_board(self, bench: BoardBench, trace: TraceLog) -> CallBoard:
        assert isinstance(bench, Strip)
        return LedBoard(lambda: bench.line.transport(9600), self.make_frame, ADDRESS, now=now, trace=trace)

    def test_the_strip_of_another_window_is_left_alone(self, bench: Strip, board: CallBoard) -> None:
        board.send(CALL)
        assert bench.wait_for(CALL, 20)
        assert list(bench.shown) == [ADDRESS]
        assert bench.damaged == 0


class TestXorStripInMemory(TestSumStripInMemory):
    make_frame = staticmethod(xor_frame)


if os.name == "posix":

    class TestSumStripOverSerial(TestSumStripInMemory):
        def make_port(self) -> SimulatedPort:
            return PtyPort("board")

    class TestXorStripOverSerial(TestXorStripInMemory):
        def make_port(self) -> SimulatedPort:
            return PtyPort("board")


def test_a_line_that_takes_nothing_is_told_in_time_and_calling_goes_on() -> None:
    port = MemoryPort("full", capacity=8)
    board = LedBoard(lambda: port.transport(9600), sum_frame, ADDRESS, now=now, write_timeout=0.2)
    with pytest.raises(Timeout) as caught:
        board.send(CALL)
    assert "叫号照常" in caught.value.advice
    assert not board.health().usable
