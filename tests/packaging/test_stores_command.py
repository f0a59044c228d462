"""``clerk stores``: what an upgrade and a way back ask about the stores."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from clerk_app.bootstrap.stores import look
from clerk_app.cli import main
from clerk_app.crypto.keyfile import open_keyring
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.errors import StoreFault
from clerk_app.ports.clock import SystemEntropy
from db.engine import sqlite_engine
from db.hall.migrate import HEAD
from db.hall.store import open_sqlite
from db.kiosk.store import open_kiosk_store
from db.window.store import open_window_store

ENTROPY = SystemEntropy()
PLACES = {
    "hall": ("server/hall.db", "server/keys/hall.key", "sqlcipher"),
    "window": ("window-12/window.db", "window-12/keys/device.key", "sqlcipher"),
    "kiosk": ("kiosk/kiosk.db", "kiosk/keys/device.key", "kiosk"),
}


def key_of(folder: Path, kind: str) -> tuple[Path, bytes]:
    store, key_file, purpose = PLACES[kind]
    keys = open_keyring(folder / key_file, folder / store, NationalCrypto(ENTROPY), ENTROPY)
    return folder / store, keys.key(purpose)


def open_store(folder: Path, kind: str) -> None:
    path, key = key_of(folder, kind)
    if kind == "hall":
        open_sqlite(path, key, ENTROPY).close()
    elif kind == "window":
        open_window_store(path, key, "h").close()
    else:
        open_kiosk_store(path, key).close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for kind in PLACES:
        open_store(tmp_path, kind)
    return tmp_path


def made_newer(folder: Path, kind: str) -> None:
    path, key = key_of(folder, kind)
    statement = "UPDATE fact SET value = '9' WHERE name = 'schema'"
    if kind != "kiosk":
        statement = "UPDATE alembic_version SET version_num = '9999'"
    engine = sqlite_engine(path, key, writer=True)
    with engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1
    engine.dispose()


def test_stores_of_this_version_are_current_and_nothing_is_wrong(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stores", "check", "--json", "--data", str(data)]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["name"], row["state"], row["problem"]) for row in rows] == [
        ("kiosk/kiosk.db", "current", ""),
        ("server/hall.db", "current", ""),
        ("window-12/window.db", "current", ""),
    ]


@pytest.mark.parametrize("kind", list(PLACES))
def test_a_store_of_a_newer_program_is_neither_touched_nor_opened(
    data: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made_newer(data, kind)
    assert main(["stores", "migrate", "--data", str(data)]) == 1
    assert "是更新的程序写的" in capsys.readouterr().out
    (row,) = [row for row in look(data) if row.problem]
    assert (row.name, row.state) == (PLACES[kind][0], "newer")
    with pytest.raises(StoreFault, match="更新的程序写的"):
        open_store(data, kind)


def test_an_older_store_is_told_by_a_check_and_brought_forward_by_a_migration(data: Path) -> None:
    path, key = key_of(data, "hall")
    path.unlink()
    engine = sqlite_engine(path, key, writer=True)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE other (id INTEGER)"))
    engine.dispose()
    (row,) = [row for row in look(data) if row.state != "current"]
    assert (row.name, row.schema, row.newest, row.problem) == ("server/hall.db", "", HEAD, "")
    assert [row.problem for row in look(data, migrate=True)] == ["", "", ""]
    assert {row.state for row in look(data)} == {"current"}


def test_a_damaged_page_and_a_lost_key_are_problems_in_words(data: Path) -> None:
    path, _ = key_of(data, "window")
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(raw)
    (data / PLACES["kiosk"][1]).unlink()
    problems = {row.name: row.problem for row in look(data) if row.problem}
    assert "有损坏" in problems[PLACES["window"][0]]
    assert "密钥文件" in problems[PLACES["kiosk"][0]]
    assert len(problems) == 2
