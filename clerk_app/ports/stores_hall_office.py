"""What the back office's pages need of the hall's store; a part of ``stores_hall``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from clerk_app.domain.routing import OfficeList, Route
from clerk_app.ports.stores_hall_cases import CaseHead


@dataclass(frozen=True, slots=True)
class WorkQuery:
    """Which lines of a list. ``departments`` are those that have the case on their desk, None for all; ``words`` must
    stand in the case number or the matter's name, ``due_before`` keeps what has to be decided before."""

    kind: OfficeList
    departments: frozenset[str] | None = None
    words: str = ""
    due_before: datetime | None = None


class OfficeStore(Protocol):
    """Routes, people's departments, numbers and look-ins of one hall."""

    def routes(self) -> list[Route]:
        """By desk, department and matter."""
        ...

    def put_route(self, route: Route) -> None:
        """Add, or change whose it is."""
        ...

    def drop_route(self, route: Route) -> bool:
        """False when there was none for its desk, department and matter."""
        ...

    def departments(self) -> dict[str, frozenset[str]]:
        """Departments by user id, of those who have any."""
        ...

    def departments_of(self, user_id: str) -> frozenset[str]: ...

    def set_departments(self, user_id: str, departments: Collection[str]) -> None:
        """Replaces what was kept before."""
        ...

    def next_number(self, series: str, epoch: str) -> int:
        """The value that comes next; nothing is taken by asking. In another life of the store (``epoch``) than the last
        one the series jumps ahead: numbers that were given out after the backup must not come again."""
        ...

    def take_number(self, series: str, epoch: str, value: int) -> None:
        """The value is used up."""
        ...

    def seen_at(self, session_id: str) -> datetime | None:
        """When somebody last did something in this login."""
        ...

    def set_seen(self, session_id: str, at: datetime) -> None: ...

    def work(self, query: WorkQuery, limit: int, offset: int) -> list[CaseHead]:
        """Instant cases first (somebody stands at the window), then the oldest promised date."""
        ...

    def count(self, query: WorkQuery) -> int: ...

    def case_departments(self) -> list[str]:
        """The departments of the hall's cases."""
        ...
