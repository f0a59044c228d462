"""The calendar file: which days of a year are off and which weekends are worked (format: docs/calendar.md).

Source of the days: the yearly notice 「部分节假日安排」 of the General Office of the State Council, under
全国年节及纪念日放假办法. Weekends are not listed, only what differs from them or carries a holiday's name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from clerk_app.domain.errors import Rejected, shown

FORMAT = "cn-working-days/1"
FIRST_WEEKEND_DAY = 5
_MOST_PROBLEMS = 10
_LONGEST_HOLIDAY = 31
_LONGEST_QUOTE = 40


class CalendarStatus(StrEnum):
    """``official``: from the published notice; ``provisional``: a hall's guess until the notice is out."""

    OFFICIAL = "official"
    PROVISIONAL = "provisional"


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """The arrangement of one year: ``off`` maps day → holiday's name, ``make_up`` are weekend days that are worked."""

    year: int
    status: CalendarStatus
    source: str
    off: Mapping[date, str]
    make_up: frozenset[date]


class _Problems(list[str]):
    """Collects every fault of a file, so that the technician mends all of them at once."""

    def refuse(self, name: str) -> None:
        if not self:
            return
        shown = self[:_MOST_PROBLEMS]
        rest = f"；还有 {len(self) - len(shown)} 处" if len(self) > len(shown) else ""
        raise Rejected("calendar", f"日历文件 {name} 有 {len(self)} 处不对，没有导入：{'；'.join(shown)}{rest}")


def parse_calendar(text: str, name: str) -> tuple[CalendarYear, ...]:
    """The years of one calendar file, in ascending order.

    ``name`` stands in the sentence of ``Rejected("calendar", …)``, which names every fault; nothing is taken from a
    file with a fault.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise Rejected("calendar", f"日历文件 {name} 不是 JSON，没有导入") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise Rejected("calendar", f"日历文件 {name} 的 format 应为 {FORMAT}，没有导入")
    years = content.get("years")
    if not isinstance(years, dict) or not years:
        raise Rejected("calendar", f"日历文件 {name} 里没有年份（years），没有导入")
    problems = _Problems()
    found = [_year(key, entry, problems) for key, entry in years.items()]
    problems.refuse(name)
    return tuple(sorted((year for year in found if year is not None), key=lambda year: year.year))


def _year(key: str, entry: Any, problems: _Problems) -> CalendarYear | None:
    if not (key.isascii() and key.isdigit() and len(key) == 4 and int(key) >= 1949):
        problems.append(f"年份“{shown(key, _LONGEST_QUOTE)}”应写成 2026 这样")
        return None
    if not isinstance(entry, dict):
        problems.append(f"{key} 年的内容不对")
        return None
    before = len(problems)
    year = int(key)
    try:
        status = CalendarStatus(str(entry.get("status")))
    except ValueError:
        status = CalendarStatus.PROVISIONAL
        problems.append(f"{key} 年的 status 应为 official 或 provisional")
    source = entry.get("source")
    if not isinstance(source, str) or not source.strip():
        source = ""
        problems.append(f"{key} 年没有写来源（source）")
    off = _off_days(year, entry.get("off"), problems)
    make_up = _make_up_days(year, entry.get("make_up"), off, problems)
    if len(problems) > before:
        return None
    return CalendarYear(year, status, source.strip(), MappingProxyType(off), frozenset(make_up))


def _off_days(year: int, entries: Any, problems: _Problems) -> dict[date, str]:
    days: dict[date, str] = {}
    if not isinstance(entries, list) or not entries:
        problems.append(f"{year} 年没有放假日期（off）")
        return days
    for number, entry in enumerate(entries, 1):
        where = f"{year} 年第 {number} 个假期"
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry["name"].strip():
            problems.append(f"{where}没有名称（name）")
            continue
        first = _date(entry.get("from"), where, year, problems)
        last = _date(entry.get("to", entry.get("from")), where, year, problems)
        if first is None or last is None:
            continue
        if not timedelta(0) <= last - first < timedelta(days=_LONGEST_HOLIDAY):
            problems.append(f"{where}从 {first} 到 {last}，先后不对或太长")
            continue
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            if day in days:
                problems.append(f"{day} 写了两次放假")
            days[day] = entry["name"].strip()
    return days


def _make_up_days(year: int, entries: Any, off: Mapping[date, str], problems: _Problems) -> set[date]:
    days: set[date] = set()
    if not isinstance(entries, list):
        problems.append(f"{year} 年没有写调休上班日（make_up，没有就写 []）")
        return days
    for entry in entries:
        day = _date(entry, f"{year} 年调休上班日", year, problems)
        if day is None:
            continue
        if day in off:
            problems.append(f"{day} 既写放假又写上班")
        elif day.weekday() < FIRST_WEEKEND_DAY:
            problems.append(f"{day} 不是周末，本来就上班，不用写调休")
        elif day in days:
            problems.append(f"{day} 写了两次上班")
        days.add(day)
    return days


def _date(value: Any, where: str, year: int, problems: _Problems) -> date | None:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        day = None
    if day is None:
        problems.append(f"{where}的日期“{shown(str(value), _LONGEST_QUOTE)}”应写成 {year}-01-01 这样，且要真有这一天")
        return None
    # The notice for a year may begin with the last days of December before it.
    if day.year != year and (day.year, day.month) != (year - 1, 12):
        problems.append(f"{where}的日期 {day} 不属于 {year} 年")
        return None
    return day


def merge_years(files: Iterable[Iterable[CalendarYear]]) -> dict[int, CalendarYear]:
    """One arrangement per year: official beats provisional, otherwise the later file beats the earlier one."""
    merged: dict[int, CalendarYear] = {}
    for file in files:
        for year in file:
            present = merged.get(year.year)
            if (
                present is not None
                and present.status is CalendarStatus.OFFICIAL
                and year.status is CalendarStatus.PROVISIONAL
            ):
                continue
            merged[year.year] = year
    return merged
