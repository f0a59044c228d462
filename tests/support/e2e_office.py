"""A hall with a counter and an office: one real server, and a window process for each of four people.

Every window has its own data folder, its own cable to the server and its own A4 printer; printers and devices are this
process's, because paper outlives a killed window.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pypdfium2

from clerk_app.bootstrap import sample_hall
from clerk_app.bootstrap.server import open_hall
from clerk_app.bootstrap.virtual_devices import VirtualStation
from clerk_app.client.hall import HallClient
from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.ports.hall import NewUser
from clerk_app.ports.hall_queue import TakeTicket
from clerk_app.services.hall.tools import system_actor
from drivers.base.readings import CardReading
from drivers.idcard import samples
from support import e2e_facts, e2e_server
from support.e2e_clerk import PATIENCE_S, Seen, WindowProcess
from support.e2e_hall import enrol_code, furnish
from support.e2e_relay import Cable
from support.ipp_printer import COMPLETED, PROCESSING, IppServer, Queue
from support.server import ServerProcess, client_of, close_pipes, eventually, start_server

CLERK, REVIEWER, KEEPER, BOTH = "12", "3", "9", "5"
"""Windows, by what their people do: receive, decide, seal; the last one receives and decides."""

PEOPLE: dict[str, tuple[str, str, tuple[Role, ...]]] = {
    CLERK: (sample_hall.CLERK_LOGIN, sample_hall.CLERK_NAME, (Role.CLERK,)),
    REVIEWER: ("songyq", "宋雅琴", (Role.REVIEWER,)),
    KEEPER: ("heshu", "何舒", (Role.SEAL_KEEPER,)),
    BOTH: ("tangjian", "唐健", (Role.CLERK, Role.REVIEWER)),
}
NO_DEVICES = {"id_reader": "off", "receipt_printer": "off", "evaluator": "off"}
INSTANT = ("sydj", "失业登记")
PROMISED = ("hkqy", "户口迁移")


@dataclass
class Place:
    """One window: who sits there, its folder, its cable and its printer."""

    number: str
    home: Path
    cable: Cable
    printer: Queue
    code: Callable[[], str]
    """Makes a one-time code; it is good for a quarter of an hour, and a window may be first used later than that."""
    process: WindowProcess | None = None
    ahead_days: int = 0
    """So far its clock runs ahead of the machine's."""

    @property
    def login(self) -> str:
        return PEOPLE[self.number][0]

    @property
    def name(self) -> str:
        return PEOPLE[self.number][1]

    @property
    def window(self) -> WindowProcess:
        """The life of the window's process that goes on now."""
        assert self.process is not None
        return self.process

    def start(self) -> None:
        """Start the window; the first time it enrols with its one-time code."""
        options = ["--server", self.cable.address, "--number", self.number]
        if self.process is None:
            options += ["--code", self.code()]
        if self.ahead_days:
            options += ["--ahead-days", str(self.ahead_days)]
        self.process = WindowProcess(self.home, *options)

    def begin(self) -> WindowProcess:
        """A window with its person at it and nobody before it; one that was left otherwise is started anew."""
        if not self.runs:
            self.start()
        if self.window.wait("ready", lambda seen: seen["ready"])["page"] != "login" and not self._is_free():
            self.kill()
            self.start()
        if self.window.look()["page"] == "login":
            self.window.log_in(self.login)
            self._leave_what_was_left()
        return self.window

    def again(self) -> WindowProcess:
        """After a power cut: the program is started, its person logs in."""
        assert not self.runs
        self.start()
        self.window.log_in(self.login)
        return self.window

    @property
    def runs(self) -> bool:
        """Whether the program runs now."""
        return self.process is not None and self.process.process.poll() is None

    def _is_free(self) -> bool:
        if self.window.look()["page"] == "file":
            self.window.press("Escape", "Escape")
        seen = self.window.look()
        return seen["page"] in {"idle", "office"} and bool(seen["online"]) and not seen["ticket"]

    def _leave_what_was_left(self) -> None:
        """A visit that a test left in the middle comes up again; the next one must not stumble over it."""
        if self.window.look()["page"] == "papers":
            self.window.wait_for_papers()
            self.window.finish()

    def kill(self) -> None:
        if self.runs:
            self.window.kill()

    def facts(self) -> e2e_facts.WindowFacts:
        """What lies on this window's disk."""
        return e2e_facts.window_facts(self.home, self.number)


@dataclass(frozen=True)
class Sheet:
    """One A4 paper that came out of the printer of a window."""

    place: str
    text: str

    @property
    def check(self) -> str:
        """The digits of the SM3 in its foot."""
        found = re.search(r"SM3:((?:[0-9a-f]{4} ?){4})", self.text)
        assert found is not None, self.text
        return found.group(1).replace(" ", "")

    @property
    def origin(self) -> tuple[str, str]:
        """Window and check."""
        return self.place, self.check


@dataclass
class OfficeHall:
    """The server, its windows by number, what came out of their printers."""

    server_home: Path
    arm_folder: Path
    server: ServerProcess
    kiosk: HallClient
    station: VirtualStation
    printers: IppServer
    places: dict[str, Place] = field(default_factory=dict)

    def sit(self, *numbers: str) -> list[WindowProcess]:
        """These windows with their people, each at the page where its work begins."""
        wanted = [self.places[number] for number in numbers]
        for place in wanted:
            # All at once; each is waited for below.
            if not place.runs:
                place.start()
        return [place.begin() for place in wanted]

    # --- a clerk's work ---------------------------------------------------------------------------------------
    def serve(self, window: WindowProcess, matter: tuple[str, str], card: CardReading = samples.RESIDENT) -> str:
        """A citizen takes a ticket, is called to the window with the devices and stands before the checklist."""
        number = self.kiosk.take_ticket(TakeTicket(self.kiosk.groups()[0].group_id)).ticket.number
        assert window.call()["ticket"] == number
        self.station.place_card(card)
        window.to_checklist(*matter)
        self.station.lift_card()
        return number

    def receive(self, window: WindowProcess, matter: tuple[str, str], *, complete: bool = True) -> str:
        """A case is taken and its visit goes on at its papers; the case's number."""
        self.serve(window, matter)
        if complete:
            window.accept()
        else:
            window.ask_for_more()
        return str(window.wait_for_papers()["case_number"])

    @property
    def asked(self) -> int:
        """How often the keypad was asked for a rating so far."""
        assert self.station.keypad is not None
        return self.station.keypad.asked

    def rate(self, window: WindowProcess, level: int, asked: int) -> None:
        """The citizen answers the question that came after ``asked`` others; a finger on a keypad that is still lit
        from an earlier one would answer nobody."""
        assert self.station.keypad is not None
        assert self.station.keypad.wait_until_asked(asked + 1, PATIENCE_S)
        self.station.press(level)
        window.wait("the rating", lambda seen: seen["rating"] == "rated")

    # --- the server -------------------------------------------------------------------------------------------
    def case(self, number: str) -> e2e_facts.ServerCaseFacts:
        """What the server has of a case."""
        return e2e_facts.case_at_server(self.server_home, number)

    def wait_until(self, number: str, *steps: str) -> e2e_facts.ServerCaseFacts:
        """Until the server's acts of the case are these, in this order."""
        eventually(lambda: [act.step.value for act in self.case(number).acts] == list(steps), PATIENCE_S)
        return self.case(number)

    def arm(self, moment: str) -> None:
        """Let the server die at a moment, see ``e2e_server``."""
        (self.arm_folder / moment).touch()

    def wait_for_death(self) -> None:
        """Until the server has died at the moment."""
        assert self.server.process.wait(timeout=PATIENCE_S) < 0

    def restart_server(self, ahead_days: int = 0) -> None:
        """At the same address, as a service manager would; ``ahead_days`` so many days later."""
        close_pipes(self.server)
        self.server = _serve(self.server_home, self.arm_folder, self.server.port, ahead_days)

    def power_cut(self, days: int) -> None:
        """Everything loses its power; the server and whatever is started again find that ``days`` have passed."""
        for place in self.places.values():
            place.kill()
            place.ahead_days = days
        self.server.kill()
        self.restart_server(days)

    # --- paper ------------------------------------------------------------------------------------------------
    def sheets(self, number: str) -> list[Sheet]:
        """Every A4 paper of a case that came out of any printer, oldest first."""
        found = [Sheet(place, _text(document)) for place, document in self._jobs()]
        return [sheet for sheet in found if number in sheet.text]

    def _jobs(self) -> list[tuple[str, bytes]]:
        return [(str(job.attributes["printer-uri"][0]).rpartition("/")[2], job.document) for job in self.printers.jobs]


@contextmanager
def held(printer: Queue) -> Iterator[None]:
    """The printer takes what it is given and does not get on with it."""
    printer.job_states = [PROCESSING]
    try:
        yield
    finally:
        printer.job_states = [COMPLETED]


def kinds_and_states(seen: Seen) -> dict[str, str]:
    """What became of each sheet that a page lists."""
    return {paper["kind"]: paper["state"] for paper in seen["papers"]}


def furnish_office(folder: Path) -> None:
    """A sample hall with the people of the office."""
    furnish(folder)
    hall = open_hall(folder)
    try:
        actor = system_actor(hall.hall_id)
        new = [who for who in PEOPLE.values() if who[0] != sample_hall.CLERK_LOGIN]
        users = [
            hall.desk.people.prepare(NewUser(login, name, sample_hall.PASSWORD, roles)) for login, name, roles in new
        ]
        hall.desk.store.write(
            hall.hall_id, actor.device_id, lambda unit: [hall.desk.people.create(unit, actor, user) for user in users]
        )
    finally:
        hall.close()


@contextmanager
def open_office_hall(folder: Path, font: Path) -> Iterator[OfficeHall]:
    """Server, printers and devices run, no window does; afterwards every process is gone, whatever happened."""
    server_home, arm_folder = folder / "server-pc", folder / "armed"
    arm_folder.mkdir(parents=True)
    furnish_office(server_home)
    with contextlib.ExitStack() as stack:
        station = stack.enter_context(VirtualStation("window", font))
        printers = stack.enter_context(IppServer())
        server = _serve(server_home, arm_folder, 0)
        kiosk = client_of(server.enrol(DeviceKind.KIOSK, None))
        stack.callback(kiosk.close)
        hall = OfficeHall(server_home, arm_folder, server, kiosk, station, printers)
        stack.callback(_end, hall)
        for number in PEOPLE:
            printers.queues[number] = Queue(job_states=[COMPLETED])
            devices = NO_DEVICES if number != CLERK else _devices(station)
            home = folder / f"pc-{number}"
            _write_settings(home, {**devices, "page_printer": printers.address(number)})
            cable = stack.enter_context(Cable(server.port))
            code = partial(enrol_code, server_home, number)
            hall.places[number] = Place(number, home, cable, printers.queues[number], code)
        yield hall


def _devices(station: VirtualStation) -> dict[str, str | int]:
    chosen = station.settings
    return {
        "id_reader": chosen.id_reader,
        "receipt_printer": chosen.receipt_printer,
        "evaluator": chosen.evaluator,
        "evaluator_levels": chosen.evaluator_levels,
    }


def _write_settings(home: Path, devices: dict[str, str | int]) -> None:
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in devices.items())
    sample_hall.write_settings(home, f"\n[devices]\n{lines}")


def _serve(home: Path, arm_folder: Path, port: int, ahead_days: int = 0) -> ServerProcess:
    env = {"E2E_ARM": str(arm_folder), "E2E_AHEAD_DAYS": str(ahead_days)}
    return start_server(home, port, program=e2e_server.__name__, env=env)


def _end(hall: OfficeHall) -> None:
    for place in hall.places.values():
        place.kill()
    if hall.server.process.poll() is None:
        hall.server.kill()
    close_pipes(hall.server)
    shutil.rmtree(hall.arm_folder, ignore_errors=True)


def _text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()
