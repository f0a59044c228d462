"""Running the hall: day, notices, roster, windows and groups, appointments, dispatch, the manager's board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, Protocol

from clerk_app.domain.queue import PriorityClass, VisitReason
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.hall_queue import CardPerson, CounterStatus, GroupWaiting, ServiceGroup, Ticket, TicketTaken


@dataclass(frozen=True, slots=True)
class HallDay:
    """One day of the hall and its dispatch. ``commitment`` is published from the opening on; ``secret`` (64 hex) only
    after the closing; ``outside`` with its ``source`` is fixed by the first draw at the latest (``mixed_at``)."""

    day: date
    opened_at: datetime
    opened_by: str
    commitment: str
    outside: str = ""
    outside_source: str = ""
    mixed_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class OpenHall:
    """The word from outside the hall that the day's draws are mixed with, and where it comes from."""

    outside: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Closing:
    """What stands open when the hall closes; ``cancel_waiting`` ends those who wait (they get a sentence on the
    screen), who is being served goes on."""

    waiting: tuple[Ticket, ...]
    active: tuple[Ticket, ...]
    held: tuple[Ticket, ...]
    missed: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A text on displays and kiosks, e.g. 「14:00 起 3 号机维护」, from–until."""

    notice_id: str
    text: str
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class NewNotice:
    text: str
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """Who sits where and when."""

    entry_id: str
    day: date
    window_no: str
    user_id: str
    user_name: str
    from_time: time
    to_time: time


@dataclass(frozen=True, slots=True)
class NewRosterEntry:
    day: date
    window_no: str
    user_id: str
    from_time: time
    to_time: time


@dataclass(frozen=True, slots=True)
class Weight:
    """A group that a window serves; the group's waiting time counts ``weight`` times when it draws (0.1 to 10)."""

    group_id: str
    weight: float = 1.0


class AppointmentState(StrEnum):
    """Where an appointment stands."""

    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Slot:
    """A bookable half hour of a group."""

    group_id: str
    starts_at: datetime
    ends_at: datetime
    left: int


@dataclass(frozen=True, slots=True)
class BookSlot:
    """``card`` names the person; only the masked name and a keyed hash are kept."""

    group_id: str
    starts_at: datetime
    card: CardPerson
    matters: tuple[str, ...] = ()
    reason: VisitReason = VisitReason.SUBMIT


@dataclass(frozen=True, slots=True)
class Appointment:
    """``code`` (8 digits) is what the citizen shows or types; a card does as well."""

    appointment_id: str
    code: str
    group_id: str
    group_name: str
    starts_at: datetime
    ends_at: datetime
    person: str
    matters: tuple[str, ...]
    reason: VisitReason
    state: AppointmentState
    ticket_id: str | None = None


@dataclass(frozen=True, slots=True)
class CheckIn:
    """By code or by card, one of them."""

    code: str = ""
    card: CardPerson | None = None
    paper: bool = True


@dataclass(frozen=True, slots=True)
class NumberBlock:
    """A reserved block: serials ``first`` … ``last`` under ``prefix`` belong to one device for ever."""

    block_no: int
    prefix: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class EmergencyVisit:
    """What a window or kiosk did while the server was away, told afterwards under its own id.

    ``number`` is from the device's block, or a number of the queue that was called by hand; ``ended_at`` None: the
    citizen with this number still waits."""

    ticket_id: str
    number: str
    group_id: str
    taken_at: datetime
    window_no: str = ""
    called_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    priority: PriorityClass = PriorityClass.ORDINARY
    reason: VisitReason = VisitReason.SUBMIT


@dataclass(frozen=True, slots=True)
class EmergencyMerged:
    """``ticket`` as it stands now; ``conflict`` says what did not fit (the same number was served twice by hand …)."""

    ticket: Ticket
    conflict: str = ""


@dataclass(frozen=True, slots=True)
class DispatchLog:
    """The published log of a day: ``draws`` are journal entries (feed number, time, ticket, number, window, draw)."""

    day: HallDay
    draws: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class GroupBoard:
    """A group on the manager's board; ``advice`` is empty when nothing needs doing."""

    waiting: GroupWaiting
    windows: int
    advice: str = ""


@dataclass(frozen=True, slots=True)
class CounterBoard:
    """A window on the manager's board. ``busy_share`` 0…1 of its open time today."""

    status: CounterStatus
    groups: tuple[str, ...]
    served: int
    busy_share: float
    mean_service_s: int | None
    walk_ins: int = 0
    rostered: str = ""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Mean wait of the tickets called in the ten minutes from ``at``; ``calls`` of them."""

    at: datetime
    wait_s: int
    calls: int


@dataclass(frozen=True, slots=True)
class HallBoard:
    """The manager's live board; every figure computed from tickets at ``at``.

    ``curve`` is today, ``last_week`` the same weekday a week ago, ``forecast`` the next hours by the day's rates.
    ``shares``: of today's called tickets, the share that waited up to 3, 3–5, 5–10, over 10 minutes.
    ``longest_number``: who waits longest now.
    """

    at: datetime
    day: HallDay | None
    waiting: int
    priority_waiting: int
    appointment_waiting: int
    over_alarm: int
    longest_number: str
    longest_wait_s: int
    called: int
    mean_wait_s: int | None
    median_wait_s: int | None
    p90_wait_s: int | None
    finished: int
    one_candidate_share: float | None
    groups: tuple[GroupBoard, ...]
    windows: tuple[CounterBoard, ...]
    curve: tuple[CurvePoint, ...]
    last_week: tuple[CurvePoint, ...]
    forecast: tuple[CurvePoint, ...]
    shares: tuple[float, ...]
    rules: QueueRules
    notices: tuple[Notice, ...] = ()
    conflicts: int = 0
    left_open: int = 0


class HallRunning(Protocol):
    """What managers do; reading the board needs MANAGER, CHIEF_REPRESENTATIVE or AUDITOR."""

    def board(self) -> HallBoard: ...

    def hall_day(self, day: date | None = None) -> HallDay | None: ...

    def open_hall(self, wish: OpenHall, *, key: str | None = None) -> HallDay: ...

    def closing(self) -> Closing: ...

    def close_hall(self, cancel_waiting: bool, *, key: str | None = None) -> HallDay: ...

    def rules(self) -> QueueRules: ...

    def set_rules(self, rules: QueueRules, *, key: str | None = None) -> QueueRules: ...

    def set_group(self, group: ServiceGroup, *, key: str | None = None) -> ServiceGroup:
        """Change a group or add a new one (unknown ``group_id``)."""
        ...

    def set_served(self, window_no: str, served: tuple[Weight, ...], *, key: str | None = None) -> None:
        """Regroup a window live; () = all groups, equal weights."""
        ...

    def served(self, window_no: str) -> tuple[Weight, ...]: ...

    def set_counter(self, window_no: str, open_: bool, *, key: str | None = None) -> CounterStatus:
        """The manager opens or closes a window from afar; closing needs it without a ticket."""
        ...

    def release_ticket(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        """A window died with a ticket: back to the queue at its place. ``Locked`` while the window is alive."""
        ...

    def transfer_ticket(self, ticket_id: str, group_id: str, *, key: str | None = None) -> Ticket:
        """A waiting ticket was taken for the wrong group; its place stays."""
        ...

    def add_notice(self, notice: NewNotice, *, key: str | None = None) -> Notice: ...

    def end_notice(self, notice_id: str, *, key: str | None = None) -> None: ...

    def roster(self, day: date) -> tuple[RosterEntry, ...]: ...

    def add_roster(self, entry: NewRosterEntry, *, key: str | None = None) -> RosterEntry: ...

    def drop_roster(self, entry_id: str, *, key: str | None = None) -> None: ...

    def dispatch_log(self, day: date) -> DispatchLog: ...


class Appointing(Protocol):
    """Booking and check-in: the platform, the guide desk; kiosks check in."""

    def slots(self, group_id: str, day: date) -> tuple[Slot, ...]: ...

    def book(self, wish: BookSlot, *, key: str | None = None) -> Appointment:
        """``Conflict`` when the slot is full or the person has one at that time."""
        ...

    def cancel_appointment(self, code: str, *, key: str | None = None) -> Appointment: ...

    def check_in(self, wish: CheckIn, *, key: str | None = None) -> TicketTaken:
        """A ticket with the appointment's place; late ones become ordinary. ``NotFound`` without one today."""
        ...


class Emergency(Protocol):
    """What keeps numbers coming while the server is away."""

    def reserve_block(self, *, key: str | None = None) -> NumberBlock:
        """A new block for this device; ask while online, keep it."""
        ...

    def merge_visit(self, visit: EmergencyVisit, *, key: str | None = None) -> EmergencyMerged: ...
