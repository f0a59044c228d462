"""A real process, a real encrypted store, SIGKILL at any instruction: what was promised is there, once."""

from __future__ import annotations

import hashlib
import subprocess
import time
from pathlib import Path
from random import Random

from clerk_app.ports.window import JournalRow, PaperState, StoredPaper, WindowUnit
from db.window.store import open_window_store
from support import forked, window_worker
from support.window import CLERK, HALL_ID, Window

ROUNDS = 6


def run_and_kill(store: Path, papers: Path, lines: int, pause: float) -> list[tuple[str, str]]:
    """Promises of one life of the process."""
    pipe = subprocess.PIPE
    arguments = [str(store), str(papers)]
    process = forked.start(window_worker.__name__, arguments, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout is not None
    promised = []
    for _ in range(lines):
        line = process.stdout.readline()
        if not line:
            break
        promised.append(line)
    time.sleep(pause)
    process.kill()
    rest, errors = process.communicate(timeout=60)
    assert promised, errors
    promised += [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    return [(line.split()[0], line.split()[1]) for line in promised]


def everything(unit: WindowUnit) -> tuple[list[StoredPaper], list[JournalRow]]:
    papers = [paper for state in PaperState for paper in unit.papers.in_state(state)]
    return papers, unit.journal.after(0, 100_000)


def test_killed_again_and_again_nothing_is_lost_and_no_number_comes_twice(tmp_path: Path) -> None:
    path, printed = tmp_path / "window.db", tmp_path / "papers.log"
    random = Random(20261123)
    promised: list[tuple[str, str]] = []
    for _ in range(ROUNDS):
        promised += run_and_kill(path, printed, random.randint(1, 6), random.random() * 0.04)
    assert len(promised) >= ROUNDS

    store = open_window_store(path, window_worker.KEY, HALL_ID)
    window = Window(store, seed=99)
    window.prints.recover()
    papers, journal = store.read(everything)

    for case_id, number in promised:
        assert window.cases.case(case_id).case_number == number
    concluded = {row.subject: row.payload["case_number"] for row in journal if row.kind == "case.concluded"}
    assert len(set(concluded.values())) == len(concluded)
    sequence = sorted(int(number.rsplit("-", 1)[1]) for number in concluded.values())
    assert sequence == list(range(1, len(sequence) + 1))
    documents = [paper.number for paper in papers]
    assert len(set(documents)) == len(documents)

    stored = {hashlib.sha256(store.read(lambda unit, p=p: unit.papers.content(p.paper_id))).hexdigest() for p in papers}  # type: ignore[misc]
    on_paper = printed.read_text().split()
    assert set(on_paper) <= stored
    assert len(set(on_paper)) == len(on_paper)
    assert {paper.state for paper in papers} <= {PaperState.PREPARED, PaperState.PRINTED, PaperState.UNKNOWN}
    assert sum(paper.state is PaperState.PRINTED for paper in papers) <= len(on_paper)

    waiting = store.read(lambda unit: unit.outbox.waiting(0, 100_000))
    assert {entry.stream for entry in waiting} == set(concluded)
    assert window.journal.check(store).sound
    intake = window.complete()
    following = window.cases.preview(intake, window_worker.OutcomeKind.ACCEPTED, CLERK).numbers.case
    assert int(following.rsplit("-", 1)[1]) == len(sequence) + 1
    store.close()
