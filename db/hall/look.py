"""What a database on PostgreSQL is like for this version of the program; nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.hall.migrate import HEAD, version
from db.postgres import fault, plain_engine
from db.schemas import Schema

_FACTS = text(
    "SELECT current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit'),"
    " pg_is_in_recovery(), current_setting('max_connections')::int,"
    " (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')"
)


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """``durable``: what was committed survives a power cut. ``standby``: it only follows another one."""

    schema: Schema
    server_version: str
    durable: bool
    standby: bool
    connections: int
    most_connections: int


def look(url: str) -> DatabaseFacts:
    """``StoreFault`` with the sentence when it cannot be reached or used."""
    engine = plain_engine(url)
    try:
        with engine.connect() as connection:
            found = version(connection)
            name, fsync, commits, standby, most, now = connection.execute(_FACTS).one()
    except DBAPIError as error:
        raise fault(error) from error
    finally:
        engine.dispose()
    durable = fsync == "on" and commits != "off"
    return DatabaseFacts(Schema(found or "", HEAD), name.split()[0], durable, standby, now, most)
