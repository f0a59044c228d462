"""Runs the Alembic migrations of the window's schema by code, at each start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from clerk_app.domain.errors import StoreFault

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0005"
"""The newest schema version; a store that has it is opened without Alembic, whose import takes 0.2 s."""

NEWER = "这个窗口的数据是更新的程序写的，请技术员升级程序，或退回升级前的备份"

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version in one transaction; ``StoreFault`` when a newer program wrote it."""
    with engine.begin() as connection:
        found = version(connection)
        if found is not None and found > HEAD:
            raise StoreFault(NEWER)
        if found != HEAD:
            _upgrade(connection)


def version(connection: Connection) -> str | None:
    """The schema version of the store, None when it is new."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def script_config() -> Config:
    """Alembic's configuration for the window's scripts."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


def _upgrade(connection: Connection) -> None:
    from alembic import command

    config = script_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
