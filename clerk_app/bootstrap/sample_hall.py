"""The sample hall of ``clerk demo``: its names, its people, its catalogue, and some visits of the morning."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from clerk_app.bootstrap.server import OpenHall
from clerk_app.bootstrap.settings import FILE_NAME
from clerk_app.client.enrol import enrol
from clerk_app.client.hall import HallClient
from clerk_app.design.resources import resource
from clerk_app.documents.catalogue_files import read_catalogue_file
from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.errors import Rejected
from clerk_app.domain.queue import AwayReason
from clerk_app.ports.clock import Clock, Entropy
from clerk_app.ports.hall import Login, NewUser
from clerk_app.ports.hall_cases import ServerCase
from clerk_app.ports.hall_queue import ServiceGroup, TakeTicket
from clerk_app.services.hall.catalogue_import import check_catalogue
from clerk_app.services.hall.tools import system_actor
from drivers.base.readings import CardKind, CardReading
from drivers.idcard.samples import RESIDENT

WINDOW_NO = "12"
CLERK_LOGIN = "wangxm"
CLERK_NAME = "王晓梅"
COLLEAGUES = {"3": ("lizq", "李志强"), "9": ("zhaol", "赵琳")}
PASSWORD = "demo-2026"


@dataclass(frozen=True, slots=True)
class Office:
    """A desk behind the counter: the number of its window, what it is called, who sits there and with which roles."""

    window_no: str
    duty: str
    login: str
    name: str
    roles: tuple[Role, ...]


REVIEW = Office("21", "审批", "zhouwb", "周文博", (Role.REVIEWER, Role.CHIEF_REPRESENTATIVE))
SEAL = Office("22", "用印", "sunl", "孙立", (Role.SEAL_KEEPER,))
OFFICES = (REVIEW, SEAL)


def _citizen(name: str, number: str, born: date, sex_code: str, address: str) -> CardReading:
    return CardReading(
        kind=CardKind.RESIDENT,
        name=name,
        number=number,
        birth_date=born,
        sex_code=sex_code,
        ethnic_code="01",
        address=f"明河市明河区{address}",
        issuer="明河市公安局明河分局",
        valid_from=date(2021, 6, 1),
        valid_to=date(2041, 6, 1),
    )


ELDER = _citizen("李桂兰", "11010119551012002X", date(1955, 10, 12), "2", "柳林街道样例路 18 号")
SELLER = _citizen("周建国", "11010119780521003X", date(1978, 5, 21), "1", "南桥街道样例巷 6 号")
BUYER = _citizen("吴敏", "110101198509160044", date(1985, 9, 16), "2", "北关街道样例里 9 号")
CITIZENS = {card.name: card for card in (RESIDENT, ELDER, SELLER, BUYER)}
"""Invented cards that a hand can lay down: somebody who moves, somebody over sixty, both sides of a sale."""
REAL_CATALOGUE = "matters_guangan_511602.csv"

_SETTINGS = """\
[hall]
code = "MH"
name = "明河区政务服务中心"
area = "一楼 A 区"
district = "明河区"
phone = "0000-1234567"

[hall.agency_short]
"明河区行政审批局" = "明行审"
"明河区市场监督管理局" = "明市监"
"明河区公安分局" = "明公"
"明河区人社局" = "明人社"
"明河区住建局" = "明住建"
"明河区不动产登记中心" = "明不登"
"明河区卫健局" = "明卫健"
"明河区民政局" = "明民"
"明河区交通运输局" = "明交运"
"明河区烟草专卖局" = "明烟专"
"明河区残联" = "明残联"

[window]
number = "12"
"""


@dataclass(frozen=True, slots=True)
class SampleCatalogue:
    """What was loaded; ``real`` is False when the folder of the real catalogue is not at hand."""

    matters: int
    real: bool


def write_settings(folder: Path, devices: str = "") -> None:
    """The sample hall's settings file, with a ``[devices]`` section when given."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_text(_SETTINGS + devices, encoding="utf-8")


def catalogue_files() -> tuple[Path, ...]:
    """The 18 sample matters, and the real catalogue from the folder that ``CLERK_REAL_DATA`` names."""
    files = [resource("catalogue", "sample.json")]
    named = os.environ.get("CLERK_REAL_DATA")
    if named and (Path(named) / REAL_CATALOGUE).exists():
        files.append(Path(named) / REAL_CATALOGUE)
    return tuple(files)


def furnish(hall: OpenHall) -> SampleCatalogue:
    """Publish the catalogue and make the people, on the store itself, before the server starts.

    Raises ``Rejected`` when a catalogue file has faulty rows.
    """
    actor = system_actor(hall.hall_id)
    files = catalogue_files()
    report = check_catalogue([read_catalogue_file(path) for path in files])
    if not report.ok:
        raise Rejected("catalogue", "；".join(report.lines()[:5]))
    people = {CLERK_LOGIN: CLERK_NAME, **dict(COLLEAGUES.values())}
    clerks = [NewUser(login, name, PASSWORD, (Role.CLERK,)) for login, name in people.items()]
    office = [NewUser(one.login, one.name, PASSWORD, one.roles) for one in OFFICES]
    users = [hall.desk.people.prepare(user) for user in (*clerks, *office)]

    def work(unit: object) -> None:
        hall.desk.catalogues.publish(unit, actor, report.matters)  # type: ignore[arg-type]
        for user in users:
            hall.desk.people.create(unit, actor, user)  # type: ignore[arg-type]

    hall.desk.store.write(hall.hall_id, actor.device_id, work)
    hall.desk.committed(hall.hall_id)
    return SampleCatalogue(len(report.matters), len(files) > 1)


@dataclass
class Morning:
    """Two colleagues' windows and the tickets of the morning, all through the server's own API."""

    clients: dict[str, HallClient]
    groups: dict[str, ServiceGroup]

    @classmethod
    def open(cls, hall: OpenHall, address: str, clock: Clock, entropy: Entropy) -> Morning:
        """Enrol the colleagues' windows at the running server and log them in."""
        clients = {}
        for number, (login, _) in COLLEAGUES.items():
            code = hall.enrol_code(DeviceKind.WINDOW, number).code
            enrolment = enrol(address, code, DeviceKind.WINDOW, f"{number}号窗口", number)
            client = HallClient(enrolment.address, enrolment.ca_pem, enrolment.enrolled.token, clock, entropy)
            client.login(Login(login, PASSWORD))
            clients[number] = client
        groups = {group.prefix: group for group in next(iter(clients.values())).groups()}
        return cls(clients, groups)

    def serve_some(self) -> None:
        """Visits that are over or going on, so that the display has something to show."""
        for prefix, number in zip("BCBACB", "393939", strict=True):
            client = self.clients[number]
            client.take_ticket(TakeTicket(self.groups[prefix].group_id))
            client.finish(self._called(number), "consulted")
        for prefix, number in (("C", "3"), ("B", "9")):
            client = self.clients[number]
            client.take_ticket(TakeTicket(self.groups[prefix].group_id))
            client.start(self._called(number))

    def _called(self, number: str) -> str:
        """The ticket that the hall gives to a window that says it is free; somebody waits."""
        ticket = self.clients[number].call_next().ticket
        assert ticket is not None
        return ticket.ticket_id

    def let_wait(self) -> None:
        """People who come after our citizen: to ask about a licence, to sell a house, with a supplement, for a card."""
        client = self.clients["3"]
        for prefix in "ACEBBC":
            client.take_ticket(TakeTicket(self.groups[prefix].group_id))

    def serve_rest(self) -> None:
        """The colleagues serve everybody who still waits and go to a meeting: the next number is for window 12."""
        for client in self.clients.values():
            active = client.window_view().active
            while active is not None:
                client.finish(active.ticket_id, "consulted")
                active = client.call_next().ticket
            client.away(AwayReason.MEETING)

    def take_one(self, prefix: str) -> str:
        """Somebody takes a number now; the number."""
        return self.clients["3"].take_ticket(TakeTicket(self.groups[prefix].group_id)).ticket.number

    def case(self, case_id: str) -> ServerCase:
        """A case as the server holds it."""
        return self.clients["3"].server_case(case_id)

    def close(self) -> None:
        """Log the colleagues out and end the connections."""
        for client in self.clients.values():
            client.close()
