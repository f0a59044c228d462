"""What is particular to the SQLite store: encrypted, append-only, fair, and the same after opening it again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.errors import StoreFault
from clerk_app.ports.hall_queue import CardPerson, TakeTicket
from db.hall.lane import WriterLane
from db.hall.store import open_sqlite
from support.hall import STORE_KEY, HandClock, SeededEntropy, hall_in_hand, over


def _raw(path: Path) -> sqlcipher.Connection:
    connection = sqlcipher.connect(str(path))
    connection.execute(f"PRAGMA key = \"x'{STORE_KEY.hex()}'\"")
    return connection


def test_no_word_of_the_store_is_readable_on_disk(tmp_path: Path) -> None:
    with hall_in_hand(tmp_path) as hall:
        wish = TakeTicket(hall.groups()[0].group_id, card=CardPerson("李晓彤", "110101199003070003"))
        hall.write(lambda unit: hall.desk.taking.take(unit, hall.kiosk(), wish))
        for path in tmp_path.glob("hall.db*"):
            content = path.read_bytes()
            assert b"SQLite format" not in content
            assert "明河区".encode() not in content
            assert "李".encode() not in content


def test_the_number_of_a_card_is_stored_nowhere(tmp_path: Path) -> None:
    with hall_in_hand(tmp_path) as hall:
        wish = TakeTicket(hall.groups()[0].group_id, card=CardPerson("李晓彤", "110101199003070003"))
        hall.write(lambda unit: hall.desk.taking.take(unit, hall.kiosk(), wish))
    connection = _raw(tmp_path / "hall.db")
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    dump = "\n".join(str(row) for name in tables for row in connection.execute(f"SELECT * FROM {name}"))
    connection.close()
    assert "李*" in dump
    assert "晓彤" not in dump
    assert "110101199003070003" not in dump


def test_the_wrong_key_is_a_sentence(tmp_path: Path) -> None:
    open_sqlite(tmp_path / "hall.db", STORE_KEY, SeededEntropy()).close()
    with pytest.raises(StoreFault, match="密钥不对"):
        open_sqlite(tmp_path / "hall.db", bytes(32), SeededEntropy())


def test_the_epoch_lives_as_long_as_the_store(tmp_path: Path) -> None:
    first = open_sqlite(tmp_path / "hall.db", STORE_KEY, SeededEntropy(1))
    first.close()
    again = open_sqlite(tmp_path / "hall.db", STORE_KEY, SeededEntropy(2))
    other = open_sqlite(tmp_path / "other.db", STORE_KEY, SeededEntropy(3))
    assert again.epoch == first.epoch
    assert other.epoch != first.epoch
    again.close()
    other.close()


def test_the_queue_is_there_after_opening_again(tmp_path: Path) -> None:
    with hall_in_hand(tmp_path) as hall:
        ticket = hall.take()
    entropy = SeededEntropy(9)
    store = open_sqlite(tmp_path / "hall.db", STORE_KEY, entropy)
    again = over(store, HandClock(), entropy, NationalCrypto(entropy))
    called = again.call()
    assert called is not None
    assert called.ticket_id == ticket.ticket_id
    assert again.take().number == "A002"
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET payload = '{}' WHERE feed_no = 1",
        "UPDATE journal SET feed_no = 99 WHERE feed_no = 1",
        "DELETE FROM journal WHERE feed_no = 1",
        "UPDATE journal SET kind = 'nothing' WHERE feed_no IS NULL",
        "DELETE FROM journal WHERE feed_no IS NULL",
    ],
)
def test_the_journal_refuses_changes(tmp_path: Path, statement: str) -> None:
    with hall_in_hand(tmp_path) as hall:
        hall.sequence()
        hall.take()
    connection = _raw(tmp_path / "hall.db")
    with pytest.raises(sqlcipher.DatabaseError, match="append-only"):
        connection.execute(statement)
    connection.close()


def test_the_lane_gives_turns_to_each_caller() -> None:
    lane = WriterLane[Callable[[], object]]("test-lane", lambda job: job())
    order: list[str] = []
    busy, go = threading.Event(), threading.Event()

    def hold() -> None:
        busy.set()
        go.wait()

    def queued(count: int) -> None:
        while lane.waiting < count:
            pass

    threads = [threading.Thread(target=lane.run, args=("holder", hold))]
    threads[0].start()
    busy.wait()
    waiting = ["outbox", "outbox", "outbox", "window"]
    for count, who in enumerate(waiting, start=1):
        thread = threading.Thread(target=lane.run, args=(who, lambda who=who: order.append(who)))
        thread.start()
        threads.append(thread)
        queued(count)
    go.set()
    for thread in threads:
        thread.join()
    lane.close()
    assert order == ["outbox", "window", "outbox", "outbox"]


def test_what_a_clerk_waits_for_goes_before_uploads_but_never_all_the_time() -> None:
    lane = WriterLane[Callable[[], object]]("test-lane", lambda job: job())
    order: list[str] = []
    busy, go = threading.Event(), threading.Event()

    def hold() -> None:
        busy.set()
        go.wait()

    threads = [threading.Thread(target=lane.run, args=("holder", hold))]
    threads[0].start()
    busy.wait()
    # 3 windows upload; then 6 clerks press a key. The holder was the first of the prompt ones.
    jobs = [(f"window-{number}", "upload", True) for number in range(3)]
    jobs += [(f"clerk-{number}", "call", False) for number in range(6)]
    for count, (who, what, patient) in enumerate(jobs, start=1):
        thread = threading.Thread(target=lane.run, args=(who, lambda what=what: order.append(what), patient))
        thread.start()
        threads.append(thread)
        while lane.waiting < count:
            pass
    go.set()
    for thread in threads:
        thread.join()
    lane.close()
    assert order == ["call", "call", "upload", "call", "call", "call", "upload", "call", "upload"]


def test_the_lane_goes_on_after_a_failure_and_refuses_after_closing() -> None:
    lane = WriterLane[Callable[[], object]]("test-lane", lambda job: job())
    with pytest.raises(ZeroDivisionError):
        lane.run("one", lambda: 1 // 0)
    assert lane.run("one", lambda: 7) == 7
    lane.close()
    with pytest.raises(StoreFault, match="正在关闭"):
        lane.run("one", lambda: 7)
