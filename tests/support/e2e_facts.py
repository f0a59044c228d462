"""What lies on the disks of the window and of the server, read with their own keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clerk_app.bootstrap import sample_hall
from clerk_app.bootstrap.enrolled import read_device
from clerk_app.bootstrap.server import open_hall
from clerk_app.domain.actor import DeviceKind
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.hall import Ticket
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.window import CaseRow, DraftRow, JournalRow, PaperState, StoredPaper, WindowUnit
from clerk_app.services.hall.tools import system_actor
from clerk_app.services.window.journal import Journal
from db.window.store import open_window_store

WINDOW_FOLDER = f"window-{sample_hall.WINDOW_NO}"


@dataclass(frozen=True)
class WindowFacts:
    """What lies on the window's disk."""

    cases: list[CaseRow]
    papers: list[StoredPaper]
    drafts: list[DraftRow]
    journal: list[JournalRow]
    journal_sound: bool
    to_upload: int


@dataclass(frozen=True)
class ServerFacts:
    """What lies on the server's disk; ``cases`` are the ids as often as they were stored anew."""

    cases: list[str]
    bodies: dict[str, dict[str, Any]]
    kinds: list[str]
    chain_sound: bool
    tickets: dict[str, Ticket]


def window_facts(folder: Path) -> WindowFacts:
    """Read the window's store; its process has ended."""
    entropy, clock = SystemEntropy(), SystemClock()
    device = read_device(folder / WINDOW_FOLDER, DeviceKind.WINDOW, entropy)
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
