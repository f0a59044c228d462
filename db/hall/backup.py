"""The whole store as rows, read from one consistent view and written into an empty store of either engine.

A row travels in the form that SQLite keeps (text, numbers, bytes): moments as UTC text of fixed width, days and times
as text. PostgreSQL understands all of it, so that a backup of one engine restores into the other. Tables and columns
come from the store itself and not from the models: a backup of an older version restores and is then brought up to
date.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from clerk_app.domain.errors import StoreFault
from clerk_app.ports.stores_hall import HallUnit
from db.engine import sqlite_engine
from db.hall.migrate import HEAD, NEWER, SCRIPTS, version
from db.hall.unit import SqlUnit

T = TypeVar("T")
Row = Sequence[Any]
_BATCH = 500
_BESIDE = "alembic_version"
_MODULUS = 1 << 256


@dataclass(frozen=True, slots=True)
class TableFacts:
    """How many rows a table has and what they are: the sum of the SHA-256 of every row, in whatever order."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Where the journal of one hall ends, and how many of its entries have no number yet."""

    hall_id: str
    feed_no: int
    mac: str
    unsequenced: int


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What two stores with the same content agree in."""

    schema: str
    epoch: str
    heads: tuple[ChainHead, ...]


class Tally:
    """Adds up the facts of one table as its rows go by."""

    def __init__(self) -> None:
        self._rows = 0
        self._sum = 0

    def add(self, line: bytes) -> None:
        self._rows += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(line).digest(), "big")) % _MODULUS

    def facts(self) -> TableFacts:
        return TableFacts(self._rows, f"{self._sum:064x}")


class Snapshot:
    """One view of a store, as it was when it was opened, whatever is written meanwhile."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        found = version(connection)
        if found is None:
            raise StoreFault("这里还没有数据，没有什么可备份")
        if found > HEAD:
            raise StoreFault(NEWER)
        epoch = connection.execute(text("SELECT value FROM store_meta WHERE name = 'epoch'")).scalar_one()
        self.facts = StoreFacts(found, epoch, tuple(_heads(connection)))

    def tables(self) -> list[str]:
        """So that each comes after those it refers to."""
        ordered = inspect(self._db).get_sorted_table_and_fkc_names()
        return [name for name, _ in ordered if name is not None and name != _BESIDE]

    def columns(self, table: str) -> list[str]:
        """By name: the order of the columns is the engine's own affair."""
        return sorted(str(column["name"]) for column in inspect(self._db).get_columns(table))

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Every row, its values by ``columns``, in the form that travels."""
        quote = self._db.dialect.identifier_preparer.quote_identifier
        names = ", ".join(quote(name) for name in self.columns(table))
        statement = f"SELECT {names} FROM {quote(table)}"
        found = self._db.exec_driver_sql(statement, execution_options={"yield_per": _BATCH})
        for row in found:
            yield tuple(_travelling(value) for value in row)


def _heads(connection: Connection) -> Iterator[ChainHead]:
    for (hall_id,) in connection.execute(text("SELECT hall_id FROM hall ORDER BY hall_id")).all():
        mine = {"hall": hall_id}
        last = connection.execute(
            text(
                "SELECT feed_no, mac FROM journal WHERE hall_id = :hall AND feed_no IS NOT NULL"
                " ORDER BY feed_no DESC LIMIT 1"
            ),
            mine,
        ).first()
        waiting = connection.execute(
            text("SELECT count(*) FROM journal WHERE hall_id = :hall AND feed_no IS NULL"), mine
        ).scalar_one()
        feed_no, mac = (last[0], last[1]) if last else (0, "")
        yield ChainHead(hall_id, feed_no, mac, waiting)


def _travelling(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, time):
        return value.strftime("%H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, memoryview | bytearray):
        return bytes(value)
    return value


def line_of(row: Row) -> bytes:
    """A row as one line of JSON; bytes as base64 in an object."""
    values = [{"b": b64encode(value).decode()} if isinstance(value, bytes) else value for value in row]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def row_of(line: bytes) -> tuple[Any, ...]:
    """The row of a line."""
    return tuple(b64decode(value["b"]) if isinstance(value, dict) else value for value in json.loads(line))


# --- the other direction --------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Incoming:
    """One table on its way in: its columns, and its rows in any order."""

    table: str
    columns: tuple[str, ...]
    rows: Iterable[tuple[Any, ...]]


class StoredHall:
    """A store of either engine as backup and restore see it: nothing is migrated by opening it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @staticmethod
    def sqlite(path: Path, key: bytes, *, writer: bool = False) -> StoredHall:
        """The encrypted file at ``path``; may be read while a server writes to it."""
        return StoredHall(sqlite_engine(path, key, writer=writer))

    @staticmethod
    def postgres(url: str) -> StoredHall:
        # A hall without PostgreSQL has no driver for it.
        from db.postgres import plain_engine

        return StoredHall(plain_engine(url))

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """One view of all of it; nothing is held back from writers. ``StoreFault`` for an empty or a newer store."""
        with self._told(), self._engine.connect() as plain:
            connection = plain
            if self._engine.dialect.name == "postgresql":
                connection = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield Snapshot(connection)

    def check_empty(self) -> None:
        """``StoreFault`` unless nothing was ever written there."""
        with self._told(), self._engine.connect() as connection:
            if inspect(connection).get_table_names():
                raise StoreFault("那里已经有数据，没有恢复，也没有改动任何数据。恢复要用空的文件夹或空的数据库")

    def restore(self, schema: str, tables: Iterable[Incoming], then: Callable[[Connection], None]) -> None:
        """Make the tables as ``schema`` has them, write all rows and do ``then``, all or nothing."""
        if schema > HEAD:
            raise StoreFault(NEWER)
        with self._told(), self._engine.begin() as connection:
            _upgrade(connection, schema)
            for incoming in tables:
                _fill(connection, incoming)
            then(connection)

    def renew(self, then: Callable[[Connection], None]) -> None:
        """Do ``then`` in a store that came as a whole, all or nothing."""
        with self._told(), self._engine.begin() as connection:
            then(connection)

    def check_whole(self) -> None:
        """``StoreFault`` unless every page of a SQLite store is what was written there, and its tables fit together."""
        with self._told(), self._engine.connect() as connection:
            problems = [str(row[0]) for row in connection.execute(text("PRAGMA cipher_integrity_check"))]
            problems += [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
            problems += [f"外键 {row[0]}" for row in connection.execute(text("PRAGMA foreign_key_check"))]
        if problems:
            raise StoreFault(f"第二份有损坏（{problems[0]}），没有恢复。请用备份")

    def settle(self) -> None:
        """Bring all of a SQLite store into its one file, and let go of it."""
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:
                raw = connection.connection.driver_connection
                assert raw is not None
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.close()

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """The environment's faults as sentences."""
        try:
            yield
        except OperationalError as error:
            if self._engine.dialect.name == "postgresql":
                from db.postgres import fault

                raise fault(error) from error
            full = "full" in str(error.orig).lower()
            words = "磁盘满了，没有做成。请清出空间后再做一次" if full else "数据文件读写不了，没有做成。请联系技术员"
            raise StoreFault(words) from error


def _fill(connection: Connection, incoming: Incoming) -> None:
    quote = connection.dialect.identifier_preparer.quote_identifier
    table, names = quote(incoming.table), ", ".join(quote(name) for name in incoming.columns)
    # Migrations may have written rows of their own; what was backed up counts.
    connection.exec_driver_sql(f"DELETE FROM {table}")
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table} ({names}) FROM STDIN", incoming.rows)
    else:
        _insert(connection, f"INSERT INTO {table} ({names})", len(incoming.columns), incoming.rows)


def _copy(connection: Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    raw = connection.connection.driver_connection
    assert raw is not None
    with raw.cursor() as cursor, cursor.copy(statement) as copying:
        for row in rows:
            copying.write_row(row)


def _insert(connection: Connection, head: str, width: int, rows: Iterable[tuple[Any, ...]]) -> None:
    statement = f"{head} VALUES ({', '.join('?' * width)})"
    batch: list[tuple[Any, ...]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            connection.exec_driver_sql(statement, batch)
            batch = []
    if batch:
        connection.exec_driver_sql(statement, batch)


def measured(connection: Connection) -> tuple[StoreFacts, dict[str, TableFacts]]:
    """What stands in the store, read back row by row."""
    view = Snapshot(connection)
    found: dict[str, TableFacts] = {}
    for table in view.tables():
        tally = Tally()
        for row in view.rows(table):
            tally.add(line_of(row))
        found[table] = tally.facts()
    return view.facts, found


def begin_new_life(connection: Connection, epoch: str, story: dict[str, str]) -> None:
    """Bring the schema up to date and give the store another epoch: whoever synced with what it was notices.

    Answers that are kept for repeated requests name the epoch too; they are about what this store still holds.
    """
    _upgrade(connection, HEAD)
    before = connection.execute(text("SELECT value FROM store_meta WHERE name = 'epoch'")).scalar_one()
    connection.execute(text("UPDATE store_meta SET value = :new WHERE name = 'epoch'"), {"new": epoch})
    connection.execute(
        text("UPDATE request_key SET response = replace(response, :old, :new)"), {"old": before, "new": epoch}
    )
    # Who was the last to show up is known of the store's former life only.
    connection.execute(text("DELETE FROM device_instance"))
    connection.execute(text("DELETE FROM store_meta WHERE name = 'restored'"))
    connection.execute(
        text("INSERT INTO store_meta (name, value) VALUES ('restored', :story)"),
        {"story": json.dumps({**story, "was": before}, ensure_ascii=False, sort_keys=True)},
    )


def each_hall(connection: Connection, work: Callable[[HallUnit], T]) -> list[T]:
    """Run ``work`` for every hall of the store, in the caller's transaction."""
    halls = connection.execute(text("SELECT hall_id FROM hall ORDER BY hall_id")).scalars().all()
    return [work(SqlUnit(connection, hall_id)) for hall_id in halls]


def _upgrade(connection: Connection, revision: str) -> None:
    if version(connection) == revision:
        return
    # Alembic takes a fifth of a second to load.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
