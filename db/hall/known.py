"""What a turn need not ask again: the hall's settings, while nobody changed them.

Groups, what windows serve, rules and days change a few times a day and are read at every call. Each change writes a new
random version; a turn reads the version first (on PostgreSQL together with its lock), and what was read under the same
version still holds, whichever process wrote it. Only turns use it (settings change in turns only), and a turn that
changes something goes without from then on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from db.hall.queue_models import HallSettingRow

T = TypeVar("T")
VERSION = "version"
"""The name of the setting that holds it."""


class Known:
    """Of one unit. ``find`` gives what all turns under the present version share, None where everything is asked; it is
    called when first needed."""

    def __init__(self, find: Callable[[], dict[Any, Any] | None] | None = None) -> None:
        self._find = find
        self._values: dict[Any, Any] | None = None
        self.was_changed = False

    def of(self, key: tuple[Any, ...], ask: Callable[[], T]) -> T:
        """The value of ``key``, asked for when it is not known. Nobody changes what comes back."""
        if self._find is not None:
            self._values, self._find = self._find(), None
        if self._values is None:
            return ask()
        if key not in self._values:
            self._values[key] = ask()
        return cast(T, self._values[key])

    def changed(self, connection: Connection, hall_id: str) -> None:
        """Something that others may know is another now."""
        self._values = self._find = None
        self.was_changed = True
        make = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
        fresh = make(HallSettingRow).values(hall_id=hall_id, name=VERSION, value=uuid4().hex)
        connection.execute(
            fresh.on_conflict_do_update(index_elements=["hall_id", "name"], set_={"value": fresh.excluded.value})
        )


class KnownHalls:
    """What is known of each hall in this process; for one turn of a hall at a time."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[str, dict[Any, Any]]] = {}

    def under(self, hall_id: str, version: str) -> dict[Any, Any] | None:
        """The values under this version of the settings; None without one."""
        if not version:
            return None
        held = self._held.get(hall_id)
        if held is None or held[0] != version:
            held = self._held[hall_id] = (version, {})
        return held[1]
