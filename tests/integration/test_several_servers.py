"""Several server processes on one PostgreSQL: one hall, whichever of them a device asks."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from clerk_app.client.hall import HallClient
from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.errors import Fault
from clerk_app.domain.ids import uuid7
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.feed import ConnectionState
from clerk_app.ports.hall import Login, NewUser
from clerk_app.ports.hall_queue import TakeTicket
from support.postgres import PostgresServer
from support.server import (
    PASSWORD,
    ROOT,
    FeedRecorder,
    ServerProcess,
    clerk_at,
    client_of,
    close_pipes,
    eventually,
    feed_of,
    server,
    start_server,
)

WINDOWS = ("1", "2", "3", "4")


def settings_for(folder: Path, url: str, more: str = "") -> Path:
    folder.mkdir(parents=True)
    (folder / "clerk.toml").write_text(f"[server]\ndatabase = {json.dumps(url)}\n{more}", encoding="utf-8")
    return folder


@pytest.fixture
def two(tmp_path: Path, postgres_url: str) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    """Two servers of one data folder."""
    folder = settings_for(tmp_path / "data", postgres_url)
    with server(folder) as first, server(folder, "--instance", "b") as second:
        yield first, second


def test_what_one_does_the_other_knows_at_once_and_tells_its_displays(
    two: tuple[ServerProcess, ServerProcess],
) -> None:
    first, second = two
    clerk, _ = clerk_at(first)
    made = second.enrol(DeviceKind.DISPLAY, None)
    display = client_of(made)
    recorder = FeedRecorder(lambda: display.snapshot().cursor)
    with feed_of(made, recorder, display.feed_page):
        eventually(lambda: recorder.state() is ConnectionState.ONLINE)
        taken = clerk.take_ticket(TakeTicket(clerk.groups()[0].group_id))
        assert display.snapshot().waiting == 1
        called = clerk.call_next().ticket
        assert called is not None
        assert called.number == taken.ticket.number
        entry = eventually(lambda: [entry for entry in recorder.entries if entry.kind == "ticket.called"])[0]
        assert (entry.number, entry.window_no) == (called.number, "12")
    numbers = recorder.numbers()
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert first.stop() == second.stop() == 0, "told to stop, a server ends cleanly"
    display.close()
    clerk.close()


def test_windows_and_kiosks_at_both_servers_share_one_queue(two: tuple[ServerProcess, ServerProcess]) -> None:
    boss, _ = clerk_at(two[0])
    for window_no in WINDOWS:
        boss.create_user(NewUser(f"clerk{window_no}", f"王{window_no}", PASSWORD, (Role.CLERK,)))
    groups = [group.group_id for group in boss.groups()]
    kiosks = [client_of(where.enrol(DeviceKind.KIOSK, None)) for where in two]
    given: list[str] = []
    called: Counter[str] = Counter()
    lock = threading.Lock()

    def take(kiosk: HallClient, seed: int) -> None:
        for turn in range(15):
            number = kiosk.take_ticket(TakeTicket(groups[(turn + seed) % len(groups)])).ticket.number
            with lock:
                given.append(number)

    def serve(where: ServerProcess, window_no: str) -> None:
        client = client_of(where.enrol(window_no=window_no))
        client.login(Login(f"clerk{window_no}", PASSWORD))
        idle = 0
        while idle < 3:
            ticket = client.window_view().active or client.call_next().ticket
            if ticket is None:
                idle += 1
                continue
            with lock:
                called[ticket.number] += 1
            client.start(ticket.ticket_id)
            client.finish(ticket.ticket_id, "accepted")
        client.close()

    threads = [threading.Thread(target=take, args=(kiosk, seed)) for seed, kiosk in enumerate(kiosks)]
    threads += [threading.Thread(target=serve, args=(two[at % 2], window)) for at, window in enumerate(WINDOWS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == len(set(given)) == 30
    assert set(called) == set(given)
    assert set(called.values()) == {1}
    assert boss.snapshot().waiting == 0
    for client in (*kiosks, boss):
        client.close()


def test_a_killed_server_and_a_killed_database_lose_and_double_nothing(
    tmp_path: Path, durable_postgres: PostgresServer
) -> None:
    folder = settings_for(tmp_path / "data", durable_postgres.url(durable_postgres.new_database()))
    with ExitStack() as stack:
        first = start_server(folder)
        second = stack.enter_context(server(folder, "--instance", "b"))
        boss, made = clerk_at(second)
        group = boss.groups()[0].group_id
        enrolled = [where.enrol(DeviceKind.KIOSK, None) for where in (first, second)]
        kiosks = [client_of(one) for one in enrolled]
        acknowledged: tuple[dict[str, str], dict[str, str]] = ({}, {})
        lock = threading.Lock()
        stop, enough = threading.Event(), [threading.Event() for _ in range(3)]

        def take(kiosk: HallClient, mine: dict[str, str]) -> None:
            while not stop.is_set():
                key = uuid7(SystemClock().now(), SystemEntropy().bytes(10))
                while True:
                    try:
                        number = kiosk.take_ticket(TakeTicket(group), key=key).ticket.number
                        break
                    except Fault:
                        # Whether it was carried out is unknown: the same request again, as a kiosk does.
                        time.sleep(0.1)
                with lock:
                    mine[key] = number
                    for count, reached in zip((8, 20, 32), enough, strict=True):
                        if sum(map(len, acknowledged)) >= count:
                            reached.set()

        threads = [threading.Thread(target=take, args=pair) for pair in zip(kiosks, acknowledged, strict=True)]
        for thread in threads:
            thread.start()
        assert enough[0].wait(60)
        first.kill()
        close_pipes(first)
        third = stack.enter_context(server(folder, "--port", str(first.port)))
        assert enough[1].wait(60)
        durable_postgres.kill()
        durable_postgres.start()
        assert enough[2].wait(60)
        stop.set()
        for thread in threads:
            thread.join()
        for made_at, known, asked in zip(enrolled, acknowledged, (second, third), strict=True):
            same = HallClient(asked.address, made_at.ca_pem, made_at.enrolled.token, SystemClock(), SystemEntropy())
            again = {key: same.take_ticket(TakeTicket(group), key=key).ticket.number for key in known}
            assert again == known, "what was acknowledged is there, under its key, also at the other server"
            same.close()
        everything = sorted(number for known in acknowledged for number in known.values())
        assert everything == [f"A{serial:03d}" for serial in range(1, len(everything) + 1)]
        assert boss.snapshot().waiting == len(everything)
        recorder = FeedRecorder(lambda: boss.snapshot().cursor)
        with feed_of(made, recorder, boss.feed_page):
            eventually(lambda: recorder.state() is ConnectionState.ONLINE)
            taken = kiosks[0].take_ticket(TakeTicket(group)).ticket.number
            eventually(lambda: taken in [entry.number for entry in recorder.entries])
        assert third.process.poll() is None
        for client in (*kiosks, boss):
            client.close()


def test_a_second_folder_needs_the_keys_of_the_first(tmp_path: Path, postgres_url: str) -> None:
    first = settings_for(tmp_path / "first", postgres_url)
    with server(first) as running:
        clerk, made = clerk_at(running)
        other = settings_for(tmp_path / "other", postgres_url)
        refused = _refused("--data", str(other))
        assert "密钥文件" in refused
        assert "keys 和 tls" in refused
        assert not (other / "server" / "keys" / "hall.key").exists(), "the right key can be copied there"
        for part in ("keys", "tls"):
            shutil.copytree(first / "server" / part, other / "server" / part, dirs_exist_ok=True)
        with server(other) as second:
            same = HallClient(second.address, made.ca_pem, made.enrolled.token, SystemClock(), SystemEntropy())
            assert same.hall() == clerk.hall()
            same.close()
        clerk.close()


def test_two_servers_that_start_at_once_make_one_hall(tmp_path: Path, empty_postgres_url: str) -> None:
    folder = settings_for(tmp_path / "data", empty_postgres_url)
    started: list[ServerProcess] = []
    threads = [
        threading.Thread(target=lambda options=options: started.append(start_server(folder, 0, *options)))
        for options in ((), ("--instance", "b"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(started) == 2
    made = [client_of(running.enrol(DeviceKind.KIOSK, None)) for running in started]
    halls = {client.hall().hall_id for client in made}
    for running, client in zip(started, made, strict=True):
        client.close()
        running.kill()
        close_pipes(running)
    assert len(halls) == 1


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://clerk@127.0.0.1/hall", "数据库地址写得不对"),
        ("postgresql+psycopg://clerk:wonderful-7@127.0.0.1:1/hall", "连不上数据库服务器"),
    ],
)
def test_a_database_that_cannot_be_used_is_a_sentence_without_the_password(tmp_path: Path, url: str, told: str) -> None:
    refused = _refused("--data", str(tmp_path), "--database", url)
    assert told in refused
    assert "wonderful-7" not in refused
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"wonderful-7" in content for content in written)


def test_several_servers_need_postgresql(tmp_path: Path) -> None:
    assert "要用 PostgreSQL" in _refused("--data", str(tmp_path), "--instance", "b")


def _refused(*options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "clerk_app.bootstrap.server", "--port", "0", *options],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 1
    return done.stderr.decode()
