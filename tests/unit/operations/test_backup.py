"""Backup and restore: the same rows, the same chain, on either engine; or nothing at all and a sentence."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clerk_app.bootstrap import backup
from clerk_app.bootstrap.backup_file import BackupReader
from clerk_app.bootstrap.server import OpenHall, open_hall
from clerk_app.bootstrap.server_health import ServerHealth
from clerk_app.bootstrap.settings import ServerSettings
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Fault, Refusal, Rejected, StoreFault
from clerk_app.ports.feed import FeedCursor
from clerk_app.ports.hall_queue import CardPerson, TakeTicket
from clerk_app.server.feed import FeedHub
from clerk_app.services.hall.restoring import end_jump
from clerk_app.services.hall.sequencer import verify_chain
from clerk_app.services.hall.tools import system_actor
from db.hall.backup import StoredHall, measured
from support.hall import HandClock

TAKEN = 12


def _take(hall: OpenHall, group: int, card: CardPerson | None = None) -> str:
    actor = Actor(hall.hall_id, "kiosk-1", "kiosk", "取号机", frozenset({Role.KIOSK}))
    groups = hall.desk.store.read(hall.hall_id, lambda unit: unit.setup.groups())
    wish = TakeTicket(groups[group].group_id, card=card)
    return hall.desk.store.write(
        hall.hall_id, "kiosk-1", lambda unit: hall.desk.taking.take(unit, actor, wish)
    ).ticket.number


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server's data folder after some work."""
    made = tmp_path_factory.mktemp("worked")
    hall = open_hall(made)
    for number in range(TAKEN):
        _take(hall, number % 3, CardPerson("欧阳小明", f"11010119900307{number:04d}"))
    hall.desk.sequencer.run(hall.hall_id)
    _take(hall, 0)

    def retried(unit: Any) -> None:
        unit.requests.reserve("key-of-a-retry", "h", hall.desk.tools.now())
        unit.requests.answer("key-of-a-retry", 200, f'{{"epoch":"{hall.desk.store.epoch}","n":1}}')

    hall.desk.store.write(hall.hall_id, "t", retried)
    hall.close()
    return made


@pytest.fixture
def folder(worked: Path, tmp_path: Path) -> Path:
    """The test's own; its name holds what a careless command would trip over."""
    return shutil.copytree(worked, tmp_path / "数据 1%")


def _key(folder: Path) -> Path:
    return folder / "server" / "keys" / "hall.key"


def _facts(folder: Path) -> Any:
    hall = open_hall(folder)
    key = hall.desk.store.read(hall.hall_id, lambda unit: unit.journal.head())
    hall.close()
    return key


def test_a_restored_server_has_every_row_and_the_same_chain(folder: Path, tmp_path: Path) -> None:
    made = backup.back_up(folder, tmp_path / "one.clerkbak")
    proof = backup.restore(tmp_path / "new", made.path, key_file=_key(folder))
    assert proof.wanted == proof.found == made.manifest.tables
    assert proof.found["ticket"].rows == TAKEN + 1
    assert proof.halls[0].unsequenced > 0
    old, new = open_hall(folder), open_hall(tmp_path / "new")
    head = old.desk.store.read(old.hall_id, lambda unit: unit.journal.head())
    assert new.desk.store.read(new.hall_id, lambda unit: unit.journal.mac_at(head[0])) == head[1]
    new.desk.sequencer.run(new.hall_id)
    report = new.desk.store.read(new.hall_id, lambda unit: verify_chain(new.desk.tools, unit))
    assert report.broken_at is None
    assert new.desk.store.read(new.hall_id, lambda unit: unit.journal.about(new.hall_id))[-1].kind == "store.restored"
    # A device that pinned the old server's authority trusts the new one.
    assert new.identity.ca_pem == old.identity.ca_pem
    old.close()
    new.close()


def test_a_backup_can_be_made_while_the_server_writes(folder: Path, tmp_path: Path) -> None:
    hall = open_hall(folder)
    numbers: list[str] = []
    view = StoredHall.sqlite(folder / "server" / "hall.db", _store_key(folder))
    with view.snapshot() as before:
        rows = before.rows("ticket")
        next(rows)
        numbers.append(_take(hall, 0))
        assert 1 + sum(1 for _ in rows) == TAKEN + 1
    view.close()
    assert backup.back_up(folder, tmp_path / "b").manifest.tables["ticket"].rows == TAKEN + 2
    hall.close()


def _store_key(folder: Path) -> bytes:
    return backup._place(folder, "", backup.NationalCrypto(backup.SystemEntropy())).keys.key("sqlcipher")


def test_the_store_that_comes_back_is_another_one_to_those_who_knew_it(folder: Path, tmp_path: Path) -> None:
    old = open_hall(folder)
    cursor = old.desk.store.read(old.hall_id, lambda unit: old.desk.waiting.cursor(unit))
    epoch = old.desk.store.epoch
    old.close()
    made = backup.back_up(folder, tmp_path / "b")
    backup.restore(tmp_path / "new", made.path, key_file=_key(folder))
    new = open_hall(tmp_path / "new")
    actor = system_actor(new.hall_id)
    assert new.desk.store.epoch != epoch
    page = new.desk.store.read(
        new.hall_id,
        lambda unit: new.desk.feed.page(unit, actor, FeedCursor(epoch, cursor.feed_no, cursor.mark)),
    )
    assert not page.known
    # A repeated request gets its old answer under the epoch that now is: else windows would begin anew for ever.
    kept = new.desk.store.write(
        new.hall_id, "t", lambda unit: unit.requests.reserve("key-of-a-retry", "h", new.desk.tools.now())
    )
    assert kept == ("h", f'{{"epoch":"{new.desk.store.epoch}","n":1}}')
    new.close()


def test_numbers_of_the_day_jump_and_begin_at_one_again_tomorrow(folder: Path, tmp_path: Path) -> None:
    made = backup.back_up(folder, tmp_path / "b")
    lost = open_hall(folder)
    given = {_take(lost, 0) for _ in range(20)}
    lost.close()
    proof = backup.restore(tmp_path / "new", made.path, key_file=_key(folder))
    assert proof.halls[0].first_numbers == ("A601", "B601", "C601", "D501", "E501", "F501")
    new = open_hall(tmp_path / "new")
    assert _take(new, 0) == "A601"
    assert _take(new, 3) == "D501"
    assert "A601" not in given

    clock = HandClock(new.desk.tools.now())
    clock.move(days=1)
    new.desk.tools.clock = clock
    actor = system_actor(new.hall_id)
    ended = new.desk.store.write(new.hall_id, "t", lambda unit: end_jump(unit, new.desk.tools, actor))
    assert ended == 6
    assert _take(new, 0) == "A001"
    assert new.desk.store.write(new.hall_id, "t", lambda unit: end_jump(unit, new.desk.tools, actor)) == 0
    new.close()


@pytest.mark.parametrize("into", ["sqlite", "postgres"])
def test_a_backup_restores_into_either_engine_and_back(
    folder: Path, tmp_path: Path, empty_postgres_url: str, into: str
) -> None:
    """SQLite → PostgreSQL → SQLite: a hall that grows moves with the same two commands."""
    made = backup.back_up(folder, tmp_path / "b1")
    there = backup.restore(tmp_path / "pg", made.path, database=empty_postgres_url, key_file=_key(folder))
    assert there.found == made.manifest.tables
    if into == "postgres":
        with pytest.raises(StoreFault, match="已经有数据"):
            backup.restore(tmp_path / "pg", made.path, database=empty_postgres_url, key_file=_key(folder))
        return
    there_now = open_hall(tmp_path / "pg", database=empty_postgres_url)
    assert _take(there_now, 0) == "A601"
    health = ServerHealth(
        there_now.desk, there_now.hall_id, FeedHub(there_now.desk), tmp_path, ServerSettings(disk_free_mb=0)
    )
    there_now.desk.sequencer.run(there_now.hall_id)
    assert {check.name: check.sentence for check in health.ready()} == dict.fromkeys(
        ("store", "sequencer", "disk", "clock"), ""
    )
    assert b"clerk_store_up 1.0" in health.figures()
    there_now.close()
    again = backup.back_up(tmp_path / "pg", tmp_path / "b2", empty_postgres_url)
    back = backup.restore(tmp_path / "back", again.path, key_file=_key(folder))
    assert back.found == again.manifest.tables
    for name in ("device", "app_user", "hall", "number_block", "hall_day"):
        assert back.found[name] == made.manifest.tables[name]
    hall = open_hall(tmp_path / "back")
    hall.desk.sequencer.run(hall.hall_id)
    report = hall.desk.store.read(hall.hall_id, lambda unit: verify_chain(hall.desk.tools, unit))
    assert report.broken_at is None
    hall.close()


def test_a_backup_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    """A store of the first schema, as another program would have left it."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import text

    from db.engine import sqlite_engine
    from db.hall.migrate import HEAD, SCRIPTS

    folder = tmp_path / "old"
    open_hall(folder).close()
    key = _store_key(folder)
    path = folder / "server" / "hall.db"
    path.unlink()
    engine = sqlite_engine(path, key, writer=True)
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO store_meta VALUES ('epoch', 'old-epoch')"))
        connection.execute(text('INSERT INTO hall VALUES (\'h1\', \'MH\', \'{"code":"MH","name":"明河","area":"A"}\')'))
    engine.dispose()
    made = backup.back_up(folder, tmp_path / "b")
    assert made.manifest.store.schema == "0001"
    backup.restore(tmp_path / "new", made.path, key_file=_key(folder))
    store = StoredHall.sqlite(tmp_path / "new" / "server" / "hall.db", key)
    with store.snapshot() as view:
        assert view.facts.schema == HEAD
    store.close()
    assert open_hall(tmp_path / "new").hall_id == "h1"


# --- what must not happen -------------------------------------------------------------------------------------------
def _nothing_there(folder: Path) -> bool:
    return not list((folder / "server").glob("hall.db*"))


def test_a_place_with_data_is_left_alone(folder: Path, tmp_path: Path) -> None:
    made = backup.back_up(folder, tmp_path / "b")
    before = _facts(folder)
    with pytest.raises(StoreFault, match="已经有数据"):
        backup.restore(folder, made.path)
    assert _facts(folder) == before


@pytest.mark.parametrize(
    "damage", ["cut off", "cut between pieces", "one bit", "two pieces changed places", "one piece gone"]
)
def test_a_damaged_backup_restores_nothing(folder: Path, tmp_path: Path, damage: str) -> None:
    made = backup.back_up(folder, tmp_path / "b")
    content = made.path.read_bytes()
    head, pieces = _pieces(content)
    changed: dict[str, Callable[[], bytes]] = {
        "cut off": lambda: content[:-100],
        "cut between pieces": lambda: head + b"".join(pieces[:-1]),
        "one bit": lambda: content[:-5000] + bytes([content[-5000] ^ 1]) + content[-4999:],
        "two pieces changed places": lambda: head + b"".join([pieces[0], pieces[2], pieces[1], *pieces[3:]]),
        "one piece gone": lambda: head + b"".join([pieces[0], *pieces[2:]]),
    }
    bad = tmp_path / "bad"
    bad.write_bytes(changed[damage]())
    with pytest.raises(Fault):
        backup.restore(tmp_path / "new", bad, key_file=_key(folder))
    assert _nothing_there(tmp_path / "new")


def _pieces(content: bytes) -> tuple[bytes, list[bytes]]:
    at = content.index(b"\n", content.index(b"\n") + 1) + 1
    head, pieces = content[:at], []
    while at < len(content):
        length = 4 + int.from_bytes(content[at : at + 4], "big")
        pieces.append(content[at : at + length])
        at += length
    return head, pieces


def test_a_row_that_comes_back_as_another_does_not_pass_the_proof(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backup.back_up(folder, tmp_path / "b")
    whole = backup.row_of
    seen: list[int] = []

    def changes_one(line: bytes) -> tuple[Any, ...]:
        seen.append(1)
        row = whole(line)
        return (*row[:-1], "别人") if b"kiosk-1" in line and len(seen) % 2 else row

    monkeypatch.setattr(backup, "row_of", changes_one)
    with pytest.raises(StoreFault, match="和备份不一样"):
        backup.restore(tmp_path / "new", made.path, key_file=_key(folder))
    assert _nothing_there(tmp_path / "new")


def test_the_wrong_key_is_told_from_damage(folder: Path, tmp_path: Path) -> None:
    made = backup.back_up(folder, tmp_path / "b")
    open_hall(tmp_path / "stranger").close()
    with pytest.raises(Rejected, match="另一把密钥"):
        backup.restore(tmp_path / "new", made.path, key_file=_key(tmp_path / "stranger"))
    assert _nothing_there(tmp_path / "new")


def test_without_the_key_file_the_sentence_says_what_is_missing(folder: Path, tmp_path: Path) -> None:
    made = backup.back_up(folder, tmp_path / "b")
    with pytest.raises(StoreFault, match="--key"):
        backup.restore(tmp_path / "new", made.path)


def test_nothing_of_a_citizen_can_be_read_in_a_backup(folder: Path, tmp_path: Path) -> None:
    content = backup.back_up(folder, tmp_path / "b").path.read_bytes()
    for word in ("欧", "明河区", "ticket", "journal"):
        assert word.encode() not in content


def test_a_full_disk_leaves_no_half_backup(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("clerk_app.bootstrap.backup_file.os.fsync", full)
    target = tmp_path / "there"
    target.mkdir()
    with pytest.raises(StoreFault, match="没有留下文件"):
        backup.back_up(folder, target)
    assert list(target.iterdir()) == []


def test_older_backups_go_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    for name in ("hall-20260101-000000.clerkbak", "hall-20260102-000000.clerkbak", "hall-2026.txt", "keep.clerkbak"):
        (tmp_path / name).write_text("x", encoding="ascii")
    assert backup.drop_older(tmp_path, 1) == 1
    assert {path.name for path in tmp_path.glob("*a*.*")} >= {"hall-20260102-000000.clerkbak", "hall-2026.txt"}


def test_a_file_that_is_no_backup_is_said_to_be_none(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("hello", encoding="ascii")
    for source in (other, tmp_path / "absent"):
        with pytest.raises(Refusal, match=r"notes\.txt 不是备份文件|读不了"):
            backup.restore(tmp_path / "new", source, key_file=_key(folder))


def test_the_manifest_says_what_the_store_held(folder: Path, tmp_path: Path) -> None:
    made = backup.back_up(folder, tmp_path / "b")
    place = backup._place(folder, "", backup.NationalCrypto(backup.SystemEntropy()))
    last = list(BackupReader(made.path, place.crypto, place.keys).pieces())[-1].what
    assert last["is"] == "end"
    store = StoredHall.sqlite(folder / "server" / "hall.db", _store_key(folder))
    with store._engine.connect() as connection, connection.begin():
        facts, tables = measured(connection)
    store.close()
    assert made.manifest.store == facts
    assert made.manifest.tables == tables


def test_a_server_on_the_folder_keeps_a_restore_out(folder: Path, tmp_path: Path) -> None:
    from filelock import FileLock

    made = backup.back_up(folder, tmp_path / "b")
    (tmp_path / "new" / "server").mkdir(parents=True)
    shutil.copytree(folder / "server" / "keys", tmp_path / "new" / "server" / "keys")
    with FileLock(tmp_path / "new" / "server" / "server.lock"), pytest.raises(StoreFault, match="服务器在运行"):
        backup.restore(tmp_path / "new", made.path)
