"""A hall of real processes for end-to-end tests: server, window, devices on pseudo terminals, a display's feed.

The test's own process holds the devices and the paper that comes out of them, because both outlive a killed window.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clerk_app.bootstrap import sample_hall
from clerk_app.bootstrap.enrolled import read_device
from clerk_app.bootstrap.server import RUNTIME_FILE, open_hall, server_folder
from clerk_app.bootstrap.virtual_devices import VirtualStation
from clerk_app.client.hall import HallClient
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.queue import TicketState
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.hall import FeedEntry, TakeTicket, Ticket
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.window import CaseRow, DraftRow, JournalRow, PaperState, StoredPaper, WindowUnit
from clerk_app.services.hall.tools import system_actor
from clerk_app.services.window.journal import Journal
from db.window.store import open_window_store
from drivers.base.readings import CardReading
from drivers.idcard import samples
from support import e2e_window
from support.server import (
    ROOT,
    FeedRecorder,
    ServerProcess,
    client_of,
    close_pipes,
    eventually,
    feed_of,
    start_server,
)

PATIENCE_S = 90.0
"""How long a screen may take to show something; generous, because the machine may be busy with other tests."""

WINDOW_FOLDER = f"window-{sample_hall.WINDOW_NO}"
MATTER_LETTERS = "hkqy"
Seen = dict[str, Any]


def furnish(folder: Path) -> None:
    """A hall with its people and the sample catalogue, ready for a server; nobody is enrolled."""
    sample_hall.write_settings(folder)
    hall = open_hall(folder)
    try:
        sample_hall.furnish(hall)
    finally:
        hall.close()


class WindowProcess:
    """One life of the window's process. Waiting methods fail with the last thing that the screen showed."""

    def __init__(self, folder: Path, *options: str, die_at: str | None = None) -> None:
        self._folder = folder
        self._errors = (folder / "window.err").open("ab")
        moment = ["--die-at", die_at] if die_at else []
        program = [sys.executable, str(Path(e2e_window.__file__)), "--data", str(folder)]
        self.process = subprocess.Popen(
            [*program, *moment, *options],
            cwd=ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            bufsize=1,
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
                with contextlib.suppress(OSError):
                    self.ask("shoot", path=str(self._folder / "stuck.png"))
                raise AssertionError(f"never came: {what}; the screen shows {seen}")
            time.sleep(0.02)
        return seen

    # --- a clerk's work ---------------------------------------------------------------------------------------
    def log_in(self) -> Seen:
        """From the start of the process to the free page, or to the case that is taken up again."""
        self.wait("ready", lambda seen: seen["ready"])
        self.type("name", sample_hall.CLERK_LOGIN)
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

    def to_checklist(self) -> Seen:
        """From a read card to the checklist of the sample's 户口迁移; the card lies on the reader."""
        self.wait("the card", lambda seen: seen["applicant"])
        self.press("Return")
        self.wait("step 2", lambda seen: seen["page"] == "matter")
        self.type("query", MATTER_LETTERS)
        self.wait("the matter", lambda seen: seen["hits"] and "户口迁移" in seen["hits"][0])
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


@dataclass(frozen=True)
class WindowFacts:
    """What lies on the window's disk."""

    cases: list[CaseRow]
    papers: list[StoredPaper]
    drafts: list[DraftRow]
    journal: list[JournalRow]
    journal_sound: bool
    to_upload: int


@dataclass(frozen=True)
class ServerFacts:
    """What lies on the server's disk; ``cases`` are the ids as often as they were stored anew."""

    cases: list[str]
    bodies: dict[str, dict[str, Any]]
    kinds: list[str]
    chain_sound: bool
    tickets: dict[str, Ticket]


@dataclass
class E2eHall:
    """Server folder and window folder are two PCs; the window's devices are this process's."""

    server_home: Path
    window_home: Path
    station: VirtualStation
    server: ServerProcess
    kiosk: HallClient
    display: FeedRecorder
    windows: list[WindowProcess] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)

    def window(self, *, die_at: str | None = None) -> WindowProcess:
        """Start the window; the first time it enrols with a one-time code."""
        options = ["--server", self.server.address]
        if not self.windows:
            options += ["--code", enrol_code(self.server_home)]
        made = WindowProcess(self.window_home, *options, die_at=die_at)
        self.windows.append(made)
        return made

    def take_ticket(self) -> str:
        """A citizen takes a number."""
        taken = self.kiosk.take_ticket(TakeTicket(self.kiosk.groups()[0].group_id)).ticket
        self.tickets.append(taken.ticket_id)
        return taken.number

    def serve_to_checklist(self, window: WindowProcess, card: CardReading = samples.RESIDENT) -> str:
        """A citizen is called, reads the card and stands before the checklist; the number on the ticket."""
        number = self.take_ticket()
        window.log_in()
        assert window.call()["ticket"] == number
        self.station.place_card(card)
        window.to_checklist()
        self.station.lift_card()
        return number

    def restart_server(self) -> None:
        """At the same address, as a service manager would."""
        close_pipes(self.server)
        self.server = start_server(self.server_home, self.server.port)

    def wait_for_news(self, *kinds: str) -> None:
        """Until the display's feed has told of each of these, e.g. ``case.stored``."""
        eventually(lambda: set(kinds) <= {entry.kind for entry in self.display.entries}, PATIENCE_S)

    def news(self, kind: str) -> list[FeedEntry]:
        """What the feed has told of one kind."""
        return [entry for entry in self.display.entries if entry.kind == kind]

    def receipts(self) -> list[str]:
        """The text of every piece of paper that the receipt printer cut off."""
        return [piece.text for piece in self.station.papers()]

    def window_facts(self) -> WindowFacts:
        return window_facts(self.window_home)

    def server_facts(self) -> ServerFacts:
        return server_facts(self.server_home, self.tickets)


def enrol_code(folder: Path) -> str:
    """A one-time code for the window, as a technician makes it at the server."""
    hall = open_hall(folder)
    try:
        return hall.enrol_code(DeviceKind.WINDOW, sample_hall.WINDOW_NO).code
    finally:
        hall.close()


def window_facts(folder: Path) -> WindowFacts:
    """Read the window's store; its process has ended."""
    entropy, clock = SystemEntropy(), SystemClock()
    device = read_device(folder / WINDOW_FOLDER, DeviceKind.WINDOW, entropy)
    assert device is not None
    hall_id = device.enrolment.enrolled.hall.hall_id
    store = open_window_store(device.folder / "window.db", device.keys.key("sqlcipher"), hall_id)
    journal = Journal(device.crypto, device.keys.key("journal"), clock, entropy)
    sound = journal.check(store).sound

    def work(unit: WindowUnit) -> WindowFacts:
        rows = unit.journal.after(0, 100_000)
        concluded = [unit.cases.get(row.subject) for row in rows if row.kind == "case.concluded"]
        return WindowFacts(
            cases=[case for case in concluded if case is not None],
            papers=[paper for state in PaperState for paper in unit.papers.in_state(state)],
            drafts=unit.drafts.open(),
            journal=rows,
            journal_sound=sound,
            to_upload=unit.outbox.counts()[0],
        )

    try:
        return store.read(work)
    finally:
        store.close()


def server_facts(folder: Path, ticket_ids: Sequence[str] = ()) -> ServerFacts:
    """Read the server's store, beside a running server too."""
    hall = open_hall(folder)
    actor = system_actor(hall.hall_id)

    def work(unit: HallUnit) -> ServerFacts:
        entries = [*unit.journal.after(0, 100_000), *unit.journal.unsequenced(100_000)]
        cases = [entry.subject for entry in entries if entry.kind == "case.stored"]
        tickets = [unit.tickets.get(ticket_id) for ticket_id in ticket_ids]
        return ServerFacts(
            cases=cases,
            bodies={case_id: unit.cases.body(case_id) for case_id in cases},
            kinds=[entry.kind for entry in entries],
            chain_sound=hall.desk.sequencer.verify(unit, actor).broken_at is None,
            tickets={ticket.number: ticket for ticket in tickets},
        )

    try:
        return hall.desk.store.read(hall.hall_id, work)
    finally:
        hall.close()


@contextmanager
def station(font: Path) -> Iterator[VirtualStation]:
    """Card reader, receipt printer and keypad on pseudo terminals."""
    with VirtualStation("window", font) as devices:
        yield devices


def write_window_settings(folder: Path, devices: VirtualStation) -> None:
    """The window PC's own settings file: its place and the ports of its devices."""
    table = "\n[devices]\n" + "".join(
        f"{name} = {json.dumps(value)}\n"
        for name, value in (
            ("id_reader", devices.settings.id_reader),
            ("receipt_printer", devices.settings.receipt_printer),
            ("evaluator", devices.settings.evaluator),
            ("evaluator_levels", devices.settings.evaluator_levels),
            ("page_printer", "off"),
        )
    )
    sample_hall.write_settings(folder, table)


@contextmanager
def open_e2e_hall(template: Path, folder: Path, font: Path) -> Iterator[E2eHall]:
    """Everything running but the window; afterwards every process is gone, whatever happened."""
    server_home, window_home = folder / "server-pc", folder / "window-pc"
    shutil.copytree(template, server_home)
    with contextlib.ExitStack() as stack:
        devices = stack.enter_context(station(font))
        write_window_settings(window_home, devices)
        server = start_server(server_home)
        kiosk = client_of(server.enrol(DeviceKind.KIOSK, None))
        stack.callback(kiosk.close)
        screen = server.enrol(DeviceKind.DISPLAY, None)
        screen_client = client_of(screen)
        stack.callback(screen_client.close)
        display = FeedRecorder(lambda: screen_client.snapshot().cursor)
        hall = E2eHall(server_home, window_home, devices, server, kiosk, display)
        stack.callback(_end, hall)
        stack.enter_context(feed_of(screen, display, screen_client.feed_page))
        yield hall


@dataclass
class OnePc:
    """A window that runs its own server, both in one data folder."""

    folder: Path
    station: VirtualStation
    windows: list[WindowProcess] = field(default_factory=list)

    def window(self) -> WindowProcess:
        self.windows.append(WindowProcess(self.folder))
        return self.windows[-1]

    def walk_in_to_checklist(self, window: WindowProcess) -> Seen:
        """Somebody without a ticket stands before the checklist."""
        window.log_in()
        window.press("F5")
        window.wait("step 1", lambda seen: seen["page"] == "applicant")
        self.station.place_card(samples.RESIDENT)
        seen = window.to_checklist()
        self.station.lift_card()
        return seen

    def server_pid(self) -> int | None:
        """The process that serves now, None while there is none that says so."""
        try:
            told = json.loads((server_folder(self.folder) / RUNTIME_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return int(told["pid"])

    def kill_server(self) -> int:
        """As a power cut would; returns which process it was."""
        pid = self.server_pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        return pid

    def receipts(self) -> list[str]:
        return [piece.text for piece in self.station.papers()]


@contextmanager
def open_one_pc(template: Path, folder: Path, font: Path) -> Iterator[OnePc]:
    """Nothing runs yet but the devices; afterwards every process is gone."""
    home = folder / "pc"
    shutil.copytree(template, home)
    with station(font) as devices:
        write_window_settings(home, devices)
        pc = OnePc(home, devices)
        try:
            yield pc
        finally:
            for window in pc.windows:
                if window.process.poll() is None:
                    window.kill()
            if pc.server_pid() is not None:
                with contextlib.suppress(ProcessLookupError):
                    pc.kill_server()


def _end(hall: E2eHall) -> None:
    for window in hall.windows:
        if window.process.poll() is None:
            window.kill()
    if hall.server.process.poll() is None:
        hall.server.kill()
    close_pipes(hall.server)


def end_and_check(hall: E2eHall, window: WindowProcess, number: str) -> tuple[WindowFacts, ServerFacts]:
    """F9 on the last page. The visit left one case, one number, one record and one end; both journals are whole."""
    case_number = window.look()["case_number"]
    window.finish()
    hall.wait_for_news("case.stored", "ticket.finished")
    window.wait("the upload", lambda seen: seen["to_upload"] == 0)
    window.close()
    here, there = hall.window_facts(), hall.server_facts()
    (case,) = here.cases
    assert case.case_number == case_number
    assert case.ticket_number == number
    assert here.drafts == []
    assert here.to_upload == 0
    kinds = [row.kind for row in here.journal]
    assert (kinds.count("case.concluded"), kinds.count("case.synced")) == (1, 1)
    assert here.journal_sound
    assert there.cases == [case.case_id]
    assert there.bodies[case.case_id]["case_number"] == case_number
    assert case.record_id
    assert case.synced_at is not None
    assert there.tickets[number].state is TicketState.FINISHED
    assert there.kinds.count("ticket.called") == 1
    assert there.kinds.count("ticket.finished") == 1
    assert there.chain_sound
    return here, there
