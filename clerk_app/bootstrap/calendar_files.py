"""Reads calendar files from disk: the one that is shipped and those that a hall adds for the years after it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from clerk_app.design.resources import resource
from clerk_app.domain.calendar import WorkingCalendar
from clerk_app.domain.errors import Rejected


def load(paths: Iterable[Path] = ()) -> WorkingCalendar:
    """The shipped calendar with the hall's own files on top; later files win, official years beat provisional ones.

    Raises ``Rejected("calendar", …)`` for a file that cannot be read or has faults.
    """
    texts: dict[str, str] = {}
    for path in (resource("calendar", "cn.json"), *paths):
        try:
            texts[str(path)] = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise Rejected("calendar", f"日历文件 {path} 打不开，请看文件在不在、是不是 UTF-8") from None
    return WorkingCalendar.load(texts)
