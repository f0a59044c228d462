"""What the hall's services need of the queue: tickets and windows. Implemented in ``db.hall``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from clerk_app.domain.queue import (
    AwayReason,
    HoldKind,
    Lane,
    PrintState,
    PriorityClass,
    TicketSource,
    TicketState,
    VisitReason,
    WindowState,
)
from clerk_app.domain.queue_figures import Visit
from clerk_app.domain.queue_order import Candidate, Fairness
from clerk_app.ports.hall_queue import CalledNumber, Ticket


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket before it is stored. ``serial`` None: the next one of (day, prefix), from ``start`` on.

    ``order_at`` None: now, but behind all that were taken earlier on the day, whatever the clock says. A given one that
    lies after ``taken_at`` is the moment before which nobody calls it (``due_at``)."""

    ticket_id: str
    day: date
    prefix: str
    group_id: str
    priority: PriorityClass
    reason: VisitReason
    lane: Lane
    taken_at: datetime
    start: int = 1
    serial: int | None = None
    order_at: datetime | None = None
    state: TicketState = TicketState.WAITING
    source: TicketSource = TicketSource.QUEUE
    matters: tuple[str, ...] = ()
    person: str = ""
    person_hash: str | None = None
    print_state: PrintState = PrintState.PENDING
    window_no: str | None = None
    called_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    wait_s: int = 0
    service_s: int = 0
    case_number: str = ""
    pre_check: str = ""
    guidance: str = ""


@dataclass(frozen=True, slots=True)
class TicketChange:
    """New values of a ticket; None leaves the old one, the names in ``clear`` become empty."""

    state: TicketState | None = None
    group_id: str | None = None
    lane: Lane | None = None
    window_no: str | None = None
    taken_at: datetime | None = None
    order_at: datetime | None = None
    queued_at: datetime | None = None
    called_at: datetime | None = None
    last_call_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    recalls: int | None = None
    print_state: PrintState | None = None
    prints: int | None = None
    outcome: str | None = None
    passed: int | None = None
    wait_s: int | None = None
    service_s: int | None = None
    for_window: str | None = None
    for_user: str | None = None
    pinned_to: str | None = None
    hold: HoldKind | None = None
    held_at: datetime | None = None
    missed_returns: int | None = None
    from_window: str | None = None
    from_group: str | None = None
    clear: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Seat:
    """The window that calls: its number, who sits there, the groups it serves."""

    window_no: str
    user_id: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaitingCount:
    """Of one group on one day."""

    group_id: str
    waiting: int
    priority_waiting: int
    oldest_taken_at: datetime


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Of one day: the window's finished tickets and mean seconds of service, the hall's mean wait in seconds."""

    served: int
    mean_wait_s: float | None
    mean_service_s: float | None


class TicketStore(Protocol):
    """Tickets of one hall."""

    def add(self, ticket: NewTicket) -> Ticket:
        """Store with its number. ``Conflict`` when this person has an open ticket, or the given serial is taken."""
        ...

    def candidates(self, seat: Seat, day: date, now: datetime, fairness: Fairness) -> list[Candidate]:
        """Of those that the seat may call now (of its groups, or bound to it) all that ``shortlist`` needs; on
        PostgreSQL locked and without those that another window is drawing from."""
        ...

    def pinned(self, window_no: str, day: date) -> str | None:
        """The ticket whose call this window took back, while it still waits."""
        ...

    def claim(self, ticket_id: str, window_no: str, now: datetime) -> Ticket | None:
        """Call a queued ticket to the window by one conditional statement; None when somebody else has it.
        ``Locked`` when the window has an active ticket."""
        ...

    def pass_over(self, seat: Seat, day: date, now: datetime, called: Candidate) -> None:
        """Count one more younger ticket for all of the called one's turn that the seat may call and that are older."""
        ...

    def latest_place(self, day: date) -> datetime | None:
        """The greatest ``order_at`` of the day, without appointments that came early."""
        ...

    def any_queued(self, day: date) -> bool:
        """Whether anybody waits at all."""
        ...

    def get(self, ticket_id: str) -> Ticket:
        """``NotFound`` when there is none."""
        ...

    def by_number(self, day: date, prefix: str, serial: int) -> Ticket | None: ...

    def change(self, ticket_id: str, expected: TicketState, change: TicketChange) -> Ticket:
        """Change if the state is still ``expected``; ``Conflict`` otherwise, ``Locked`` if the window is taken."""
        ...

    def active(self, window_no: str) -> Ticket | None: ...

    def all_active(self) -> list[Ticket]:
        """Every ticket that occupies a window, of whatever day."""
        ...

    def open_of_person(self, day: date, person_hash: str) -> Ticket | None: ...

    def taken_by_person(self, day: date, person_hash: str) -> int:
        """How many numbers this person took on the day."""
        ...

    def taken_in_group(self, day: date, group_id: str) -> int: ...

    def ahead(self, ticket: Ticket) -> int:
        """Queued tickets of the same group that come before this one."""
        ...

    def places(self, group_id: str, day: date, now: datetime, limit: int) -> list[datetime]:
        """``order_at`` of the first ones that wait in the group, oldest first, without those not due yet."""
        ...

    def bound_to(self, window_no: str, day: date) -> list[Ticket]:
        """Queued tickets that may be called there alone."""
        ...

    def bound_to_user(self, user_id: str, day: date) -> list[Ticket]:
        """Queued tickets that this person alone may call."""
        ...

    def waiting(self, day: date) -> list[WaitingCount]: ...

    def pace(self, group_id: str, day: date, since: datetime) -> tuple[int, datetime | None, datetime | None]:
        """Number of calls since, with the first and last moment."""
        ...

    def recent(self, day: date, limit: int) -> list[CalledNumber]: ...

    def of_window(self, window_no: str, day: date, state: TicketState, limit: int) -> list[Ticket]:
        """Newest end (or last call) first."""
        ...

    def of_day(self, day: date, states: Sequence[TicketState] | None = None) -> list[Ticket]:
        """All of a day by number, of all states or of some."""
        ...

    def open_before(self, day: date) -> list[Ticket]:
        """Tickets of earlier days that never ended."""
        ...

    def figures(self, window_no: str, day: date) -> DayFigures: ...

    def visits(self, day: date) -> list[Visit]:
        """All tickets of a day as far as figures need them, by number."""
        ...


@dataclass(frozen=True, slots=True)
class CounterRecord:
    """A window's own row."""

    window_no: str
    state: WindowState
    since: datetime
    seen_at: datetime
    away: AwayReason | None
    user_id: str
    user_name: str
    device_id: str


class CounterStore(Protocol):
    """Windows of one hall."""

    def get(self, window_no: str) -> CounterRecord | None: ...

    def all(self) -> list[CounterRecord]:
        """By number."""
        ...

    def put(self, counter: CounterRecord) -> None: ...

    def occupy(self, window_no: str) -> None:
        """Free becomes busy: a ticket was called there. Changes nothing in another state."""
        ...

    def seen(self, window_no: str, at: datetime) -> None: ...

    def in_a_row(self, window_no: str, day: date) -> int:
        """Preferred calls of the window since its last ordinary one."""
        ...

    def set_in_a_row(self, window_no: str, day: date, count: int) -> None: ...

    def free_for(self, group_id: str, seen_since: datetime) -> list[str]:
        """Numbers of the free windows that serve the group and were heard of since, in order; on PostgreSQL locked
        and without those that another ticket is drawing from."""
        ...

    def free_count(self) -> int: ...
