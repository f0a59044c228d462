"""Dates as papers write them."""

from __future__ import annotations

from datetime import date, datetime


def paper_day(day: date) -> str:
    """「2026年11月30日」."""
    return f"{day.year}年{day.month}月{day.day}日"


def paper_moment(moment: datetime) -> str:
    """「2026年11月23日10时24分」."""
    return f"{paper_day(moment)}{moment.hour}时{moment.minute:02d}分"
