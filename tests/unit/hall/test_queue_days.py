"""Where days meet: midnight, the turn at three, days that nobody closed, and clocks that are a day wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from clerk_app.domain.actor import Role
from clerk_app.domain.dispatch import commitment
from clerk_app.domain.errors import Locked, NotFound, Rejected
from clerk_app.domain.queue import HoldKind, Lane, TicketState
from clerk_app.domain.queue_rules import WORKDAY_HOURS, QueueRules
from clerk_app.ports.hall_queue import Hold, Ticket, Transfer
from clerk_app.ports.hall_running import OpenHall
from clerk_app.ports.stores_hall_queue import NewTicket
from support.hall import HallInHand, hall_in_hand

MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    with hall_in_hand(hall_place) as found:
        found.in_order()
        yield found


def boss(hall: HallInHand, name: str, *given: object):  # type: ignore[no-untyped-def]
    """What the manager does with the day."""
    actor = hall.actor(None, Role.MANAGER)
    return hall.write(lambda unit: getattr(hall.desk.days, name)(unit, actor, *given))


def calling(hall: HallInHand, name: str, ticket: Ticket, *given: object) -> Ticket:
    work = getattr(hall.desk.calling, name)
    result: Ticket = hall.write(lambda unit: work(unit, hall.actor(), ticket.ticket_id, *given))
    return result


def called(hall: HallInHand) -> Ticket:
    ticket = hall.call()
    assert ticket is not None
    return ticket


# --- a ticket that is being served when the day turns --------------------------------------------------------------
@pytest.mark.parametrize("hours", [13.9, 16.9])
def test_who_is_served_over_the_turn_of_the_day_is_finished_as_anybody(hall: HallInHand, hours: float) -> None:
    hall.clock.move(hours=hours)
    hall.take()
    ticket = called(hall)
    calling(hall, "start", ticket)
    hall.clock.move(minutes=30)
    recalled = hall.read(lambda unit: unit.tickets.active("12"))
    assert recalled is not None
    done = hall.finish(ticket)
    assert (done.state, done.day, done.service_s) == (TicketState.FINISHED, MONDAY, 1800)


def test_a_no_show_after_the_turn_is_one_and_the_window_goes_on_with_today(hall: HallInHand) -> None:
    hall.rules(QueueRules(recalls_before_missed=0))
    hall.take()
    old = called(hall)
    hall.clock.move(days=1)
    new = hall.take()
    assert (new.number, new.day) == ("A001", MONDAY + DAY)
    assert calling(hall, "miss", old).state is TicketState.MISSED
    assert called(hall).ticket_id == new.ticket_id


def test_papers_kept_over_night_are_taken_up_at_the_window(hall: HallInHand) -> None:
    hall.take()
    held = calling(hall, "hold", called(hall), Hold(HoldKind.PAPERS_KEPT))
    hall.clock.move(days=1)
    assert calling(hall, "resume", held).state is TicketState.SERVING
    assert hall.finish(held).state is TicketState.FINISHED


def test_nobody_of_yesterday_is_put_into_a_queue_that_nobody_calls(hall: HallInHand) -> None:
    hall.take()
    hall.take()
    first = called(hall)
    held = calling(hall, "hold", first, Hold(HoldKind.TAKEN_AWAY))
    second = called(hall)
    hall.clock.move(days=1)
    sentence = "11月23日 的号，不能再回到队里"
    with pytest.raises(Locked, match=sentence):
        hall.write(lambda unit: hall.desk.taking.return_(unit, hall.kiosk(), held.ticket_id))
    with pytest.raises(Locked, match=sentence):
        calling(hall, "transfer", second, Transfer(group_id=hall.groups()[1].group_id))
    with pytest.raises(Locked, match=sentence):
        hall.write(lambda unit: hall.desk.calling.release(unit, hall.actor(None, Role.MANAGER), second.ticket_id))
    assert hall.finish(second).state is TicketState.FINISHED


# --- who still waits when the day is over --------------------------------------------------------------------------
def test_yesterdays_waiting_are_not_called_and_a_manager_ends_them(hall: HallInHand) -> None:
    waiting = hall.take()
    hall.clock.move(days=1)
    assert hall.call() is None
    assert boss(hall, "end_earlier") == 1
    ended = hall.read(lambda unit: unit.tickets.get(waiting.ticket_id))
    assert (ended.state, ended.outcome) == (TicketState.CANCELLED, "day_ended")
    assert boss(hall, "end_earlier") == 0


def test_closing_waits_for_those_who_wait_and_leaves_who_is_served(hall: HallInHand) -> None:
    hall.take()
    served = called(hall)
    hall.take()
    with pytest.raises(Locked, match="还有 1 人在等"):
        boss(hall, "close", False)
    day = boss(hall, "close", True)
    assert day.closed_at == hall.clock.now()
    with pytest.raises(Locked, match="今天已经关门"):
        hall.take()
    assert hall.finish(served).state is TicketState.FINISHED
    assert hall.call() is None
    with pytest.raises(Locked, match="已经关过门"):
        boss(hall, "close", True)
    hall.clock.move(days=1)
    assert hall.take().number == "A001"


# --- clocks that are wrong -----------------------------------------------------------------------------------------
def test_a_clock_a_day_ahead_for_a_while_changes_nothing_of_today(hall: HallInHand) -> None:
    first = hall.take()
    secret = hall.read(lambda unit: unit.running.day(MONDAY)).secret
    hall.clock.move(days=1)
    tomorrow = hall.take()
    assert (tomorrow.number, tomorrow.day) == ("A001", MONDAY + DAY)
    hall.clock.move(days=-1)
    day = hall.read(lambda unit: unit.running.day(MONDAY))
    assert (day.closed_at, day.secret) == (None, secret)
    kinds = hall.read(lambda unit: [entry.kind for entry in unit.journal.unsequenced(100)])
    assert "dispatch.revealed" not in kinds
    assert hall.take().number == "A002"
    assert called(hall).ticket_id == first.ticket_id
    hall.clock.move(days=1)
    assert hall.take().number == "A002"


def test_a_clock_set_back_by_an_hour_stops_nobody(hall: HallInHand) -> None:
    first = hall.take()
    hall.clock.move(hours=-1)
    there = called(hall)
    assert there.ticket_id == first.ticket_id
    hall.clock.move(minutes=5)
    done = hall.finish(there)
    assert done.wait_s == 0
    later = [hall.take(), hall.take(group=1)]
    assert [hall.finish(called(hall)).ticket_id for _ in later] == [one.ticket_id for one in later]


def test_days_that_nobody_closed_are_revealed_when_the_next_is_opened_by_hand(hall: HallInHand) -> None:
    hall.take()
    hall.clock.move(days=1)
    hall.take()
    assert not hall.read(lambda unit: hall.desk.days.public(unit, MONDAY)).secret
    boss(hall, "open", OpenHall())
    told = hall.read(lambda unit: hall.desk.days.public(unit, MONDAY))
    digest = hall.desk.tools.crypto.digest
    assert commitment(bytes.fromhex(told.secret), hall.hall_id, MONDAY, digest) == told.commitment
    assert not hall.read(lambda unit: hall.desk.days.public(unit, MONDAY + DAY)).secret


# --- opening -------------------------------------------------------------------------------------------------------
def test_the_word_from_outside_needs_its_source_and_comes_before_the_first_draw(hall: HallInHand) -> None:
    with pytest.raises(Rejected) as caught:
        boss(hall, "open", OpenHall("3398.62"))
    assert caught.value.field == "source"
    opened = boss(hall, "open", OpenHall("3398.62", "上证指数 收盘"))
    assert (opened.outside, opened.secret, opened.opened_by) == ("3398.62", "", "王晓梅")
    hall.take()
    hall.call()
    with pytest.raises(Locked, match="已经叫过号"):
        boss(hall, "open", OpenHall("3400", "改过的"))
    with pytest.raises(NotFound, match="没有开门记录"):
        hall.read(lambda unit: hall.desk.days.public(unit, MONDAY + DAY))


def test_rules_and_hours_are_kept_as_they_were_set(hall: HallInHand) -> None:
    rules = QueueRules(per_person=3, turns_at=4, hours=WORKDAY_HOURS)
    hall.rules(rules)
    assert hall.read(lambda unit: hall.desk.days.rules(unit)) == rules
    hall.clock.move(hours=8)
    with pytest.raises(Locked, match="今天的取号结束了，11月24日 08:00 开始取号"):
        hall.take()
    with pytest.raises(Rejected):
        hall.rules(QueueRules(turns_at=9))
    assert hall.read(lambda unit: hall.desk.days.rules(unit)) == rules


def test_an_appointment_that_came_early_is_called_by_the_sweep_when_its_time_comes(hall: HallInHand) -> None:
    assert hall.call("5") is None
    wish = hall.take()
    assert wish.window_no == "5"
    hall.finish(wish)
    assert hall.call("5") is None
    slot = hall.clock.now() + timedelta(minutes=10)

    def early(unit):  # type: ignore[no-untyped-def]
        given = {"prefix": "A", "group_id": hall.groups()[0].group_id, "priority": wish.priority, "reason": wish.reason}
        new = NewTicket("early", MONDAY, lane=Lane.PRIORITY, taken_at=hall.clock.now(), order_at=slot, **given)
        return hall.desk.matcher.for_ticket(unit, unit.tickets.add(new))

    assert hall.write(early).state is TicketState.WAITING
    assert hall.desk.matcher.sweep(hall.store, hall.hall_id) == 0
    hall.clock.move(minutes=10)
    assert hall.desk.matcher.sweep(hall.store, hall.hall_id) == 0, "a window that was not heard of gets nobody"
    hall.write(lambda unit: hall.desk.counters.here(unit, hall.actor("5")))
    assert hall.desk.matcher.sweep(hall.store, hall.hall_id) == 1
    assert hall.read(lambda unit: unit.tickets.get("early")).window_no == "5"
