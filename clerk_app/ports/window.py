"""The store of a window as its services see it: short units of work over typed rows. Implemented in ``db.window``.

A store belongs to one window of one hall and to one machine. Any thread may call it: there is one writer, and the
others wait for their turn. Moments are timezone-aware (Beijing time), ids are UUIDv7 strings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from clerk_app.domain.actor import Role
from clerk_app.domain.cases import CaseState
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.capture import PageStore
from clerk_app.ports.window_emergency import EmergencyRows
from clerk_app.ports.window_files import FileUnit
from clerk_app.ports.window_sync import OfferStore

T = TypeVar("T")


class Machine(Protocol):
    """The computer that the program runs on."""

    def fingerprint(self) -> str:
        """A text that stays the same on this machine and differs on a cloned one."""
        ...


@dataclass(frozen=True, slots=True)
class Binding:
    """To whom a store belongs. ``epoch`` names the life of the store, ``fingerprint`` is a digest of the machine's."""

    store_id: str
    epoch: str
    hall_id: str
    hall_code: str
    window_no: str
    device_id: str
    fingerprint: str
    bound_at: datetime


class BindingStore(Protocol):
    """The one binding of the store, and a few named facts."""

    def binding(self) -> Binding | None: ...

    def bind(self, binding: Binding) -> None:
        """Write or replace the binding."""
        ...

    def fact(self, name: str) -> str | None: ...

    def set_fact(self, name: str, value: str) -> None: ...


class NumberStore(Protocol):
    """Number series; a value that was given out is never given out again."""

    def last(self, series: str) -> int:
        """The last value of a series, 0 when it has none."""
        ...

    def take(self, series: str, value: int) -> None:
        """Give out ``value``; ``Conflict`` unless it is the one after the last."""
        ...

    def jump(self, by: int) -> None:
        """Every series goes on so far above its last value."""
        ...


class Step(StrEnum):
    """The five steps of a case, Alt+1 … Alt+5."""

    APPLICANT = "applicant"
    MATTER = "matter"
    MATERIALS = "materials"
    OUTCOME = "outcome"
    PAPERS = "papers"

    @property
    def label(self) -> str:
        """「申请人 事项 材料 结论 文书」."""
        return _STEP_LABELS[self]


_STEP_LABELS = {
    Step.APPLICANT: "申请人",
    Step.MATTER: "事项",
    Step.MATERIALS: "材料",
    Step.OUTCOME: "结论",
    Step.PAPERS: "文书",
}


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A case that is not concluded. ``body`` is the whole ``Intake`` with the matter as it was when it was chosen."""

    case_id: str
    user_id: str
    user_name: str
    step: Step
    opened_at: datetime
    saved_at: datetime
    received_at: datetime | None
    ticket_id: str | None
    ticket_number: str
    applicant_name: str = field(repr=False)
    matter_code: str
    matter_name: str
    matter_version: int
    body: dict[str, Any] = field(repr=False)
    abandoned_at: datetime | None = None
    abandon_reason: str = ""


class DraftStore(Protocol):
    """Drafts of this window."""

    def put(self, draft: DraftRow) -> None: ...

    def get(self, case_id: str) -> DraftRow | None: ...

    def open(self) -> list[DraftRow]:
        """Drafts that were not abandoned, last saved first."""
        ...

    def received_before(self, at: datetime) -> list[DraftRow]:
        """Drafts whose papers were received before a moment, abandoned ones too, oldest first."""
        ...

    def of_ticket(self, ticket_id: str) -> list[DraftRow]:
        """Drafts of one visit, abandoned ones too, last saved first."""
        ...

    def delete(self, case_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A concluded case, without its papers and details; ``request_sha`` is the digest of what was asked for.

    ``called_at`` is when the citizen was called (or the case was opened without a ticket). ``state`` and the dates
    follow the acts. ``origin`` is the number of the window that concluded the case, empty for this one.
    """

    case_id: str
    case_number: str
    document_number: str
    day: date
    user_id: str
    user_name: str
    state: CaseState
    applicant_name: str = field(repr=False)
    matter_code: str
    matter_name: str
    ticket_id: str | None
    ticket_number: str
    called_at: datetime
    received_at: datetime
    concluded_at: datetime
    promised_at: datetime | None
    tolerance_due: datetime | None
    supplement_due: datetime | None
    revision: int
    request_sha: str
    record_id: str | None = None
    case_no: str | None = None
    synced_at: datetime | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class CaseDates:
    """The dates of a case that acts move."""

    promised_at: datetime | None
    tolerance_due: datetime | None
    supplement_due: datetime | None


class CaseStore(Protocol):
    """Concluded cases, this window's and those of others that somebody went on with here; none is ever deleted."""

    def add(self, case: CaseRow, body: dict[str, Any]) -> None:
        """``body`` is the whole ``Conclusion``."""
        ...

    def get(self, case_id: str) -> CaseRow | None: ...

    def body(self, case_id: str) -> dict[str, Any]: ...

    def acknowledged(self, case_id: str, record_id: str, case_no: str, synced_at: datetime) -> None:
        """The server has it durably."""
        ...

    def moved(self, case_id: str, state: CaseState, dates: CaseDates) -> None:
        """An act moved the case."""
        ...

    def of_day(self, day: date, user_id: str) -> list[CaseRow]:
        """Concluded here by that person on that day, oldest first."""
        ...

    def of_ticket(self, ticket_id: str) -> list[CaseRow]:
        """Concluded here in one visit, oldest first."""
        ...

    def in_state(self, states: Sequence[CaseState], since: datetime) -> list[CaseRow]:
        """This window's cases in these states that were concluded since, oldest first."""
        ...

    def find(self, text: str, limit: int) -> list[CaseRow]:
        """Newest first: the end of a case or document number, a ticket number of today, or part of a name."""
        ...


class PaperState(StrEnum):
    """What is known about one sheet. ``printed`` is only said when the printer confirmed it or the clerk saw it;
    ``sent`` is a sheet from a printer that cannot say, which nobody has complained of;
    ``voided`` (作废) is a paper that was issued and counts no more."""

    PREPARED = "prepared"
    SENDING = "sending"
    PRINTED = "printed"
    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    SAVED = "saved"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"

    @property
    def label(self) -> str:
        """The pill on the screen."""
        return _PAPER_LABELS[self]


_PAPER_LABELS = {
    PaperState.PREPARED: "待打印",
    PaperState.SENDING: "正在打印",
    PaperState.PRINTED: "已打印",
    PaperState.SENT: "已送打印机",
    PaperState.UNKNOWN: "可能没打完",
    PaperState.REFUSED: "没有打出",
    PaperState.SAVED: "已存文件",
    PaperState.WITHDRAWN: "已收回",
    PaperState.VOIDED: "已作废",
}


class Medium(StrEnum):
    """Which printer a sheet goes to."""

    RECEIPT = "receipt"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class StoredPaper:
    """One sheet as stored; ``case_id`` is the case, the consultation or the hand-over sheet that it belongs to.

    A reprint is a sheet of its own with the same number and ``reprint`` = 1, 2, …

    ``original_id`` is the first sheet's id (its own for the first). ``copies`` is what the content holds (第一联 and
    第二联 are in one PDF). ``sha`` is the SM3 of the content, 64 hex digits. ``sentence`` says what happened last,
    empty when all is well.
    """

    paper_id: str
    case_id: str
    original_id: str
    kind: PaperKind
    medium: Medium
    title: str
    number: str
    copies: int
    reprint: int
    sha: str
    state: PaperState
    state_at: datetime
    made_at: datetime
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class NewPaper:
    """A sheet to be stored: its bytes and the value that they were drawn from."""

    paper: StoredPaper
    content: bytes = field(repr=False)
    source: dict[str, Any] = field(repr=False)


class PaperStore(Protocol):
    """Sheets; their content never changes."""

    def add(self, new: NewPaper) -> None: ...

    def get(self, paper_id: str) -> StoredPaper | None: ...

    def content(self, paper_id: str) -> bytes: ...

    def source(self, paper_id: str) -> dict[str, Any]: ...

    def of_case(self, case_id: str) -> list[StoredPaper]:
        """In the order they were made."""
        ...

    def in_state(self, state: PaperState) -> list[StoredPaper]: ...

    def move(self, paper_id: str, expected: PaperState, state: PaperState, at: datetime, sentence: str) -> StoredPaper:
        """Change the state if it is still ``expected``; ``Conflict`` otherwise."""
        ...


class OutboxKind(StrEnum):
    """What an entry carries."""

    CASE = "case"
    RATING = "rating"
    ACT = "act"
    SEAL_USE = "seal_use"
    VISIT = "visit"
    CONSULTATION = "consultation"
    SIGNATURE = "signature"
    EMERGENCY = "emergency"
    FILE = "file"


class OutboxState(StrEnum):
    """``set_aside``: the server refused it; it waits for a person and does not hold up other cases. ``refused``: an act
    that the server does not let count; it is over, and what follows in the case goes on without it."""

    WAITING = "waiting"
    DONE = "done"
    SET_ASIDE = "set_aside"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One request to the server, in the order of ``position``. ``stream`` keeps the order within one case or visit;
    ``key`` is the idempotency key, the same for every try; ``title`` names it on the screen without personal data."""

    entry_id: str
    position: int
    stream: str
    kind: OutboxKind
    key: str
    title: str
    payload: dict[str, Any] = field(repr=False)
    made_at: datetime
    state: OutboxState = OutboxState.WAITING
    done_at: datetime | None = None
    reason: str = ""


class OutboxStore(Protocol):
    """Requests on their way to the server."""

    def add(self, entry: OutboxEntry) -> OutboxEntry:
        """Store at the end; the position given is ignored, the stored one is returned."""
        ...

    def waiting(self, after: int, limit: int, *, files: bool = False) -> list[OutboxEntry]:
        """Records (or ``files``) in state ``waiting`` behind a position, in order."""
        ...

    def of_stream(self, stream: str, after: int) -> list[OutboxEntry]:
        """Records of one stream in state ``waiting`` behind a position, in order."""
        ...

    def set_aside(self) -> list[OutboxEntry]:
        """Entries in state ``set_aside``, in order."""
        ...

    def get(self, entry_id: str) -> OutboxEntry | None: ...

    def counts(self, *, files: bool = False) -> tuple[int, datetime | None]:
        """How many records (or ``files``) wait, and since when the oldest."""
        ...

    def mark(self, entry_id: str, state: OutboxState, at: datetime, reason: str) -> None: ...

    def reopen_done(self) -> int:
        """Everything that was done waits again (the server lost its memory); returns how many."""
        ...

    def reopen_set_aside(self) -> int:
        """Everything that was set aside waits again; returns how many."""
        ...


@dataclass(frozen=True, slots=True)
class RatingRow:
    """A rating as given; one per visit and stage."""

    rating_id: str
    visit: str
    stage: str
    level: int
    rated_at: datetime
    synced_at: datetime | None = None


class RatingStore(Protocol):
    """Ratings of this window's visits."""

    def add(self, rating: RatingRow) -> None: ...

    def of_visit(self, visit: str, stage: str) -> RatingRow | None: ...

    def acknowledged(self, rating_id: str, synced_at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class KnownUser:
    """Somebody who logged in here while the server answered. ``password`` is an argon2id hash."""

    login_name: str
    user_id: str
    name: str
    roles: frozenset[Role]
    password: str = field(repr=False)
    confirmed_at: datetime
    failures: int = 0
    locked_until: datetime | None = None


class PeopleStore(Protocol):
    """Clerks known to this window."""

    def known(self, login_name: str) -> KnownUser | None: ...

    def remember(self, user: KnownUser) -> None: ...

    def forget(self, login_name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One audit entry of the window, chained: ``mac`` covers the entry and the one before it. No personal data."""

    entry_no: int
    entry_id: str
    kind: str
    subject: str
    at: datetime
    user_id: str
    user_name: str
    device_id: str
    payload: dict[str, Any]
    prev_mac: str
    mac: str


class JournalStore(Protocol):
    """The audit trail; append-only (the store itself refuses changes)."""

    def append(self, row: JournalRow) -> None: ...

    def head(self) -> tuple[int, str]:
        """Number and mac of the last entry; ``(0, "")`` in an empty chain."""
        ...

    def after(self, entry_no: int, limit: int) -> list[JournalRow]:
        """In order."""
        ...

    def of_subject(self, subject: str) -> list[JournalRow]:
        """Everything that happened to one case or paper, in order."""
        ...


class WindowUnit(FileUnit, Protocol):
    """One transaction."""

    @property
    def binding(self) -> BindingStore: ...
    @property
    def numbers(self) -> NumberStore: ...
    @property
    def drafts(self) -> DraftStore: ...
    @property
    def cases(self) -> CaseStore: ...
    @property
    def papers(self) -> PaperStore: ...
    @property
    def outbox(self) -> OutboxStore: ...
    @property
    def ratings(self) -> RatingStore: ...
    @property
    def people(self) -> PeopleStore: ...
    @property
    def journal(self) -> JournalStore: ...
    @property
    def emergency(self) -> EmergencyRows: ...
    @property
    def pages(self) -> PageStore: ...
    @property
    def offers(self) -> OfferStore: ...


class WindowStore(Protocol):
    """The window's own encrypted store. ``StoreFault`` when the disk is full, the file locked or damaged."""

    @property
    def catalogue(self) -> CatalogueStore: ...

    def write(self, work: Callable[[WindowUnit], T]) -> T:
        """Run ``work`` in one durable transaction; anything it raises rolls everything back."""
        ...

    def read(self, work: Callable[[WindowUnit], T]) -> T:
        """Run ``work`` on a consistent view; it must not write."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class MatterRow:
    """What the search needs of a matter, light enough to hold all of them in memory."""

    code: str
    name: str
    department: str
    type_name: str
    pinyin: str
    initials: str
    has_materials: bool


@dataclass(frozen=True, slots=True)
class MatterUse:
    """How often a matter was chosen at this window, and when last."""

    code: str
    count: int
    last_at: datetime


class CatalogueStore(Protocol):
    """The cached catalogue. A new version is written beside the old one and becomes visible all at once."""

    def version(self) -> int:
        """The version in use, 0 before the first."""
        ...

    def published_at(self) -> datetime | None: ...

    def replace(self, version: int, published_at: datetime, matters: Iterable[dict[str, Any]]) -> int:
        """Put a version in place of the present one; returns the number of matters.

        Each matter has at least ``code`` and ``name``; ``department``, ``type_name``, ``pinyin``, ``initials`` and
        ``materials`` feed the light rows, the whole dictionary becomes the body. ``Rejected`` names a matter without
        code or a code that comes twice; nothing is changed then.
        """
        ...

    def rows(self) -> list[MatterRow]:
        """All matters of the version in use, by code."""
        ...

    def body(self, code: str) -> dict[str, Any]:
        """The whole matter; ``NotFound`` when the version in use has none of that code."""
        ...

    def touch(self, code: str, at: datetime) -> None:
        """Count one use."""
        ...

    def recent(self, limit: int) -> list[MatterUse]:
        """Last used first."""
        ...

    def frequent(self, limit: int) -> list[MatterUse]:
        """Most used first."""
        ...
