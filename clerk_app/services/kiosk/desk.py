"""The ticket machine: a ticket counts from the server's commit, its paper comes afterwards and may fail.

Calls block: ``print`` runs on the printer's lane, everything else that asks the hall on the network lane.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from clerk_app.domain.emergency import EmergencyTicket
from clerk_app.domain.errors import NotFound
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.ids import RANDOM_BYTES, uuid7
from clerk_app.domain.papers import QueueTicket
from clerk_app.domain.queue import PrintState
from clerk_app.ports.clock import Clock, Entropy
from clerk_app.ports.devices import PrintOutcome, PrintResult, ReceiptPrinter
from clerk_app.ports.hall_queue import CardPerson, GroupWaiting, TakeTicket, TicketTaken, TicketTaking
from clerk_app.ports.hall_running import Appointment, CheckIn
from clerk_app.services.kiosk.emergency import KioskEmergency, as_ticket
from clerk_app.services.kiosk.matters import CatalogueReading, KioskMatters
from clerk_app.services.tickets import PRINT_STATES, PRIORITY_WORDS, PrintStates, TicketRenderer, ticket_paper

Modules = tuple[tuple[bool, ...], ...]
"""A QR code row by row, True being dark."""

MACHINE = "取号机"
NO_PRINTER = "这台机器没有接小票打印机"


class KioskHall(TicketTaking, CatalogueReading, Protocol):
    """What the ticket machine asks of the hall."""

    def find_appointment(self, card: CardPerson) -> Appointment | None: ...

    def check_in(self, wish: CheckIn, *, key: str | None = None) -> TicketTaken: ...


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """A committed ticket with its paper; ``qr`` shows ``paper.query``. ``emergency`` is the paper of a number that was
    given without the server: nobody knows how many are ahead then."""

    taken: TicketTaken
    paper: QueueTicket
    qr: Modules
    emergency: EmergencyTicket | None = None

    @property
    def number(self) -> str:
        return self.taken.ticket.number

    @property
    def ticket_id(self) -> str:
        return self.taken.ticket.ticket_id

    @property
    def wants_paper(self) -> bool:
        """Whether somebody asked for paper; otherwise the number is on the screen and the phone alone."""
        return self.taken.ticket.print_state is not PrintState.NOT_WANTED


class KioskDesk:
    """``themes`` maps a group's name to catalogue themes, whose matters it offers; ``machine`` is printed. Without
    ``emergency`` the machine gives no numbers while the server is away."""

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
        machine: str = MACHINE,
        emergency: KioskEmergency | None = None,
    ) -> None:
        self.matters = KioskMatters(hall, themes)
        self._hall = hall
        self._renderer = renderer
        self._printer = printer
        self._qr = qr
        self._clock = clock
        self._entropy = entropy
        self._machine = machine
        self._emergency = emergency
        self._lock = threading.Lock()
        self._issued: dict[str, tuple[date, str]] = {}
        self._prints = PrintStates(hall, self.new_key)

    @property
    def prints(self) -> bool:
        """Whether this machine has a printer at all."""
        return self._printer is not None

    def new_key(self) -> str:
        """The key of one wish: the same wish repeated under it never makes a second ticket."""
        return uuid7(self._clock.now(), self._entropy.bytes(RANDOM_BYTES))

    # --- taking -----------------------------------------------------------------------------------------------
    def take(self, wish: TakeTicket, key: str, hall: HallProfile) -> IssuedTicket:
        """A committed ticket; ``hall`` is what its paper names. ``Conflict`` when this card already waits,
        ``Unreachable`` when the fate is unknown: then the same wish may be repeated under the same key."""
        return self._given(self._hall.take_ticket(wish, key=key), hall)

    def appointment_of(self, card: CardPerson) -> Appointment | None:
        """What this person booked for today and has not used, so that nobody has to know a code."""
        return self._hall.find_appointment(card)

    def check_in(self, wish: CheckIn, key: str, hall: HallProfile) -> IssuedTicket:
        """The ticket of an appointment; refusals and repeats as with ``take``."""
        return self._given(self._hall.check_in(wish, key=key), hall)

    # --- coming back ------------------------------------------------------------------------------------------
    def find(self, number: str) -> TicketTaken:
        """Today's ticket of a number or of the id in its code, as it stands now; ``Rejected``, ``NotFound``."""
        return self._hall.ticket(number) if _is_id(number) else self._hall.ticket_by_number(number)

    def back(self, ticket_id: str, key: str, hall: HallProfile) -> IssuedTicket:
        """One who was held or missed waits again; nothing is printed, the old paper stays good."""
        return self._paper(self._hall.return_ticket(ticket_id, key=key), hall)

    def knows(self, number: str) -> bool:
        """Whether this machine issued the number today, so that it can print its paper again."""
        with self._lock:
            kept = self._issued.get(number)
        return kept is not None and kept[0] == self._clock.now().date()

    def again(self, number: str, hall: HallProfile) -> IssuedTicket:
        """A ticket of this machine as it stands now; ``NotFound`` for a number that it did not give."""
        with self._lock:
            kept = self._issued.get(number)
        if kept is None:
            raise NotFound(f"{number} 不是在这台机器上取的，补小票请到导办台")
        return self._paper(self._hall.ticket(kept[1]), hall)

    # --- without the server -----------------------------------------------------------------------------------
    def connected(self, groups: Sequence[GroupWaiting], hall: HallProfile) -> None:
        """The server answers: get ready for the next time that it does not, and tell what was given meanwhile."""
        if self._emergency is not None:
            self._emergency.remember(groups, hall)
            self._emergency.keep_blocks()
            self._emergency.tell()

    def without_server(self) -> tuple[GroupWaiting, ...]:
        """The groups for which this machine can give numbers by itself; () when it cannot. Store's lane."""
        if self._emergency is None or not self._emergency.left():
            return ()
        return tuple(
            GroupWaiting(one.group_id, one.prefix, one.name, one.hint, one.place, 0, 0, None, 0, 0)
            for one in self._emergency.groups()
        )

    def give(self, wish: TakeTicket, key: str, hall: HallProfile | None) -> IssuedTicket:
        """An emergency number instead of the wish with that key; ``Locked`` when none is left. Store's lane.

        ``hall`` is None when the machine was started without a server.
        """
        assert self._emergency is not None
        given = self._emergency.give(wish, key)
        hall = hall or HallProfile("", "", self._emergency.paper(given).hall_name)
        place = next((one.place for one in self._emergency.groups() if one.group_id == given.group_id), "")
        taken = TicketTaken(as_ticket(given), 0, 0, place or hall.area)
        issued = self._paper(taken, hall)
        words = PRIORITY_WORDS.get(given.priority, "")
        # No page of the server can show this number yet.
        paper = replace(issued.paper, query=given.number, wait_minutes=None, call_expected_at=None)
        return replace(issued, paper=paper, qr=self._qr(given.number), emergency=self._emergency.paper(given, words))

    # --- paper ------------------------------------------------------------------------------------------------
    def print(self, issued: IssuedTicket, reprint: int = 0) -> PrintResult:
        """Print once; ``reprint`` > 0 marks the paper 「补打 n」."""
        if self._printer is None:
            return PrintResult(PrintOutcome.REFUSED, NO_PRINTER)
        if issued.emergency is not None:
            return self._printer.print(self._renderer.emergency_ticket(replace(issued.emergency, reprint=reprint)))
        return self._printer.print(self._renderer.ticket(replace(issued.paper, reprint=reprint)))

    def keep(self, ticket_id: str, outcome: PrintOutcome) -> None:
        """Tell the server what became of the paper; what does not get through is told by the next ``settle``."""
        if self._emergency is not None and self._emergency.is_own(ticket_id):
            self._emergency.printed(ticket_id, PRINT_STATES[outcome])
        else:
            self._prints.keep(ticket_id, outcome)

    def settle(self) -> int:
        """Tell the server the print states that it lacks; returns how many are still owed."""
        return self._prints.settle()

    # --- inside -----------------------------------------------------------------------------------------------
    def _given(self, taken: TicketTaken, hall: HallProfile) -> IssuedTicket:
        with self._lock:
            day = taken.ticket.day
            self._issued = {number: kept for number, kept in self._issued.items() if kept[0] == day}
            self._issued[taken.ticket.number] = (day, taken.ticket.ticket_id)
        return self._paper(taken, hall)

    def _paper(self, taken: TicketTaken, hall: HallProfile) -> IssuedTicket:
        matters = self.matters.on_ticket(taken.ticket.matters)
        paper = ticket_paper(taken, hall, matters, self._clock.now(), self._machine)
        return IssuedTicket(taken, paper, self._qr(paper.query))


def _is_id(number: str) -> bool:
    return number.count("-") == 4
