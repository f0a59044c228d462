"""The hall's store on one PC: encrypted SQLite, all writing through one lane. On PostgreSQL: ``db.hall.postgres``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, bindparam, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from clerk_app.domain.errors import StoreFault
from clerk_app.ports.clock import Entropy
from clerk_app.ports.stores_hall import HallUnit
from db.engine import sqlite_engine
from db.errors import Again, Apart
from db.hall import registers, setup
from db.hall.known import VERSION, KnownHalls
from db.hall.lane import Done, WriterLane
from db.hall.migrate import migrate
from db.hall.models import HallRow, StoreMeta
from db.hall.queue_models import HallSettingRow
from db.hall.shared import RELEASE, ROLLBACK, SAVEPOINT, Write, each
from db.hall.unit import SqlUnit

T = TypeVar("T")
_READERS = 8
_S = HallSettingRow.__table__.c
_BROKEN = (DBAPIError, Again)
_VERSION = select(_S.value).where(_S.hall_id == bindparam("_hall"), _S.name == VERSION)


def _sentence(error: BaseException) -> str:
    text = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    if "full" in text:
        return "服务器的磁盘满了，这一步没有存下。请技术员清出空间后再做一次"
    if "locked" in text or "busy" in text:
        return "服务器的数据正被别的程序占用，这一步没有存下，请再做一次"
    return "服务器的数据文件读写不了，这一步没有存下。请联系技术员"


class SqlHallStore:
    """``HallStore`` of one process; all writes run on the lane's thread."""

    def __init__(
        self, writer: Engine, reader: Engine, epoch: str, lane: Callable[..., WriterLane[Write]] = WriterLane
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._lane = lane("hall-writer", self._alone, self._together)
        self._epoch = epoch
        self._known = KnownHalls()

    @property
    def epoch(self) -> str:
        return self._epoch

    def write(self, hall_id: str, who: str, work: Callable[[HallUnit], T], *, patient: bool = False) -> T:
        written: T = self._lane.run(who, Write(hall_id, work), patient)
        return written

    def _alone(self, write: Write) -> Any:
        return _guarded(self._writer, lambda connection: write.work(self._unit(connection, write.hall_id)))

    def _together(self, writes: Sequence[Write]) -> list[Done]:
        def work(connection: Connection) -> list[Done]:
            def run(*statements: str) -> None:
                for statement in statements:
                    connection.exec_driver_sql(statement)

            try:
                run(SAVEPOINT)
                unit = partial(self._unit, connection)
                return each(writes, unit, partial(run, RELEASE, SAVEPOINT), partial(run, ROLLBACK), _BROKEN)
            except _BROKEN as error:
                raise Apart from error

        return _guarded(self._writer, work)

    def _unit(self, connection: Connection, hall_id: str) -> SqlUnit:
        """Of a turn: settings that are known already are not asked again. Commands of the technician write to the same
        file from other processes, so the version is read each time."""

        def find() -> dict[Any, Any] | None:
            return self._known.under(hall_id, connection.execute(_VERSION, {"_hall": hall_id}).scalar() or "")

        return SqlUnit(connection, hall_id, find=find)

    def write_feed(self, hall_id: str, work: Callable[[HallUnit], T]) -> T:
        return self.write(hall_id, "sequencer", work)

    def listen(self, told: Callable[[str], None]) -> None:
        """No other server writes to this store."""

    def read(self, hall_id: str, work: Callable[[HallUnit], T]) -> T:
        return _guarded(self._reader, lambda connection: work(SqlUnit(connection, hall_id)))

    def halls(self) -> list[str]:
        return _guarded(self._reader, lambda connection: list(connection.execute(select(HallRow.hall_id)).scalars()))

    def hall_of_code(self, secret_hash: str) -> str | None:
        return _guarded(self._reader, lambda connection: setup.hall_of_code(connection, secret_hash))

    def hall_of_page(self, page_hash: str) -> str | None:
        return _guarded(self._reader, lambda connection: registers.hall_of_page(connection, page_hash))

    @property
    def writes_waiting(self) -> int:
        """Writes that wait for their turn of the lane; 0 where writers do not queue here."""
        return self._lane.waiting

    def size_bytes(self) -> int:
        """Of the store, with what its log still holds apart."""
        pages = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        return _guarded(self._reader, lambda connection: int(connection.execute(text(pages)).scalar_one()))

    def close(self) -> None:
        """Drain the lane, then close all connections."""
        self._lane.close()
        self._reader.dispose()
        self._writer.dispose()


def _guarded(engine: Engine, work: Callable[[Connection], T]) -> T:
    """One transaction; the environment's faults become ``StoreFault``, ours pass through."""
    try:
        with engine.begin() as connection:
            return work(connection)
    except Again as again:
        raise StoreFault(_sentence(again.error or again)) from again
    except OperationalError as error:
        raise StoreFault(_sentence(error)) from error


def _epoch(engine: Engine) -> str:
    with engine.connect() as connection:
        return connection.execute(select(StoreMeta.value).where(StoreMeta.name == "epoch")).scalar_one()


def open_sqlite(path: Path, key: bytes, entropy: Entropy) -> SqlHallStore:
    """Open (or make) the encrypted store at ``path`` and bring its schema up to date. ``StoreFault`` if it cannot."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    writer = sqlite_engine(path, key, writer=True)
    try:
        migrate(writer, entropy.bytes(16).hex())
    except OperationalError as error:
        writer.dispose()
        raise StoreFault(_sentence(error)) from error
    reader = sqlite_engine(path, key, writer=False, connections=_READERS)
    return SqlHallStore(writer, reader, _epoch(reader))
