"""The ticket machine: a ticket counts from the server's commit, its paper comes afterwards and may fail.

Calls block: ``take`` and ``keep`` run on the network lane, ``print`` on the printer's.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol

from clerk_app.domain.catalogue_reading import read_matter
from clerk_app.domain.errors import Fault, Refusal
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.ids import RANDOM_BYTES, uuid7
from clerk_app.domain.papers import BringItem, QueueTicket
from clerk_app.domain.queue import PrintState, PriorityClass
from clerk_app.domain.receipts import bring_list
from clerk_app.domain.record_fields import BrokenRecord
from clerk_app.ports.clock import Clock, Entropy
from clerk_app.ports.devices import PrintOutcome, PrintResult, ReceiptPrinter
from clerk_app.ports.hall import Catalogue
from clerk_app.ports.hall_queue import TakeTicket, TicketTaken, TicketTaking

_LOG = logging.getLogger(__name__)
Modules = tuple[tuple[bool, ...], ...]
"""A QR code row by row, True being dark."""

PRIORITY_WORDS: dict[PriorityClass, str] = {
    PriorityClass.ELDERLY: "老年人优先",
    PriorityClass.DISABLED: "残疾人优先",
    PriorityClass.PREGNANT: "孕妇优先",
    PriorityClass.SOLDIER: "军人优先",
    PriorityClass.CARE: "爱心号",
    PriorityClass.APPOINTMENT: "预约",
}
NO_PRINTER = "这台机器没有接小票打印机"
_STATES = {
    PrintOutcome.PRINTED: PrintState.PRINTED,
    PrintOutcome.UNKNOWN: PrintState.UNKNOWN,
    PrintOutcome.REFUSED: PrintState.FAILED,
}


class KioskHall(TicketTaking, Protocol):
    """What the ticket machine asks of the hall."""

    def catalogue(self, since: int = 0) -> Catalogue: ...


class TicketRenderer(Protocol):
    """Draws the ticket's paper."""

    def ticket(self, ticket: QueueTicket) -> bytes:
        """The thermal job (ESC/POS)."""
        ...


@dataclass(frozen=True, slots=True)
class MatterLine:
    """A matter to choose from."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """A committed ticket with its paper; ``qr`` shows ``paper.query``."""

    taken: TicketTaken
    paper: QueueTicket
    qr: Modules

    @property
    def number(self) -> str:
        return self.taken.ticket.number

    @property
    def ticket_id(self) -> str:
        return self.taken.ticket.ticket_id


@dataclass(frozen=True, slots=True)
class _Owed:
    """A print state that the server has not got yet."""

    ticket_id: str
    state: PrintState
    key: str


class KioskDesk:
    """``themes`` maps a group's name to catalogue themes, whose matters it offers; ``machine`` is printed."""

    def __init__(
        self,
        hall: KioskHall,
        renderer: TicketRenderer,
        printer: ReceiptPrinter | None,
        qr: Callable[[str], Modules],
        clock: Clock,
        entropy: Entropy,
        *,
        themes: Mapping[str, tuple[str, ...]],
        machine: str = "取号机",
    ) -> None:
        self._hall = hall
        self._renderer = renderer
        self._printer = printer
        self._qr = qr
        self._clock = clock
        self._entropy = entropy
        self._themes = themes
        self._machine = machine
        self._lock = threading.Lock()
        self._version = 0
        self._records: dict[str, dict[str, Any]] = {}
        self._lines: dict[str, tuple[MatterLine, ...]] = {}
        self._issued: dict[str, tuple[date, str]] = {}
        self._owed: list[_Owed] = []

    @property
    def prints(self) -> bool:
        """Whether this machine has a printer at all."""
        return self._printer is not None

    def new_key(self) -> str:
        """The key of one wish: the same wish repeated under it never makes a second ticket."""
        return uuid7(self._clock.now(), self._entropy.bytes(RANDOM_BYTES))

    def matters(self, group_name: str) -> tuple[MatterLine, ...]:
        """Matters of a group that say what to bring, in the catalogue's order; no network."""
        with self._lock:
            return self._lines.get(group_name, ())

    def load_matters(self) -> None:
        """Read the published catalogue if it has changed; ``Unreachable`` when the server does not answer."""
        catalogue = self._hall.catalogue(self._version)
        if catalogue.matters is None:
            return
        detailed = [record for record in catalogue.matters if record.get("materials")]
        lines = {
            group: tuple(MatterLine(one["code"], one["name"]) for one in detailed if _themes_of(one) & set(themes))
            for group, themes in self._themes.items()
        }
        with self._lock:
            self._version = catalogue.version
            self._records = {record["code"]: record for record in detailed}
            self._lines = lines

    def take(self, wish: TakeTicket, key: str, hall: HallProfile) -> IssuedTicket:
        """A committed ticket; ``hall`` is what its paper names. ``Conflict`` when this card already waits,
        ``Unreachable`` when the fate is unknown: then the same wish may be repeated under the same key."""
        taken = self._hall.take_ticket(wish, key=key)
        with self._lock:
            day = taken.ticket.day
            self._issued = {number: kept for number, kept in self._issued.items() if kept[0] == day}
            self._issued[taken.ticket.number] = (day, taken.ticket.ticket_id)
        return self._paper(taken, hall)

    def knows(self, number: str) -> bool:
        """Whether this machine issued the number today, so that it can print its paper again."""
        with self._lock:
            kept = self._issued.get(number)
        return kept is not None and kept[0] == self._clock.now().date()

    def again(self, number: str, hall: HallProfile) -> IssuedTicket:
        """A ticket of this machine as it stands now. ``KeyError`` for a number that it does not know."""
        with self._lock:
            ticket_id = self._issued[number][1]
        return self._paper(self._hall.ticket(ticket_id), hall)

    def print(self, issued: IssuedTicket, reprint: int = 0) -> PrintResult:
        """Print once; ``reprint`` > 0 marks the paper 「补打 n」."""
        if self._printer is None:
            return PrintResult(PrintOutcome.REFUSED, NO_PRINTER)
        return self._printer.print(self._renderer.ticket(replace(issued.paper, reprint=reprint)))

    def keep(self, ticket_id: str, outcome: PrintOutcome) -> None:
        """Tell the server what became of the paper; what does not get through is told by the next ``settle``."""
        with self._lock:
            self._owed.append(_Owed(ticket_id, _STATES[outcome], self.new_key()))
        self.settle()

    def settle(self) -> int:
        """Tell the server the print states that it lacks; returns how many are still owed."""
        while True:
            with self._lock:
                if not self._owed:
                    return 0
                first = self._owed[0]
            try:
                self._hall.set_print_state(first.ticket_id, first.state, key=first.key)
            except Refusal as refusal:
                _LOG.warning("print state of %s refused: %s", first.ticket_id, refusal)
            except Fault as fault:
                _LOG.info("print state of %s waits: %s", first.ticket_id, fault)
                with self._lock:
                    return len(self._owed)
            with self._lock:
                if first in self._owed:
                    self._owed.remove(first)

    def _paper(self, taken: TicketTaken, hall: HallProfile) -> IssuedTicket:
        ticket = taken.ticket
        record = self._records.get(ticket.matters[0]) if ticket.matters else None
        wait = timedelta(seconds=taken.expected_wait_s)
        base = hall.query_url
        paper = QueueTicket(
            hall_name=hall.name,
            number=ticket.number,
            subject=record["name"] if record else ticket.group_name,
            holder=ticket.person,
            ahead=taken.people_ahead,
            wait_minutes=-(-taken.expected_wait_s // 60),
            call_expected_at=self._clock.now() + wait,
            area=taken.place,
            bring=_bring(record),
            query=f"{base}{ticket.ticket_id}" if base else ticket.number,
            taken_at=ticket.taken_at,
            machine=self._machine,
            priority=PRIORITY_WORDS.get(ticket.priority, ""),
        )
        return IssuedTicket(taken, paper, self._qr(paper.query))


def _themes_of(record: Mapping[str, Any]) -> set[str]:
    """Themes are given by audience (自然人, 法人); a plain text stands for both."""
    theme = record.get("theme")
    if isinstance(theme, Mapping):
        return {str(value) for value in theme.values()}
    return {theme} if isinstance(theme, str) else set()


def _bring(record: Mapping[str, Any] | None) -> tuple[BringItem, ...]:
    if record is None:
        return ()
    try:
        return bring_list(read_matter(record))
    except BrokenRecord as broken:
        _LOG.warning("matter %s says nothing that can be printed: %s", record.get("code"), broken)
        return ()
