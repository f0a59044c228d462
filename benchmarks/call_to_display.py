"""From the key to the hall: F2 pressed in a window's process until the display's shows the call and begins to say it,
with 64 windows that push 10,000 records meanwhile; and a number taken until 50 displays show it, at 20 a second.

One PC: a ``clerk server`` on its encrypted SQLite, every device a process of its own with the real client, feed, call
board and voice (a loudspeaker that takes no time). The floor is an empty request of the same server, sent by the same
windows just before each press, so that it meets the same load. A call that comes while another is being said is not
counted for the voice: how long that takes is speech, not us.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.hall_server import OUT, PASSWORD, ROOT, running_server
from benchmarks.latency_worker import Device
from benchmarks.measure import percentile
from benchmarks.report import Goal, Result
from clerk_app.bootstrap.server import open_hall
from clerk_app.domain.actor import Actor, DeviceKind, Role
from clerk_app.ports.hall import EnrolRequest, NewEnrolCode, NewUser
from clerk_app.ports.hall_queue import TakeTicket
from clerk_app.services.hall.tools import system_actor

WINDOWS = 64
RECORDS = 10_000
CALL_EVERY_S = 20.0
CALL_SPAN_S = 150.0
DISPLAYS, PER_PROCESS = 50, 10
TAKEN_PER_S = 20
TAKE_SPAN_S = 30.0
_SETTLE_S = 3.0
_AT_ONCE = 4
_STARTING_S = 300.0


@dataclass(frozen=True, slots=True)
class Size:
    """Smaller for a first look."""

    windows: int = WINDOWS
    records: int = RECORDS
    call_span_s: float = CALL_SPAN_S
    displays: int = DISPLAYS
    take_span_s: float = TAKE_SPAN_S


def run(size: Size | None = None) -> list[Result]:
    size = size or Size()
    return [*_calls(size), *_taken(size)]


# --- calls ------------------------------------------------------------------------------------------------------
def _calls(size: Size) -> list[Result]:
    devices = [("window", str(number)) for number in range(1, size.windows + 1)] + [("display", "1")]
    waiting = int(size.windows * size.call_span_s / CALL_EVERY_S * 1.5) + 100
    each = -(-size.records // size.windows)
    with hall_of(devices, waiting) as hall:
        for kind, number in devices:
            hall.start(kind, number, records=each if kind == "window" else 0, speaks=kind == "display")
        seen = hall.measured(size.call_span_s)
    displays = seen["display"][0]
    shown = {ticket: at for ticket, kind, at in displays["shown"] if kind == "ticket.called"}
    pressed = [row for window in seen["window"] for row in window["pressed"]]
    to_display = [(shown[ticket] - start) * 1000 for ticket, start, _ in pressed if ticket in shown]
    began = {ticket: start for ticket, start, _ in pressed}
    to_voice = [(at - began[ticket]) * 1000 for ticket, at in _idle(displays["spoken"]) if ticket in began]
    floors = [one * 1000 for window in seen["window"] for one in window["floors"]]
    records = sum(window["records"] for window in seen["window"])
    longest = max(window["records_s"] for window in seen["window"])
    detail = {
        "windows": size.windows,
        "calls": len(pressed),
        "not_shown": len(pressed) - len(to_display),
        "calls_per_s": round(len(pressed) / size.call_span_s, 2),
        "display_ms": _quantiles(to_display),
        "answer_ms": _quantiles([(answer - start) * 1000 for _, start, answer in pressed]),
        "floor_ms": _quantiles(floors),
        "records": records,
        "records_per_s": round(records / longest, 1) if longest else None,
        "floor": "GET /v1/health by the same windows under the same load",
    }
    voice = {"readings": len(to_voice), "voice_ms": _quantiles(to_voice), "floor": detail["floor"]}
    return [
        Result("call_to_display", percentile(to_display, 99), "ms p99", percentile(floors, 99), _GOAL_CALL, detail),
        Result("call_to_voice", percentile(to_voice, 99), "ms p99", percentile(floors, 99), _GOAL_CALL, voice),
    ]


_GOAL_CALL = Goal("value", "<=", 300)
_GOAL_TAKEN = Goal("value", "<=", 150)
_BETWEEN_S = 0.35
"""The pause that the voice makes after a reading."""


def _idle(spoken: Sequence[tuple[str, float, float]]) -> Iterator[tuple[str, float]]:
    """Readings of calls that were heard of while nothing was being said: (ticket, start)."""
    last = float("-inf")
    for ticket, heard_at, started_at in spoken:
        if heard_at > last + _BETWEEN_S + 0.02:
            yield ticket, started_at
        last = started_at


# --- numbers ----------------------------------------------------------------------------------------------------
def _taken(size: Size) -> list[Result]:
    processes = -(-size.displays // PER_PROCESS)
    kiosks = 4
    devices = [("display", str(number)) for number in range(1, processes + 1)]
    devices += [("kiosk", str(number)) for number in range(1, kiosks + 1)]
    with hall_of(devices, 1) as hall:
        for kind, number in devices:
            hall.start(kind, number, every_s=kiosks / TAKEN_PER_S, feeds=PER_PROCESS)
        seen = hall.measured(size.take_span_s)
    began = {ticket: (start, answer) for kiosk in seen["kiosk"] for ticket, start, answer in kiosk["taken"]}
    shown: dict[str, list[float]] = defaultdict(list)
    for display in seen["display"]:
        for ticket, kind, at in display["shown"]:
            if kind == "ticket.taken" and ticket in began:
                shown[ticket].append(at)
    everywhere = [at for moments in shown.values() for at in moments]
    from_key = [(at - began[ticket][0]) * 1000 for ticket, moments in shown.items() for at in moments]
    answers = [(answer - start) * 1000 for start, answer in began.values()]
    detail = {
        "displays": processes * PER_PROCESS,
        "numbers": len(began),
        "numbers_per_s": round(len(began) / size.take_span_s, 1),
        "missing": len(began) * processes * PER_PROCESS - len(everywhere),
        "shown_ms": _quantiles(from_key),
        "answer_ms": _quantiles(answers),
        "floor": "the kiosk's own answer: the number is committed",
    }
    floor = percentile(answers, 99)
    return [Result("taken_to_displays", percentile(from_key, 99), "ms p99", floor, _GOAL_TAKEN, detail)]


def _quantiles(times: Sequence[float]) -> list[float]:
    """Median, 90th and 99th percentile, and the longest."""
    return [round(one, 1) for one in (*(percentile(times, at) for at in (50, 90, 99)), max(times))]


# --- the hall ---------------------------------------------------------------------------------------------------
class Hall:
    """A running server with enrolled devices that are processes."""

    def __init__(self, folder: Path, address: str, hall_id: str, ca_pem: str, tokens: dict[str, str]) -> None:
        self._folder, self._address, self._hall_id = folder, address, hall_id
        self._ca_pem, self._tokens = ca_pem, tokens
        self._running: dict[tuple[str, str], subprocess.Popen[bytes]] = {}

    def start(self, kind: str, number: str, **more: Any) -> None:
        device = Device(
            kind=kind,
            number=number,
            address=self._address,
            ca_pem=self._ca_pem,
            token=self._tokens[f"{kind}-{number}"],
            login=f"clerk{number}",
            password=PASSWORD,
            hall_id=self._hall_id,
            folder=str(self._folder),
            seed=20261126,
            **{"every_s": CALL_EVERY_S, **more},
        )
        command = [sys.executable, "-m", "benchmarks.latency_worker", str(device.write())]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._running[kind, number] = subprocess.Popen(command, cwd=ROOT, env=environment)
        self._until_ready(len(self._running) - _AT_ONCE)

    def _until_ready(self, count: int) -> None:
        """Clerks log in one after the other, a few at a time."""
        deadline = time.monotonic() + _STARTING_S
        while len(list(self._folder.glob("*.ready"))) < count:
            if time.monotonic() > deadline or any(one.poll() is not None for one in self._running.values()):
                raise AssertionError("not every device came up")
            time.sleep(0.1)

    def measured(self, span_s: float) -> dict[str, list[dict[str, Any]]]:
        """Let all go at once for so long; what each saw, by kind."""
        self._until_ready(len(self._running))
        time.sleep(_SETTLE_S)
        (self._folder / "go").touch()
        time.sleep(span_s)
        (self._folder / "stop").touch()
        seen: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for (kind, number), process in self._running.items():
            if process.wait(timeout=60) != 0:
                raise AssertionError(f"{kind} {number} ended badly")
            seen[kind].append(json.loads((self._folder / f"{kind}-{number}.moments").read_text(encoding="utf-8")))
        return seen

    def end(self) -> None:
        for process in self._running.values():
            if process.poll() is None:
                process.kill()
                process.wait()


@contextmanager
def hall_of(devices: Sequence[tuple[str, str]], waiting: int) -> Iterator[Hall]:
    """A new hall with these devices and so many tickets that wait."""
    OUT.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-latency-", dir=OUT) as name:
        folder = Path(name)
        opened = open_hall(folder)
        try:
            tokens = {f"{kind}-{number}": _enrolled(opened, kind, number) for kind, number in devices}
            kiosk = Actor(opened.hall_id, "kiosk-0", Role.KIOSK.value, "取号机", frozenset({Role.KIOSK}))
            groups = opened.desk.store.read(opened.hall_id, lambda unit: unit.setup.groups())
            for number in range(waiting):
                wish = TakeTicket(groups[number % len(groups)].group_id)
                opened.desk.store.write(
                    opened.hall_id, "setup", partial(opened.desk.taking.take, actor=kiosk, wish=wish)
                )
            ca_pem, hall_id = opened.identity.ca_pem, opened.hall_id
        finally:
            opened.close()
        with running_server(folder) as address:
            hall = Hall(folder, address, hall_id, ca_pem, tokens)
            try:
                yield hall
            finally:
                hall.end()


def _enrolled(opened: Any, kind: str, number: str) -> str:
    actor, window_no = system_actor(opened.hall_id), number if kind == "window" else None
    if kind == "window":
        user = opened.desk.people.prepare(NewUser(f"clerk{number}", f"经办{number}", PASSWORD, (Role.CLERK,)))
        opened.desk.store.write(opened.hall_id, "setup", partial(opened.desk.people.create, actor=actor, user=user))
    wish = NewEnrolCode(DeviceKind(kind), window_no)
    code = opened.desk.store.write(
        opened.hall_id, "setup", lambda unit: opened.desk.devices.make_code(unit, actor, wish)
    ).code
    request = EnrolRequest(code.replace("-", "")[:10], DeviceKind(kind), f"{kind} {number}", window_no)
    token: str = opened.desk.devices.enrol(request).token
    return token
