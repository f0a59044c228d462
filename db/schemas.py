"""Which schema a store has and which one this program writes, for upgrades and for going back; nothing is migrated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DatabaseError

from clerk_app.domain.errors import StoreFault
from db.engine import sqlite_engine
from db.hall import migrate as hall
from db.kiosk.models import FactTable
from db.kiosk.store import SCHEMA
from db.window import migrate as window

_DAMAGED = "数据文件有损坏：{}。请不要再用它，用备份恢复"


@dataclass(frozen=True, slots=True)
class Schema:
    """``found`` is empty for a store that nothing was written to yet."""

    found: str
    newest: str

    @property
    def state(self) -> str:
        """``current``, ``older`` (the next start migrates it) or ``newer`` (a newer program wrote it)."""
        if self.found == self.newest:
            return "current"
        # revisions count up with as many digits each
        return "older" if self.found < self.newest else "newer"


def hall_schema(path: Path, key: bytes) -> Schema:
    """Of a server's store. ``StoreFault`` when it does not open or is damaged."""
    return Schema(_look(path, key, hall.version), hall.HEAD)


def window_schema(path: Path, key: bytes) -> Schema:
    """Of a window's store."""
    return Schema(_look(path, key, window.version), window.HEAD)


def kiosk_schema(path: Path, key: bytes) -> Schema:
    """Of a ticket machine's store."""
    return Schema(_look(path, key, _kiosk_version), SCHEMA)


def _kiosk_version(connection: Connection) -> str | None:
    facts = FactTable.__table__
    if not inspect(connection).has_table(FactTable.__tablename__):
        return None
    return connection.execute(select(facts.c.value).where(facts.c.name == "schema")).scalar_one_or_none()


def _look(path: Path, key: bytes, version: Callable[[Connection], str | None]) -> str:
    engine = sqlite_engine(path, key, writer=False)
    try:
        with engine.connect() as connection:
            # Each page's own checksum first, then what SQLite knows of its tables.
            problems = [str(row[0]) for row in connection.execute(text("PRAGMA cipher_integrity_check"))]
            problems += [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
            if problems:
                raise StoreFault(_DAMAGED.format(problems[0]))
            return version(connection) or ""
    except DatabaseError as error:
        raise StoreFault(_DAMAGED.format(type(error).__name__)) from error
    finally:
        engine.dispose()
