"""A scanner in software: what is held before it goes over the line, in any encoding and with any fault."""

from __future__ import annotations

from drivers.base.simports import SimulatedPort
from drivers.base.simulator import Simulator


class ScannerSimulator(Simulator):
    """``hold`` is the hand with the paper. ``suffix`` ends each code; ``encoding`` is what the scanner sends."""

    def __init__(self, port: SimulatedPort, *, suffix: bytes = b"\r", encoding: str = "utf-8") -> None:
        super().__init__(port)
        self._suffix = suffix
        self._encoding = encoding

    def hold(self, text: str) -> None:
        """Hold a code before the scanner; nothing of it is lost on the line while the PC listens."""
        self.line.write(text.encode(self._encoding) + self._suffix)

    def send(self, data: bytes) -> None:
        """Bytes as they are."""
        self.line.write(data)

    def unplug(self) -> None:
        """Pull the cable."""
        self.line.unplug()

    def replug(self) -> None:
        """Put the cable back."""
        self.line.replug()

    def receive(self, data: bytes) -> None:
        """Whatever the PC says is no business of a scanner's."""
