"""A window without a server: numbers from its own block, citizens called by hand, all of it told afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app.domain.errors import Locked, NotFound, Rejected
from clerk_app.domain.queue import PrintState, TicketState
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ports.window import OutboxKind
from clerk_app.ports.window_emergency import WindowBlock
from support.emergency import AWindow, Crash
from support.hall import HallInHand, hall_in_hand
from support.window import FakeReceiptPrinter
from support.window_server import LOST_ANSWER


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallInHand]:
    with hall_in_hand(tmp_path) as made:
        yield made


@pytest.fixture
def window(hall: HallInHand) -> AWindow:
    made = AWindow(hall, "12")
    made.sync()
    made.line.online = False
    return made


def blocks(window: AWindow) -> list[int]:
    return [block.block_no for block in window.store.read(lambda unit: unit.emergency.blocks(window.device_id))]


def test_a_block_is_reserved_while_online_and_kept_over_a_restart(hall: HallInHand, window: AWindow) -> None:
    assert blocks(window) == [1]
    window.restart()
    window.line.online = True
    window.sync()
    assert blocks(window) == [1]
    assert hall.read(lambda unit: unit.running.blocks_of(window.device_id)) == [1]


def test_a_lost_answer_brings_the_same_block_again(hall: HallInHand) -> None:
    window = AWindow(hall, "12")
    window.line.plan = [LOST_ANSWER]
    with pytest.raises(Exception, match="没有回答"):
        window.sync()
    window.restart()
    window.sync()
    assert blocks(window) == [1]
    assert hall.read(lambda unit: unit.running.blocks_of(window.device_id)) == [1]


def test_a_block_that_a_restored_server_gave_to_another_is_used_no_more(hall: HallInHand, window: AWindow) -> None:
    hall.write(lambda unit: unit.emergency.take_block(2, "another", hall.clock.now()))
    block = WindowBlock(2, window.device_id, hall.clock.now())
    window.store.write(lambda unit: unit.emergency.add_block(block))
    window.restart()
    window.line.online = True
    window.sync()
    assert blocks(window) == [1]


def test_numbers_come_from_the_own_block_and_are_durable_before_they_are_printed(
    hall: HallInHand, window: AWindow
) -> None:
    first = window.desk.give(window.actor)
    hall.clock.move(seconds=1)
    second = window.desk.give(window.actor)
    hall.clock.move(seconds=1)
    assert [first.number, second.number] == ["Y101", "Y102"]
    window.printer.on_print = lambda: window.restart()
    assert window.desk.print(first).outcome is PrintOutcome.PRINTED
    (paper,) = window.papers.drawn
    assert (paper.number, paper.hall_name, paper.machine) == ("Y101", "明河区政务服务中心", "12 号窗口")
    window.restart()
    assert window.desk.give(window.actor).number == "Y103"
    assert [row.number for row in window.desk.book().waiting] == ["Y101", "Y102", "Y103"]
    assert window.desk.book().left == 96


@pytest.mark.parametrize("after", [True, False])
def test_a_number_is_never_given_twice_whenever_the_power_goes(window: AWindow, after: bool) -> None:
    window.dies_at(after=after)
    with pytest.raises(Crash):
        window.desk.give(window.actor)
    window.restart()
    assert window.desk.give(window.actor).number == ("Y102" if after else "Y101")


def test_a_cloned_store_gives_no_numbers(window: AWindow) -> None:
    window.machine.name = "another-pc"
    with pytest.raises(Locked, match="别的电脑拷来"):
        window.desk.give(window.actor)


def test_the_block_starts_again_the_next_day(hall: HallInHand, window: AWindow) -> None:
    assert window.desk.give(window.actor).number == "Y101"
    hall.clock.move(days=1)
    assert window.desk.give(window.actor).number == "Y101"
    hall.clock.move(days=-1)
    assert window.desk.give(window.actor).number == "Y102"


def test_when_the_block_is_empty_it_says_what_to_do(window: AWindow) -> None:
    for _ in range(99):
        window.desk.give(window.actor)
    with pytest.raises(Locked, match="手工叫号"):
        window.desk.give(window.actor)


def test_the_number_that_the_citizen_holds_is_called_by_hand(hall: HallInHand, window: AWindow) -> None:
    waiting = hall.take()
    row = window.desk.call(window.actor, " a001 ")
    assert (row.number, row.group_name, row.given) == ("A001", hall.groups()[0].name, False)
    assert window.desk.call(window.actor, "A001") == row
    with pytest.raises(Locked, match="A001 还没办完"):
        window.desk.call(window.actor, "A002")
    hall.clock.move(minutes=10)
    done = window.desk.end(window.actor, row.ticket_id, "accepted")
    assert window.desk.end(window.actor, row.ticket_id, "left") == done
    assert window.woken > 0
    window.line.online = True
    window.sync()
    merged = hall.read(lambda unit: unit.tickets.get(waiting.ticket_id))
    assert (merged.state, merged.window_no, merged.outcome) == (TicketState.FINISHED, "12", "accepted")
    assert window.desk.merged_id(row.ticket_id) == waiting.ticket_id


def test_what_is_no_number_is_refused_with_an_example(window: AWindow) -> None:
    for text in ("", "47", "AA47", "A", "A0", "明河"):
        with pytest.raises(Rejected, match="例如 A047"):
            window.desk.call(window.actor, text)


def test_a_number_served_here_today_is_not_served_again_by_a_slip(window: AWindow) -> None:
    row = window.desk.call(window.actor, "A047")
    window.desk.end(window.actor, row.ticket_id, "accepted")
    with pytest.raises(Locked, match="在本窗口办过了"):
        window.desk.call(window.actor, "A047")


def test_a_number_given_here_keeps_its_id_when_it_is_called(hall: HallInHand, window: AWindow) -> None:
    given = window.desk.give(window.actor)
    hall.clock.move(minutes=5)
    served = window.desk.call(window.actor, given.number)
    assert served.ticket_id == given.ticket_id
    window.desk.end(window.actor, served.ticket_id, "consulted")
    window.line.online = True
    window.sync()
    ticket = hall.read(lambda unit: unit.tickets.get(given.ticket_id))
    assert (ticket.number, ticket.state, ticket.wait_s) == ("Y101", TicketState.FINISHED, 300)


def test_a_visit_that_was_cut_off_is_found_after_the_start(window: AWindow) -> None:
    row = window.desk.call(window.actor, "A047")
    window.restart()
    assert window.desk.book().open == row
    window.desk.end(window.actor, row.ticket_id, "left")
    assert window.desk.book().open is None


def test_back_online_in_the_middle_of_a_visit_the_server_knows_that_it_is_served(
    hall: HallInHand, window: AWindow
) -> None:
    waiting = hall.take()
    row = window.desk.call(window.actor, waiting.number)
    window.line.online = True
    window.sync()
    ticket = hall.read(lambda unit: unit.tickets.get(waiting.ticket_id))
    assert (ticket.state, ticket.window_no) == (TicketState.SERVING, "12")
    window.desk.end(window.actor, row.ticket_id, "accepted")
    window.outbox.push_stream(row.ticket_id)
    assert hall.read(lambda unit: unit.tickets.get(waiting.ticket_id)).state is TicketState.FINISHED


def test_the_end_of_a_called_ticket_survives_a_restart(hall: HallInHand, window: AWindow) -> None:
    hall.take()
    called = hall.call("12")
    assert called is not None
    window.desk.end_called(window.actor, called, "accepted")
    window.desk.end_called(window.actor, called, "accepted")
    window.restart()
    window.line.online = True
    window.sync()
    ticket = hall.read(lambda unit: unit.tickets.get(called.ticket_id))
    assert (ticket.state, ticket.outcome) == (TicketState.FINISHED, "accepted")


def test_what_became_of_the_paper_is_told(hall: HallInHand, window: AWindow) -> None:
    row = window.desk.give(window.actor)
    window.printer = FakeReceiptPrinter(PrintResult(PrintOutcome.REFUSED, "缺纸"))
    window.restart()
    assert window.desk.print(row).outcome is PrintOutcome.REFUSED
    window.line.online = True
    window.sync()
    assert hall.read(lambda unit: unit.tickets.get(row.ticket_id)).print_state is PrintState.FAILED


def test_a_conflict_is_kept_and_shown(hall: HallInHand, window: AWindow) -> None:
    waiting = hall.take()
    other = AWindow(hall, "13")
    other.sync()
    for one in (other, window):
        row = one.desk.call(one.actor, waiting.number)
        one.desk.end(one.actor, row.ticket_id, "accepted")
        one.line.online = True
        one.sync()
    (conflict,) = window.desk.book().conflicts
    assert "又手工办了一次" in conflict.conflict
    assert other.desk.book().conflicts == ()


def test_a_restored_server_hears_everything_again(hall: HallInHand, window: AWindow) -> None:
    row = window.desk.give(window.actor)
    window.line.online = True
    window.sync()
    window.store.write(lambda unit: unit.outbox.reopen_done())
    window.sync()
    assert len(hall.read(lambda unit: unit.tickets.of_day(hall.clock.now().date()))) == 1
    kinds = [entry.kind for entry in window.store.state.outbox.values()]
    assert set(kinds) == {OutboxKind.EMERGENCY}
    with pytest.raises(NotFound):
        window.desk.end(window.actor, row.ticket_id[::-1], "left")
