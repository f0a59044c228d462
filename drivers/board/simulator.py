"""LED strips in software: what was last sent to an address as text; like the real ones they never answer."""

from __future__ import annotations

import threading

from drivers.base.simports import SimulatedPort
from drivers.base.simulator import Simulator

_SUM_LEAST, _XOR_LEAST = 12, 7


class BoardSimulator(Simulator):
    """Strips of both types on one line. ``shown`` is the text by address; a frame with a wrong check changes nothing
    and is counted in ``damaged``."""

    def __init__(self, port: SimulatedPort) -> None:
        super().__init__(port)
        self._buffer = bytearray()
        self._changed = threading.Condition()
        self.shown: dict[int, str] = {}
        self.history: list[tuple[int, str]] = []
        self.damaged = 0

    def wait_until_shown(self, address: int, text: str, timeout: float) -> bool:
        """Whether the strip shows ``text``, waiting up to ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self.shown.get(address) == text, timeout)

    def unplug(self) -> None:
        """Pull the cable; what was shown stays, as lamps do."""
        self.line.unplug()

    def replug(self) -> None:
        """Put the cable back."""
        self.line.replug()

    def receive(self, data: bytes) -> None:
        self._buffer += data
        while self._buffer:
            size = self._size()
            if size < 0:
                return
            frame = bytes(self._buffer[:size])
            del self._buffer[: size or 1]
            if size:
                self._take(frame)

    def _size(self) -> int:
        """Bytes of the frame at the front; 0 for none, -1 when more has to come."""
        if self._buffer[0] == 0xAA:
            end = self._buffer.find(0xFF, _SUM_LEAST - 1)
            return end + 1 if end >= 0 else -1
        if self._buffer[0] == 0xA0:
            if len(self._buffer) < _XOR_LEAST:
                return -1
            size = _XOR_LEAST + int.from_bytes(self._buffer[4:6], "big")
            return size if len(self._buffer) >= size else -1
        return 0

    def _take(self, frame: bytes) -> None:
        if frame[0] == 0xAA:
            address, sound = frame[1], sum(frame[6:]) % 256 == frame[5]
            text = frame[11:-1]
        else:
            address, check = frame[2], 0
            for value in frame[:-1]:
                check ^= value
            sound = check == frame[-1]
            text = frame[6:-1].replace(b"\x00", b"")
        with self._changed:
            if sound:
                self.shown[address] = text.decode("gbk")
                self.history.append((address, self.shown[address]))
            else:
                self.damaged += 1
            self._changed.notify_all()
