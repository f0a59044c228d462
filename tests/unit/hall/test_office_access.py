"""Logins of the office's pages end when nobody is there, and routes say whose desk a case is on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.errors import NotAllowed, NotFound, Rejected
from clerk_app.domain.routing import ANY, OfficeDesk, OfficeList, Route, responsible
from clerk_app.ports.hall import DeviceUnknown, SessionEnded
from clerk_app.services.hall.office import WorkFilter
from support.hall import PASSWORD, HallInHand, hall_in_hand
from support.office_web import GRANT, Office, Person

OWN = "区市场监督管理局（或区行政审批局）"
BUREAU = "区行政审批局"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallInHand]:
    with hall_in_hand(tmp_path) as opened:
        yield opened


@pytest.fixture
def office(hall: HallInHand) -> Office:
    return Office.over(hall)


def lines(person: Person, kind: OfficeList = OfficeList.TO_REVIEW, **more: object) -> list[str]:
    found = person.office.back.work(person.at_work, WorkFilter(kind, **more))  # type: ignore[arg-type]
    return [one.case_id for one in found.lines]


def works_for(office: Office, person: Person, *departments: str) -> None:
    user_id = person.user_id
    office.hall.write(lambda unit: unit.office.set_departments(user_id, departments))


# --- logins -----------------------------------------------------------------------------------------------------
def test_a_login_ends_after_twenty_idle_minutes_and_lives_while_somebody_works(office: Office) -> None:
    person = office.person("shenming", "沈明", Role.REVIEWER)
    device = office.access.device(person.token)
    session = office.access.login(device, "shenming", PASSWORD)
    for _ in range(4):
        office.hall.clock.move(minutes=19)
        assert office.access.caller(person.token, session.token).actor.user_name == "沈明"
    office.hall.clock.move(minutes=21)
    with pytest.raises(SessionEnded, match="20 分钟没有操作"):
        office.access.caller(person.token, session.token)
    with pytest.raises(SessionEnded):
        office.access.caller(person.token, session.token)


def test_a_login_lasts_a_working_day_at_most(office: Office) -> None:
    person = office.person("shenming", "沈明", Role.REVIEWER)
    session = office.access.login(office.access.device(person.token), "shenming", PASSWORD)
    for _ in range(48):
        office.hall.clock.move(minutes=15)
        office.access.caller(person.token, session.token)
    office.hall.clock.move(minutes=1)
    with pytest.raises(SessionEnded, match="12 小时"):
        office.access.caller(person.token, session.token)


def test_a_clerk_and_a_display_have_no_way_in(office: Office) -> None:
    clerk = office.person("wangxm", "王晓梅", Role.CLERK)
    with pytest.raises(NotAllowed, match="没有后台的岗位"):
        office.access.login(office.access.device(clerk.token), "wangxm", PASSWORD)
    _, display = office.hall.enrolled(DeviceKind.DISPLAY, None)
    with pytest.raises(DeviceUnknown, match="不是后台电脑"):
        office.access.device(display)


def test_wrong_passwords_lock_the_account_as_at_a_window(office: Office) -> None:
    person = office.person("shenming", "沈明", Role.REVIEWER)
    device = office.access.device(person.token)
    for _ in range(5):
        with pytest.raises(NotAllowed, match="登录名或密码不对"):
            office.access.login(device, "shenming", "wrong")
    with pytest.raises(NotAllowed, match="以后再试"):
        office.access.login(device, "shenming", PASSWORD)


def test_a_window_is_never_called_like_the_office(office: Office) -> None:
    with pytest.raises(Rejected, match="后台文书编号"):
        office.hall.enrolled(DeviceKind.WINDOW, "HT")


# --- routes -----------------------------------------------------------------------------------------------------
def test_the_narrowest_route_counts() -> None:
    desk = OfficeDesk.REVIEW
    routes = [Route(desk, ANY, ANY, "全"), Route(desk, "甲局", ANY, "甲"), Route(desk, ANY, "M1", "一")]
    routes.append(Route(desk, "甲局", "M1", "甲一"))
    assert responsible(routes, "M1", "甲局", desk) == "甲一"
    assert responsible(routes[:3], "M1", "甲局", desk) == "一"
    assert responsible(routes[:2], "M1", "甲局", desk) == "甲"
    assert responsible(routes[:1], "M1", "甲局", desk) == "全"
    assert responsible([], "M1", "甲局", desk) == "甲局"
    assert responsible(routes, "M1", "甲局", OfficeDesk.SEAL) == "甲局"


def test_a_case_is_its_own_departments_until_a_route_says_otherwise(office: Office) -> None:
    case_id = office.accepted()
    own, bureau = (office.person(name, name, Role.REVIEWER) for name in ("own", "bureau"))
    free = office.person("free", "不限", Role.REVIEWER)
    works_for(office, own, OWN)
    works_for(office, bureau, BUREAU)
    assert [lines(one) for one in (own, bureau, free)] == [[case_id], [], [case_id]]
    office.hall.write(lambda unit: unit.office.put_route(Route(OfficeDesk.REVIEW, OWN, ANY, BUREAU)))
    assert [lines(one) for one in (own, bureau, free)] == [[], [case_id], [case_id]]
    with pytest.raises(NotAllowed, match=f"“审查决定”归{BUREAU}"):
        own.does(case_id, CaseStep.GRANT, **GRANT)
    bureau.does(case_id, CaseStep.GRANT, **GRANT)
    assert lines(own, OfficeList.TO_SEAL) == [case_id]
    assert lines(bureau, OfficeList.TO_SEAL) == []


def test_what_no_step_brings_to_a_department_it_does_not_see(office: Office) -> None:
    case_id = office.accepted()
    stranger = office.person("stranger", "别人", Role.REVIEWER)
    works_for(office, stranger, "区公安分局")
    with pytest.raises(NotAllowed, match="不在你的部门"):
        stranger.open(case_id)
    with pytest.raises(NotAllowed, match="不在你的部门"):
        office.back.paper(stranger.at_work, case_id, case_id)


def test_the_oldest_promised_date_comes_first_fifty_on_a_page(office: Office) -> None:
    made = []
    for number in range(1, 53):
        made.append(office.accepted(number))
        if number in {20, 40}:
            office.hall.clock.move(days=1)
    person = office.person("shenming", "沈明", Role.REVIEWER)
    first = office.back.work(person.at_work, WorkFilter())
    assert (len(first.lines), first.total, first.pages) == (50, 52, 2)
    dues = [one.standing.due_at for one in first.lines]
    assert dues == sorted(dues)  # type: ignore[type-var]
    second = office.back.work(person.at_work, WorkFilter(page=2))
    assert {one.case_id for one in (*first.lines, *second.lines)} == set(made)
    number = first.lines[0].case_number
    assert lines(person, words=number) == [first.lines[0].case_id]
    assert lines(person, words="100%") == []


def test_only_the_manager_routes_and_every_change_is_in_the_journal(office: Office) -> None:
    manager = office.person("boss", "管理员", Role.MANAGER)
    reviewer = office.person("shenming", "沈明", Role.REVIEWER)
    route = Route(OfficeDesk.SEAL, ANY, ANY, BUREAU)

    def put(who: Person, wanted: Route) -> None:
        actor = who.at_work.actor
        office.hall.write(lambda unit: office.routing.put(unit, actor, wanted))

    with pytest.raises(NotAllowed):
        put(reviewer, route)
    with pytest.raises(Rejected) as wrong:
        put(manager, Route(OfficeDesk.SEAL, ANY, "没有的事项", BUREAU))
    assert wrong.value.field == "matter_code"
    put(manager, route)
    put(manager, Route(OfficeDesk.SEAL, ANY, ANY, "改归的局"))
    actor, user_id = manager.at_work.actor, reviewer.user_id
    office.hall.write(lambda unit: office.routing.assign(unit, actor, user_id, ["改归的局", " "]))
    table = office.hall.read(lambda unit: office.routing.table(unit, actor))
    assert table.routes == (Route(OfficeDesk.SEAL, ANY, ANY, "改归的局"),)
    assert {one.name: one.departments for one in table.people} == {"管理员": (), "沈明": ("改归的局",)}
    with pytest.raises(Rejected, match="没有叫“改归的居”的部门"):
        office.hall.write(lambda unit: office.routing.assign(unit, actor, user_id, ["改归的居"]))
    office.hall.write(lambda unit: office.routing.drop(unit, actor, route))
    with pytest.raises(NotFound):
        office.hall.write(lambda unit: office.routing.drop(unit, actor, route))
    office.hall.sequence()
    kinds = [one.kind for one in office.hall.read(lambda unit: unit.journal.after(0, 500))]
    assert [one for one in kinds if one.startswith("office.")] == [
        "office.routed",
        "office.routed",
        "office.assigned",
        "office.unrouted",
    ]
