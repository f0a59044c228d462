"""Every command that opens the hall's store opens it where ``[server] database`` says."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.bootstrap import doctor_hall, settings, stores
from clerk_app.bootstrap.doctor import Finding, Mark, Patient
from clerk_app.bootstrap.server import open_hall
from clerk_app.cli import main
from clerk_app.domain.actor import Role
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.hall_queue import TakeTicket
from clerk_app.services.hall.tools import system_actor
from support.hall import engine_of
from support.postgres import PostgresServer

SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "catalogue" / "sample.json"


@pytest.fixture
def folder(tmp_path: Path, postgres_url: str) -> Path:
    return _folder(tmp_path / "data", postgres_url)


def _folder(folder: Path, url: str) -> Path:
    folder.mkdir()
    (folder / "clerk.toml").write_text(f"[server]\ndatabase = {json.dumps(url)}\n", encoding="utf-8")
    return folder


def _doctor(folder: Path) -> Finding:
    patient = Patient(settings.load(folder), SystemClock(), SystemEntropy(), print)
    (found,) = doctor_hall.server_store(patient)
    return found


def test_codes_catalogue_and_dispatch_of_a_hall_in_a_database(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["enrol", "kiosk", "--data", str(folder)]) == 0
    assert main(["catalogue", "import", str(SAMPLE), "--data", str(folder)]) == 0
    hall = open_hall(folder)
    desk, actor = hall.desk, replace(system_actor(hall.hall_id), roles=frozenset({Role.KIOSK}))
    group = desk.store.read(hall.hall_id, lambda unit: unit.setup.groups())[0]
    for _ in range(3):
        desk.store.write(hall.hall_id, "kiosk", lambda unit: desk.taking.take(unit, actor, TakeTicket(group.group_id)))
    desk.sequencer.run(hall.hall_id)
    assert desk.store.read(hall.hall_id, lambda unit: unit.catalogue.current()).count > 0
    day = desk.store.read(hall.hall_id, desk.days.today)
    hall.close()
    assert main(["verify-dispatch", day.isoformat(), "--data", str(folder)]) == 0
    assert "取号 3 个" in capsys.readouterr().out
    assert not (folder / "server" / "hall.db").exists(), "nothing of the hall is in a file"


def test_the_installer_learns_of_the_database(folder: Path, postgres_url: str) -> None:
    open_hall(folder).close()
    (row,) = stores.look(folder)
    assert (row.name, row.state, row.problem, row.schema) == ("PostgreSQL", "current", "", row.newest)
    engine = engine_of(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    (row,) = stores.look(folder)
    assert row.state == "newer"
    assert "请用更新的程序" in row.problem


def test_the_doctor_tells_what_is_wrong_with_the_database(
    folder: Path, tmp_path: Path, postgres_url: str, durable_postgres: PostgresServer
) -> None:
    open_hall(folder).close()
    found = _doctor(folder)
    assert (found.mark, "没有落盘" in found.found) == (Mark.BAD, True), "the tests' quick server does not keep its word"
    shutil.rmtree(folder / "server")
    assert "没有它的密钥" in _doctor(folder).found
    sound = _folder(tmp_path / "sound", durable_postgres.url(durable_postgres.new_database()))
    open_hall(sound).close()
    found = _doctor(sound)
    assert (found.mark, "连接 " in found.found) == (Mark.GOOD, True)
    durable_postgres.kill()
    assert "连不上数据库服务器" in _doctor(sound).found
