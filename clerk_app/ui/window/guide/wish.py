"""What is wished at the guide desk so far: an immutable value, so that a page shows it and a request takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from clerk_app.domain.persons import NaturalPerson
from clerk_app.domain.queue import PriorityClass, VisitReason
from clerk_app.ports.hall_queue import CardPerson, GroupWaiting, TakeTicket
from clerk_app.ports.hall_running import Appointment, BookSlot, Slot

MOST_MATTERS: Final = 9
PRIORITIES: Final[tuple[tuple[PriorityClass, str], ...]] = (
    (PriorityClass.SOLDIER, "军人"),
    (PriorityClass.DISABLED, "残疾人"),
    (PriorityClass.PREGNANT, "孕妇"),
    (PriorityClass.CARE, "爱心号"),
    (PriorityClass.ORDINARY, "不优先"),
)
"""In the order of their keys; age comes from the card."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A consultation that was given here: its id travels with the ticket."""

    consultation_id: str
    number: str
    matter_code: str
    matter_name: str


@dataclass(frozen=True, slots=True)
class Wish:
    """``matters`` are (code, name); ``booking`` shows slots instead of taking a number now."""

    group: GroupWaiting | None = None
    priority: PriorityClass = PriorityClass.ORDINARY
    person: NaturalPerson | None = None
    matters: tuple[tuple[str, str], ...] = ()
    pre_check: str = ""
    looked: Looked | None = None
    paper: bool = True
    booking: bool = False
    slots: tuple[Slot, ...] = ()
    slot: Slot | None = None
    booked: Appointment | None = None
    """What this person has booked for today already."""

    @property
    def card(self) -> CardPerson | None:
        """The person as the hall wants them."""
        found = self.person
        return None if found is None else CardPerson(found.display_name, found.id_number, found.birth)

    def with_matter(self, code: str, name: str) -> Wish:
        """One more matter; the same again takes it off."""
        if any(known == code for known, _ in self.matters):
            return replace(self, matters=tuple(one for one in self.matters if one[0] != code))
        return replace(self, matters=(*self.matters, (code, name))[:MOST_MATTERS])

    def with_slots(self, slots: Sequence[Slot]) -> Wish:
        """The slots of a day; the first free one is chosen."""
        free = next((slot for slot in slots if slot.left), None)
        return replace(self, slots=tuple(slots), slot=free)

    def moved(self, by: int) -> Wish:
        """The next or the last slot with a free place."""
        free = [slot for slot in self.slots if slot.left]
        if self.slot not in free:
            return replace(self, slot=free[0] if free else None)
        at = max(0, min(len(free) - 1, free.index(self.slot) + by))
        return replace(self, slot=free[at])

    def ticket(self, *, prints: bool) -> TakeTicket | None:
        """None while no group is chosen."""
        if self.group is None:
            return None
        return TakeTicket(
            group_id=self.group.group_id,
            reason=VisitReason.SUBMIT,
            priority=self.priority,
            matters=tuple(code for code, _ in self.matters),
            card=self.card,
            pre_check=self.pre_check,
            guidance=self.looked.consultation_id if self.looked else "",
            paper=self.paper and prints,
        )

    def appointment(self) -> BookSlot | None:
        """None while group, person or slot is missing."""
        card = self.card
        if self.group is None or card is None or self.slot is None:
            return None
        codes = tuple(code for code, _ in self.matters)
        return BookSlot(self.group.group_id, self.slot.starts_at, card, codes)
