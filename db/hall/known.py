"""What a turn on PostgreSQL need not ask again: the hall's settings, while nobody changed them.

Groups, what windows serve, rules and days change a few times a day and are read at every call. Each change writes a new
random version; a turn reads the version together with its lock, and what was read under the same version still holds.
Only turns use it (settings change in turns only), and a turn that changes something goes without from then on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from db.hall.queue_models import HallSettingRow

T = TypeVar("T")
VERSION = "version"
"""The name of the setting that holds it."""


class Known:
    """Of one unit; ``values`` is shared by all turns under one version, None where everything is asked."""

    def __init__(self, values: dict[Any, Any] | None = None) -> None:
        self._values = values

    def of(self, key: tuple[Any, ...], ask: Callable[[], T]) -> T:
        """The value of ``key``, asked for when it is not known. Nobody changes what comes back."""
        if self._values is None:
            return ask()
        if key not in self._values:
            self._values[key] = ask()
        return cast(T, self._values[key])

    def changed(self, connection: Connection, hall_id: str) -> None:
        """Something that others may know is another now. SQLite's units know nothing."""
        self._values = None
        if connection.dialect.name == "sqlite":
            return
        fresh = insert(HallSettingRow).values(hall_id=hall_id, name=VERSION, value=uuid4().hex)
        connection.execute(
            fresh.on_conflict_do_update(index_elements=["hall_id", "name"], set_={"value": fresh.excluded.value})
        )
