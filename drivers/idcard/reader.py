"""GA 467 identity card readers on a serial line, on USB bulk pipes and as HID: the same frames on three carriers.

Frames, commands, times and status bytes are confirmed by vendor manuals and published drivers [C]; no physical reader
was at hand, the driver was tried against the simulator over a pty, in memory and behind a USB library's back end [T].
Fingerprints are never asked for: the counter has no use for them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from drivers.base.errors import (
    CardError,
    CardGone,
    CardUnreadable,
    ChecksumError,
    DeviceError,
    ModuleFault,
    NotConnected,
    ProtocolError,
    Timeout,
)
from drivers.base.health import Now
from drivers.base.readings import CardKind, CardReading
from drivers.base.trace import Direction, Trace, no_trace
from drivers.base.transport import ByteTransport
from drivers.idcard import commands
from drivers.idcard.commands import Command
from drivers.idcard.frames import DamagedFrame, Frame, FrameParser, Reply, build_frame
from drivers.idcard.lines import Choices, LineChoice
from drivers.idcard.masking import personal_spans
from drivers.idcard.polling import PollingReader
from drivers.idcard.text_block import decode_text, decode_text_block

_ASKS = 3
_CANCEL_SLICE = 0.1
_BROKEN_OFF = 0.3
"""Seconds of silence in the middle of an answer after which it is given up: 300 bytes' time at the slowest rate."""
_NOT_FOUND = "没有找到读卡器，请检查连线；先手工录入，插好后自动恢复"


class Ga467Reader(PollingReader):
    """Reads cards over a byte line.

    choices: the lines that a reader may hang on, asked for anew when all were tried. The one where a reader answered
        is tried first from then on. searching: nobody named the line, so "not found" is what the clerk is told.
    find_timeout, read_timeout: seconds [C]; detect_timeout: how long each of several choices is listened to. A status
        answer takes 22 ms at 9600, so a wrong rate need not cost the whole second.
    newest_address: False for a module that does not answer the question for it at all.
    """

    def __init__(
        self,
        choices: Choices,
        *,
        now: Now,
        poll_interval: float = 0.3,
        find_timeout: float = 1.0,
        read_timeout: float = 3.0,
        detect_timeout: float = 0.5,
        reconnect_interval: float = 1.0,
        searching: bool = False,
        newest_address: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
        trace: Trace = no_trace,
    ) -> None:
        super().__init__(
            now=now, monotonic=monotonic, poll_interval=poll_interval, reconnect_interval=reconnect_interval
        )
        self._choices = choices
        self._find_timeout = find_timeout
        self._read_timeout = read_timeout
        self._detect_timeout = detect_timeout
        self._searching = searching
        self._newest_wanted = newest_address
        self._trace = trace
        self._untried: list[LineChoice] = []
        self._patience = find_timeout
        self._line: ByteTransport | None = None
        self._parser = FrameParser()
        self.found: str | None = None
        """Where a reader last answered (``COM3@9600``); None before one did."""

    def sam_id(self) -> str:
        """The security module's number as printed on the reader; raises DeviceError."""
        self._connect(threading.Event(), float("inf"))
        return commands.format_sam_id(self._demand(commands.SAM_ID, self._find_timeout).data)

    @property
    def _connected(self) -> bool:
        return self._line is not None and self._line.is_open

    def _connect(self, cancel: threading.Event, deadline: float) -> None:
        if self._connected:
            return
        self._disconnect()
        if not self._untried:
            self._untried = sorted(self._choices(), key=lambda choice: choice.name != self.found)
            self._patience = self._find_timeout
            if len(self._untried) > 1:
                self._patience = min(self._detect_timeout, self._find_timeout)
        heard: DeviceError = NotConnected("there is no line to look for a reader on")
        while self._untried and not cancel.is_set():
            choice = self._untried.pop(0)
            try:
                self._try(choice, cancel)
            except (NotConnected, Timeout, ProtocolError) as exc:
                # a wrong rate gives silence or rubbish
                heard = exc
                self._disconnect()
                if self._monotonic() >= deadline:
                    break
            except ModuleFault:
                # it is a reader, only an ill one
                self.found = choice.name
                self._untried.clear()
                self._disconnect()
                raise
            else:
                self.found = choice.name
                self._untried.clear()
                self._lift_expected = False
                self._ready()
                return
        if self._searching and self.found is None:
            raise NotConnected(str(heard), word="not_found", advice=_NOT_FOUND)
        raise heard

    def _try(self, choice: LineChoice, cancel: threading.Event) -> None:
        line = choice.make()
        line.open()
        self._line = line
        self._trace(Direction.NOTE, f"打开 {choice.name}", ())
        reply = self._exchange(commands.SAM_STATUS, self._patience, cancel)
        if reply is None:
            raise Timeout("given up")
        if reply.status != commands.OK:
            raise commands.error_for(reply.status)

    def _ask_module(self) -> None:
        self._demand(commands.SAM_STATUS, self._find_timeout)

    def _find(self, cancel: threading.Event) -> bool:
        reply = self._exchange(commands.FIND, self._find_timeout, cancel)
        if reply is None or reply.status == commands.FIND_FAILED:
            return False
        if reply.status != commands.FOUND:
            raise commands.error_for(reply.status)
        return True

    def _read_found(self) -> CardReading:
        try:
            self._demand(commands.SELECT, self._find_timeout)
            text, photo = commands.read_payload(self._demand(commands.READ, self._read_timeout).data)
            # from here on the module wants the card lifted, whether the text makes sense or not
            self._lift_expected = True
            reading = decode_text_block(text, photo)
            if self._newest_wanted and reading.kind is CardKind.RESIDENT:
                reading = replace(reading, newest_address=self._newest_address())
        except Timeout as exc:
            # the late answer must not be waited for: the card in front may be another one by then
            raise CardGone(str(exc), word="read_timeout") from exc
        except ChecksumError as exc:
            raise CardUnreadable(str(exc), word=exc.word, advice=exc.advice) from exc
        return reading

    def _newest_address(self) -> str | None:
        """The address in the card's extra block, None when it has none or the module does not know the question.

        A card that may have one is not passed off as read without it: an old address would stand on the papers.
        """
        try:
            reply = self._exchange(commands.READ_NEWEST_ADDRESS, self._find_timeout)
        except Timeout:
            try:
                reply = self._exchange(commands.READ_NEWEST_ADDRESS, self._find_timeout)
            except Timeout as exc:
                raise CardError(str(exc), word="newest_address_unread", advice=commands.ADDRESS_UNREAD) from exc
        if reply is None or reply.status in commands.WITHOUT_NEWEST_ADDRESS:
            return None
        if reply.status != commands.OK:
            raise commands.error_for(reply.status)
        return decode_text(reply.data) or None

    def _demand(self, command: Command, timeout: float) -> Reply:
        """The successful answer to ``command``; any other answer is raised as its error."""
        reply = self._exchange(command, timeout)
        if reply is None:
            raise Timeout("given up")
        if reply.status != commands.OK:
            raise commands.error_for(reply.status)
        return reply

    def _exchange(self, command: Command, timeout: float, cancel: threading.Event | None = None) -> Reply | None:
        """Ask, and ask again when the answer arrives damaged; None when ``cancel`` was set meanwhile.

        Nothing is asked again after ``timeout``, so that all of it takes less than twice that.
        """
        line = self._line
        if line is None:
            raise NotConnected("the line is closed")
        last_ask = self._monotonic() + timeout
        for _ in range(_ASKS):
            line.discard_input()
            self._parser.reset()
            self._trace(Direction.SENT, command.request, ())
            line.write(command.request, timeout)
            reply = self._await(line, command, self._monotonic() + timeout, cancel)
            if not isinstance(reply, DamagedFrame):
                return reply
            self._trace(Direction.NOTE, "收到的回答不完整或校验不对", ())
            if self._monotonic() >= last_ask:
                break
        raise ChecksumError(f"damaged answers to {command.code:02X} {command.parameter:02X}")

    def _await(
        self, line: ByteTransport, command: Command, deadline: float, cancel: threading.Event | None
    ) -> Reply | DamagedFrame | None:
        damaged: DamagedFrame | None = None
        heard_at = self._monotonic()
        while cancel is None or not cancel.is_set():
            remaining = deadline - self._monotonic()
            data = line.read(min(_CANCEL_SLICE, remaining)) if remaining > 0 else b""
            if data:
                heard_at = self._monotonic()
            over = remaining <= 0 or (self._parser.unfinished and self._monotonic() - heard_at >= _BROKEN_OFF)
            if over and self._parser.unfinished:
                damaged = DamagedFrame(0)
            for item in self._parser.flush() if over else self._parser.feed(data):
                if isinstance(item, Frame):
                    reply = Reply.from_frame(item)
                    belongs = reply is not None and command.accepts(reply)
                    self._trace_frame(item, command if belongs else None)
                    if reply is not None and belongs:
                        return reply
                else:
                    damaged = item
            if damaged is not None and not data and not self._parser.unfinished:
                # quiet after a damaged answer: nothing better is coming
                return damaged
            if remaining <= 0:
                self._trace(Direction.NOTE, "没有等到回答", ())
                raise Timeout(f"no answer to {command.code:02X} {command.parameter:02X}")
        return None

    def _trace_frame(self, frame: Frame, command: Command | None) -> None:
        whole = build_frame(frame.body)
        self._trace(Direction.RECEIVED, whole, personal_spans(whole, command))
        if command is None:
            self._trace(Direction.NOTE, "这个回答不是这次问的，没有采用", ())

    def _disconnect(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()
