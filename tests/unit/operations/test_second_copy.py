"""The second copy: whenever the store is lost, what was committed until a moment ago is on the other disk."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from clerk_app.bootstrap.second_copy import SecondCopy, second_copy
from clerk_app.domain.errors import StoreFault
from db import second_copy as pages
from db.engine import sqlite_engine

KEY = bytes(range(32))


def _open(path: Path) -> sqlcipher.Connection:
    raw = sqlcipher.connect(str(path), isolation_level=None, timeout=10.0, check_same_thread=False)
    raw.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    return raw


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlcipher.Connection]:
    (tmp_path / "server").mkdir()
    raw = _open(tmp_path / "server" / "hall.db")
    raw.execute("CREATE TABLE line (n INTEGER PRIMARY KEY, words TEXT)")
    yield raw
    raw.close()


def _put(store: sqlcipher.Connection, first: int, last: int, size: int = 50) -> None:
    store.execute("BEGIN IMMEDIATE")
    store.executemany("INSERT INTO line VALUES (?, ?)", [(n, f"{n:0{size}d}") for n in range(first, last)])
    store.execute("COMMIT")


def _rows_of_copy(folder: Path, at: Path) -> list[int]:
    """What is in the copy, opened on another computer; fails when a page of it is not what was written."""
    shutil.rmtree(at, ignore_errors=True)
    at.mkdir()
    pages.take(folder, at / "hall.db")
    raw = _open(at / "hall.db")
    try:
        assert raw.execute("PRAGMA cipher_integrity_check").fetchall() == []
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [n for (n,) in raw.execute("SELECT n FROM line ORDER BY n")]
    finally:
        raw.close()


@contextmanager
def _follower(tmp_path: Path) -> Iterator[pages.Follower]:
    source = pages.Source(tmp_path / "server" / "hall.db", KEY)
    target = pages.Target(tmp_path / "other" / "copy")
    try:
        yield pages.Follower(source, target)
    finally:
        target.close()
        source.close()


@pytest.fixture
def copy_folder(tmp_path: Path) -> Path:
    (tmp_path / "other").mkdir()
    return tmp_path / "other" / "copy"


def test_the_copy_has_every_commit_after_each_step(
    store: sqlcipher.Connection, tmp_path: Path, copy_folder: Path
) -> None:
    _put(store, 0, 10)
    with _follower(tmp_path) as follower:
        follower.begin()
        assert _rows_of_copy(copy_folder, tmp_path / "there") == list(range(10))
        for round_ in range(1, 6):
            _put(store, round_ * 10, round_ * 10 + 10)
            assert follower.step()
            assert _rows_of_copy(copy_folder, tmp_path / "there") == list(range(round_ * 10 + 10))
        assert not follower.step()


def test_what_is_not_committed_is_not_in_the_copy(
    store: sqlcipher.Connection, tmp_path: Path, copy_folder: Path
) -> None:
    _put(store, 0, 10)
    with _follower(tmp_path) as follower:
        follower.begin()
        store.execute("BEGIN IMMEDIATE")
        store.execute("PRAGMA cache_size = 2")
        store.executemany("INSERT INTO line VALUES (?, ?)", [(n, "x" * 3000) for n in range(10, 400)])
        follower.step()
        assert _rows_of_copy(copy_folder, tmp_path / "there") == list(range(10))
        store.execute("COMMIT")
        follower.step()
        assert _rows_of_copy(copy_folder, tmp_path / "there") == list(range(400))


def test_nothing_is_lost_when_the_store_begins_its_log_anew(
    store: sqlcipher.Connection, tmp_path: Path, copy_folder: Path
) -> None:
    """Far more than one log: SQLite writes over the beginning of its log again and again."""
    logs = set()
    with _follower(tmp_path) as follower:
        follower.begin()
        for round_ in range(60):
            _put(store, round_ * 100, round_ * 100 + 100, 1500)
            follower.step()
            logs.add(follower._source.standing().salts)
            if round_ % 12 == 0:
                assert len(_rows_of_copy(copy_folder, tmp_path / "there")) == round_ * 100 + 100
        store.execute("DELETE FROM line WHERE n % 3 = 0")
        store.execute("VACUUM")
        follower.step()
    assert len(logs) > 2
    assert _rows_of_copy(copy_folder, tmp_path / "there") == [n for n in range(6000) if n % 3]
    log = tmp_path / "server" / "hall.db-wal"
    assert log.stat().st_size < 40_000_000


def test_other_programs_on_the_store_take_nothing_away_from_the_copy(
    store: sqlcipher.Connection, tmp_path: Path, copy_folder: Path
) -> None:
    """``clerk enrol`` beside the server checkpoints the log by itself, whenever it likes."""
    with _follower(tmp_path) as follower:
        follower.begin()
        for round_ in range(40):
            other = _open(tmp_path / "server" / "hall.db")
            _put(other, round_ * 100, round_ * 100 + 100, 1500)
            other.execute("PRAGMA wal_checkpoint(PASSIVE)")
            other.close()
            if round_ % 3 == 0:
                follower.step()
        follower.step()
    assert _rows_of_copy(copy_folder, tmp_path / "there") == list(range(4000))


def test_a_copy_that_is_cut_off_anywhere_opens_as_it_was_after_some_commit(
    store: sqlcipher.Connection, tmp_path: Path, copy_folder: Path
) -> None:
    _put(store, 0, 10)
    with _follower(tmp_path) as follower:
        follower.begin()
        for n in range(10, 30):
            _put(store, n, n + 1)
        follower.step()
    log = copy_folder / f"{pages.current(copy_folder)}-wal"
    whole = log.read_bytes()
    for length in range(0, len(whole), 1999):
        log.write_bytes(whole[:length])
        found = _rows_of_copy(copy_folder, tmp_path / "there")
        assert found == list(range(len(found)))


def test_a_copy_that_is_cut_off_while_its_log_is_worked_in_opens_whole(
    store: sqlcipher.Connection, tmp_path: Path, copy_folder: Path
) -> None:
    _put(store, 0, 50)
    with _follower(tmp_path) as follower:
        follower.begin()
        _put(store, 50, 500, 400)
        follower.step()
        name = pages.current(copy_folder)
        before = (copy_folder / name).read_bytes(), (copy_folder / f"{name}-wal").read_bytes()
        follower._target.next_log(4096)
        after = (copy_folder / name).read_bytes()
    for part in range(0, len(after), 4096 * 3):
        (copy_folder / name).write_bytes(after[:part] + before[0][part:])
        (copy_folder / f"{name}-wal").write_bytes(before[1])
        assert _rows_of_copy(copy_folder, tmp_path / "there") == list(range(500))


def test_the_old_copy_counts_until_the_new_one_is_whole(
    store: sqlcipher.Connection, tmp_path: Path, copy_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(store, 0, 10)
    with _follower(tmp_path) as follower:
        follower.begin()
    _put(store, 10, 20)

    def full(self: pages.Target, start: int, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with _follower(tmp_path) as follower, monkeypatch.context() as patched:
        patched.setattr(pages.Target, "append", full)
        with pytest.raises(OSError, match="No space"):
            follower.begin()
    assert _rows_of_copy(copy_folder, tmp_path / "there") == list(range(10))
    with _follower(tmp_path) as follower:
        follower.begin()
    assert _rows_of_copy(copy_folder, tmp_path / "there") == list(range(20))
    assert len(list(copy_folder.glob("hall-*.db"))) == 1


# --- the thread -----------------------------------------------------------------------------------------------------
def _until(what: object, seconds: float = 20.0) -> None:
    assert callable(what)
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


@contextmanager
def _running(tmp_path: Path, folder: Path) -> Iterator[SecondCopy]:
    copy = second_copy(tmp_path / "server" / "hall.db", KEY, folder, lambda: b"sealed")
    copy.start()
    try:
        yield copy
    finally:
        copy.stop()


def test_the_copy_is_never_a_second_behind_while_the_hall_works(
    store: sqlcipher.Connection, tmp_path: Path, copy_folder: Path
) -> None:
    worst, done = 0.0, threading.Event()
    with _running(tmp_path, copy_folder) as copy:
        _until(lambda: not copy.state().trouble)

        def work() -> None:
            for n in range(150):
                _put(store, n * 20, n * 20 + 20, 800)
                time.sleep(0.02)
            done.set()

        worker = threading.Thread(target=work)
        worker.start()
        while not done.is_set():
            state = copy.state()
            assert state.trouble == ""
            worst = max(worst, state.lag_s)
            time.sleep(0.01)
        worker.join()
    assert _rows_of_copy(copy_folder, tmp_path / "there") == list(range(3000))
    assert (copy_folder / pages.IDENTITY).read_bytes() == b"sealed"
    # Not a stopwatch: the disk of this computer may be busy with something else for a moment.
    assert worst < 5.0


def test_the_hall_goes_on_without_the_other_disk_and_the_copy_comes_back(
    store: sqlcipher.Connection, tmp_path: Path, copy_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clerk_app.bootstrap.second_copy._AGAIN_S", 0.05)
    _put(store, 0, 10)
    with _running(tmp_path, copy_folder) as copy:
        _until(lambda: not copy.state().trouble)
        with monkeypatch.context() as broken:

            def gone(file: object) -> None:
                raise OSError(5, "Input/output error")

            broken.setattr(pages, "_durable", gone)
            _put(store, 10, 20)
            _until(lambda: "写不进" in copy.state().trouble)
            # Nothing holds the store's log while there is no copy.
            _put(store, 20, 3000, 2000)
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            _put(store, 3000, 3010)
            assert (tmp_path / "server" / "hall.db-wal").stat().st_size < 1_000_000
        _until(lambda: not copy.state().trouble)
    assert _rows_of_copy(copy_folder, tmp_path / "there") == list(range(3010))


def test_a_disk_that_hangs_does_not_hold_the_stores_log(
    store: sqlcipher.Connection, tmp_path: Path, copy_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(store, 0, 10)
    with _running(tmp_path, copy_folder) as copy:
        _until(lambda: not copy.state().trouble)
        # from here on only: on a busy machine the first copy may take as long, and is begun anew
        monkeypatch.setattr("clerk_app.bootstrap.second_copy._TOO_SLOW_S", 0.5)
        hanging = threading.Event()
        with monkeypatch.context() as broken:
            broken.setattr(pages, "_durable", lambda file: hanging.wait(30) and None)
            _put(store, 10, 20)
            _until(lambda: "太慢" in copy.state().trouble)
            _put(store, 20, 3000, 2000)
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            assert (tmp_path / "server" / "hall.db-wal").stat().st_size == 0
            hanging.set()
            _until(lambda: copy.state().trouble == "", 30)
        _put(store, 3000, 3010)
    assert _rows_of_copy(copy_folder, tmp_path / "there") == list(range(3010))


def test_a_missing_disk_is_not_taken_for_an_empty_folder(store: sqlcipher.Connection, tmp_path: Path) -> None:
    with _running(tmp_path, tmp_path / "stick" / "copy") as copy:
        _until(lambda: "不在" in copy.state().trouble)
    assert not (tmp_path / "stick").exists()


def test_a_copy_beside_the_store_is_refused(store: sqlcipher.Connection, tmp_path: Path) -> None:
    with pytest.raises(StoreFault, match="另一块磁盘"):
        second_copy(tmp_path / "server" / "hall.db", KEY, tmp_path / "server" / "copy", lambda: b"")


def test_the_engine_of_the_hall_and_the_copy_get_on(tmp_path: Path, copy_folder: Path) -> None:
    """With the pool and the settings that the server itself opens its store with."""
    (tmp_path / "server").mkdir()
    engine = sqlite_engine(tmp_path / "server" / "hall.db", KEY, writer=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE line (n INTEGER PRIMARY KEY, words TEXT)")
    with _running(tmp_path, copy_folder) as copy:
        for n in range(200):
            with engine.begin() as connection:
                connection.exec_driver_sql("INSERT INTO line VALUES (?, ?)", (n, "w" * 9000))
        _until(lambda: not copy.state().trouble)
    engine.dispose()
    copy.release()
    assert _rows_of_copy(copy_folder, tmp_path / "there") == list(range(200))
