"""What the window's sync needs of its store: files that the server does not have yet; a part of ``ports.window``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from clerk_app.ports.capture import PageRow

if TYPE_CHECKING:
    from clerk_app.ports.window import StoredPaper


class OfferStore(Protocol):
    """Sheets that came out of a printer and pages of concluded cases, until each has its entry in the outbox."""

    def papers(self, limit: int) -> list[StoredPaper]:
        """Sheets on paper (those made void since, too) without an entry, oldest first."""
        ...

    def pages(self, limit: int) -> list[PageRow]:
        """Pages of concluded cases without an entry, by case and place."""
        ...

    def paper_offered(self, paper_id: str, at: datetime) -> None: ...

    def page_offered(self, page_id: str, at: datetime) -> None: ...

    def drop_contents(self, acknowledged_before: datetime, limit: int) -> list[PageRow]:
        """Delete the content of pages that the server acknowledged before a moment; their rows stay. Returns them."""
        ...
