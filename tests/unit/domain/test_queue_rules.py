"""The hall's hours and rules: when numbers are given, which sentence tells why not, which rules cannot work."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from clerk_app.domain.errors import Locked, Rejected
from clerk_app.domain.queue_order import Fairness
from clerk_app.domain.queue_rules import WORKDAY_HOURS, Hours, QueueRules, Session, check_prefix
from clerk_app.ports.clock import BEIJING

MONDAY = date(2026, 11, 23)
SATURDAY = date(2026, 11, 28)
SUNDAY = date(2026, 11, 29)


def at(clock: str, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), BEIJING)


def sentence(hours: Hours, moment: datetime) -> str:
    """Why no number is given; empty when one is."""
    try:
        hours.check_taking(moment)
    except Locked as locked:
        return str(locked)
    return ""


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("07:59:59", "还没到取号时间，今天 08:00 开始取号"),
        ("08:00", ""),
        ("11:59:59", ""),
        ("12:00", "午间不取号，13:00 再开始"),
        ("12:59:59", "午间不取号，13:00 再开始"),
        ("13:00", ""),
        ("16:59:59", ""),
        ("17:00", "今天的取号结束了，11月24日 08:00 开始取号"),
        ("23:00", "今天的取号结束了，11月24日 08:00 开始取号"),
    ],
)
def test_a_workday(clock: str, words: str) -> None:
    assert sentence(WORKDAY_HOURS, at(clock)) == words


def test_a_hall_that_never_set_its_hours_always_gives_numbers() -> None:
    assert all(
        not sentence(Hours(), at(clock, day)) for clock in ("00:00", "12:30", "23:59") for day in (MONDAY, SUNDAY)
    )
    assert not Hours().after_hours(at("23:00"))


def test_lunch_can_give_numbers_too() -> None:
    assert not sentence(replace(WORKDAY_HOURS, lunch_takes=True), at("12:30"))


def test_numbers_end_before_the_door_closes_where_the_hall_says_so() -> None:
    hours = replace(WORKDAY_HOURS, take_until=20)
    assert not sentence(hours, at("16:39"))
    assert "今天的取号结束了" in sentence(hours, at("16:40"))


def test_the_weekend_names_monday() -> None:
    assert sentence(WORKDAY_HOURS, at("10:00", SATURDAY)) == "今天不办公，11月30日 08:00 开始取号"


def test_holidays_make_up_days_and_extended_hours_go_before_the_week() -> None:
    evening = (*WORKDAY_HOURS.week[1], Session(time(18), time(20)))
    days = {MONDAY: (), SATURDAY: WORKDAY_HOURS.week[1], date(2026, 11, 24): evening}
    hours = replace(WORKDAY_HOURS, days=days)
    assert sentence(hours, at("10:00")) == "今天不办公，11月24日 08:00 开始取号"
    assert not sentence(hours, at("10:00", SATURDAY))
    assert not sentence(hours, at("19:30", date(2026, 11, 24)))
    assert sentence(hours, at("17:15", date(2026, 11, 24))) == "午间不取号，17:30 再开始"


def test_a_hall_that_never_opens_again_sends_to_the_desk() -> None:
    assert sentence(Hours(week={1: ()}), at("10:00")) == "今天不办公，开门时间请问咨询台"


def test_after_hours_begins_with_the_last_sessions_end() -> None:
    assert not WORKDAY_HOURS.after_hours(at("12:30"))
    assert WORKDAY_HOURS.after_hours(at("17:00"))
    assert not WORKDAY_HOURS.after_hours(at("18:00", SUNDAY))


@pytest.mark.parametrize(
    ("clock", "day"),
    [("02:59:59", date(2026, 11, 22)), ("03:00", MONDAY), ("23:59:59", MONDAY), ("00:00", date(2026, 11, 22))],
)
def test_the_halls_day_turns_at_three(clock: str, day: date) -> None:
    assert QueueRules().day_of(at(clock)) == day


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("recall_seconds", {"recall_seconds": 2}),
        ("recalls_before_missed", {"recalls_before_missed": 10}),
        ("missed_after", {"missed_after": -1}),
        ("missed_returns", {"missed_returns": 10}),
        ("per_person", {"per_person": 51}),
        ("turns_at", {"turns_at": 7}),
        ("target_minutes", {"target_minutes": 0}),
        ("alarm_minutes", {"alarm_minutes": 241}),
        ("seen_seconds", {"seen_seconds": 19}),
        ("draw_among", {"fairness": Fairness(draw_among=0)}),
        ("most_passes", {"fairness": Fairness(most_passes=9)}),
        ("preferred_in_a_row", {"fairness": Fairness(preferred_in_a_row=0)}),
        ("hours", {"hours": Hours(week={1: (Session(time(9), time(12)), Session(time(11), time(17)))})}),
        ("hours", {"hours": Hours(days={MONDAY: (Session(time(12), time(9)),)})}),
        ("hours", {"hours": Hours(days={MONDAY: (Session(time(9), time(9)),)})}),
    ],
)
def test_a_rule_that_cannot_work_is_named(field: str, changed: dict[str, object]) -> None:
    QueueRules(hours=WORKDAY_HOURS).check()
    with pytest.raises(Rejected) as caught:
        replace(QueueRules(), **changed).check()  # type: ignore[arg-type]
    assert caught.value.field == field


@pytest.mark.parametrize("prefix", ["", "a", "AB", "1", "Ä", "Y"])
def test_letters_that_no_group_may_have(prefix: str) -> None:
    with pytest.raises(Rejected) as caught:
        check_prefix(prefix)
    assert caught.value.field == "prefix"
    check_prefix("A")
