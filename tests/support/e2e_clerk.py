"""A clerk at the window's process: starts it, works at it, kills it."""

from __future__ import annotations

import contextlib
import json
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clerk_app.bootstrap import sample_hall
from support import e2e_window, forked

PATIENCE_S = 90.0
"""How long a screen may take to show something; generous, because the machine may be busy with other tests."""

MATTER_LETTERS, MATTER = "hkqy", "户口迁移"
Seen = dict[str, Any]


class WindowProcess:
    """One life of the window's process. Waiting methods fail with the last thing that the screen showed."""

    def __init__(self, folder: Path, *options: str, die_at: str | None = None) -> None:
        self._folder = folder
        self._errors = (folder / "window.err").open("ab")
        moment = ["--die-at", die_at] if die_at else []
        self.process = forked.start(
            e2e_window.__name__,
            ["--data", str(folder), *moment, *options],
            env=forked.environment(QT_QPA_PLATFORM="offscreen"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, name="answers", daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._answers.put(line)
        self._answers.put("")

    def ask(self, do: str, **parts: str) -> Any:
        """Send a command and wait for its answer; ``BrokenPipeError`` when the process has died."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **parts}) + "\n")
        self.process.stdin.flush()
        line = self._answers.get(timeout=PATIENCE_S)
        if not line:
            raise BrokenPipeError("the window is gone")
        return json.loads(line)

    def press(self, *keys: str) -> None:
        """Keys where the focus is, by their Qt names."""
        for name in keys:
            self.ask("press", key=name)

    def type(self, into: str, text: str) -> None:
        self.ask("type", into=into, text=text)

    def look(self) -> Seen:
        """What the screen shows now."""
        seen: Seen = self.ask("look")
        return seen

    def wait(self, what: str, ready: Callable[[Seen], object]) -> Seen:
        """Look until ``ready`` says yes; returns what was seen then."""
        deadline = time.monotonic() + PATIENCE_S
        while not ready(seen := self.look()):
            if time.monotonic() > deadline:
                self.process.send_signal(signal.SIGUSR1)
                with contextlib.suppress(OSError):
                    self.ask("shoot", path=str(self._folder / "stuck.png"))
                raise AssertionError(f"never came: {what}; the screen shows {seen}; see {self._folder}")
            time.sleep(0.1)
        return seen

    # --- a clerk's work ---------------------------------------------------------------------------------------
    def log_in(self, login: str = sample_hall.CLERK_LOGIN) -> Seen:
        """From the start of the process to the free page, or to the case that is taken up again."""
        self.wait("ready", lambda seen: seen["ready"])
        self.type("name", login)
        self.press("Return")
        self.type("password", sample_hall.PASSWORD)
        self.press("Return")
        self.wait("login", lambda seen: seen["page"] != "login")
        return self.wait("the catalogue", lambda seen: seen["matters"] > 0)

    def call(self) -> Seen:
        """F2."""
        self.wait("the server", lambda seen: seen["online"] and seen["may_call"])
        self.press("F2")
        return self.wait("a called ticket", lambda seen: seen["ticket"] and seen["page"] == "applicant")

    def walk_in(self) -> Seen:
        """F5 and the first group: somebody without a number."""
        self.wait("the server", lambda seen: seen["online"] and seen["may_call"])

        def asked(seen: Seen) -> bool:
            if seen["page"] == "idle":
                # Before the queue is known the key says so and does nothing.
                self.press("F5")
            return bool(seen["page"] != "idle")

        if self.wait("the groups", asked)["page"] != "applicant":
            self.press("1")
        return self.wait("step 1", lambda seen: seen["page"] == "applicant")

    def to_checklist(self, letters: str = MATTER_LETTERS, name: str = MATTER) -> Seen:
        """From a read card to the checklist of a sample matter; the card lies on the reader."""
        self.wait("the card", lambda seen: seen["applicant"])
        self.press("Return")
        self.wait("step 2", lambda seen: seen["page"] == "matter")
        self.type("query", letters)
        self.wait("the matter", lambda seen: seen["hits"] and name in seen["hits"][0])
        self.press("Return")
        self.wait("its questions", lambda seen: seen["matter"])
        while (seen := self.look())["page"] == "matter":
            self.press("Return")
            before = (seen["page"], seen["question"])
            self.wait("the next question", lambda now, b=before: (now["page"], now["question"]) != b)
        return self.wait("the checklist", lambda seen: seen["page"] == "materials" and seen["checks"])

    def accept(self) -> None:
        """From a checklist without defects to the key that concludes: everything is there, 受理."""
        self.press("A", "F9")
        self.wait("受理", lambda seen: seen["page"] == "outcome" and seen["outcome"] == "accepted" and seen["preview"])
        self.press("F9")

    def ask_for_more(self) -> None:
        """From a checklist to the key that concludes: the first material has a defect, 一次性补正告知."""
        self.press("5", "1", "Return", "A", "F9")
        self.wait("补正", lambda seen: seen["page"] == "outcome" and seen["outcome"] == "supplement_requested")
        self.wait("its paper", lambda seen: seen["preview"])
        self.press("F9")

    def open_file(self, number: str) -> Seen:
        """F6: look for a case by its number, whose window ever it is."""
        self.press("F6")
        self.type("search", number)
        self.press("Return")
        return self.wait("the file", lambda seen: seen["page"] == "file" and seen["case_number"] == number)

    def open_from_office(self, number: str) -> Seen:
        """At the desk of those who decide and seal: the first case by F9, another one by its number."""
        waiting = self.wait("the case", lambda seen: number in [*seen.get("to_decide", []), *seen.get("to_seal", [])])
        if [*waiting["to_decide"], *waiting["to_seal"]][0] == number:
            self.press("F9")
        else:
            self.press("F6")
            self.type("search", number)
            self.press("Return")
        return self.wait("the file", lambda seen: seen["page"] == "file" and seen["case_number"] == number)

    def choose(self, step: str) -> Seen:
        """The digit of a step in the open file."""
        seen = self.wait(step, lambda seen: seen["choices"].get(step) == "")
        self.press(str(list(seen["choices"]).index(step) + 1))
        return self.wait("its form", lambda seen: seen["arrival"] or (seen["step"] and seen["may_go"]))

    def do(self, step: str) -> None:
        """Choose a step and do it as its form is filled in."""
        self.choose(step)
        self.press("F9")

    def die(self, doing: Callable[[], object]) -> None:
        """Do what this window (``die_at``) does not live through."""
        with contextlib.suppress(BrokenPipeError):
            doing()
        assert self.process.wait(timeout=PATIENCE_S) == -signal.SIGKILL
        self._reap()

    def wait_for_papers(self) -> Seen:
        """Until every sheet is decided and the visit may end."""
        return self.wait("papers", lambda seen: seen["page"] == "papers" and seen["may_end"])

    def finish(self) -> Seen:
        """F9 on the last page."""
        self.press("F9")
        return self.wait("the free page", lambda seen: seen["page"] == "idle")

    # --- ends -------------------------------------------------------------------------------------------------
    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self._reap()

    def close(self) -> None:
        """The clerk closes the window; the exit status must be 0."""
        if self.process.poll() is None:
            self.ask("close")
            assert self.process.wait(timeout=PATIENCE_S) == 0
        self._reap()

    def _reap(self) -> None:
        self.process.wait(timeout=PATIENCE_S)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._errors.close()
