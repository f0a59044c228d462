"""A real server process over TLS on the loopback, and small helpers around it."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from clerk_app.bootstrap.server import open_hall
from clerk_app.client.enrol import Enrolment, enrol
from clerk_app.client.feed import FeedHandlers, FeedListener
from clerk_app.client.hall import HallClient
from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.feed import ConnectionChange, ConnectionState, FeedCursor, FeedEntry, FeedPage
from clerk_app.ports.hall import Login, NewUser
from support import forked
from support.forked import ROOT as ROOT

T = TypeVar("T")
PASSWORD = "qing-fang-xin-8"


def eventually(what: Callable[[], T], seconds: float = 30.0) -> T:
    """Wait until ``what`` is true and give it back; fail when it never is."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)
    return found


@dataclass
class ServerProcess:
    """One run of ``clerk server`` on a data folder."""

    folder: Path
    process: forked.Process
    port: int
    code: str

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Politely; the exit status."""
        self.process.terminate()
        return self.process.wait(timeout=30)

    def enrol(self, kind: DeviceKind = DeviceKind.WINDOW, window_no: str | None = "12") -> Enrolment:
        hall = open_hall(self.folder)
        try:
            code = hall.enrol_code(kind, window_no).code
        finally:
            hall.close()
        return enrol(self.address, code, kind, f"设备 {window_no}", window_no)


def start_server(
    folder: Path,
    port: int = 0,
    *options: str,
    program: str = "clerk_app.bootstrap.server",
    env: Mapping[str, str] | None = None,
) -> ServerProcess:
    """Start and wait for the ready line; ``program`` is a module that runs the server."""
    folder.mkdir(exist_ok=True)
    process = forked.start(
        program,
        ["--data", str(folder), "--port", str(port), "--print-enrol-code", *options],
        env=forked.environment(**(env or {})),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    line = process.stdout.readline()
    assert line, process.stderr.read().decode()
    told = json.loads(line)
    assert told["event"] == "ready"
    return ServerProcess(folder, process, told["port"], told["code"])


@contextmanager
def server(folder: Path, *options: str) -> Iterator[ServerProcess]:
    """A server that is gone afterwards, whatever happens."""
    running = start_server(folder, 0, *options)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.kill()
        close_pipes(running)


def close_pipes(running: ServerProcess) -> None:
    for pipe in (running.process.stdout, running.process.stderr):
        if pipe is not None:
            pipe.close()


def client_of(enrolment: Enrolment) -> HallClient:
    return HallClient(enrolment.address, enrolment.ca_pem, enrolment.enrolled.token, SystemClock(), SystemEntropy())


def clerk_at(running: ServerProcess, window_no: str = "12", login_name: str = "wangxm") -> tuple[HallClient, Enrolment]:
    """A logged-in clerk at an enrolled window; makes the hall's first user."""
    enrolment = running.enrol(window_no=window_no)
    client = client_of(enrolment)
    client.create_user(NewUser(login_name, "王晓梅", PASSWORD, (Role.CLERK, Role.TECHNICIAN)))
    client.login(Login(login_name, PASSWORD))
    return client, enrolment


class FeedRecorder:
    """Collects what a feed tells."""

    def __init__(self, reset: Callable[[], FeedCursor]) -> None:
        self._reset = reset
        self._lock = threading.Lock()
        self.entries: list[FeedEntry] = []
        self.changes: list[ConnectionChange] = []
        self.resets = 0

    def on_entries(self, entries: tuple[FeedEntry, ...]) -> None:
        with self._lock:
            self.entries.extend(entries)

    def on_connection(self, change: ConnectionChange) -> None:
        with self._lock:
            self.changes.append(change)

    def on_reset(self) -> FeedCursor:
        self.resets += 1
        return self._reset()

    def numbers(self) -> list[int]:
        with self._lock:
            return [entry.feed_no for entry in self.entries]

    def state(self) -> ConnectionState | None:
        with self._lock:
            return self.changes[-1].state if self.changes else None

    def handlers(self) -> FeedHandlers:
        return FeedHandlers(self.on_entries, self.on_connection, self.on_reset)


@contextmanager
def feed_of(
    enrolment: Enrolment,
    recorder: FeedRecorder,
    page: Callable[[FeedCursor], FeedPage],
    cursor: FeedCursor | None = None,
) -> Iterator[FeedListener]:
    listener = FeedListener(
        enrolment.address,
        enrolment.ca_pem,
        enrolment.enrolled.token,
        page,
        recorder.handlers(),
        SystemClock(),
        SystemEntropy(),
        cursor,
    )
    listener.start()
    try:
        yield listener
    finally:
        listener.stop()
