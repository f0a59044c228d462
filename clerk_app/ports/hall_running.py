"""Running the hall: day, notices, roster, windows and groups, appointments, dispatch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, Protocol

from clerk_app.domain.queue import PrintState, PriorityClass, VisitReason
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.hall import UserInfo
from clerk_app.ports.hall_queue import CardPerson, CounterStatus, ServiceGroup, Ticket, TicketTaken


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
    """What a window or kiosk did while the server was away, told under its own id, again as it goes on.

    ``number`` is from the device's block, or a number that was called by hand. Without ``called_at`` the citizen still
    waits; with it they are served at ``window_no``; with ``ended_at`` the visit is over. ``taken_at`` of a number that
    was called by hand is the call: the window does not know better. ``instead_of`` is the key of a wish for a ticket
    whose fate is unknown: if the server carried it out, that ticket is void, because this number is on the paper.
    """

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
    matters: tuple[str, ...] = ()
    print_state: PrintState = PrintState.NOT_WANTED
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class EmergencyMerged:
    """``ticket`` as it stands now (its id differs from the visit's where a number of the queue was called by hand);
    ``conflict`` says what did not fit (the same number was served twice by hand …)."""

    ticket: Ticket
    conflict: str = ""


@dataclass(frozen=True, slots=True)
class DispatchLog:
    """The published log of a day, all that its draws depend on; no personal data (``docs/dispatch.md``).

    ``entries`` are journal entries in order, by ticket and window numbers; clerks are c1, c2 …; ``digest`` is the SM3
    of the whole log in its public form."""

    day: HallDay
    hall_id: str
    entries: tuple[dict[str, Any], ...]
    digest: str


class HallRunning(Protocol):
    """What managers do; the board is in ``clerk_app.ports.hall_board``."""

    def people(self) -> tuple[UserInfo, ...]:
        """Everybody with an account, by name: who can be put on the roster."""
        ...

    def hall_day(self, day: date | None = None) -> HallDay | None: ...

    def open_hall(self, wish: OpenHall, *, key: str | None = None) -> HallDay: ...

    def closing(self) -> Closing: ...

    def close_hall(self, cancel_waiting: bool, *, key: str | None = None) -> HallDay: ...

    def end_earlier(self, *, key: str | None = None) -> int:
        """End what earlier days left waiting, held or missed; how many."""
        ...

    def rules(self) -> QueueRules: ...

    def set_rules(self, rules: QueueRules, *, key: str | None = None) -> QueueRules: ...

    def set_group(self, group: ServiceGroup, *, key: str | None = None) -> ServiceGroup:
        """Change a group, or add a new one (empty ``group_id``)."""
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

    def notices(self) -> tuple[Notice, ...]:
        """Those that stand and those to come, by their beginning."""
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

    def find_appointment(self, card: CardPerson) -> Appointment | None:
        """What this person booked for today and has not used; ``code`` is left empty."""
        ...

    def cancel_appointment(self, code: str, *, key: str | None = None) -> Appointment: ...

    def check_in(self, wish: CheckIn, *, key: str | None = None) -> TicketTaken:
        """A ticket with the appointment's place; late ones become ordinary. ``NotFound`` without one today."""
        ...


class Emergency(Protocol):
    """What keeps numbers coming while the server is away; no login is needed, the device answers for it."""

    def reserve_block(self, *, key: str | None = None) -> NumberBlock:
        """A new block for this device; ask while online, keep it. ``Locked`` when it has too many."""
        ...

    def hold_blocks(self, block_nos: tuple[int, ...], *, key: str | None = None) -> tuple[NumberBlock, ...]:
        """Tell which blocks this device has; the answer are those it may go on with. A server that was restored from
        before their reservation learns of them again; one that gave a block away meanwhile leaves it out."""
        ...

    def merge_visit(self, visit: EmergencyVisit, *, key: str | None = None) -> EmergencyMerged:
        """Told twice, or late, it changes nothing more. ``Rejected`` for a number that is not this device's."""
        ...
