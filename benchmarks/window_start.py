"""From the start of the process to the clerk's window painted and focused, and to the first F2 answered.

The floor is a fresh process with a bare PySide6 main window that shows one label. Both are started in turns and take
the time since the moment before they were started. The window is enrolled, holds 1,135 matters and finds the server of
its folder running, as on every morning but the first; login name and password are typed in no time. Another number,
without a goal, is the F2 of a PC that has to start its server first.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.hall_server import OUT, PASSWORD, ROOT, furnished, open_window, running_server
from benchmarks.measure import in_turns, spread
from benchmarks.report import Goal, Result
from clerk_app import typefaces
from clerk_app.bootstrap.server_files import RUNTIME_FILE, server_folder
from clerk_app.domain.synthetic import synthetic_catalogue
from clerk_app.ports.hall_queue import TakeTicket

_ROUNDS, _COLD_ROUNDS = 7, 3
_NUMBER = "2"
_HOME = f"window-{_NUMBER}"
_MATTERS = 1_135
_PATIENCE = 90.0


Times = dict[str, float]


def run() -> list[Result]:
    typefaces.find()
    OUT.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-window-", dir=OUT) as name:
        folder = Path(name)
        codes = furnished(folder, ("1", _NUMBER), tuple(synthetic_catalogue(_MATTERS, Random(1))))
        with running_server(folder) as address:
            kiosk = open_window(address, "1", codes[0])
            try:
                group = kiosk.hall.groups()[0].group_id
                for _ in range(_ROUNDS + _COLD_ROUNDS + 1):
                    kiosk.hall.take_ticket(TakeTicket(group))
            finally:
                kiosk.close()
            _process("benchmarks.clerk_window", "prepare", folder)
            shutil.copytree(folder / _HOME, folder / "kept")
            _clerk(folder)
            _bare()
            warm: list[Times] = []

            def started() -> float:
                warm.append(_clerk(folder))
                return warm[-1]["painted"]

            painted, bare = in_turns(started, _bare, _ROUNDS)
        cold = [_cold(folder) for _ in range(_COLD_ROUNDS)]
    floor = median(bare)
    detail = {"rounds": spread(painted), "floor_rounds": spread(bare), "floor": "QMainWindow with a QLabel"}
    steps = {step: round(median(times[step] for times in warm)) for step in warm[0]}
    return [
        Result("window_first_paint", median(painted), "ms", floor, Goal("ratio", "<=", 2.0), detail),
        Result("window_first_f2", steps["answered"], "ms", floor, Goal("ratio", "<=", 6.0), {"steps": steps}),
        Result("window_first_f2_cold", median(cold), "ms", floor, None, {"rounds": spread(cold)}),
    ]


def _bare() -> float:
    return _process("benchmarks.bare_window")["painted"]


def _clerk(folder: Path) -> Times:
    """One start of the window as it was kept, so that no round finds what another left behind."""
    shutil.rmtree(folder / _HOME)
    shutil.copytree(folder / "kept", folder / _HOME)
    return _process("benchmarks.clerk_window", None, folder)


def _cold(folder: Path) -> float:
    """The first F2 of a window that starts its server itself."""
    try:
        return _clerk(folder)["answered"]
    finally:
        _end_server(folder)


def _end_server(folder: Path) -> None:
    runtime = server_folder(folder) / RUNTIME_FILE
    if not runtime.exists():
        return
    os.kill(json.loads(runtime.read_text(encoding="utf-8"))["pid"], signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE
    while runtime.exists() and time.monotonic() < deadline:
        time.sleep(0.05)


def _process(module: str, start: str | None = None, folder: Path | None = None) -> Times:
    """Start a module in a process of its own and read its line of JSON; the time runs from here."""
    arguments = [] if folder is None else [str(folder), _NUMBER, f"clerk{_NUMBER}", PASSWORD]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    # every start but the first finds its modules compiled
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", module, start or str(time.monotonic_ns()), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=_PATIENCE, check=False)
    lines = done.stdout.decode().splitlines()
    if done.returncode or not lines:
        raise RuntimeError(f"{module} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
    times: Times = json.loads(lines[-1])
    return times
