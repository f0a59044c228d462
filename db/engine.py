"""Engines on SQLite in WAL with ``synchronous=FULL``, encrypted by SQLCipher.

SQLCipher is AES-256; the 32-byte key is passed in raw (no key derivation at each opening). A store opened with the
wrong key, or a file that is no store, raises ``StoreFault``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.pool import QueuePool

from clerk_app.domain.errors import StoreFault

_BUSY_SECONDS = 10.0
_CORRUPT = "数据文件打不开：密钥不对，或文件已损坏。请联系技术员，不要删除任何文件"


def sqlite_engine(path: Path, key: bytes, *, writer: bool, connections: int = 1) -> Engine:
    """An engine on the encrypted SQLite file ``path``.

    ``writer`` engines begin every transaction with ``BEGIN IMMEDIATE``, so that a transaction that will write never
    fails half-way for the lock; the others begin deferred and refuse to write (``query_only``).
    ``connections`` is the size of the pool; opening costs much, so they stay open.
    """
    if len(key) != 32:
        raise ValueError("a store's key has 32 bytes")

    def connect() -> Any:
        raw = sqlcipher.connect(
            str(path), timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        try:
            raw.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            raw.execute("PRAGMA journal_mode = WAL")
            raw.execute("PRAGMA synchronous = FULL")
            raw.execute("PRAGMA foreign_keys = ON")
            raw.execute("PRAGMA secure_delete = ON")
            if not writer:
                raw.execute("PRAGMA query_only = ON")
        except sqlcipher.DatabaseError as error:
            raw.close()
            raise StoreFault(_CORRUPT) from error
        return raw

    engine = create_engine(
        "sqlite://",
        creator=connect,
        module=sqlcipher,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=60,
        # An error that gets into a log must not bring a citizen's data along.
        hide_parameters=True,
    )
    begin = "BEGIN IMMEDIATE" if writer else "BEGIN"

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
