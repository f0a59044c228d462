"""The window's store: units of work on one encrypted SQLite file with one writer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, OperationalError

from clerk_app.domain.errors import StoreFault
from clerk_app.ports.window import WindowUnit
from db.engine import sqlite_engine
from db.window.cases import SqlBinding, SqlCases, SqlDrafts, SqlNumbers
from db.window.catalogue import SqlCatalogue
from db.window.emergency import SqlEmergency
from db.window.files import SqlActs, SqlConsultations, SqlSeals, SqlSignatures, SqlVisits
from db.window.migrate import migrate
from db.window.offers import SqlOffers
from db.window.pages import SqlPages
from db.window.papers import SqlOutbox, SqlPapers
from db.window.people import SqlJournal, SqlPeople, SqlRatings

T = TypeVar("T")
_READERS = 4

FULL = "本机磁盘满了，这一步没有存下，内容还在屏幕上。请技术员清出空间后再按一次"
LOCKED = "本机的数据正被别的程序占用，这一步没有存下，请再按一次"
DAMAGED = "本机的数据文件读写不了，这一步没有存下。请停用本窗口并联系技术员，不要删除任何文件"


class SqlUnit:
    """``WindowUnit`` on one connection."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self.binding = SqlBinding(connection, hall_id)
        self.numbers = SqlNumbers(connection, hall_id)
        self.drafts = SqlDrafts(connection, hall_id)
        self.cases = SqlCases(connection, hall_id)
        self.papers = SqlPapers(connection, hall_id)
        self.outbox = SqlOutbox(connection, hall_id)
        self.ratings = SqlRatings(connection, hall_id)
        self.people = SqlPeople(connection, hall_id)
        self.journal = SqlJournal(connection, hall_id)
        self.acts = SqlActs(connection, hall_id)
        self.signatures = SqlSignatures(connection, hall_id)
        self.seals = SqlSeals(connection, hall_id)
        self.visits = SqlVisits(connection, hall_id)
        self.consultations = SqlConsultations(connection, hall_id)
        self.emergency = SqlEmergency(connection, hall_id)
        self.pages = SqlPages(connection, hall_id)
        self.offers = SqlOffers(connection, hall_id)


class SqlWindowStore:
    """``WindowStore``. The writer's pool holds one connection: threads that write wait for it in turn."""

    def __init__(self, writer: Engine, reader: Engine, hall_id: str) -> None:
        self._writer = writer
        self._reader = reader
        self._hall = hall_id
        self.catalogue = SqlCatalogue(hall_id, lambda work: _guarded(writer, work), lambda work: _guarded(reader, work))

    def write(self, work: Callable[[WindowUnit], T]) -> T:
        return _guarded(self._writer, lambda connection: work(SqlUnit(connection, self._hall)))

    def read(self, work: Callable[[WindowUnit], T]) -> T:
        return _guarded(self._reader, lambda connection: work(SqlUnit(connection, self._hall)))

    def close(self) -> None:
        """Close all connections; the store may not be used afterwards."""
        self._reader.dispose()
        self._writer.dispose()


def _sentence(error: DatabaseError) -> str:
    text = str(error.orig).lower()
    if "full" in text:
        return FULL
    if "locked" in text or "busy" in text:
        return LOCKED
    return DAMAGED


def _guarded(engine: Engine, work: Callable[[Connection], T]) -> T:
    """One transaction; the environment's faults become ``StoreFault``, ours pass through."""
    try:
        with engine.begin() as connection:
            return work(connection)
    except OperationalError as error:
        raise StoreFault(_sentence(error)) from error
    except DatabaseError as error:
        # "file is not a database" and "malformed" come as the base class; its other children are faults of ours.
        if type(error) is not DatabaseError:
            raise
        raise StoreFault(DAMAGED) from error


def open_window_store(path: Path, key: bytes, hall_id: str) -> SqlWindowStore:
    """Open (or make) the encrypted store at ``path`` and bring its schema up to date. ``StoreFault`` if it cannot."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    writer = sqlite_engine(path, key, writer=True)
    try:
        migrate(writer)
    except DatabaseError as error:
        writer.dispose()
        raise StoreFault(_sentence(error)) from error
    return SqlWindowStore(writer, sqlite_engine(path, key, writer=False, connections=_READERS), hall_id)
