"""What lies on the disks of the window and of the server, read with their own keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from clerk_app.bootstrap import sample_hall
from clerk_app.bootstrap.enrolled import read_device
from clerk_app.bootstrap.server import open_hall
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.documents.notice import notice_content
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.acts import CaseAct
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import CaseState
from clerk_app.domain.notices import notices_for
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.hall import CaseRecord
from clerk_app.ports.hall_cases import SealUse
from clerk_app.ports.hall_queue import Ticket
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.window import CaseRow, DraftRow, JournalRow, PaperState, StoredPaper, WindowUnit
from clerk_app.ports.window_files import ActRow
from clerk_app.services.hall.folding import acts_of, fold_of, opened_case
from clerk_app.services.hall.tools import system_actor
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.records import load_conclusion
from db.window.store import open_window_store

DAY = timedelta(days=1)


@dataclass(frozen=True)
class WindowFacts:
    """What lies on the window's disk; ``cases`` are those that were taken here."""

    cases: list[CaseRow]
    papers: list[StoredPaper]
    drafts: list[DraftRow]
    journal: list[JournalRow]
    journal_sound: bool
    to_upload: int
    acts: list[ActRow]


@dataclass(frozen=True)
class ServerFacts:
    """What lies on the server's disk; ``cases`` are the ids as often as they were stored anew."""

    cases: list[str]
    bodies: dict[str, dict[str, Any]]
    kinds: list[str]
    chain_sound: bool
    tickets: dict[str, Ticket]


@dataclass(frozen=True)
class ServerCaseFacts:
    """One case on the server's disk. ``checks`` are the first 16 digits of the SM3 of every A4 paper that the
    server's record and acts carry, by the paper's number; ``rated`` the stages of its visit that were rated."""

    record: CaseRecord
    file: CaseFile
    state: CaseState
    acts: tuple[CaseAct, ...]
    seals: list[SealUse]
    kinds: list[str]
    rated: list[str]
    checks: dict[str, str]


def window_facts(folder: Path, number: str = sample_hall.WINDOW_NO) -> WindowFacts:
    """Read the window's store, beside its running process too."""
    entropy, clock = SystemEntropy(), SystemClock()
    device = read_device(folder / f"window-{number}", DeviceKind.WINDOW, entropy)
    assert device is not None
    hall_id = device.enrolment.enrolled.hall.hall_id
    store = open_window_store(device.folder / "window.db", device.keys.key("sqlcipher"), hall_id)
    journal = Journal(device.crypto, device.keys.key("journal"), clock, entropy)
    sound = journal.check(store).sound

    def work(unit: WindowUnit) -> WindowFacts:
        rows = unit.journal.after(0, 100_000)
        concluded = [unit.cases.get(row.subject) for row in rows if row.kind == "case.concluded"]
        return WindowFacts(
            cases=[case for case in concluded if case is not None],
            papers=[paper for state in PaperState for paper in unit.papers.in_state(state)],
            drafts=unit.drafts.open(),
            journal=rows,
            journal_sound=sound,
            to_upload=unit.outbox.counts()[0],
            acts=[act for subject in {row.subject for row in rows} for act in unit.acts.of_case(subject)],
        )

    try:
        return store.read(work)
    finally:
        store.close()


def server_facts(folder: Path, ticket_ids: Sequence[str] = ()) -> ServerFacts:
    """Read the server's store, beside a running server too."""
    hall = open_hall(folder)
    actor = system_actor(hall.hall_id)

    def work(unit: HallUnit) -> ServerFacts:
        entries = [*unit.journal.after(0, 100_000), *unit.journal.unsequenced(100_000)]
        cases = [entry.subject for entry in entries if entry.kind == "case.stored"]
        tickets = [unit.tickets.get(ticket_id) for ticket_id in ticket_ids]
        return ServerFacts(
            cases=cases,
            bodies={case_id: unit.cases.body(case_id) for case_id in cases},
            kinds=[entry.kind for entry in entries],
            chain_sound=hall.desk.sequencer.verify(unit, actor).broken_at is None,
            tickets={ticket.number: ticket for ticket in tickets},
        )

    try:
        return hall.desk.store.read(hall.hall_id, work)
    finally:
        hall.close()


def case_at_server(folder: Path, reference: str) -> ServerCaseFacts:
    """Read everything that the server has of one case, beside the running server."""
    hall = open_hall(folder)

    def work(unit: HallUnit) -> ServerCaseFacts:
        case_id = unit.files.locate(reference)
        assert case_id is not None, reference
        head = unit.files.head(case_id)
        assert head is not None
        record, _ = opened_case(unit, case_id)
        acts = acts_of(unit, case_id)
        entries = [*unit.journal.after(0, 100_000), *unit.journal.unsequenced(100_000)]
        uses = unit.registers.seal_uses(record.received_at - DAY, record.received_at + 30 * DAY)
        visit = record.ticket_id or case_id
        stages = ("acceptance", "issue")
        return ServerCaseFacts(
            record=record,
            file=fold_of(unit, case_id),
            state=head.standing.state,
            acts=acts,
            seals=[use for use in uses if use.case_id == case_id],
            kinds=[entry.kind for entry in entries if entry.subject in {case_id, visit}],
            rated=[stage for stage in stages if unit.cases.rating_of_visit(visit, stage) is not None],
            checks=_checks(record, acts),
        )

    try:
        return hall.desk.store.read(hall.hall_id, work)
    finally:
        hall.close()


def _checks(record: CaseRecord, acts: Sequence[CaseAct]) -> dict[str, str]:
    crypto = NationalCrypto(SystemEntropy())
    notices = notices_for(load_conclusion(record.conclusion))
    taken = {notice.document_number: crypto.digest(notice_content(notice)).hex() for notice in notices}
    later = {paper.number: paper.check for act in acts for paper in act.papers if paper.notice is not None}
    return {number: check[:16] for number, check in (taken | later).items()}
