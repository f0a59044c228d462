"""Runs the Alembic migrations of the hall's schema by code, at the start of every server."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, insert, select

from db.hall.models import StoreMeta

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(engine: Engine, new_epoch: str) -> None:
    """Bring the schema to the newest version in one transaction; a new store gets ``new_epoch`` as its epoch."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if connection.execute(select(StoreMeta.value).where(StoreMeta.name == "epoch")).first() is None:
            connection.execute(insert(StoreMeta).values(name="epoch", value=new_epoch))
