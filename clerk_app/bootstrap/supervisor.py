"""The embedded server of a PC without another one: start it or adopt a running one, and start it again if it dies.

The server is a process of its own, so that a crash of the window does not stop the others; it ends by itself when no
device has needed it for a while.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clerk_app.bootstrap.server_files import RUNTIME_FILE, server_folder
from clerk_app.client.transport import Transport
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import Fault, Unreachable

_LOG = logging.getLogger(__name__)
_START_SECONDS = 60.0
_POLL_SECONDS = 0.1
_WATCH_SECONDS = 1.0
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_PORT_FILE = "port"
IDLE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class RunningServer:
    """Where the server answers, the authority to pin, and its process."""

    address: str
    ca_pem: str
    pid: int


def server_command(folder: Path, port: int, idle_seconds: float) -> list[str]:
    """The command line of the child, from a checkout, a wheel or a frozen program."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "clerk_app.cli"]
    options = ["--data", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    return [*program, "server", *options, "--exit-when-idle", str(idle_seconds)]


class EmbeddedServer:
    """Owns the embedded server of one data folder. The address stays the same while this object lives."""

    def __init__(self, folder: Path, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._folder = folder
        self._home = server_folder(folder)
        self._idle_seconds = idle_seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._running: RunningServer | None = None
        self._stopping = threading.Event()
        self._watch: threading.Thread | None = None

    def ensure(self) -> RunningServer:
        """The healthy server of the folder: the one that runs, or a new one. ``Fault`` when it cannot be started."""
        found = self._healthy()
        if found is None:
            found = self._start()
        if self._watch is None:
            self._watch = threading.Thread(target=self._keep, name="server-watch", daemon=True)
            self._watch.start()
        self._running = found
        return found

    def enrol_code(self, kind: DeviceKind, window_no: str | None = None) -> str:
        """A one-time code for a device, made on the store itself: this account may read the key file."""
        # only for a device that is not enrolled yet
        from clerk_app.bootstrap.server import open_hall

        hall = open_hall(self._folder)
        try:
            return hall.enrol_code(kind, window_no).code
        finally:
            hall.close()

    def let_go(self) -> None:
        """Stop watching; the server goes on until nobody needs it."""
        self._stopping.set()
        if self._watch is not None:
            self._watch.join()

    def stop(self) -> None:
        """Stop watching and end the child that this object started; an adopted server is left alone."""
        self.let_go()
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            self._child.wait(timeout=30)

    def _healthy(self) -> RunningServer | None:
        try:
            told: dict[str, Any] = json.loads((self._home / RUNTIME_FILE).read_text(encoding="utf-8"))
            host = f"[{told['host']}]" if ":" in told["host"] else told["host"]
            running = RunningServer(f"https://{host}:{told['port']}", told["ca_pem"], told["pid"])
        except (OSError, ValueError, KeyError):
            return None
        transport = Transport(running.address, running.ca_pem, attempts=1)
        try:
            transport.call("GET", "/v1/health", dict[str, str])
        except (Unreachable, Fault):
            return None
        finally:
            transport.close()
        return running

    def _start(self) -> RunningServer:
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        errors = self._home / "start.err"
        port = self._port()
        with errors.open("wb") as stderr:
            detached: dict[str, Any] = (
                {"creationflags": 0x00000200 | 0x08000000} if sys.platform == "win32" else {"start_new_session": True}
            )
            child = subprocess.Popen(
                server_command(self._folder, port, self._idle_seconds),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                **detached,
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and not self._stopping.is_set():
            found = self._healthy()
            if found is not None:
                self._remember(child, found)
                return found
            if child.poll() is not None:
                # Another window of this PC may have been faster: its server holds the lock and will be healthy soon.
                time.sleep(_POLL_SECONDS)
                found = self._healthy()
                if found is not None:
                    return found
                if self._running is None and port:
                    (self._home / _PORT_FILE).unlink(missing_ok=True)
                raise Fault(_why(errors))
            time.sleep(_POLL_SECONDS)
        child.kill()
        child.wait()
        raise Fault(f"本机服务器 {_START_SECONDS:.0f} 秒没有起来。{_why(errors)}")

    def _remember(self, child: subprocess.Popen[bytes], found: RunningServer) -> None:
        if found.pid == child.pid:
            self._child = child
        (self._home / _PORT_FILE).write_text(found.address.rsplit(":", 1)[1], encoding="ascii")

    def _port(self) -> int:
        try:
            return int((self._home / _PORT_FILE).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0

    def _keep(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopping.wait(_WATCH_SECONDS):
            if self._child is not None:
                self._child.poll()
            if self._healthy() is not None:
                pause = _FIRST_PAUSE
                continue
            if self._child is not None and self._child.poll() is None:
                continue
            _LOG.warning("the embedded server is gone, starting it again")
            try:
                self._running = self._start()
            except Fault as error:
                if self._stopping.is_set():
                    return
                _LOG.error("the embedded server does not start: %s", error)
                self._stopping.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)


def _why(errors: Path) -> str:
    lines = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "本机服务器起不来，请报技术员"
