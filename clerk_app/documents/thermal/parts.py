"""What the thermal papers share."""

from __future__ import annotations

from collections.abc import Iterable

from clerk_app.documents.thermal.blocks import Cell, Row, Text
from clerk_app.documents.thermal.layout import display_columns
from clerk_app.documents.thermal.profile import PrinterProfile

LABEL_COLUMNS = 10


def fact_rows(facts: Iterable[tuple[str, str, bool]]) -> list[Row]:
    """Return label and value side by side; the third part says whether the value is bold."""
    return [Row((Cell(label, LABEL_COLUMNS), Cell(value, bold=bold))) for label, value, bold in facts]


def desk_line(window: str, clerk: str) -> str:
    """Return window and clerk, the clerk alone where there is no window."""
    return f"{window} 号窗口 {clerk}" if window else clerk


def seal_label(seal: str) -> tuple[str, ...]:
    """Return the words in the place of the seal, in two lines that end with 专用章 where the name does."""
    middle = len(seal) // 2 if not seal.endswith("专用章") else len(seal) - 3
    return tuple(part for part in (seal[:middle], seal[middle:]) if part)


def headline(text: str, profile: PrinterProfile) -> Text:
    """Return ``text`` in double size, or only in double height where the paper is too narrow for it."""
    width = 2 if display_columns(text) * 2 <= profile.columns else 1
    return Text(text, align="center", bold=True, width=width, height=2)


def reprint_mark(times: int) -> list[Text]:
    """Return the line that tells a copy from the first print; nothing for the first print."""
    return [Text(f"补打 {times}", align="center", bold=True)] if times else []


def is_address(query: str) -> bool:
    """Whether scanning the code opens a page; a bare number can only be shown to somebody."""
    return query.startswith(("http://", "https://"))
