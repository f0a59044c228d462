"""What a ticket's paper and page say, made from the committed ticket: kiosk and guide desk print the same."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from clerk_app.domain.catalogue_reading import read_matter
from clerk_app.domain.emergency import EmergencyTicket
from clerk_app.domain.errors import Fault, Refusal
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.papers import QueueTicket, TicketMatter
from clerk_app.domain.queue import PrintState, PriorityClass, TicketState
from clerk_app.domain.receipts import bring_list
from clerk_app.domain.record_fields import BrokenRecord
from clerk_app.ports.devices import PrintOutcome
from clerk_app.ports.hall_queue import Ticket, TicketTaken, TicketTaking

_LOG = logging.getLogger(__name__)

PRIORITY_WORDS: dict[PriorityClass, str] = {
    PriorityClass.ELDERLY: "老年人优先",
    PriorityClass.DISABLED: "残疾人优先",
    PriorityClass.PREGNANT: "孕妇优先",
    PriorityClass.SOLDIER: "军人优先",
    PriorityClass.CARE: "爱心号",
    PriorityClass.APPOINTMENT: "预约",
}
RETURN_WORDS = "补材料、取件，不用再排长队"


class TicketRenderer(Protocol):
    """Draws the ticket's paper."""

    def ticket(self, ticket: QueueTicket) -> bytes:
        """The thermal job (ESC/POS)."""
        ...

    def emergency_ticket(self, ticket: EmergencyTicket) -> bytes:
        """The paper of a number that was given without the server."""
        ...


def ticket_matter(record: Mapping[str, Any]) -> TicketMatter:
    """A matter of the catalogue with what to bring; the name alone when the record cannot be read."""
    try:
        return TicketMatter(str(record["name"]), bring_list(read_matter(record)))
    except BrokenRecord as broken:
        _LOG.warning("matter %s says nothing that can be printed: %s", record.get("code"), broken)
        return TicketMatter(str(record["name"]))


def ticket_paper(
    taken: TicketTaken, hall: HallProfile, matters: Sequence[TicketMatter], now: datetime, machine: str
) -> QueueTicket:
    """The paper as of ``now``. ``machine`` is where it was taken (取号机 2, 导办台).

    The code carries the address of the phone page with the ticket's id, which nobody can guess; without a public
    address the number, to be shown to people and to the kiosk's scanner.
    """
    ticket = taken.ticket
    kept = ticket.priority is PriorityClass.APPOINTMENT
    return QueueTicket(
        hall_name=hall.name,
        number=ticket.number,
        subject=_subject(ticket, matters),
        holder=ticket.person,
        ahead=taken.people_ahead,
        wait_minutes=-(-taken.expected_wait_s // 60),
        call_expected_at=now + timedelta(seconds=taken.expected_wait_s),
        area=taken.place,
        matters=tuple(matters),
        query=f"{hall.query_url}{ticket.ticket_id}" if hall.query_url else ticket.number,
        taken_at=ticket.taken_at,
        machine=machine,
        priority=RETURN_WORDS if ticket.case_number else PRIORITY_WORDS.get(ticket.priority, ""),
        appointment=ticket.order_at if kept else None,
        window=(ticket.window_no or "") if ticket.state is TicketState.CALLED else "",
    )


def _subject(ticket: Ticket, matters: Sequence[TicketMatter]) -> str:
    if not matters:
        return ticket.group_name
    return matters[0].name if len(matters) == 1 else f"{ticket.group_name}，{len(matters)} 件事"


PRINT_STATES = {
    PrintOutcome.PRINTED: PrintState.PRINTED,
    PrintOutcome.SENT: PrintState.UNKNOWN,
    PrintOutcome.UNKNOWN: PrintState.UNKNOWN,
    PrintOutcome.REFUSED: PrintState.FAILED,
}


@dataclass(frozen=True, slots=True)
class _Owed:
    """A print state that the server has not got yet."""

    ticket_id: str
    state: PrintState
    key: str


class PrintStates:
    """Tells the server what became of each paper, in order, once each; what does not get through waits here."""

    def __init__(self, hall: TicketTaking, new_key: Callable[[], str]) -> None:
        self._hall = hall
        self._new_key = new_key
        self._lock = threading.Lock()
        self._owed: list[_Owed] = []

    def keep(self, ticket_id: str, outcome: PrintOutcome) -> None:
        """Tell the fate of one paper now or with the next ``settle``."""
        with self._lock:
            self._owed.append(_Owed(ticket_id, PRINT_STATES[outcome], self._new_key()))
        self.settle()

    def settle(self) -> int:
        """Tell what is owed; returns how much still is."""
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
