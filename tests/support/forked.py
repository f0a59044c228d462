"""Processes of the project that begin where its imports end.

Tests start a few hundred servers and windows, and each would spend two or three seconds of processor time on imports
alone. One process of the test session imports everything and is forked for each of them: what comes out is a process
of its own, with its own memory, files and threads, that is killed like any other. How the programs start from nothing
is tested where that is the subject (``subprocess.Popen``); where there is no fork they all start so.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import random
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]
_PIPES = {"stdin": 0, "stdout": 1, "stderr": 2}
_PRELOADED = (
    "clerk_app.cli",
    "clerk_app.bootstrap.server",
    "clerk_app.bootstrap.window",
    "clerk_app.ui.window.control",
    "clerk_app.ui.window.first_account",
    "clerk_app.ui.window.furniture",
    "clerk_app.ui.window.screens",
    "clerk_app.ui.window.shell",
    "clerk_app.ui.window.wording",
    "clerk_app.ui.hands",
)
_LONGEST_CALL = 1 << 20


def environment(**more: str) -> dict[str, str]:
    """The session's own, with the way to the project's modules and the tests', and ``more``."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests"))), **more}


class Forked:
    """Like ``subprocess.Popen`` of ``python -m module arguments…``, as far as tests use it. ``stdin``, ``stdout`` and
    ``stderr`` are ``subprocess.PIPE``, an open file, or None for the session's own."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str],
        stdin: Any = None,
        stdout: Any = None,
        stderr: Any = None,
        text: bool = False,
    ) -> None:
        self.args = [sys.executable, "-m", module, *arguments]
        self.returncode: int | None = None
        self.stdin: IO[Any] | None = None
        self.stdout: IO[Any] | None = None
        self.stderr: IO[Any] | None = None
        theirs: list[int] = []
        for name, wish in (("stdin", stdin), ("stdout", stdout), ("stderr", stderr)):
            if wish is not subprocess.PIPE:
                theirs.append(os.dup(_PIPES[name] if wish is None else wish.fileno()))
                continue
            read, write = os.pipe()
            own, other = (write, read) if name == "stdin" else (read, write)
            theirs.append(other)
            mode = ("w" if name == "stdin" else "r") + ("" if text else "b")
            setattr(self, name, open(own, mode, buffering=1 if text else -1))  # noqa: SIM115 - as Popen gives it
        self._status, told = os.pipe()
        theirs.append(told)
        call = {"module": module, "arguments": list(arguments), "env": dict(env), "cwd": str(ROOT)}
        self.pid = _origin().spawn(call, theirs)
        for descriptor in theirs:
            os.close(descriptor)

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        found = self._ended(timeout)
        if found is None:
            assert timeout is not None
            raise subprocess.TimeoutExpired(self.args, timeout)
        return found

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._status], [], [], timeout)[0]:
            told = os.read(self._status, 16)
            os.close(self._status)
            assert told, "the process that starts the others is gone"
            self.returncode = os.waitstatus_to_exitcode(int(told))
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[Any, Any]:
        """All that comes from the piped outputs until both are closed, then the end."""
        with ThreadPoolExecutor(2) as readers:
            found = [None if one is None else readers.submit(_all_of, one) for one in (self.stdout, self.stderr)]
        self.wait(timeout)
        out, errors = (None if one is None else one.result() for one in found)
        return out, errors

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def _all_of(pipe: IO[Any]) -> Any:
    with pipe:
        return pipe.read()


Process = Forked | subprocess.Popen[Any]


def start(
    module: str,
    arguments: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    text: bool = False,
) -> Process:
    """``python -m module arguments…`` in the project's folder, forked where that is possible. ``env`` is
    ``environment()`` if none is given."""
    env = environment() if env is None else env
    streams: dict[str, Any] = {"stdin": stdin, "stdout": stdout, "stderr": stderr, "text": text}
    if sys.platform != "linux":
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.Popen(command, cwd=ROOT, env=dict(env), bufsize=1 if text else -1, **streams)
    return Forked(module, arguments, env=env, **streams)


def run(
    module: str, *arguments: str, env: Mapping[str, str] | None = None, timeout: float = 110
) -> subprocess.CompletedProcess[str]:
    """Start it, wait for its end, give back what it said."""
    pipe = subprocess.PIPE
    process = start(module, arguments, env=env, stdout=pipe, stderr=pipe, text=True)
    watch = threading.Timer(timeout, process.kill)
    watch.start()
    try:
        out, errors = process.communicate()
    finally:
        watch.cancel()
    return subprocess.CompletedProcess(list(arguments), process.wait(), out, errors)


class _Origin:
    """The process that has imported everything."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "support.forked", str(theirs.fileno())],
                cwd=ROOT,
                env=environment(QT_QPA_PLATFORM="offscreen"),
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        atexit.register(self.close)

    def spawn(self, call: Mapping[str, Any], descriptors: Sequence[int]) -> int:
        message = json.dumps(call).encode()
        assert len(message) < _LONGEST_CALL
        with self._lock:
            socket.send_fds(self._socket, [message], descriptors)
            answer = self._socket.recv(16)
        assert answer, "the process that starts the others is gone"
        return int(answer)

    def close(self) -> None:
        self._socket.close()
        self._process.wait()


_made: list[_Origin] = []
_making = threading.Lock()


def _origin() -> _Origin:
    with _making:
        if not _made:
            _made.append(_Origin())
    return _made[0]


# --- in the process that is forked ------------------------------------------------------------------------------
def _serve(descriptor: int) -> tuple[dict[str, Any], list[int]] | None:
    """Fork at each call; in the child what was called, in the parent None when nobody calls any more."""
    calls = socket.socket(fileno=descriptor)
    ended_read, ended_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(ended_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watched: dict[int, int] = {}
    while True:
        ready = select.select([calls, ended_read], [], [])[0]
        if ended_read in ready:
            os.read(ended_read, 4096)
            _tell_ended(watched)
        if calls not in ready:
            continue
        message, descriptors, _, _ = socket.recv_fds(calls, _LONGEST_CALL, 4)
        if not message:
            return None
        pid = os.fork()
        if not pid:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for one in (calls.detach(), ended_read, ended_write, descriptors.pop(), *watched.values()):
                os.close(one)
            return json.loads(message), descriptors
        watched[pid] = descriptors.pop()
        for one in descriptors:
            os.close(one)
        calls.send(str(pid).encode())


def _tell_ended(watched: dict[int, int]) -> None:
    while watched:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        told = watched.pop(pid)
        with contextlib.suppress(BrokenPipeError):
            os.write(told, str(status).encode())
        os.close(told)


def _become(call: Mapping[str, Any], descriptors: Sequence[int]) -> None:
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(call["env"])
    time.tzset()
    os.chdir(call["cwd"])
    random.seed()
    sys.argv = [call["module"], *call["arguments"]]
    warnings.filterwarnings("ignore", category=RuntimeWarning, module="runpy")
    runpy.run_module(call["module"], run_name="__main__", alter_sys=True)


def main() -> None:
    for name in _PRELOADED:
        importlib.import_module(name)
    gc.freeze()
    called = _serve(int(sys.argv[1]))
    if called is not None:
        _become(*called)


if __name__ == "__main__":
    main()
