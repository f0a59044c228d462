"""The window's store in memory: the same promises without a disk, for tests that need thousands of runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, TypeVar

from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.errors import Conflict, NotFound, Rejected
from clerk_app.ports.capture import ON_THE_SERVER, PageRow
from clerk_app.ports.window import (
    Binding,
    CaseDates,
    CaseRow,
    DraftRow,
    JournalRow,
    KnownUser,
    MatterRow,
    MatterUse,
    NewPaper,
    OutboxEntry,
    OutboxKind,
    OutboxState,
    PaperState,
    RatingRow,
    StoredPaper,
    WindowUnit,
)
from clerk_app.ports.window_emergency import EmergencyRow, WindowBlock
from clerk_app.ports.window_files import ActRow, ActState, ConsultationRow, SealRow, SignatureRow, VisitRow

T = TypeVar("T")


@dataclass
class State:
    binding: Binding | None = None
    facts: dict[str, str] = field(default_factory=dict)
    series: dict[str, int] = field(default_factory=dict)
    drafts: dict[str, DraftRow] = field(default_factory=dict)
    cases: dict[str, CaseRow] = field(default_factory=dict)
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    papers: dict[str, NewPaper] = field(default_factory=dict)
    outbox: dict[str, OutboxEntry] = field(default_factory=dict)
    ratings: dict[tuple[str, str], RatingRow] = field(default_factory=dict)
    people: dict[str, KnownUser] = field(default_factory=dict)
    journal: list[JournalRow] = field(default_factory=list)
    acts: dict[str, ActRow] = field(default_factory=dict)
    signatures: dict[str, SignatureRow] = field(default_factory=dict)
    seals: list[SealRow] = field(default_factory=list)
    visits: dict[str, VisitRow] = field(default_factory=dict)
    consultations: list[ConsultationRow] = field(default_factory=list)
    blocks: dict[int, WindowBlock] = field(default_factory=dict)
    emergency: dict[str, EmergencyRow] = field(default_factory=dict)
    pages: dict[str, PageRow] = field(default_factory=dict)
    page_contents: dict[str, bytes] = field(default_factory=dict)
    offered: dict[str, datetime] = field(default_factory=dict)

    def fork(self) -> State:
        return State(**{name: copy(value) for name, value in vars(self).items()})


class _Part:
    def __init__(self, state: State) -> None:
        self._s = state


class _Binding(_Part):
    def binding(self) -> Binding | None:
        return self._s.binding

    def bind(self, binding: Binding) -> None:
        self._s.binding = binding

    def fact(self, name: str) -> str | None:
        return self._s.facts.get(name)

    def set_fact(self, name: str, value: str) -> None:
        self._s.facts[name] = value


class _Numbers(_Part):
    def last(self, series: str) -> int:
        return self._s.series.get(series, 0)

    def take(self, series: str, value: int) -> None:
        if value != self.last(series) + 1:
            raise Conflict("编号已被占用，请再按一次")
        self._s.series[series] = value

    def jump(self, by: int) -> None:
        self._s.series = {series: last + by for series, last in self._s.series.items()}


class _Drafts(_Part):
    def put(self, draft: DraftRow) -> None:
        self._s.drafts[draft.case_id] = draft

    def get(self, case_id: str) -> DraftRow | None:
        return self._s.drafts.get(case_id)

    def open(self) -> list[DraftRow]:
        rows = [row for row in self._s.drafts.values() if row.abandoned_at is None]
        return sorted(rows, key=lambda row: row.saved_at, reverse=True)

    def received_before(self, at: datetime) -> list[DraftRow]:
        rows = [row for row in self._s.drafts.values() if row.received_at is not None and row.received_at < at]
        return sorted(rows, key=lambda row: row.received_at or at)

    def of_ticket(self, ticket_id: str) -> list[DraftRow]:
        rows = [row for row in self._s.drafts.values() if row.ticket_id == ticket_id]
        return sorted(rows, key=lambda row: row.saved_at, reverse=True)

    def delete(self, case_id: str) -> None:
        self._s.drafts.pop(case_id, None)


class _Cases(_Part):
    def add(self, case: CaseRow, body: dict[str, Any]) -> None:
        taken = {row.case_number for row in self._s.cases.values()}
        assert case.case_id not in self._s.cases
        assert case.case_number not in taken
        self._s.cases[case.case_id] = case
        self._s.bodies[case.case_id] = body

    def body(self, case_id: str) -> dict[str, Any]:
        return self._s.bodies[case_id]

    def get(self, case_id: str) -> CaseRow | None:
        return self._s.cases.get(case_id)

    def acknowledged(self, case_id: str, record_id: str, case_no: str, synced_at: datetime) -> None:
        row = self._s.cases[case_id]
        self._s.cases[case_id] = replace(row, record_id=record_id, case_no=case_no, synced_at=synced_at)

    def moved(self, case_id: str, state: CaseState, dates: CaseDates) -> None:
        self._s.cases[case_id] = replace(self._s.cases[case_id], state=state, **vars_of(dates))

    def _own(self) -> list[CaseRow]:
        return [row for row in self._sorted() if not row.origin]

    def _sorted(self) -> list[CaseRow]:
        return sorted(self._s.cases.values(), key=lambda row: (row.concluded_at, row.case_id))

    def of_day(self, day: date, user_id: str) -> list[CaseRow]:
        return [row for row in self._own() if row.day == day and row.user_id == user_id]

    def of_ticket(self, ticket_id: str) -> list[CaseRow]:
        return [row for row in self._own() if row.ticket_id == ticket_id]

    def in_state(self, states: Any, since: datetime) -> list[CaseRow]:
        return [row for row in self._own() if row.state in states and row.concluded_at >= since]

    def find(self, text: str, limit: int) -> list[CaseRow]:
        end = _bare(text.upper())
        found = [
            row
            for row in reversed(self._sorted())
            if _bare(row.case_number).endswith(end)
            or _bare(row.document_number).endswith(end)
            or row.ticket_number == text.upper()
            or text in row.applicant_name
        ]
        return found[:limit]


def _bare(text: str) -> str:
    return text.replace("-", "").replace(" ", "").replace("号", "")


class _Papers(_Part):
    def add(self, new: NewPaper) -> None:
        self._s.papers[new.paper.paper_id] = new

    def get(self, paper_id: str) -> StoredPaper | None:
        new = self._s.papers.get(paper_id)
        return new.paper if new else None

    def content(self, paper_id: str) -> bytes:
        return self._s.papers[paper_id].content

    def source(self, paper_id: str) -> dict[str, Any]:
        return self._s.papers[paper_id].source

    def of_case(self, case_id: str) -> list[StoredPaper]:
        return [new.paper for new in self._s.papers.values() if new.paper.case_id == case_id]

    def in_state(self, state: PaperState) -> list[StoredPaper]:
        return [new.paper for new in self._s.papers.values() if new.paper.state is state]

    def move(self, paper_id: str, expected: PaperState, state: PaperState, at: datetime, sentence: str) -> StoredPaper:
        new = self._s.papers[paper_id]
        if new.paper.state is not expected:
            raise Conflict("这张纸的状态刚变过，请看最新的状态")
        moved = replace(new.paper, state=state, state_at=at, sentence=sentence)
        self._s.papers[paper_id] = replace(new, paper=moved)
        return moved


class _Outbox(_Part):
    def add(self, entry: OutboxEntry) -> OutboxEntry:
        stored = replace(entry, position=len(self._s.outbox) + 1)
        self._s.outbox[entry.entry_id] = stored
        return stored

    def _in(self, state: OutboxState) -> list[OutboxEntry]:
        rows = [entry for entry in self._s.outbox.values() if entry.state is state]
        return sorted(rows, key=lambda entry: entry.position)

    def _waiting(self, files: bool = False) -> list[OutboxEntry]:
        return [entry for entry in self._in(OutboxState.WAITING) if (entry.kind is OutboxKind.FILE) is files]

    def waiting(self, after: int, limit: int, *, files: bool = False) -> list[OutboxEntry]:
        return [entry for entry in self._waiting(files) if entry.position > after][:limit]

    def of_stream(self, stream: str, after: int) -> list[OutboxEntry]:
        return [row for row in self._waiting() if row.stream == stream and row.position > after]

    def set_aside(self) -> list[OutboxEntry]:
        return self._in(OutboxState.SET_ASIDE)

    def get(self, entry_id: str) -> OutboxEntry | None:
        return self._s.outbox.get(entry_id)

    def counts(self, *, files: bool = False) -> tuple[int, datetime | None]:
        rows = self._waiting(files)
        return len(rows), min((row.made_at for row in rows), default=None)

    def mark(self, entry_id: str, state: OutboxState, at: datetime, reason: str) -> None:
        done_at = at if state is OutboxState.DONE else None
        self._s.outbox[entry_id] = replace(self._s.outbox[entry_id], state=state, done_at=done_at, reason=reason)

    def reopen_done(self) -> int:
        done = self._in(OutboxState.DONE)
        for entry in done:
            self._s.outbox[entry.entry_id] = replace(entry, state=OutboxState.WAITING, done_at=None)
        return len(done)

    def reopen_set_aside(self) -> int:
        aside = self.set_aside()
        for entry in aside:
            self._s.outbox[entry.entry_id] = replace(entry, state=OutboxState.WAITING, reason="")
        return len(aside)


class _Ratings(_Part):
    def add(self, rating: RatingRow) -> None:
        assert (rating.visit, rating.stage) not in self._s.ratings
        self._s.ratings[rating.visit, rating.stage] = rating

    def of_visit(self, visit: str, stage: str) -> RatingRow | None:
        return self._s.ratings.get((visit, stage))

    def acknowledged(self, rating_id: str, synced_at: datetime) -> None:
        for key, row in list(self._s.ratings.items()):
            if row.rating_id == rating_id:
                self._s.ratings[key] = replace(row, synced_at=synced_at)


class _People(_Part):
    def known(self, login_name: str) -> KnownUser | None:
        return self._s.people.get(login_name)

    def remember(self, user: KnownUser) -> None:
        self._s.people[user.login_name] = user

    def forget(self, login_name: str) -> None:
        self._s.people.pop(login_name, None)


class _Journal(_Part):
    def append(self, row: JournalRow) -> None:
        self._s.journal.append(row)

    def head(self) -> tuple[int, str]:
        return (self._s.journal[-1].entry_no, self._s.journal[-1].mac) if self._s.journal else (0, "")

    def after(self, entry_no: int, limit: int) -> list[JournalRow]:
        return [row for row in self._s.journal if row.entry_no > entry_no][:limit]

    def of_subject(self, subject: str) -> list[JournalRow]:
        return [row for row in self._s.journal if row.subject == subject]


_ACT_ORDER = {ActState.ACKNOWLEDGED: 0, ActState.WAITING: 1, ActState.REFUSED: 2}


class _Acts(_Part):
    def add(self, act: ActRow) -> None:
        assert act.act_id not in self._s.acts
        self._s.acts[act.act_id] = act

    def get(self, act_id: str) -> ActRow | None:
        return self._s.acts.get(act_id)

    def of_case(self, case_id: str) -> list[ActRow]:
        rows = [act for act in self._s.acts.values() if act.case_id == case_id]
        return sorted(rows, key=lambda act: (_ACT_ORDER[act.state], act.position))

    def waiting(self) -> list[ActRow]:
        return [act for act in self._s.acts.values() if act.state is ActState.WAITING]

    def refused_since(self, since: datetime) -> list[ActRow]:
        return [act for act in self._s.acts.values() if act.state is ActState.REFUSED and act.at >= since]

    def last_of(self, steps: Sequence[CaseStep], since: datetime) -> dict[str, datetime]:
        rows = [row for row in self._s.acts.values() if row.step in steps and row.at >= since]
        counting = [row for row in rows if row.state is not ActState.REFUSED]
        return {row.case_id: row.at for row in sorted(counting, key=lambda row: row.at)}

    def acknowledged(self, act_id: str, position: int) -> None:
        act = self._s.acts[act_id]
        self._s.acts[act_id] = replace(act, state=ActState.ACKNOWLEDGED, position=position, reason="")

    def refused(self, act_id: str, reason: str) -> None:
        self._s.acts[act_id] = replace(self._s.acts[act_id], state=ActState.REFUSED, reason=reason)

    def merge(self, acts: Sequence[ActRow]) -> None:
        for act in acts:
            self._s.acts[act.act_id] = act


class _Signatures(_Part):
    def add(self, signature: SignatureRow) -> None:
        assert signature.signature_id not in self._s.signatures
        self._s.signatures[signature.signature_id] = signature

    def get(self, signature_id: str) -> SignatureRow | None:
        return self._s.signatures.get(signature_id)

    def of_case(self, case_id: str) -> list[SignatureRow]:
        rows = [row for row in self._s.signatures.values() if row.case_id == case_id]
        return sorted(rows, key=lambda row: row.signed_at)


class _Pages(_Part):
    def add(self, row: PageRow, content: bytes) -> PageRow:
        assert row.page_id not in self._s.pages
        beside = [one.position for one in self._s.pages.values() if _place(one) == _place(row)]
        stored = self._s.pages[row.page_id] = replace(row, position=max(beside, default=0) + 1)
        self._s.page_contents[row.page_id] = content
        return stored

    def get(self, page_id: str) -> PageRow | None:
        return self._s.pages.get(page_id)

    def content(self, page_id: str) -> bytes:
        if page_id not in self._s.page_contents:
            raise NotFound(ON_THE_SERVER)
        return self._s.page_contents[page_id]

    def of_case(self, case_id: str) -> list[PageRow]:
        rows = [row for row in self._s.pages.values() if row.case_id == case_id and row.removed_at is None]
        return sorted(rows, key=lambda row: (row.material_id, row.position))

    def set_removed(self, page_id: str, at: datetime | None) -> None:
        self._s.pages[page_id] = replace(self._s.pages[page_id], removed_at=at)

    def sweep(self, removed_before: datetime) -> list[PageRow]:
        gone = [row for row in self._s.pages.values() if row.removed_at and row.removed_at < removed_before]
        for row in gone:
            del self._s.pages[row.page_id], self._s.page_contents[row.page_id]
        return gone


def _place(row: PageRow) -> tuple[str, str]:
    return row.case_id, row.material_id


_ON_PAPER = {PaperState.PRINTED, PaperState.SENT, PaperState.SAVED, PaperState.VOIDED}


class _Offers(_Part):
    def papers(self, limit: int) -> list[StoredPaper]:
        rows = [new.paper for new in self._s.papers.values() if new.paper.state in _ON_PAPER]
        left = [paper for paper in rows if paper.paper_id not in self._s.offered]
        return sorted(left, key=lambda paper: (paper.made_at, paper.paper_id))[:limit]

    def pages(self, limit: int) -> list[PageRow]:
        rows = [page for page in self._s.pages.values() if page.removed_at is None and page.case_id in self._s.cases]
        left = [page for page in rows if page.page_id not in self._s.offered]
        return sorted(left, key=lambda page: (page.case_id, page.material_id, page.position))[:limit]

    def paper_offered(self, paper_id: str, at: datetime) -> None:
        self._s.offered[paper_id] = at

    page_offered = paper_offered

    def drop_contents(self, acknowledged_before: datetime, limit: int) -> list[PageRow]:
        gone = []
        for page_id in list(self._s.page_contents):
            entry = self._s.outbox.get(page_id)
            if entry is None or entry.state is not OutboxState.DONE or entry.done_at is None:
                continue
            if entry.done_at < acknowledged_before and len(gone) < limit:
                del self._s.page_contents[page_id]
                gone.append(self._s.pages[page_id])
        return gone


class _Seals(_Part):
    def add(self, use: SealRow) -> None:
        self._s.seals.append(use)

    def of_paper(self, paper_id: str) -> list[SealRow]:
        return [use for use in self._s.seals if use.paper_id == paper_id]

    def of_day(self, day: date) -> list[SealRow]:
        return [use for use in self._s.seals if use.at.date() == day]


class _Visits(_Part):
    def add(self, visit: VisitRow) -> None:
        self._s.visits.setdefault(visit.visit, visit)

    def of_day(self, day: date) -> list[VisitRow]:
        rows = [row for row in self._s.visits.values() if row.ended_at.date() == day]
        return sorted(rows, key=lambda row: row.ended_at)


class _Consultations(_Part):
    def add(self, consultation: ConsultationRow) -> None:
        assert consultation.number not in {row.number for row in self._s.consultations}
        self._s.consultations.append(consultation)

    def of_day(self, day: date) -> list[ConsultationRow]:
        return [row for row in self._s.consultations if row.given_at.date() == day]


def vars_of(dates: CaseDates) -> dict[str, Any]:
    return {item.name: getattr(dates, item.name) for item in fields(dates)}


class _Emergency(_Part):
    def blocks(self, device_id: str) -> list[WindowBlock]:
        found = [block for block in self._s.blocks.values() if block.device_id == device_id]
        return sorted(found, key=lambda block: block.block_no)

    def add_block(self, block: WindowBlock) -> None:
        self._s.blocks.setdefault(block.block_no, block)

    def drop_block(self, block_no: int) -> None:
        self._s.blocks.pop(block_no, None)

    def put(self, row: EmergencyRow) -> None:
        self._s.emergency[row.ticket_id] = row

    def get(self, ticket_id: str) -> EmergencyRow | None:
        return self._s.emergency.get(ticket_id)

    def _rows(self) -> list[EmergencyRow]:
        return sorted(self._s.emergency.values(), key=lambda row: (row.taken_at, row.ticket_id))

    def latest(self, day: date, number: str) -> EmergencyRow | None:
        found = [row for row in self._rows() if (row.day, row.number) == (day, number)]
        return found[-1] if found else None

    def served_now(self) -> EmergencyRow | None:
        found = [row for row in self._rows() if row.called_at is not None and row.ended_at is None]
        return found[-1] if found else None

    def of_day(self, day: date) -> list[EmergencyRow]:
        return [row for row in self._rows() if row.day == day]


class Unit:
    def __init__(self, state: State) -> None:
        self.binding = _Binding(state)
        self.numbers = _Numbers(state)
        self.drafts = _Drafts(state)
        self.cases = _Cases(state)
        self.papers = _Papers(state)
        self.outbox = _Outbox(state)
        self.ratings = _Ratings(state)
        self.people = _People(state)
        self.journal = _Journal(state)
        self.acts = _Acts(state)
        self.signatures = _Signatures(state)
        self.seals = _Seals(state)
        self.visits = _Visits(state)
        self.consultations = _Consultations(state)
        self.emergency = _Emergency(state)
        self.pages = _Pages(state)
        self.offers = _Offers(state)


class MemoryCatalogue:
    def __init__(self) -> None:
        self._version = 0
        self._at: datetime | None = None
        self._bodies: dict[str, dict[str, Any]] = {}
        self._uses: dict[str, MatterUse] = {}

    def version(self) -> int:
        return self._version

    def published_at(self) -> datetime | None:
        return self._at

    def replace(self, version: int, published_at: datetime, matters: Iterable[dict[str, Any]]) -> int:
        bodies: dict[str, dict[str, Any]] = {}
        for matter in matters:
            if not matter.get("code") or not matter.get("name") or matter["code"] in bodies:
                raise Rejected("matters", "目录里有一条没有编码，或编码重复，仍用原来的目录")
            bodies[matter["code"]] = matter
        self._version, self._at, self._bodies = version, published_at, bodies
        return len(bodies)

    def rows(self) -> list[MatterRow]:
        names = ("code", "name", "department", "type_name", "pinyin", "initials")
        return [
            MatterRow(*(str(body.get(name) or "") for name in names), has_materials=bool(body.get("materials")))
            for _, body in sorted(self._bodies.items())
        ]

    def body(self, code: str) -> dict[str, Any]:
        if code not in self._bodies:
            raise NotFound("目录里已经没有这个事项，请重新搜索")
        return self._bodies[code]

    def touch(self, code: str, at: datetime) -> None:
        before = self._uses.get(code)
        self._uses[code] = MatterUse(code, before.count + 1 if before else 1, at)

    def recent(self, limit: int) -> list[MatterUse]:
        return sorted(self._uses.values(), key=lambda use: use.last_at, reverse=True)[:limit]

    def frequent(self, limit: int) -> list[MatterUse]:
        return sorted(self._uses.values(), key=lambda use: (use.count, use.last_at), reverse=True)[:limit]


class MemoryWindowStore:
    """``state`` is what a disk would hold. ``before_commit`` and ``after_commit`` may raise, to play a crash."""

    def __init__(self) -> None:
        self.state = State()
        self.catalogue = MemoryCatalogue()
        self.before_commit: Callable[[], None] = lambda: None
        self.after_commit: Callable[[], None] = lambda: None
        self._turn = threading.RLock()

    def write(self, work: Callable[[WindowUnit], T]) -> T:
        with self._turn:
            draft = self.state.fork()
            result = work(Unit(draft))
            self.before_commit()
            self.state = draft
            self.after_commit()
            return result

    def read(self, work: Callable[[WindowUnit], T]) -> T:
        with self._turn:
            return work(Unit(self.state.fork()))

    def close(self) -> None:
        return
