"""A province shards by hall: every table that grows starts its key with the hall."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import UniqueConstraint

from db.engine import sqlite_engine
from db.hall.migrate import HEAD, SCRIPTS
from db.hall.models import Base
from db.hall.store import open_sqlite
from support.hall import STORE_KEY, SeededEntropy

ALLOWED = {
    "alembic_version": "one row: the schema's version",
    "store_meta": "a handful of facts of the store itself, such as its epoch",
}


def test_the_hall_comes_first_in_every_key() -> None:
    without = {
        table.name for table in Base.metadata.tables.values() if next(iter(table.primary_key.columns)).name != "hall_id"
    }
    assert without <= ALLOWED.keys(), f"hall_id is not first in the key of {sorted(without - ALLOWED.keys())}"


def test_the_hall_comes_first_in_every_index() -> None:
    wrong = [
        index.name
        for table in Base.metadata.tables.values()
        if table.name not in ALLOWED
        for index in table.indexes
        if next(iter(index.columns)).name != "hall_id"
    ]
    assert wrong == []


def test_the_hall_is_part_of_every_unique_rule() -> None:
    wrong = [
        f"{table.name}.{constraint.name}"
        for table in Base.metadata.tables.values()
        if table.name not in ALLOWED and table.name != "hall"  # one row per hall: a reference table
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint) and "hall_id" not in constraint.columns
    ]
    assert wrong == []


def test_migrations_make_what_the_models_say(tmp_path: Path) -> None:
    open_sqlite(tmp_path / "hall.db", STORE_KEY, SeededEntropy()).close()
    engine = sqlite_engine(tmp_path / "hall.db", STORE_KEY, writer=True)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_the_newest_revision_is_the_one_that_opens_without_alembic() -> None:
    assert ScriptDirectory(str(SCRIPTS)).get_heads() == [HEAD]
