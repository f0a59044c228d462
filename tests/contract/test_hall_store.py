"""What every hall store must do, SQLite now; PostgreSQL subclasses ``HallStoreContract`` with another ``hall``."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.errors import Conflict, Locked, NotFound
from clerk_app.domain.queue import PriorityClass, TicketState
from clerk_app.ports.hall_queue import CardPerson, TakeTicket
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_queue import TicketChange
from support.hall import HallInHand, SeededEntropy, hall_in_hand, open_place, over


class HallStoreContract:
    """Inherit and give a fixture ``hall``."""

    def test_numbers_count_up_per_letter_and_day(self, hall: HallInHand) -> None:
        assert [hall.take(group=0).number, hall.take(group=1).number, hall.take(group=0).number] == [
            "A001",
            "B001",
            "A002",
        ]
        hall.clock.move(days=1)
        assert hall.take(group=0).number == "A001"

    def test_an_evening_past_midnight_keeps_its_numbers_and_the_day_turns_at_three(self, hall: HallInHand) -> None:
        hall.clock.move(hours=13, minutes=59)
        evening = hall.take()
        hall.clock.move(hours=2)
        night = hall.take()
        assert (night.day, night.number) == (evening.day, "A002")
        hall.clock.move(hours=1, minutes=1)
        morning = hall.take()
        assert (morning.day - night.day, morning.number) == (timedelta(days=1), "A001")
        assert hall.call() == hall.read(lambda unit: unit.tickets.get(morning.ticket_id))

    def test_nobody_waits(self, hall: HallInHand) -> None:
        assert hall.call() is None

    def test_without_a_draw_tickets_are_called_in_the_order_of_taking(self, hall: HallInHand) -> None:
        hall.in_order()
        taken = []
        for group in (0, 2, 1):
            taken.append(hall.take(group=group).number)
            hall.clock.move(seconds=1)
        called = [ticket.number for window in ("1", "2", "3") if (ticket := hall.call(window))]
        assert called == taken

    def test_priority_goes_first_but_not_more_than_twice_in_a_row(self, hall: HallInHand) -> None:
        hall.in_order()
        for _ in range(3):
            hall.take()
            hall.clock.move(seconds=1)
        for _ in range(4):
            hall.take(PriorityClass.DISABLED, group=1)
            hall.clock.move(seconds=1)
        called = []
        for _ in range(7):
            ticket = hall.call()
            assert ticket is not None
            called.append(ticket.number)
            hall.clock.move(seconds=1)
            hall.finish(ticket)
        assert called == ["B001", "B002", "A001", "B003", "B004", "A002", "A003"]

    def test_priority_goes_on_when_no_ordinary_ticket_waits(self, hall: HallInHand) -> None:
        for _ in range(3):
            hall.take(PriorityClass.SOLDIER)
        for _ in range(3):
            ticket = hall.call()
            assert ticket is not None
            hall.clock.move(seconds=1)
            hall.finish(ticket)

    def test_a_window_serves_its_own_groups(self, hall: HallInHand) -> None:
        groups = hall.groups()
        hall.write(lambda unit: unit.setup.set_served("5", {groups[1].group_id: 1.0}))
        hall.take(group=0)
        assert hall.call("5") is None
        wanted = hall.take(group=1)
        assert (wanted.state, wanted.window_no) == (TicketState.CALLED, "5")

    def test_a_busy_window_is_refused_by_the_store_itself(self, hall: HallInHand) -> None:
        first, second = hall.take(), hall.take()
        called = hall.call()
        assert called is not None
        other = second if called.number == first.number else first
        with pytest.raises(Locked, match="没办完"):
            hall.write(lambda unit: unit.tickets.claim(other.ticket_id, "12", hall.clock.now()))

    def test_a_change_from_a_stale_state_is_refused(self, hall: HallInHand) -> None:
        ticket = hall.take()
        hall.call()
        with pytest.raises(Conflict, match="刚刚被别处改过"):
            hall.write(
                lambda unit: unit.tickets.change(
                    ticket.ticket_id, TicketState.WAITING, TicketChange(state=TicketState.CANCELLED)
                )
            )

    def test_an_unknown_ticket(self, hall: HallInHand) -> None:
        with pytest.raises(NotFound):
            hall.read(lambda unit: unit.tickets.get("no-such-ticket"))

    def test_what_raises_leaves_nothing_behind(self, hall: HallInHand) -> None:
        wish = TakeTicket(hall.groups()[0].group_id)

        def fail(unit: HallUnit) -> None:
            hall.desk.taking.take(unit, hall.kiosk(), wish)
            raise Locked("stop")

        before = hall.read(lambda unit: len(unit.journal.unsequenced(100)))
        with pytest.raises(Locked, match="stop"):
            hall.write(fail)
        assert hall.read(lambda unit: len(unit.journal.unsequenced(100))) == before
        assert hall.take().number == "A001"

    def test_people_ahead_count_priority_of_the_same_group(self, hall: HallInHand) -> None:
        hall.take(PriorityClass.PREGNANT)
        hall.take(group=1)
        hall.take()
        hall.clock.move(seconds=1)
        last = hall.take()
        assert hall.read(lambda unit: unit.tickets.ahead(last)) == 2

    def test_one_card_waits_once(self, hall: HallInHand) -> None:
        card = CardPerson("李晓彤", "110101199003070003")
        wish = TakeTicket(hall.groups()[0].group_id, card=card)

        def take() -> str:
            return hall.write(lambda unit: hall.desk.taking.take(unit, hall.kiosk(), wish)).ticket.number

        assert take() == "A001"
        with pytest.raises(Conflict, match="10:00 已取 A001，前面还有 0 人"):
            take()
        called = hall.call()
        assert called is not None
        with pytest.raises(Conflict, match="请到 12 号窗口"):
            take()
        hall.finish(called)
        assert take() == "A002"

    def test_eight_windows_never_call_one_ticket_twice(self, hall: HallInHand) -> None:
        count, windows = 120, [str(number) for number in range(1, 9)]
        for _ in range(count):
            hall.take()
        called: Counter[str] = Counter()
        lock = threading.Lock()
        start = threading.Barrier(len(windows))

        def work(window_no: str) -> None:
            start.wait()
            while (ticket := hall.call(window_no)) is not None:
                with lock:
                    called[ticket.number] += 1
                hall.finish(ticket)

        with ThreadPoolExecutor(len(windows)) as pool:
            list(pool.map(work, windows))
        assert len(called) == count
        assert set(called.values()) == {1}

    def test_eight_kiosks_never_issue_one_number_twice(self, hall: HallInHand) -> None:
        start = threading.Barrier(8)

        def work(_: int) -> list[str]:
            start.wait()
            return [hall.take(group=0).number for _ in range(12)]

        with ThreadPoolExecutor(8) as pool:
            numbers = [number for some in pool.map(work, range(8)) for number in some]
        assert sorted(numbers) == [f"A{serial:03d}" for serial in range(1, 97)]

    def test_one_window_pressed_by_eight_hands_gets_one_ticket(self, hall: HallInHand) -> None:
        for _ in range(8):
            hall.take()
        start = threading.Barrier(8)

        def press(_: int) -> bool:
            start.wait()
            try:
                return hall.call("12") is not None
            except Locked:
                return False

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(press, range(8))) == 1
        waiting = hall.read(lambda unit: unit.tickets.waiting(hall.clock.now().date()))
        assert sum(count.waiting for count in waiting) == 7

    def test_figures_are_computed_from_the_day(self, hall: HallInHand) -> None:
        hall.in_order()
        first, second = hall.take(), hall.take()
        hall.clock.move(minutes=2)
        hall.call()
        hall.clock.move(minutes=4)
        hall.finish(hall.read(lambda unit: unit.tickets.get(first.ticket_id)))
        hall.call("13")
        figures = hall.read(lambda unit: unit.tickets.figures("12", hall.clock.now().date()))
        assert figures.served == 1
        assert figures.mean_service_s == pytest.approx(240, abs=0.01)
        assert figures.mean_wait_s == pytest.approx((120 + 360) / 2, abs=0.01)
        assert second.state is TicketState.WAITING


class TestSqliteHallStore(HallStoreContract):
    @pytest.fixture
    def hall(self, hall_place: Path | str) -> Iterator[HallInHand]:
        with hall_in_hand(hall_place) as found:
            yield found


def test_settings_that_another_process_changed_count_from_the_next_turn(hall_place: Path | str) -> None:
    """What a turn remembers of the settings it remembers under their version, which is in the store."""
    entropy = SeededEntropy(2)
    with hall_in_hand(hall_place) as hall:
        hall.in_order()
        hall.take(group=0)
        hall.clock.move(seconds=1)
        taken = hall.take(group=1)
        store = open_place(hall_place, entropy)
        try:
            other = over(store, hall.clock, entropy, NationalCrypto(entropy))
            other.write(lambda unit: unit.setup.set_served("1", {taken.group_id: 1.0}))
        finally:
            store.close()
        called = hall.call("1")
        assert called is not None
        assert called.number == taken.number
        with pytest.raises(ZeroDivisionError):
            hall.write(lambda unit: (unit.setup.set_served("2", {taken.group_id: 1.0}), 1 / 0))
        assert hall.write(lambda unit: unit.setup.served("2")) == {}
