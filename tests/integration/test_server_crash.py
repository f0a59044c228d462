"""SIGKILL in the middle of everything: what was acknowledged is there, what was repeated counts once."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from clerk_app.bootstrap.server import open_hall
from clerk_app.bootstrap.supervisor import EmbeddedServer
from clerk_app.client.enrol import enrol
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import Unreachable
from clerk_app.domain.ids import uuid7
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.hall_queue import TakeTicket
from clerk_app.services.hall.tools import system_actor
from support.server import clerk_at, client_of, close_pipes, eventually, start_server


def test_kill_and_restart_lose_and_double_nothing(tmp_path: Path) -> None:
    first = start_server(tmp_path / "data")
    clerk, _ = clerk_at(first)
    group = clerk.groups()[0].group_id
    acknowledged: dict[str, str] = {}
    unknown: list[str] = []
    lock = threading.Lock()
    enough = threading.Event()

    def take() -> None:
        while True:
            key = uuid7(SystemClock().now(), SystemEntropy().bytes(10))
            try:
                taken = clerk.take_ticket(TakeTicket(group), key=key)
            except Unreachable:
                with lock:
                    unknown.append(key)
                return
            with lock:
                acknowledged[key] = taken.ticket.number
                if len(acknowledged) >= 25:
                    enough.set()

    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert enough.wait(60)
    first.kill()
    for thread in threads:
        thread.join()
    close_pipes(first)

    second = start_server(tmp_path / "data", first.port)
    for key, number in acknowledged.items():
        assert clerk.take_ticket(TakeTicket(group), key=key).ticket.number == number
    numbers = set(acknowledged.values())
    for key in unknown:
        number = clerk.take_ticket(TakeTicket(group), key=key).ticket.number
        assert number not in numbers
        numbers.add(number)
    assert sorted(numbers) == [f"A{serial:03d}" for serial in range(1, len(numbers) + 1)]
    assert clerk.snapshot().waiting == len(numbers)
    clerk.close()
    second.stop()
    close_pipes(second)

    hall = open_hall(tmp_path / "data")
    hall.desk.sequencer.run(hall.hall_id)
    actor = system_actor(hall.hall_id)
    report = hall.desk.store.read(hall.hall_id, lambda unit: hall.desk.sequencer.verify(unit, actor))
    hall.close()
    assert report.broken_at is None
    assert report.checked >= len(numbers)


@pytest.fixture
def embedded(tmp_path: Path):  # type: ignore[no-untyped-def]
    server = EmbeddedServer(tmp_path / "data", idle_seconds=120)
    yield server
    server.stop()


def test_the_embedded_server_is_adopted_and_started_again(embedded: EmbeddedServer, tmp_path: Path) -> None:
    running = embedded.ensure()
    code = embedded.enrol_code(DeviceKind.WINDOW, "12")
    client = client_of(enrol(running.address, code, DeviceKind.WINDOW, "12 号窗口"))
    second = EmbeddedServer(tmp_path / "data", idle_seconds=120)
    assert second.ensure() == running
    second.let_go()

    os.kill(running.pid, signal.SIGKILL)

    def answers() -> bool:
        try:
            return client.server_time().hall_id != ""
        except Unreachable:
            return False

    assert eventually(answers, 60)
    again = eventually(lambda: (now := embedded.ensure()).pid != running.pid and now)
    assert again.address == running.address
    client.close()
