"""Booking a slot and arriving for it: who is in time keeps the place, who is late queues, nobody finds codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Conflict, Locked, NotAllowed, NotFound, Rejected
from clerk_app.domain.queue import Lane, PriorityClass, TicketState
from clerk_app.domain.queue_rules import WORKDAY_HOURS, AppointmentRules, QueueRules
from clerk_app.ports.hall_queue import CardPerson, TakeTicket, TicketTaken
from clerk_app.ports.hall_running import Appointment, AppointmentState, BookSlot, CheckIn
from support.hall import MORNING, HallInHand, hall_in_hand

LI = CardPerson("李晓彤", "110101199003070038", date(1990, 3, 7))
OLD = CardPerson("张三", "110101195003070011", date(1950, 3, 7))
HALF_PAST = MORNING.replace(minute=30)


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    with hall_in_hand(hall_place) as found:
        yield found


def platform(hall: HallInHand) -> Actor:
    return hall.actor(None, Role.PLATFORM)


def person(number: int) -> CardPerson:
    return CardPerson("王五", f"11010119900307{number:04d}", date(1990, 3, 7))


def book(hall: HallInHand, card: CardPerson = LI, at: datetime = HALF_PAST, group: int = 0) -> Appointment:
    wish = BookSlot(hall.groups()[group].group_id, at, card)
    return hall.write(lambda unit: hall.desk.appointments.book(unit, platform(hall), wish))


def check_in(hall: HallInHand, wish: CheckIn, actor: Actor | None = None) -> TicketTaken:
    return hall.write(lambda unit: hall.desk.appointments.check_in(unit, actor or hall.kiosk(), wish))


def rules(hall: HallInHand, wanted: QueueRules) -> None:
    manager = hall.actor(None, Role.MANAGER)
    hall.write(lambda unit: hall.desk.days.set_rules(unit, manager, wanted))


def left(hall: HallInHand, at: datetime = HALF_PAST) -> int:
    group = hall.groups()[0].group_id
    slots = hall.read(lambda unit: hall.desk.appointments.slots(unit, platform(hall), group, at.date()))
    return next(slot.left for slot in slots if slot.starts_at == at)


def test_a_booking_takes_a_place_and_keeps_no_name(hall: HallInHand) -> None:
    assert left(hall) == 4
    made = book(hall)
    assert (made.person, made.state, made.group_name) == ("李*", AppointmentState.BOOKED, "企业准入")
    assert len(made.code) == 8
    assert left(hall) == 3
    stored = hall.read(lambda unit: unit.appointments.by_code(made.code))
    assert stored is not None
    assert "李晓彤" not in repr(stored)
    assert LI.id_number not in repr(stored)


def test_slots_that_have_begun_are_not_offered(hall: HallInHand) -> None:
    group = hall.groups()[0].group_id
    today = hall.read(lambda unit: hall.desk.appointments.slots(unit, platform(hall), group, MORNING.date()))
    assert today[0].starts_at == HALF_PAST
    with pytest.raises(Rejected, match="没有可以预约的时段"):
        book(hall, at=MORNING)
    with pytest.raises(Rejected, match="没有可以预约的时段"):
        book(hall, at=MORNING.replace(minute=40))


@pytest.mark.parametrize("days", [-1, 8])
def test_a_day_beyond_the_rule_is_refused(hall: HallInHand, days: int) -> None:
    with pytest.raises(Rejected, match="换一天"):
        book(hall, at=HALF_PAST + timedelta(days=days))


def test_a_full_slot_names_the_next_free_one(hall: HallInHand) -> None:
    rules(hall, QueueRules(appointments=AppointmentRules(per_slot=1)))
    book(hall, person(1))
    book(hall, person(2), HALF_PAST + timedelta(minutes=30))
    with pytest.raises(Conflict, match="11月23日 10:30 已经约满，最近的空位是 11月23日 11:30"):
        book(hall, person(3))
    rules(hall, QueueRules(appointments=AppointmentRules(per_slot=1, days_ahead=0, slot_minutes=90)))
    afternoon = MORNING.replace(hour=15)
    book(hall, person(4), afternoon)
    with pytest.raises(Conflict, match="后面几天也约满了"):
        book(hall, person(5), afternoon)


def test_one_person_books_one_place_at_a_time_whatever_the_group(hall: HallInHand) -> None:
    book(hall)
    with pytest.raises(Conflict, match="已经有预约"):
        book(hall, group=1)
    book(hall, at=HALF_PAST + timedelta(minutes=30))


def test_a_cancelled_place_is_free_again_for_the_same_person_too(hall: HallInHand) -> None:
    made = book(hall)

    def cancel() -> Appointment:
        return hall.write(lambda unit: hall.desk.appointments.cancel(unit, platform(hall), made.code))

    assert cancel().state is AppointmentState.CANCELLED
    assert cancel().state is AppointmentState.CANCELLED
    assert left(hall) == 4
    assert book(hall).code != made.code
    with pytest.raises(Locked, match="已经取消"):
        check_in(hall, CheckIn(made.code))


def test_early_waits_for_the_slot_however_free_the_windows_are(hall: HallInHand) -> None:
    made = book(hall)
    hall.clock.move(minutes=10)
    assert hall.call() is None
    taken = check_in(hall, CheckIn(made.code))
    assert (taken.ticket.priority, taken.ticket.lane) == (PriorityClass.APPOINTMENT, Lane.PRIORITY)
    assert taken.ticket.order_at == HALF_PAST
    assert taken.expected_wait_s == 20 * 60
    assert taken.ticket.state is TicketState.WAITING
    other = hall.take()
    assert other.state is TicketState.CALLED
    hall.finish(other)
    assert hall.call() is None
    hall.clock.move(minutes=20)
    hall.write(lambda unit: hall.desk.counters.here(unit, hall.actor()))
    hall.desk.matcher.sweep(hall.store, hall.hall_id)
    assert hall.read(lambda unit: unit.tickets.get(taken.ticket.ticket_id)).state is TicketState.CALLED


def test_a_little_late_goes_before_those_who_came_since(hall: HallInHand) -> None:
    made = book(hall)
    hall.clock.move(minutes=40)
    hall.take()
    hall.take(PriorityClass.DISABLED)
    taken = check_in(hall, CheckIn(made.code))
    assert taken.ticket.order_at == HALF_PAST
    assert taken.people_ahead == 0


def test_too_late_is_ordinary_from_now_on_but_age_still_counts(hall: HallInHand) -> None:
    young, old = book(hall), book(hall, OLD)
    hall.clock.move(minutes=46)
    hall.take()
    hall.clock.move(seconds=1)
    late = check_in(hall, CheckIn(young.code))
    assert (late.ticket.priority, late.ticket.lane) == (PriorityClass.ORDINARY, Lane.ORDINARY)
    assert late.ticket.order_at == hall.clock.now()
    assert late.people_ahead == 1
    assert check_in(hall, CheckIn(old.code)).ticket.priority is PriorityClass.ELDERLY


def test_the_card_finds_the_appointment_of_today(hall: HallInHand) -> None:
    book(hall, at=HALF_PAST + timedelta(days=1))
    with pytest.raises(NotFound, match="直接取号"):
        check_in(hall, CheckIn(card=LI))
    made = book(hall)
    taken = check_in(hall, CheckIn(card=LI))
    assert taken.ticket.person == "李*"
    stored = hall.read(lambda unit: unit.appointments.by_code(made.code))
    assert stored is not None
    assert (stored.state, stored.ticket_id) == (AppointmentState.CHECKED_IN, taken.ticket.ticket_id)


def test_a_second_check_in_names_the_number(hall: HallInHand) -> None:
    made = book(hall)
    number = check_in(hall, CheckIn(made.code)).ticket.number
    for wish in (CheckIn(made.code), CheckIn(card=LI)):
        with pytest.raises(Conflict, match=number):
            check_in(hall, wish)
    with pytest.raises(Locked, match="已经取过号"):
        hall.write(lambda unit: hall.desk.appointments.cancel(unit, platform(hall), made.code))


def test_another_open_number_is_named_and_the_appointment_stays(hall: HallInHand) -> None:
    made = book(hall)
    wish = TakeTicket(hall.groups()[1].group_id, card=LI)
    hall.write(lambda unit: hall.desk.taking.take(unit, hall.kiosk(), wish))
    with pytest.raises(Conflict, match="已取 B001"):
        check_in(hall, CheckIn(made.code))
    stored = hall.read(lambda unit: unit.appointments.by_code(made.code))
    assert stored is not None
    assert stored.state is AppointmentState.BOOKED


def test_the_wrong_day_says_which(hall: HallInHand) -> None:
    made = book(hall, at=HALF_PAST + timedelta(days=1))
    with pytest.raises(Locked, match="11月24日 10:30"):
        check_in(hall, CheckIn(made.code))


def test_a_closed_hall_checks_nobody_in(hall: HallInHand) -> None:
    rules(hall, QueueRules(hours=WORKDAY_HOURS))
    made = book(hall)
    hall.clock.move(hours=9)
    with pytest.raises(Locked, match="取号结束了"):
        check_in(hall, CheckIn(made.code))


def test_codes_cannot_be_found_by_trying(hall: HallInHand) -> None:
    made = book(hall)
    wrong = [f"{number:08d}" for number in range(10) if f"{number:08d}" != made.code]
    for code in [*wrong, "99999999"][:10]:
        with pytest.raises(NotFound):
            check_in(hall, CheckIn(code))
    with pytest.raises(Locked, match="10 分钟后再试，或者用身份证"):
        check_in(hall, CheckIn(made.code))
    assert check_in(hall, CheckIn(card=LI)).ticket.number == "A001"
    other = replace(hall.kiosk(), device_id="another machine")
    with pytest.raises(Conflict, match="A001"):
        check_in(hall, CheckIn(made.code), other)
    hall.clock.move(minutes=11)
    with pytest.raises(Conflict, match="A001"):
        check_in(hall, CheckIn(made.code))


@pytest.mark.parametrize("wish", [CheckIn(), CheckIn("12345678", LI)])
def test_a_check_in_is_by_code_or_by_card(hall: HallInHand, wish: CheckIn) -> None:
    with pytest.raises(Rejected):
        check_in(hall, wish)


def test_who_may_book_and_who_may_check_in(hall: HallInHand) -> None:
    made = book(hall)
    wish = BookSlot(hall.groups()[0].group_id, HALF_PAST, OLD)
    for role in (Role.KIOSK, Role.DISPLAY):
        with pytest.raises(NotAllowed):
            hall.write(lambda unit, role=role: hall.desk.appointments.book(unit, hall.actor(None, role), wish))
    with pytest.raises(NotAllowed):
        check_in(hall, CheckIn(made.code), platform(hall))
    clerk = hall.actor("12")
    assert hall.write(lambda unit: hall.desk.appointments.book(unit, clerk, wish)).person == "张*"


def test_the_journal_keeps_each_step_without_a_person(hall: HallInHand) -> None:
    made = book(hall)
    check_in(hall, CheckIn(made.code))
    hall.sequence()
    entries = [
        entry for entry in hall.read(lambda unit: unit.journal.after(0, 100)) if entry.kind.startswith("appointment.")
    ]
    assert [entry.kind for entry in entries] == ["appointment.booked", "appointment.checked_in"]
    told = repr([entry.payload for entry in entries])
    assert made.code not in told
    assert "李" not in told


def test_nobody_claims_an_appointment_by_key(tmp_path: Path) -> None:
    with hall_in_hand(tmp_path) as hall:
        wish = TakeTicket(hall.groups()[0].group_id, priority=PriorityClass.APPOINTMENT)
        with pytest.raises(Rejected, match="预约码签到"):
            hall.write(lambda unit: hall.desk.taking.take(unit, hall.kiosk(), wish))
