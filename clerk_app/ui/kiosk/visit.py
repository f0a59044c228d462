"""What is known of the citizen who stands at the machine, until a ticket is taken or they go."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from clerk_app.design.words import joined
from clerk_app.domain.errors import Rejected
from clerk_app.domain.masking import mask_name_public
from clerk_app.domain.queue import PriorityClass, VisitReason, priority_of
from clerk_app.ports.hall_queue import CardPerson, GroupWaiting, TakeTicket
from clerk_app.ports.hall_running import Appointment
from clerk_app.services.kiosk.matters import MatterLine
from clerk_app.services.tickets import PRIORITY_WORDS


@dataclass(slots=True)
class Visit:
    """``case_number`` is of a paper that was shown; ``returning`` without one: the card may tell."""

    card: CardPerson | None = None
    priority: PriorityClass = PriorityClass.ORDINARY
    group: GroupWaiting | None = None
    appointment: Appointment | None = None
    returning: bool = False
    case_number: str = ""
    paper: bool = True

    def hello(self, today: date) -> str:
        """「李* 您好 · 老年人优先」."""
        first = self.priority
        with suppress(Rejected):  # the server refuses the ticket with its sentence
            first = priority_of(first, self.card.birth if self.card else None, today)
        who = f"{mask_name_public(self.card.name)} 您好" if self.card is not None else ""
        return joined(who, PRIORITY_WORDS.get(first, ""))

    def wish(self, group: GroupWaiting, matters: tuple[MatterLine, ...], *, prints: bool) -> TakeTicket:
        """The ticket that is asked for."""
        return TakeTicket(
            group_id=group.group_id,
            reason=VisitReason.SUPPLEMENT if self.returning else VisitReason.SUBMIT,
            priority=self.priority,
            matters=tuple(line.code for line in matters),
            card=self.card,
            case_number=self.case_number,
            paper=self.paper and prints,
        )
