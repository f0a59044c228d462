"""What the hall's services need of the queue: tickets, who waits, the figures of a day. Implemented in ``db.hall``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from clerk_app.domain.queue import PrintState, PriorityClass, TicketState, VisitReason
from clerk_app.ports.hall_queue import CalledNumber, Ticket


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket before it has a number."""

    ticket_id: str
    day: date
    prefix: str
    group_id: str
    priority: PriorityClass
    reason: VisitReason
    matter_code: str | None
    person: str
    person_hash: str | None
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class TicketChange:
    """New values of a ticket; None leaves the old one."""

    state: TicketState | None = None
    last_call_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    recalls: int | None = None
    print_state: PrintState | None = None
    prints: int | None = None
    outcome: str | None = None


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
        """Store with the next number of (day, prefix). ``Conflict`` when this person already waits."""
        ...

    def claim(self, window_no: str, groups: Sequence[str], day: date, now: datetime) -> Ticket | None:
        """The next waiting ticket, called to the window by one conditional statement; None when nobody waits.

        Order: priority before ordinary, but after two priority calls in a row (among these groups, today) one
        ordinary ticket that waits comes first; within a class by the time of taking. ``Locked`` when the window has
        an active ticket.
        """
        ...

    def get(self, ticket_id: str) -> Ticket:
        """``NotFound`` when there is none."""
        ...

    def change(self, ticket_id: str, expected: TicketState, change: TicketChange) -> Ticket:
        """Change if the state is still ``expected``; ``Conflict`` otherwise, ``Locked`` if the window is taken."""
        ...

    def active(self, window_no: str) -> Ticket | None: ...

    def waiting_of_person(self, day: date, person_hash: str) -> Ticket | None: ...

    def ahead(self, ticket: Ticket) -> int:
        """Waiting tickets of the same group that come before this one."""
        ...

    def waiting(self, day: date) -> list[WaitingCount]: ...

    def pace(self, group_id: str, day: date, since: datetime) -> tuple[int, datetime | None, datetime | None]:
        """Number of first calls since, with the first and last moment."""
        ...

    def recent(self, day: date, limit: int) -> list[CalledNumber]: ...

    def of_window(self, window_no: str, day: date, state: TicketState, limit: int) -> list[Ticket]:
        """Newest end (or last call) first."""
        ...

    def figures(self, window_no: str, day: date) -> DayFigures: ...
