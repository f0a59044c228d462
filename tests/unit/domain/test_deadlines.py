"""The day of the decision: hand-made cases, and 3,000 random ones against a count day by day on another calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from random import Random

import chinese_calendar
import pytest

from clerk_app.bootstrap.calendar_files import load
from clerk_app.domain.acts import Extension, Suspension
from clerk_app.domain.calendar import BEIJING, Due, Limit, WorkingCalendar
from clerk_app.domain.deadlines import by_minutes, decision_due
from clerk_app.domain.law import ARTICLE_45, SuspensionCause

SEED = 20261122
CASES = 3_000
OFFICIAL_UNTIL = 2026


@cache
def shipped() -> WorkingCalendar:
    return load()


def at(text: str) -> datetime:
    """「2026-11-23 10:30」 in Beijing; a day alone is half past ten of it."""
    return datetime.fromisoformat(text if len(text) > 10 else f"{text} 10:30").replace(tzinfo=BEIJING)


def standing_still(first: str, last: str | None, cause: SuspensionCause = SuspensionCause.HEARING) -> Suspension:
    ends = date.fromisoformat(last) if last else None
    return Suspension(cause, "行政许可法第四十五条", date.fromisoformat(first), "10个工作日", ends)


def longer_by(days: int) -> Extension:
    return Extension(days, "情况复杂", "刘局长", "局长")


def due_day(
    limit: Limit,
    start: str,
    *procedures: tuple[str, str],
    longer: int = 0,
    unit: str = "工作日",
) -> str:
    """The day as text, for the tables below."""
    found = decision_due(
        limit,
        at(start),
        shipped(),
        [standing_still(first, last) for first, last in procedures],
        longer_by(longer) if longer else None,
        unit,
    )
    assert found is not None
    return found.day.isoformat()


# --- the other way of counting -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Example:
    """One random case; ``procedures`` are (first day, last day)."""

    value: int
    unit: str
    start: datetime
    procedures: tuple[tuple[date, date], ...]
    longer: int
    longer_unit: str


def worked(day: date) -> bool:
    """Of another calendar than the program's; after its last year weekends alone."""
    return chinese_calendar.is_workday(day) if day.year <= OFFICIAL_UNTIL else day.weekday() < 5


def walked(day: date, count: int, working: bool, procedures: Sequence[tuple[date, date]]) -> date:
    """Day by day from ``day`` (not counted) until ``count`` days were counted that no procedure takes out."""
    while count:
        day += timedelta(days=1)
        stands = any(first < day <= last for first, last in procedures)
        count -= not stands and (worked(day) or not working)
    return day


def a_month_later(day: date, months: int) -> date:
    """民法典第二百零二条: the day of the same number; where the month has none, its last."""
    year, month = day.year, day.month + months
    while month > 12:
        year, month = year + 1, month - 12
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError(day)


def expected(one: Example) -> tuple[datetime, bool]:
    """When it is due and whether that is provisional, by walking."""
    day, working, clock = one.start.date(), one.unit == "工作日", time(23, 59, 59)
    if working:
        while not worked(day):
            day += timedelta(days=1)
        count = one.value
    elif one.unit == "月":
        count = (a_month_later(day, one.value) - day).days
    elif one.unit == "自然日":
        count = one.value
    else:
        minutes = one.value * (60 if one.unit == "小时" else 1)
        last = one.start.replace(tzinfo=None) + timedelta(minutes=minutes)
        count, clock = (last.date() - day).days, last.time()
    day = walked(day, count, working, one.procedures)
    uncertain = working and day.year > OFFICIAL_UNTIL
    if one.longer:
        working = one.longer_unit == "工作日"
        day = walked(day, one.longer, working, one.procedures)
        uncertain = uncertain or (working and day.year > OFFICIAL_UNTIL)
    # The last day is not over while a procedure that began on it goes on.
    while any(first <= day < last for first, last in one.procedures) or (working and not worked(day)):
        day += timedelta(days=1)
        uncertain = uncertain or (working and day.year > OFFICIAL_UNTIL)
    return datetime.combine(day, clock, BEIJING), uncertain


def random_example(draw: Random) -> Example:
    unit = draw.choices(["工作日", "自然日", "月", "小时", "分钟"], [50, 20, 12, 6, 12])[0]
    value = {
        "工作日": draw.randint(0, 60),
        "自然日": draw.randint(1, 120),
        "月": draw.randint(1, 6),
        "小时": draw.randint(1, 72),
        "分钟": draw.randint(10, 2_000),
    }[unit]
    start = at("2024-01-01") + timedelta(days=draw.randrange(1_096), minutes=draw.randint(-150, 460))
    span = {"工作日": 100, "自然日": 140, "月": 200}.get(unit, 5)
    procedures = []
    for _ in range(draw.choice([0, 0, 1, 1, 2, 2, 3])):
        first = start.date() + timedelta(days=draw.randint(0, span))
        procedures.append((first, first + timedelta(days=draw.randint(0, 40))))
    longer = draw.choice([0, 0, draw.randint(1, 30)])
    return Example(value, unit, start, tuple(procedures), longer, draw.choice(["工作日", "工作日", "自然日"]))


def test_3000_random_deadlines_agree_with_a_count_day_by_day() -> None:
    draw, met = Random(SEED), Counter[str]()
    for number in range(CASES):
        one = random_example(draw)
        found = decision_due(
            Limit(one.value, one.unit),
            one.start,
            shipped(),
            [standing_still(first.isoformat(), last.isoformat()) for first, last in one.procedures],
            longer_by(one.longer) if one.longer else None,
            one.longer_unit,
        )
        when, provisional = expected(one)
        assert found == Due(when, provisional), f"seed {SEED}, case {number}: {one}"
        met.update(_kinds(one, when.date(), provisional))
    # The sample means something only if it holds enough of each kind.
    assert {kind for kind, count in met.items() if count >= 100} == set(met), met
    assert len(met) == 14, met


def _kinds(one: Example, end: date, provisional: bool) -> list[str]:
    spans = sorted(one.procedures)
    return [
        one.unit,
        f"{len(spans)} procedures",
        *(["started on a day off"] if not worked(one.start.date()) else []),
        *(["overlapping"] if any(b[0] <= a[1] for a, b in pairwise(spans)) else []),
        *(["extended"] if one.longer else []),
        *(["ends in an unpublished year"] if provisional else []),
        *(["crosses a holiday"] if _holidays_between(one.start.date(), end) else []),
    ]


def _holidays_between(first: date, last: date) -> bool:
    days = ((first + timedelta(days=n)) for n in range((last - first).days))
    return any(day.weekday() < 5 and not worked(day) for day in days)


# --- by hand ----------------------------------------------------------------------------------------------------
TWENTY = Limit(20, "工作日", "20 个工作日", "受理之日")


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2024-09-30", 20, "2024-11-01"),
        ("2025-01-24", 5, "2025-02-07"),
        ("2025-12-31", 1, "2026-01-04"),  # a make-up Sunday
        ("2026-02-13", 20, "2026-03-19"),
        ("2026-02-21", 5, "2026-03-02"),  # received on a day off: counts as received on the 24th
        ("2026-04-30", 5, "2026-05-11"),
        ("2026-11-20", 20, "2026-12-18"),
    ],
)
def test_without_procedures_it_is_the_plain_limit(start: str, count: int, end: str) -> None:
    assert due_day(Limit(count, "工作日"), start) == end


@pytest.mark.parametrize(
    ("procedures", "end"),
    [
        ([], "2026-11-30"),
        # The day on which the hearing begins counts; the seven working days after it up to the 18th do not.
        ([("2026-11-09", "2026-11-18")], "2026-12-09"),
        ([("2026-11-09", "2026-11-09")], "2026-11-30"),
        # Weekends would not have counted anyway.
        ([("2026-11-06", "2026-11-08")], "2026-11-30"),
        ([("2026-11-09", "2026-11-11"), ("2026-11-16", "2026-11-18")], "2026-12-04"),
        # What overlaps or touches counts once: nine working days after the 9th up to the 20th.
        ([("2026-11-09", "2026-11-18"), ("2026-11-16", "2026-11-20")], "2026-12-11"),
        ([("2026-11-09", "2026-11-18"), ("2026-11-18", "2026-11-20")], "2026-12-11"),
        ([("2026-11-09", "2026-11-20"), ("2026-11-11", "2026-11-13")], "2026-12-11"),
        # The second lies within the days that the first one added.
        ([("2026-11-27", "2026-12-04"), ("2026-12-04", "2026-12-09")], "2026-12-10"),
        # On the last day: what is left of it is left for the day on which the procedure ends, a working day.
        ([("2026-11-30", "2026-12-04")], "2026-12-04"),
        ([("2026-11-30", "2026-12-06")], "2026-12-07"),
        ([("2026-11-30", "2026-12-04"), ("2026-12-04", "2026-12-08")], "2026-12-08"),
        # When the time is up, no procedure brings it back.
        ([("2026-12-01", "2026-12-20")], "2026-11-30"),
    ],
)
def test_twenty_working_days_from_2_november_with_procedures(procedures: list[tuple[str, str]], end: str) -> None:
    assert due_day(TWENTY, "2026-11-02", *procedures) == end


def test_the_order_in_which_procedures_were_registered_does_not_matter() -> None:
    spans = [("2026-11-09", "2026-11-18"), ("2026-11-16", "2026-11-20"), ("2026-12-01", "2026-12-03")]
    assert due_day(TWENTY, "2026-11-02", *spans) == due_day(TWENTY, "2026-11-02", *reversed(spans)) == "2026-12-15"


def test_a_holiday_inside_a_procedure_is_not_added_twice() -> None:
    # 2026-09-28 + 5: 29, 30 September, 8, 9, 10 October (a make-up Saturday). Of the days after the 29th up to the
    # 8th only the 30th and the 8th are worked.
    assert due_day(Limit(5, "工作日"), "2026-09-28") == "2026-10-10"
    assert due_day(Limit(5, "工作日"), "2026-09-28", ("2026-09-29", "2026-10-08")) == "2026-10-13"


def test_a_receipt_on_a_day_off_gains_nothing_by_a_procedure_that_covers_the_weekend() -> None:
    # Saturday 7 November: Monday is the day of receipt and counts in no case; only Tuesday and Wednesday stand still.
    assert due_day(Limit(5, "工作日"), "2026-11-07") == "2026-11-16"
    assert due_day(Limit(5, "工作日"), "2026-11-07", ("2026-11-07", "2026-11-11")) == "2026-11-18"


def test_ten_days_of_extension_follow_the_limit() -> None:
    assert due_day(TWENTY, "2026-11-02", longer=10) == "2026-12-14"


def test_extension_and_procedure_add_up_whichever_came_first() -> None:
    before = due_day(TWENTY, "2026-11-02", ("2026-11-09", "2026-11-18"), longer=10)
    within_the_extension = due_day(TWENTY, "2026-11-02", ("2026-12-02", "2026-12-11"), longer=10)
    assert before == within_the_extension == "2026-12-23"


def test_a_procedure_in_the_last_hours_before_an_extension_costs_no_day_of_it() -> None:
    # It ends on Sunday, 6 December; the ten days of the extension begin on Monday.
    assert due_day(TWENTY, "2026-11-02", ("2026-11-30", "2026-12-06"), longer=10) == "2026-12-18"


def test_working_days_of_extension_after_natural_days_begin_on_the_next_working_day() -> None:
    # 30 natural days from 5 November end on Saturday, 5 December: the extension's first day is Monday.
    assert due_day(Limit(30, "自然日"), "2026-11-05") == "2026-12-05"
    assert due_day(Limit(30, "自然日"), "2026-11-05", longer=1) == "2026-12-07"
    assert due_day(Limit(30, "自然日"), "2026-11-05", longer=10) == "2026-12-18"


def test_each_part_stands_still_in_its_own_unit() -> None:
    # Nine natural days inside the thirty, five working days inside the extension.
    in_the_limit = due_day(Limit(30, "自然日"), "2026-11-05", ("2026-11-09", "2026-11-18"), longer=3)
    assert in_the_limit == "2026-12-17"
    in_the_extension = due_day(Limit(30, "自然日"), "2026-11-05", ("2026-12-07", "2026-12-14"), longer=3)
    assert in_the_extension == "2026-12-16"


@pytest.mark.parametrize(
    ("limit", "procedures", "longer", "unit", "end"),
    [
        (Limit(30, "自然日"), [], 0, "工作日", "2026-12-02"),
        (Limit(30, "自然日"), [("2026-11-09", "2026-11-18")], 0, "工作日", "2026-12-11"),
        (Limit(60, "自然日"), [], 15, "自然日", "2027-01-16"),
        (Limit(1, "月"), [], 0, "工作日", "2026-12-02"),
        (Limit(1, "月"), [("2026-11-09", "2026-11-18")], 0, "工作日", "2026-12-11"),
        (Limit(1, "月"), [], 1, "月", "2027-01-02"),
    ],
)
def test_natural_days_and_months(
    limit: Limit, procedures: list[tuple[str, str]], longer: int, unit: str, end: str
) -> None:
    assert due_day(limit, "2026-11-02", *procedures, longer=longer, unit=unit) == end


def test_an_instant_case_that_was_suspended_goes_on_with_whole_days() -> None:
    half_an_hour = Limit(30, "分钟")
    assert decision_due(half_an_hour, at("2026-11-23"), shipped()) == Due(at("2026-11-23 11:00"))
    still = [standing_still("2026-11-23", "2026-11-25")]
    assert decision_due(half_an_hour, at("2026-11-23"), shipped(), still) == Due(at("2026-11-25 11:00"))
    two_days = decision_due(
        Limit(48, "小时"), at("2026-11-23"), shipped(), [standing_still("2026-11-24", "2026-11-27")]
    )
    assert two_days == Due(at("2026-11-28 10:30"))


def test_nothing_is_due_while_time_stands_still_or_before_the_limit_runs() -> None:
    assert decision_due(TWENTY, at("2026-11-02"), shipped(), [standing_still("2026-11-09", None)]) is None
    over = standing_still("2026-11-03", "2026-11-04")
    assert decision_due(TWENTY, at("2026-11-02"), shipped(), [over, standing_still("2026-11-09", None)]) is None
    assert decision_due(None, at("2026-11-02"), shipped()) is None
    assert decision_due(Limit(None, None, "无法定期限"), at("2026-11-02"), shipped()) is None
    assert decision_due(TWENTY, None, shipped()) is None


def test_every_cause_of_article_45_stands_still_alike() -> None:
    ends = {
        decision_due(TWENTY, at("2026-11-02"), shipped(), [standing_still("2026-11-09", "2026-11-18", cause)])
        for cause in ARTICLE_45
    }
    assert ends == {Due(at("2026-12-09 23:59:59"))}
    assert len(ARTICLE_45) == 8


def test_a_procedure_that_pushes_the_day_into_an_unpublished_year_makes_it_provisional() -> None:
    certain = decision_due(TWENTY, at("2026-12-01"), shipped())
    pushed = decision_due(TWENTY, at("2026-12-01"), shipped(), [standing_still("2026-12-07", "2026-12-18")])
    assert certain == Due(at("2026-12-29 23:59:59"), provisional=False)
    assert pushed is not None
    assert pushed.provisional
    assert pushed.day.year == 2027


def test_the_day_of_the_start_is_the_day_in_beijing() -> None:
    before_dawn = datetime(2026, 11, 1, 22, 30, tzinfo=UTC)  # 2 November, 06:30
    still = [standing_still("2026-11-02", "2026-11-04")]
    assert decision_due(TWENTY, before_dawn, shipped(), still) == decision_due(
        TWENTY, at("2026-11-02"), shipped(), still
    )


def test_only_short_limits_are_printed_with_their_hour() -> None:
    assert by_minutes(Limit(30, "分钟"))
    assert by_minutes(Limit(2, "小时"))
    assert not by_minutes(TWENTY)
    assert not by_minutes(None)
