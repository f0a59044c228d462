"""The hall's opening hours as a citizen reads them: the week in few lines, then the days soon to come that differ."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Final

from clerk_app.domain.queue_rules import Hours, Session

_DAYS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_AHEAD: Final = 14
CLOSED: Final = "不办公"


def hours_lines(hours: Hours, today: date) -> tuple[str, ...]:
    """「周一至周五 08:30-12:00、13:30-17:00」, then 「10月1日 不办公」; nothing for a hall that never set its hours."""
    if not hours.week:
        return ()
    lines = []
    for sessions, days in groupby(range(1, 8), key=lambda day: hours.week.get(day, ())):
        held = list(days)
        if sessions:
            until = f"至{_DAYS[held[-1] - 1]}" if len(held) > 1 else ""
            lines.append(f"{_DAYS[held[0] - 1]}{until} {_times(sessions)}")
    for ahead in range(_AHEAD):
        day = today + timedelta(days=ahead)
        if day in hours.days and hours.days[day] != hours.week.get(day.isoweekday(), ()):
            lines.append(f"{day.month}月{day.day}日 {_times(hours.days[day])}")
    return tuple(lines)


def _times(sessions: tuple[Session, ...]) -> str:
    return "、".join(f"{one.opens:%H:%M}-{one.closes:%H:%M}" for one in sessions) or CLOSED
