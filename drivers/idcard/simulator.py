"""A reader that exists only in software: it speaks the GA 467 protocol behind a pty or in memory, with faults to order.

It behaves as the manuals describe [C]: a card that was read is not found again until it is lifted; "read" without
"select" fails. What a real reader does on a broken line is [M]; the faults are those seen in the field.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from enum import Enum, auto

from drivers.base.readings import CardReading
from drivers.base.simports import SimulatedPort
from drivers.base.simulator import Simulator
from drivers.idcard import commands
from drivers.idcard.commands import Command
from drivers.idcard.frames import Frame, FrameParser, build_reply
from drivers.idcard.text_block import encode_text_block

_SAM_ID = bytes.fromhex("05000100f58c320139300000b168de3a")
_NOISE = bytes.fromhex("00ff55aa0d0aaaaa1369")


class Fault(Enum):
    """What can go wrong with one answer."""

    BYTE_BY_BYTE = auto()
    LEADING_NOISE = auto()
    DROPPED_FIRST_BYTE = auto()
    BAD_CHECKSUM = auto()
    LENGTH_TOO_LARGE = auto()
    LENGTH_TOO_SMALL = auto()
    TRUNCATED = auto()
    """Half of the answer, then nothing."""
    NOISE = auto()
    """Bytes that are no frame instead of the answer."""
    SILENCE = auto()
    UNPLUG_MID_FRAME = auto()
    LATE_REPLY = auto()
    """Kept back until the next command comes, and sent before that one's own answer."""
    CARD_LIFTED = auto()
    """The citizen takes the card away just before this command is carried out."""


@dataclass(frozen=True, slots=True)
class _PlannedFault:
    fault: Fault | None
    command: Command | None
    status: int | None = None


class CardReaderSimulator(Simulator):
    """Place and lift cards, order faults, see which commands came.

    baud: the rate that the reader is set to; a host with another rate is not understood.
    """

    def __init__(self, port: SimulatedPort, *, baud: int = 115200, sam_status: int = commands.OK) -> None:
        super().__init__(port)
        self._baud = baud
        self._sam_status = sam_status
        self._lock = threading.Lock()
        self._parser = FrameParser()
        self._card: CardReading | None = None
        self._found = self._selected = self._read = False
        self._plans: list[_PlannedFault] = []
        self._standing: Fault | None = None
        self._kept_back = b""
        self.commands: list[tuple[int, int]] = []

    def place_card(self, card: CardReading) -> None:
        """Lay a card on the reader; it replaces the one that lies there."""
        with self._lock:
            self._card = card
            self._found = self._selected = self._read = False

    def lift_card(self) -> None:
        """Take the card away."""
        with self._lock:
            self._lift()

    def fail_next(self, fault: Fault, command: Command | None = None, times: int = 1) -> None:
        """Let the next ``times`` answers (to ``command`` only, when given) go wrong."""
        with self._lock:
            self._plans += [_PlannedFault(fault, command)] * times

    def answer_next(self, status: int, command: Command) -> None:
        """Let the next answer to ``command`` be the bare status byte ``status``."""
        with self._lock:
            self._plans.append(_PlannedFault(None, command, status))

    def fail_always(self, fault: Fault | None) -> None:
        """Let every answer go wrong until this is called with None."""
        with self._lock:
            self._standing = fault

    def unplug(self) -> None:
        """Pull the cable."""
        self.line.unplug()

    def replug(self) -> None:
        """Put the cable back; the module starts afresh and finds the card that lies there again."""
        with self._lock:
            self._found = self._selected = self._read = False
            self._parser.reset()
        self.line.replug()

    def count(self, command: Command) -> int:
        """How often ``command`` has come."""
        return self.commands.count((command.code, command.parameter))

    def receive(self, data: bytes) -> None:
        rate = self.line.baud()
        if rate is not None and rate != self._baud:
            return
        for item in self._parser.feed(data):
            if isinstance(item, Frame):
                self._serve(item.body)

    def _serve(self, body: bytes) -> None:
        with self._lock:
            self.commands.append((body[0], body[1]))
            plan = self._take_plan(body)
            fault = self._standing if plan is None else plan.fault
            if fault is Fault.CARD_LIFTED:
                self._lift()
            answer = self._answer(body) if plan is None or plan.status is None else build_reply(plan.status)
            before, self._kept_back = self._kept_back, b""
            if fault is Fault.LATE_REPLY:
                self._kept_back, answer = answer, b""
        self._send(before + answer, fault)

    def _take_plan(self, body: bytes) -> _PlannedFault | None:
        for plan in self._plans:
            if plan.command is None or (plan.command.code, plan.command.parameter) == (body[0], body[1]):
                self._plans.remove(plan)
                return plan
        return None

    def _send(self, answer: bytes, fault: Fault | None) -> None:
        match fault:
            case Fault.SILENCE:
                return
            case Fault.BYTE_BY_BYTE:
                for value in answer:
                    self.line.write(bytes([value]))
                    time.sleep(0)
            case Fault.LEADING_NOISE:
                self.line.write(_NOISE + answer)
            case Fault.DROPPED_FIRST_BYTE:
                self.line.write(answer[1:])
            case Fault.BAD_CHECKSUM:
                self.line.write(answer[:-1] + bytes([answer[-1] ^ 0x5A]))
            case Fault.LENGTH_TOO_LARGE:
                self.line.write(answer[:6] + bytes([answer[6] + 3]) + answer[7:])
            case Fault.LENGTH_TOO_SMALL:
                self.line.write(answer[:6] + bytes([answer[6] - 1]) + answer[7:])
            case Fault.TRUNCATED:
                self.line.write(answer[: len(answer) // 2])
            case Fault.NOISE:
                self.line.write(_NOISE)
            case Fault.UNPLUG_MID_FRAME:
                self.line.write(answer[: len(answer) // 2])
                self.line.unplug()
            case _:
                self.line.write(answer)

    def _answer(self, body: bytes) -> bytes:
        match (body[0], body[1]):
            case (0x10 | 0x11, 0xFF):
                return build_reply(self._sam_status)
            case (0x12, 0xFF):
                return build_reply(commands.OK, _SAM_ID)
            case (0x61, 0xFF):
                return build_reply(commands.OK)
            case (0x20, 0x01):
                return self._find()
            case (0x20, 0x02):
                return self._select()
            case (0x30, parameter):
                return self._read_item(parameter)
        return build_reply(0x21)

    def _find(self) -> bytes:
        self._selected = False
        self._found = self._card is not None and not self._read
        return build_reply(commands.FOUND, bytes(4)) if self._found else build_reply(commands.FIND_FAILED)

    def _select(self) -> bytes:
        self._selected = self._found
        return build_reply(commands.OK, bytes(8)) if self._selected else build_reply(commands.SELECT_FAILED)

    def _read_item(self, parameter: int) -> bytes:
        card = self._card
        if card is None or not self._selected:
            return build_reply(commands.READ_FAILED)
        if parameter == commands.READ.parameter:
            self._read = True
            payload = commands.build_read_payload(encode_text_block(card), card.photo)
            return build_reply(commands.OK, payload)
        if parameter == commands.READ_NEWEST_ADDRESS.parameter:
            if card.newest_address is None:
                return build_reply(commands.NO_SUCH_ITEM)
            address = card.newest_address.ljust(commands.ADDRESS_BYTES // 2).encode("utf-16-le")
            return build_reply(commands.OK, address[: commands.ADDRESS_BYTES])
        return build_reply(0x21)

    def _lift(self) -> None:
        self._card = None
        self._found = self._selected = self._read = False
