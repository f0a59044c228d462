"""What the ticket and the receipt share."""

from __future__ import annotations

from clerk_app.documents.thermal.blocks import Text
from clerk_app.documents.thermal.layout import display_columns
from clerk_app.documents.thermal.profile import PrinterProfile


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
