"""PostgreSQL for the hall's store: connections, whole transactions in few round trips, and what its errors mean.

Connections are in the driver's autocommit mode: a transaction begins with a batch of our own (``BEGIN``, limits, locks)
in one round trip and ends with the driver's ``COMMIT``. Nothing is set for longer than a transaction, so that a
connection may be another one each time (pgbouncer, pooling by transactions).
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from clerk_app.domain.errors import Rejected, StoreFault
from db.errors import Again, Apart
from db.later import listen, send, take

T = TypeVar("T")
DRIVER = "postgresql+psycopg"
_POOL_SECONDS = 20
_PREPARE_AFTER = 3
_TRIES = 5
_PAUSE = 0.02
_MISFIT = "上传的记录里有一项太长或太大，没有存（程序错误，请报技术员）"
_CONNECT: dict[str, Any] = {
    "autocommit": True,
    "application_name": "clerk",
    "connect_timeout": 5,
    # A database server that lost its power sends no word: noticed within ten seconds.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
WRITE = "BEGIN; SET LOCAL statement_timeout = 15000; SET LOCAL idle_in_transaction_session_timeout = 15000"
"""A server process that hangs in its turn holds up the hall: PostgreSQL ends its turn after this time (ms)."""
ANSWER = f"{WRITE}; SELECT pg_logical_emit_message(true, 'clerk', pg_current_xact_id()::text)"
"""A write that is acknowledged to a window. It writes a message into the log, so that its commit waits for the
synchronous standby also when it changes nothing: what it found under a request's key may not be there yet. A standby
refuses the transaction id as it refuses every write (25006)."""
READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 30000"
BROKEN = (DBAPIError, psycopg.Error, Again)
"""What PostgreSQL or the way to it broke off."""
PASSED_OVER = "a failed statement was passed over in a transaction"
_AGAIN = {"40001", "40P01"}
"""Serialisation failure, deadlock: the transaction is as good as new the next time."""
_TAKEN = "23505"
_READ_ONLY = "25006"
_DUE_TO_SERVER = ("08", "57P", _READ_ONLY)

_URL = "数据库地址写得不对，要像 postgresql+psycopg://clerk@192.168.1.20/hall"
_GONE = "连不上数据库服务器，这一步没有存下，请稍后再做一次；一直不行请技术员看数据库是否在运行、网络通不通"
_PASSWORD = "数据库不接受这个用户名或密码。请技术员核对数据库地址里的用户和密码"
_NO_DATABASE = "数据库服务器上没有这个库。请技术员核对数据库地址，或先建库"
_DISK = "数据库服务器的磁盘满了，这一步没有存下。请技术员清出空间后再做一次"
_CROWDED = "数据库服务器的连接用完了，这一步没有存下，请稍后再做一次；常出现请技术员调大连接数"
_STANDBY = "连到的是只读的备用数据库，这一步没有存下，请稍后再做一次；一直不行请技术员核对数据库地址"
_SLOW = "数据库太忙，这一步等得太久没有存下，请再做一次"
_RIGHTS = "数据库用户的权限不够。请技术员让它成为这个库的所有者"
_OTHER = "数据库读写不了，这一步没有存下。请联系技术员"
_BUSY = "服务器太忙，这一步没有轮到，请再做一次"
_SENTENCES = {
    "28P01": _PASSWORD,
    "28000": _PASSWORD,
    "3D000": _NO_DATABASE,
    "53100": _DISK,
    "53300": _CROWDED,
    _READ_ONLY: _STANDBY,
    "57014": _SLOW,
    "55P03": _SLOW,
    "25P03": _SLOW,
    "42501": _RIGHTS,
    # it may use no schema to make tables in
    "3F000": _RIGHTS,
}
# Before it lets somebody in PostgreSQL gives no code, only words, perhaps in Chinese.
_WORDS = (
    (re.compile(r"password|authentication|pg_hba|密码|口令|认证", re.I), _PASSWORD),
    (re.compile(r"database .* does not exist|数据库.*不存在"), _NO_DATABASE),
    (re.compile(r"too many (clients|connections)|remaining connection slots|连接.*(太多|过多)"), _CROWDED),
    (re.compile(r"no space left|disk full|磁盘.*满", re.I), _DISK),
)


def postgres_engine(url: str, *, connections: int, pgbouncer: bool = False) -> Engine:
    """A pool on ``postgresql+psycopg://…`` that opens what it needs, ``connections`` at the most.

    ``pgbouncer``: no prepared statements, which an older pooler would send to the wrong connection. A bad URL is a
    ``StoreFault`` whose sentence does not quote it: there may be a password in it.
    """
    engine = create_engine(
        _checked(url),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_POOL_SECONDS,
        # those that were used last know the prepared statements, and the others may be closed by the server
        pool_use_lifo=True,
        connect_args=_CONNECT | {"prepare_threshold": None if pgbouncer else _PREPARE_AFTER},
        hide_parameters=True,
    )
    listen(engine)
    return engine


def plain_engine(url: str) -> Engine:
    """For migrations and for looking: SQLAlchemy's own transactions, a connection each time."""
    options = {name: value for name, value in _CONNECT.items() if name != "autocommit"}
    return create_engine(_checked(url), poolclass=NullPool, connect_args=options, hide_parameters=True)


def _checked(url: str) -> Any:
    try:
        made = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreFault(_URL) from None
    if made.drivername != DRIVER or not made.database:
        raise StoreFault(_URL)
    return made


@contextmanager
def listening(url: str, channel: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own that hears of the channel."""
    # As the pool does it: libpq's own URL would not know several hosts, each with a port.
    made = _checked(url)
    positional, named = made.get_dialect()().create_connect_args(made)
    with psycopg.connect(*positional, **(named | _CONNECT)) as connection:
        connection.execute(f"LISTEN {channel}".encode())
        yield connection


def without_password(url: str) -> str:
    """The URL as a log may hold it."""
    return str(_checked(url).render_as_string(hide_password=True))


def quoted(value: str) -> str:
    """A text constant of SQL."""
    return "'" + value.replace("'", "''") + "'"


class _Broken(Exception):
    """The connection went, or led to a standby, before the commit was sent: trying again cannot do anything twice."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


def in_transaction(
    engine: Engine,
    begin: str,
    work: Callable[[Connection, list[Any]], T],
    last: Callable[[T], str] = lambda result: "",
) -> T:
    """Run ``work`` in one transaction and commit; what it raises rolls back and comes through.

    ``begin`` is the batch of statements that it begins with, ``last`` says what is sent before the commit, if any.
    ``work`` gets the last row of ``begin``, and runs again when another transaction was in its way or the connection
    was lost before the commit. ``StoreFault`` when PostgreSQL cannot do it; when the connection is lost on the commit
    itself nobody knows, and the request's key tells.
    """
    for left in reversed(range(_TRIES)):
        try:
            return _once(engine, begin, work, last)
        except _Broken as broken:
            if not left:
                raise fault(broken.error) from broken.error
        except BROKEN as error:
            cause = _cause(error)
            if not (left and may_go_again(cause)):
                if is_fault(cause):
                    raise fault(cause) from error
                if isinstance(cause, DataError):
                    # What SQLite takes and a column here does not: longer, larger.
                    raise Rejected("", _MISFIT) from None
                raise
        time.sleep(random.uniform(0.2, 1.0) * _PAUSE * (_TRIES - left))
    raise AssertionError("the last try returns or raises")


def in_one_try(engine: Engine, begin: str, work: Callable[[Connection, list[Any]], T]) -> T:
    """The same for what can go another way: ``Apart`` when PostgreSQL broke it off and nothing is stored."""
    try:
        return _once(engine, begin, work, lambda result: "")
    except (_Broken, *BROKEN) as error:
        raise Apart from error


def _once(engine: Engine, begin: str, work: Callable[[Connection, list[Any]], T], last: Callable[[T], str]) -> T:
    pool = engine.pool
    try:
        connection = engine.connect()
    except PoolTimeout:
        raise StoreFault(_BUSY) from None
    with connection:
        driver: Any = connection.connection.driver_connection
        sent = False
        # Of a transaction that failed some may still wait.
        take(connection)
        try:
            row = _batch(driver, begin)
            with connection.begin():
                result = work(connection, row)
                if driver.info.transaction_status is TransactionStatus.INERROR:
                    # COMMIT would roll back and say nothing.
                    raise RuntimeError(PASSED_OVER)
                told = last(result)
                sent = True
                send(connection, *([told] if told else []), "COMMIT")
            return result
        except BROKEN as error:
            cause = _cause(error)
            # Whoever may not write any more is a standby now: this connection would be of no use for ever.
            demoted = begin != READ and code(cause) == _READ_ONLY
            if not (driver.closed or demoted or _lost(cause)):
                raise
            take(connection)
            connection.invalidate()
            if engine.pool is pool:
                # the others are of the same dead server
                engine.dispose()
            if sent:
                raise fault(cause) from error
            raise _Broken(cause) from error


def _cause(error: BaseException) -> BaseException:
    return (error.error or error) if isinstance(error, Again) else error


def _batch(driver: Any, statements: str) -> list[Any]:
    cursor = driver.execute(statements, prepare=False)
    row: list[Any] = []
    while True:
        if cursor.description is not None:
            found = cursor.fetchone()
            row = list(found) if found is not None else []
        if not cursor.nextset():
            return row


def code(error: BaseException) -> str:
    """The SQLSTATE of a psycopg or SQLAlchemy error, empty when there is none."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    return getattr(origin, "sqlstate", None) or ""


def _lost(error: BaseException) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return code(error).startswith(("08", "57P01", "57P02", "57P03"))


def may_go_again(error: BaseException) -> bool:
    """Whether the same work may well succeed now: it met another's, or a row that somebody wrote meanwhile."""
    return isinstance(error, Again) or code(error) in _AGAIN or code(error) == _TAKEN


def fault(error: BaseException) -> StoreFault:
    """What the clerk and the technician read; never the address and never a password."""
    known = _SENTENCES.get(code(error))
    if known is None and not code(error):
        known = next((sentence for words, sentence in _WORDS if words.search(str(error))), _GONE)
    return StoreFault(known or (_GONE if code(error).startswith(_DUE_TO_SERVER) else _OTHER))


def is_fault(error: BaseException) -> bool:
    """Whether it is the environment's doing; what our own statements did wrong is not."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(origin, psycopg.OperationalError | psycopg.InterfaceError) or code(error) in _SENTENCES
