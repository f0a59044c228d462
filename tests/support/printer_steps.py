"""The virtual printer without threads: every byte takes its time on a clock that only waiting moves on.

So faults can be played at every byte of a dialogue, and times can be stated.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

from drivers.base.errors import NotConnected, Timeout
from drivers.base.readings import PrintOutcome, PrintReport
from drivers.base.simports import SimulatedPort
from drivers.base.transport import ByteTransport
from drivers.printer.escpos import EscPosPrinter
from drivers.printer.glyphs import GlyphSource
from drivers.printer.profiles import GENERIC_80, Profile
from drivers.printer.virtual import VirtualPrinter
from support.lines import FONT, FakeTime, now

BYTE_S = 10 / 115200
_TICK_S = 0.005
_BUFFER = 4096
"""What printer and line hold of a job that cannot be printed."""
_BOOT_S = 1.5
_GLYPHS = GlyphSource(FONT)

Answer = Callable[[bytes], list[tuple[float, bytes]]]
"""Bends an answer on its way to the host: pieces with the seconds that each takes longer."""


def straight(answer: bytes) -> list[tuple[float, bytes]]:
    return [(0.0, answer)]


class StepLine(SimulatedPort):
    """Both ends on one clock. ``bend`` spoils the answers; ``when_taken``: what happens when the printer has taken so
    many bytes."""

    def __init__(self, time: FakeTime, *, answers: bool = True) -> None:
        self.port = "steps"
        self.time = time
        self.answers = answers
        self.plugged = True
        self.session = 0
        self.device: VirtualPrinter | None = None
        self.bend: Answer = straight
        self.when_taken: dict[int, Callable[[], None]] = {}
        self.taken = 0
        self.dead_until = 0.0
        """Until then the printer has no power: what comes is lost."""
        self._on_the_way: list[tuple[float, int, bytes]] = []
        self._answered = 0

    def write(self, data: bytes) -> None:
        if self.plugged and self.answers:
            for late, piece in self.bend(data):
                self._answered += 1
                heapq.heappush(self._on_the_way, (self.time.seconds + late, self._answered, piece))

    def take(self, data: bytes, timeout: float) -> None:
        """Bytes from the host."""
        assert self.device is not None
        until = self.time.seconds + timeout
        for value in data:
            self.time.seconds += BYTE_S
            self.device.tick()
            while not self.device.accepts_input():
                if self.time.seconds >= until:
                    raise Timeout("the printer does not take bytes")
                self.time.seconds += _TICK_S
                self.device.tick()
            if self.time.seconds >= self.dead_until:
                self.device.receive(bytes([value]))
            self.taken += 1
            self.when_taken.pop(self.taken, _nothing)()
            if not self.plugged:
                raise NotConnected("the line is lost")
        self.device.tick()

    def arrived(self, timeout: float) -> bytes:
        """What the host reads within ``timeout``; the clock moves on to the first byte, or by ``timeout``."""
        assert self.device is not None
        until = self.time.seconds + timeout
        while True:
            self.device.tick()
            ready = bytearray()
            while self._on_the_way and self._on_the_way[0][0] <= self.time.seconds:
                ready += heapq.heappop(self._on_the_way)[2]
            if ready or self.time.seconds >= until or not self.plugged:
                return bytes(ready)
            self.time.seconds = min(until, self.time.seconds + _TICK_S)

    def read(self, timeout: float) -> bytes:
        return b""

    def baud(self) -> int | None:
        return None

    def transport(self, baud: int = 115200) -> ByteTransport:
        return StepTransport(self)

    def unplug(self) -> None:
        self.plugged = False
        self.session += 1
        self._on_the_way.clear()

    def replug(self) -> None:
        self.plugged = True
        self.when_taken.clear()

    def close(self) -> None:
        self.unplug()


class StepTransport(ByteTransport):
    """The host's end."""

    def __init__(self, port: StepLine) -> None:
        super().__init__(port.port)
        self.answers = port.answers
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
        try:
            self._port.take(data, timeout)
        except NotConnected:
            self.close()
            raise

    def _check(self) -> None:
        if self._session is None or self._session != self._port.session:
            self._session = None
            raise NotConnected("the line is lost")


@dataclass(frozen=True, slots=True)
class Printing:
    """What a job came to: the report, how many seconds it took, and the paper that hangs cut off by then."""

    report: PrintReport
    seconds: float
    pieces: tuple[str, ...]


class StepBench:
    """A printer, its paper, and a clock."""

    def __init__(self, *, answers: bool = True, profile: Profile = GENERIC_80, buffer: int = _BUFFER) -> None:
        self.time = FakeTime()
        self.line = StepLine(self.time, answers=answers)
        self.device = VirtualPrinter(self.line, FONT, buffer_bytes=buffer, monotonic=self.time.monotonic)
        self.line.device = self.device
        # every piece of paper would draw its characters anew
        self.device._interpreter._glyphs = _GLYPHS
        self.printer = EscPosPrinter(self.line.transport, now=now, profile=profile, monotonic=self.time.monotonic)
        self.printer.probe()

    def print(self, job: bytes) -> Printing:
        """Whatever else than a report comes out is a defect and is not caught."""
        start = self.time.seconds
        report = self.printer.print_job(job)
        return Printing(report, self.time.seconds - start, self.pieces)

    @property
    def pieces(self) -> tuple[str, ...]:
        return tuple(ticket.text for ticket in self.device.tickets)

    def lose_power(self) -> None:
        """Off and on again; while it starts, everything that comes is lost."""
        self.device.power_cycle()
        self.line.dead_until = self.time.seconds + _BOOT_S

    def mend(self) -> None:
        """Somebody waits until it has started, puts plug and roll in and closes the cover; a printer that lost its plug
        starts anew."""
        self.time.seconds = max(self.time.seconds, self.line.dead_until)
        if not self.line.plugged:
            self.device.power_cycle()
            self.line.replug()
        self.line.when_taken.clear()
        self.line.bend = straight
        self.device.set_silent(False)
        self.device.load_paper()
        self.device.set_cover(False)
        self.device.set_slow(None)


def said(report: PrintReport) -> str:
    """The outcome with its word, as the tables of the documentation give it."""
    return report.outcome.value if report.cause is None else f"{report.outcome.value} ({report.word})"


def is_final(report: PrintReport) -> bool:
    return report.outcome in (PrintOutcome.PRINTED, PrintOutcome.SENT)


def _nothing() -> None:
    """At most bytes nothing happens."""
