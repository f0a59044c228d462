"""The hall's API as windows, kiosks and displays see it: people, devices, records, and the Protocols.

Server and client use the same records, so the wire format is written down once. Moments are timezone-aware
datetimes (Beijing time), ids are UUIDv7 strings, durations are whole seconds (``*_s``).

Every method that changes something takes ``key``, the idempotency key. Leave it out and the client makes one and
retries under it by itself; pass your own to repeat a request whose fate is unknown (``Unreachable``): the same key
with the same content gets the same answer, with other content it is refused (``Conflict``).
All methods raise the family of ``clerk_app.domain.errors``; ``Unreachable`` when the server does not answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.casefile import CaseOpening
from clerk_app.domain.errors import NotAllowed
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.feed import FeedCursor, FeedPage
from clerk_app.ports.hall_queue import HallSnapshot, ServiceGroup, TicketCalling, TicketTaking


class SessionEnded(NotAllowed):
    """The login is over: somebody logged in at this window elsewhere, or it was logged out. Log in again."""


class LoginNeeded(NotAllowed):
    """A step that its own person has to bring: it waits until they are logged in at the window where they did it."""


class DeviceUnknown(NotAllowed):
    """This device is not enrolled at the server, or its enrolment was revoked."""


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
    """A wish for a one-time enrolment code for one device. For the server of a hall ``window_no`` holds the hall's
    code."""

    kind: DeviceKind
    window_no: str | None = None


@dataclass(frozen=True, slots=True)
class EnrolCode:
    """The one-time code to type at the device; ends at ``expires_at``."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class EnrolRequest:
    """Sent by a device over a connection that is already verified. ``secret`` is the code's secret part. The server of
    a hall sends its ``hall``, which keeps its id at the server above."""

    secret: str
    kind: DeviceKind
    name: str
    window_no: str | None = None
    hall: HallProfile | None = None


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
class ServerTime:
    """Health and clock: compare ``at`` with the own clock; ``epoch`` with the one remembered. ``oldest_api`` to ``api``
    are the levels of the API that the server speaks (``ports.speaking``); one that says nothing speaks the first."""

    at: datetime
    version: str
    epoch: str
    hall_id: str
    feed_no: int
    api: int = 1
    oldest_api: int = 1


class HallReader(Protocol):
    """What every enrolled device may do."""

    def server_time(self) -> ServerTime: ...

    def hall(self) -> HallProfile: ...

    def groups(self) -> tuple[ServiceGroup, ...]: ...

    def snapshot(self) -> HallSnapshot: ...

    def feed_page(self, cursor: FeedCursor, limit: int = 500) -> FeedPage: ...


class Counter(HallReader, TicketTaking, TicketCalling, Protocol):
    """What a window does; all but the ``store_*`` and catalogue calls need a live login."""

    def login(self, login: Login) -> Session:
        """Log in; later calls act for this person. ``NotAllowed`` for a wrong password or while locked out."""
        ...

    def logout(self) -> None: ...

    def session(self) -> Session | None:
        """The login this client acts under; no network."""
        ...

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
