"""The server's application over a hall in hand, for tests that ask it everything: callers of every kind, known ids."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from fastapi import FastAPI

from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.hall import EnrolRequest, Login, NewEnrolCode, NewUser, SessionEnded
from clerk_app.server.app import create_app
from clerk_app.server.calls import Activity
from clerk_app.server.feed import FeedHub
from clerk_app.server.routes_voice import WebVoice
from clerk_app.services.hall.tools import system_actor
from support.case_flow import record, supplement_opening
from support.hall import PASSWORD, HallInHand, hall_in_hand

CLERK = "wangxm"
UNTRIED = (DeviceKind.WINDOW, DeviceKind.SERVER, DeviceKind.HALL)
BELOW = HallProfile("0198f0a0-0000-7000-8000-0000000000b1", "QX", "清溪乡便民服务中心")
EVERY_ROLE = (Role.CLERK, Role.REVIEWER, Role.CHIEF_REPRESENTATIVE, Role.SEAL_KEEPER, Role.MANAGER, Role.TECHNICIAN)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and the headers that say so."""

    name: str
    headers: dict[str, str]


@dataclass
class ApiHall:
    """The application, its callers, and what a request may name."""

    app: FastAPI
    hall: HallInHand
    askers: tuple[Asker, ...]
    known: dict[str, list[str]] = field(default_factory=dict)

    def live(self, asker: Asker) -> dict[str, str]:
        """The asker's headers, with a new login where what was asked before ended the old one."""
        if "X-Session" in asker.headers:
            token = asker.headers["Authorization"].removeprefix("Bearer ")
            access = self.hall.desk.access
            try:
                access.caller(token, asker.headers["X-Session"])
            except SessionEnded:
                session = self.hall.desk.people.login(access.caller(token, None), Login(CLERK, PASSWORD))
                asker.headers["X-Session"] = session.token
        return asker.headers


def _session(hall: HallInHand, token: str, name: str, *roles: Role) -> dict[str, str]:
    desk = hall.desk
    made = desk.people.prepare(NewUser(name, "王晓梅", PASSWORD, roles))
    hall.write(lambda unit: desk.people.create(unit, system_actor(hall.hall_id), made))
    session = desk.people.login(desk.access.caller(token, None), Login(name, PASSWORD))
    return {"Authorization": f"Bearer {token}", "X-Session": session.token}


def _hall_below(hall: HallInHand) -> str:
    """The token of another hall's server that sends to this one."""
    devices, system = hall.desk.devices, system_actor(hall.hall_id)
    code = hall.write(lambda unit: devices.make_code(unit, system, NewEnrolCode(DeviceKind.HALL, BELOW.code))).code
    return devices.enrol(EnrolRequest(code.replace("-", "")[:10], DeviceKind.HALL, BELOW.name, hall=BELOW)).token


@contextmanager
def api_hall(folder: Path) -> Iterator[ApiHall]:
    """A hall at work: a clerk with every right at window 12, tickets in every state, a case that waits."""
    with hall_in_hand(folder) as hall:
        app = create_app(hall.desk, "-----BEGIN CERTIFICATE-----\n", Activity(), FeedHub(hall.desk))
        app.state.web_voice = WebVoice()
        tokens = {kind: hall.enrolled(kind, None)[1] for kind in DeviceKind if kind not in UNTRIED}
        tokens[DeviceKind.HALL] = _hall_below(hall)
        window = hall.enrolled(DeviceKind.WINDOW, "12")[1]
        bare = hall.enrolled(DeviceKind.WINDOW, "13")[1]
        askers = (
            Asker("nobody", {}),
            Asker("clerk", _session(hall, window, CLERK, *EVERY_ROLE)),
            Asker("window", {"Authorization": f"Bearer {bare}"}),
            *(Asker(kind.value, {"Authorization": f"Bearer {token}"}) for kind, token in tokens.items()),
        )
        yield ApiHall(app, hall, askers, _furnished(hall))


def _furnished(hall: HallInHand) -> dict[str, list[str]]:
    """Things to ask for, by the name that a parameter or field has."""
    tickets = [hall.take(group=place % 2) for place in range(6)]
    called = hall.call("12")
    assert called is not None
    case = supplement_opening(1, "user-1", hall.clock.now() - timedelta(hours=1))
    stored = record(case, hall.hall_id)
    hall.write(lambda unit: hall.desk.cases.store(unit, hall.actor("12"), stored))
    return {
        "ticket_id": [called.ticket_id, *(one.ticket_id for one in tickets)],
        "number": [tickets[0].number, called.number],
        "group_id": [one.group_id for one in hall.groups()],
        "case_id": [case.case_id],
        "reference": [case.case_number, case.case_id],
        "case_number": [case.case_number],
        "window_no": ["12"],
        "hall_id": [hall.hall_id],
    }
