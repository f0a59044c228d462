"""The back office at a hall in one process, and a window in this process at a real server, with people and cases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from clerk_app.bootstrap import sample_hall
from clerk_app.bootstrap.server import open_hall
from clerk_app.client.hall import HallClient
from clerk_app.domain.actor import Actor, DeviceKind, Role
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.catalogue import Matter
from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.clock import SystemClock
from clerk_app.ports.hall import CaseRecord, Login, NewUser
from clerk_app.ports.hall_sync import FileHead, FileKind, FileSubject
from clerk_app.services.hall.access import Caller
from clerk_app.services.hall.office import BackOffice, OfficeCase
from clerk_app.services.hall.office_access import OfficeAccess
from clerk_app.services.hall.office_routing import OfficeRouting
from clerk_app.services.hall.tools import system_actor
from clerk_app.services.window import records
from clerk_app.services.window.files import FileDesk
from clerk_app.services.window.outbox import Outbox
from support.browser import address, enrol_code, page_of
from support.hall import PASSWORD, HallInHand
from support.matters import food_licence
from support.people import resident
from support.server import ServerProcess, client_of, server
from support.window import FakeClock, FakeRenderer, Window, calendar
from support.window_memory import MemoryWindowStore

GRANT = {"content": "准予食品经营", "facts": "材料齐全，符合条件", "basis": "食品安全法第三十五条"}
REFUSE = {"reason": "经营场所与污染源的距离不够", "facts": "场所距垃圾站 8 米", "basis": "食品安全法第三十三条"}


@dataclass
class Office:
    """The office's services over a hall in hand, with people logged in at browsers of their own."""

    hall: HallInHand
    back: BackOffice
    access: OfficeAccess
    routing: OfficeRouting
    renderer: FakeRenderer

    @classmethod
    def over(cls, hall: HallInHand) -> Office:
        desk, renderer = hall.desk, FakeRenderer()
        access = OfficeAccess(hall.store, desk.tools, desk.access, desk.people)
        return cls(hall, BackOffice(desk, renderer, calendar), access, OfficeRouting(desk.tools), renderer)

    def person(self, login: str, name: str, *roles: Role) -> Person:
        """Somebody new, at an enrolled browser."""
        user = self.hall.desk.people.prepare(NewUser(login, name, PASSWORD, roles))
        self.hall.write(lambda unit: self.hall.desk.people.create(unit, system_actor(self.hall.hall_id), user))
        _, token = self.hall.enrolled(DeviceKind.OFFICE, None)
        return Person(self, token, login)

    def accepted(self, number: int = 1, received_by: str = "clerk", matter: Matter | None = None) -> str:
        """A case that window 12 accepted just now, uploaded; its id."""
        record = accepted_record(self.hall.hall_id, self.hall.clock.now(), received_by, number, matter)
        actor = replace(self.hall.actor("12"), user_id=received_by)
        self.hall.write(lambda unit: self.hall.desk.cases.store(unit, actor, record))
        return record.case_id

    def upload(self, case_id: str, material_id: str, position: int, content: bytes) -> None:
        """A scanned page as window 12 sends it."""
        desk, actor = self.hall.desk, self.hall.actor("12")
        sha = desk.tools.crypto.digest(content).hex()
        head = FileHead(
            file_id=desk.tools.new_id(),
            subject=FileSubject.CASE,
            subject_id=case_id,
            kind=FileKind.PAGE,
            media_type="image/jpeg",
            size=len(content),
            sha=sha,
            made_at=self.hall.clock.now(),
            window_no="12",
            title="扫描页",
            material_id=material_id,
            position=position,
        )
        desk.uploads.begin(actor, head)
        desk.uploads.put(actor, head.file_id, 0, content, sha)

    def acts(self, case_id: str) -> list[CaseStep]:
        bodies: list[dict[str, Any]] = self.hall.read(lambda unit: unit.files.acts(case_id))
        return [CaseStep(body["step"]) for body in bodies]


@dataclass
class Person:
    """One person at one browser."""

    office: Office
    token: str
    login: str
    caller: Caller | None = None

    @property
    def at_work(self) -> Caller:
        """Logged in at the first need, which must not be inside a transaction of the test."""
        if self.caller is None:
            device = self.office.access.device(self.token)
            session = self.office.access.login(device, self.login, PASSWORD)
            self.caller = self.office.access.caller(self.token, session.token)
        return self.caller

    @property
    def user_id(self) -> str:
        return self.at_work.actor.user_id

    def open(self, case_id: str) -> OfficeCase:
        return self.office.back.open(self.at_work, case_id)

    def does(self, case_id: str, step: CaseStep, found: OfficeCase | None = None, **values: str) -> None:
        """Fills in the form of a step over what is shown already and sends it."""
        found = found or self.open(case_id)
        filled = self.office.back.preset(found, step, values)
        key = self.office.hall.desk.tools.new_id()
        self.office.back.act(self.at_work, key, found, step, filled, found.position)


def accepted_record(
    hall_id: str, now: datetime, received_by: str, number: int = 1, matter: Matter | None = None, window_no: str = "12"
) -> CaseRecord:
    """What window 12 uploads of a case with everything there."""
    desk = Window(MemoryWindowStore(), clock=FakeClock(now), seed=number)
    clerk = Actor(hall_id, "device-12", received_by, "王晓梅", frozenset({Role.CLERK}), window_no)
    intake = desk.cases.open_case(clerk, None).with_applicant(resident())
    intake = intake.with_matter(matter or food_licence(), now).mark_all_as_required()
    concluded = desk.cases.conclude(intake, OutcomeKind.ACCEPTED, clerk)
    record = records.case_record(concluded.conclusion, concluded.papers)
    # Many windows of a test begin their own count at one.
    number_on_paper = f"MH-12-{now:%Y%m%d}-{number:04d}"
    assert record.opening is not None
    opening = replace(record.opening, case_number=number_on_paper)
    return replace(record, hall_id=hall_id, case_number=number_on_paper, opening=opening)


class RealWindow:
    """Window 12 in this process, with its own store, at a real server."""

    def __init__(self, client: HallClient) -> None:
        session = client.session()
        assert session is not None
        hall = client.hall()
        self.client = client
        self.window = Window(MemoryWindowStore(), clock=FakeClock(SystemClock().now()), hall=hall)
        self.outbox = Outbox(self.window.store, client, self.window.journal)
        self.files = FileDesk(
            self.window.store,
            client,
            self.window.renderer,
            self.window.binding,
            self.window.journal,
            lambda: hall,
            calendar,
            self.outbox,
        )
        roles = frozenset(session.roles)
        self.actor = Actor(hall.hall_id, "device-12", session.user_id, session.user_name, roles, "12")

    def accepts(self, matter: Matter | None = None) -> str:
        """Takes a case with everything there and uploads it; its id."""
        intake = self.window.cases.open_case(self.actor, None).with_applicant(resident())
        intake = intake.with_matter(matter or food_licence(), self.window.clock.now()).mark_all_as_required()
        concluded = self.window.cases.conclude(intake, OutcomeKind.ACCEPTED, self.actor)
        self.outbox.push_once()
        return concluded.case_id


MANAGER = ("lig", "李刚")
SECOND = ("chenyu", "陈宇")
"""Another reviewer than the sample hall has."""


@contextmanager
def office_server(folder: Path) -> Iterator[ServerProcess]:
    """The sample hall with a manager and a second reviewer, running."""
    folder.mkdir(exist_ok=True)
    sample_hall.write_settings(folder)
    hall = open_hall(folder)
    try:
        sample_hall.furnish(hall)
        desk, actor = hall.desk, system_actor(hall.hall_id)
        for (login, name), role in ((MANAGER, Role.MANAGER), (SECOND, Role.REVIEWER)):
            user = desk.people.prepare(NewUser(login, name, sample_hall.PASSWORD, (role,)))
            desk.store.write(hall.hall_id, "test", lambda unit, user=user: desk.people.create(unit, actor, user))
    finally:
        hall.close()
    with server(folder) as running:
        yield running


def window_at(running: ServerProcess) -> RealWindow:
    """Window 12 of the sample hall with its clerk."""
    client = client_of(running.enrol(window_no=sample_hall.WINDOW_NO))
    client.login(Login(sample_hall.CLERK_LOGIN, sample_hall.PASSWORD))
    return RealWindow(client)


def sit_down(chrome: Browser, running: ServerProcess, login: str, size: tuple[int, int] = (1366, 768)) -> Page:
    """A browser that runs no script, enrolled for the office, with this person before the work list."""
    page = page_of(chrome, size, java_script_enabled=False)
    page.goto(f"{address(running)}/office")
    page.fill("#code", enrol_code(running, DeviceKind.OFFICE)[:11])
    page.click("button.primary")
    log_in(page, login)
    page.wait_for_url("**/office")
    return page


def log_in(page: Page, login: str, password: str = sample_hall.PASSWORD) -> None:
    page.fill("#login_name", login)
    page.fill("#password", password)
    page.click("button.primary")


def open_case(page: Page, running: ServerProcess, case_id: str, step: str = "") -> None:
    page.goto(f"{address(running)}/office/case/{case_id}{f'/step/{step}' if step else ''}")
