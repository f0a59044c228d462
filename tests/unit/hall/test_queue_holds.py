"""Pausing, sending on and taking back: where the citizen comes back to, which time counts, who is never forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Locked, NotAllowed, Rejected
from clerk_app.domain.queue import AwayReason, HoldKind, Lane, PriorityClass, TicketState, WindowState
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.hall_queue import Hold, Ticket, Transfer, WalkIn
from support.hall import HallInHand, hall_in_hand

S = TicketState


class Desk:
    """A window with a clerk of its own, in the words of the keys."""

    def __init__(self, hall: HallInHand, window_no: str) -> None:
        self.hall, self.window_no = hall, window_no
        self.actor = replace(hall.actor(window_no), user_id=f"user-{window_no}")

    def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
        services = (self.hall.desk.calling, self.hall.desk.taking, self.hall.desk.counters)
        work = next(getattr(one, name) for one in services if hasattr(one, name))
        return lambda *given: self.hall.write(lambda unit: work(unit, self.actor, *given))

    def call(self) -> Ticket | None:
        return self.call_next().ticket

    def calls(self) -> Ticket:
        ticket = self.call()
        assert ticket is not None
        return ticket

    @property
    def state(self) -> WindowState:
        return self.hall.read(lambda unit: unit.counters.get(self.window_no)).state


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    with hall_in_hand(hall_place) as found:
        found.in_order()
        yield found


@pytest.fixture
def desk(hall: HallInHand) -> Desk:
    return Desk(hall, "12")


@pytest.fixture
def other(hall: HallInHand) -> Desk:
    return Desk(hall, "5")


def back(hall: HallInHand, ticket: Ticket) -> Ticket:
    """The citizen tells the kiosk or the guide desk that they are back."""
    return hall.write(lambda unit: hall.desk.taking.return_(unit, hall.kiosk(), ticket.ticket_id)).ticket


def served(hall: HallInHand, desk: Desk, kind: HoldKind) -> Ticket:
    """A minute of service, then ten minutes on hold."""
    hall.take()
    ticket = desk.calls()
    desk.start(ticket.ticket_id)
    hall.clock.move(minutes=1)
    held: Ticket = desk.hold(ticket.ticket_id, Hold(kind))
    hall.clock.move(minutes=10)
    return held


# --- holds ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "bound", "keeps_place", "wait", "service"),
    [
        (HoldKind.PAPERS_KEPT, True, True, 0, 660),
        (HoldKind.TAKEN_AWAY, False, False, 0, 60),
        (HoldKind.OTHER_STEP, True, True, 600, 60),
    ],
)
def test_each_hold_comes_back_to_its_window_and_place_and_counts_its_time(
    hall: HallInHand, desk: Desk, kind: HoldKind, bound: bool, keeps_place: bool, wait: int, service: int
) -> None:
    held = served(hall, desk, kind)
    hall.take()
    returned = back(hall, held)
    assert (returned.state, returned.lane) == (S.WAITING, Lane.RETURN)
    assert returned.for_window == ("12" if bound else None)
    assert (returned.order_at == held.order_at) is keeps_place
    assert (returned.wait_s, returned.service_s) == (wait, service)


@pytest.mark.parametrize("kind", list(HoldKind))
def test_who_comes_back_to_a_closed_window_waits_for_the_group(hall: HallInHand, desk: Desk, kind: HoldKind) -> None:
    held = served(hall, desk, kind)
    desk.close()
    returned = back(hall, held)
    assert returned.for_window is None
    called = Desk(hall, "5").calls()
    assert called.number == held.number


def test_closing_the_window_lets_go_of_those_who_wait_for_it(hall: HallInHand, desk: Desk, other: Desk) -> None:
    held = served(hall, desk, HoldKind.PAPERS_KEPT)
    back(hall, held)
    assert other.call() is None
    desk.close()
    hall.desk.matcher.sweep(hall.store, hall.hall_id)
    there = hall.read(lambda unit: unit.tickets.active("5"))
    assert there is not None
    assert there.number == held.number


def test_taken_away_after_a_transfer_to_a_window_comes_back_to_any(hall: HallInHand, desk: Desk, other: Desk) -> None:
    hall.take()
    other.open()
    desk.transfer(desk.calls().ticket_id, Transfer(window_no="5"))
    ticket = other.calls()
    other.hold(ticket.ticket_id, Hold(HoldKind.TAKEN_AWAY))
    other.away(AwayReason.BREAK)
    returned = back(hall, ticket)
    assert (returned.for_window, returned.for_user) == (None, None)
    assert desk.calls().number == ticket.number


def test_resuming_counts_as_the_kind_says_and_needs_an_idle_window(hall: HallInHand, desk: Desk) -> None:
    held = served(hall, desk, HoldKind.PAPERS_KEPT)
    hall.take()
    busy = desk.calls()
    with pytest.raises(Locked, match=f"{busy.number} 还没办完，先办结再取回 {held.number}"):
        desk.resume(held.ticket_id)
    hall.finish(busy)
    desk.away(AwayReason.BREAK)
    resumed = desk.resume(held.ticket_id)
    assert (resumed.state, resumed.service_s, desk.state) == (S.SERVING, 660, WindowState.BUSY)
    hall.clock.move(minutes=2)
    assert desk.finish(held.ticket_id, "accepted").service_s == 780


def test_a_held_ticket_ends_without_more_service_and_undoing_it_takes_none_away(hall: HallInHand, desk: Desk) -> None:
    held = served(hall, desk, HoldKind.TAKEN_AWAY)
    assert desk.finish(held.ticket_id, "left").service_s == 60
    again = desk.undo_finish(held.ticket_id)
    assert (again.state, again.service_s, again.hold) == (S.SERVING, 60, None)
    hall.clock.move(minutes=1)
    assert desk.finish(held.ticket_id, "accepted").service_s == 120


def test_undoing_the_end_of_a_held_one_calls_nobody_back(hall: HallInHand, desk: Desk) -> None:
    held = served(hall, desk, HoldKind.TAKEN_AWAY)
    hall.take()
    there = desk.calls()
    desk.finish(held.ticket_id, "left")
    with pytest.raises(Locked, match="先办结再取回"):
        desk.undo_finish(held.ticket_id)
    assert hall.read(lambda unit: unit.tickets.get(there.ticket_id)).state is S.CALLED


# --- transfer ---------------------------------------------------------------------------------------------------
def test_a_transfer_keeps_the_place_and_goes_before_later_ones(hall: HallInHand, desk: Desk, other: Desk) -> None:
    first = hall.take()
    hall.take(group=1)
    groups = [group.group_id for group in hall.groups()]
    hall.write(lambda unit: unit.setup.set_served("5", {groups[1]: 1.0}))
    moved = desk.transfer(desk.calls().ticket_id, Transfer(group_id=groups[1]))
    assert (moved.state, moved.order_at, moved.from_window) == (S.TRANSFERRED, first.order_at, "12")
    assert other.calls().number == first.number


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Transfer(), "transfer"),
        (Transfer(group_id="g", window_no="5"), "transfer"),
        (Transfer(group_id="nothing"), "group_id"),
        (Transfer(window_no="7"), "window_no"),
        (Transfer(window_no="12"), "window_no"),
        (Transfer(user_id="nobody"), "user_id"),
    ],
)
def test_nobody_is_sent_to_where_nobody_is(hall: HallInHand, desk: Desk, wish: Transfer, field: str) -> None:
    hall.take()
    ticket = desk.calls()
    with pytest.raises(Rejected) as caught:
        desk.transfer(ticket.ticket_id, wish)
    assert caught.value.field == field
    assert hall.read(lambda unit: unit.tickets.active("12")) == ticket


def test_who_waits_for_a_person_waits_for_the_group_when_the_person_goes(
    hall: HallInHand, desk: Desk, other: Desk
) -> None:
    hall.take()
    other.open()
    ticket = desk.transfer(desk.calls().ticket_id, Transfer(user_id="user-5"))
    assert desk.call() is None
    other.logged_out()
    hall.desk.matcher.sweep(hall.store, hall.hall_id)
    there = hall.read(lambda unit: unit.tickets.active("12"))
    assert there is not None
    assert there.number == ticket.number


def test_who_waits_for_a_person_follows_the_person_to_another_window(hall: HallInHand, desk: Desk, other: Desk) -> None:
    hall.take()
    other.open()
    ticket = desk.transfer(desk.calls().ticket_id, Transfer(user_id="user-5"))
    moved = Desk(hall, "8")
    moved.actor = replace(moved.actor, user_id="user-5")
    moved.open()
    other.close()
    assert desk.call() is None
    assert moved.calls().number == ticket.number


def test_another_clerk_at_the_window_does_not_inherit_who_waited_for_the_first(hall: HallInHand, desk: Desk) -> None:
    hall.take()
    first, second = Desk(hall, "5"), Desk(hall, "5")
    second.actor = replace(second.actor, user_id="user-9")
    first.open()
    ticket = desk.transfer(desk.calls().ticket_id, Transfer(user_id="user-5"))
    second.logged_in()
    freed = hall.read(lambda unit: unit.tickets.get(ticket.ticket_id))
    assert (freed.for_user, freed.state) == (None, S.TRANSFERRED)


def test_undoing_a_transfer_gives_the_ticket_back_to_its_own_group(hall: HallInHand, desk: Desk) -> None:
    taken = hall.take()
    group = hall.groups()[2].group_id
    desk.transfer(desk.calls().ticket_id, Transfer(group_id=group))
    again = desk.undo_transfer(taken.ticket_id)
    assert (again.state, again.group_id, again.window_no) == (S.SERVING, taken.group_id, "12")


def test_nobody_picks_a_ticket_that_the_manager_moved(hall: HallInHand, desk: Desk) -> None:
    taken = hall.take()
    boss, group = hall.actor(None, Role.MANAGER), hall.groups()[1].group_id
    hall.write(lambda unit: hall.desk.calling.move(unit, boss, taken.ticket_id, group))
    with pytest.raises(Locked, match="不能挑号"):
        desk.transfer(taken.ticket_id, Transfer(user_id="user-12"))


def test_a_cancelled_ticket_says_so(hall: HallInHand, desk: Desk) -> None:
    taken = hall.take()
    desk.cancel(taken.ticket_id)
    with pytest.raises(Locked, match="这个号已经作废，不能开始办理"):
        desk.start(taken.ticket_id)


# --- taking back ------------------------------------------------------------------------------------------------
def test_a_call_taken_back_comes_again_at_the_same_window(hall: HallInHand, desk: Desk) -> None:
    hall.rules(QueueRules())
    for _ in range(4):
        hall.take()
        hall.clock.move(seconds=1)
    first = desk.calls()
    undone = desk.undo_call(first.ticket_id)
    assert (undone.state, undone.wait_s, undone.called_at) == (S.WAITING, 0, None)
    hall.clock.move(seconds=3)
    assert desk.calls().number == first.number


def test_a_call_is_not_taken_back_after_five_seconds_or_a_recall(hall: HallInHand, desk: Desk) -> None:
    hall.take()
    ticket = desk.calls()
    hall.clock.move(seconds=6)
    with pytest.raises(Locked, match="叫号已过 5 秒"):
        desk.undo_call(ticket.ticket_id)


def test_finish_and_call_taken_back_gives_both_back(hall: HallInHand, desk: Desk) -> None:
    first, second = hall.take(), hall.take()
    desk.calls()
    hall.clock.move(minutes=3)
    answer = desk.finish_and_call(first.ticket_id, "accepted")
    assert answer.ticket is not None
    assert answer.ticket.number == second.number
    again = desk.undo_finish(first.ticket_id)
    assert (again.state, again.service_s, again.outcome) == (S.SERVING, 0, None)
    assert hall.read(lambda unit: unit.tickets.get(second.ticket_id)).state is S.WAITING


def test_a_window_that_waited_free_is_busy_again_after_undoing(hall: HallInHand, desk: Desk) -> None:
    first = hall.take()
    desk.calls()
    assert desk.finish_and_call(first.ticket_id, "accepted").ticket is None
    desk.undo_finish(first.ticket_id)
    assert desk.state is WindowState.BUSY
    assert hall.take().state is S.WAITING


# --- no-shows and walk-ins --------------------------------------------------------------------------------------
def test_a_no_show_comes_back_behind_three_and_twice_at_most(hall: HallInHand, desk: Desk) -> None:
    hall.rules(QueueRules(recalls_before_missed=0, fairness=replace(QueueRules().fairness, draw_among=1)))
    for _ in range(6):
        hall.take()
        hall.clock.move(seconds=1)
    ticket = desk.calls()
    desk.miss(ticket.ticket_id)
    assert back(hall, ticket).missed_returns == 1
    order = []
    for _ in range(4):
        called = desk.calls()
        order.append(called.number)
        hall.finish(called)
    assert order == ["A002", "A003", "A004", "A001"]


def test_a_no_show_that_came_too_often_takes_a_new_number(hall: HallInHand, desk: Desk) -> None:
    hall.rules(QueueRules(recalls_before_missed=0, missed_returns=1))
    ticket = hall.take()
    for _ in range(2):
        desk.miss(desk.calls().ticket_id)
        if not ticket.missed_returns:
            ticket = back(hall, ticket)
    with pytest.raises(Locked, match="A001 已经过号 2 次，请重新取号"):
        back(hall, ticket)


def test_walk_ins_do_not_keep_ordinary_tickets_waiting(hall: HallInHand, desk: Desk) -> None:
    """A walk-in is no call from the queue: it does not give two more priority calls their turn."""
    ordinary = hall.take()
    for _ in range(4):
        hall.clock.move(seconds=1)
        hall.take(PriorityClass.CARE)
    for _ in range(2):
        assert hall.finish(desk.calls()).lane is Lane.PRIORITY
    group = hall.groups()[0].group_id
    hall.finish(desk.walk_in(WalkIn(group)))
    assert desk.calls().number == ordinary.number


def test_priority_that_comes_back_again_and_again_does_not_starve_the_ordinary(hall: HallInHand, desk: Desk) -> None:
    """Holding and coming back forgets the call on the ticket, but not the window's turns."""
    ordinary = hall.take()
    care = hall.take(PriorityClass.CARE)
    for _ in range(2):
        assert desk.calls().number == care.number
        desk.hold(care.ticket_id, Hold(HoldKind.TAKEN_AWAY))
        hall.clock.move(seconds=1)
        back(hall, care)
    assert desk.calls().number == ordinary.number


def test_an_ordinary_group_with_one_window_does_not_wait_for_what_other_windows_call(
    hall: HallInHand, desk: Desk, other: Desk
) -> None:
    """Window 5 calls ordinary tickets of another group all day; window 12 has its own turns all the same."""
    groups = [group.group_id for group in hall.groups()]
    hall.write(lambda unit: unit.setup.set_served("5", {groups[1]: 1.0}))
    hall.write(lambda unit: unit.setup.set_served("12", {groups[0]: 1.0, groups[1]: 1.0}))
    waits = hall.take(group=0)
    for _ in range(6):
        hall.clock.move(seconds=1)
        hall.take(PriorityClass.CARE, group=0)
    called = []
    for _ in range(3):
        hall.clock.move(seconds=1)
        hall.take(group=1)
        called.append(hall.finish(desk.calls()).number)
        hall.finish(other.calls())
    assert called[2] == waits.number


# --- the manager ------------------------------------------------------------------------------------------------
def test_a_ticket_of_a_dead_window_waits_for_everybody(hall: HallInHand, desk: Desk, other: Desk) -> None:
    hall.take()
    other.open()
    ticket = desk.transfer(desk.calls().ticket_id, Transfer(window_no="5"))
    other.calls()
    boss = Actor(hall.hall_id, "office", "boss", "主任", frozenset({Role.MANAGER}))

    def release() -> Ticket:
        return hall.write(lambda unit: hall.desk.calling.release(unit, boss, ticket.ticket_id))

    with pytest.raises(Locked, match="一分钟内还在办"):
        release()
    hall.clock.move(seconds=61)
    freed = release()
    assert (freed.state, freed.for_window, freed.window_no) == (S.WAITING, None, None)
    assert desk.calls().number == ticket.number


def test_nobody_works_on_anothers_ticket(hall: HallInHand, desk: Desk, other: Desk) -> None:
    hall.take()
    ticket = desk.calls()
    for name, given in (("hold", [Hold(HoldKind.TAKEN_AWAY)]), ("finish", ["left"]), ("undo_call", []), ("miss", [])):
        with pytest.raises(NotAllowed, match="在 12 号窗口"):
            getattr(other, name)(ticket.ticket_id, *given)
