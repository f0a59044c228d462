"""A province shards by hall: every table that grows starts its key with the hall."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, UniqueConstraint

from db.hall.migrate import HEAD, SCRIPTS, version
from db.hall.models import Base
from support.hall import SeededEntropy, engine_of, open_place

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


def test_migrations_make_what_the_models_say(empty_place: Path | str) -> None:
    open_place(empty_place, SeededEntropy()).close()
    engine = engine_of(empty_place)
    with engine.connect() as connection:
        # SQLite keeps no types of its own to compare with.
        context = MigrationContext.configure(connection, opts={"compare_type": isinstance(empty_place, str)})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_every_version_on_the_way_is_left_behind_and_reached_again(empty_place: Path | str) -> None:
    """What upgrades make and downgrades take away fits together on both engines."""
    engine = engine_of(empty_place)
    revisions = [one.revision for one in ScriptDirectory(str(SCRIPTS)).walk_revisions()][::-1]
    for revision in (*revisions, *reversed(revisions), HEAD):
        _at(engine, revision)
        with engine.connect() as connection:
            assert version(connection) == revision
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def _at(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        before = version(connection) or ""
        (command.downgrade if before > revision else command.upgrade)(config, revision)


def test_the_newest_revision_is_the_one_that_opens_without_alembic() -> None:
    assert ScriptDirectory(str(SCRIPTS)).get_heads() == [HEAD]
