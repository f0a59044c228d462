"""The clerk's window while every device misbehaves: how late its event loop is, beside the same window at rest.

One process is the window with the device page open (it shows states and looks every second), one plays all devices
(``clerk simulate``), one is the server. In turns: some seconds in which the devices are well and nobody uses them, and
as many in which each of them has another fault every quarter of a second (silence, noise, damaged and broken answers,
byte by byte, cover, paper, slow head, unplugged and back) while test papers are printed and the rating keypad is asked
how it is without a pause. The event loop has a beat every 5 ms; what is measured is how much later than that it came.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.hall_server import OUT, PASSWORD, ROOT, furnished, running_server
from benchmarks.measure import percentile
from benchmarks.report import Goal, Result
from clerk_app import typefaces
from clerk_app.bootstrap.settings import FILE_NAME

_NUMBER, _ROUNDS, _SECONDS, _EVERY_S = "2", 4, 12, 0.25
_PATIENCE = 120.0
_GOAL_MS = 50
"""Half of the 100 ms within which a key has to be answered."""

FAULTS: dict[str, tuple[str, ...]] = {
    "id_reader": (
        *(f"always {name}" for name in ("silence", "noise", "bad_checksum", "truncated", "byte_by_byte", "late_reply")),
        "always length_too_large",
        "always off",
        "place resident",
        "lift",
        "unplug",
        "replug",
    ),
    "receipt_printer": (
        *("paper_out 300", "load_paper", "cover_open", "cover_close", "silent on", "silent off", "slow 900", "slow 0"),
        *("power_cycle", "unplug", "replug"),
    ),
    "evaluator": ("silent on", "silent off", "damage 3", "press 1", "press_late 2", "unplug", "replug"),
    "caller_keypad": ("key call", "key pause", "unplug", "replug"),
    "call_board": ("unplug", "replug"),
    "code_scanner": ("noise FF00FF0D", "hold 110101199003070011", "hold A035", "unplug", "replug"),
}
WELL = (
    "id_reader always off",
    "id_reader lift",
    "receipt_printer load_paper",
    "receipt_printer cover_close",
    "receipt_printer silent off",
    "receipt_printer slow 0",
    "evaluator silent off",
)
"""And everything is plugged in again."""


def run() -> list[Result]:
    typefaces.find()
    OUT.mkdir(exist_ok=True)
    idle: list[float] = []
    faulty: list[float] = []
    done: Counter[str] = Counter()
    states: set[str] = set()
    with TemporaryDirectory(prefix="bench-faults-", dir=OUT) as name:
        folder = Path(name)
        furnished(folder, (_NUMBER,))
        with _devices(folder) as devices, running_server(folder), _window(folder) as window:
            _settle(devices)
            for number in range(_ROUNDS):
                idle += _measured(window, "idle")["late"]
                playing = _Playing(devices, Random(number))
                playing.start()
                told = _measured(window, "busy")
                playing.stop()
                faulty += told["late"]
                done.update(told["done"])
                states.update(f"{key}: {state}" for key, state in told["states"].items())
                _settle(devices)
    value, floor = percentile(faulty, 99), percentile(idle, 99)
    detail = {
        "beats": [len(faulty), len(idle)],
        "p50": [round(percentile(late, 50), 2) for late in (faulty, idle)],
        "p99.9": [round(percentile(late, 99.9), 2) for late in (faulty, idle)],
        "worst": [round(max(late), 1) for late in (faulty, idle)],
        "jobs": dict(done),
        "states_seen": sorted(states),
        "floor": "the same window with the devices well and at rest, in turns",
    }
    return [Result("device_faults_event_loop", value, "ms p99", floor, Goal("value", "<=", _GOAL_MS), detail)]


class _Playing(threading.Thread):
    """Every device gets another fault again and again."""

    def __init__(self, devices: subprocess.Popen[str], random: Random) -> None:
        super().__init__(daemon=True)
        self._devices, self._random = devices, random
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(_EVERY_S):
            for device, faults in FAULTS.items():
                _say(self._devices, f"{device} {self._random.choice(faults)}")

    def stop(self) -> None:
        self._over.set()
        self.join()


def _settle(devices: subprocess.Popen[str]) -> None:
    """Everything is well again, and the window has seen it."""
    for line in (*WELL, *(f"{device} replug" for device in FAULTS)):
        _say(devices, line)
    time.sleep(8)


def _measured(window: subprocess.Popen[str], kind: str) -> dict[str, Any]:
    """What the window says of ``_SECONDS``; one that says nothing in the end is killed, and that is an error."""
    assert window.stdout is not None
    watchdog = threading.Timer(_SECONDS + _PATIENCE, window.kill)
    watchdog.start()
    try:
        _say(window, f"{kind} {_SECONDS}")
        told: dict[str, Any] = json.loads(window.stdout.readline())
    finally:
        watchdog.cancel()
    return told


def _say(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


@contextmanager
def _devices(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """All simulators; their lines are in the settings of ``folder``."""
    process = _start(["clerk_app.cli", "simulate", "--data", str(folder)])
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl+C" in line:
                break
        table = "".join(line for line in lines if " = " in line)
        path = folder / FILE_NAME
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(f'{before}\n[devices]\n{table}page_printer = "off"\n', encoding="utf-8")
        # what it tells afterwards is read away, so that it never waits for us
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def _window(folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = _start(["benchmarks.faulty_window", str(folder), _NUMBER, f"clerk{_NUMBER}", PASSWORD])
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"the window ended with {process.wait(timeout=_PATIENCE)}")
        yield process
    finally:
        process.kill()
        process.wait()


def _start(module: list[str]) -> subprocess.Popen[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONIOENCODING": "utf-8"}
    return subprocess.Popen(
        [sys.executable, "-m", *module],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
