"""A ticket machine without its server goes on from its own blocks and tells it all afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from clerk_app.domain.errors import Locked, NotAllowed, StoreFault, Unreachable
from clerk_app.domain.queue import PrintState, PriorityClass, TicketState
from clerk_app.ports.hall_queue import CardPerson, TakeTicket
from db.kiosk.store import open_kiosk_store
from support.emergency import AKiosk, Crash
from support.hall import HallInHand, hall_in_hand
from support.window_server import LOST_ANSWER, OK

OLD = CardPerson("张三", "110101195003070011", date(1950, 3, 7))


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallInHand]:
    with hall_in_hand(tmp_path / "server") as made:
        yield made


@pytest.fixture
def kiosk(hall: HallInHand, tmp_path: Path) -> Iterator[AKiosk]:
    made = AKiosk(hall, tmp_path / "kiosk" / "kiosk.db")
    made.connect()
    made.line.online = False
    yield made
    made.close()


def wish(hall: HallInHand, **more: object) -> TakeTicket:
    return TakeTicket(hall.groups()[0].group_id, **more)  # type: ignore[arg-type]


def key(number: int) -> str:
    return f"018f0000-0000-7000-8000-{number:012d}"


def waiting(hall: HallInHand) -> list[str]:
    found = hall.read(lambda unit: unit.tickets.of_day(hall.clock.now().date(), [TicketState.WAITING]))
    return [ticket.number for ticket in found]


def test_it_keeps_as_many_blocks_as_the_setting_says(hall: HallInHand, tmp_path: Path) -> None:
    machine = AKiosk(hall, tmp_path / "other.db", blocks=3)
    machine.connect()
    assert machine.store.blocks(machine.caller.device_id) == [1, 2, 3]
    assert machine.desk.left() == 297
    machine.restart()
    machine.connect()
    assert hall.read(lambda unit: unit.running.blocks_of(machine.caller.device_id)) == [1, 2, 3]
    machine.close()


def test_a_lost_answer_costs_no_block(hall: HallInHand, tmp_path: Path) -> None:
    machine = AKiosk(hall, tmp_path / "other.db", blocks=2)
    machine.line.plan = [OK, LOST_ANSWER]
    with pytest.raises(Unreachable):
        machine.connect()
    machine.restart()
    machine.connect()
    assert machine.store.blocks(machine.caller.device_id) == [1, 2]
    machine.close()


def test_the_paper_says_what_it_is_and_who_calls(hall: HallInHand, kiosk: AKiosk) -> None:
    given = kiosk.desk.give(wish(hall, card=OLD), key(1))
    paper = kiosk.desk.paper(given, "老年人优先")
    assert (paper.number, paper.hall_name, paper.subject) == ("Y101", "明河区政务服务中心", hall.groups()[0].name)
    assert (paper.machine, paper.priority, given.priority) == ("取号机 1", "老年人优先", PriorityClass.ELDERLY)


def test_the_card_is_not_kept(hall: HallInHand, kiosk: AKiosk, tmp_path: Path) -> None:
    given = kiosk.desk.give(wish(hall, card=OLD), key(1))
    assert "张三" not in repr(given)
    assert OLD.id_number not in repr(kiosk.store.get(given.ticket_id))
    assert b"SQLite format" not in (tmp_path / "kiosk" / "kiosk.db").read_bytes()[:64]


def test_the_same_wish_gets_the_same_number_and_another_one_the_next(hall: HallInHand, kiosk: AKiosk) -> None:
    first = kiosk.desk.give(wish(hall), key(1))
    kiosk.restart()
    assert kiosk.desk.give(wish(hall), key(1)) == first
    assert kiosk.desk.give(wish(hall), key(2)).number == "Y102"


def test_a_machine_that_dies_before_it_prints_loses_a_number_but_gives_none_twice(
    hall: HallInHand, kiosk: AKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kiosk.desk, "_new_id", lambda: (_ for _ in ()).throw(Crash()))
    with pytest.raises(Crash):
        kiosk.desk.give(wish(hall), key(1))
    kiosk.restart()
    assert kiosk.desk.give(wish(hall), key(2)).number == "Y101"


def test_after_its_blocks_the_guide_desk_helps(hall: HallInHand, kiosk: AKiosk) -> None:
    for number in range(99):
        kiosk.desk.give(wish(hall), key(number))
    with pytest.raises(Locked, match="导办台或窗口取号"):
        kiosk.desk.give(wish(hall), key(100))


def test_a_machine_that_never_met_its_server_gives_nothing(hall: HallInHand, tmp_path: Path) -> None:
    machine = AKiosk(hall, tmp_path / "other.db")
    with pytest.raises(NotAllowed, match="没有连上过服务器"):
        machine.desk.give(wish(hall), key(1))
    machine.close()


def test_all_is_told_in_order_when_the_server_is_back(hall: HallInHand, kiosk: AKiosk) -> None:
    later = None
    for number in range(3):
        kiosk.desk.give(wish(hall, matters=("m-1",)), key(number))
        hall.clock.move(minutes=1)
    later = hall.take()
    assert kiosk.desk.tell() == 3
    kiosk.restart()
    kiosk.line.online = True
    kiosk.connect()
    assert kiosk.store.untold() == []
    assert sorted(waiting(hall)) == [later.number, "Y101", "Y102", "Y103"]
    assert hall.read(lambda unit: unit.tickets.ahead(later)) == 3
    assert kiosk.desk.tell() == 0


def test_a_paper_that_was_printed_after_the_telling_is_told_again(hall: HallInHand, kiosk: AKiosk) -> None:
    given = kiosk.desk.give(wish(hall), key(1))
    kiosk.line.online = True
    kiosk.desk.tell()
    kiosk.desk.printed(given.ticket_id, PrintState.PRINTED)
    kiosk.desk.tell()
    ticket = hall.read(lambda unit: unit.tickets.get(given.ticket_id))
    assert (ticket.print_state, ticket.prints) == (PrintState.PRINTED, 1)


def test_the_number_replaces_the_wish_whose_answer_was_lost(hall: HallInHand, kiosk: AKiosk) -> None:
    kiosk.line.online, kiosk.line.plan = True, [LOST_ANSWER]
    with pytest.raises(Unreachable):
        kiosk.line.take_ticket(wish(hall), key=key(1))
    assert waiting(hall) == ["A001"]
    kiosk.line.online = False
    kiosk.desk.give(wish(hall), key(1))
    kiosk.line.online = True
    kiosk.desk.tell()
    assert waiting(hall) == ["Y101"]


def test_what_the_server_refuses_does_not_hold_up_the_others(hall: HallInHand, kiosk: AKiosk) -> None:
    old = kiosk.desk.give(wish(hall), key(1))
    hall.clock.move(days=20)
    kiosk.desk.give(wish(hall), key(2))
    kiosk.line.online = True
    assert kiosk.desk.tell() == 0
    refused = kiosk.store.get(old.ticket_id)
    assert refused is not None
    assert "时钟" in refused.refused
    assert waiting(hall) == ["Y101"]


def test_the_store_opens_with_its_key_alone(kiosk: AKiosk, tmp_path: Path) -> None:
    with pytest.raises(StoreFault):
        open_kiosk_store(tmp_path / "kiosk" / "kiosk.db", b"x" * 32)
