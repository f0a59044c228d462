"""The day by which a case is decided: limit, special procedures that do not count, one extension.

行政许可法第四十二条 (limits and extension), 第四十五条 (excluded time), 第八十二条 (working days). 民法典第二百零一条:
the day on which a period begins is not counted, so a special procedure from the 3rd to the 10th excludes the days after
the 3rd up to and including the 10th. One that begins on the last day of the limit leaves the rest of that day for the
day on which it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from clerk_app.domain.acts import Extension, Suspension
from clerk_app.domain.calendar import (
    BEIJING,
    HOUR,
    MINUTE,
    MONTH,
    NATURAL_DAY,
    WORKING_DAY,
    CountedDay,
    Due,
    Limit,
    WorkingCalendar,
    add_months,
    due,
)

_ONE_DAY = timedelta(days=1)


def decision_due(
    limit: Limit | None,
    start: datetime | None,
    calendar: WorkingCalendar,
    suspensions: Sequence[Suspension] = (),
    extension: Extension | None = None,
    extension_unit: str = WORKING_DAY,
) -> Due | None:
    """When the decision is due, None when there is no limit, it does not run yet, or time stands still.

    Working days inside a special procedure are added to a limit in working days, calendar days to one in natural days
    or months, and to one in minutes or hours (an instant case that had to be suspended goes on with whole days).
    Overlapping procedures count once. The extension follows the end of the limit, in its own unit.
    """
    if limit is None or limit.value is None or start is None:
        return None
    if any(one.ends_on is None for one in suspensions):
        return None
    first, working = start.astimezone(BEIJING).date(), limit.unit == WORKING_DAY
    if working:
        first = calendar.day_of_receipt(first).day
    found = _prolonged(due(limit, start, calendar), first, suspensions, calendar, working)
    if extension is not None:
        end, working = found.day, extension_unit == WORKING_DAY
        longer = _moved(found, extension.days, extension_unit, calendar)
        found = _prolonged(longer, end, suspensions, calendar, working)
    return _not_while_it_stands(found, suspensions, calendar, working)


def _prolonged(
    found: Due, after: date, suspensions: Sequence[Suspension], calendar: WorkingCalendar, working: bool
) -> Due:
    """The end of a period that counts the days after ``after``, moved by those that the procedures take out of it."""
    excluded = {day for day in _excluded(suspensions, after) if not working or calendar.is_working_day(day)}
    # Days are added until as many counted days lie before the end as there were without the procedure.
    added: set[date] = set()
    while inside := {day for day in excluded if day <= found.day} - added:
        added |= inside
        found = _moved(found, len(inside), WORKING_DAY if working else NATURAL_DAY, calendar)
    return found


def _not_while_it_stands(
    found: Due, suspensions: Sequence[Suspension], calendar: WorkingCalendar, working: bool
) -> Due:
    """An end on the day on which a procedure began waits for the day on which that ends."""
    while ends := [one.ends_on for one in suspensions if one.ends_on and one.starts_on <= found.day < one.ends_on]:
        last = max(ends)
        found = _on(found, calendar.day_of_receipt(last) if working else CountedDay(last, provisional=False))
    return found


def _excluded(suspensions: Sequence[Suspension], after: date) -> set[date]:
    days: set[date] = set()
    for one in suspensions:
        assert one.ends_on is not None
        day = max(one.starts_on, after) + _ONE_DAY
        while day <= one.ends_on:
            days.add(day)
            day += _ONE_DAY
    return days


def _moved(found: Due, count: int, unit: str, calendar: WorkingCalendar) -> Due:
    if unit == MONTH:
        return _on(found, CountedDay(add_months(found.day, count), provisional=False))
    if unit != WORKING_DAY:
        return _on(found, CountedDay(found.day + timedelta(days=count), provisional=False))
    # Not add_working_days: it would take an end on a day off for a receipt and not count the next working day.
    for _ in range(count):
        found = _on(found, calendar.next_working_day(found.day))
    return found


def _on(found: Due, counted: CountedDay) -> Due:
    return Due(datetime.combine(counted.day, found.at.timetz()), found.provisional or counted.provisional)


def by_minutes(limit: Limit | None) -> bool:
    """Whether papers print the hour too."""
    return limit is not None and limit.unit in {MINUTE, HOUR}
