"""What is asked of an ESC/POS printer besides printing: status, the fence, its name, and where it stands.

Fences are counted, never told apart: the answer is the same byte for each. So every fence without an answer stays owed,
and a job counts as printed only when nothing is owed any more. Before the next job the count is brought to nought: a
printer that answers fresh fences at once has answered or lost all that were before them.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence

from drivers.base.errors import Timeout
from drivers.base.trace import Direction, Masked, Trace, no_trace
from drivers.base.transport import ByteTransport
from drivers.printer.status import DLE_EOT, FENCE, STATUS_KINDS, AnswerSorter, PrinterStatus

_STATUS_ASKS = 2
_MEETING_TIME, _MUTE_TIME = 3.0, 0.3
_AT_ONCE, _NOT_LATER, _QUIET, _FRESH_FENCES = 0.3, 2.4, 1.7, 3
"""A fresh fence is answered within 0.3 s, on a slow line within 2.4; quiet is 1.7 times as long. Answers that come at a
pace of their own leave no quiet, or fail to follow the fresh fences."""
_MOST_WAITS = 3
"""An earlier job, or this one, may take so many times the patience altogether."""
_LONGEST_COMMAND = 72 * 960 + 8
"""An image of 80 mm as high as python-escpos makes one [T]."""
_LONGEST_HEAD = 16
_PAD, _PAD_TIME, _PADDING_TIME = 1024, 0.1, 20.0
_MODEL = b"\x1dI\x43"
_MODEL_HEAD = 0x5F
_MODEL_LONGEST = 82
_STILL_PRINTING = "小票打印机还在打前面的小票，请等它打完再按一次打印"


class Conversation:
    """Belongs to one printer; ``line`` is the open line to it at present.

    half_sent: how many bytes the line or picture still lacked in which a job broke off.
    """

    def __init__(
        self,
        *,
        write_timeout: float,
        status_timeout: float,
        fence_timeout: float,
        monotonic: Callable[[], float] = time.monotonic,
        trace: Trace = no_trace,
    ) -> None:
        self._write_timeout = write_timeout
        self._status_timeout = status_timeout
        self._fence_timeout = fence_timeout
        self._monotonic = monotonic
        self._trace = trace
        self._sorter = AnswerSorter()
        self._begun: ByteTransport | None = None
        self._met: ByteTransport | None = None
        self._mute = False
        self.owed = 0
        self.half_sent = 0

    def complete(self, line: ByteTransport) -> None:
        """Before anything is asked: end the command that a broken job, or another program, left half sent.

        A status request would be taken for the size of a picture whose head was all that came. As text NULs are ignored
        [M]. A printer that takes no bytes now is asked for its reason afterwards.
        """
        if self._begun is line and not self.half_sent:
            return
        with contextlib.suppress(Timeout):
            self.write(line, bytes(_LONGEST_HEAD), self._write_timeout)
            while self.half_sent:
                self.write(line, bytes(min(self.half_sent, _PAD)), self._write_timeout)
                self.half_sent -= min(self.half_sent, _PAD)
            self._begun = line

    # --- status -----------------------------------------------------------------------------------------------
    def status(self, line: ByteTransport) -> PrinterStatus:
        """The printer's state; Timeout when it does not answer with status bytes."""
        return PrinterStatus.from_bytes(*(self._ask_status(line, kind) for kind in STATUS_KINDS))

    def _ask_status(self, line: ByteTransport, kind: int) -> int:
        for _ in range(_STATUS_ASKS):
            self._take(self._waiting(line))
            self._sorter.statuses.clear()
            self.write(line, DLE_EOT + bytes([kind]), self._status_timeout)
            deadline = self._monotonic() + self._status_timeout
            while (left := deadline - self._monotonic()) > 0:
                self._take(self.read(line, left))
                if self._sorter.statuses:
                    return self._sorter.statuses[0]
        raise Timeout(f"no answer to DLE EOT {kind}")

    # --- the fence --------------------------------------------------------------------------------------------
    def send_fence(self, line: ByteTransport) -> None:
        """Ask to be told when everything before this has been carried out."""
        self._take(self._waiting(line))
        self.owed += 1
        self.write(line, FENCE, self._write_timeout)

    def send_piece(self, line: ByteTransport, piece: bytes, masked: Sequence[Masked], *, fence: bool) -> None:
        """A piece of a job, with a fence behind it where it may have one.

        A printer that lost its power and is on again answers the last fence as if nothing had been: those that it lost
        with its buffer stay owed.
        """
        self._take(self._waiting(line))
        self.owed += fence
        self.write(line, piece + FENCE if fence else piece, self._write_timeout, masked)

    def await_fence(self, line: ByteTransport, patience: float, *, ask_status: bool = True) -> None:
        """Wait until nothing is owed, ``patience`` seconds from one answer to the next.

        Raises Timeout, NotConnected, or the PrinterFault that stopped the job.
        """
        start = last = self._monotonic()
        while self.owed and (left := min(last + patience, start + _MOST_WAITS * patience) - self._monotonic()) > 0:
            owed = self.owed
            data = self.read(line, min(self._status_timeout, left))
            self._take(data)
            if not data and ask_status:
                # quiet: see whether the printer has stopped; a fence may come among the answers
                problem = self.status(line).problem()
                if problem is not None and self.owed:
                    raise problem
            if self.owed < owed:
                last = self._monotonic()
        if self.owed:
            raise Timeout("the fence was not answered")

    def clear_the_way(self, line: ByteTransport, *, fences: bool, ask_status: bool) -> None:
        """Before a job: no fence of an earlier one may be answered later, and no picture wait for its rows.

        A program that died in the middle of an image leaves a printer that takes the next job for the image's rows and
        still answers that job's fence. Such a printer answers no fence now; NULs complete what it waits for. A printer
        that answers no fence at all is not kept from printing: its jobs end as unknown, because what is owed stays
        owed. Raises Timeout while the printer is still at work on an earlier job. Called with the printer able to
        print.
        """
        if not fences or (self._met is line and not self.owed):
            return
        if self._met is line and self._mute:
            patience = _MUTE_TIME
        else:
            patience = self._fence_timeout if self.owed else _MEETING_TIME
        if not self._answers_fence(line, patience, ask_status):
            self._fault(line, ask_status)
            if (self._met is line and self._mute) or not self._pad(line, ask_status):
                self._met, self._mute = line, True
                return
        self._settle(line, ask_status)
        self._met = line

    def _settle(self, line: ByteTransport, ask_status: bool) -> None:
        """Fences are answered. Go on when none can be left of before: the printer is quiet, and then answers one fresh
        fence after the other at once. One at work on an earlier job answers that job's fences between its lines."""
        start = last = self._monotonic()
        at_once = _AT_ONCE
        while self._monotonic() < min(last + self._fence_timeout, start + _MOST_WAITS * self._fence_timeout):
            if data := self.read(line, _QUIET * at_once):
                self._take(data)
                last = self._monotonic()
            elif self._is_idle(line, at_once):
                self.owed = 0
                return
            else:
                self._fault(line, ask_status)
                at_once = min(2 * at_once, _NOT_LATER)
        raise Timeout("still at work on an earlier job", word="still_printing", advice=_STILL_PRINTING)

    def _is_idle(self, line: ByteTransport, at_once: float) -> bool:
        for _ in range(_FRESH_FENCES):
            owed = self.owed
            self._sorter.fences.clear()
            self.owed += 1
            self.write(line, FENCE, self._write_timeout)
            deadline = self._monotonic() + at_once
            answered = 0
            while not answered and (left := deadline - self._monotonic()) > 0:
                self._sorter.feed(self.read(line, left))
                answered = len(self._sorter.fences)
            self._take(b"")
            # Where nothing was known to be owed there may be fences of a program before this one.
            if answered != 1 or self.owed > owed:
                return False
        return True

    def _pad(self, line: ByteTransport, ask_status: bool) -> bool:
        """NULs until a fence is answered; False when none is."""
        deadline = self._monotonic() + _PADDING_TIME
        for _ in range(0, _LONGEST_COMMAND, _PAD):
            if self._monotonic() >= deadline:
                return False
            self.write(line, bytes(_PAD), self._write_timeout)
            if self._answers_fence(line, _PAD_TIME, ask_status):
                return True
        return False

    def _answers_fence(self, line: ByteTransport, patience: float, ask_status: bool) -> bool:
        """Whether any fence is answered in time."""
        self.send_fence(line)
        owed = self.owed
        if ask_status:
            # Answered when everything before it has come over the line, at whatever speed.
            self._ask_status(line, STATUS_KINDS[0])
        deadline = self._monotonic() + patience
        while self.owed == owed and (left := deadline - self._monotonic()) > 0:
            self._take(self.read(line, left))
        return self.owed < owed

    def _fault(self, line: ByteTransport, ask_status: bool) -> None:
        """Raise what keeps the printer from printing by now."""
        if ask_status and (problem := self.status(line).problem()) is not None:
            raise problem

    # --- the name ---------------------------------------------------------------------------------------------
    def model(self, line: ByteTransport) -> str:
        """What the printer calls itself (``GS I 67``), empty when it does not say. Never while a fence is owed."""
        self._take(self._waiting(line))
        self.write(line, _MODEL, self._status_timeout)
        heard = bytearray()
        deadline = self._monotonic() + self._status_timeout
        while (left := deadline - self._monotonic()) > 0 and len(heard) < _MODEL_LONGEST:
            heard += self.read(line, left)
            start = heard.find(_MODEL_HEAD)
            end = heard.find(0, start) if start >= 0 else -1
            if end > start:
                return bytes(heard[start + 1 : end]).decode("ascii", "replace").strip()
        return ""

    # --- the line ---------------------------------------------------------------------------------------------
    def write(self, line: ByteTransport, data: bytes, timeout: float, masked: Sequence[Masked] = ()) -> None:
        """As ``ByteTransport.write``, and into the trace."""
        self._trace(Direction.SENT, data, masked)
        line.write(data, timeout)

    def read(self, line: ByteTransport, timeout: float) -> bytes:
        """As ``ByteTransport.read``, and into the trace."""
        data = line.read(timeout)
        if data:
            self._trace(Direction.RECEIVED, data, ())
        return data

    def note(self, text: str) -> None:
        """A remark for who reads the trace."""
        self._trace(Direction.NOTE, text, ())

    def _waiting(self, line: ByteTransport) -> bytes:
        data = line.discard_input()
        if data:
            self._trace(Direction.RECEIVED, data, ())
        return data

    def _take(self, data: bytes) -> None:
        self._sorter.feed(data)
        if self._sorter.fences:
            self._mute = False
        self.owed = max(0, self.owed - len(self._sorter.fences))
        self._sorter.fences.clear()
