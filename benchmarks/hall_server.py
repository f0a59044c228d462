"""A real server process over TLS on the loopback, with clerks logged in at their windows."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from clerk_app.bootstrap.server import open_hall
from clerk_app.client.enrol import Enrolment, enrol
from clerk_app.client.hall import HallClient
from clerk_app.client.transport import Transport
from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.hall import Login, NewUser
from clerk_app.services.hall.tools import system_actor

PASSWORD = "bench-mark-2026"
ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "out"


@dataclass(frozen=True, slots=True)
class Window:
    """A window with a logged-in clerk, and a bare connection to the same server by the same client code."""

    number: str
    enrolment: Enrolment
    hall: HallClient
    bare: Transport

    def close(self) -> None:
        self.hall.close()
        self.bare.close()

    def empty(self) -> None:
        """One request to the endpoint that does next to nothing."""
        self.bare.call("GET", "/v1/health", dict[str, str])


@contextmanager
def running_server(folder: Path) -> Iterator[str]:
    """``clerk server`` on ``folder``, SQLite as delivered (WAL, ``synchronous=FULL``, encrypted); its address."""
    command = [sys.executable, "-m", "clerk_app.cli", "server", "--data", str(folder), "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        with process.stdout as out:
            told = json.loads(out.readline())
        yield f"https://{told['host']}:{told['port']}"
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def windows(count: int, database: str = "") -> Iterator[list[Window]]:
    """``count`` windows of a new hall, on PostgreSQL when ``database`` is its URL; server and connections are gone
    afterwards."""
    OUT.mkdir(exist_ok=True)
    # beside the results and not in /tmp, which may be memory: a commit that costs no disk would flatter us
    with TemporaryDirectory(prefix="bench-hall-", dir=OUT) as name:
        folder = Path(name)
        if database:
            (folder / "clerk.toml").write_text(f"[server]\ndatabase = {json.dumps(database)}\n", encoding="utf-8")
        numbers = [str(number) for number in range(1, count + 1)]
        codes = furnished(folder, numbers)
        with running_server(folder) as address:
            opened = [open_window(address, number, code) for number, code in zip(numbers, codes, strict=True)]
            try:
                yield opened
            finally:
                for window in opened:
                    window.close()


def furnished(folder: Path, numbers: Sequence[str], matters: tuple[dict[str, Any], ...] = ()) -> list[str]:
    """A clerk for each window (``clerk`` and its number) and an enrolment code for each, before the server starts."""
    hall = open_hall(folder)
    try:
        actor = system_actor(hall.hall_id)
        users = [
            hall.desk.people.prepare(NewUser(f"clerk{number}", f"经办{number}", PASSWORD, (Role.CLERK,)))
            for number in numbers
        ]
        for user in users:
            hall.desk.store.write(
                hall.hall_id, actor.device_id, partial(hall.desk.people.create, actor=actor, user=user)
            )
        if matters:
            hall.desk.store.write(
                hall.hall_id, actor.device_id, partial(hall.desk.catalogues.publish, actor=actor, matters=matters)
            )
        return [hall.enrol_code(DeviceKind.WINDOW, number).code for number in numbers]
    finally:
        hall.close()


def open_window(address: str, number: str, code: str) -> Window:
    """Enrol a window at a running server and log its clerk in."""
    enrolment = enrol(address, code, DeviceKind.WINDOW, f"{number}号窗口", number)
    hall = HallClient(address, enrolment.ca_pem, enrolment.enrolled.token, SystemClock(), SystemEntropy())
    hall.login(Login(f"clerk{number}", PASSWORD))
    return Window(number, enrolment, hall, Transport(address, enrolment.ca_pem, enrolment.enrolled.token))


def at_once(works: Sequence[Callable[[], object]]) -> float:
    """Run each in a thread of its own, started together; seconds until the last is through. Raises what one raised."""
    barrier = threading.Barrier(len(works) + 1)

    def wait_and_work(work: Callable[[], object]) -> None:
        barrier.wait()
        work()

    with ThreadPoolExecutor(len(works)) as pool:
        running = [pool.submit(wait_and_work, work) for work in works]
        barrier.wait()
        start = time.perf_counter()
        for one in running:
            one.result()
        return time.perf_counter() - start
