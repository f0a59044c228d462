"""A device's thread outlives whatever happens in it."""

from __future__ import annotations

import threading

from drivers.base.simports import MemoryPort
from drivers.base.simulator import Simulator


class Clumsy(Simulator):
    """Falls over the first bytes, answers the next ones."""

    def __init__(self, port: MemoryPort) -> None:
        super().__init__(port)
        self.fell = threading.Event()

    def receive(self, data: bytes) -> None:
        if not self.fell.is_set():
            self.fell.set()
            raise ZeroDivisionError("planted")
        self.line.write(b"still here")


def test_the_thread_goes_on_after_an_exception_and_reports_it() -> None:
    port = MemoryPort()
    with Clumsy(port) as device:
        line = port.transport()
        line.open()
        line.write(b"a", 1.0)
        assert device.fell.wait(20)
        line.write(b"b", 1.0)
        assert line.read(20.0) == b"still here"
        assert [type(error) for error in device.errors] == [ZeroDivisionError]
