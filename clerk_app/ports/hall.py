"""The hall's API as windows, kiosks and displays see it: plain records and one Protocol.

Server and client use the same records, so the wire format is written down once. Moments are timezone-aware
datetimes (Beijing time), ids are UUIDv7 strings, durations are whole seconds (``*_s``).

Every method that changes something takes ``key``, the idempotency key. Leave it out and the client makes one and
retries under it by itself; pass your own to repeat a request whose fate is unknown (``Unreachable``): the same key
with the same content gets the same answer, with other content it is refused (``Conflict``).
All methods raise the family of ``clerk_app.domain.errors``; ``Unreachable`` when the server does not answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.casefile import CaseOpening
from clerk_app.domain.errors import NotAllowed
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.queue import PrintState, PriorityClass, TicketState, VisitReason


class SessionEnded(NotAllowed):
    """The login is over: somebody logged in at this window elsewhere, or it was logged out. Log in again."""


class LoginNeeded(NotAllowed):
    """A step that its own person has to bring: it waits until they are logged in at the window where they did it."""


class DeviceUnknown(NotAllowed):
    """This device is not enrolled at the server, or its enrolment was revoked."""


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
class FeedCursor:
    """How far a reader has read. ``epoch`` names the store's life, ``mark`` the entry at ``feed_no``: a store that was
    restored or cloned does not know the mark, and the reader starts over from a snapshot."""

    epoch: str
    feed_no: int
    mark: str = ""


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


@dataclass(frozen=True, slots=True)
class Login:
    """A person logs in at the device that sends it. ``window_no`` defaults to the device's own."""

    login_name: str
    password: str
    window_no: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A live login. ``fencing`` grows with every login at a window; a new login there ends the old one."""

    token: str
    fencing: int
    user_id: str
    user_name: str
    roles: tuple[Role, ...]
    window_no: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class NewUser:
    """A person to be created; ``name`` is printed on papers. The first user of a hall may be made without a login."""

    login_name: str
    name: str
    password: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class UserInfo:
    """A person without secrets."""

    user_id: str
    login_name: str
    name: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class NewEnrolCode:
    """A wish for a one-time enrolment code for one device."""

    kind: DeviceKind
    window_no: str | None = None


@dataclass(frozen=True, slots=True)
class EnrolCode:
    """The one-time code to type at the device; ends at ``expires_at``."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class EnrolRequest:
    """Sent by a device over a connection that is already verified. ``secret`` is the code's secret part."""

    secret: str
    kind: DeviceKind
    name: str
    window_no: str | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The answer: the device's id and token (shown once), the hall, the window's number."""

    device_id: str
    token: str
    hall: HallProfile
    kind: DeviceKind
    window_no: str | None
    epoch: str


@dataclass(frozen=True, slots=True)
class PartyRecord:
    """Applicant or agent. ``document_type`` as in GA/T 2000.156 (111 = resident card) or ``uscc``."""

    kind: str
    name: str
    document_type: str
    document_no: str
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class PaperRecord:
    """A printed document: its number is final; ``sha`` is the SM3 of its bytes, 64 hex digits."""

    paper_id: str
    kind: str
    number: str
    sha: str


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One intake as the window stored it. ``case_number`` is printed on paper; ``detail`` holds checklist, situation
    answers, defects and delivery as the window keeps them (opaque to the server).

    ``opening`` is what the acts that follow depend on; ``conclusion`` the whole conclusion as JSON, so that any window
    can go on with the case and draw its papers. ``outage_since``: concluded while the server was away, since when.

    ``revision`` starts at 1 and grows with each change; one revision has one content for ever.
    """

    case_id: str
    case_number: str
    hall_id: str
    window_no: str
    matter_code: str
    matter_name: str
    matter_version: int
    applicant: PartyRecord
    outcome: str
    received_at: datetime
    clerk: str
    revision: int = 1
    ticket_id: str | None = None
    agent: PartyRecord | None = None
    accepted_at: datetime | None = None
    promised_on: date | None = None
    provisional: bool = False
    documents: tuple[PaperRecord, ...] = ()
    detail: dict[str, Any] = field(default_factory=dict)
    opening: CaseOpening | None = None
    conclusion: dict[str, Any] = field(default_factory=dict, repr=False)
    parties: tuple[PartyRecord, ...] = ()
    outage_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseAck:
    """The server has it durably. ``case_no`` is the official 办件编号; ``synced_at`` of the first acknowledgement of
    this revision."""

    record_id: str
    case_no: str
    synced_at: datetime
    revision: int
    epoch: str


@dataclass(frozen=True, slots=True)
class RatingRecord:
    """One visit, one rating per stage. ``level`` 1 (非常满意) … 5 (非常不满意) as in GB/T 39046-2020 A.8; ``stage`` is
    ``acceptance`` or ``issue``; ``ticket_id`` or, without a ticket, ``case_id`` names the visit."""

    rating_id: str
    level: int
    rated_at: datetime
    window_no: str
    ticket_id: str | None = None
    case_id: str | None = None
    stage: str = "acceptance"
    source: str = "evaluator"


@dataclass(frozen=True, slots=True)
class RatingAck:
    """The rating is stored."""

    rating_id: str
    synced_at: datetime


@dataclass(frozen=True, slots=True)
class CatalogueInfo:
    """The published version: ``version`` counts up from 1, 0 means nothing is published yet."""

    version: int
    published_at: datetime | None
    count: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All matters of a version, one dictionary each; ``matters`` is None when the reader is up to date."""

    version: int
    published_at: datetime | None
    matters: tuple[dict[str, Any], ...] | None


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """The public form of a journal entry: ids, numbers and states, never personal data.

    ``kind``: ``ticket.taken|called|recalled|missed|miss_undone|started|finished|cancelled|printed``,
    ``login``, ``logout``, ``login.refused``, ``login.ended``, ``device.enrolled``, ``device.revoked``,
    ``enrol_code.made``, ``case.stored``, ``case.updated``, ``case.acted``, ``case.viewed``, ``results.searched``,
    ``override.approved``, ``pre_check.stored``, ``pre_check.viewed``, ``supplement.arrived``,
    ``supplement.taken``, ``seal.used``, ``visit.stored``, ``consultation.stored``, ``signature.stored``,
    ``rating.stored``, ``catalogue.published``, ``user.created``, ``hall.created``. ``subject`` is the id of the thing.

    ``case_state`` is a value of ``CaseState``; ``instant`` says that the applicant waits for the result.
    """

    feed_no: int
    mark: str
    kind: str
    subject: str
    at: datetime
    window_no: str | None = None
    number: str | None = None
    group_id: str | None = None
    state: TicketState | None = None
    is_priority: bool = False
    recalls: int = 0
    case_number: str | None = None
    case_state: str | None = None
    instant: bool = False


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Entries after a cursor, oldest first, without gaps; ``head`` is the newest feed number of the store.

    ``known`` is False when the store does not know the reader's cursor (restored, cloned, other epoch): read a
    snapshot and go on from its cursor.
    """

    epoch: str
    head: int
    known: bool
    entries: tuple[FeedEntry, ...]


@dataclass(frozen=True, slots=True)
class ServerTime:
    """Health and clock: compare ``at`` with the own clock; ``epoch`` with the one remembered."""

    at: datetime
    version: str
    epoch: str
    hall_id: str
    feed_no: int


class ConnectionState(StrEnum):
    """The feed's connection."""

    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class ConnectionChange:
    """``since`` is when this state began, ``sentence`` what to tell (服务器连不上（10:17 起）…), empty when online."""

    state: ConnectionState
    since: datetime
    sentence: str = ""


class HallReader(Protocol):
    """What every enrolled device may do."""

    def server_time(self) -> ServerTime: ...

    def hall(self) -> HallProfile: ...

    def groups(self) -> tuple[ServiceGroup, ...]: ...

    def snapshot(self) -> HallSnapshot: ...

    def feed_page(self, cursor: FeedCursor, limit: int = 500) -> FeedPage: ...


class TicketTaking(HallReader, Protocol):
    """What kiosks (and clerks at the guide desk) do."""

    def take_ticket(self, wish: TakeTicket, *, key: str | None = None) -> TicketTaken:
        """A committed ticket. ``Conflict`` when this card already waits (the sentence names number and time)."""
        ...

    def set_print_state(self, ticket_id: str, state: PrintState, *, key: str | None = None) -> Ticket:
        """Keep what became of the paper; ``PRINTED`` counts one print."""
        ...

    def ticket(self, ticket_id: str) -> TicketTaken:
        """The ticket as it stands now, for a reprint."""
        ...

    def cancel_ticket(self, ticket_id: str, *, key: str | None = None) -> Ticket: ...


class Counter(TicketTaking, Protocol):
    """What a window does; all but the ``store_*`` and catalogue calls need a live login."""

    def login(self, login: Login) -> Session:
        """Log in; later calls act for this person. ``NotAllowed`` for a wrong password or while locked out."""
        ...

    def logout(self) -> None: ...

    def session(self) -> Session | None:
        """The login this client acts under; no network."""
        ...

    def call_next(self, *, key: str | None = None) -> Ticket | None:
        """Claim the next ticket for this window; None when nobody waits. ``Locked`` with an active ticket."""
        ...

    def recall(self, ticket_id: str, *, key: str | None = None) -> Ticket: ...

    def miss(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        """No-show; ``Locked`` before 2 recalls."""
        ...

    def undo_miss(self, ticket_id: str, *, key: str | None = None) -> Ticket: ...

    def start(self, ticket_id: str, *, key: str | None = None) -> Ticket: ...

    def finish(self, ticket_id: str, outcome: str, *, key: str | None = None) -> Ticket:
        """End the visit; ``outcome`` is the case's outcome or ``consulted`` / ``left``."""
        ...

    def window_view(self) -> WindowView: ...

    def store_case(self, record: CaseRecord, *, key: str | None = None) -> CaseAck: ...

    def case(self, case_id: str) -> dict[str, Any]:
        """The record as the server holds it; looking leaves a trace there."""
        ...

    def store_rating(self, rating: RatingRecord, *, key: str | None = None) -> RatingAck: ...

    def catalogue_info(self) -> CatalogueInfo: ...

    def catalogue(self, since: int = 0) -> Catalogue: ...


class HallAdministration(Protocol):
    """What technicians and managers do."""

    def publish_catalogue(self, matters: tuple[dict[str, Any], ...], *, key: str | None = None) -> CatalogueInfo: ...

    def create_user(self, user: NewUser, *, key: str | None = None) -> UserInfo: ...

    def create_enrol_code(self, wish: NewEnrolCode, *, key: str | None = None) -> EnrolCode: ...

    def revoke_device(self, device_id: str, *, key: str | None = None) -> None: ...


class Hall(Counter, HallAdministration, Protocol):
    """The whole API; ``clerk_app.client.hall.HallClient`` is the one that talks to a server."""


class Feed(Protocol):
    """The push feed as a running thing; ``clerk_app.client.feed.FeedListener`` is the real one."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


OnEntries = Callable[[tuple[FeedEntry, ...]], None]
"""Called from the feed's thread with one or more entries in order, never with a gap."""

OnConnection = Callable[[ConnectionChange], None]
"""Called from the feed's thread when the connection's state changes."""

OnReset = Callable[[], FeedCursor]
"""Called from the feed's thread at the first start and when the store does not know the cursor (restored, cloned):
read a snapshot, show it, give back its cursor. May raise ``Unreachable``; the feed tries again."""
