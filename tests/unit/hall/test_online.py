"""What platforms send: pre-checks by number, supplements matched to what the case waits for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.acts import Channel
from clerk_app.domain.cases import CaseState
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.errors import Conflict, Locked, NotAllowed, NotFound, Rejected
from clerk_app.ports.hall_cases import OnlineSupplement, PreCheck, Stored, SuppliedMaterial
from clerk_app.services.hall.access import Caller
from support.case_flow import (
    APPLICANT,
    SM3,
    TASK,
    AtWork,
    arrived,
    at_work,
    opening,
    record,
    supplement_opening,
    uuid,
)
from support.hall import MORNING, HallInHand

SENT = MORNING + timedelta(minutes=30)


@pytest.fixture
def clerk(hall: HallInHand) -> AtWork:
    return at_work(hall, "12", "王晓梅")


@pytest.fixture
def platform(hall: HallInHand) -> Caller:
    return hall.enrolled(DeviceKind.PLATFORM, None)[0]


@pytest.fixture
def waits(hall: HallInHand, clerk: AtWork) -> str:
    """A case that waits for m1 and m2."""
    start = supplement_opening(1, clerk.user_id)
    clerk.stores(record(start, hall.hall_id))
    return start.case_id


def _pre_check(**change: object) -> PreCheck:
    found = PreCheck(
        number="WSYS-2026-000123",
        matter_code=TASK,
        applicant=APPLICANT,
        checked_at=MORNING,
        checked_by="省一体化平台 网上预审岗",
        result="材料齐全，请带原件到窗口核验",
        passed=True,
        answers={"place": ["shop"]},
        checks=(MaterialCheck("m1", Verdict.ELECTRONIC, pieces=1, pages=2),),
        valid_to=date(2026, 12, 31),
    )
    return replace(found, **change)


def _put(hall: HallInHand, platform: Caller, found: PreCheck) -> Stored:
    stored: Stored = hall.write(lambda unit: hall.desk.pre_checks.put(unit, platform.actor, found))
    return stored


def _get(clerk: AtWork, number: str = "WSYS-2026-000123") -> PreCheck:
    found: PreCheck = clerk.hall.write(lambda unit: clerk.hall.desk.pre_checks.get(unit, clerk.caller.actor, number))
    return found


def _supplement(number: int = 1, **change: object) -> OnlineSupplement:
    made = OnlineSupplement(
        supplement_id=uuid(number, 400),
        case_number="MH-12-20261123-0001",
        reference=f"WSBJ-{number}",
        arrived_at=SENT,
        materials=(SuppliedMaterial("m1", "营业执照", 2, SM3),),
    )
    return replace(made, **change)


def _send(hall: HallInHand, platform: Caller, supplement: OnlineSupplement) -> Stored:
    stored: Stored = hall.write(lambda unit: hall.desk.supplements.put(unit, platform.actor, supplement))
    return stored


def _waiting(clerk: AtWork) -> tuple[OnlineSupplement, ...]:
    found: tuple[OnlineSupplement, ...] = clerk.hall.read(
        lambda unit: clerk.hall.desk.supplements.waiting(unit, clerk.caller.actor)
    )
    return found


def _take(clerk: AtWork, number: int = 1) -> OnlineSupplement:
    taken: OnlineSupplement = clerk.hall.write(
        lambda unit: clerk.hall.desk.supplements.take(unit, clerk.caller.actor, uuid(number, 400))
    )
    return taken


def _journal(hall: HallInHand) -> list[str]:
    hall.sequence()
    return [entry.kind for entry in hall.read(lambda unit: unit.journal.after(0, 500))]


# --- pre-checks
def test_a_pre_check_fills_a_case_by_its_number(hall: HallInHand, clerk: AtWork, platform: Caller) -> None:
    stored = _put(hall, platform, _pre_check())
    hall.clock.move(minutes=1)
    assert _put(hall, platform, _pre_check()) == stored
    assert _get(clerk, " WSYS-2026-000123 ") == _pre_check()
    with pytest.raises(NotFound, match="没有编号 X1 的网上预审"):
        _get(clerk, "X1")
    kinds = _journal(hall)
    assert (kinds.count("pre_check.stored"), kinds.count("pre_check.viewed")) == (1, 1)


def test_a_pre_check_is_used_by_one_case(hall: HallInHand, clerk: AtWork, platform: Caller) -> None:
    _put(hall, platform, _pre_check())
    for number in (1, 2):
        start = opening(number, clerk.user_id)
        filled = {"intake": {"pre_check": "WSYS-2026-000123"}}
        clerk.stores(record(start, hall.hall_id, conclusion=filled))
    with pytest.raises(Conflict, match="MH-12-20261123-0001"):
        _get(clerk)
    with pytest.raises(Locked, match="已经用来办件"):
        _put(hall, platform, _pre_check(passed=False, checked_at=SENT))


def test_a_later_check_replaces_an_older_one_and_never_the_other_way(
    hall: HallInHand, clerk: AtWork, platform: Caller
) -> None:
    _put(hall, platform, _pre_check(passed=False, result="缺经营场所证明"))
    later = _pre_check(checked_at=SENT)
    _put(hall, platform, later)
    assert _get(clerk) == later
    with pytest.raises(Conflict, match="没有覆盖"):
        _put(hall, platform, _pre_check(result="又一个结果"))
    assert _get(clerk) == later


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": " 12"}, "number"),
        ({"matter_code": ""}, "matter_code"),
        ({"result": " "}, "result"),
        ({"checked_by": ""}, "checked_by"),
        ({"used_by": uuid(1)}, "used_by"),
        ({"applicant": replace(APPLICANT, document_no="")}, "applicant"),
        ({"checks": (MaterialCheck("m1"), MaterialCheck("m1"))}, "checks"),
        ({"checked_at": MORNING.replace(tzinfo=None)}, "checked_at"),
        ({"checked_at": MORNING + timedelta(days=1)}, "checked_at"),
    ],
)
def test_a_broken_pre_check_is_rejected_by_field(
    hall: HallInHand, platform: Caller, change: dict[str, object], field: str
) -> None:
    with pytest.raises(Rejected) as caught:
        _put(hall, platform, _pre_check(**change))
    assert caught.value.field == field


def test_platforms_send_and_clerks_look_and_nothing_else(hall: HallInHand, clerk: AtWork, platform: Caller) -> None:
    with pytest.raises(NotAllowed):
        _put(hall, clerk.caller, _pre_check())
    with pytest.raises(NotAllowed):
        _send(hall, clerk.caller, _supplement())
    foreign = replace(clerk, caller=platform)
    for look in (lambda: _get(foreign), lambda: _waiting(foreign), lambda: _take(foreign)):
        with pytest.raises(NotAllowed):
            look()
    with pytest.raises(NotAllowed):
        foreign.looks_at(uuid(1))
    with pytest.raises(NotAllowed, match="只有窗口电脑"):
        foreign.stores(record(opening(1, clerk.user_id), hall.hall_id))


# --- supplements
def test_a_supplement_waits_for_a_clerk_and_counts_from_its_arrival(
    hall: HallInHand, clerk: AtWork, platform: Caller, waits: str
) -> None:
    both = (*_supplement().materials, SuppliedMaterial("m2", "经营场所证明", 4, SM3))
    _send(hall, platform, _supplement(materials=both))
    assert _journal(hall)[-1] == "supplement.arrived"
    shown = _waiting(clerk)[0]
    assert (shown.case_id, shown.arrived_at, shown.materials, shown.taken) == (waits, SENT, both, False)
    came = {"channel": Channel.ONLINE, "reference": "WSBJ-1"}
    looked = SENT + timedelta(minutes=20)
    typed = arrived(1, waits, clerk.doer, looked, ("m1", "m2"), whole=True, **came)
    with pytest.raises(Rejected, match=r"网上补件是 2026-11-23 10:30 收到的"):
        clerk.pushes(typed)
    assert _waiting(clerk) == (shown,)
    right = replace(typed, facts=replace(typed.facts, arrival=replace(typed.facts.arrival, arrived_at=SENT)))
    assert clerk.pushes(right).state is CaseState.SUPPLEMENT_RECEIVED
    assert _waiting(clerk) == ()
    assert _journal(hall)[-2:] == ["supplement.taken", "case.acted"]


def test_one_clerk_takes_it(hall: HallInHand, clerk: AtWork, platform: Caller, waits: str) -> None:
    other = at_work(hall, "13", "刘浩")
    _send(hall, platform, _supplement())
    taken = _take(clerk)
    assert taken.taken
    assert _take(clerk) == taken
    assert _waiting(other) == ()
    with pytest.raises(Conflict, match="已经有人接了"):
        _take(other)
    with pytest.raises(NotFound):
        _take(other, 9)


def test_the_oldest_arrival_comes_first(hall: HallInHand, clerk: AtWork, platform: Caller, waits: str) -> None:
    _send(hall, platform, _supplement(1, arrived_at=SENT))
    _send(hall, platform, _supplement(2, arrived_at=SENT - timedelta(minutes=10)))
    assert [one.reference for one in _waiting(clerk)] == ["WSBJ-2", "WSBJ-1"]


def test_the_same_supplement_again_is_one(hall: HallInHand, clerk: AtWork, platform: Caller, waits: str) -> None:
    first = _send(hall, platform, _supplement())
    hall.clock.move(minutes=1)
    assert _send(hall, platform, _supplement()) == first
    # a platform that forgot the id it made names the same reference
    assert _send(hall, platform, _supplement(supplement_id=uuid(77, 400))) == first
    assert len(_waiting(clerk)) == 1
    for changed in (_supplement(materials=()), _supplement(materials=(SuppliedMaterial("m1", "营业执照", 3, SM3),))):
        with pytest.raises((Conflict, Rejected)):
            _send(hall, platform, changed)


def test_a_supplement_must_be_what_its_case_waits_for(
    hall: HallInHand, clerk: AtWork, platform: Caller, waits: str
) -> None:
    strange = _supplement(materials=(SuppliedMaterial("m3", "健康证明", 1, SM3),))
    with pytest.raises(Locked, match="没有这些材料：健康证明"):
        _send(hall, platform, strange)
    with pytest.raises(NotFound, match="请核对告知书上的编号"):
        _send(hall, platform, _supplement(case_number="MH-12-20261123-0099"))
    clerk.pushes(arrived(1, waits, clerk.doer, SENT, ("m1", "m2"), whole=True))
    with pytest.raises(Locked, match="已补齐待受理”，不等补件"):
        _send(hall, platform, _supplement())
    accepted = opening(2, clerk.user_id)
    clerk.stores(record(accepted, hall.hall_id))
    with pytest.raises(Locked, match="已受理”，不等补件"):
        _send(hall, platform, _supplement(case_number=accepted.case_number))
    assert _waiting(clerk) == ()


def test_tolerated_materials_may_come_online_too(hall: HallInHand, clerk: AtWork, platform: Caller) -> None:
    owed = {"state": CaseState.ACCEPTED_WITH_DEFICIENCY, "owed": ("m3",), "tolerance_due": MORNING + timedelta(days=5)}
    start = opening(1, clerk.user_id, **owed)
    clerk.stores(record(start, hall.hall_id))
    _send(hall, platform, _supplement(materials=(SuppliedMaterial("m3", "健康证明", 1, SM3),)))
    assert _waiting(clerk)[0].case_id == start.case_id


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"supplement_id": "x"}, "supplement_id"),
        ({"reference": " "}, "reference"),
        ({"materials": ()}, "materials"),
        ({"materials": (SuppliedMaterial("m1", "营业执照", 1, "short"),)}, "sha"),
        ({"materials": (SuppliedMaterial("m1", "营业执照", 0, SM3),)}, "pages"),
        ({"materials": (SuppliedMaterial("m1", "甲", 1, SM3), SuppliedMaterial("m1", "乙", 1, SM3))}, "materials"),
        ({"arrived_at": MORNING.replace(tzinfo=None)}, "arrived_at"),
        ({"arrived_at": MORNING + timedelta(days=1)}, "arrived_at"),
        ({"arrived_at": MORNING - timedelta(days=1)}, "arrived_at"),
    ],
)
def test_a_broken_supplement_is_rejected_by_field(
    hall: HallInHand, platform: Caller, waits: str, change: dict[str, object], field: str
) -> None:
    with pytest.raises(Rejected) as caught:
        _send(hall, platform, _supplement(**change))
    assert caught.value.field == field
