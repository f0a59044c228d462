"""What every hall store must do for the queue; PostgreSQL subclasses ``QueueStoreContract`` with another ``hall``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

import pytest

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Conflict, Locked, NotFound
from clerk_app.domain.queue import (
    QUEUED,
    AwayReason,
    Lane,
    PriorityClass,
    TicketSource,
    TicketState,
    VisitReason,
    WindowState,
)
from clerk_app.domain.queue_order import Candidate, Fairness, passed_over, shortlist
from clerk_app.ports.hall_queue import ServiceGroup, Ticket
from clerk_app.ports.hall_running import HallDay, Notice, RosterEntry
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_queue import CounterRecord, NewTicket, Seat, TicketChange
from support.hall import MORNING, HallInHand, hall_in_hand

DAY = date(2026, 11, 23)
SECOND = timedelta(seconds=1)
FAIR = Fairness()


def new(hall: HallInHand, number: int, **given: object) -> NewTicket:
    """A ticket of the first group, taken ``number`` seconds after the morning began."""
    fields = {
        "ticket_id": f"0198f0a0-0000-7000-8000-{number:012d}",
        "day": DAY,
        "prefix": "A",
        "group_id": hall.groups()[0].group_id,
        "priority": PriorityClass.ORDINARY,
        "reason": VisitReason.SUBMIT,
        "lane": Lane.ORDINARY,
        "taken_at": MORNING + number * SECOND,
    }
    return NewTicket(**(fields | given))  # type: ignore[arg-type]


def added(hall: HallInHand, number: int, **given: object) -> Ticket:
    return hall.write(lambda unit: unit.tickets.add(new(hall, number, **given)))


def seat(hall: HallInHand, window_no: str = "12", *groups: int) -> Seat:
    ids = [group.group_id for group in hall.groups()]
    return Seat(window_no, f"user-{window_no}", tuple(ids[number] for number in groups) if groups else tuple(ids))


def free(hall: HallInHand, window_no: str, seen_at: datetime = MORNING, state: WindowState = WindowState.FREE) -> None:
    record = CounterRecord(window_no, state, MORNING, seen_at, None, f"user-{window_no}", "王", f"pc-{window_no}")
    hall.write(lambda unit: unit.counters.put(record))


def numbers(hall: HallInHand, at: Seat, now: datetime = MORNING + 3600 * SECOND) -> list[str]:
    found = hall.read(lambda unit: unit.tickets.candidates(at, DAY, now, FAIR))
    return sorted(one.number for one in found)


class QueueStoreContract:
    """Inherit and give a fixture ``hall``."""

    # --- numbers ----------------------------------------------------------------------------------------------
    def test_numbers_begin_where_the_group_says_and_go_on_from_the_greatest(self, hall: HallInHand) -> None:
        assert [added(hall, 1, start=500).number, added(hall, 2, start=500).number] == ["A500", "A501"]
        assert added(hall, 3, start=1).number == "A502"
        assert added(hall, 4, start=900).number == "A900"

    def test_a_given_number_is_taken_once(self, hall: HallInHand) -> None:
        assert added(hall, 1, prefix="Y", serial=101, source=TicketSource.EMERGENCY).number == "Y101"
        with pytest.raises(Conflict, match="Y101 今天已经有人用过"):
            added(hall, 2, prefix="Y", serial=101)
        assert added(hall, 3, prefix="Y", serial=101, day=DAY + timedelta(days=1)).number == "Y101"

    def test_one_person_has_one_open_ticket_a_day(self, hall: HallInHand) -> None:
        first = added(hall, 1, person_hash="p")
        with pytest.raises(Conflict, match="已经取过号"):
            added(hall, 2, person_hash="p")
        assert added(hall, 3, person_hash="p", day=DAY + timedelta(days=1)).state is TicketState.WAITING
        hall.write(lambda unit: unit.tickets.change(first.ticket_id, first.state, TicketChange(TicketState.MISSED)))
        again = added(hall, 4, person_hash="p")
        with pytest.raises(Locked, match="另外取了号"):
            hall.write(
                lambda unit: unit.tickets.change(first.ticket_id, TicketState.MISSED, TicketChange(TicketState.WAITING))
            )
        assert hall.read(lambda unit: unit.tickets.open_of_person(DAY, "p")) == again
        assert hall.read(lambda unit: unit.tickets.taken_by_person(DAY, "p")) == 2
        assert hall.read(lambda unit: unit.tickets.taken_in_group(DAY, again.group_id)) == 2

    def test_a_visit_that_begins_at_a_window_needs_the_window(self, hall: HallInHand) -> None:
        given = {"state": TicketState.SERVING, "window_no": "12", "called_at": MORNING, "started_at": MORNING}
        added(hall, 1, source=TicketSource.WALK_IN, **given)
        with pytest.raises(Locked, match="没办完"):
            added(hall, 2, **given)

    def test_a_clock_set_back_puts_newcomers_behind_and_hides_nobody(self, hall: HallInHand) -> None:
        taken = [added(hall, 1), added(hall, 2, taken_at=MORNING - 600 * SECOND)]
        other = hall.groups()[1].group_id
        taken.append(added(hall, 3, taken_at=MORNING - 500 * SECOND, prefix="B", group_id=other))
        taken.append(added(hall, 4, taken_at=MORNING - 400 * SECOND))
        places = [one.order_at for one in taken]
        assert places == sorted(places)
        assert len(set(places)) == 4
        assert taken[1].queued_at == MORNING - 600 * SECOND
        assert numbers(hall, seat(hall), MORNING - 300 * SECOND) == ["A001", "A002", "A003", "B001"]

    # --- who may be called ------------------------------------------------------------------------------------
    def test_an_appointment_that_came_early_is_not_called_before_its_time(self, hall: HallInHand) -> None:
        slot = MORNING + 1800 * SECOND
        early = added(hall, 1, lane=Lane.PRIORITY, order_at=slot)
        late = added(hall, 2, lane=Lane.PRIORITY, order_at=MORNING - 600 * SECOND)
        assert (early.due_at, early.queued_at, late.due_at) == (slot, slot, None)
        assert numbers(hall, seat(hall), slot - SECOND) == ["A002"]
        assert numbers(hall, seat(hall), slot) == ["A001", "A002"]
        newcomer = added(hall, 3)
        assert newcomer.order_at is not None
        assert newcomer.order_at < slot
        group, now = early.group_id, MORNING + 60 * SECOND
        assert hall.read(lambda unit: unit.tickets.places(group, DAY, now, 9)) == [late.order_at, newcomer.order_at]

    def test_who_is_bound_is_called_there_alone(self, hall: HallInHand) -> None:
        for number, change in enumerate(
            (TicketChange(), TicketChange(for_window="5"), TicketChange(for_user="user-6")), 1
        ):
            ticket = added(hall, number)
            moved = replace(change, state=TicketState.TRANSFERRED)
            hall.write(lambda unit, one=ticket, moved=moved: unit.tickets.change(one.ticket_id, one.state, moved))
        assert numbers(hall, seat(hall)) == ["A001"]
        assert numbers(hall, seat(hall, "5", 1)) == ["A002"]
        assert numbers(hall, seat(hall, "6", 1)) == ["A003"]
        bound = hall.read(lambda unit: (unit.tickets.bound_to("5", DAY), unit.tickets.bound_to_user("user-6", DAY)))
        assert [[one.number for one in some] for some in bound] == [["A002"], ["A003"]]

    def test_other_days_and_other_states_are_no_candidates(self, hall: HallInHand) -> None:
        added(hall, 1, day=DAY - timedelta(days=1))
        called, cancelled = added(hall, 2), added(hall, 3)
        hall.write(lambda unit: unit.tickets.claim(called.ticket_id, "5", MORNING))
        gone = TicketChange(TicketState.CANCELLED)
        hall.write(lambda unit: unit.tickets.change(cancelled.ticket_id, TicketState.WAITING, gone))
        assert numbers(hall, seat(hall)) == []
        assert not hall.read(lambda unit: unit.tickets.any_queued(DAY))
        assert hall.read(lambda unit: unit.tickets.any_queued(DAY - timedelta(days=1)))

    @pytest.mark.parametrize("seed", range(4))
    def test_candidates_are_all_that_the_rule_needs(self, hall: HallInHand, seed: int) -> None:
        """A crowded hall: whatever was passed, bound and weighted, the draw is the one among everybody."""
        random, groups = Random(seed), hall.groups()
        everybody: list[Ticket] = []
        passed: dict[str, int] = {}
        for number in range(1, 61):
            group, lane = random.choice(groups[:3]), random.choice([Lane.ORDINARY, Lane.ORDINARY, *Lane])
            ago = random.choice([0, 0, 0, 900])
            order_at = MORNING + (number - ago) * SECOND
            ticket = added(hall, number, prefix=group.prefix, group_id=group.group_id, lane=lane, order_at=order_at)
            passed[ticket.ticket_id] = random.choice([0, 0, 1, 2])
            change = TicketChange(
                state=random.choice([TicketState.WAITING, TicketState.TRANSFERRED]),
                passed=passed[ticket.ticket_id],
                for_window=random.choice([None] * 5 + ["12"]),
            )
            everybody.append(
                hall.write(
                    lambda unit, one=ticket, change=change: unit.tickets.change(
                        one.ticket_id, TicketState.WAITING, change
                    )
                )
            )
        at, now = seat(hall, "12", 0, 1), MORNING + 600 * SECOND
        weights = {groups[0].group_id: 0.3, groups[1].group_id: 4.0}
        mine = [one for one in everybody if one.for_window or one.group_id in at.groups]
        whole = [_candidate(one, passed[one.ticket_id]) for one in mine]
        for in_a_row in (0, 2):
            fetched = hall.read(lambda unit: unit.tickets.candidates(at, DAY, now, FAIR))
            assert len(fetched) < len(whole)
            assert shortlist(fetched, in_a_row, now, weights, FAIR) == shortlist(whole, in_a_row, now, weights, FAIR)
        chosen = sorted(whole, key=lambda one: one.order)[20]
        hall.write(lambda unit: unit.tickets.pass_over(at, DAY, now, chosen))
        older = set(passed_over(whole, chosen))
        found = hall.read(lambda unit: unit.tickets.candidates(at, DAY, now, Fairness(8, 1, 2)))
        assert len(older) > 5
        assert all(one.passed == passed[one.ticket_id] + (one.ticket_id in older) for one in found)

    # --- windows ----------------------------------------------------------------------------------------------
    def test_a_free_window_is_found_by_group_while_it_is_heard_of(self, hall: HallInHand) -> None:
        first, second = (group.group_id for group in hall.groups()[:2])
        for window_no in ("2", "10", "3"):
            free(hall, window_no)
        free(hall, "4", MORNING - 61 * SECOND)
        free(hall, "5", state=WindowState.BUSY)
        hall.write(lambda unit: unit.setup.set_served("3", {second: 2.0}))
        since = MORNING - 60 * SECOND
        assert hall.read(lambda unit: unit.counters.free_for(first, since)) == ["2", "10"]
        assert hall.read(lambda unit: unit.counters.free_for(second, since)) == ["2", "3", "10"]
        hall.write(lambda unit: unit.counters.seen("4", MORNING))
        assert hall.read(lambda unit: unit.counters.free_for(first, since)) == ["2", "4", "10"]
        hall.write(lambda unit: (unit.counters.occupy("2"), unit.counters.occupy("5")))
        assert hall.read(lambda unit: unit.counters.free_for(first, since)) == ["4", "10"]
        assert hall.read(lambda unit: unit.counters.free_count()) == 3

    def test_a_window_keeps_its_row_and_its_turns(self, hall: HallInHand) -> None:
        record = CounterRecord("7", WindowState.AWAY, MORNING, MORNING, AwayReason.MEETING, "u", "王", "pc")
        hall.write(lambda unit: unit.counters.put(record))
        assert hall.read(lambda unit: unit.counters.get("7")) == record
        hall.write(lambda unit: unit.counters.put(replace(record, state=WindowState.OFF, away=None)))
        assert hall.read(lambda unit: unit.counters.all()) == [replace(record, state=WindowState.OFF, away=None)]
        for count in (1, 2, 0):
            hall.write(lambda unit, count=count: unit.counters.set_in_a_row("7", DAY, count))
            assert hall.read(lambda unit: unit.counters.in_a_row("7", DAY)) == count
        hall.write(lambda unit: unit.counters.set_in_a_row("7", DAY, 2))
        other = (("7", DAY + timedelta(days=1)), ("8", DAY))
        assert [hall.read(lambda unit, one=one: unit.counters.in_a_row(*one)) for one in other] == [0, 0]

    # --- running the hall -------------------------------------------------------------------------------------
    def test_a_day_is_opened_once_and_changed(self, hall: HallInHand) -> None:
        day = HallDay(DAY, MORNING, "系统", "c" * 64, secret="s" * 64)
        assert hall.write(lambda unit: unit.running.add_day(day))
        assert not hall.write(lambda unit: unit.running.add_day(replace(day, secret="t" * 64)))
        hall.write(lambda unit: unit.running.add_day(replace(day, day=DAY - timedelta(days=1))))
        hall.write(lambda unit: unit.running.change_day(DAY, outside="3398.62", mixed_at=MORNING))
        assert hall.read(lambda unit: unit.running.day(DAY)) == replace(day, outside="3398.62", mixed_at=MORNING)
        assert hall.read(lambda unit: unit.running.days_open(DAY)) == [DAY - timedelta(days=1)]
        hall.write(lambda unit: unit.running.change_day(DAY - timedelta(days=1), closed_at=MORNING, closed_by="x"))
        assert hall.read(lambda unit: unit.running.days_open(DAY)) == []
        assert hall.read(lambda unit: unit.running.day(DAY + timedelta(days=9))) is None

    def test_settings_notices_and_roster(self, hall: HallInHand) -> None:
        assert hall.read(lambda unit: unit.running.setting("queue")) is None
        for value in ({"a": 1}, {"a": [2, "三"]}):
            hall.write(lambda unit, value=value: unit.running.set_setting("queue", value))
            assert hall.read(lambda unit: unit.running.setting("queue")) == value
        later = Notice("n2", "下午停电", MORNING + 3600 * SECOND, MORNING + 7200 * SECOND)
        now = Notice("n1", "3 号机维护", MORNING, MORNING + 60 * SECOND)
        hall.write(lambda unit: (unit.running.add_notice(later), unit.running.add_notice(now)))
        assert hall.read(lambda unit: unit.running.notices(MORNING)) == [now, later]
        hall.write(lambda unit: unit.running.end_notice("n2", MORNING))
        assert hall.read(lambda unit: unit.running.notices(MORNING)) == [now]
        with pytest.raises(NotFound, match="没有这条通知"):
            hall.write(lambda unit: unit.running.end_notice("n9", MORNING))
        hall.user()
        user_id = hall.read(lambda unit: unit.people.by_login("wangxm")).user_id
        shift = RosterEntry("e1", DAY, "12", user_id, "王晓梅", time(8, 30), time(12))
        hall.write(lambda unit: unit.running.add_roster(shift))
        assert hall.read(lambda unit: unit.running.roster(DAY)) == [shift]
        hall.write(lambda unit: unit.running.drop_roster("e1"))
        assert hall.read(lambda unit: unit.running.roster(DAY)) == []
        with pytest.raises(NotFound):
            hall.write(lambda unit: unit.running.drop_roster("e1"))

    def test_a_group_keeps_its_start_and_limit(self, hall: HallInHand) -> None:
        group = ServiceGroup("g-new", "G", "工商", "", "", 9, start=300, daily_limit=2)
        hall.write(lambda unit: unit.setup.add_group(group))
        assert group in hall.groups()
        position = hall.groups().index(group)
        assert [hall.take(group=position).number for _ in range(2)] == ["G300", "G301"]
        with pytest.raises(Locked, match="2 个号已经取完"):
            hall.take(group=position)

    def test_every_device_has_blocks_of_its_own(self, hall: HallInHand) -> None:
        start = threading.Barrier(6)

        def reserve(device: int) -> list[int]:
            start.wait()
            return [hall.write(lambda unit: unit.running.add_block(f"pc-{device}", MORNING)) for _ in range(4)]

        with ThreadPoolExecutor(6) as pool:
            blocks = list(pool.map(reserve, range(6)))
        assert sorted(one for some in blocks for one in some) == list(range(1, 25))
        for device, mine in enumerate(blocks):
            assert hall.read(lambda unit, device=device: unit.running.blocks_of(f"pc-{device}")) == sorted(mine)
        owner = hall.read(lambda unit: unit.running.block_owner(blocks[3][0]))
        assert (owner, hall.read(lambda unit: unit.running.block_owner(99))) == ("pc-3", None)

    # --- many at once -----------------------------------------------------------------------------------------
    def test_windows_that_wait_free_and_kiosks_at_once_leave_nobody_apart(self, hall: HallInHand) -> None:
        """Eight kiosks take while eight windows serve and wait: after one sweep nobody waits for a window that waits
        free, and every ticket was served once."""
        windows, done = [str(number) for number in range(1, 9)], threading.Event()
        start = threading.Barrier(16)
        served: list[str] = []

        def actor(window_no: str) -> Actor:
            return Actor(hall.hall_id, f"pc-{window_no}", f"u{window_no}", "王", frozenset({Role.CLERK}), window_no)

        def kiosk(number: int) -> None:
            start.wait()
            for _ in range(15):
                hall.take(group=number % 3)

        def window(window_no: str) -> None:
            start.wait()
            while True:
                last = done.is_set()
                there = hall.read(lambda unit: unit.tickets.active(window_no))
                if there is not None:
                    served.append(hall.finish(there).ticket_id)
                answer = hall.write(lambda unit: _press(hall, unit, actor(window_no)))
                if answer is None and last:
                    return

        with ThreadPoolExecutor(16) as pool:
            desks = [pool.submit(window, one) for one in windows]
            for one in [pool.submit(kiosk, number) for number in range(8)]:
                one.result()
            done.set()
            for one in desks:
                one.result()
        hall.desk.matcher.sweep(hall.store, hall.hall_id)
        everybody = hall.read(lambda unit: unit.tickets.of_day(DAY))
        assert len(everybody) == 120
        free_now = hall.read(lambda unit: unit.counters.free_count())
        assert not free_now or not [one for one in everybody if one.state in QUEUED]
        assert sorted(served) == sorted(one.ticket_id for one in everybody)


def _press(hall: HallInHand, unit: HallUnit, actor: Actor) -> Ticket | None:
    """F2, unless the hall has called somebody there meanwhile."""
    there = unit.tickets.active(actor.window_no or "")
    return there or hall.desk.calling.call_next(unit, actor).ticket


def _candidate(ticket: Ticket, passed: int) -> Candidate:
    assert ticket.order_at is not None
    return Candidate(ticket.ticket_id, ticket.group_id, ticket.lane, ticket.order_at, passed, ticket.number)


class TestSqliteQueueStore(QueueStoreContract):
    @pytest.fixture
    def hall(self, hall_place: Path | str) -> Iterator[HallInHand]:
        with hall_in_hand(hall_place) as found:
            yield found
