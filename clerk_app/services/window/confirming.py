"""What the applicant said about the data as read, and the clerk's word in its place: a trace of each in the journal.

The answer itself lives on the screens, because it counts for the data that are shown and dies with them.
"""

from __future__ import annotations

from enum import StrEnum

from clerk_app.domain.actor import Actor
from clerk_app.ports.window import WindowStore
from clerk_app.services.window.journal import Journal


class Word(StrEnum):
    """Who said what before anything was printed."""

    CONFIRMED = "confirmed"
    DENIED = "denied"
    OVERRULED = "overruled"


class ConfirmingDesk:
    """Called on the database lane."""

    def __init__(self, store: WindowStore, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    def record(self, case_id: str, word: Word, actor: Actor) -> None:
        """``applicant.confirmed``, ``applicant.denied`` by a press on the citizen's screen while ``actor`` sat at the
        window, or ``applicant.overruled`` by ``actor``, who compared the data with the paper."""
        self._store.write(lambda unit: self._journal.write(unit, f"applicant.{word.value}", case_id, actor))
