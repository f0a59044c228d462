"""The outbox under a hostile network and crashes at every commit: the same end, whatever happens on the way."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.speaking import API, OLDEST_API
from clerk_app.ports.window import OutboxKind, OutboxState, PaperState
from clerk_app.services.window import records
from clerk_app.services.window.outbox import Outbox
from clerk_app.services.window.rating import RatingDesk
from clerk_app.services.window.sheets import ON_PAPER
from support.window import CLERK, FakePagePrinter, FakeReceiptPrinter, Window
from support.window_memory import MemoryWindowStore
from support.window_server import DUPLICATED, HELD_BACK, LOST_ANSWER, LOST_REQUEST, OK, FakeCounter

MODES = [OK, OK, LOST_REQUEST, LOST_ANSWER, DUPLICATED, HELD_BACK]


class Crash(BaseException):
    """The process ends at this instruction."""


class WindowLife(RuleBasedStateMachine):
    """A clerk concludes, prints and rates while the network and the power do what they like."""

    @initialize(api=st.sampled_from([OLDEST_API, API]))
    def begin(self, api: int) -> None:
        self.store = MemoryWindowStore()
        self.window = Window(self.store)
        self.counter = FakeCounter(api=api)
        self.promised: dict[str, str] = {}
        self.printed: list[bytes] = []
        self.restart()

    def restart(self) -> None:
        self.store.before_commit = self.store.after_commit = lambda: None
        self.window.receipt_printer, self.window.page_printer = FakeReceiptPrinter(), FakePagePrinter()
        self.window.restart()
        self.window.prints.recover()
        self.outbox = Outbox(self.store, self.counter, self.window.journal)  # type: ignore[arg-type]
        self.window.clock.advance(seconds=1)

    def arm(self, countdown: int | None, after: bool) -> None:
        """Let the process die at the n-th commit from now, before or after it."""
        if countdown is None:
            return
        left = [countdown]

        def tick() -> None:
            if left[0] == 0:
                raise Crash
            left[0] -= 1

        if after:
            self.store.after_commit = tick
        else:
            self.store.before_commit = tick

    @rule(
        countdown=st.none() | st.integers(0, 8),
        after=st.booleans(),
        plan=st.lists(st.sampled_from(MODES), max_size=3),
        rate=st.booleans(),
    )
    def serve(self, countdown: int | None, after: bool, plan: list[str], rate: bool) -> None:
        self.counter.plan = list(plan)
        self.arm(countdown, after)
        try:
            case = self.window.cases.conclude(self.window.complete(), OutcomeKind.ACCEPTED, CLERK)
            self.promised[case.case_id] = case.case_number
            self.window.prints.print_case(case.case_id, CLERK)
            if rate:
                RatingDesk(self.store, self.window.journal).store(CLERK, 1, case_id=case.case_id)
            self.outbox.push_once()
        except Crash:
            pass
        self.printed += self.window.receipt_printer.jobs + self.window.page_printer.jobs
        self.restart()

    @rule(plan=st.lists(st.sampled_from(MODES), max_size=6))
    def push(self, plan: list[str]) -> None:
        self.counter.plan = list(plan)
        self.outbox.push_once()

    @rule()
    def late_delivery(self) -> None:
        self.counter.deliver_late()

    @rule()
    def restored_server(self) -> None:
        self.counter.server.forget()
        self.counter.late.clear()

    @invariant()
    def nothing_promised_is_lost(self) -> None:
        for case_id, number in self.promised.items():
            assert self.store.state.cases[case_id].case_number == number

    @invariant()
    def no_number_is_used_twice(self) -> None:
        cases = self.store.state.cases.values()
        assert len({row.case_number for row in cases}) == len(cases)
        assert len({row.document_number for row in cases}) == len(cases)

    @invariant()
    def what_is_printed_is_stored(self) -> None:
        stored = {new.content for new in self.store.state.papers.values()}
        assert set(self.printed) <= stored
        assert len(set(self.printed)) == len(self.printed)

    @invariant()
    def every_case_has_its_entry(self) -> None:
        streams = {entry.stream for entry in self.store.state.outbox.values()}
        assert set(self.store.state.cases) <= streams

    @rule()
    def upgraded_server(self) -> None:
        self.counter.api = API

    @invariant()
    def a_file_is_done_only_when_the_server_has_all_of_it(self) -> None:
        for entry in self.store.state.outbox.values():
            if entry.kind is OutboxKind.FILE and entry.state is OutboxState.DONE:
                lost = self.counter.server.epoch != self.store.state.facts["server_epoch"]
                whole = self.counter.server.whole.get(entry.entry_id)
                assert lost or whole == self.store.state.papers[entry.entry_id].content

    @invariant()
    def every_printed_sheet_has_one_line_of_its_seal(self) -> None:
        sheets = [new.paper for new in self.store.state.papers.values()]
        printed = sorted(sheet.paper_id for sheet in sheets if sheet.state is PaperState.PRINTED)
        assert sorted(use.paper_id for use in self.store.state.seals) == printed

    @invariant()
    def nothing_is_left_in_mid_print(self) -> None:
        assert all(new.paper.state is not PaperState.SENDING for new in self.store.state.papers.values())

    @invariant()
    def the_audit_trail_is_whole(self) -> None:
        assert self.window.journal.check(self.store).sound

    def teardown(self) -> None:
        if not hasattr(self, "outbox"):
            return
        self.counter.plan = []
        self.counter.deliver_late()
        # The next request shows the server's new epoch, which opens everything that it lost again.
        self.window.cases.conclude(self.window.complete(), OutcomeKind.ACCEPTED, CLERK)
        assert not self.outbox.push_once().stopped
        entries = self.store.state.outbox.values()
        assert all(entry.state is OutboxState.DONE for entry in entries)
        assert set(self.counter.server.cases) == set(self.store.state.cases)
        for entry in entries:
            if entry.kind is OutboxKind.CASE:
                assert self.counter.server.cases[entry.stream] == records.load_case_record(entry.payload)
        rated = {row.rating_id for row in self.store.state.ratings.values()}
        assert rated == set(self.counter.server.ratings)
        assert {use.use_id for use in self.store.state.seals} == set(self.counter.server.told)
        if self.counter.api == API:
            sheets = [new for new in self.store.state.papers.values() if new.paper.state in ON_PAPER]
            assert self.counter.server.whole == {new.paper.paper_id: new.content for new in sheets}


TestWindowLife = WindowLife.TestCase
TestWindowLife.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)


@pytest.mark.parametrize("api", [OLDEST_API, API], ids=["one by one", "in batches and files"])
@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after the commit"])
def test_every_commit_of_a_visit_survives_a_crash(after: bool, api: int) -> None:
    """Each commit from the first key to the acknowledgement, crashed at once each, before and after it is durable."""
    crashed = 0
    while True:
        life = WindowLife()
        life.begin(api)
        life.serve(countdown=crashed, after=after, plan=[], rate=True)
        for check in (
            life.nothing_promised_is_lost,
            life.no_number_is_used_twice,
            life.what_is_printed_is_stored,
            life.every_printed_sheet_has_one_line_of_its_seal,
            life.every_case_has_its_entry,
            life.nothing_is_left_in_mid_print,
            life.the_audit_trail_is_whole,
            life.a_file_is_done_only_when_the_server_has_all_of_it,
        ):
            check()
        told = life.outbox.status()
        papers = len(life.store.state.papers) if api == API else 0
        everything = (1, 0, 0, papers)
        server = life.counter.server
        finished = (len(server.ratings), told.waiting, told.files_waiting, len(server.whole)) == everything
        life.teardown()
        if finished:
            break
        crashed += 1
    assert crashed >= 9
