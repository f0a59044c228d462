"""Whose desk a case is on: routes and people's departments, kept by the manager."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import NotFound, Rejected, shown
from clerk_app.domain.routing import ANY, OfficeDesk, Route
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.services.hall.office_access import OFFICE_ROLES
from clerk_app.services.hall.tools import Tools

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class MatterName:
    """A matter of the published catalogue."""

    code: str
    name: str
    department: str


@dataclass(frozen=True, slots=True)
class OfficePerson:
    """Somebody with a duty in the office; without departments they see all."""

    user_id: str
    name: str
    roles: tuple[Role, ...]
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoutingTable:
    """Everything of the manager's page. ``names`` are matters by code, as far as routes speak of them."""

    routes: tuple[Route, ...]
    people: tuple[OfficePerson, ...]
    departments: tuple[str, ...]
    names: Mapping[str, str]


class OfficeRouting:
    """Every change is the manager's and stands in the journal."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._lock = threading.Lock()
        self._known: dict[str, tuple[int, dict[str, MatterName]]] = {}

    def table(self, unit: HallUnit, actor: Actor) -> RoutingTable:
        """The page as it stands."""
        actor.require(Role.MANAGER)
        matters, routes = self._matters(unit), unit.office.routes()
        theirs = unit.office.departments()
        people = tuple(
            OfficePerson(
                user.user_id, user.name, tuple(sorted(user.roles)), tuple(sorted(theirs.get(user.user_id, ())))
            )
            for user in unit.people.users()
            if not OFFICE_ROLES.isdisjoint(user.roles)
        )
        names = {one.matter_code: matters[one.matter_code].name for one in routes if one.matter_code in matters}
        return RoutingTable(tuple(routes), people, tuple(sorted(self._departments(unit))), names)

    def put(self, unit: HallUnit, actor: Actor, route: Route) -> None:
        """Add a route or change whose it is; the matter by its code or its whole name. ``Rejected`` by field:
        ``matter_code``, ``department``, ``to``."""
        actor.require(Role.MANAGER)
        matters = self._matters(unit)
        named = [one.code for one in matters.values() if one.name == route.matter_code]
        if len(named) == 1:
            route = replace(route, matter_code=named[0])
        if route.matter_code and route.matter_code not in matters:
            wrong = "有几个事项叫这个名字，请填编码" if named else "目录里没有这个事项，请照事项目录填，或留空"
            raise Rejected("matter_code", wrong)
        if not route.to.strip():
            raise Rejected("to", "请写明归哪个部门办")
        if len(route.to) > _LONGEST or len(route.department) > _LONGEST:
            raise Rejected("to", f"部门名称请写在 {_LONGEST} 字以内")
        if route.matter_code and route.department not in (ANY, matters[route.matter_code].department):
            raise Rejected("department", f"这个事项的部门是{matters[route.matter_code].department}，部门请选它或“全部”")
        unit.office.put_route(route)
        self._record(unit, actor, "office.routed", route)

    def drop(self, unit: HallUnit, actor: Actor, route: Route) -> None:
        """Its cases are the matter's own department's again, or what a wider route says. ``NotFound``."""
        actor.require(Role.MANAGER)
        if not unit.office.drop_route(route):
            raise NotFound("这一条已经删掉了")
        self._record(unit, actor, "office.unrouted", route)

    def assign(self, unit: HallUnit, actor: Actor, user_id: str, departments: Collection[str]) -> None:
        """For which departments a person works; none of them means all. ``Rejected("departments")`` for one that no
        matter, case or route names: a slip of the pen would hide every case."""
        actor.require(Role.MANAGER)
        user = unit.people.get_user(user_id)
        wanted = {one.strip() for one in departments if one.strip()}
        if unknown := sorted(wanted - self._departments(unit)):
            listed = shown("”“".join(unknown), _LONGEST)
            raise Rejected("departments", f"没有叫“{listed}”的部门，请照上面列的写；新的部门先在“归哪个部门”里写上")
        unit.office.set_departments(user_id, wanted)
        self._tools.record(unit, actor, "office.assigned", user.user_id, {"departments": sorted(wanted)})

    def _departments(self, unit: HallUnit) -> set[str]:
        """Departments that matters, cases or routes name."""
        named = {one.department for one in self._matters(unit).values()} | set(unit.office.case_departments())
        return (named | {one.to for one in unit.office.routes()}) - {ANY}

    def _record(self, unit: HallUnit, actor: Actor, kind: str, route: Route) -> None:
        payload = {
            "desk": route.desk.value,
            "department": route.department,
            "matter_code": route.matter_code,
            "to": route.to,
        }
        self._tools.record(unit, actor, kind, OfficeDesk(route.desk).value, payload)

    def _matters(self, unit: HallUnit) -> dict[str, MatterName]:
        """The matters of the published catalogue by code; unpacked once per version."""
        version = unit.catalogue.current().version
        with self._lock:
            known = self._known.get(unit.hall_id)
        if known is None or known[0] != version:
            rows = json.loads(gzip.decompress(unit.catalogue.body(version)))["matters"] if version else []
            found = {
                row["code"]: MatterName(row["code"], row["name"], str(row.get("department", "")))
                for row in rows
                if isinstance(row, dict)
            }
            known = (version, found)
            with self._lock:
                self._known[unit.hall_id] = known
        return known[1]
