"""Brings the hall's schema up to date by code, at the start of every server."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect, select, text

from clerk_app.domain.errors import StoreFault
from db.hall.models import StoreMeta
from db.locks import lock_number

HEAD = "0006"
"""The newest revision; a store that has it opens without loading Alembic (a test keeps it true)."""

NEWER = "服务器的数据是更新的程序写的，请技术员升级程序，或退回升级前的备份"

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(engine: Engine, new_epoch: str) -> None:
    """Bring the schema to the newest version in one transaction; a new store gets ``new_epoch`` as its epoch.

    ``StoreFault`` for a store that a newer program wrote.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # Two servers may start at once.
            connection.execute(text(f"SELECT pg_advisory_xact_lock({lock_number('migrate')})"))
        found = version(connection)
        if found is not None and found > HEAD:
            raise StoreFault(NEWER)
        if found != HEAD:
            _upgrade(connection)
        if connection.execute(select(StoreMeta.value).where(StoreMeta.name == "epoch")).first() is None:
            connection.execute(insert(StoreMeta).values(name="epoch", value=new_epoch))


def version(connection: Connection) -> str | None:
    """The schema version of the store, None when it is new."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    # Alembic takes a fifth of a second to load and is needed once per new version.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
