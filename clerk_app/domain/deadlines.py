"""The day by which a case is decided: limit, special procedures that do not count, one extension.

行政许可法第四十二条 (limits and extension), 第四十五条 (excluded time), 第八十二条 (working days). 民法典第二百零一条:
the day on which a period begins is not counted, so a special procedure from the 3rd to the 10th excludes the days after
the 3rd up to and including the 10th.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from clerk_app.domain.acts import Extension, Suspension
from clerk_app.domain.calendar import HOUR, MINUTE, WORKING_DAY, Due, Limit, WorkingCalendar, due

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
    Overlapping procedures count once.
    """
    if limit is None or limit.value is None or start is None:
        return None
    if any(one.ends_on is None for one in suspensions):
        return None
    found = due(limit, start, calendar)
    if extension is not None:
        found = _moved(found, extension.days, calendar, working=extension_unit == WORKING_DAY)
    working = limit.unit == WORKING_DAY
    excluded = _excluded(suspensions, after=start.date())
    # Days are added until as many counted days lie before the end as there were without the procedure.
    added: set[date] = set()
    while True:
        inside = {day for day in excluded if day <= found.day and (not working or calendar.is_working_day(day))} - added
        if not inside:
            return found
        added |= inside
        found = _moved(found, len(inside), calendar, working=working)


def _excluded(suspensions: Sequence[Suspension], after: date) -> set[date]:
    days: set[date] = set()
    for one in suspensions:
        assert one.ends_on is not None
        day = max(one.starts_on, after) + _ONE_DAY
        while day <= one.ends_on:
            days.add(day)
            day += _ONE_DAY
    return days


def _moved(found: Due, days: int, calendar: WorkingCalendar, *, working: bool) -> Due:
    if not working:
        return replace(found, at=found.at + timedelta(days=days))
    counted = calendar.add_working_days(found.day, days)
    return Due(datetime.combine(counted.day, found.at.timetz()), found.provisional or counted.provisional)


def by_minutes(limit: Limit | None) -> bool:
    """Whether papers print the hour too."""
    return limit is not None and limit.unit in {MINUTE, HOUR}
