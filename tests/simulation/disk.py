"""A node's disk: one SQLite database in memory under the program's own SQL.

What was committed is on the disk; a crash forgets the transaction that was open, exactly as SQLite in WAL with
``synchronous=FULL`` promises (``docs/proof.md`` says what proves that promise). Images are whole databases.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.pool import StaticPool

from simulation.moments import Kind, Side


class InlineLane:
    """In place of the writer's thread: there is one thread in the simulated world."""

    waiting = 0

    def __init__(self, name: str, alone: Callable[[Any], Any], together: object) -> None:
        self._alone = alone

    def run(self, who: str, job: Any, patient: bool = False) -> Any:
        return self._alone(job)

    def close(self) -> None:
        pass


class _Lasting(sqlite3.Connection):
    """SQLAlchemy closes the connection of a transaction that ended by a ``BaseException``; a disk is not thrown away
    because the power went out."""

    def close(self) -> None:
        pass


class Disk:
    """``writer`` and ``reader`` are engines as the stores expect them. Engines outlive crashes and worlds, because
    compiling their statements takes longer than running them."""

    def __init__(self) -> None:
        self.raw = sqlite3.connect(
            ":memory:", isolation_level=None, check_same_thread=False, cached_statements=512, factory=_Lasting
        )
        self.raw.execute("PRAGMA foreign_keys = ON")
        self.writer = self._engine()
        self.reader = self._engine()
        self.full = False
        self.commits = 0
        self.told: Callable[[Kind, Side], None] = lambda kind, side: None
        self._changes = 0
        plain_commit = self.writer.dialect.do_commit

        def commit(connection: Any) -> None:
            changed = self.raw.total_changes != self._changes
            if changed and self.full:
                raise sqlite3.OperationalError("database or disk is full")
            if not changed:
                plain_commit(connection)
                return
            self.told(Kind.COMMIT, Side.BEFORE)
            plain_commit(connection)
            self.commits += 1
            self.told(Kind.COMMIT, Side.AFTER)

        self.writer.dialect.do_commit = commit  # type: ignore[method-assign]

        @event.listens_for(self.writer, "begin")
        def _begun(connection: Connection) -> None:
            self._changes = self.raw.total_changes

    def _engine(self) -> Engine:
        engine = create_engine("sqlite://", creator=lambda: self.raw, poolclass=StaticPool)

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN")

        return engine

    def image(self) -> bytes:
        """The whole disk as it is now."""
        assert not self.raw.in_transaction
        return self.raw.serialize() if self.rows("PRAGMA page_count") != [(0,)] else b""

    def restore(self, image: bytes) -> None:
        """Put an image onto this disk."""
        if self.raw.in_transaction:
            self.raw.rollback()
        if image:
            self.raw.deserialize(image)
        self.raw.execute("PRAGMA foreign_keys = ON")

    def lose_power(self) -> None:
        """Only what was committed is left."""
        if self.raw.in_transaction:
            self.raw.rollback()
        self.full = False

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Look at the disk beside the program."""
        return self.raw.execute(query, values).fetchall()
