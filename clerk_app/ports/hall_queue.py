"""The queue as windows, kiosks and displays see it: groups, tickets, calls, what a screen shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from clerk_app.domain.hall import HallProfile
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
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.feed import FeedCursor


@dataclass(frozen=True, slots=True)
class ServiceGroup:
    """A queue that citizens choose: ``prefix`` is the letter of its numbers, ``hint`` the kiosk's second line.

    ``start`` is the day's first serial; ``daily_limit`` numbers a day, 0 = no limit."""

    group_id: str
    prefix: str
    name: str
    hint: str
    place: str
    position: int
    start: int = 1
    daily_limit: int = 0


@dataclass(frozen=True, slots=True)
class GroupWaiting:
    """How many wait in a group, since when the longest, and what a newcomer would wait.

    ``closed`` says why no numbers are given now (in one sentence), empty while they are."""

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
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket. ``number`` is what is printed (``A047``); ``person`` the masked name (李*) or empty.

    ``called_at`` is the present call, ``last_call_at`` the latest one (recalls included). ``matters`` are the codes of
    what the citizen came for, in their order. ``order_at`` is its place in the order, ``queued_at`` since when it waits
    this time; ``wait_s`` and ``service_s`` are what was counted so far (see ``HOLD_RULES``). ``for_window`` and
    ``for_user``: only there may it be called. ``hold`` while ``window_no`` holds it. ``case_number``: the case that a
    returning citizen comes for; ``pre_check`` (number of the online pre-check) and ``guidance`` (consultation of the
    guide desk) travel with the ticket. ``from_window`` had it before and sent it back or on: what was filled in there
    lies in that window's own store.
    """

    ticket_id: str
    day: date
    number: str
    group_id: str
    group_name: str
    state: TicketState
    priority: PriorityClass
    reason: VisitReason
    matters: tuple[str, ...]
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
    lane: Lane = Lane.ORDINARY
    source: TicketSource = TicketSource.QUEUE
    wait_s: int = 0
    service_s: int = 0
    for_window: str | None = None
    for_user: str | None = None
    hold: HoldKind | None = None
    held_at: datetime | None = None
    missed_returns: int = 0
    order_at: datetime | None = None
    queued_at: datetime | None = None
    case_number: str = ""
    pre_check: str = ""
    guidance: str = ""
    from_window: str | None = None
    from_group: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CardPerson:
    """What the kiosk read from a card. The server keeps the masked name and a keyed hash of the number only."""

    name: str
    id_number: str
    birth: date | None = None


@dataclass(frozen=True, slots=True)
class TakeTicket:
    """A wish for a ticket. ``priority`` is what was claimed by key; 60 years and more follow from the card.

    ``case_number``: a paper of that case was shown (supplement, collection): the server gives the return lane when the
    case waits for the citizen, and only then. ``pre_check`` and ``guidance`` travel to the window. ``paper`` False: the
    number is shown on the screen or followed on the phone."""

    group_id: str
    reason: VisitReason = VisitReason.SUBMIT
    priority: PriorityClass = PriorityClass.ORDINARY
    matters: tuple[str, ...] = ()
    card: CardPerson | None = None
    case_number: str = ""
    pre_check: str = ""
    guidance: str = ""
    paper: bool = True


@dataclass(frozen=True, slots=True)
class TicketTaken:
    """The committed ticket with what its paper says: people ahead in its group, expected wait, where to wait."""

    ticket: Ticket
    people_ahead: int
    expected_wait_s: int
    place: str


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Somebody stands at the window without a number: the visit gets one, served at once."""

    group_id: str
    reason: VisitReason = VisitReason.SUBMIT


@dataclass(frozen=True, slots=True)
class Hold:
    """The visit pauses. ``note`` is for the clerk who takes it up again (no personal data)."""

    kind: HoldKind
    note: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Send a ticket on: exactly one of the three is given. Its place in the order stays."""

    group_id: str = ""
    window_no: str = ""
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class FreeNow:
    """The answer to 「叫下一位」: the ticket, or none when the window now waits free for one that the hall will draw
    for it. ``undo_until``: so long Ctrl+Z takes the call back."""

    ticket: Ticket | None
    undo_until: datetime | None = None


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
class CounterStatus:
    """One window as everybody may see it. ``since`` is when this state began, ``number`` the ticket there."""

    window_no: str
    state: WindowState
    since: datetime
    away: AwayReason | None = None
    number: str | None = None
    user_name: str = ""
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class HallSnapshot:
    """Everything a display or kiosk shows, as of ``cursor``. ``recent`` is newest call first, at most 12.

    ``notices`` are today's texts for the public; ``commitment`` is the day's for random dispatch (64 hex digits), empty
    before the hall opened; ``closed`` says why no numbers are given, empty while they are."""

    cursor: FeedCursor
    at: datetime
    hall: HallProfile
    groups: tuple[GroupWaiting, ...]
    recent: tuple[CalledNumber, ...]
    waiting: int
    priority_waiting: int
    notices: tuple[str, ...] = ()
    commitment: str = ""
    closed: str = ""


@dataclass(frozen=True, slots=True)
class WindowView:
    """What one window shows of the queue. Figures are of today and computed, never typed.

    ``groups`` and ``waiting`` are the whole hall's, ``serves`` the ids of the groups this window serves, ``eligible``
    and ``longest_wait_s`` count what it may call; ``active`` is its present ticket (of whatever day), ``last`` its
    latest finished one; ``missed`` and ``held`` are its missed and held tickets, newest first, at most 5. ``bound``
    counts those who wait for this window alone. ``mean_wait_s`` is the hall's mean until the first call, ``served`` and
    ``mean_service_s`` are this window's. ``rules`` are the hall's, so that the screen shows the same limits.
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
    held: tuple[Ticket, ...] = ()
    bound: int = 0
    state: WindowState = WindowState.BUSY
    state_since: datetime | None = None
    away: AwayReason | None = None
    windows: tuple[CounterStatus, ...] = ()
    notices: tuple[str, ...] = ()
    rules: QueueRules = field(default_factory=QueueRules)


class TicketTaking(Protocol):
    """What kiosks (and clerks at the guide desk) do; all raise the family of ``clerk_app.domain.errors``."""

    def take_ticket(self, wish: TakeTicket, *, key: str | None = None) -> TicketTaken:
        """A committed ticket. ``Conflict`` when this card already waits (the sentence names number and time),
        ``Locked`` outside the hours or over a limit."""
        ...

    def set_print_state(self, ticket_id: str, state: PrintState, *, key: str | None = None) -> Ticket:
        """Keep what became of the paper; ``PRINTED`` counts one print."""
        ...

    def ticket(self, ticket_id: str) -> TicketTaken:
        """The ticket as it stands now, for a reprint."""
        ...

    def ticket_by_number(self, number: str) -> TicketTaken:
        """Today's ticket of that number; ``NotFound``."""
        ...

    def return_ticket(self, ticket_id: str, *, key: str | None = None) -> TicketTaken:
        """One who was held or missed is back and waits again, at the place that the rule gives."""
        ...

    def cancel_ticket(self, ticket_id: str, *, key: str | None = None) -> Ticket: ...


class TicketCalling(Protocol):
    """What a window does with the queue; needs a live login."""

    def call_next(self, *, key: str | None = None) -> FreeNow:
        """The window is free: the next ticket is drawn for it, or it waits free. ``Locked`` with an active ticket."""
        ...

    def undo_call(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        """Within 5 s: the ticket waits again at its place, and the next call of this window gives the same one."""
        ...

    def recall(self, ticket_id: str, *, key: str | None = None) -> Ticket: ...

    def miss(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        """No-show; ``Locked`` before the recalls that the rules ask for."""
        ...

    def undo_miss(self, ticket_id: str, *, key: str | None = None) -> Ticket: ...

    def start(self, ticket_id: str, *, key: str | None = None) -> Ticket: ...

    def finish(self, ticket_id: str, outcome: str, *, key: str | None = None) -> Ticket:
        """End the visit; ``outcome`` is the case's outcome or ``consulted`` / ``left``. A held one can be ended too."""
        ...

    def finish_and_call(self, ticket_id: str, outcome: str, *, key: str | None = None) -> FreeNow:
        """Both in one step: the window is never seen as free by a clerk's slow hand."""
        ...

    def undo_finish(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        """Within 5 s: serving again; a ticket that was called since goes back to its place first."""
        ...

    def hold(self, ticket_id: str, wish: Hold, *, key: str | None = None) -> Ticket: ...

    def resume(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        """The held ticket of this window is served again at once."""
        ...

    def transfer(self, ticket_id: str, wish: Transfer, *, key: str | None = None) -> Ticket: ...

    def undo_transfer(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        """Within 5 s and while nobody has called it."""
        ...

    def walk_in(self, wish: WalkIn, *, key: str | None = None) -> Ticket: ...

    def open_window(self, *, key: str | None = None) -> CounterStatus:
        """At work, not yet free: from off or away."""
        ...

    def away(self, reason: AwayReason, *, key: str | None = None) -> CounterStatus:
        """``Locked`` with an active ticket."""
        ...

    def close_window(self, *, key: str | None = None) -> CounterStatus:
        """Off; those who wait for this window alone wait for their group again. ``Locked`` with an active ticket."""
        ...

    def here(self) -> None:
        """The free window is alive; sent while it waits, changes nothing else."""
        ...

    def window_view(self) -> WindowView: ...
