"""What a ticket machine keeps of its own: numbers that it gave out while the server was away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from clerk_app.domain.emergency import BlockUse, Number
from clerk_app.domain.queue import PrintState, PriorityClass, VisitReason


@dataclass(frozen=True, slots=True)
class KioskNumber:
    """An emergency number; ``instead_of`` is the key of the wish whose fate was unknown. No personal data.

    ``merged_id`` is the server's id of the ticket once it was told, ``refused`` why the server would not have it.
    """

    ticket_id: str
    day: date
    number: str
    group_id: str
    group_name: str
    priority: PriorityClass
    reason: VisitReason
    matters: tuple[str, ...]
    taken_at: datetime
    instead_of: str = ""
    print_state: PrintState = PrintState.PENDING
    merged_id: str | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class KioskGroup:
    """A group as the machine remembers it, for a start without a server."""

    group_id: str
    prefix: str
    name: str
    hint: str
    place: str


class KioskStore(Protocol):
    """Each method is one durable transaction. ``StoreFault`` when the disk is full or the file cannot be written."""

    def fact(self, name: str) -> str:
        """Empty when it was never set."""
        ...

    def set_fact(self, name: str, value: str) -> None: ...

    def blocks(self, device_id: str) -> list[int]: ...

    def add_block(self, block_no: int, device_id: str) -> None: ...

    def drop_block(self, block_no: int) -> None: ...

    def uses(self, device_id: str, day: date) -> list[BlockUse]:
        """Of each block, by number."""
        ...

    def give(
        self,
        device_id: str,
        day: date,
        choose: Callable[[Sequence[BlockUse]], tuple[Number, BlockUse]],
        made: Callable[[Number], KioskNumber],
    ) -> KioskNumber:
        """Choose a number, use it up and keep what was made of it."""
        ...

    def get(self, ticket_id: str) -> KioskNumber | None: ...

    def of_wish(self, key: str) -> KioskNumber | None:
        """What was given instead of that wish."""
        ...

    def untold(self) -> list[KioskNumber]:
        """Those that the server does not know, oldest first."""
        ...

    def told(self, ticket_id: str, merged_id: str, print_state: PrintState) -> None:
        """The server knows it; nothing changes when the paper's state has changed since."""
        ...

    def refuse(self, ticket_id: str, reason: str) -> None: ...

    def printed(self, ticket_id: str, state: PrintState) -> None: ...

    def forget_before(self, day: date) -> int:
        """Drop what was told of earlier days; how many."""
        ...
