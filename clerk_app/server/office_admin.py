"""The manager's page of the back office: whose desk a case is on (环节归属), and for which departments people work."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Response

from clerk_app.domain.actor import Actor
from clerk_app.domain.errors import NotFound, Rejected
from clerk_app.domain.routing import OfficeDesk, Route
from clerk_app.ports.problems import to_problem
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.server.office_entry import Called, Form, OfficeCall, OfficeRoute
from clerk_app.server.office_pages import page, to

router = APIRouter(prefix="/office", include_in_schema=False, route_class=OfficeRoute)
_DONE: Final = {"put": "已保存", "drop": "已删掉，这些办件按更宽的规则走", "people": "人员的部门已保存"}


@router.get("/routes")
def table(call: Called, done: str = "") -> Response:
    """Everything on one page of plain forms."""
    return _table(call, told=_DONE.get(done, ""))


@router.post("/routes")
def change(call: Called, form: Form) -> Response:
    """``do`` is ``put`` or ``drop``."""
    try:
        desk = OfficeDesk(form.get("desk", ""))
    except ValueError:
        return _table(call, problem="请选是哪个环节", field="desk", typed=form, status=422)
    department, matter = form.get("department", "").strip(), form.get("matter_code", "").strip()
    route = Route(desk, department, matter, form.get("to", "").strip())
    routing, what = call.state.routing, "drop" if form.get("do") == "drop" else "put"

    def work(unit: HallUnit, actor: Actor) -> None:
        (routing.drop if what == "drop" else routing.put)(unit, actor, route)

    try:
        _write(call, work)
    except (Rejected, NotFound) as refused:
        status, problem = to_problem(refused)
        return _table(call, problem=problem.sentence, field=problem.field or "", typed=form, status=status)
    return to("/office/routes", done=what)


@router.post("/people")
def assign(call: Called, form: Form) -> Response:
    """The departments of one person, one a line."""
    user_id, names = form.get("user_id", ""), form.get("departments", "").splitlines()
    try:
        _write(call, lambda unit, actor: call.state.routing.assign(unit, actor, user_id, names))
    except Rejected as refused:
        return _table(call, problem=refused.reason, field=user_id, typed=form, status=422)
    return to("/office/routes", done="people")


def _write(call: OfficeCall, work: Any) -> None:
    desk, caller = call.state.desk, call.caller

    def live(unit: HallUnit) -> None:
        desk.access.check_live(unit, caller)
        work(unit, caller.actor)

    desk.store.write(caller.actor.hall_id, caller.device_id, live)
    desk.committed(caller.actor.hall_id)


def _table(
    call: OfficeCall,
    *,
    told: str = "",
    problem: str = "",
    field: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    caller = call.caller
    found = call.state.desk.store.read(caller.actor.hall_id, lambda unit: call.state.routing.table(unit, caller.actor))
    return page(
        "routes.html",
        "环节归属",
        caller=caller,
        status=status,
        here="routes",
        table=found,
        desks=tuple(OfficeDesk),
        told=told,
        problem=problem,
        field=field,
        typed=typed or {},
    )
