"""The program's own contract of a call board, run on ACME's driver against a board in software."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from acme_board import AcmeBoard, make

from drivers.base.registry import BadAddress, Context
from drivers.base.simports import TcpPort
from drivers.base.simulator import Simulator
from drivers.base.trace import TraceLog
from drivers.contract.board import CallBoardContract


class BoardInSoftware(Simulator):
    """Shows the last whole line."""

    def __init__(self) -> None:
        super().__init__(TcpPort())
        self._changed = threading.Condition()
        self._bytes = b""
        self.shown = ""

    def receive(self, data: bytes) -> None:
        with self._changed:
            *lines, self._bytes = (self._bytes + data).split(b"\n")
            if lines:
                self.shown = lines[-1].decode("gb2312")
                self._changed.notify_all()

    def wait_for(self, text: str, timeout: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.shown == text, timeout)

    def unplug(self) -> None:
        self.line.unplug()

    def replug(self) -> None:
        self.line.replug()


class TestAcmeBoard(CallBoardContract):
    def make_bench(self, folder: Path) -> BoardInSoftware:
        return BoardInSoftware()

    def make_board(self, bench: BoardInSoftware, trace: TraceLog) -> AcmeBoard:
        return make(bench.port, Context(trace=trace))


@pytest.mark.parametrize("address", ["", "192.168.1.40", "host:0", ":7001"])
def test_an_address_that_cannot_be_read_is_told_with_an_example(address: str) -> None:
    with pytest.raises(BadAddress, match="应像 192"):
        make(address, Context())


def test_an_option_that_it_does_not_know_is_named() -> None:
    with pytest.raises(BadAddress, match="colour"):
        make("host:7001", Context(options={"colour": "red"}))
