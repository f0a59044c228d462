"""Working days, against the official dates and an independent calendar, and the ends of limits."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.bootstrap.calendar_files import load
from clerk_app.domain.calendar import BEIJING, CountedDay, DayCount, Due, Limit, WorkingCalendar, add_months, due
from clerk_app.domain.errors import Rejected

OFFICIAL_DAYS = st.dates(date(2024, 1, 1), date(2026, 9, 30))
ANY_DAYS = st.dates(date(2023, 1, 1), date(2029, 12, 31))


@cache
def shipped() -> WorkingCalendar:
    return load()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def every_day() -> list[date]:
    first = date(2024, 1, 1)
    return [first + timedelta(days=offset) for offset in range((date(2026, 12, 31) - first).days + 1)]


def test_every_day_of_three_years_agrees_with_an_independent_calendar() -> None:
    days = every_day()
    assert len(days) == 1096
    assert [d for d in days if shipped().is_working_day(d) != chinese_calendar.is_workday(d)] == []


def test_every_day_agrees_with_the_published_arrangement() -> None:
    folder = os.environ.get("CLERK_REAL_DATA")
    if not folder:
        pytest.skip("CLERK_REAL_DATA is not set: the published arrangement was not compared")
    content = json.loads(Path(folder, "calendar_cn_2024_2026.json").read_text(encoding="utf-8"))
    off, make_up = content["off_days"], content["makeup_working_days"]
    calendar = shipped()
    for day in every_day():
        worked = day.isoformat() in make_up or (day.weekday() < 5 and day.isoformat() not in off)
        assert calendar.is_working_day(day) == worked, day
        assert calendar.holiday_name(day) == off.get(day.isoformat(), ""), day


@pytest.mark.parametrize(("year", "expected"), [(2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(year: int, expected: int) -> None:
    count = shipped().working_days_between(date(year - 1, 12, 31), date(year, 12, 31))
    assert count == DayCount(expected, provisional=False)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2024-09-30", 20, "2024-11-01"),
        ("2025-01-24", 5, "2025-02-07"),
        ("2025-12-31", 1, "2026-01-04"),
        ("2026-02-13", 20, "2026-03-19"),
        ("2026-04-30", 5, "2026-05-11"),
        ("2026-11-20", 20, "2026-12-18"),
        ("2026-11-23", 0, "2026-11-23"),
    ],
)
def test_adding_working_days(start: str, count: int, end: str) -> None:
    found = shipped().add_working_days(date.fromisoformat(start), count)
    assert found == CountedDay(date.fromisoformat(end), provisional=False)


def test_a_receipt_on_a_day_off_counts_from_the_next_working_day() -> None:
    saturday = date(2026, 2, 21)
    assert shipped().day_of_receipt(saturday) == CountedDay(date(2026, 2, 24), provisional=False)
    assert shipped().add_working_days(saturday, 0).day == date(2026, 2, 24)
    assert shipped().add_working_days(saturday, 5).day == date(2026, 3, 2)


def test_the_next_working_day_skips_the_day_itself_and_takes_a_make_up_sunday() -> None:
    assert shipped().next_working_day(date(2025, 12, 31)).day == date(2026, 1, 4)
    assert shipped().next_working_day(date(2026, 11, 23)).day == date(2026, 11, 24)


def test_a_promise_that_crosses_into_an_unpublished_year_is_marked() -> None:
    last_certain = shipped().add_working_days(date(2026, 12, 3), 20)
    crossing = shipped().add_working_days(date(2026, 12, 4), 20)
    assert last_certain == CountedDay(date(2026, 12, 31), provisional=False)
    assert crossing == CountedDay(date(2027, 1, 1), provisional=True)
    assert shipped().official_until == date(2026, 12, 31)


def test_a_receipt_before_the_loaded_years_is_marked_too() -> None:
    assert shipped().add_working_days(date(2023, 12, 29), 1) == CountedDay(date(2024, 1, 2), provisional=True)


def test_adding_next_years_file_makes_the_promise_certain(tmp_path: Path) -> None:
    coming = tmp_path / "2027.json"
    year = {"status": "official", "source": "通知", "off": [{"name": "元旦", "from": "2027-01-01"}], "make_up": []}
    coming.write_text(json.dumps({"format": "cn-working-days/1", "years": {"2027": year}}), encoding="utf-8")
    assert load([coming]).add_working_days(date(2026, 12, 4), 20) == CountedDay(date(2027, 1, 4), provisional=False)


def test_a_datetime_is_counted_by_its_day() -> None:
    holiday = datetime(2026, 10, 1, 9, 30, tzinfo=BEIJING)
    assert not shipped().is_working_day(holiday)
    assert shipped().holiday_name(holiday) == "国庆节"
    assert shipped().add_working_days(holiday, 1).day == date(2026, 10, 9)


def test_days_left_and_days_overdue() -> None:
    calendar = shipped()
    assert calendar.working_days_between(date(2026, 11, 23), date(2026, 11, 25)).days == 2
    assert calendar.working_days_between(date(2026, 11, 23), date(2026, 11, 23)).days == 0
    assert calendar.working_days_between(date(2026, 11, 23), date(2026, 11, 20)).days == -1
    assert calendar.working_days_between(date(2026, 12, 31), date(2027, 1, 4)) == DayCount(2, provisional=True)


def test_a_negative_limit_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="negative"):
        shipped().add_working_days(date(2026, 11, 23), -1)


@given(ANY_DAYS, st.integers(0, 60))
def test_counting_forth_and_back_agree(start: date, count: int) -> None:
    calendar = shipped()
    end = calendar.add_working_days(start, count).day
    received = calendar.day_of_receipt(start).day
    assert calendar.is_working_day(end)
    assert end >= received >= start
    assert calendar.working_days_between(received, end).days == count


@given(OFFICIAL_DAYS, st.integers(0, 40))
def test_one_day_more_is_the_next_working_day(start: date, count: int) -> None:
    calendar = shipped()
    shorter = calendar.add_working_days(start, count)
    assert calendar.add_working_days(start, count + 1).day == calendar.next_working_day(shorter.day).day
    assert shorter.provisional is False


@given(ANY_DAYS, st.integers(0, 60))
def test_a_date_is_marked_exactly_when_it_needs_an_unpublished_year(start: date, count: int) -> None:
    found = shipped().add_working_days(start, count)
    needed = [start + timedelta(days=offset) for offset in range((found.day - start).days + 1)]
    assert found.provisional == any(not 2024 <= day.year <= 2026 for day in needed)


# --- limits --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "unit", "start", "end"),
    [
        (30, "分钟", "2026-11-23T16:50:10", "2026-11-23T17:20:10"),
        (0, "分钟", "2026-11-23T16:50:10", "2026-11-23T16:50:10"),
        (1, "小时", "2026-11-23T23:30:00", "2026-11-24T00:30:00"),
        (10, "工作日", "2026-11-23T10:28:00", "2026-12-07T23:59:59"),
        (5, "工作日", "2026-02-21T10:00:00", "2026-03-02T23:59:59"),
        (60, "自然日", "2026-11-23T10:28:00", "2027-01-22T23:59:59"),
        (8, "自然日", "2026-09-25T10:28:00", "2026-10-03T23:59:59"),
        (1, "月", "2026-01-31T10:28:00", "2026-02-28T23:59:59"),
        (3, "月", "2026-11-23T10:28:00", "2027-02-23T23:59:59"),
    ],
)
def test_when_a_limit_ends(value: int, unit: str, start: str, end: str) -> None:
    assert due(Limit(value, unit), at(start), shipped()) == Due(at(end))


def test_the_day_is_the_day_in_beijing() -> None:
    late_evening_utc = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert due(Limit(5, "工作日"), late_evening_utc, shipped()).day == date(2026, 11, 30)


def test_only_working_days_can_be_provisional() -> None:
    start = at("2026-12-20T10:00:00")
    assert due(Limit(20, "工作日"), start, shipped()).provisional
    assert not due(Limit(20, "自然日"), start, shipped()).provisional


@pytest.mark.parametrize(("unit", "by_day"), [("工作日", True), ("自然日", True), ("月", True), ("分钟", False)])
def test_papers_print_the_minute_only_for_short_limits(unit: str, by_day: bool) -> None:
    assert Limit(1, unit).by_day is by_day


def test_no_limit_cannot_be_counted() -> None:
    limit = Limit(None, None, "无法定期限", "收件之日")
    with pytest.raises(ValueError, match="no limit"):
        due(limit, at("2026-11-23T10:28:00"), shipped())


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due(Limit(1, "小时"), datetime(2026, 11, 23, 10, 28), shipped())


@pytest.mark.parametrize(
    ("value", "unit", "sentence"),
    [
        (5, "周", "时限单位“周”不认识"),
        (5, None, "时限单位“”不认识"),
        (-1, "工作日", "时限“-1”应为 0 或正整数"),
    ],
)
def test_a_limit_that_is_none(value: int, unit: str | None, sentence: str) -> None:
    with pytest.raises(Rejected) as refusal:
        Limit(value, unit)
    assert refusal.value.field == "limit"
    assert str(refusal.value).startswith(sentence)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 240))
def test_a_month_later_has_the_same_day_number_or_is_a_months_end(day: date, count: int) -> None:
    later = add_months(day, count)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == count
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
