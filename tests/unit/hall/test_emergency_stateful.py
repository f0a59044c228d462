"""Windows and kiosks of one hall, on and off line, killed at any commit, told in any order: nobody twice, nobody lost.

The model is what people hold and saw: every number that was said or printed, every visit that a clerk began and ended.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from clerk_app.domain.errors import Locked, Unreachable
from clerk_app.domain.queue import ACTIVE, QUEUED, TicketState
from clerk_app.ports.hall_queue import TakeTicket
from clerk_app.ports.stores_hall_emergency import Stage
from clerk_app.ports.window import OutboxState
from clerk_app.services.callboard import CallBoard
from clerk_app.services.hall.sequencer import public_entry
from clerk_app.services.hall.tools import system_actor
from support.emergency import AKiosk, AWindow, Crash
from support.hall import HallInHand, hall_in_hand
from support.postgres import new_store, quick_server
from support.window_server import DUPLICATED, LOST_ANSWER, LOST_REQUEST, OK

WINDOWS, KIOSKS = ("1", "2", "3"), ("a", "b")
MODES = st.lists(st.sampled_from([OK, OK, OK, LOST_REQUEST, LOST_ANSWER, DUPLICATED]), max_size=4)
MISTYPED = "C777"
CRASHES = st.sampled_from([None, None, None, "before", "after"])


class EmergencyMachine(RuleBasedStateMachine):
    """``numbers`` were said to somebody, ``void`` are those of lost answers, ``ended`` visits that are over."""

    postgresql = False

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        place = self.stack.enter_context(new_store(quick_server())) if self.postgresql else folder / "server"
        self.hall: HallInHand = self.stack.enter_context(hall_in_hand(place))
        self.windows = {number: AWindow(self.hall, number) for number in WINDOWS}
        self.kiosks = {name: AKiosk(self.hall, folder / f"{name}.db") for name in KIOSKS}
        for kiosk in self.kiosks.values():
            self.stack.callback(lambda kiosk=kiosk: kiosk.close())
        self.numbers: list[str] = []
        self.begun: set[str] = set()
        self.ended: dict[str, str] = {}
        self.void: set[str] = set()
        self.wishes = 0
        self.board = CallBoard()
        self.board.show(self._snapshot())
        for window in self.windows.values():
            self.hall.write(lambda unit, one=window: self.hall.desk.counters.logged_in(unit, one.actor))
            window.sync()
        for kiosk in self.kiosks.values():
            kiosk.connect()
        for place in (*self.windows.values(), self.kiosks["a"]):
            place.line.online = False
        for _ in range(3):
            self.take_online()

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.everybody_back()
            self.stack.close()

    # --- the server's own queue -------------------------------------------------------------------------------
    @rule()
    def take_online(self) -> None:
        self.hall.clock.move(seconds=7)
        self.numbers.append(self.hall.take().number)

    @rule(number=st.sampled_from(WINDOWS))
    def call_online(self, number: str) -> None:
        self.hall.clock.move(seconds=7)
        window = self.windows[number]
        if not window.line.online or window.desk.book().open is not None:
            return
        try:
            self.hall.write(lambda unit: self.hall.desk.calling.call_next(unit, window.actor))
        except Locked:
            return

    @rule(number=st.sampled_from(WINDOWS))
    def finish_online(self, number: str) -> None:
        window = self.windows[number]
        active = self.hall.read(lambda unit: unit.tickets.active(number))
        if active is None or not window.line.online or self._is_open_by_hand(active.ticket_id):
            return
        self.hall.clock.move(seconds=31)
        self.hall.write(lambda unit: self.hall.desk.calling.finish(unit, window.actor, active.ticket_id, "accepted"))

    def _is_open_by_hand(self, ticket_id: str) -> bool:
        words = self.hall.read(lambda unit: unit.emergency.of_ticket(ticket_id))
        return any(word.stage is Stage.SERVED and not word.conflict for word in words)

    # --- going away and coming back ---------------------------------------------------------------------------
    @rule(name=st.sampled_from(WINDOWS + KIOSKS), plan=MODES)
    def line(self, name: str, plan: list[str]) -> None:
        place = self.windows.get(name) or self.kiosks[name]
        place.line.online = not place.line.online
        place.line.plan = plan

    @rule(name=st.sampled_from(WINDOWS))
    def sync(self, name: str) -> None:
        try:
            self.windows[name].sync()
        except Unreachable:
            return

    @rule(name=st.sampled_from(KIOSKS))
    def connect(self, name: str) -> None:
        if self.kiosks[name].line.online:
            try:
                self.kiosks[name].connect()
            except Unreachable:
                return

    @rule(name=st.sampled_from(WINDOWS + KIOSKS))
    def restart(self, name: str) -> None:
        (self.windows.get(name) or self.kiosks[name]).restart()

    # --- without the server -----------------------------------------------------------------------------------
    @rule(name=st.sampled_from(KIOSKS), lost=st.booleans())
    def kiosk_gives(self, name: str, lost: bool) -> None:
        kiosk = self.kiosks[name]
        self.hall.clock.move(seconds=5)
        self.wishes += 1
        key = f"wish-{self.wishes:08d}"
        wish = TakeTicket(self.hall.groups()[self.wishes % 2].group_id)
        if lost and kiosk.line.online:
            # The server carried it out, the answer never came: the number on paper is the machine's own.
            kiosk.line.plan = [LOST_ANSWER]
            before = {ticket.number for ticket in self._tickets()}
            with suppress(Unreachable):
                kiosk.line.take_ticket(wish, key=key)
            self.void |= {ticket.number for ticket in self._tickets()} - before
        self.numbers.append(kiosk.desk.give(wish, key).number)

    @rule(name=st.sampled_from(WINDOWS), serve=st.booleans(), crash=CRASHES)
    def window_gives(self, name: str, serve: bool, crash: str | None) -> None:
        window = self.windows[name]
        self.hall.clock.move(seconds=5)
        before = len(window.desk.book().rows)
        self._arm(window, crash)
        try:
            row = window.desk.give(window.actor, serve=serve)
        except Locked:
            window.restart()
            return
        except Crash:
            window.restart()
            if len(window.desk.book().rows) == before:
                return
            row = window.desk.book().rows[-1]
        window.restart()
        self.numbers.append(row.number)
        if serve:
            self.begun.add(row.ticket_id)

    @rule(name=st.sampled_from(WINDOWS), data=st.data(), crash=CRASHES, wrong=st.booleans())
    def window_calls_by_hand(self, name: str, data: st.DataObject, crash: str | None, wrong: bool) -> None:
        window = self.windows[name]
        self.hall.clock.move(seconds=5)
        number = data.draw(st.sampled_from(self.numbers)) if self.numbers and not wrong else MISTYPED
        self._arm(window, crash)
        try:
            row = window.desk.call(window.actor, number)
        except Locked:
            window.restart()
            return
        except Crash:
            window.restart()
            found = window.desk.book().open
            if found is None:
                return
            row = found
        window.restart()
        self.begun.add(row.ticket_id)

    @precondition(lambda self: any(window.desk.book().open for window in self.windows.values()))
    @rule(data=st.data(), crash=CRASHES)
    def window_ends(self, data: st.DataObject, crash: str | None) -> None:
        open_ = [window for window in self.windows.values() if window.desk.book().open is not None]
        window = data.draw(st.sampled_from(open_))
        self.hall.clock.move(seconds=40)
        row = window.desk.book().open
        assert row is not None
        self._arm(window, crash)
        try:
            window.desk.end(window.actor, row.ticket_id, "accepted")
        except Crash:
            window.restart()
            if window.desk.book().open is not None:
                return
        window.restart()
        self.ended[row.ticket_id] = window.number

    def _arm(self, window: AWindow, crash: str | None) -> None:
        if crash is not None:
            window.dies_at(after=crash == "after")

    # --- promises ---------------------------------------------------------------------------------------------
    @invariant()
    def no_number_was_given_twice(self) -> None:
        if hasattr(self, "numbers"):
            assert len(set(self.numbers)) == len(self.numbers)

    @invariant()
    def a_window_serves_one_at_most(self) -> None:
        if not hasattr(self, "hall"):
            return
        tickets = self._tickets()
        active = [ticket.window_no for ticket in tickets if ticket.state in ACTIVE]
        assert len(set(active)) == len(active)
        called = [ticket.ticket_id for ticket in tickets]
        assert len(set(called)) == len(called)

    @invariant()
    def every_screen_counts_the_same(self) -> None:
        if not hasattr(self, "hall"):
            return
        self.hall.sequence()
        fresh = self.hall.read(lambda unit: unit.journal.after(self.board._applied, 500))
        self.board.apply(tuple(public_entry(entry) for entry in fresh))
        counted = sum(group.waiting for group in self.board.groups)
        assert counted == self._snapshot().waiting
        assert counted == sum(ticket.state in QUEUED for ticket in self._tickets())

    def everybody_back(self) -> None:
        """All lines work, every visit is ended, everything is told: the server knows it all."""
        for window in self.windows.values():
            window.restart()
            window.line.online, window.line.plan = True, []
            if (row := window.desk.book().open) is not None:
                window.desk.end(window.actor, row.ticket_id, "accepted")
                self.ended[row.ticket_id] = window.number
        first, then = (self._windows_tell, self._kiosks_tell)
        for tell in (first, then) if self.wishes % 2 else (then, first):
            tell()
        tickets = {ticket.number: ticket for ticket in self._tickets()}
        assert len(tickets) == len(self._tickets())
        for number in self.numbers:
            assert number in tickets, f"{number} is lost"
        strange = set(tickets) - set(self.numbers) - self.void
        for told_id, window_no in self.ended.items():
            word = self.hall.read(lambda unit, one=told_id: unit.emergency.get(one))
            assert word is not None
            assert (word.stage, word.window_no) == (Stage.ENDED, window_no)
            ticket = self.hall.read(lambda unit, one=word.ticket_id: unit.tickets.get(one))
            if not word.conflict or ticket.ticket_id == told_id:
                assert (ticket.state, ticket.window_no) == (TicketState.FINISHED, window_no)
            if word.number == MISTYPED:
                strange.discard(ticket.number)
            else:
                assert ticket.number == word.number
        assert strange == set(), "a ticket that nobody holds"
        for number in self.void:
            ticket = tickets[number]
            assert ticket.state is TicketState.CANCELLED or ticket.called_at is not None, f"{number} has no paper"
        assert self.begun <= set(self.ended)
        calling = self.hall.desk.calling
        for window in self.windows.values():
            # Nothing hangs: each window can go on with the queue.
            active = self.hall.read(lambda unit, one=window: unit.tickets.active(one.number))
            if active is not None:
                words = self.hall.read(lambda unit, it=active: unit.emergency.of_ticket(it.ticket_id))
                assert all(word.conflict or word.stage is Stage.WAITS for word in words), f"{active.number} hangs"
                self.hall.write(
                    lambda unit, one=window, it=active: calling.finish(unit, one.actor, it.ticket_id, "left")
                )
        for _ in range(len(tickets) + 1):
            for window in self.windows.values():
                called = self.hall.write(lambda unit, one=window: calling.call_next(unit, one.actor)).ticket
                if called is not None:
                    self.hall.finish(called)
        assert [ticket.number for ticket in self._tickets() if ticket.state in QUEUED] == []
        self.hall.sequence()
        actor = system_actor(self.hall.hall_id)
        assert self.hall.read(lambda unit: self.hall.desk.sequencer.verify(unit, actor)).broken_at is None
        day = self.hall.read(self.hall.desk.days.today)
        found = self.hall.read(lambda unit: self.hall.desk.dispatch.verify(unit, actor, day))
        assert [str(one) for one in found.report.findings] == []

    def _windows_tell(self) -> None:
        for window in self.windows.values():
            window.sync()
            entries = window.store.state.outbox.values()
            assert {entry.state for entry in entries} <= {OutboxState.DONE}, [entry.reason for entry in entries]

    def _kiosks_tell(self) -> None:
        for kiosk in self.kiosks.values():
            kiosk.line.online, kiosk.line.plan = True, []
            kiosk.connect()
            assert kiosk.store.untold() == []

    def _tickets(self) -> list:  # type: ignore[type-arg]
        return self.hall.read(lambda unit: unit.tickets.of_day(self.hall.desk.days.today(unit)))

    def _snapshot(self):  # type: ignore[no-untyped-def]
        actor = self.kiosks["a"].caller.actor
        return self.hall.read(lambda unit: self.hall.desk.waiting.snapshot(unit, actor))


TestEmergencyMachine = EmergencyMachine.TestCase
TestEmergencyMachine.settings = settings(max_examples=6, stateful_step_count=25, deadline=None)


class EmergencyOnPostgres(EmergencyMachine):
    postgresql = True


TestEmergencyOnPostgres = EmergencyOnPostgres.TestCase
TestEmergencyOnPostgres.settings = settings(max_examples=3, stateful_step_count=25, deadline=None)
