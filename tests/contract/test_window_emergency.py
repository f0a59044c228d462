"""What every store of a window promises of the time without a server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from clerk_app.domain.queue import PrintState, PriorityClass, VisitReason
from clerk_app.ports.window import WindowStore
from clerk_app.ports.window_emergency import EmergencyRow, WindowBlock
from db.window.store import open_window_store
from support.window import HALL_ID, NOW
from support.window_memory import MemoryWindowStore

DAY = date(2026, 11, 23)
ROW = EmergencyRow(
    ticket_id="018f0000-0000-7000-8000-000000000001",
    day=DAY,
    number="Y101",
    given=True,
    group_id="g-A",
    group_name="企业准入",
    priority=PriorityClass.ELDERLY,
    reason=VisitReason.COLLECT,
    taken_at=NOW,
    print_state=PrintState.PENDING,
)


@pytest.fixture(params=["memory", "sqlcipher"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WindowStore]:
    made: WindowStore
    if request.param == "memory":
        made = MemoryWindowStore()
    else:
        made = open_window_store(tmp_path / "window.db", b"k" * 32, HALL_ID)
    yield made
    made.close()


def put(store: WindowStore, *rows: EmergencyRow) -> None:
    for row in rows:
        store.write(lambda unit, one=row: unit.emergency.put(one))


def test_blocks_belong_to_an_enrolment_and_are_dropped(store: WindowStore) -> None:
    for block_no, device_id in ((7, "one"), (3, "one"), (5, "other"), (7, "one")):
        block = WindowBlock(block_no, device_id, NOW)
        store.write(lambda unit, one=block: unit.emergency.add_block(one))
    assert [one.block_no for one in store.read(lambda unit: unit.emergency.blocks("one"))] == [3, 7]
    store.write(lambda unit: unit.emergency.drop_block(3))
    assert store.read(lambda unit: unit.emergency.blocks("one")) == [WindowBlock(7, "one", NOW)]


def test_a_row_comes_back_as_it_was_last_written(store: WindowStore) -> None:
    put(store, ROW)
    served = replace(ROW, called_at=NOW + timedelta(minutes=5), merged_id="018f0000-0000-7000-8000-000000000002")
    put(store, served)
    assert store.read(lambda unit: unit.emergency.get(ROW.ticket_id)) == served
    assert store.read(lambda unit: unit.emergency.get("nobody")) is None


def test_who_is_served_now_is_found_and_the_latest_of_a_number(store: WindowStore) -> None:
    first = replace(ROW, called_at=NOW, ended_at=NOW, outcome="left")
    again = replace(ROW, ticket_id=ROW.ticket_id[:-1] + "2", taken_at=NOW + timedelta(minutes=1), called_at=NOW)
    tomorrow = replace(ROW, ticket_id=ROW.ticket_id[:-1] + "3", day=DAY + timedelta(days=1), taken_at=NOW)
    put(store, again, first, tomorrow)
    assert store.read(lambda unit: unit.emergency.served_now()) == again
    assert store.read(lambda unit: unit.emergency.latest(DAY, "Y101")) == again
    assert store.read(lambda unit: unit.emergency.latest(DAY, "Y102")) is None
    assert store.read(lambda unit: unit.emergency.of_day(DAY)) == [first, again]
