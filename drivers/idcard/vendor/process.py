"""A helper process seen from the counter's program: started when needed, watched, killed when it hangs, started anew.

Its working folder is private and is emptied after every card, because makers' libraries leave the card's text and photo
there as files (wz.txt, zp.bmp) [C]; ``TEMP`` points there too.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers.base.errors import NotConnected, Timeout
from drivers.idcard.vendor.answers import Answer, BadAnswer, read_answer
from drivers.idcard.vendor.helper import FOLDER
from drivers.idcard.vendor.library import VendorLibrary

_START_S = 10.0
_CANCEL_SLICE = 0.1
_KEPT_SUFFIXES = (".dat", ".ini", ".lic")
_HUNG = "厂家的读卡程序没有回应，已经重新启动，请把证再放一次；还不行先手工录入"
_CRASHED = "厂家的读卡程序出错退出了，正在重新启动，请把证再放一次；还不行先手工录入"
_UNUSABLE = "厂家的 {} 装不上，请技术员核对是不是这台读卡器的库、位数对不对；先手工录入"

Argument = int | dict[str, int | str]


def out(size: int) -> Argument:
    """A buffer that the function fills."""
    return {"out": size}


def count(start: int = 0) -> Argument:
    """A pointer to a number that the function reads and sets."""
    return {"count": start}


def path(file: Path) -> Argument:
    """A file name."""
    return {"path": str(file)}


@dataclass(frozen=True, slots=True)
class Returned:
    """What a function returned, and its buffers and numbers in the order of the arguments. Kept out of ``repr``."""

    result: int
    handed: tuple[bytes | int, ...]

    def __repr__(self) -> str:
        return f"Returned({self.result})"

    def data(self, place: int) -> bytes:
        """The buffer at ``place``."""
        value = self.handed[place]
        return value if isinstance(value, bytes) else b""

    def number(self, place: int) -> int:
        """The number at ``place``."""
        value = self.handed[place]
        return value if isinstance(value, int) else 0


class Helper:
    """One vendor library in a process of its own. One thread at a time calls."""

    def __init__(self, library: VendorLibrary) -> None:
        self._library = library
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str | None] = queue.Queue()
        self._number = 0
        self.folder: Path | None = None
        self.starts = 0
        """How often a process was started; more than once means that one hung or crashed."""

    @property
    def running(self) -> bool:
        """Whether a process is there that holds the library."""
        return self._process is not None and self._process.poll() is None

    def call(
        self, name: str, *args: Argument, timeout: float, cancel: threading.Event | None = None
    ) -> Returned | None:
        """What the library's function returned; None when ``cancel`` was set meanwhile.

        Raises Timeout when it hung (the process is killed) or crashed, NotConnected when the library is not to be had.
        """
        answer = self._ask({"do": "call", "name": name, "args": list(args)}, timeout, cancel)
        if answer is None:
            return None
        handed = sum(1 for one in args if isinstance(one, dict) and "path" not in one)
        if not isinstance(answer.result, int) or len(answer.handed) != handed:
            raise self._crashed()
        return Returned(answer.result, answer.handed)

    def has(self, *names: str) -> tuple[bool, ...]:
        """Which of these functions the library has; raises as ``call`` does."""
        answer = self._ask({"do": "has", "names": list(names)}, _START_S, None)
        assert answer is not None
        if not isinstance(answer.result, tuple) or len(answer.result) != len(names):
            raise self._crashed()
        return answer.result

    def empty_folder(self) -> None:
        """Remove what the library left behind."""
        if self.folder is None:
            return
        for one in self.folder.iterdir():
            if one.suffix.lower() in _KEPT_SUFFIXES:
                continue
            with contextlib.suppress(OSError):
                shutil.rmtree(one) if one.is_dir() else one.unlink()

    def close(self) -> None:
        """End the process and remove its folder; never raises."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(2.0)
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    assert pipe is not None
                    pipe.close()
        folder, self.folder = self.folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _ask(self, question: dict[str, Any], timeout: float, cancel: threading.Event | None) -> Answer | None:
        if not self.running:
            self._start()
        return self._exchange(question, timeout, cancel)

    def _start(self) -> None:
        self.close()
        found = self._library.locate()
        command = self._library.command(found)
        self.folder = Path(tempfile.mkdtemp(prefix="clerk-card-"))
        for one in found.parent.iterdir():
            # makers' codecs look for their licence in the working folder
            if one.suffix.lower() in _KEPT_SUFFIXES and one.is_file():
                with contextlib.suppress(OSError):
                    shutil.copy(one, self.folder)
        places = dict.fromkeys(("TEMP", "TMP", "TMPDIR", FOLDER), str(self.folder))
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self.folder,
                env={**os.environ, **places},
                encoding="utf-8",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as exc:
            raise self._unusable(type(exc).__name__) from exc
        self.starts += 1
        self._answers = queue.Queue()
        threading.Thread(
            target=_listen, args=(self._process, self._answers), name="card-helper-answers", daemon=True
        ).start()
        try:
            self._next_answer(time.monotonic() + _START_S, None)
            self._exchange({"do": "load", "path": str(found), "convention": self._library.convention}, _START_S, None)
        except Timeout as exc:
            raise self._unusable(str(exc)) from exc

    def _exchange(self, question: dict[str, Any], timeout: float, cancel: threading.Event | None) -> Answer | None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._number += 1
        deadline = time.monotonic() + timeout
        try:
            self._process.stdin.write(json.dumps({"id": self._number, **question}) + "\n")
            self._process.stdin.flush()
        except OSError as exc:
            raise self._crashed() from exc
        while True:
            answer = self._next_answer(deadline, cancel)
            if answer is None:
                return None
            # an older number answers a question that was given up
            if answer.number == self._number:
                if answer.error is not None:
                    raise self._unusable(answer.error)
                return answer

    def _next_answer(self, deadline: float, cancel: threading.Event | None) -> Answer | None:
        while cancel is None or not cancel.is_set():
            remaining = deadline - time.monotonic()
            try:
                line = self._answers.get(timeout=max(0.001, min(_CANCEL_SLICE, remaining)))
            except queue.Empty:
                if remaining <= 0:
                    self.close()
                    raise Timeout("the vendor's library hung", word="vendor_hung", advice=_HUNG) from None
                continue
            if line is None:
                raise self._crashed()
            try:
                return read_answer(line)
            except BadAnswer as exc:
                raise self._crashed() from exc
        return None

    def _crashed(self) -> Timeout:
        self.close()
        return Timeout("the vendor's library crashed", word="vendor_crashed", advice=_CRASHED)

    def _unusable(self, why: str) -> NotConnected:
        self.close()
        name = self._library.names[0]
        return NotConnected(f"cannot use {name}: {why}", word="library_unusable", advice=_UNUSABLE.format(name))


def _listen(process: subprocess.Popen[str], answers: queue.Queue[str | None]) -> None:
    assert process.stdout is not None
    with contextlib.suppress(OSError, ValueError):
        for line in process.stdout:
            answers.put(line)
    answers.put(None)


def ports_in_order(wanted: Sequence[int] = ()) -> tuple[int, ...]:
    """The ports to try: those of the settings, else USB 1001-1016 before serial 1-16 [C]."""
    return tuple(wanted) or (*range(1001, 1017), *range(1, 17))
