"""What the hall's services need for numbers given while the server was away. Implemented in ``db.hall``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Protocol


class Stage(IntEnum):
    """How far a visit was told: each later one includes the earlier ones."""

    WAITS = 0
    SERVED = 1
    ENDED = 2


@dataclass(frozen=True, slots=True)
class ToldVisit:
    """One device's word about one number. ``told_id`` is the device's own id of it, ``ticket_id`` the ticket that it
    belongs to: another one where the number was called by hand. Kept for ever beside the ticket, in conflict too."""

    told_id: str
    ticket_id: str
    device_id: str
    day: date
    number: str
    window_no: str
    stage: Stage
    taken_at: datetime
    called_at: datetime | None
    ended_at: datetime | None
    outcome: str
    conflict: str
    merged_at: datetime


class EmergencyStore(Protocol):
    """Of one hall."""

    def get(self, told_id: str) -> ToldVisit | None: ...

    def put(self, told: ToldVisit) -> None:
        """Add it, or write how far it has got."""
        ...

    def of_ticket(self, ticket_id: str) -> list[ToldVisit]:
        """In the order they were first told."""
        ...

    def conflicts(self, day: date) -> list[ToldVisit]:
        """Those of the day that did not fit, by number."""
        ...

    def take_block(self, block_no: int, device_id: str, at: datetime) -> None:
        """Enter a block that this store does not know; nothing happens when it does."""
        ...
