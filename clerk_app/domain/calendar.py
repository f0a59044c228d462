"""Working days and legal time limits.

行政许可法第八十二条: limits in days are working days, without statutory holidays. 民法典第二百零一条: the day of the
start is not counted. Weekends follow 国务院关于职工工作时间的规定 but for the make-up days of each year's notice.
A receipt on a day off (weekend service, overtime) counts as received on the next working day, which is day 0.

A date that needs a year whose notice is not out yet is counted by weekends alone (or by a provisional file) and is
marked ``provisional``, so that no paper shows it as certain.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clerk_app.domain.calendar_file import (
    FIRST_WEEKEND_DAY,
    CalendarStatus,
    CalendarYear,
    merge_years,
    parse_calendar,
)
from clerk_app.domain.errors import Rejected

BEIJING = ZoneInfo("Asia/Shanghai")
_ONE_DAY = timedelta(days=1)
_LAST_SECOND = time(23, 59, 59)

MINUTE = "分钟"
HOUR = "小时"
WORKING_DAY = "工作日"
NATURAL_DAY = "自然日"
MONTH = "月"
UNITS = (MINUTE, HOUR, WORKING_DAY, NATURAL_DAY, MONTH)


@dataclass(frozen=True, slots=True)
class CountedDay:
    """A day found by counting; ``provisional`` when a day in between has no official arrangement yet."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class DayCount:
    """A number of working days; ``provisional`` as in ``CountedDay``."""

    days: int
    provisional: bool


class WorkingCalendar:
    """Which days are worked, from one or more calendar files. Immutable after it is made."""

    def __init__(self, years: Mapping[int, CalendarYear]) -> None:
        self._years = dict(years)
        self._off: dict[date, str] = {}
        self._make_up: set[date] = set()
        for number in sorted(self._years):
            self._off.update(self._years[number].off)
            self._make_up.update(self._years[number].make_up)

    @classmethod
    def load(cls, texts: Mapping[str, str]) -> WorkingCalendar:
        """A calendar from file name → content, in the order of the mapping (see ``merge_years`` for who wins).

        Raises ``Rejected("calendar", …)`` that names every fault of the first faulty file.
        """
        return cls.of(parse_calendar(text, name) for name, text in texts.items())

    @classmethod
    def of(cls, files: Iterable[Iterable[CalendarYear]]) -> WorkingCalendar:
        """A calendar from parsed files."""
        return cls(merge_years(files))

    @property
    def years(self) -> tuple[CalendarYear, ...]:
        """The arrangements in use, ascending."""
        return tuple(self._years[number] for number in sorted(self._years))

    @property
    def official_until(self) -> date | None:
        """The last day of the last official year; None without one."""
        official = [number for number in self._years if self._official(number)]
        return date(max(official), 12, 31) if official else None

    def is_official(self, day: date) -> bool:
        """Whether the arrangement of that day's year is published and loaded."""
        return self._official(day.year)

    def _official(self, year: int) -> bool:
        found = self._years.get(year)
        return found is not None and found.status is CalendarStatus.OFFICIAL

    def holiday_name(self, day: date) -> str:
        """Name of the holiday on that day, empty on other days (plain weekends included)."""
        return self._off.get(_plain(day), "")

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on that day; outside of the loaded years weekends alone decide (``is_official``)."""
        day = _plain(day)
        if day in self._off:
            return False
        return day.weekday() < FIRST_WEEKEND_DAY or day in self._make_up

    def next_working_day(self, day: date) -> CountedDay:
        """The first working day after ``day``."""
        return self._seek(_plain(day) + _ONE_DAY)

    def day_of_receipt(self, day: date) -> CountedDay:
        """The day a receipt counts from (day 0): ``day`` itself, or the next working day when it is a day off."""
        return self._seek(_plain(day))

    def _seek(self, day: date) -> CountedDay:
        provisional = not self.is_official(day)
        while not self.is_working_day(day):
            day += _ONE_DAY
            provisional = provisional or not self.is_official(day)
        return CountedDay(day, provisional)

    def add_working_days(self, start: date, count: int) -> CountedDay:
        """The last day of a limit of ``count`` working days; ``start`` is day 0, moved on when it is a day off.

        Raises ``ValueError`` for a negative count.
        """
        if count < 0:
            raise ValueError("a limit is not negative")
        reached = self.day_of_receipt(start)
        for _ in range(count):
            following = self.next_working_day(reached.day)
            reached = CountedDay(following.day, reached.provisional or following.provisional)
        return reached

    def working_days_between(self, start: date, end: date) -> DayCount:
        """Working days after ``start`` up to and including ``end``; negative when ``end`` lies before ``start``.

        「剩 2 个工作日」 is from today to the due day, 「第 3 个工作日」 from the day of receipt to today.
        """
        start, end = _plain(start), _plain(end)
        first, last = min(start, end), max(start, end)
        days = [first + _ONE_DAY * offset for offset in range(1, (last - first).days + 1)]
        worked = sum(self.is_working_day(day) for day in days)
        return DayCount(worked if end >= start else -worked, any(not self.is_official(day) for day in days))


@dataclass(frozen=True, slots=True)
class Limit:
    """A legal or promised limit as the catalogue writes it.

    ``value`` in ``unit`` (分钟, 小时, 工作日, 自然日 or 月); both None when the law sets no limit,
    ``text`` then says so. ``starts_from`` names the event that starts it (受理之日, 收到申请之日, 公示期满之日 …).
    Raises ``Rejected("limit", …)`` for an unknown unit or a value that is no limit.
    """

    value: int | None
    unit: str | None
    text: str = ""
    starts_from: str = ""

    def __post_init__(self) -> None:
        if self.value is None:
            return
        if self.unit not in UNITS:
            raise Rejected("limit", f"时限单位“{self.unit or ''}”不认识，应为{'、'.join(UNITS)}之一")
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < 0:
            raise Rejected("limit", f"时限“{self.value}”应为 0 或正整数")

    @property
    def by_day(self) -> bool:
        """True when the limit ends with a day (papers print the date), False when with a minute (they print both)."""
        return self.unit not in {MINUTE, HOUR}


@dataclass(frozen=True, slots=True)
class Due:
    """When a limit ends, in Beijing time; ``provisional`` dates are printed as such (放假安排公布后以新日期为准).

    A limit in days ends with the last second of its last day.
    """

    at: datetime
    provisional: bool = False

    @property
    def day(self) -> date:
        return self.at.date()


def due(limit: Limit, start: datetime, calendar: WorkingCalendar) -> Due:
    """When ``limit`` ends if it starts at ``start`` (timezone-aware).

    Minutes and hours run at once and without a break (民法典第二百零一条第二款); days and months do not count the day
    of the start, a month ends on the day of the same number or on the month's last day (第二百零二条). Working days
    need the calendar, and a start on a day off counts from the next working day. Limits in natural days and months
    are the agency's own and are **not** moved when their last day is a holiday: 第二百零三条 prolongs periods in
    favour of the party who has to act, and nobody gives himself time by it.

    Raises ``ValueError`` when the law sets no limit (``limit.value`` is None) or ``start`` has no time zone.
    """
    if limit.value is None:
        raise ValueError("there is no limit to count")
    if start.tzinfo is None:
        raise ValueError("a start needs its time zone")
    local = start.astimezone(BEIJING)
    if limit.unit == MINUTE:
        return Due(local + timedelta(minutes=limit.value))
    if limit.unit == HOUR:
        return Due(local + timedelta(hours=limit.value))
    if limit.unit == NATURAL_DAY:
        return Due(_end_of(local.date() + timedelta(days=limit.value)))
    if limit.unit == MONTH:
        return Due(_end_of(add_months(local.date(), limit.value)))
    counted = calendar.add_working_days(local.date(), limit.value)
    return Due(_end_of(counted.day), counted.provisional)


def add_months(day: date, count: int) -> date:
    """The day of the same number ``count`` months later, or that month's last day (民法典第二百零二条)."""
    years, month = divmod(day.month - 1 + count, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _end_of(day: date) -> datetime:
    return datetime.combine(day, _LAST_SECOND, BEIJING)


def _plain(day: date) -> date:
    # A datetime is a date too, but never equal to one: days off would silently be missed.
    return day.date() if isinstance(day, datetime) else day
