"""The hall as every simulated day finds it: made once in a process by the program's own services, then copied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from random import Random

from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.hall import EnrolRequest, NewEnrolCode, NewUser
from clerk_app.services.hall.setup import HallPlan
from clerk_app.services.hall.tools import system_actor
from db.hall.migrate import migrate as migrate_hall
from db.window.migrate import migrate as migrate_window
from simulation.clocks import NodeClock, WorldClock
from simulation.disk import Disk
from simulation.moments import Moments
from simulation.nodes import Enrolled, Outside, ServerNode
from simulation.papers import Papers
from support.hall import SeededEntropy

PROFILE = HallProfile(
    hall_id="",
    code="MH",
    name="明河区政务服务中心",
    area="一楼 A 区",
    district="明河区",
    phone="0000-1234567",
    agency_short={"明河区市场监督管理局": "明市监"},
)
PASSWORD = "qing-fang-xin-8"
COUNTERS = ("1", "2")
OFFICE = "21"
KIOSK = "kiosk"
PEOPLE = {
    "clerk1": ("王晓梅", Role.CLERK),
    "clerk2": ("李建国", Role.CLERK),
    "reviewer": ("沈明", Role.REVIEWER),
    "keeper": ("印红", Role.SEAL_KEEPER),
}


@dataclass(frozen=True)
class Template:
    """Images of an opened hall and of a new window; the PCs' enrolments by name (``1``, ``2``, ``21``, ``kiosk``)."""

    hall: bytes
    window: bytes
    enrolled: dict[str, Enrolled]


@cache
def template() -> Template:
    clock = NodeClock(WorldClock(datetime(2026, 11, 23, 8, 30).astimezone(WorldClock().at.tzinfo)))
    outside = Outside(Moments(), Papers(), Random(0), lambda node: None)
    disk = Disk()
    migrate_hall(disk.writer, SeededEntropy(0).bytes(16).hex())
    server = ServerNode("server", disk, clock, SeededEntropy(0), outside)
    server.start()
    desk = server.desk
    hall_id = desk.setup.ensure(HallPlan(PROFILE))
    actor = system_actor(hall_id)
    enrolled: dict[str, Enrolled] = {}
    for name in (*COUNTERS, OFFICE, KIOSK):
        kind = DeviceKind.KIOSK if name == KIOSK else DeviceKind.WINDOW
        window_no = None if name == KIOSK else name
        wish = NewEnrolCode(kind, window_no)
        code = desk.store.write(hall_id, "t", lambda unit, wish=wish: desk.devices.make_code(unit, actor, wish)).code
        made = desk.devices.enrol(EnrolRequest(code.replace("-", "")[:10], kind, f"设备 {name}", window_no))
        enrolled[name] = Enrolled(made.device_id, made.token, made.window_no, made.hall)
    for login, (name, role) in PEOPLE.items():
        user = desk.people.prepare(NewUser(login, name, PASSWORD, (role,)))
        desk.store.write(hall_id, "t", lambda unit, user=user: desk.people.create(unit, actor, user))
    desk.sequencer.run(hall_id)
    fresh = Disk()
    migrate_window(fresh.writer)
    return Template(disk.image(), fresh.image(), enrolled)
