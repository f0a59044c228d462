"""A hall of real processes for end-to-end tests: server, window, devices on pseudo terminals, a display's feed.

The test's own process holds the devices and the paper that comes out of them, because both outlive a killed window.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from clerk_app.bootstrap import sample_hall
from clerk_app.bootstrap.server import RUNTIME_FILE, open_hall, server_folder
from clerk_app.bootstrap.virtual_devices import VirtualStation
from clerk_app.client.hall import HallClient
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.queue import TicketState
from clerk_app.ports.feed import FeedEntry
from clerk_app.ports.hall_queue import TakeTicket
from drivers.base.readings import CardReading
from drivers.idcard import samples
from support.e2e_clerk import PATIENCE_S, Seen, WindowProcess
from support.e2e_facts import ServerFacts, WindowFacts, server_facts, window_facts
from support.server import FeedRecorder, ServerProcess, client_of, close_pipes, eventually, feed_of, start_server


def furnish(folder: Path) -> None:
    """A hall with its people and the sample catalogue, ready for a server; nobody is enrolled."""
    sample_hall.write_settings(folder)
    hall = open_hall(folder)
    try:
        sample_hall.furnish(hall)
    finally:
        hall.close()


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


def enrol_code(folder: Path, number: str = sample_hall.WINDOW_NO) -> str:
    """A one-time code for the window, as a technician makes it at the server."""
    hall = open_hall(folder)
    try:
        return hall.enrol_code(DeviceKind.WINDOW, number).code
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
        window.walk_in()
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
    # What the screen says may be a moment old; the disk tells.
    eventually(lambda: hall.window_facts().to_upload == 0, PATIENCE_S)
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
