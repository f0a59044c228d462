"""One register for both seals: the window reports its own, the approval seal comes with its act."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clerk_app.domain.acts import ActPaper, SealKind
from clerk_app.domain.errors import Conflict, Locked, NotAllowed, Rejected
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.hall_cases import SealUse, Stored
from support.case_flow import SM3, AtWork, Staff, granted, opening, record, sealed, uuid
from support.hall import MORNING, HallInHand

SOON = MORNING + timedelta(minutes=5)


def _use(person: AtWork, number: int = 1) -> SealUse:
    return SealUse(
        use_id=uuid(number, 300),
        seal=SealKind.ACCEPTANCE,
        case_id=uuid(1),
        paper_id=uuid(number, 200),
        paper_kind=PaperKind.ACCEPTANCE_NOTICE,
        paper_number="明市监受〔2026〕12-0031 号",
        user_id=person.user_id,
        user_name="王晓梅",
        window_no="12",
        at=MORNING,
        count=2,
    )


def _store(person: AtWork, use: SealUse) -> Stored:
    stored: Stored = person.hall.write(lambda unit: person.hall.desk.seals.store(unit, person.caller.actor, use))
    return stored


def _register(person: AtWork, days: int = 0) -> tuple[SealUse, ...]:
    day = MORNING.date() + timedelta(days=days)
    found: tuple[SealUse, ...] = person.hall.read(
        lambda unit: person.hall.desk.seals.register(unit, person.caller.actor, day)
    )
    return found


def test_both_seals_stand_in_one_register_in_order(hall: HallInHand, people: Staff) -> None:
    start = opening(1, people.clerk.user_id)
    people.clerk.stores(record(start, hall.hall_id))
    grant = granted(1, start.case_id, people.reviewer.doer, SOON)
    people.reviewer.pushes(grant)
    seal = sealed(2, grant, people.keeper.doer, SOON)
    people.keeper.pushes(seal)
    people.keeper.pushes(seal)
    _store(people.clerk, _use(people.clerk))
    first, second = _register(people.keeper)
    assert first == _use(people.clerk)
    assert (second.seal, second.paper_number, second.count) == (SealKind.APPROVAL, "明市监准〔2026〕12-0001 号", 2)
    assert (second.user_name, second.window_no, second.register_no) == ("印红", "22", "YZ-2")
    assert _register(people.clerk, days=1) == ()


def test_every_sealed_paper_has_its_line(hall: HallInHand, people: Staff) -> None:
    start = opening(1, people.clerk.user_id)
    people.clerk.stores(record(start, hall.hall_id))
    grant = granted(1, start.case_id, people.reviewer.doer, SOON)
    copy = ActPaper(uuid(9, 200), PaperKind.GRANT_DECISION, "明市监准〔2026〕12-0002 号", SM3)
    grant = replace(grant, papers=(*grant.papers, copy))
    people.reviewer.pushes(grant)
    seal = sealed(2, grant, people.keeper.doer, SOON)
    three = replace(seal.facts, sealing=replace(seal.facts.sealing, count=3))
    people.keeper.pushes(replace(seal, facts=three))
    lines = _register(people.keeper)
    assert {line.paper_number: line.count for line in lines} == {
        "明市监准〔2026〕12-0001 号": 2,
        "明市监准〔2026〕12-0002 号": 1,
    }


def test_an_approval_seal_is_never_entered_alone(people: Staff) -> None:
    alone = replace(_use(people.clerk), seal=SealKind.APPROVAL)
    with pytest.raises(Locked, match="由用印这一步登记"):
        _store(people.clerk, alone)
    assert _register(people.clerk) == ()


def test_a_refused_seal_leaves_no_line(hall: HallInHand, people: Staff) -> None:
    start = opening(1, people.clerk.user_id)
    people.clerk.stores(record(start, hall.hall_id))
    grant = granted(1, start.case_id, people.reviewer.doer, SOON)
    people.reviewer.pushes(grant)
    seal = sealed(2, grant, people.keeper.doer, SOON)
    other = replace(seal.facts, sealing=replace(seal.facts.sealing, paper_ids=(uuid(77, 200),)))
    with pytest.raises(Locked, match="只盖在决定上"):
        people.keeper.pushes(replace(seal, facts=other))
    assert _register(people.keeper) == ()


def test_one_use_is_one_line_with_one_content(hall: HallInHand, people: Staff) -> None:
    first = _store(people.clerk, _use(people.clerk))
    hall.clock.move(minutes=1)
    assert _store(people.clerk, _use(people.clerk)) == first
    with pytest.raises(Conflict, match="内容不一样"):
        _store(people.clerk, replace(_use(people.clerk), count=3))
    with pytest.raises(NotAllowed, match="不能上传 13 号"):
        _store(people.clerk, replace(_use(people.clerk), window_no="13"))
    for broken in ({"count": 0}, {"paper_number": " "}, {"at": MORNING.replace(tzinfo=None)}, {"use_id": "x"}):
        with pytest.raises(Rejected):
            _store(people.clerk, replace(_use(people.clerk, 2), **broken))


def test_the_day_of_the_register_is_beijings(people: Staff) -> None:
    late = replace(_use(people.clerk), at=MORNING.replace(hour=0, minute=1))
    _store(people.clerk, late)
    assert _register(people.clerk) == (late,)
    assert _register(people.clerk, days=-1) == ()
