"""What the hall's store promises for appointments: a slot has its places and no more, whoever books at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from clerk_app.domain.errors import Conflict
from clerk_app.domain.queue import VisitReason
from clerk_app.ports.hall_running import AppointmentState
from clerk_app.ports.stores_hall_running import AppointmentRecord
from support.hall import MORNING, HallInHand, hall_in_hand

PLACES = 3


def record(hall: HallInHand, number: int, person: str, slot: int = 0) -> AppointmentRecord:
    start = MORNING + timedelta(minutes=30 * (slot + 1))
    return AppointmentRecord(
        appointment_id=hall.desk.tools.new_id(),
        code=f"{number:08d}",
        day=MORNING.date(),
        group_id=hall.groups()[0].group_id,
        starts_at=start,
        ends_at=start + timedelta(minutes=30),
        person="李*",
        person_hash=person,
        birth=date(1990, 3, 7),
        matters=("m1", "m2"),
        reason=VisitReason.SUBMIT,
        state=AppointmentState.BOOKED,
        booked_at=MORNING,
    )


class AppointmentStoreContract:
    """Inherit and give a fixture ``hall``."""

    def test_what_was_stored_comes_back(self, hall: HallInHand) -> None:
        made = record(hall, 1, "p1")
        assert hall.write(lambda unit: unit.appointments.add(made, PLACES))
        assert hall.read(lambda unit: unit.appointments.by_code("00000001")) == made
        assert hall.read(lambda unit: unit.appointments.of_person("p1", made.day)) == [made]
        assert hall.read(lambda unit: unit.appointments.by_code("00000002")) is None

    def test_the_last_place_goes_to_one_of_many(self, hall: HallInHand) -> None:
        records = [record(hall, number, f"p{number}") for number in range(12)]
        ready = threading.Barrier(len(records))

        def book(made: AppointmentRecord) -> bool:
            ready.wait()
            return bool(hall.write(lambda unit: unit.appointments.add(made, PLACES)))

        with ThreadPoolExecutor(len(records)) as pool:
            assert Counter(pool.map(book, records)) == {True: PLACES, False: 12 - PLACES}
        booked = hall.read(lambda unit: unit.appointments.booked(records[0].group_id, MORNING.date()))
        assert booked == {records[0].starts_at: PLACES}

    def test_a_code_is_given_once_and_a_person_sits_once(self, hall: HallInHand) -> None:
        hall.write(lambda unit: unit.appointments.add(record(hall, 1, "p1"), PLACES))
        with pytest.raises(Conflict, match="预约码重了"):
            hall.write(lambda unit: unit.appointments.add(record(hall, 1, "p2"), PLACES))
        with pytest.raises(Conflict, match="已经有预约"):
            hall.write(lambda unit: unit.appointments.add(record(hall, 2, "p1"), PLACES))

    def test_a_change_from_another_state_is_a_conflict(self, hall: HallInHand) -> None:
        made = record(hall, 1, "p1")
        booked, used, gone = AppointmentState.BOOKED, AppointmentState.CHECKED_IN, AppointmentState.CANCELLED
        hall.write(lambda unit: unit.appointments.add(made, PLACES))
        hall.write(lambda unit: unit.appointments.change(made.appointment_id, booked, used, "t-1"))
        with pytest.raises(Conflict):
            hall.write(lambda unit: unit.appointments.change(made.appointment_id, booked, gone))

    def test_no_order_of_steps_overbooks_a_slot(self, hall: HallInHand) -> None:
        numbers = iter(range(100, 10**7))

        class Booking(RuleBasedStateMachine):
            """Who sits where, as a dictionary; the store must agree after every step."""

            def __init__(self) -> None:
                super().__init__()
                self.day = MORNING.date() + timedelta(days=next(numbers))
                self.seats: dict[tuple[int, str], AppointmentRecord] = {}

            @rule(person=st.sampled_from("abcdefg"), slot=st.integers(0, 1))
            def book(self, person: str, slot: int) -> None:
                shift = self.day - MORNING.date()
                made = record(hall, next(numbers), person, slot)
                values = {name: getattr(made, name) for name in AppointmentRecord.__dataclass_fields__}
                values |= {"day": self.day, "starts_at": made.starts_at + shift, "ends_at": made.ends_at + shift}
                wish = AppointmentRecord(**values)
                if (slot, person) in self.seats:
                    full = sum(at == slot for at, _ in self.seats) >= PLACES
                    try:
                        assert not hall.write(lambda unit: unit.appointments.add(wish, PLACES))
                        assert full
                    except Conflict:
                        assert not full
                    return
                fits = sum(at == slot for at, _ in self.seats) < PLACES
                assert hall.write(lambda unit: unit.appointments.add(wish, PLACES)) is fits
                if fits:
                    self.seats[slot, person] = wish

            @rule(person=st.sampled_from("abcdefg"), slot=st.integers(0, 1))
            def cancel(self, person: str, slot: int) -> None:
                seat = self.seats.pop((slot, person), None)
                if seat is not None:
                    states = AppointmentState.BOOKED, AppointmentState.CANCELLED
                    hall.write(lambda unit: unit.appointments.change(seat.appointment_id, *states))

            @invariant()
            def the_store_counts_the_same(self) -> None:
                group = hall.groups()[0].group_id
                expected = Counter(seat.starts_at for seat in self.seats.values())
                assert hall.read(lambda unit: unit.appointments.booked(group, self.day)) == dict(expected)

        checks = [HealthCheck.too_slow]
        quick = settings(max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=checks)
        run_state_machine_as_test(Booking, settings=quick)


class TestSqliteAppointments(AppointmentStoreContract):
    @pytest.fixture
    def hall(self, hall_place: Path | str) -> Iterator[HallInHand]:
        with hall_in_hand(hall_place) as found:
            yield found
