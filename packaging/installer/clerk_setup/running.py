"""Programs of this installation that run now: stores are copied only while nobody writes them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from clerk_setup.places import WINDOWS, Places, SetupFault

SERVICE = "clerk-server.service"
_END_SECONDS = 30.0


def found(places: Places) -> list[int]:
    """Process ids of everything that was started from a version's folder, e.g. a window and its embedded server.

    On Windows nobody is found: the stores' own lock files keep a copy from being made half-way there.
    """
    if WINDOWS:
        return []
    home = os.fsencode(places.versions) + b"/"
    pids = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(word.startswith(home) for word in words[:2]) and int(entry.name) != os.getpid():
            pids.append(int(entry.name))
    return pids


def stop_all(places: Places, wanted: bool) -> bool:
    """End what runs, the service first; whether the service ran. ``SetupFault`` when something runs and nobody said
    that it may be ended, or when it does not end."""
    served = _service("is-active")
    if not wanted and (served or found(places)):
        raise SetupFault(
            "程序还在运行。请先关掉窗口、取号机和大厅屏（服务器请 systemctl stop clerk-server），或加 --stop"
        )
    if served:
        _service("stop")
    for pid in found(places):
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            continue
    deadline = time.monotonic() + _END_SECONDS
    while found(places):
        if time.monotonic() > deadline:
            raise SetupFault(
                f"程序 {_END_SECONDS:.0f} 秒还没有结束（进程 {found(places)}），请看一下屏幕上有没有没办完的事"
            )
        time.sleep(0.2)
    return served


def start_service() -> None:
    """Start the server again after a switch."""
    _service("start")


def has_systemd() -> bool:
    return Path("/run/systemd/system").is_dir()


def _service(verb: str) -> bool:
    if WINDOWS or not has_systemd():
        return False
    return subprocess.run(["systemctl", "-q", verb, SERVICE], check=False).returncode == 0
