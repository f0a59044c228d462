"""The order in which a window reads the acts of a case back: the server's first, then its own as it made them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clerk_app.domain.cases import CaseStep
from clerk_app.ports.window import WindowStore
from clerk_app.ports.window_files import ActRow, ActState
from db.window.store import open_window_store
from support.window import HALL_ID, NOW
from support.window_memory import MemoryWindowStore


@pytest.fixture(params=["memory", "sqlcipher"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WindowStore]:
    made: WindowStore = MemoryWindowStore()
    if request.param == "sqlcipher":
        made = open_window_store(tmp_path / "window.db", b"k" * 32, HALL_ID)
    yield made
    made.close()


def row(act_id: str, state: ActState = ActState.WAITING, position: int = 0) -> ActRow:
    return ActRow(act_id, "case-1", CaseStep.TAKE_UP, NOW, "clerk", state, {"act": act_id}, position)


def test_acts_of_the_same_millisecond_keep_the_order_in_which_they_were_made(store: WindowStore) -> None:
    for act_id in ("b", "c", "a"):
        store.write(lambda unit, one=act_id: unit.acts.add(row(one)))  # type: ignore[misc]
    assert [act.act_id for act in store.read(lambda unit: unit.acts.of_case("case-1"))] == ["b", "c", "a"]
    assert [act.act_id for act in store.read(lambda unit: unit.acts.waiting())] == ["b", "c", "a"]


def test_what_the_server_acknowledged_comes_first_in_its_order_and_what_it_refused_last(store: WindowStore) -> None:
    for act_id in ("a", "b", "c", "d"):
        store.write(lambda unit, one=act_id: unit.acts.add(row(one)))  # type: ignore[misc]
    store.write(lambda unit: unit.acts.refused("a", "不符"))
    store.write(lambda unit: unit.acts.acknowledged("d", 2))
    store.write(lambda unit: unit.acts.merge([row("e", ActState.ACKNOWLEDGED, 1)]))
    assert [act.act_id for act in store.read(lambda unit: unit.acts.of_case("case-1"))] == ["e", "d", "b", "c", "a"]
    assert [act.act_id for act in store.read(lambda unit: unit.acts.waiting())] == ["b", "c"]


def test_what_was_refused_is_found_by_when_it_was_done(store: WindowStore) -> None:
    for number, act_id in enumerate(("b", "c", "a")):
        one = replace(row(act_id), at=NOW + timedelta(days=number))
        store.write(lambda unit, act=one: unit.acts.add(act))  # type: ignore[misc]
    for act_id in ("a", "b"):
        store.write(lambda unit, one=act_id: unit.acts.refused(one, "不符"))  # type: ignore[misc]
    found = store.read(lambda unit: unit.acts.refused_since(NOW))
    assert [(act.act_id, act.reason) for act in found] == [("b", "不符"), ("a", "不符")]
    later = store.read(lambda unit: unit.acts.refused_since(NOW + timedelta(days=1)))
    assert [act.act_id for act in later] == ["a"]


def test_the_last_act_of_a_kind_is_known_for_each_case_without_refused_ones(store: WindowStore) -> None:
    def add(act_id: str, case_id: str, step: CaseStep, minutes: int) -> None:
        one = replace(row(act_id), case_id=case_id, step=step, at=NOW + timedelta(minutes=minutes))
        store.write(lambda unit: unit.acts.add(one))

    add("a", "case-1", CaseStep.RECEIVE_PART, 1)
    add("b", "case-1", CaseStep.RECEIVE_ALL, 5)
    add("c", "case-1", CaseStep.HAND_OVER, 7)
    add("d", "case-2", CaseStep.RECEIVE_ALL, 3)
    add("e", "case-2", CaseStep.RECEIVE_ALL, 9)
    store.write(lambda unit: unit.acts.refused("e", "不符"))
    arrivals = [CaseStep.RECEIVE_PART, CaseStep.RECEIVE_ALL]
    found = store.read(lambda unit: unit.acts.last_of(arrivals, NOW))
    assert found == {"case-1": NOW + timedelta(minutes=5), "case-2": NOW + timedelta(minutes=3)}
    assert store.read(lambda unit: unit.acts.last_of(arrivals, NOW + timedelta(minutes=4))) == {
        "case-1": NOW + timedelta(minutes=5)
    }
