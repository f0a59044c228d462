"""Sending on under everything that may go wrong, in any order: lost calls, a crash before and after every commit of the
hall, a city that dies and one that is restored from a backup. In the end both have the same."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from clerk_app.domain.queue import VisitReason
from clerk_app.ports.hall import CaseRecord
from clerk_app.ports.hall_cases import VisitRecord
from clerk_app.ports.hall_sync import Taken
from clerk_app.services.hall.upward import Upward
from support.batches import batch, on_its_way
from support.case_flow import Staff, granted, opening, record, sealed, staff, uuid
from support.city import City, everything
from support.hall import MORNING, HallInHand, hall_in_hand

T = TypeVar("T")


class Crash(BaseException):
    """The process of the hall is gone."""


class CrashingStore:
    """The hall's store for the one who sends on; the power goes before or after a commit."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.before: int | None = None
        self.after: int | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, hall_id: str, who: str, work: Callable[[Any], T], *, patient: bool = False) -> T:
        if self.before is not None:
            self.before -= 1
            if self.before < 0:
                raise Crash
        found: T = self._store.write(hall_id, who, work, patient=patient)
        if self.after is not None:
            self.after -= 1
            if self.after < 0:
                raise Crash
        return found


class SendingOn(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="clerk-upward-")
        self.place = Path(self.folder.name)
        (self.place / "city").mkdir()
        self.open = hall_in_hand(self.place)
        self.hall: HallInHand = self.open.__enter__()
        self.hall.clock.move(hours=1)
        self.people: Staff = staff(self.hall)
        profile = self.hall.read(lambda unit: unit.setup.profile())
        self.city = City(self.place / "city", self.hall.clock, profile)
        self.store = CrashingStore(self.hall.store)
        self.backup: Path | None = None
        self.cases: list[CaseRecord] = []
        self.grants: dict[str, Any] = {}
        self.made = 0

    def teardown(self) -> None:
        try:
            self.settle()
        finally:
            self.city.close()
            self.open.__exit__(None, None, None)
            self.folder.cleanup()

    def settle(self) -> None:
        """Everything works again: then both have the same, each record once."""
        self.city.lose_requests = self.city.lose_answers = 0
        self.store.before = self.store.after = None
        for _ in range(3):
            last = self.push()
        assert last is not None
        assert (last.stopped, last.records, last.files, last.set_aside) == ("", 0, 0, 0)
        assert everything(self.city.place, self.hall.hall_id) == everything(self.place, self.hall.hall_id)

    def accept(self, value: Any, caller: Any = None) -> None:
        self.made += 1
        answer = self.hall.desk.batches.take(
            caller or self.people.clerk.caller, batch(on_its_way(value, f"key-{self.made:05d}"))
        )
        assert answer.answers[0].taken is Taken.ACCEPTED, answer

    def push(self) -> Any:
        self.hall.sequence()
        upward = Upward(self.store, self.hall.desk.tools, self.hall.desk.uploads, self.hall.hall_id)  # type: ignore[arg-type]
        try:
            return upward.push_once(self.city, self.city.enrolled.device_id, "one")
        except Crash:
            self.store.before = self.store.after = None
            return None

    # --- what happens ---------------------------------------------------------------------------------------------
    @initialize()
    def yesterday(self) -> None:
        self.new_case()
        self.push()
        self.backup = self.city.back_up()

    @rule()
    def new_case(self) -> None:
        number = len(self.cases) + 1
        made = record(opening(number, self.people.clerk.user_id), self.hall.hall_id)
        self.accept(made)
        self.cases.append(made)

    @rule(which=st.integers(0, 50))
    def an_act(self, which: int) -> None:
        case = self.cases[which % len(self.cases)]
        grant = self.grants.get(case.case_id)
        number = which % len(self.cases) + 1
        if grant is None:
            self.grants[case.case_id] = grant = granted(2 * number, case.case_id, self.people.reviewer.doer)
            self.accept(grant, self.people.reviewer.caller)
        elif grant != "sealed":
            self.accept(sealed(2 * number + 1, grant, self.people.keeper.doer), self.people.keeper.caller)
            self.grants[case.case_id] = "sealed"

    @rule()
    def a_visit(self) -> None:
        self.accept(VisitRecord(uuid(self.made, 300), (VisitReason.SUBMIT,), "12", MORNING, MORNING))

    @rule()
    def it_is_sent_on(self) -> None:
        self.push()

    @rule(count=st.integers(1, 2))
    def requests_get_lost(self, count: int) -> None:
        self.city.lose_requests = count
        self.push()

    @rule(count=st.integers(1, 2))
    def answers_get_lost(self, count: int) -> None:
        self.city.lose_answers = count
        self.push()

    @rule(at=st.integers(0, 3), after=st.booleans())
    def the_hall_dies(self, at: int, after: bool) -> None:
        self.store.after, self.store.before = (at, None) if after else (None, at)
        self.push()
        self.store.after = self.store.before = None

    @rule()
    def the_city_is_backed_up(self) -> None:
        self.backup = self.city.back_up()

    @rule()
    def the_city_is_restored(self) -> None:
        assert self.backup is not None
        self.city.restore(self.backup)

    @invariant()
    def nothing_is_set_aside(self) -> None:
        assert self.hall.read(lambda unit: unit.upward.set_aside()) == []


SendingOn.TestCase.settings = settings(max_examples=6, stateful_step_count=15, deadline=None)
TestSendingOn = pytest.mark.timeout(300)(SendingOn.TestCase)
