"""What the hall's store promises for cases after their conclusion, whichever database it stands on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clerk_app.domain.actor import Role
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.errors import Conflict, Refusal
from clerk_app.ports.hall_cases import WorkKind
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_cases import ActWrite
from support.case_flow import at_work, granted, opening, record, sealed, staff, uuid
from support.hall import MORNING, HallInHand, hall_in_hand

SOON = MORNING + timedelta(minutes=5)


class CaseFilesContract:
    """Inherit and give a fixture ``hall``."""

    def test_of_many_who_decide_at_once_one_decides(self, hall: HallInHand) -> None:
        clerk = at_work(hall, "12", "王晓梅")
        reviewers = [at_work(hall, str(number), f"审{number}", Role.REVIEWER) for number in range(21, 27)]
        start = opening(1, clerk.user_id)
        clerk.stores(record(start, hall.hall_id))
        ready = threading.Barrier(len(reviewers))

        def decide(at: int) -> bool:
            act = granted(at, start.case_id, reviewers[at].doer, SOON)
            ready.wait()
            try:
                return reviewers[at].pushes(act).position == 1
            except Refusal:
                return False

        with ThreadPoolExecutor(len(reviewers)) as pool:
            assert sum(pool.map(decide, range(len(reviewers)))) == 1
        assert len(clerk.looks_at(start.case_id).acts) == 1

    def test_one_act_sent_by_eight_hands_is_one_act(self, hall: HallInHand) -> None:
        people = staff(hall)
        start = opening(1, people.clerk.user_id)
        people.clerk.stores(record(start, hall.hall_id))
        grant = granted(1, start.case_id, people.reviewer.doer, SOON)
        with ThreadPoolExecutor(8) as pool:
            acks = list(pool.map(lambda _: people.reviewer.pushes(grant), range(8)))
        assert set(acks) == {acks[0]}
        assert people.clerk.looks_at(start.case_id).acts == (grant,)

    def test_a_position_is_given_once(self, hall: HallInHand) -> None:
        people = staff(hall)
        start = opening(1, people.clerk.user_id)
        people.clerk.stores(record(start, hall.hall_id))
        people.reviewer.pushes(granted(1, start.case_id, people.reviewer.doer, SOON))

        def again(unit: HallUnit) -> None:
            found = unit.files.find_act(uuid(1, 100))
            assert found is not None
            write = hall.read(lambda other: other.files.acts(start.case_id))[0]
            unit.files.add_act(_as_write(found.position, write))

        with pytest.raises(Conflict, match="刚刚在别处办了一步"):
            hall.write(again)

    def test_what_fails_half_way_leaves_neither_act_nor_register_nor_list(self, hall: HallInHand) -> None:
        people = staff(hall)
        start = opening(1, people.clerk.user_id)
        people.clerk.stores(record(start, hall.hall_id))
        grant = granted(1, start.case_id, people.reviewer.doer, SOON)
        people.reviewer.pushes(grant)
        seal = sealed(2, grant, people.keeper.doer, SOON)

        def fail(unit: HallUnit) -> None:
            hall.desk.files.store_act(unit, people.keeper.caller.actor, seal)
            raise Conflict("stop")

        with pytest.raises(Conflict, match="stop"):
            hall.write(fail)
        found = people.clerk.looks_at(start.case_id)
        assert (found.state, found.acts) == (CaseState.GRANTED, (grant,))
        assert [line.case_id for line in people.keeper.work(WorkKind.TO_SEAL)] == [start.case_id]
        assert hall.read(lambda unit: unit.registers.seal_uses(MORNING, MORNING + timedelta(days=1))) == []

    def test_halls_in_one_store_see_nothing_of_each_other(self, hall: HallInHand) -> None:
        people = staff(hall)
        start = opening(1, people.clerk.user_id)
        people.clerk.stores(record(start, hall.hall_id))
        other = "0198f0a0-0000-7000-8000-0000000000ff"
        assert hall.store.read(other, lambda unit: unit.files.locate(start.case_number)) is None
        assert hall.store.read(other, lambda unit: unit.files.head(start.case_id)) is None
        assert hall.store.read(other, lambda unit: unit.files.listed({CaseState.ACCEPTED}, 10)) == []

    def test_the_standing_is_what_the_acts_say(self, hall: HallInHand) -> None:
        people = staff(hall)
        start = opening(1, people.clerk.user_id)
        people.clerk.stores(record(start, hall.hall_id))
        before = hall.read(lambda unit: unit.files.head(start.case_id)).standing
        people.reviewer.pushes(granted(1, start.case_id, people.reviewer.doer, SOON))
        after = hall.read(lambda unit: unit.files.head(start.case_id)).standing
        assert after == replace(
            before, state=CaseState.GRANTED, since=SOON, decided_by=people.reviewer.user_id, due_at=after.due_at
        )


def _as_write(position: int, body: dict[str, object]) -> ActWrite:
    return ActWrite(
        act_id=uuid(99, 100),
        case_id=str(body["case_id"]),
        position=position,
        step=CaseStep.GRANT,
        state=CaseState.GRANTED,
        at=SOON,
        user_id="x",
        body=body,
        body_hash="x",
        synced_at=SOON,
    )


class TestSqliteCaseFiles(CaseFilesContract):
    @pytest.fixture
    def hall(self, hall_place: Path | str) -> Iterator[HallInHand]:
        with hall_in_hand(hall_place) as found:
            found.clock.move(hours=1)
            yield found
