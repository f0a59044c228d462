"""The queue as windows, kiosks and displays see it: groups, tickets, calls, what a screen shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from clerk_app.domain.hall import HallProfile
from clerk_app.domain.queue import PrintState, PriorityClass, TicketState, VisitReason
from clerk_app.ports.feed import FeedCursor


@dataclass(frozen=True, slots=True)
class ServiceGroup:
    """A queue that citizens choose: ``prefix`` is the letter of its numbers, ``hint`` the kiosk's second line."""

    group_id: str
    prefix: str
    name: str
    hint: str
    place: str
    position: int


@dataclass(frozen=True, slots=True)
class GroupWaiting:
    """How many wait in a group, since when the longest, and what a newcomer would wait."""

    group_id: str
    prefix: str
    name: str
    hint: str
    place: str
    waiting: int
    priority_waiting: int
    oldest_taken_at: datetime | None
    longest_wait_s: int
    expected_wait_s: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket. ``number`` is what is printed (``A047``); ``person`` the masked name (李*) or empty.

    ``called_at`` is the first call, ``last_call_at`` the latest one (recalls included).
    """

    ticket_id: str
    day: date
    number: str
    group_id: str
    group_name: str
    state: TicketState
    priority: PriorityClass
    reason: VisitReason
    matter_code: str | None
    person: str
    taken_at: datetime
    called_at: datetime | None
    last_call_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    window_no: str | None
    recalls: int
    print_state: PrintState
    prints: int
    outcome: str | None


@dataclass(frozen=True, slots=True)
class CardPerson:
    """What the kiosk read from a card. The server keeps the masked name and a keyed hash of the number only."""

    name: str
    id_number: str
    birth: date | None = None


@dataclass(frozen=True, slots=True)
class TakeTicket:
    """A wish for a ticket. ``priority`` is what was claimed by key; 60 years and more follow from the card."""

    group_id: str
    reason: VisitReason = VisitReason.SUBMIT
    priority: PriorityClass = PriorityClass.ORDINARY
    matter_code: str | None = None
    card: CardPerson | None = None


@dataclass(frozen=True, slots=True)
class TicketTaken:
    """The committed ticket with what its paper says: people ahead in its group, expected wait, where to wait."""

    ticket: Ticket
    people_ahead: int
    expected_wait_s: int
    place: str


@dataclass(frozen=True, slots=True)
class CalledNumber:
    """One line of the call screen; ``state`` tells missed ones (过号)."""

    ticket_id: str
    number: str
    group_id: str
    window_no: str
    state: TicketState
    is_priority: bool
    recalls: int
    called_at: datetime
    last_call_at: datetime


@dataclass(frozen=True, slots=True)
class HallSnapshot:
    """Everything a display or kiosk shows, as of ``cursor``. ``recent`` is newest call first, at most 12."""

    cursor: FeedCursor
    at: datetime
    hall: HallProfile
    groups: tuple[GroupWaiting, ...]
    recent: tuple[CalledNumber, ...]
    waiting: int
    priority_waiting: int


@dataclass(frozen=True, slots=True)
class WindowView:
    """What one window shows of the queue. Figures are of today and computed, never typed.

    ``groups`` and ``waiting`` are the whole hall's, ``serves`` the ids of the groups this window serves, ``eligible``
    and ``longest_wait_s`` count what it may call; ``active`` is its present ticket (of whatever day), ``last`` its
    latest finished one; ``missed`` are its missed tickets, newest first, at most 5. ``mean_wait_s`` is the hall's
    mean from taking to the first call, ``served`` and ``mean_service_s`` are this window's.
    """

    cursor: FeedCursor
    at: datetime
    window_no: str
    groups: tuple[GroupWaiting, ...]
    serves: tuple[str, ...]
    waiting: int
    eligible: int
    priority_waiting: int
    longest_wait_s: int
    active: Ticket | None
    last: Ticket | None
    missed: tuple[Ticket, ...]
    served: int
    mean_wait_s: int | None
    mean_service_s: int | None
