"""What a window keeps for the time without a server: its blocks of numbers, and whom it served by them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from clerk_app.domain.queue import PrintState, PriorityClass, VisitReason


@dataclass(frozen=True, slots=True)
class WindowBlock:
    """A reserved block; ``device_id`` is the enrolment that it was reserved under."""

    block_no: int
    device_id: str
    reserved_at: datetime


@dataclass(frozen=True, slots=True)
class EmergencyRow:
    """One number without the server. ``given`` here from an own block, else it was called by hand.

    Without ``called_at`` the citizen waits; with ``ended_at`` the visit is over. ``merged_id`` is the server's id of
    the ticket, once it was told; ``conflict`` what the server found not to fit.
    """

    ticket_id: str
    day: date
    number: str
    given: bool
    group_id: str
    group_name: str
    priority: PriorityClass
    reason: VisitReason
    taken_at: datetime
    called_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    print_state: PrintState = PrintState.NOT_WANTED
    merged_id: str | None = None
    conflict: str = ""


class EmergencyRows(Protocol):
    """Blocks and numbers of this window."""

    def blocks(self, device_id: str) -> list[WindowBlock]:
        """Those of an enrolment, by number."""
        ...

    def add_block(self, block: WindowBlock) -> None:
        """A block that is there already stays as it is."""
        ...

    def drop_block(self, block_no: int) -> None:
        """It belongs to another device: no number of it is given out any more."""
        ...

    def put(self, row: EmergencyRow) -> None:
        """Add it, or write how it went on."""
        ...

    def get(self, ticket_id: str) -> EmergencyRow | None: ...

    def latest(self, day: date, number: str) -> EmergencyRow | None:
        """The last one of that number on that day."""
        ...

    def served_now(self) -> EmergencyRow | None:
        """Who was called and has not ended."""
        ...

    def of_day(self, day: date) -> list[EmergencyRow]:
        """Oldest first."""
        ...
