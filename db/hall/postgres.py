"""The hall's store on PostgreSQL, for one server process or for several at once (``docs/adr/0013``).

What the queue, its draws and its settings are about happens in one hall one after the other, whichever process asks:
such a transaction takes the hall's advisory lock first. Records that windows upload do not take it: they lock the rows
of their case and rest on unique keys.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from clerk_app.domain.errors import StoreFault
from clerk_app.ports.clock import Entropy
from clerk_app.ports.stores_hall import HallUnit
from db.hall import registers, setup
from db.hall.known import VERSION, KnownHalls
from db.hall.lane import Done, WriterLane
from db.hall.migrate import migrate
from db.hall.models import HallRow, StoreMeta
from db.hall.shared import RELEASE, ROLLBACK, SAVEPOINT, Write, each
from db.hall.unit import SqlUnit
from db.later import send, take
from db.locks import lock_number
from db.postgres import (
    ANSWER,
    BROKEN,
    PASSED_OVER,
    READ,
    WRITE,
    fault,
    in_one_try,
    in_transaction,
    is_fault,
    listening,
    plain_engine,
    postgres_engine,
    quoted,
)

_LOG = logging.getLogger(__name__)
T = TypeVar("T")
CONNECTIONS = 32
"""Of one server process: 16 and more for reading, 8 for uploads, one for each hall's turn, one for the feed."""
_UPLOADS = 8
_CHANNEL = "clerk_feed"
_PLANNED = "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off"
"""A turn's statements are planned once for each connection: for the list of candidates, a union of some twenty parts,
planning takes twenty times as long as looking. Which index each part walks hangs neither on the values nor on how many
rows there were when it was planned, on the first morning none."""
_OTHER_KEY = "数据库是用另一个密钥文件建的，这台的 hall.key 对不上。请把第一台服务器的 keys 和 tls 文件夹复制过来"
_LISTEN_SECONDS = 1.0
_COME_BACK_SECONDS = 2.0


class PostgresHallStore:
    """``HallStore`` for many processes."""

    def __init__(self, engine: Engine, listen_url: str, name: str) -> None:
        self._engine = engine
        self._listen_url = listen_url
        self._name = name
        self._lanes: dict[str, WriterLane[Write]] = {}
        self._known = KnownHalls()
        self._lock = threading.Lock()
        self._uploads = threading.BoundedSemaphore(_UPLOADS)
        self._closed = threading.Event()
        self._listener: threading.Thread | None = None
        self._epoch: str = self._look(
            lambda connection: connection.execute(select(StoreMeta.value).where(StoreMeta.name == "epoch")).scalar_one()
        )

    @property
    def epoch(self) -> str:
        return self._epoch

    # --- writing ----------------------------------------------------------------------------------------------
    def write(self, hall_id: str, who: str, work: Callable[[HallUnit], T], *, patient: bool = False) -> T:
        if patient:
            with self._uploads:
                return self._run(ANSWER, hall_id, work)
        # In this process the lane gives fair turns, and one connection is enough for all who wait.
        written: T = self._lane(hall_id).run(who, Write(hall_id, work))
        return written

    def _alone(self, write: Write) -> Any:
        return self._run(_turn(write.hall_id), write.hall_id, write.work)

    def _together(self, writes: Sequence[Write]) -> list[Done]:
        def job(connection: Connection, row: list[Any]) -> list[Done]:
            driver: Any = connection.connection.driver_connection

            def undo() -> None:
                take(connection)
                driver.execute(ROLLBACK, prepare=False)

            def keep() -> None:
                if driver.info.transaction_status is TransactionStatus.INERROR:
                    raise RuntimeError(PASSED_OVER)
                send(connection, RELEASE, SAVEPOINT)

            return each(writes, partial(self._unit, connection, row), keep, undo, BROKEN)

        return in_one_try(self._engine, f"{_turn(writes[0].hall_id)}; {SAVEPOINT}", job)

    def write_feed(self, hall_id: str, work: Callable[[HallUnit], T]) -> T:
        begin = f"{WRITE}; SELECT pg_advisory_xact_lock({lock_number('feed', hall_id)})"
        # A hint to the other processes, that costs the numbering one statement and a call none.
        told = f"NOTIFY {_CHANNEL}, {quoted(f'{self._name} {hall_id}')}"
        return self._run(begin, hall_id, work, lambda result: told if result else "")

    def _lane(self, hall_id: str) -> WriterLane[Write]:
        with self._lock:
            if self._closed.is_set():
                raise StoreFault("服务器正在关闭，请稍等它重新启动")
            if hall_id not in self._lanes:
                self._lanes[hall_id] = WriterLane(f"hall-writer-{hall_id[-4:]}", self._alone, self._together)
            return self._lanes[hall_id]

    def _run(
        self,
        begin: str,
        hall_id: str,
        work: Callable[[HallUnit], T],
        last: Callable[[T], str] = lambda result: "",
    ) -> T:
        return in_transaction(
            self._engine, begin, lambda connection, row: work(self._unit(connection, row, hall_id)), last
        )

    def _unit(self, connection: Connection, row: list[Any], hall_id: str) -> SqlUnit:
        """``row``: what ``_turn`` found, if it is one."""
        newest, version = (row[0] or "", row[1] or "") if len(row) == 2 else ("", "")
        return SqlUnit(connection, hall_id, newest, lambda: self._known.under(hall_id, version))

    # --- reading ----------------------------------------------------------------------------------------------
    def read(self, hall_id: str, work: Callable[[HallUnit], T]) -> T:
        return self._look(lambda connection: work(SqlUnit(connection, hall_id)))

    def _look(self, work: Callable[[Connection], T]) -> T:
        return in_transaction(self._engine, READ, lambda connection, row: work(connection))

    def halls(self) -> list[str]:
        return self._look(lambda connection: list(connection.execute(select(HallRow.hall_id)).scalars()))

    def hall_of_code(self, secret_hash: str) -> str | None:
        return self._look(lambda connection: setup.hall_of_code(connection, secret_hash))

    def hall_of_page(self, page_hash: str) -> str | None:
        return self._look(lambda connection: registers.hall_of_page(connection, page_hash))

    # --- other processes --------------------------------------------------------------------------------------
    def listen(self, told: Callable[[str], None]) -> None:
        self._listener = threading.Thread(target=self._listen, args=(told,), name="listener", daemon=True)
        self._listener.start()

    def _listen(self, told: Callable[[str], None]) -> None:
        missed = False
        while not self._closed.is_set():
            try:
                with listening(self._listen_url, _CHANNEL) as connection:
                    _LOG.info("hears of the feed from the other servers")
                    if missed:
                        # What was told meanwhile went past: the numbers of the feed are the truth.
                        for hall_id in self.halls():
                            told(hall_id)
                    while not self._closed.is_set():
                        for note in connection.notifies(timeout=_LISTEN_SECONDS):
                            sender, _, hall_id = note.payload.partition(" ")
                            if sender != self._name:
                                told(hall_id)
            except (psycopg.Error, StoreFault) as error:
                if not missed:
                    _LOG.warning("does not hear of other servers, asks every second instead (%s)", type(error).__name__)
                missed = True
            self._closed.wait(_COME_BACK_SECONDS)

    @property
    def writes_waiting(self) -> int:
        """Writes that wait for their turn in this process."""
        with self._lock:
            return sum(lane.waiting for lane in self._lanes.values())

    def size_bytes(self) -> int:
        """Of the database."""
        return self._look(
            lambda connection: int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
        )

    def close(self) -> None:
        """Drain the lanes, then close all connections."""
        self._closed.set()
        with self._lock:
            lanes = list(self._lanes.values())
        for lane in lanes:
            lane.close()
        self._engine.dispose()


def _turn(hall_id: str) -> str:
    """Wait for the hall's turn, then look how far its journal is (what follows must come after it in the order of ids,
    also when another server's clock is ahead) and under which version its settings are."""
    hall = f"WHERE hall_id = {quoted(hall_id)}"
    newest = f"SELECT entry_id FROM journal {hall} ORDER BY entry_id DESC LIMIT 1"
    version = f"SELECT value FROM hall_setting {hall} AND name = {quoted(VERSION)}"
    turn = f"SELECT pg_advisory_xact_lock({lock_number('hall', hall_id)})"
    return f"{ANSWER}; {_PLANNED}; {turn}; SELECT ({newest}), ({version})"


def _check_key(engine: Engine, mine: str) -> None:
    kept = insert(StoreMeta).values(name="key_check", value=mine).on_conflict_do_nothing()
    with engine.begin() as connection:
        connection.execute(kept)
        found = connection.execute(select(StoreMeta.value).where(StoreMeta.name == "key_check")).scalar_one()
    if found != mine:
        raise StoreFault(_OTHER_KEY)


def open_postgres(
    url: str,
    entropy: Entropy,
    *,
    key_check: str = "",
    pgbouncer: bool = False,
    listen: str = "",
    connections: int = CONNECTIONS,
) -> PostgresHallStore:
    """Open the store at ``postgresql+psycopg://…`` and bring its schema up to date. ``StoreFault`` if it cannot.

    ``key_check`` is made from the key file; a store that was begun with another one is refused, since all its digests
    would be wrong. ``listen`` is the URL that leads to PostgreSQL itself, for LISTEN, when ``url`` leads to a pooler.
    """
    plain = plain_engine(url)
    try:
        migrate(plain, entropy.bytes(16).hex())
        if key_check:
            _check_key(plain, key_check)
    except DBAPIError as error:
        if not is_fault(error):
            raise
        raise fault(error) from error
    finally:
        plain.dispose()
    engine = postgres_engine(url, connections=connections, pgbouncer=pgbouncer)
    return PostgresHallStore(engine, listen or url, f"{os.getpid()}-{entropy.bytes(4).hex()}")
