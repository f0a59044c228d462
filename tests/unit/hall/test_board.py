"""The manager's board: every figure against a slow computation from the tickets and the journal themselves."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Locked, NotAllowed
from clerk_app.domain.queue import (
    ACTIVE,
    QUEUED,
    AwayReason,
    HoldKind,
    PriorityClass,
    TicketSource,
    TicketState,
    WindowState,
)
from clerk_app.domain.staffing import AdviceKind
from clerk_app.ports.hall_board import HallBoard
from clerk_app.ports.hall_queue import Hold, Ticket, WalkIn
from clerk_app.ports.hall_running import NewNotice, NewRosterEntry, Weight
from clerk_app.ports.stores_hall import JournalEntry
from clerk_app.services.hall.tools import system_actor
from support.hall import HallInHand, hall_in_hand
from support.running_hall import logged_in


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    with hall_in_hand(hall_place) as found:
        yield found


def manager(hall: HallInHand) -> Actor:
    return hall.actor(None, Role.MANAGER)


def board(hall: HallInHand) -> HallBoard:
    hall.sequence()
    return hall.read(lambda unit: hall.desk.board.board(unit, manager(hall)))


def _play(hall: HallInHand, seed: int, steps: int) -> None:
    """A day of everything: tickets of all kinds, calls, holds, no-shows, walk-ins, transfers, breaks."""
    rng = random.Random(seed)
    windows = [str(number) for number in range(1, 6)]
    desk, groups = hall.desk, hall.groups()
    hall.write(
        lambda unit: desk.counters.set_served(
            unit, manager(hall), "5", (Weight(groups[0].group_id), Weight(groups[1].group_id, 2.0))
        )
    )
    for window in windows:
        hall.write(lambda unit, window=window: desk.counters.open(unit, hall.actor(window)))
    for _ in range(steps):
        hall.clock.move(seconds=rng.randint(5, 60))
        if rng.random() < 0.45:
            priority = rng.choices(list(PriorityClass), weights=[12, 1, 1, 1, 1, 1, 1])[0]
            hall.take(priority, group=rng.randrange(4))
            continue
        window = rng.choice(windows)
        actor = hall.actor(window)
        active = hall.read(lambda unit, window=window: unit.tickets.active(window))
        _step(hall, rng, actor, window, active)


def _step(hall: HallInHand, rng: random.Random, actor: Actor, window: str, active: Ticket | None) -> None:
    desk = hall.desk
    chance = rng.random()
    if active is None:
        if chance < 0.8:
            hall.call(window)
        elif chance < 0.9:
            hall.write(lambda unit: desk.taking.walk_in(unit, actor, WalkIn(hall.groups()[0].group_id)))
        else:
            hall.write(lambda unit: desk.counters.away(unit, actor, AwayReason.BREAK))
        return
    ticket_id = active.ticket_id
    if active.state is TicketState.CALLED and chance < 0.6:
        hall.write(lambda unit: desk.calling.start(unit, actor, ticket_id))
    elif active.state is TicketState.CALLED and chance < 0.7 and active.recalls < 2:
        hall.clock.move(seconds=10)
        hall.write(lambda unit: desk.calling.recall(unit, actor, ticket_id))
    elif active.state is TicketState.CALLED and active.recalls >= 2:
        hall.write(lambda unit: desk.calling.miss(unit, actor, ticket_id))
    elif chance < 0.95:
        hall.finish(active)
    else:
        hall.write(lambda unit: desk.calling.hold(unit, actor, ticket_id, Hold(HoldKind.TAKEN_AWAY)))


def _journal(hall: HallInHand) -> list[JournalEntry]:
    found: list[JournalEntry] = hall.read(lambda unit: unit.journal.after(0, 100_000))
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_all_counts_agree_with_the_tickets_counted_one_by_one(hall: HallInHand, seed: int) -> None:
    _play(hall, seed, 400)
    seen, now = board(hall), hall.clock.now()
    tickets: list[Ticket] = hall.read(lambda unit: unit.tickets.of_day(now.date()))
    queued = [one for one in tickets if one.state in QUEUED]
    waited = {one.number: one.wait_s + (now - one.queued_at).total_seconds() for one in queued if one.queued_at}
    assert seen.waiting == len(queued) == sum(group.waiting.waiting for group in seen.groups)
    assert seen.priority_waiting == sum(one.priority is not PriorityClass.ORDINARY for one in queued)
    assert seen.appointment_waiting == sum(one.priority is PriorityClass.APPOINTMENT for one in queued)
    assert seen.over_alarm == sum(wait > 600 for wait in waited.values())
    assert seen.longest_wait_s == int(max(waited.values(), default=0))
    if waited:
        assert seen.longest_wait_s == int(waited[seen.longest_number])
    called = [one for one in tickets if one.called_at is not None and one.source is not TicketSource.WALK_IN]
    waits = sorted(one.wait_s for one in called)
    assert seen.called == len(waits)
    assert seen.mean_wait_s == round(sum(waits) / len(waits))
    assert seen.median_wait_s == next(w for w in waits if sum(x <= w for x in waits) * 2 >= len(waits))
    assert seen.p90_wait_s == next(w for w in waits if sum(x <= w for x in waits) * 10 >= len(waits) * 9)
    assert sum(seen.shares) == pytest.approx(1)
    assert seen.shares[0] == sum(w <= 180 for w in waits) / len(waits)
    assert seen.shares[3] == sum(w > 600 for w in waits) / len(waits)
    for state, shown in (
        (TicketState.FINISHED, seen.finished),
        (TicketState.HELD, seen.held),
        (TicketState.MISSED, seen.missed),
    ):
        assert shown == sum(one.state is state for one in tickets)
    assert sum(count for _, count in seen.outcomes) == seen.finished


@pytest.mark.parametrize("seed", [4, 5])
def test_windows_agree_with_their_tickets_and_their_events(hall: HallInHand, seed: int) -> None:
    _play(hall, seed, 400)
    seen, now = board(hall), hall.clock.now()
    tickets: list[Ticket] = hall.read(lambda unit: unit.tickets.of_day(now.date()))
    events = [entry for entry in _journal(hall) if entry.kind in {f"window.{state.value}" for state in WindowState}]
    assert [one.status.window_no for one in seen.windows] == ["1", "2", "3", "4", "5"]
    for window in seen.windows:
        number = window.status.window_no
        mine = [one for one in tickets if one.window_no == number]
        done = [one for one in mine if one.state is TicketState.FINISHED]
        assert window.served == len(done)
        assert window.walk_ins == sum(one.source is TicketSource.WALK_IN for one in mine)
        active = [one for one in mine if one.state in ACTIVE]
        assert window.status.number == (active[0].number if active else None)
        assert window.ticket_id == (active[0].ticket_id if active else "")
        open_s = _open_s([entry for entry in events if entry.subject == number], now)
        assert window.open_s == pytest.approx(open_s, abs=1)
        spent = sum(_spent(one, now) for one in mine)
        assert window.busy_share == pytest.approx(min(1.0, spent / open_s), abs=0.01)


def _open_s(events: list[JournalEntry], now: datetime) -> float:
    """Second by second would be slow; interval by interval is the same."""
    total = 0.0
    for entry, after in zip(events, [*events[1:], None], strict=True):
        if entry.kind in ("window.free", "window.busy"):
            total += ((after.at if after is not None else now) - entry.at).total_seconds()
    return total


def _spent(ticket: Ticket, now: datetime) -> float:
    if ticket.called_at is None:
        return 0.0
    if ticket.state in ACTIVE:
        return (now - ticket.called_at).total_seconds()
    way = (ticket.started_at - ticket.called_at).total_seconds() if ticket.started_at else 0.0
    return way + ticket.service_s


def test_the_curve_is_the_mean_of_each_ten_minutes(hall: HallInHand) -> None:
    _play(hall, 6, 300)
    seen = board(hall)
    tickets: list[Ticket] = hall.read(lambda unit: unit.tickets.of_day(hall.clock.now().date()))
    sums: dict[datetime, list[int]] = {}
    for one in tickets:
        if one.called_at is not None and one.source is not TicketSource.WALK_IN:
            start = one.called_at.replace(minute=one.called_at.minute // 10 * 10, second=0, microsecond=0)
            sums.setdefault(start, []).append(one.wait_s)
    assert [(point.at, point.calls) for point in seen.curve] == [(at, len(w)) for at, w in sorted(sums.items())]
    assert [point.wait_s for point in seen.curve] == [round(sum(w) / len(w)) for _, w in sorted(sums.items())]


def test_the_same_weekday_a_week_ago_lies_over_today(hall: HallInHand) -> None:
    _play(hall, 7, 200)
    then = board(hall)
    at = hall.clock.now()
    hall.clock.move(days=7)
    hall.take()
    seen = board(hall)
    assert [point.wait_s for point in seen.last_week] == [point.wait_s for point in then.curve]
    assert seen.last_week[0].at == then.curve[0].at + timedelta(days=7)
    assert hall.clock.now() - at == timedelta(days=7)
    assert seen.waiting_last_week == then.waiting
    assert seen.left_open == then.waiting + then.held + then.missed


def test_the_share_of_draws_with_one_candidate_comes_from_the_log(hall: HallInHand) -> None:
    _play(hall, 8, 300)
    seen = board(hall)
    draws = [entry.payload["draw"] for entry in _journal(hall) if entry.payload.get("draw")]
    assert seen.draws == len(draws)
    assert seen.one_candidate_share == sum(len(draw["candidates"]) == 1 for draw in draws) / len(draws)


def test_looking_again_counts_only_what_came_since(hall: HallInHand) -> None:
    _play(hall, 9, 150)
    first = board(hall)
    again = board(hall)
    assert (again.draws, again.one_candidate_share) == (first.draws, first.one_candidate_share)
    hall.take()
    hall.write(lambda unit: hall.desk.counters.open(unit, hall.actor("9")))
    hall.call("9")
    assert board(hall).draws == first.draws + 1


def test_who_is_on_the_roster_and_not_at_work_is_named(hall: HallInHand) -> None:
    hall.user()
    person = hall.read(lambda unit: unit.people.users())[0]
    wish = NewRosterEntry(hall.clock.now().date(), "8", person.user_id, time(9), time(12))
    hall.write(lambda unit: hall.desk.roster.add(unit, manager(hall), wish))
    seen = board(hall)
    assert [(entry.window_no, entry.user_name) for entry in seen.absent] == [("8", "王晓梅")]
    window = seen.windows[0]
    assert (window.rostered, window.present, window.status.state) == ("王晓梅", False, WindowState.OFF)
    hall.write(lambda unit: hall.desk.counters.open(unit, hall.actor("8")))
    assert board(hall).absent == ()


def test_the_advice_names_the_rostered_window_and_following_it_helps(hall: HallInHand) -> None:
    groups = hall.groups()
    served = (Weight(groups[0].group_id),)
    for window in ("1", "2", "8"):
        hall.write(lambda unit, window=window: hall.desk.counters.open(unit, hall.actor(window)))
        hall.write(lambda unit, w=window: hall.desk.counters.set_served(unit, manager(hall), w, served))
    logged_in(hall, "8", "lisi", "李思")
    hall.write(lambda unit: hall.desk.counters.away(unit, hall.actor("8"), AwayReason.BREAK))
    for _ in range(9):
        hall.take()
        hall.clock.move(seconds=30)
    advice = board(hall).groups[0].advice
    assert advice is not None
    assert (advice.kind, advice.words) == (AdviceKind.OPEN, "开 8 号窗口")
    hall.write(lambda unit: hall.desk.counters.set_open(unit, manager(hall), "8", True))
    after = board(hall).groups[0]
    assert after.windows == 3
    assert after.last_in_line_s == advice.wait_s


def test_a_window_with_nobody_logged_in_is_not_opened_from_afar(hall: HallInHand) -> None:
    hall.write(lambda unit: hall.desk.counters.open(unit, hall.actor("8")))
    hall.write(lambda unit: hall.desk.counters.close(unit, hall.actor("8")))
    with pytest.raises(Locked, match="8 号窗口没有人登录"):
        hall.write(lambda unit: hall.desk.counters.set_open(unit, manager(hall), "8", True))


def test_a_window_left_open_overnight_is_open_from_its_first_call(hall: HallInHand) -> None:
    hall.write(lambda unit: hall.desk.counters.open(unit, hall.actor("3")))
    hall.clock.move(days=1)
    hall.take()
    hall.clock.move(minutes=5)
    ticket = hall.call("3")
    assert ticket is not None
    hall.clock.move(minutes=5)
    hall.finish(ticket)
    hall.clock.move(minutes=5)
    assert hall.call("3") is None
    hall.clock.move(minutes=10)
    window = board(hall).windows[0]
    assert (window.open_s, window.busy_share) == (20 * 60, 0.25)


def test_a_closed_hall_expects_nobody(hall: HallInHand) -> None:
    _play(hall, 10, 60)
    assert board(hall).forecast
    hall.write(lambda unit: hall.desk.days.close(unit, manager(hall), True))
    assert board(hall).forecast == ()


def test_the_empty_morning_has_no_figures_and_no_false_zeros(hall: HallInHand) -> None:
    seen = board(hall)
    assert (seen.waiting, seen.called, seen.mean_wait_s, seen.median_wait_s) == (0, 0, None, None)
    assert (seen.shares, seen.curve, seen.forecast) == ((), (), ())
    assert seen.one_candidate_share is None
    assert seen.waiting_last_week is None


def test_notices_and_the_day_are_on_the_board(hall: HallInHand) -> None:
    hall.take()
    now = hall.clock.now()
    wish = NewNotice("14:00 起 3 号机维护", now, now + timedelta(hours=2))
    hall.write(lambda unit: hall.desk.notices.add(unit, manager(hall), wish))
    seen = board(hall)
    assert [notice.text for notice in seen.notices] == ["14:00 起 3 号机维护"]
    assert seen.day is not None
    assert seen.day.secret == ""
    assert len(seen.day.commitment) == 64


def test_clerks_do_not_read_the_board(hall: HallInHand) -> None:
    with pytest.raises(NotAllowed):
        hall.read(lambda unit: hall.desk.board.board(unit, hall.actor("1")))


def test_ending_what_earlier_days_left_open_clears_the_count(hall: HallInHand) -> None:
    hall.take()
    hall.clock.move(days=1)
    hall.take()
    assert board(hall).left_open == 1
    ended = hall.write(lambda unit: hall.desk.days.end_earlier(unit, system_actor(hall.hall_id)))
    hall.desk.board.forget_old(hall.hall_id)
    assert (ended, board(hall).left_open) == (1, 0)


def test_the_target_of_the_rules_decides_the_shares(hall: HallInHand) -> None:
    rules = hall.read(lambda unit: hall.desk.days.rules(unit))
    changed = replace(rules, target_minutes=8, alarm_minutes=20)
    hall.write(lambda unit: hall.desk.days.set_rules(unit, manager(hall), changed))
    assert board(hall).bounds == (8, 14, 20)
