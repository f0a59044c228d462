"""The serial driver for GA 467 identity card readers.

Frames, commands, times and status bytes are confirmed by vendor manuals and published drivers [C]; no physical reader
was at hand, the driver was tried against the simulator over a pty and in memory [T]. Readers that hang on USB without
a serial port (0400:C35A bulk, 2B8B:2721 HID) carry the same frames but need another transport. Fingerprints are never
asked for: the counter has no use for them.

A card stays "read" for the security module until it is lifted: "not found" after a success therefore means "the same
card still lies there, or none", and is no error.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from drivers.base.devices import IdCardReader
from drivers.base.errors import (
    CardGone,
    CardUnreadable,
    ChecksumError,
    DeviceError,
    ModuleFault,
    NotConnected,
    ProtocolError,
    Timeout,
)
from drivers.base.health import Health, HealthState, Now
from drivers.base.readings import CardKind, CardReading
from drivers.base.transport import ByteTransport
from drivers.idcard import commands
from drivers.idcard.commands import Command
from drivers.idcard.frames import DamagedFrame, Frame, FrameParser, Reply
from drivers.idcard.text_block import decode_text, decode_text_block

_LOG = logging.getLogger(__name__)
_ASKS = 3
_SILENCES_BEFORE_REOPENING = 3
_CANCEL_SLICE = 0.1
_ABSENT = "读卡器没有连上，请检查连线；先手工录入，插好后自动恢复"
_SILENT = "读卡器没有回应，请检查电源，或请技术员核对波特率；先手工录入"
_NOT_LIFTED = "证件已读完。还要读就把证拿起来再放"


class SerialIdCardReader(IdCardReader):
    """Reads cards over a byte line.

    connect: gives an unopened transport for a baud rate; called again for every reconnection.
    now: the present moment, for ``health().since``. monotonic: seconds, for time-outs.
    baud_rates: tried in turn until the reader answers; one rate by default, because a wrong guess costs a second.
    poll_interval: seconds between two questions for a card, 0.3 at least [C].
    """

    def __init__(
        self,
        connect: Callable[[int], ByteTransport],
        *,
        now: Now,
        baud_rates: Sequence[int] = (115200,),
        poll_interval: float = 0.3,
        find_timeout: float = 1.0,
        read_timeout: float = 3.0,
        reconnect_interval: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(now)
        if not baud_rates:
            raise ValueError("at least one baud rate is needed")
        self._connect = connect
        self._baud_rates = tuple(baud_rates)
        self._poll_interval = poll_interval
        self._find_timeout = find_timeout
        self._read_timeout = read_timeout
        self._reconnect_interval = reconnect_interval
        self._monotonic = monotonic
        self._line: ByteTransport | None = None
        self._parser = FrameParser()
        self._silences = 0
        self._lift_expected = False
        self._next_find = monotonic()

    def wait_for_card(self, timeout: float, cancel: threading.Event) -> CardReading | None:
        deadline = self._monotonic() + timeout
        while not cancel.is_set():
            trouble: DeviceError | None = None
            pause = self._poll_interval
            try:
                self._ensure_line()
                cancel.wait(max(0.0, self._next_find - self._monotonic()))
                if self._find(cancel):
                    return self._read_found_card()
            except NotConnected as exc:
                trouble = NotConnected(str(exc), advice=_ABSENT)
                pause = self._reconnect_interval
            except Timeout as exc:
                trouble = Timeout(str(exc), advice=_SILENT)
                self._count_silence()
            except (ModuleFault, ProtocolError) as exc:
                self._tracker.fail(exc)
                raise
            if trouble is not None and not cancel.is_set():
                self._tracker.fail(trouble)
            remaining = deadline - self._monotonic()
            if remaining <= 0:
                if trouble is not None and not cancel.is_set():
                    raise trouble
                break
            cancel.wait(min(pause, remaining))
        return None

    def probe(self) -> Health:
        try:
            self._ensure_line()
            self._demand(commands.SAM_STATUS, self._find_timeout)
            self._ready()
        except NotConnected as exc:
            self._tracker.fail(NotConnected(str(exc), advice=_ABSENT))
        except Timeout as exc:
            self._tracker.fail(Timeout(str(exc), advice=_SILENT))
            self._drop_line()
        except DeviceError as exc:
            self._tracker.fail(exc)
        return self.health()

    def sam_id(self) -> str:
        """The security module's number as printed on the reader; raises DeviceError."""
        self._ensure_line()
        return commands.format_sam_id(self._demand(commands.SAM_ID, self._find_timeout).data)

    def close(self) -> None:
        self._drop_line()
        self._tracker.set(HealthState.ABSENT, "closed", _ABSENT)

    def _ensure_line(self) -> None:
        """Open the line and hear the security module; raises NotConnected, Timeout, ModuleFault, ProtocolError."""
        if self._line is not None and self._line.is_open:
            return
        self._drop_line()
        heard: DeviceError = Timeout()
        for baud in self._baud_rates:
            line = self._connect(baud)
            line.open()
            self._line = line
            try:
                self._demand(commands.SAM_STATUS, self._find_timeout)
            except (Timeout, ProtocolError) as exc:
                # a wrong rate gives silence or rubbish
                heard = exc
                self._drop_line()
                continue
            except DeviceError:
                self._drop_line()
                raise
            self._lift_expected = False
            self._ready()
            return
        raise heard

    def _find(self, cancel: threading.Event) -> bool:
        self._next_find = self._monotonic() + self._poll_interval
        reply = self._exchange(commands.FIND, self._find_timeout, cancel)
        if reply is None:
            return False
        self._silences = 0
        if reply.status == commands.FOUND:
            self._lift_expected = False
            return True
        if reply.status != commands.FIND_FAILED:
            raise commands.error_for(reply.status)
        self._ready()
        return False

    def _read_found_card(self) -> CardReading:
        """Select and read; raises CardError with the clerk's sentence, NotConnected when the line is lost."""
        self._tracker.set(HealthState.BUSY, "reading")
        try:
            self._demand(commands.SELECT, self._find_timeout)
            text, photo = commands.read_payload(self._demand(commands.READ, self._read_timeout).data)
            # from here on the module wants the card lifted, whether the text makes sense or not
            self._lift_expected = True
            reading = decode_text_block(text, photo)
            if reading.kind is CardKind.RESIDENT:
                reading = replace(reading, newest_address=self._newest_address())
        except Timeout as exc:
            # the late answer must not be waited for: the card in front may be another one by then
            raise CardGone(str(exc), word="read_timeout") from exc
        except ChecksumError as exc:
            raise CardUnreadable(str(exc), word=exc.word, advice=exc.advice) from exc
        finally:
            if self._line is not None and self._line.is_open:
                self._ready()
        return reading

    def _newest_address(self) -> str | None:
        try:
            reply = self._exchange(commands.READ_NEWEST_ADDRESS, self._find_timeout)
        except (Timeout, ChecksumError) as exc:
            _LOG.warning("newest address not read: %s", exc.word)
            return None
        if reply is None or reply.status != commands.OK:
            return None
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
        """Ask, and ask again when the answer arrives damaged; None when ``cancel`` was set meanwhile."""
        line = self._line
        if line is None:
            raise NotConnected("the line is closed")
        for _ in range(_ASKS):
            line.discard_input()
            self._parser.reset()
            line.write(command.request, timeout)
            reply = self._await(line, command, self._monotonic() + timeout, cancel)
            if not isinstance(reply, DamagedFrame):
                return reply
        raise ChecksumError(f"{_ASKS} damaged answers to {command.code:02X} {command.parameter:02X}")

    def _await(
        self, line: ByteTransport, command: Command, deadline: float, cancel: threading.Event | None
    ) -> Reply | DamagedFrame | None:
        damaged: DamagedFrame | None = None
        while cancel is None or not cancel.is_set():
            remaining = deadline - self._monotonic()
            data = line.read(min(_CANCEL_SLICE, remaining)) if remaining > 0 else b""
            if remaining <= 0 and self._parser.unfinished:
                damaged = DamagedFrame(0)
            for item in self._parser.feed(data) if remaining > 0 else self._parser.flush():
                if isinstance(item, Frame):
                    reply = Reply.from_frame(item)
                    if reply is not None and command.accepts(reply):
                        return reply
                    _LOG.info("an answer that does not belong to the question was set aside")
                else:
                    damaged = item
            if damaged is not None and not data:
                # quiet after a damaged answer: nothing better is coming
                return damaged
            if remaining <= 0:
                raise Timeout(f"no answer to {command.code:02X} {command.parameter:02X}")
        return None

    def _count_silence(self) -> None:
        self._silences += 1
        if self._silences >= _SILENCES_BEFORE_REOPENING:
            self._silences = 0
            self._drop_line()

    def _ready(self) -> None:
        if self._lift_expected:
            self._tracker.set(HealthState.READY, "card_not_lifted", _NOT_LIFTED)
        else:
            self._tracker.set(HealthState.READY, "ready")

    def _drop_line(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()
