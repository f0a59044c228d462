"""What the hall's services need of a store: units of work over typed stores. Implemented in ``db.hall``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.hall import CatalogueInfo
from clerk_app.ports.hall_queue import ServiceGroup
from clerk_app.ports.stores_hall_cases import CaseFileStore, CaseStanding, OnlineStore, RegisterStore
from clerk_app.ports.stores_hall_emergency import EmergencyStore
from clerk_app.ports.stores_hall_exports import ExportStore
from clerk_app.ports.stores_hall_office import OfficeStore
from clerk_app.ports.stores_hall_operations import HousekeepingStore, InstanceStore
from clerk_app.ports.stores_hall_queue import CounterStore, TicketStore
from clerk_app.ports.stores_hall_running import AppointmentStore, RunningStore
from clerk_app.ports.stores_hall_sync import ManyStore, UploadStore
from clerk_app.ports.stores_hall_upward import UpwardStore

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One row of the journal; the last three are None until it is sequenced."""

    entry_id: str
    kind: str
    subject: str
    at: datetime
    user_id: str
    user_name: str
    device_id: str
    payload: dict[str, Any]
    feed_no: int | None = None
    prev_mac: str | None = None
    mac: str | None = None


class JournalStore(Protocol):
    """The journal of one hall."""

    def append(self, entry: JournalEntry) -> None: ...

    def append_all(self, entries: Sequence[JournalEntry]) -> None:
        """Many at once, at the price of few statements."""
        ...

    def unsequenced(self, limit: int) -> list[JournalEntry]:
        """By entry id, which is the order of making."""
        ...

    def head(self) -> tuple[int, str]:
        """The last feed number and its mac; ``(0, "")`` in an empty chain."""
        ...

    def chain(self, entry_id: str, feed_no: int, prev_mac: str, mac: str) -> None:
        """Give an entry its place; only once."""
        ...

    def after(self, feed_no: int, limit: int) -> list[JournalEntry]:
        """Sequenced entries after ``feed_no`` in order."""
        ...

    def mac_at(self, feed_no: int) -> str | None: ...

    def first_since(self, at: datetime) -> int:
        """The feed number before the first sequenced entry made at or after the moment."""
        ...

    def of_kinds(self, kinds: Sequence[str], after: int, until: int) -> list[JournalEntry]:
        """Sequenced entries of these kinds with ``after`` < feed number <= ``until``, in order."""
        ...

    def about(self, subject: str) -> list[JournalEntry]:
        """Sequenced entries about one thing, in order."""
        ...

    def newest(self) -> str:
        """The id of the newest entry, sequenced or not; changes with every change of the hall. Empty without any."""
        ...


@dataclass(frozen=True, slots=True)
class UserRecord:
    """A person with the password's hash and the lock-out state."""

    user_id: str
    login_name: str
    name: str
    password: str
    roles: frozenset[Role]
    failures: int = 0
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A login; live while ``ended_at`` is None."""

    session_id: str
    token_hash: str
    user_id: str
    device_id: str
    window_no: str | None
    fencing: int
    since: datetime
    ended_at: datetime | None = None


class PeopleStore(Protocol):
    """Users and logins of one hall."""

    def count(self) -> int: ...

    def add_user(self, user: UserRecord) -> None:
        """``Conflict`` when the login name is taken."""
        ...

    def by_login(self, login_name: str) -> UserRecord | None: ...

    def get_user(self, user_id: str) -> UserRecord: ...

    def users(self) -> list[UserRecord]:
        """By name."""
        ...

    def set_failures(self, user_id: str, failures: int, locked_until: datetime | None) -> None: ...

    def next_fencing(self, window_no: str | None) -> int: ...

    def live_at(self, device_id: str, window_no: str | None) -> list[SessionRecord]:
        """Live logins of the device or of the window."""
        ...

    def add_session(self, session: SessionRecord) -> None: ...

    def end_session(self, session_id: str, at: datetime) -> None: ...

    def session_by_token(self, token_hash: str) -> SessionRecord | None: ...

    def windows_at_work(self, group_id: str) -> int:
        """Live logins at windows that serve the group."""
        ...


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """An enrolled device with its hall."""

    hall_id: str
    device_id: str
    kind: DeviceKind
    name: str
    window_no: str | None
    token_hash: str
    enrolled_at: datetime
    revoked_at: datetime | None = None


class DeviceStore(Protocol):
    """Devices and codes of one hall."""

    def add(self, device: DeviceRecord) -> None: ...

    def get(self, device_id: str) -> DeviceRecord: ...

    def by_token(self, token_hash: str) -> DeviceRecord | None: ...

    def has(self, kind: DeviceKind) -> bool:
        """Whether a device of this kind is enrolled and not revoked."""
        ...

    def revoke(self, device_id: str, at: datetime) -> None: ...

    def add_code(self, secret_hash: str, kind: DeviceKind, window_no: str | None, expires_at: datetime) -> None: ...

    def use_code(self, secret_hash: str, kind: DeviceKind, now: datetime) -> tuple[bool, str | None]:
        """Use up a live code of this kind by one conditional statement: (found, its window)."""
        ...


class SetupStore(Protocol):
    """The hall itself, its groups and what its windows serve."""

    def profile(self) -> HallProfile: ...

    def groups(self) -> list[ServiceGroup]:
        """By position."""
        ...

    def served_by(self, window_no: str) -> list[ServiceGroup]:
        """The groups a window serves: its own, or all."""
        ...

    def add_hall(self, profile: HallProfile) -> None:
        """``Conflict`` when the code is taken."""
        ...

    def change_hall(self, profile: HallProfile) -> None:
        """Other names and addresses of the same hall; its code does not change."""
        ...

    def add_group(self, group: ServiceGroup) -> None:
        """``Conflict`` when the letter is taken."""
        ...

    def change_group(self, group: ServiceGroup) -> None: ...

    def served(self, window_no: str) -> dict[str, float]:
        """Weight per group id of a window's own groups; empty when it serves all alike."""
        ...

    def all_served(self) -> dict[str, dict[str, float]]:
        """``served`` of every window that has its own groups."""
        ...

    def set_served(self, window_no: str, weights: Mapping[str, float]) -> None: ...


class RequestStore(Protocol):
    """Idempotency keys of one hall."""

    def reserve(self, key: str, body_hash: str, at: datetime) -> tuple[str, str] | None:
        """Take the key for this transaction; None when it is new, else (body hash, response) of the first request.

        A second request under the same key waits here for the first one to commit (PostgreSQL) or for its turn.
        """
        ...

    def answer(self, key: str, status: int, response: str) -> None:
        """Keep the answer of a reserved key."""
        ...

    def forget_before(self, at: datetime) -> int:
        """Drop older keys; how many."""
        ...


@dataclass(frozen=True, slots=True)
class StoredCase:
    """The stored head of an intake record."""

    case_id: str
    record_id: str
    case_no: str
    revision: int


@dataclass(frozen=True, slots=True)
class CaseWrite:
    """What the service decided to store."""

    case_id: str
    case_number: str
    ticket_id: str | None
    window_no: str
    matter_code: str
    outcome: str
    received_at: datetime
    promised_on: date | None
    revision: int
    body: dict[str, Any]
    standing: CaseStanding


class CaseStore(Protocol):
    """Intake records and ratings of one hall."""

    def find(self, case_id: str) -> StoredCase | None: ...

    def revision(self, case_id: str, revision: int) -> tuple[str, datetime] | None:
        """(body hash, when it was first acknowledged)."""
        ...

    def add(self, case: CaseWrite, record_id: str, base: str, day: date, case_no: str = "") -> StoredCase:
        """Store with the next serial of (base, day), or as ``case_no``. ``Conflict`` when the paper number, or the
        given official one, belongs to another case."""
        ...

    def update(self, case: CaseWrite) -> None: ...

    def add_revision(self, case_id: str, revision: int, body_hash: str, synced_at: datetime) -> None: ...

    def body(self, case_id: str) -> dict[str, Any]:
        """The latest revision as JSON; ``NotFound``."""
        ...

    def rating_of_visit(self, visit: str, stage: str) -> tuple[str, str, datetime] | None:
        """(rating id, body hash, synced at)."""
        ...

    def add_rating(self, visit: str, body_hash: str, synced_at: datetime, body: dict[str, Any]) -> None: ...


class CatalogueStore(Protocol):
    """Published catalogues of one hall."""

    def current(self) -> CatalogueInfo: ...

    def body(self, version: int) -> bytes:
        """The gzip bytes as published; ``NotFound``."""
        ...

    def digest(self, version: int) -> str: ...

    def add(self, info: CatalogueInfo, digest: str, body: bytes) -> None: ...


class HallUnit(Protocol):
    """One transaction over the stores of one hall."""

    @property
    def hall_id(self) -> str: ...
    @property
    def newest(self) -> str:
        """The newest entry's id when this unit's turn began, which another server may have written; empty where there
        is no other, and in units that share no turn."""
        ...

    @property
    def tickets(self) -> TicketStore: ...
    @property
    def counters(self) -> CounterStore: ...
    @property
    def running(self) -> RunningStore: ...
    @property
    def appointments(self) -> AppointmentStore: ...
    @property
    def emergency(self) -> EmergencyStore: ...
    @property
    def journal(self) -> JournalStore: ...
    @property
    def people(self) -> PeopleStore: ...
    @property
    def devices(self) -> DeviceStore: ...
    @property
    def setup(self) -> SetupStore: ...
    @property
    def requests(self) -> RequestStore: ...
    @property
    def cases(self) -> CaseStore: ...
    @property
    def files(self) -> CaseFileStore: ...
    @property
    def registers(self) -> RegisterStore: ...
    @property
    def online(self) -> OnlineStore: ...
    @property
    def catalogue(self) -> CatalogueStore: ...
    @property
    def instances(self) -> InstanceStore: ...
    @property
    def housekeeping(self) -> HousekeepingStore: ...
    @property
    def many(self) -> ManyStore: ...
    @property
    def uploads(self) -> UploadStore: ...
    @property
    def office(self) -> OfficeStore: ...
    @property
    def exports(self) -> ExportStore: ...
    @property
    def upward(self) -> UpwardStore: ...

    def attempt(self, work: Callable[[], T]) -> T:
        """Run a part of the transaction that may fail alone: what it raises undoes this part only."""
        ...


class HallStore(Protocol):
    """The store of all halls: units of work, and what must be asked before the hall is known."""

    @property
    def epoch(self) -> str:
        """Random id of this store's life, made at its creation."""
        ...

    def write(self, hall_id: str, who: str, work: Callable[[HallUnit], T], *, patient: bool = False) -> T:
        """Run ``work`` in one durable transaction; anything it raises rolls back. ``who`` shares the turn fairly.

        In one hall these happen one after the other, whichever process asks. ``patient`` ones need not: nobody sits and
        waits for them, what others wait for goes first (never all the time), and several may run at once (PostgreSQL),
        so they lock what they change. ``work`` may run more than once; only the last run counts.
        """
        ...

    def write_feed(self, hall_id: str, work: Callable[[HallUnit], T]) -> T:
        """``write`` for the numbering of the feed: never two at once, in all processes. Others that listen are told
        when ``work`` gave something."""
        ...

    def read(self, hall_id: str, work: Callable[[HallUnit], T]) -> T:
        """Run ``work`` on a consistent view; it must not write."""
        ...

    def listen(self, told: Callable[[str], None]) -> None:
        """From now on call ``told`` with the hall when another process numbered some of its feed. A hint, that may be
        late or missing: whoever needs to know looks at the feed's numbers by a timer too."""
        ...

    def halls(self) -> list[str]: ...

    def hall_of_code(self, secret_hash: str) -> str | None: ...

    def hall_of_page(self, page_hash: str) -> str | None:
        """The hall that gave out a public page, by the digest of its token."""
        ...

    @property
    def writes_waiting(self) -> int:
        """Writes that wait for their turn in this process."""
        ...

    def size_bytes(self) -> int:
        """How much the store takes up where it lies."""
        ...

    def close(self) -> None: ...
