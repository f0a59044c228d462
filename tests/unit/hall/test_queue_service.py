"""What a clerk and a kiosk may do with tickets, and which sentence they read when they may not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from clerk_app.domain.actor import Role
from clerk_app.domain.errors import Locked, NotAllowed, NotFound, Rejected
from clerk_app.domain.queue import PrintState, PriorityClass, TicketState
from clerk_app.ports.hall_queue import CardPerson, TakeTicket, Ticket
from support.hall import HallInHand, hall_in_hand


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    with hall_in_hand(hall_place) as found:
        yield found


def _called(hall: HallInHand) -> Ticket:
    hall.take()
    ticket = hall.call()
    assert ticket is not None
    return ticket


def _recall(hall: HallInHand, ticket: Ticket) -> Ticket:
    hall.clock.move(seconds=10)
    return hall.write(lambda unit: hall.desk.calling.recall(unit, hall.actor(), ticket.ticket_id))


def test_the_paper_tells_people_ahead_wait_and_place(hall: HallInHand) -> None:
    wish = TakeTicket(hall.groups()[0].group_id)
    hall.take()
    taken = hall.write(lambda unit: hall.desk.taking.take(unit, hall.kiosk(), wish))
    assert (taken.people_ahead, taken.expected_wait_s, taken.place) == (1, 16 * 60, "一楼 A 区")
    assert taken.ticket.print_state is PrintState.PENDING


def test_an_old_citizens_card_gives_priority_and_a_masked_name(hall: HallInHand) -> None:
    card = CardPerson("李晓彤", "110101195003070003", date(1950, 3, 7))
    wish = TakeTicket(hall.groups()[0].group_id, card=card)
    ticket = hall.write(lambda unit: hall.desk.taking.take(unit, hall.kiosk(), wish)).ticket
    assert ticket.priority is PriorityClass.ELDERLY
    assert ticket.person == "李*"


def test_unknown_group_and_empty_card(hall: HallInHand) -> None:
    with pytest.raises(NotFound, match="没有这一类业务"):
        hall.write(lambda unit: hall.desk.taking.take(unit, hall.kiosk(), TakeTicket("nothing")))
    wish = TakeTicket(hall.groups()[0].group_id, card=CardPerson("李晓彤", " "))
    with pytest.raises(Rejected, match="没有读到"):
        hall.write(lambda unit: hall.desk.taking.take(unit, hall.kiosk(), wish))


def test_calling_with_an_active_ticket_names_it(hall: HallInHand) -> None:
    _called(hall)
    hall.take()
    with pytest.raises(Locked, match="A001 还没办完"):
        hall.call()


def test_recall_no_show_and_undo(hall: HallInHand) -> None:
    ticket = _called(hall)
    with pytest.raises(Locked, match="再等 10 秒"):
        hall.write(lambda unit: hall.desk.calling.recall(unit, hall.actor(), ticket.ticket_id))
    _recall(hall, ticket)
    with pytest.raises(Locked, match="再重叫 1 次"):
        hall.write(lambda unit: hall.desk.calling.miss(unit, hall.actor(), ticket.ticket_id))
    assert _recall(hall, ticket).recalls == 2
    missed = hall.write(lambda unit: hall.desk.calling.miss(unit, hall.actor(), ticket.ticket_id))
    assert missed.state is TicketState.MISSED
    back = hall.write(lambda unit: hall.desk.calling.undo_miss(unit, hall.actor(), ticket.ticket_id))
    assert back.state is TicketState.CALLED
    assert hall.finish(back).state is TicketState.FINISHED


def test_undo_waits_until_the_window_is_free(hall: HallInHand) -> None:
    ticket = _called(hall)
    _recall(hall, ticket)
    _recall(hall, ticket)
    hall.write(lambda unit: hall.desk.calling.miss(unit, hall.actor(), ticket.ticket_id))
    _called(hall)
    with pytest.raises(Locked, match="先办结再取回 A001"):
        hall.write(lambda unit: hall.desk.calling.undo_miss(unit, hall.actor(), ticket.ticket_id))


def test_start_and_finish_keep_times_and_outcome(hall: HallInHand) -> None:
    ticket = _called(hall)
    hall.clock.move(seconds=30)
    started = hall.write(lambda unit: hall.desk.calling.start(unit, hall.actor(), ticket.ticket_id))
    assert started.state is TicketState.SERVING
    hall.clock.move(minutes=5)
    done = hall.finish(ticket)
    assert done.outcome == "accepted"
    assert done.started_at is not None
    assert done.ended_at is not None
    assert (done.ended_at - done.started_at).total_seconds() == 300


def test_nobody_picks_a_ticket_or_anothers_ticket(hall: HallInHand) -> None:
    waiting = hall.take()
    with pytest.raises(Locked, match="不能挑号"):
        hall.write(lambda unit: hall.desk.calling.start(unit, hall.actor(), waiting.ticket_id))
    hall.call("5")
    with pytest.raises(NotAllowed, match="在 5 号窗口"):
        hall.write(lambda unit: hall.desk.calling.finish(unit, hall.actor("12"), waiting.ticket_id, "accepted"))


@pytest.mark.parametrize("role", [Role.KIOSK, Role.DISPLAY, Role.REVIEWER])
def test_only_clerks_call(hall: HallInHand, role: Role) -> None:
    hall.take()
    with pytest.raises(NotAllowed):
        hall.write(lambda unit: hall.desk.calling.call_next(unit, hall.actor("12", role)))


def test_displays_take_no_tickets(hall: HallInHand) -> None:
    wish = TakeTicket(hall.groups()[0].group_id)
    with pytest.raises(NotAllowed):
        hall.write(lambda unit: hall.desk.taking.take(unit, hall.actor(None, Role.DISPLAY), wish))


def test_a_ticket_without_paper_counts_and_can_be_printed_again(hall: HallInHand) -> None:
    ticket = hall.take()

    def report(state: PrintState) -> Ticket:
        return hall.write(lambda unit: hall.desk.taking.set_print_state(unit, hall.kiosk(), ticket.ticket_id, state))

    assert report(PrintState.FAILED).state is TicketState.WAITING
    assert report(PrintState.PRINTED).prints == 1
    assert report(PrintState.PRINTED).prints == 2
    called = hall.call()
    assert called is not None
    assert called.number == ticket.number


def test_a_cancelled_ticket_is_not_called(hall: HallInHand) -> None:
    ticket = hall.take()
    hall.write(lambda unit: hall.desk.taking.cancel(unit, hall.kiosk(), ticket.ticket_id))
    assert hall.call() is None


def test_a_ticket_of_yesterday_can_be_finished_and_blocks_nothing_else(hall: HallInHand) -> None:
    ticket = _called(hall)
    hall.clock.move(days=1)
    hall.take()
    with pytest.raises(Locked, match="A001 还没办完"):
        hall.call()
    hall.finish(ticket)
    assert hall.call() is not None


def test_the_windows_view(hall: HallInHand) -> None:
    groups = hall.groups()
    hall.write(lambda unit: unit.setup.set_served("12", {groups[0].group_id: 1.0}))
    hall.take(group=0)
    hall.take(PriorityClass.SOLDIER, group=1)
    hall.clock.move(minutes=11)
    view = hall.read(lambda unit: hall.desk.waiting.window_view(unit, hall.actor()))
    assert (view.waiting, view.eligible, view.priority_waiting, view.longest_wait_s) == (2, 1, 1, 660)
    assert view.serves == (groups[0].group_id,)
    ticket = hall.call()
    assert ticket is not None
    hall.clock.move(minutes=3)
    hall.finish(ticket)
    view = hall.read(lambda unit: hall.desk.waiting.window_view(unit, hall.actor()))
    assert view.last is not None
    assert (view.active, view.last.number, view.served, view.mean_service_s, view.mean_wait_s) == (
        None,
        "A001",
        1,
        180,
        660,
    )


def test_the_display_shows_calls_newest_first_with_missed_ones(hall: HallInHand) -> None:
    first = _called(hall)
    _recall(hall, first)
    _recall(hall, first)
    hall.write(lambda unit: hall.desk.calling.miss(unit, hall.actor(), first.ticket_id))
    hall.clock.move(seconds=5)
    _called(hall)
    snapshot = hall.read(lambda unit: hall.desk.waiting.snapshot(unit, hall.actor(None, Role.DISPLAY)))
    assert [(line.number, line.window_no, line.state.value) for line in snapshot.recent] == [
        ("A002", "12", "called"),
        ("A001", "12", "missed"),
    ]
    assert snapshot.hall.name == "明河区政务服务中心"
