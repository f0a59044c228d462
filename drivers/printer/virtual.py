"""A receipt printer in software: takes ESC/POS bytes, answers status and fence, draws every ticket, fails to order.

Runs behind a pty, a TCP port or in memory. Behaviour as in the Epson reference [C]: DLE EOT is answered at once, also
while the printer is out of paper; GS r is answered when everything before it has been carried out; a printer without
paper keeps what it has received and goes on when paper is loaded. What is printed of the line under the head when the
paper ends is [M].
"""

from __future__ import annotations

import collections
import threading
import time
from collections.abc import Callable
from pathlib import Path

from drivers.base.simports import SimulatedPort
from drivers.base.simulator import Simulator
from drivers.printer.glyphs import GlyphSource
from drivers.printer.interpreter import Interpreter
from drivers.printer.paper import Ticket
from drivers.printer.tokens import Token, Tokeniser

_FIXED_BITS = 0x12
_MODEL_NAME = 67
_IDLE, _BUSY = 0.02, 0.005


_KEPT_CHUNKS = 4096


class VirtualPrinter(Simulator):
    """font_path: a TrueType or OpenType font with the GBK characters; dots: 576 (80 mm) or 384 (58 mm).

    double_byte_at_reset: whether ``ESC @`` leaves the Chinese mode on; off by default, so that a job that forgets
    ``FS &`` is seen. buffer_bytes: what is taken from the line while printing cannot go on.
    """

    def __init__(
        self,
        port: SimulatedPort,
        font_path: str | Path,
        *,
        dots: int = 576,
        double_byte_at_reset: bool = False,
        buffer_bytes: int = 1 << 16,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(port)
        self._changed = threading.Condition(threading.RLock())
        self._tokeniser = Tokeniser(self._answer_status, double_byte_at_reset)
        self._interpreter = Interpreter(GlyphSource(font_path), dots, self._answer_fence, self._answer_name)
        self._buffer_bytes = buffer_bytes
        self._monotonic = monotonic
        self._queue: collections.deque[Token] = collections.deque()
        self._queued = 0
        self._paper_left: int | None = None
        self._paper_out = self._cover_open = self._near_end = self._silent = False
        self._plans: list[tuple[int, Callable[[], None]]] = []
        self._rate: float | None = None
        self._allowance = 0.0
        self._allowed_at = monotonic()
        self._carried_out = 0
        self.job_bytes = 0
        self.model = ""
        """What it calls itself; empty for a printer that does not know the question."""
        self.fences = True
        """Whether it answers ``GS r``."""
        self._received: collections.deque[bytes] = collections.deque(maxlen=_KEPT_CHUNKS)

    @property
    def received(self) -> bytes:
        """The bytes of late, as they came over the line, status requests included."""
        with self._changed:
            return b"".join(self._received)

    @property
    def tickets(self) -> list[Ticket]:
        """Everything that was cut off, oldest first."""
        with self._changed:
            return list(self._interpreter.tickets)

    @property
    def complaints(self) -> list[str]:
        """What the job held that this printer does not print: unknown commands, bytes, glyphs; empty when all is well.

        Known commands without effect on this paper are not among them, see ``ignored``.
        """
        with self._changed:
            inner = self._interpreter
            return (
                [f"unknown command {data.hex(' ')}" for data in inner.unknown]
                + [f"no character {data.hex(' ')}" for data in inner.undecodable]
                + [f"no glyph U+{ord(character):04X}" for character in inner.missing_glyphs]
            )

    @property
    def ignored(self) -> list[str]:
        """Names of known commands that were not carried out."""
        with self._changed:
            return list(self._interpreter.ignored)

    def wait_for_tickets(self, count: int, timeout: float) -> list[Ticket]:
        """The tickets as soon as there are ``count``, or what there is after ``timeout`` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._interpreter.tickets) >= count, timeout)
            return list(self._interpreter.tickets)

    def tear_off(self) -> Ticket:
        """Tear off what hangs out of the printer uncut; it becomes a ticket like the others."""
        with self._changed:
            ticket = self._interpreter.paper.cut()
            self._interpreter.tickets.append(ticket)
            self._changed.notify_all()
            return ticket

    def run_out_of_paper(self, after_bytes: int = 0) -> None:
        """The roll ends once ``after_bytes`` more bytes have been carried out."""
        with self._changed:
            self._paper_left = after_bytes
            self._paper_out = after_bytes == 0

    def when_carried_out(self, count: int, action: Callable[[], None]) -> None:
        """Call ``action`` once ``count`` more bytes have been carried out: a fault at a chosen place of the job."""
        with self._changed:
            self._plans.append((self._carried_out + count, action))

    def load_paper(self) -> None:
        """Put in a new roll; the printer goes on with what it holds."""
        with self._changed:
            self._paper_left, self._paper_out, self._near_end = None, False, False

    def set_cover(self, open_: bool) -> None:
        """Open or close the cover."""
        with self._changed:
            self._cover_open = open_

    def set_near_end(self, near: bool) -> None:
        """Whether the sensor sees the end of the roll coming."""
        with self._changed:
            self._near_end = near

    def set_silent(self, silent: bool) -> None:
        """Print, but answer nothing."""
        with self._changed:
            self._silent = silent

    def set_slow(self, bytes_per_second: float | None) -> None:
        """Carry out so many bytes a second; None is as fast as this PC."""
        with self._changed:
            self._rate = bytes_per_second
            self._allowance, self._allowed_at = 0.0, self._monotonic()

    def power_cycle(self) -> None:
        """Switch off and on: what was received and not printed is lost."""
        with self._changed:
            self._tokeniser.reset()
            self._queue.clear()
            self._queued = 0
            self._interpreter.power_cycle()

    def unplug(self) -> None:
        """Pull the cable."""
        self.line.unplug()

    def replug(self) -> None:
        """Put the cable back."""
        self.line.replug()

    def accepts_input(self) -> bool:
        with self._changed:
            return self._queued + self._tokeniser.pending < self._buffer_bytes or not self._blocked()

    def receive(self, data: bytes) -> None:
        with self._changed:
            self._received.append(data)
            for token in self._tokeniser.feed(data):
                self._queue.append(token)
                self._queued += token.size
                # NULs between commands print nothing and belong to no job
                self.job_bytes += token.size if token.args != b"\0" else 0

    def tick(self) -> float:
        with self._changed:
            self._allow()
            while self._queue and not self._blocked():
                token = self._queue[0]
                if self._paper_left is not None and self._paper_left < token.size:
                    self._paper_out = True
                    break
                if self._rate is not None:
                    if self._allowance < token.size:
                        return _BUSY
                    self._allowance -= token.size
                self._queue.popleft()
                self._queued -= token.size
                if self._paper_left is not None:
                    self._paper_left -= token.size
                self._interpreter.run(token)
                self._carried_out += token.size
                self._act()
            if self._paper_left is not None and self._tokeniser.pending > self._paper_left:
                # an image is printed row by row while it arrives
                self._paper_out = True
            self._changed.notify_all()
        return _IDLE

    def _act(self) -> None:
        due = [plan for plan in self._plans if plan[0] <= self._carried_out]
        for plan in due:
            self._plans.remove(plan)
            plan[1]()

    def _allow(self) -> None:
        now = self._monotonic()
        if self._rate is not None:
            self._allowance += self._rate * (now - self._allowed_at) if self._queue else 0.0
        self._allowed_at = now

    def _blocked(self) -> bool:
        return self._paper_out or self._cover_open

    def _answer_status(self, kind: int) -> None:
        value = _FIXED_BITS
        if kind == 1:
            value |= 0x08 if self._blocked() else 0
        elif kind == 2:
            value |= (0x04 if self._cover_open else 0) | (0x20 if self._paper_out else 0)
        elif kind == 4:
            value |= (0x0C if self._near_end or self._paper_out else 0) | (0x60 if self._paper_out else 0)
        self._answer(value)

    def _answer_name(self, kind: int) -> None:
        if kind == _MODEL_NAME and self.model and not self._silent:
            self.line.write(b"_" + self.model.encode("ascii") + b"\0")

    def _answer_fence(self, kind: int) -> None:
        if not self.fences:
            return
        paper = (0x03 if self._near_end else 0) if kind in (1, 49) else 0
        self._answer(paper)

    def _answer(self, value: int) -> None:
        if not self._silent:
            self.line.write(bytes([value]))
