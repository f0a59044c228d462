"""What is particular to the store on PostgreSQL: turns of many servers, uploads beside them, what its faults say."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.actor import Role
from clerk_app.domain.cases import CaseState
from clerk_app.domain.errors import Conflict, Locked, StoreFault
from clerk_app.domain.queue import Lane
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.services.hall.tools import system_actor
from db.errors import Again
from db.hall.postgres import PostgresHallStore, open_postgres
from db.hall.tickets import _pass_over
from db.postgres import ANSWER, READ, in_transaction, postgres_engine, without_password
from support.case_flow import TASK, at_work, granted, opening, record
from support.hall import MORNING, HallInHand, HandClock, SeededEntropy, engine_of, hall_in_hand, over
from support.postgres import PostgresServer, binaries_for_all, cut_off, quick_server


@contextmanager
def beside(url: str, seed: int = 2, clock: HandClock | None = None) -> Iterator[HallInHand]:
    """Another server on the same database."""
    entropy = SeededEntropy(seed)
    store = open_postgres(url, entropy)
    try:
        yield over(store, clock or HandClock(), entropy, NationalCrypto(entropy))
    finally:
        store.close()


@pytest.fixture
def hall(postgres_url: str) -> Iterator[HallInHand]:
    with hall_in_hand(postgres_url) as found:
        yield found


# --- plans ----------------------------------------------------------------------------------------------------------
def test_a_call_walks_the_index_of_those_who_wait_from_the_first_morning(postgres_url: str) -> None:
    """Without statistics PostgreSQL took another index, or looked at the whole day again for each of its tickets."""
    with hall_in_hand(postgres_url) as hall:
        engine, plans = hall.store._engine, list[str]()

        def explain(connection: Connection, cursor: Any, statement: str, values: Any, *rest: Any) -> None:
            if statement.startswith("SELECT anon_1.ticket_id"):
                driver = connection.connection.driver_connection
                found = driver.execute(f"EXPLAIN {statement}", values)
                plans.append("\n".join(line for (line,) in found))

        event.listen(engine, "before_cursor_execute", explain)
        assert hall.call("1") is None
        event.remove(engine, "before_cursor_execute", explain)
        (candidates,) = plans
        assert candidates.count("ix_ticket_queue") >= len(hall.groups()) * len(Lane)
        assert "Seq Scan" not in candidates
        assert "Sort" not in candidates

        passing = _pass_over("postgresql", 2, (Lane.ORDINARY,)).compile(dialect=engine.dialect)
        values = dict.fromkeys(passing.params, "x") | {name: 1 for name in passing.params if name.startswith("passed")}
        moments = dict.fromkeys(("_now", "_order"), hall.clock.now())
        values |= {"_hall": hall.hall_id, "_day": hall.read(hall.desk.days.today), **moments}
        with engine_of(postgres_url).begin() as connection:
            found = connection.exec_driver_sql(f"EXPLAIN {passing}", values).scalars()
            plan = "\n".join(found)
        assert "InitPlan" in plan, "who is passed over is found once, not for each ticket"
        assert "SubPlan" not in plan
        assert "Semi Join" not in plan


# --- turns ------------------------------------------------------------------------------------------------------
def test_two_servers_share_one_hall_and_its_epoch(hall: HallInHand, postgres_url: str) -> None:
    with beside(postgres_url) as other:
        assert (other.hall_id, other.store.epoch) == (hall.hall_id, hall.store.epoch)
        first = hall.take()
        assert other.call("5") == hall.read(lambda unit: unit.tickets.get(first.ticket_id))


def test_a_write_waits_while_another_server_has_the_turn_and_sees_what_it_did(
    hall: HallInHand, postgres_url: str
) -> None:
    inside, go = threading.Event(), threading.Event()
    order: list[str] = []

    def slow(unit: HallUnit) -> None:
        inside.set()
        go.wait(20)
        order.append("first")

    with beside(postgres_url) as other, ThreadPoolExecutor(2) as pool:
        first = pool.submit(hall.write, slow)
        inside.wait(20)
        second = pool.submit(lambda: other.write(lambda unit: order.append("second")))
        time.sleep(0.2)
        assert order == []
        assert other.read(lambda unit: unit.setup.groups()), "reading waits for nobody"
        go.set()
        first.result()
        second.result()
    assert order == ["first", "second"]


def test_uploads_do_not_wait_for_the_turn(hall: HallInHand, postgres_url: str) -> None:
    inside, go = threading.Event(), threading.Event()
    clerk = at_work(hall, "12", "王晓梅")
    start = record(opening(1, clerk.user_id), hall.hall_id)

    def slow(unit: HallUnit) -> None:
        inside.set()
        go.wait(20)

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hall.write, slow)
        inside.wait(20)
        ack = _upload(hall, lambda unit: hall.desk.cases.store(unit, clerk.caller.actor, start))
        go.set()
        held.result()
    assert ack.case_no.startswith(TASK)


def test_entries_follow_one_another_in_the_feed_though_a_server_is_ahead_of_time(
    hall: HallInHand, postgres_url: str
) -> None:
    early = HandClock(MORNING + timedelta(minutes=3))
    with beside(postgres_url, clock=early) as other:
        for turn in range(6):
            (hall if turn % 2 else other).take()
        hall.sequence()
        numbers = [entry.payload.get("number") for entry in hall.read(lambda unit: unit.journal.after(0, 100))]
    assert [number for number in numbers if number] == [f"A{serial:03d}" for serial in range(1, 7)]


def test_two_sequencers_number_every_entry_once(hall: HallInHand, postgres_url: str) -> None:
    with beside(postgres_url) as other:
        stop = threading.Event()

        def number(which: HallInHand) -> None:
            while not stop.is_set():
                which.sequence()

        threads = [threading.Thread(target=number, args=(one,)) for one in (hall, other)]
        for thread in threads:
            thread.start()
        for _ in range(25):
            hall.take()
            other.take(group=1)
        stop.set()
        for thread in threads:
            thread.join()
        hall.sequence()
        entries = hall.read(lambda unit: unit.journal.after(0, 500))
        assert [entry.feed_no for entry in entries] == list(range(1, len(entries) + 1))
        actor = system_actor(hall.hall_id)
        assert hall.read(lambda unit: hall.desk.sequencer.verify(unit, actor)).broken_at is None


def test_another_server_is_told_when_the_feed_grew_and_this_one_is_not(hall: HallInHand, postgres_url: str) -> None:
    told: list[str] = []
    mine: list[str] = []
    with beside(postgres_url) as other:
        other.store.listen(told.append)
        hall.store.listen(mine.append)

        def heard() -> bool:
            hall.take()
            hall.sequence()
            return bool(told)

        _until(heard)
    assert set(told) == {hall.hall_id}
    assert mine == []


def test_a_changed_setting_counts_at_once_in_the_other_servers_turns(hall: HallInHand, postgres_url: str) -> None:
    def serves(where: HallInHand) -> list[str]:
        return where.write(lambda unit: [group.prefix for group in unit.setup.served_by("5")])

    everything = [group.prefix for group in hall.groups()]
    with beside(postgres_url) as other:
        assert serves(hall) == serves(other) == everything
        wanted = hall.groups()[1]
        hall.write(lambda unit: unit.setup.set_served("5", {wanted.group_id: 1.0}))
        assert serves(other) == serves(hall) == [wanted.prefix]

        def change_and_fail(unit: HallUnit) -> None:
            unit.setup.set_served("5", {})
            assert [group.prefix for group in unit.setup.served_by("5")] == everything
            raise Locked("stop")

        with pytest.raises(Locked, match="stop"):
            other.write(change_and_fail)
        assert serves(other) == serves(hall) == [wanted.prefix], "what was rolled back is not remembered"


# --- uploads at once --------------------------------------------------------------------------------------------
def _upload(hall: HallInHand, work: Callable[[HallUnit], object]) -> object:
    return hall.store.write(hall.hall_id, "upload", work, patient=True)


def test_cases_that_arrive_at_once_at_two_servers_get_each_a_number_of_its_own(
    hall: HallInHand, postgres_url: str
) -> None:
    clerk = at_work(hall, "12", "王晓梅")
    with beside(postgres_url) as other, ThreadPoolExecutor(8) as pool:

        def store(number: int) -> str:
            where = (hall, other)[number % 2]
            sent = record(opening(number, clerk.user_id), hall.hall_id)
            return _upload(where, lambda unit: where.desk.cases.store(unit, clerk.caller.actor, sent)).case_no

        numbers = list(pool.map(store, range(1, 25)))
    assert sorted(numbers) == [f"{TASK}20261123{serial:04d}" for serial in range(1, 25)]


def test_one_record_that_arrives_twice_at_once_is_stored_once(hall: HallInHand, postgres_url: str) -> None:
    clerk = at_work(hall, "12", "王晓梅")
    sent = [record(opening(number, clerk.user_id), hall.hall_id) for number in range(1, 9)]
    with beside(postgres_url) as other, ThreadPoolExecutor(8) as pool:

        def store(turn: int) -> tuple[str, str]:
            where = (hall, other)[turn % 2]
            ack = _upload(where, lambda unit: where.desk.cases.store(unit, clerk.caller.actor, sent[turn // 4]))
            return ack.record_id, ack.case_no

        acks = list(pool.map(store, range(32)))
    assert len(set(acks)) == len(sent)
    assert all(len(set(acks[at : at + 4])) == 1 for at in range(0, 32, 4))


def test_of_a_revision_and_an_act_at_once_the_second_sees_the_first(hall: HallInHand, postgres_url: str) -> None:
    """Either the act is there and the record stays as it was, or the act stands on the newer record."""
    clerk, reviewer = at_work(hall, "12", "王晓梅"), at_work(hall, "21", "沈明", Role.REVIEWER)
    with beside(postgres_url) as other, ThreadPoolExecutor(2) as pool:
        for number in range(1, 9):
            first = record(opening(number, clerk.user_id), hall.hall_id)
            _upload(hall, lambda unit, sent=first: hall.desk.cases.store(unit, clerk.caller.actor, sent))
            start = threading.Barrier(2)

            def revise(number: int = number, start: threading.Barrier = start) -> bool:
                newer = record(opening(number, clerk.user_id), hall.hall_id, revision=2)
                start.wait()
                try:
                    _upload(other, lambda unit: other.desk.cases.store(unit, clerk.caller.actor, newer))
                except Conflict:
                    return False
                return True

            def decide(number: int = number, start: threading.Barrier = start, case_id: str = first.case_id) -> None:
                act = granted(number, case_id, reviewer.doer)
                start.wait()
                hall.write(lambda unit: hall.desk.files.store_act(unit, reviewer.caller.actor, act))

            revised, decided = pool.submit(revise), pool.submit(decide)
            decided.result()
            found = reviewer.looks_at(first.case_id)
            assert found.state is CaseState.GRANTED
            assert found.record.revision == (2 if revised.result() else 1)


def test_work_runs_again_when_another_transaction_was_in_its_way(hall: HallInHand) -> None:
    runs: list[int] = []

    def work(unit: HallUnit) -> int:
        runs.append(1)
        if len(runs) < 3:
            raise Again(_Deadlock())
        return len(runs)

    assert _upload(hall, work) == 3


class _Deadlock(Exception):
    sqlstate = "40P01"


def test_a_deadlock_is_nobodys_fault_and_mends_itself(hall: HallInHand, postgres_url: str) -> None:
    engine = engine_of(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE pair (name text PRIMARY KEY, count int)"))
        connection.execute(text("INSERT INTO pair VALUES ('a', 0), ('b', 0)"))
    both = threading.Barrier(2)
    crossed = {"a": False, "b": False}

    def cross(first: str, second: str) -> None:
        def work(unit: HallUnit) -> None:
            add = text("UPDATE pair SET count = count + 1 WHERE name = :name")
            unit._connection.execute(add, {"name": first})  # type: ignore[attr-defined]
            if not crossed[first]:
                crossed[first] = True
                both.wait(20)
            unit._connection.execute(add, {"name": second})  # type: ignore[attr-defined]

        _upload(hall, work)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(cross, "ab", "ba"))
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count FROM pair")).scalars().all() == [2, 2]
    engine.dispose()


def test_an_error_that_was_passed_over_never_becomes_a_silent_rollback(hall: HallInHand) -> None:
    def work(unit: HallUnit) -> None:
        with pytest.raises(Exception, match="nothing_of_that_name"):
            unit._connection.execute(text("SELECT * FROM nothing_of_that_name"))  # type: ignore[attr-defined]

    with pytest.raises(RuntimeError, match="passed over"):
        hall.write(work)


# --- the server goes, and what is told --------------------------------------------------------------------------
def test_connections_that_were_cut_are_opened_anew_and_the_work_is_done_once(
    hall: HallInHand, postgres_url: str
) -> None:
    hall.take()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: hall.groups(), range(8)))
    cut_off(postgres_url)
    assert hall.take().number == "A002"
    cut: list[int] = []

    def work(unit: HallUnit) -> str:
        if not cut:
            cut.append(1)
            cut_off(postgres_url)
        return hall.desk.taking.take(unit, hall.kiosk(), _wish(hall, unit)).ticket.number

    assert hall.write(work) == "A003"
    assert hall.take().number == "A004"


def _wish(hall: HallInHand, unit: HallUnit):  # type: ignore[no-untyped-def]
    from clerk_app.ports.hall_queue import TakeTicket

    return TakeTicket(unit.setup.groups()[0].group_id)


def test_what_was_committed_survives_a_power_cut_and_the_store_goes_on_by_itself(
    durable_postgres: PostgresServer,
) -> None:
    with hall_in_hand(durable_postgres.url(durable_postgres.new_database())) as hall:
        taken = [hall.take().number for _ in range(3)]
        durable_postgres.kill()
        with pytest.raises(StoreFault, match="连不上数据库服务器"):
            hall.take()
        with pytest.raises(StoreFault, match="连不上数据库服务器"):
            hall.groups()
        durable_postgres.start()
        assert [one.number for one in hall.read(lambda unit: unit.tickets.of_day(MORNING.date()))] == taken
        assert hall.take().number == "A004"


# --- a standby beside it ----------------------------------------------------------------------------------------
def test_a_connection_that_leads_to_a_standby_is_not_kept(hall: HallInHand) -> None:
    hall.write(lambda unit: unit._connection.execute(text("SET default_transaction_read_only = on")))  # type: ignore[attr-defined]
    assert hall.take().number == "A001"


def test_of_several_hosts_the_one_that_may_be_written_is_used_also_for_listening() -> None:
    with PostgresServer(tcp=True) as standby, PostgresServer(tcp=True) as primary:
        for server in (standby, primary):
            server.execute("CREATE ROLE hall LOGIN PASSWORD 'ji-suan-ji'")
            server.execute("CREATE DATABASE mine OWNER hall")
        standby.execute("ALTER DATABASE mine SET default_transaction_read_only = on")
        hosts = "&".join(f"host=127.0.0.1:{server.port}" for server in (standby, primary))
        url = f"postgresql+psycopg://hall:ji-suan-ji@/mine?{hosts}&target_session_attrs=read-write"
        told: list[str] = []
        with hall_in_hand(url) as hall, beside(url) as other:
            other.store.listen(told.append)

            def heard() -> bool:
                hall.take()
                hall.sequence()
                return bool(told)

            _until(heard)
        assert not standby.execute("SELECT 1 FROM pg_tables WHERE tablename = 'ticket'", "mine")
        assert primary.execute("SELECT 1 FROM ticket LIMIT 1", "mine")


def test_nothing_is_acknowledged_that_the_synchronous_standby_does_not_have(
    durable_postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not after the time limit of a statement either, and not what is only found under its key again."""
    monkeypatch.setattr("db.hall.postgres.ANSWER", ANSWER.replace("15000", "300"))
    url = durable_postgres.url(durable_postgres.new_database())

    def standby(name: str) -> None:
        durable_postgres.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
        durable_postgres.execute("SELECT pg_reload_conf()")
        _until(lambda: durable_postgres.execute("SHOW synchronous_standby_names") == [(name,)])

    with hall_in_hand(url) as hall, ThreadPoolExecutor(3) as pool:
        hall.take()
        standby("away")
        try:
            found = pool.submit(_upload, hall, lambda unit: len(unit.tickets.of_day(MORNING.date())))
            taken = pool.submit(hall.take)
            time.sleep(1.2)
            acknowledged = found.done(), taken.done()
            assert hall.groups(), "reading goes on"
        finally:
            standby("")
        assert acknowledged == (False, False)
        assert (found.result(20), taken.result(20).number) == (1, "A002")


def test_the_programs_run_from_the_copy_that_every_account_reaches() -> None:
    """A project in a folder of one account, as ``mktemp -d`` makes it."""
    for name in ("initdb", "postgres", "pg_dump"):
        asked = subprocess.run([binaries_for_all() / name, "--version"], capture_output=True, text=True)
        assert "PostgreSQL" in asked.stdout, asked.stderr


def test_sentences_of_what_is_wrong_with_the_database() -> None:
    with PostgresServer(tcp=True) as server:
        server.execute("CREATE ROLE hall LOGIN PASSWORD 'ji-suan-ji'")
        server.execute("CREATE DATABASE mine OWNER hall")
        server.execute("CREATE DATABASE others")
        server.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC", "others")
        for database, password, told in (
            ("mine", "wrong-one", "不接受这个用户名或密码"),
            ("nowhere", "ji-suan-ji", "没有这个库"),
            ("others", "ji-suan-ji", "权限不够"),
        ):
            with pytest.raises(StoreFault, match=told) as caught:
                open_postgres(server.url(database, "hall", password), SeededEntropy())
            assert password not in str(caught.value)
        open_postgres(server.url("mine", "hall", "ji-suan-ji"), SeededEntropy()).close()
        server.execute("ALTER DATABASE mine SET default_transaction_read_only = on")
        store = open_postgres(server.url("mine", "hall", "ji-suan-ji"), SeededEntropy())
        with pytest.raises(StoreFault, match="只读的备用数据库"):
            store.write("h", "test", lambda unit: unit.running.set_setting("x", {}))
        store.close()


def test_a_full_disk_and_a_crowd_are_sentences(hall: HallInHand) -> None:
    def full(unit: HallUnit) -> None:
        unit._connection.execute(  # type: ignore[attr-defined]
            text("DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$")
        )

    with pytest.raises(StoreFault, match="磁盘满了"):
        hall.write(full)
    name = quick_server().new_database()
    quick_server().execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
    quick_server().execute("CREATE ROLE crowd LOGIN")
    with pytest.raises(StoreFault, match="连接用完了"):
        open_postgres(quick_server().url(name, "crowd"), SeededEntropy())
    quick_server().drop(name)


def test_a_password_is_in_no_text_that_a_log_may_hold() -> None:
    url = "postgresql+psycopg://hall:ji-suan-ji@127.0.0.1:1/hall"
    assert "ji-suan-ji" not in without_password(url)
    engine = postgres_engine(url, connections=1)
    assert "ji-suan-ji" not in repr(engine)
    with pytest.raises(StoreFault) as caught:
        in_transaction(engine, READ, lambda connection, row: None)
    assert "ji-suan-ji" not in str(caught.value) + repr(caught.value.__cause__)


def test_a_statement_that_never_ends_is_broken_off(hall: HallInHand) -> None:
    def slow(unit: HallUnit) -> None:
        unit._connection.execute(text("SET LOCAL statement_timeout = 50"))  # type: ignore[attr-defined]
        unit._connection.execute(text("SELECT pg_sleep(20)"))  # type: ignore[attr-defined]

    with pytest.raises(StoreFault, match="等得太久"):
        hall.write(slow)


def test_without_prepared_statements_for_a_pooler(postgres_url: str) -> None:
    store = open_postgres(postgres_url, SeededEntropy(), pgbouncer=True)
    hall = over(store, HandClock(), SeededEntropy(), NationalCrypto(SeededEntropy()))
    for _ in range(8):
        hall.take()
    prepared = store.read(
        hall.hall_id,
        lambda unit: unit._connection.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one(),  # type: ignore[attr-defined]
    )
    store.close()
    assert prepared == 0


@pytest.mark.parametrize("statement", ["UPDATE journal SET payload = '{}'", "DELETE FROM journal", "TRUNCATE journal"])
def test_the_journal_refuses_changes(hall: HallInHand, postgres_url: str, statement: str) -> None:
    hall.take()
    hall.sequence()
    engine = engine_of(postgres_url)
    with pytest.raises(Exception, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_a_store_that_closes_refuses_politely(postgres_url: str) -> None:
    store = open_postgres(postgres_url, SeededEntropy())
    assert isinstance(store, PostgresHallStore)
    store.close()
    with pytest.raises(StoreFault, match="正在关闭"):
        store.write("h", "test", lambda unit: None)


def _until(what: Callable[[], bool], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.05)
