"""A hall driven at random: whatever the order of keys, the promises hold."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from clerk_app.domain.errors import Locked
from clerk_app.domain.queue import ACTIVE, PRIORITY_IN_A_ROW, PriorityClass, TicketState
from clerk_app.ports.hall_queue import Ticket
from clerk_app.services.hall.tools import system_actor
from support.hall import HallInHand, hall_in_hand

WINDOWS = ("1", "2", "3")


class QueueMachine(RuleBasedStateMachine):
    """The model is a list of tickets in the order of taking and what each window holds."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.hall: HallInHand = self.stack.enter_context(hall_in_hand(folder))
        self.waiting: list[Ticket] = []
        self.active: dict[str, Ticket] = {}
        self.missed: list[Ticket] = []
        self.numbers: list[str] = []
        self.first_calls: list[str] = []
        self.bypasses = 0

    def teardown(self) -> None:
        self.stack.close()

    @rule(
        priority=st.sampled_from([PriorityClass.ORDINARY, PriorityClass.ELDERLY]),
        group=st.integers(0, 2),
    )
    def take(self, priority: PriorityClass, group: int) -> None:
        self.hall.clock.move(seconds=1)
        ticket = self.hall.take(priority, group)
        self.waiting.append(ticket)
        self.numbers.append(ticket.number)

    @rule(window=st.sampled_from(WINDOWS))
    def call(self, window: str) -> None:
        self.hall.clock.move(seconds=1)
        if window in self.active:
            try:
                self.hall.call(window)
            except Locked:
                return
            raise AssertionError("a busy window called")
        expected = self._expected()
        called = self.hall.call(window)
        assert (called and called.ticket_id) == (expected and expected.ticket_id)
        if called is None or expected is None:
            return
        ordinary_waits = any(ticket.priority is PriorityClass.ORDINARY for ticket in self.waiting)
        is_priority = expected.priority is not PriorityClass.ORDINARY
        self.bypasses = self.bypasses + 1 if is_priority else 0
        assert not (ordinary_waits and is_priority and self.bypasses > PRIORITY_IN_A_ROW)
        self.waiting.remove(expected)
        self.active[window] = called
        self.first_calls.append(called.ticket_id)

    def _expected(self) -> Ticket | None:
        if not self.waiting:
            return None
        first = self.bypasses < PRIORITY_IN_A_ROW
        wanted = [ticket for ticket in self.waiting if (ticket.priority is not PriorityClass.ORDINARY) == first]
        return (wanted or self.waiting)[0]

    @precondition(lambda self: self.active)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        window = data.draw(st.sampled_from(sorted(self.active)))
        done = self.hall.finish(self.active.pop(window))
        assert done.state is TicketState.FINISHED

    @precondition(lambda self: self.active)
    @rule(data=st.data())
    def no_show(self, data: st.DataObject) -> None:
        window = data.draw(st.sampled_from(sorted(self.active)))
        actor, ticket = self.hall.actor(window), self.active.pop(window)
        queue = self.hall.desk.queue
        for _ in range(2):
            self.hall.clock.move(seconds=10)
            self.hall.write(lambda unit: queue.recall(unit, actor, ticket.ticket_id))
        self.missed.append(self.hall.write(lambda unit: queue.miss(unit, actor, ticket.ticket_id)))

    @precondition(lambda self: self.missed)
    @rule(data=st.data())
    def come_back(self, data: st.DataObject) -> None:
        ticket = data.draw(st.sampled_from(self.missed))
        window = ticket.window_no or ""
        work = self.hall.desk.calling.undo_miss
        try:
            back = self.hall.write(lambda unit: work(unit, self.hall.actor(window), ticket.ticket_id))
        except Locked:
            assert window in self.active
            return
        assert window not in self.active
        self.missed.remove(ticket)
        self.active[window] = back

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        ticket = data.draw(st.sampled_from(self.waiting))
        self.hall.write(lambda unit: self.hall.desk.taking.cancel(unit, self.hall.kiosk(), ticket.ticket_id))
        self.waiting.remove(ticket)

    @rule()
    def sequence(self) -> None:
        self.hall.sequence()

    @invariant()
    def no_number_twice(self) -> None:
        assert len(set(self.numbers)) == len(self.numbers)
        assert len(set(self.first_calls)) == len(self.first_calls)

    @invariant()
    def the_store_knows_what_the_windows_hold(self) -> None:
        for window in WINDOWS:
            held = self.hall.read(lambda unit, window=window: unit.tickets.active(window))
            wanted = self.active.get(window)
            assert (held and held.ticket_id) == (wanted and wanted.ticket_id)
            assert held is None or held.state in ACTIVE

    @invariant()
    def the_chain_is_whole(self) -> None:
        actor = system_actor(self.hall.hall_id)
        report = self.hall.read(lambda unit: self.hall.desk.sequencer.verify(unit, actor))
        assert report.broken_at is None


TestQueueMachine = QueueMachine.TestCase
TestQueueMachine.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
