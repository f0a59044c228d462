"""Times, days and office hours as a manager types them."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from clerk_app.domain.queue_rules import Session

_TIME = re.compile(r"(\d{1,2})[:：](\d{2})")
_DAY = re.compile(r"(?:(\d{4})[-/.])?(\d{1,2})[-/.](\d{1,2})")


def read_time(words: str) -> time | None:
    """「8:30」; None when it is no time of a day."""
    found = _TIME.fullmatch(words.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    return time(int(found[1]), int(found[2]))


def read_day(words: str, today: date) -> date | None:
    """「11-26」 or 「2026-11-26」; without a year the next such day, today included."""
    found = _DAY.fullmatch(words.strip())
    if found is None:
        return None
    try:
        if found[1]:
            return date(int(found[1]), int(found[2]), int(found[3]))
        this = date(today.year, int(found[2]), int(found[3]))
        return this if this >= today else date(today.year + 1, int(found[2]), int(found[3]))
    except ValueError:
        return None


def read_moment(words: str, now: datetime) -> datetime | None:
    """「17:00」 is today, 「11-27 12:00」 another day."""
    parts = words.split()
    if not 1 <= len(parts) <= 2:
        return None
    clock = read_time(parts[-1])
    day = now.date() if len(parts) == 1 else read_day(parts[0], now.date())
    return None if clock is None or day is None else datetime.combine(day, clock, now.tzinfo)


def read_sessions(words: str) -> tuple[Session, ...] | None:
    """「8:30-12:00 13:30-17:00」; empty or 「休」 is a closed day; None when it cannot be read."""
    plain = re.sub(r"\s*[-–—~～至到]\s*", "-", words.strip())
    if plain in {"", "休"}:
        return ()
    found = []
    for part in re.split(r"[\s,，、;；]+", plain):
        opens, dash, closes = part.partition("-")
        start, end = read_time(opens), read_time(closes)
        if not dash or start is None or end is None:
            return None
        found.append(Session(start, end))
    return tuple(found)


def write_sessions(sessions: tuple[Session, ...]) -> str:
    """The form that ``read_sessions`` reads."""
    return " ".join(f"{one.opens:%H:%M}-{one.closes:%H:%M}" for one in sessions) or "休"
