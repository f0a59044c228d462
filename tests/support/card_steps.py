"""The card reader's simulator without threads: every byte takes its time on a clock that only waiting moves on.

A whole wait for a card runs in a few milliseconds and always takes the same number of seconds on that clock, so
that faults can be played at every byte of a dialogue and times can be stated.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from drivers.base.errors import DeviceError, NotConnected
from drivers.base.readings import CardReading
from drivers.base.simports import SimulatedPort
from drivers.base.transport import ByteTransport
from drivers.idcard.lines import at_rates
from drivers.idcard.reader import Ga467Reader
from drivers.idcard.simulator import CardReaderSimulator
from support.lines import FakeTime, now

BAUD = 115200
BITS_PER_BYTE = 10
_CABLE_LATENCY = 0.004


class StepPort(SimulatedPort):
    """Both ends on one clock. ``cut_after_sent``: the plug is pulled when the device has sent so many bytes;
    ``when_taken``: what happens when it has taken so many. ``thinks``: how long it takes before it answers."""

    def __init__(self, time: FakeTime, baud: int = BAUD, thinks: float = 0.0) -> None:
        self.port = "steps"
        self.time = time
        self.thinks = thinks
        self.plugged = True
        self.session = 0
        self.device: CardReaderSimulator | None = None
        self.cut_after_sent: int | None = None
        self.when_taken: dict[int, Callable[[], None]] = {}
        self.sent = self.taken = 0
        self._byte = BITS_PER_BYTE / baud
        self._free_at = 0.0
        self._on_the_way: deque[tuple[float, bytes]] = deque()

    def write(self, data: bytes) -> None:
        for value in data:
            if not self.plugged:
                return
            self._free_at = max(self._free_at, self.time.seconds) + self._byte
            self._on_the_way.append((self._free_at, bytes([value])))
            self.sent += 1
            if self.sent == self.cut_after_sent:
                self._on_the_way.append((self._free_at, b""))

    def take(self, data: bytes) -> None:
        """Bytes from the host."""
        self.time.seconds += len(data) * self._byte
        for value in data:
            self.taken += 1
            self.when_taken.pop(self.taken, _nothing)()
            if not self.plugged:
                return
            self._free_at = self.time.seconds + self.thinks
            if self.device is not None:
                self.device.receive(bytes([value]))

    def arrived(self, timeout: float) -> bytes:
        """What the host reads within ``timeout``; the clock moves on to the first byte, or by ``timeout``.

        Like a USB-serial cable the line hands over what came within a few milliseconds at once.
        """
        until = self.time.seconds + timeout
        first = self._on_the_way[0][0] + _CABLE_LATENCY if self._on_the_way else until
        self.time.seconds = min(until, max(first, self.time.seconds))
        data = bytearray()
        while self._on_the_way and self._on_the_way[0][0] <= self.time.seconds:
            piece = self._on_the_way.popleft()[1]
            if not piece:
                self.unplug()
                break
            data += piece
        return bytes(data)

    def read(self, timeout: float) -> bytes:
        return b""

    def baud(self) -> int | None:
        return None

    def transport(self, baud: int = BAUD) -> ByteTransport:
        return StepTransport(self)

    def unplug(self) -> None:
        self.plugged = False
        self.session += 1
        self._on_the_way.clear()

    def replug(self) -> None:
        self.plugged = True
        self.cut_after_sent = None
        self.when_taken.clear()

    def close(self) -> None:
        self.unplug()


class StepTransport(ByteTransport):
    """The host's end."""

    def __init__(self, port: StepPort) -> None:
        super().__init__(port.port)
        self._port = port
        self._session: int | None = None

    @property
    def is_open(self) -> bool:
        return self._session is not None

    def open(self) -> None:
        if not self._port.plugged:
            raise NotConnected("unplugged")
        self._session = self._port.session

    def close(self) -> None:
        self._session = None

    def read(self, timeout: float) -> bytes:
        self._check()
        data = self._port.arrived(timeout)
        if not data:
            self._check()
        return data

    def write(self, data: bytes, timeout: float) -> None:
        self._check()
        self._port.take(data)

    def _check(self) -> None:
        if self._session is None or self._session != self._port.session:
            self._session = None
            raise NotConnected("the line is lost")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a wait for a card came to, after how many seconds on its clock."""

    reading: CardReading | None
    error: DeviceError | None
    seconds: float

    @property
    def word(self) -> str:
        """``card``, ``none`` or the error's class."""
        if self.error is not None:
            return type(self.error).__name__
        return "none" if self.reading is None else "card"


class StepDesk:
    """A desk with a reader, a card to lay down, and a clock."""

    def __init__(self, *, baud: int = BAUD, thinks: float = 0.0) -> None:
        self.time = FakeTime()
        self.port = StepPort(self.time, baud, thinks)
        self.device = CardReaderSimulator(self.port)
        self.port.device = self.device
        self.reader = Ga467Reader(at_rates(self.port.transport, (baud,)), now=now, monotonic=self.time.monotonic)

    def wait(self, timeout: float) -> Outcome:
        """Whatever else than a DeviceError comes out is a defect and is not caught."""
        start = self.time.seconds
        reading, error = None, None
        try:
            reading = self.reader.wait_for_card(timeout, self.time.cancel)
        except DeviceError as exc:
            error = exc
        if reading is not None:
            reading = replace(reading, photo=b"")
        return Outcome(reading, error, self.time.seconds - start)


def _nothing() -> None:
    """At most bytes nothing happens."""
