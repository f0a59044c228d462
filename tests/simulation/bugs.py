"""Bugs that the program does not have, planted one at a time: the simulator has to find each of them.

Each is a mistake that has been made in real programs: a checkpoint before the data is durable, no idempotency key, a
store epoch that nobody looks at, a sheet that is printed before it is stored, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

from clerk_app.ports.window import OutboxEntry, OutboxKind, OutboxState, PaperState, WindowUnit
from clerk_app.services.hall.requests import Requests
from clerk_app.services.hall.sequencer import Sequencer
from clerk_app.services.window import filing
from clerk_app.services.window.binding import StoreBinding
from clerk_app.services.window.cases import CaseDesk
from clerk_app.services.window.course import Course, Sender
from clerk_app.services.window.printing import PrintDesk
from clerk_app.services.window.settling import Settler
from db.hall.setup import SqlRequests
from db.window.cases import SqlNumbers
from db.window.papers import SqlOutbox

Plant = Callable[[], AbstractContextManager[object]]


def no_idempotency_key() -> AbstractContextManager[object]:
    """The server takes every request for a new one."""

    def once(self: Requests, caller: Any, key: str, content: bytes, work: Any, **more: Any) -> Any:
        answer = self._store.write(caller.actor.hall_id, caller.device_id, work)
        self._committed(caller.actor.hall_id)
        return answer

    return patch.object(Requests, "once", once)


def answers_are_not_kept() -> AbstractContextManager[object]:
    """The key is kept, the answer that goes with it is not."""
    return patch.object(SqlRequests, "answer", lambda self, key, status, response: None)


@contextmanager
def done_before_the_answer() -> Iterator[None]:
    """The window's checkpoint moves on although the server did not answer."""
    alone, together = Sender._alone, Sender._together

    def tick_off(self: Sender, entries: list[OutboxEntry], course: Course) -> None:
        if course.stopped:
            now = self._settler._journal.now()

            def work(unit: WindowUnit) -> None:
                for entry in entries:
                    unit.outbox.mark(entry.entry_id, OutboxState.DONE, now, "")

            self._settler._store.write(work)

    def one(self: Sender, entry: OutboxEntry, course: Course) -> None:
        alone(self, entry, course)
        tick_off(self, [entry], course)

    def many(self: Sender, entries: list[OutboxEntry], course: Course) -> None:
        together(self, entries, course)
        tick_off(self, entries, course)

    with patch.object(Sender, "_alone", one), patch.object(Sender, "_together", many):
        yield


def epoch_ignored() -> AbstractContextManager[object]:
    """A restored server is taken for the one of before."""
    return patch.object(Settler, "_is_same_server", lambda self, unit, epoch: bool(_kept(unit, epoch)))


def _kept(unit: WindowUnit, epoch: str) -> bool:
    unit.binding.set_fact("server_epoch", epoch)
    return True


@contextmanager
def told_in_a_second_transaction() -> Iterator[None]:
    """A case is stored, and only then the entry for the server."""
    add, attempt = SqlOutbox.add, CaseDesk._attempt
    late: list[OutboxEntry] = []

    def kept_back(self: SqlOutbox, entry: OutboxEntry) -> OutboxEntry:
        if entry.kind is OutboxKind.CASE:
            late.append(entry)
            return entry
        return add(self, entry)

    def attempted(self: CaseDesk, *args: Any) -> Any:
        late.clear()
        found = attempt(self, *args)
        for entry in late:
            self._store.write(lambda unit, entry=entry: add(unit.outbox, entry))
        return found

    with patch.object(SqlOutbox, "add", kept_back), patch.object(CaseDesk, "_attempt", attempted):
        yield


def numbers_are_not_taken() -> AbstractContextManager[object]:
    """The next number is read and never used up."""
    return patch.object(SqlNumbers, "take", lambda self, series, value: None)


@contextmanager
def printed_before_stored() -> Iterator[None]:
    """Papers go to the printer while the transaction that stores them is still open."""
    file_case = filing.file_case
    desks: list[Any] = []
    start = PrintDesk.__init__

    def init(self: PrintDesk, *args: Any, **more: Any) -> None:
        start(self, *args, **more)
        desks.append(self)

    def filed(unit: WindowUnit, journal: Any, conclusion: Any, numbers: Any, papers: Any, request: str) -> Any:
        row = file_case(unit, journal, conclusion, numbers, papers, request)
        desk = next(desk for desk in reversed(desks) if desk._journal is journal)
        desk._receipt_printer.print(papers[0].content)
        return row

    with (
        patch.object(PrintDesk, "__init__", init),
        patch("clerk_app.services.window.cases.file_case", filed),
    ):
        yield


def interrupted_sheets_are_sent_again() -> AbstractContextManager[object]:
    """After a start, a sheet that was being printed is taken for one that was not."""

    def recover(self: PrintDesk) -> tuple[Any, ...]:
        def work(unit: WindowUnit) -> None:
            for paper in unit.papers.in_state(PaperState.SENDING):
                unit.papers.move(paper.paper_id, PaperState.SENDING, PaperState.PREPARED, self._journal.now(), "")

        self._store.write(work)
        return ()

    return patch.object(PrintDesk, "recover", recover)


def clone_not_noticed() -> AbstractContextManager[object]:
    """A window's store numbers on whatever PC it lies."""

    def check(self: StoreBinding, unit: WindowUnit) -> Any:
        return unit.binding.binding()

    return patch.object(StoreBinding, "check", check)


@contextmanager
def chain_head_remembered() -> Iterator[None]:
    """The sequencer trusts its memory of the chain's head instead of the store."""
    heads: dict[int, tuple[int, str]] = {}

    def batch(self: Sequencer, unit: Any) -> int:
        feed_no, mac = heads.get(id(self)) or unit.journal.head()
        waiting = unit.journal.unsequenced(200)
        for entry in waiting:
            feed_no += 1
            made = self._tools.chain_mac(unit.hall_id, entry, feed_no, mac)
            unit.journal.chain(entry.entry_id, feed_no, mac, made)
            mac = made
            # Remembered before it is committed.
            heads[id(self)] = feed_no, mac
        return len(waiting)

    with patch.object(Sequencer, "_batch", batch):
        yield


PLANTS: tuple[Plant, ...] = (
    no_idempotency_key,
    answers_are_not_kept,
    done_before_the_answer,
    epoch_ignored,
    told_in_a_second_transaction,
    numbers_are_not_taken,
    printed_before_stored,
    interrupted_sheets_are_sent_again,
    clone_not_noticed,
    chain_head_remembered,
)
