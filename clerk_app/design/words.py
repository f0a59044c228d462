"""Shared words: dates, times and lengths as a clerk reads them, and the one place where an error becomes a sentence.

On screens a date is 「11-30（周一）」, on papers 「2026年11月30日」; times have 24 hours; punctuation is full-width.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from clerk_app.domain.errors import Fault, Refusal

WEEKDAYS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
NOTHING: Final = "—"
DOT: Final = " · "
LISTEN_TO_WINDOWS: Final = "系统断开，请听窗口人员叫号"
"""What the hall's screens say when the server is away for longer than ``LISTEN_AFTER``."""
LISTEN_AFTER: Final = timedelta(seconds=30)


def weekday(day: date) -> str:
    """「周一」."""
    return WEEKDAYS[day.weekday()]


def short_day(day: date) -> str:
    """「11-30」, where the year and the weekday go without saying."""
    return f"{day.month:02d}-{day.day:02d}"


def screen_day(day: date) -> str:
    """「11-30（周一）」."""
    return f"{short_day(day)}（{weekday(day)}）"


def paper_day(day: date) -> str:
    """「2026年11月30日」."""
    return f"{day.year}年{day.month}月{day.day}日"


def paper_moment(moment: datetime) -> str:
    """「2026年11月23日10时24分」."""
    return f"{paper_day(moment)}{moment.hour}时{moment.minute:02d}分"


def bar_day(day: date) -> str:
    """「11月23日 周一」, for the top bar."""
    return f"{day.month}月{day.day}日 {weekday(day)}"


def clock_time(moment: datetime) -> str:
    """「10:24」."""
    return f"{moment.hour:02d}:{moment.minute:02d}"


def exact_time(moment: datetime) -> str:
    """「10:24:07」."""
    return f"{clock_time(moment)}:{moment.second:02d}"


def minutes(length: timedelta | float) -> str:
    """A wait in whole minutes, 「13 分」, from an hour on 「1 小时 5 分」; numbers are seconds."""
    whole = _seconds(length) // 60
    hours, rest = divmod(whole, 60)
    if not hours:
        return f"{rest} 分"
    return f"{hours} 小时 {rest} 分" if rest else f"{hours} 小时"


def stopwatch(length: timedelta | float) -> str:
    """A running time, 「03:12」, from an hour on 「1:03:12」; numbers are seconds."""
    whole = _seconds(length)
    hours, rest = divmod(whole, 3600)
    if hours:
        return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
    return f"{rest // 60:02d}:{rest % 60:02d}"


def average(length: timedelta | float) -> str:
    """A mean time, 「4:12」: minutes, not padded, and seconds; numbers are seconds."""
    whole = _seconds(length)
    return f"{whole // 60}:{whole % 60:02d}"


def days_left(count: int) -> str:
    """「剩 2 天」, 「今天到期」, 「过期 1 天」."""
    if count == 0:
        return "今天到期"
    return f"剩 {count} 天" if count > 0 else f"过期 {-count} 天"


def joined(*parts: str) -> str:
    """The parts that are not empty, with 「 · 」 between them."""
    return DOT.join(part for part in parts if part)


def sentence(error: BaseException, quotable: str) -> str:
    """What the clerk reads about an error.

    Refusals and faults carry their own sentence. Anything else is our mistake: the clerk gets ``quotable``, the
    short id under which the lane logged it.
    """
    if isinstance(error, Refusal | Fault):
        own = str(error).strip()
        if own:
            return own
    return f"这一步没做成，内容都在。报编号 {quotable} 给技术员"


def _seconds(length: timedelta | float) -> int:
    seconds = length.total_seconds() if isinstance(length, timedelta) else length
    return max(0, int(seconds))
