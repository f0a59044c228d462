"""The guide desk (导办): a clerk takes a number or books a slot for a citizen; what was looked at there travels along.

Whoever takes the number does not call it: it waits in the hall's queue like all others. Calls block: ``print`` belongs
on the printer's lane, the rest on the network lane.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, TypeVar

from clerk_app.domain.catalogue import Matter
from clerk_app.domain.errors import NotFound, Refusal
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.papers import QueueTicket, TicketMatter
from clerk_app.domain.queue import PrintState
from clerk_app.domain.receipts import bring_list
from clerk_app.ports.clock import Clock
from clerk_app.ports.devices import PrintOutcome, PrintResult, ReceiptPrinter
from clerk_app.ports.hall_queue import CardPerson, GroupWaiting, HallSnapshot, TakeTicket, TicketTaken, TicketTaking
from clerk_app.ports.hall_running import Appointing, Appointment, BookSlot, CheckIn, Slot
from clerk_app.services.tickets import PrintStates, TicketRenderer, ticket_paper

T = TypeVar("T")
PLACE = "导办台"
NO_PRINTER = "本窗口没有接小票打印机"


class GuideHall(TicketTaking, Appointing, Protocol):
    """What the guide desk asks of the hall."""

    def snapshot(self) -> HallSnapshot: ...


@dataclass(frozen=True, slots=True)
class GuideTicket:
    """A ticket taken for somebody, with its paper."""

    taken: TicketTaken
    paper: QueueTicket

    @property
    def wants_paper(self) -> bool:
        return self.taken.ticket.print_state is not PrintState.NOT_WANTED


class GuideDesk:
    """``matter`` finds a matter of the window's catalogue by its code; ``new_key`` makes idempotency keys.

    After ``Unreachable`` the same wish is repeated under the same key: two presses never make two numbers.
    """

    def __init__(
        self,
        hall: GuideHall,
        renderer: TicketRenderer,
        printer: ReceiptPrinter | None,
        profile: Callable[[], HallProfile],
        matter: Callable[[str], Matter],
        clock: Clock,
        new_key: Callable[[], str],
    ) -> None:
        self._hall = hall
        self._renderer = renderer
        self._printer = printer
        self._profile = profile
        self._matter = matter
        self._clock = clock
        self._new_key = new_key
        self._prints = PrintStates(hall, new_key)
        self._lock = threading.Lock()
        self._open: dict[object, str] = {}

    def groups(self) -> tuple[tuple[GroupWaiting, ...], str]:
        """The groups with who waits, and why the hall gives no numbers now (empty while it does)."""
        snapshot = self._hall.snapshot()
        return snapshot.groups, snapshot.closed

    # --- numbers ----------------------------------------------------------------------------------------------
    def take(self, wish: TakeTicket) -> GuideTicket:
        """A number; ``wish`` carries matters, priority, pre-check and the consultation that was given.

        ``Conflict`` when the card already waits, ``Locked`` outside the hours or over a limit.
        """
        return self._ticket(self._once(wish, lambda key: self._hall.take_ticket(wish, key=key)))

    def check_in(self, wish: CheckIn) -> GuideTicket:
        """The number of an appointment, by its code or the card."""
        return self._ticket(self._once(wish, lambda key: self._hall.check_in(wish, key=key)))

    def appointment_of(self, card: CardPerson) -> Appointment | None:
        """What this person booked for today and has not used."""
        return self._hall.find_appointment(card)

    # --- appointments -----------------------------------------------------------------------------------------
    def slots(self, group_id: str, day: date) -> tuple[Slot, ...]:
        """Those of a day that have not begun, with the places left."""
        return self._hall.slots(group_id, day)

    def book(self, wish: BookSlot) -> Appointment:
        """``Conflict`` when the slot is full: the sentence names the next free one."""
        return self._once(wish, lambda key: self._hall.book(wish, key=key))

    def cancel(self, code: str) -> Appointment:
        """Give a booked place back."""
        return self._once(("cancel", code), lambda key: self._hall.cancel_appointment(code, key=key))

    # --- paper ------------------------------------------------------------------------------------------------
    @property
    def prints(self) -> bool:
        """Whether this window can print tickets."""
        return self._printer is not None

    def print(self, ticket: GuideTicket, reprint: int = 0) -> PrintResult:
        """Print once on the window's receipt printer; ``reprint`` > 0 marks the paper 「补打 n」."""
        if self._printer is None:
            return PrintResult(PrintOutcome.REFUSED, NO_PRINTER)
        return self._printer.print(self._renderer.ticket(replace(ticket.paper, reprint=reprint)))

    def keep(self, ticket: GuideTicket, outcome: PrintOutcome) -> None:
        """Tell the hall what became of the paper, now or with the next one."""
        self._prints.keep(ticket.taken.ticket.ticket_id, outcome)

    # --- inside -----------------------------------------------------------------------------------------------
    def _ticket(self, taken: TicketTaken) -> GuideTicket:
        matters = tuple(self._named(code) for code in taken.ticket.matters)
        known = tuple(one for one in matters if one is not None)
        return GuideTicket(taken, ticket_paper(taken, self._profile(), known, self._clock.now(), PLACE))

    def _named(self, code: str) -> TicketMatter | None:
        try:
            matter = self._matter(code)
        except NotFound:
            return None
        return TicketMatter(matter.name, bring_list(matter))

    def _once(self, wish: object, request: Callable[[str], T]) -> T:
        with self._lock:
            key = self._open.setdefault(wish, self._new_key())
        try:
            answer = request(key)
        except Refusal:
            self._forget(wish)
            raise
        self._forget(wish)
        return answer

    def _forget(self, wish: object) -> None:
        with self._lock:
            self._open.pop(wish, None)
