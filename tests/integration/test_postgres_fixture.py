"""The PostgreSQL that other tests rest on."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from db.hall.migrate import HEAD
from support.postgres import PostgresServer


def _one(url: str, sql: str) -> object:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            return connection.execute(text(sql)).scalar_one_or_none()
    finally:
        engine.dispose()


def test_a_new_database_has_the_newest_schema_and_no_epoch(postgres_url: str) -> None:
    assert _one(postgres_url, "SELECT version_num FROM alembic_version") == HEAD
    assert _one(postgres_url, "SELECT count(*) FROM store_meta") == 0


@pytest.mark.parametrize("time", [1, 2])
def test_nothing_of_another_test_is_in_it(postgres_url: str, time: int) -> None:
    assert _one(postgres_url, "INSERT INTO store_meta (name, value) VALUES ('epoch', 'x') RETURNING value") == "x"


def test_an_empty_database_has_no_table(empty_postgres_url: str) -> None:
    assert _one(empty_postgres_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0


def test_what_a_durable_server_committed_is_there_after_it_was_killed(durable_postgres: PostgresServer) -> None:
    assert durable_postgres.execute("SHOW fsync") == [("on",)]
    durable_postgres.execute("CREATE TABLE kept AS SELECT 7 AS what")
    durable_postgres.kill()
    durable_postgres.start()
    assert durable_postgres.execute("SELECT what FROM kept") == [(7,)]
