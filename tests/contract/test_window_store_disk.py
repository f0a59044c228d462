"""What only the store on disk can show: encryption, migration, faults of the disk, an audit trail that stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from clerk_app.domain.cases import CaseState
from clerk_app.domain.errors import StoreFault
from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.window import Step, WindowUnit
from db.engine import sqlite_engine
from db.window.migrate import HEAD, migrate, script_config, version
from db.window.models import Base
from db.window.store import SqlWindowStore, open_window_store
from support.people import resident
from support.window import CLERK, HALL_ID, NOW, Window, ticket

KEY = b"k" * 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "window.db"


def open_store(path: Path, key: bytes = KEY) -> SqlWindowStore:
    return open_window_store(path, key, HALL_ID)


def test_nobody_reads_a_name_from_the_file(path: Path) -> None:
    store = open_store(path)
    window = Window(store)
    window.cases.save_draft(window.complete(ticket()), Step.MATERIALS, CLERK)
    window.cases.conclude(window.complete(ticket("A048")), OutcomeKind.ACCEPTED, CLERK)
    store.close()
    written = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert len(written) > 4096
    person = resident()
    for secret in (person.name, person.id_number, person.address, "食品经营许可", "SQLite format"):
        assert secret.encode() not in written


def test_the_wrong_key_is_told_and_nothing_is_touched(path: Path) -> None:
    open_store(path).close()
    before = path.read_bytes()
    with pytest.raises(StoreFault, match="不要删除任何文件"):
        open_store(path, b"x" * 32)
    assert path.read_bytes() == before


def test_a_file_that_is_no_store_is_told(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database at all" * 400)
    with pytest.raises(StoreFault, match="数据文件"):
        open_store(path)


def test_the_migrations_make_the_schema_of_the_models(path: Path) -> None:
    path.parent.mkdir()
    engine = sqlite_engine(path, KEY, writer=True)
    migrate(engine)
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
        assert version(connection) == HEAD == ScriptDirectory.from_config(script_config()).get_current_head()
    engine.dispose()


def test_a_store_of_the_first_version_keeps_everything_when_it_is_brought_up_to_date(path: Path) -> None:
    path.parent.mkdir()
    engine = sqlite_engine(path, KEY, writer=True)
    config = script_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    moment = "2026-11-23T02:24:07.000000Z"
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO concluded_case (hall_id, case_id, case_number, document_number, day, user_id, user_name,"
                " state, applicant_name, matter_code, matter_name, ticket_number, called_at, received_at, concluded_at,"
                " revision, request_sha, body) VALUES (:hall, 'c1', 'MH-12-20261123-0001', '明市监受〔2026〕12-0001',"
                " '2026-11-23', 'u', '王晓梅', 'accepted', '李晓彤', 'M', '食品', 'A047', :at, :at, :at, 1, 's', '{}')"
            ),
            {"hall": HALL_ID, "at": moment},
        )
        connection.execute(
            text(
                "INSERT INTO paper (hall_id, paper_id, position, case_id, original_id, kind, medium, title, number,"
                " copies, reprint, sha, state, state_at, made_at, sentence, source, content) VALUES (:hall, 'p1', 1,"
                " 'c1', 'p1', 'receipt', 'receipt', '收件凭证', 'MH-12-20261123-0001', 1, 0, 's', 'printed', :at, :at,"
                " '', '{}', x'00')"
            ),
            {"hall": HALL_ID, "at": moment},
        )
    engine.dispose()
    store = open_store(path)
    row = store.read(lambda unit: unit.cases.get("c1"))
    assert row is not None
    assert (row.case_number, row.state, row.origin) == ("MH-12-20261123-0001", CaseState.ACCEPTED, "")
    assert [p.paper_id for p in store.read(lambda unit: unit.papers.of_case("c1"))] == ["p1"]
    store.close()


def test_every_table_that_grows_has_the_hall_first_in_its_key() -> None:
    for table in Base.metadata.sorted_tables:
        assert next(iter(table.primary_key.columns)).name == "hall_id", table.name


@pytest.mark.parametrize("statement", ["UPDATE journal SET kind = 'x'", "DELETE FROM journal"])
def test_the_audit_trail_refuses_changes(path: Path, statement: str) -> None:
    store = open_store(path)
    Window(store).complete()
    store.close()
    engine = sqlite_engine(path, KEY, writer=True)
    with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def limit_pages(store: SqlWindowStore, pages: int | None) -> None:
    with store._writer.connect() as connection:
        limit = pages or connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {limit}"))
        connection.commit()


def test_a_full_disk_is_told_and_leaves_the_draft(path: Path) -> None:
    store = open_store(path)
    window = Window(store)
    intake = window.complete(ticket())
    window.cases.save_draft(intake, Step.OUTCOME, CLERK)
    limit_pages(store, None)
    with pytest.raises(StoreFault, match="磁盘满了"):
        window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK)
    assert window.store.read(lambda unit: unit.cases.get(intake.case_id)) is None
    assert window.store.read(lambda unit: unit.papers.of_case(intake.case_id)) == []
    assert window.cases.resume(intake.case_id, CLERK).intake == intake
    limit_pages(store, 1_000_000)
    concluded = window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK)
    assert concluded.case_number == "MH-12-20261123-0001"
    store.close()


def test_a_locked_file_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.engine._BUSY_SECONDS", 0.05)
    store = open_store(path)
    window = Window(store)
    other = sqlite_engine(path, KEY, writer=True)
    with other.begin() as connection:
        connection.execute(text("UPDATE store_fact SET value = value"))
        with pytest.raises(StoreFault, match="被别的程序占用"):
            window.complete()
    assert window.complete().case_id
    other.dispose()
    store.close()


def test_reading_cannot_write(path: Path) -> None:
    store = open_store(path)
    window = Window(store)

    def work(unit: WindowUnit) -> None:
        unit.binding.set_fact("x", "y")

    with pytest.raises(StoreFault):
        store.read(work)
    assert window.store.read(lambda unit: unit.binding.fact("x")) is None
    store.close()


def test_a_catalogue_that_was_cut_off_half_way_leaves_the_old_one(path: Path) -> None:
    store = open_store(path)
    store.catalogue.replace(1, NOW, [{"code": "A", "name": "旧"}])

    def cut_off() -> object:
        for number in range(1200):
            yield {"code": str(number), "name": "新"}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.catalogue.replace(2, NOW, cut_off())  # type: ignore[arg-type]
    store.close()
    store = open_store(path)
    assert [row.name for row in store.catalogue.rows()] == ["旧"]
    assert store.catalogue.replace(3, NOW, [{"code": "A", "name": "更新"}]) == 1
    assert [row.name for row in store.catalogue.rows()] == ["更新"]
    with store._reader.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM matter")).scalar_one() == 1
    store.close()
