"""Work lists: what stands where, the most urgent first, nobody's second duty, nobody's whole name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clerk_app.domain.acts import Delivery, DeliveryManner, Suspension
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.catalogue import CaseType
from clerk_app.domain.errors import NotAllowed, Rejected
from clerk_app.domain.law import SuspensionCause
from clerk_app.ports.hall import PartyRecord
from clerk_app.ports.hall_cases import WorkKind, WorkLine
from support.case_flow import (
    AGENT,
    APPLICANT,
    Staff,
    act,
    arrived,
    delivered,
    granted,
    opening,
    ready,
    record,
    sealed,
    supplement_opening,
    uuid,
)
from support.hall import MORNING, HallInHand

SOON = MORNING + timedelta(minutes=5)


def _case(hall: HallInHand, people: Staff, number: int, **more: object) -> str:
    start = opening(number, people.clerk.user_id, **more)
    people.clerk.stores(record(start, hall.hall_id))
    return start.case_id


def _where(people: Staff) -> set[WorkKind]:
    return {kind for kind in WorkKind if people.clerk.work(kind)}


def _ids(lines: tuple[WorkLine, ...]) -> list[int]:
    return [int(line.case_id[-12:]) for line in lines]


def test_a_promised_case_is_in_one_list_at_a_time(hall: HallInHand, people: Staff) -> None:
    case_id = _case(hall, people, 1)
    assert _where(people) == {WorkKind.TO_DECIDE}
    pause = Suspension(SuspensionCause.INSPECTION, "《行政许可法》第四十五条", SOON.date(), "10个工作日")
    people.reviewer.pushes(act(1, case_id, CaseStep.SUSPEND, people.reviewer.doer, SOON, suspension=pause))
    assert _where(people) == {WorkKind.SUSPENDED}
    assert people.reviewer.work(WorkKind.SUSPENDED)[0].due is None  # time stands still
    other = _case(hall, people, 2)
    grant = granted(2, other, people.reviewer.doer, SOON)
    people.reviewer.pushes(grant)
    assert _ids(people.keeper.work(WorkKind.TO_SEAL)) == [2]
    people.keeper.pushes(sealed(3, grant, people.keeper.doer, SOON))
    assert _ids(people.clerk.work(WorkKind.TO_PREPARE)) == [2]
    people.keeper.pushes(ready(4, other, people.keeper.doer, SOON))
    assert _where(people) == {WorkKind.SUSPENDED, WorkKind.TO_ISSUE}
    post = Delivery(
        DeliveryManner.POST,
        APPLICANT.name,
        "本人",
        address="明河区",
        carrier="邮政",
        tracking="EM1",
        pieces=("正本 1",),
    )
    people.clerk.pushes(act(5, other, CaseStep.POST, people.clerk.doer, SOON, delivery=post))
    assert _where(people) == {WorkKind.SUSPENDED, WorkKind.POSTED}
    people.clerk.pushes(act(6, other, CaseStep.DELIVER, people.clerk.doer, SOON, delivery=post))
    assert _where(people) == {WorkKind.SUSPENDED}


def test_an_instant_case_is_issued_straight_from_the_seal(hall: HallInHand, people: Staff) -> None:
    case_id = _case(hall, people, 1, case_type=CaseType.INSTANT)
    grant = granted(1, case_id, people.reviewer.doer, SOON)
    people.reviewer.pushes(grant)
    people.keeper.pushes(sealed(2, grant, people.keeper.doer, SOON))
    assert _where(people) == {WorkKind.TO_ISSUE}
    people.clerk.pushes(delivered(3, case_id, people.clerk.doer, SOON))
    assert _where(people) == set()


def test_a_supplement_waits_then_is_to_be_accepted(hall: HallInHand, people: Staff) -> None:
    start = supplement_opening(1, people.clerk.user_id)
    people.clerk.stores(record(start, hall.hall_id))
    line = people.clerk.work(WorkKind.TO_SUPPLEMENT)[0]
    assert (line.due, line.since) == (start.supplement_due, start.concluded_at)
    people.clerk.pushes(arrived(1, start.case_id, people.clerk.doer, SOON, ("m1",), whole=False))
    # part of it does not begin a new state
    assert people.clerk.work(WorkKind.TO_SUPPLEMENT)[0].since == start.concluded_at
    people.clerk.pushes(arrived(2, start.case_id, people.clerk.doer, SOON, ("m2",), whole=True))
    assert _where(people) == {WorkKind.TO_ACCEPT}
    assert people.clerk.work(WorkKind.TO_ACCEPT)[0].since == SOON


def test_tolerated_materials_are_owed_until_they_come(hall: HallInHand, people: Staff) -> None:
    due = MORNING + timedelta(days=7)
    case_id = _case(hall, people, 1, state=CaseState.ACCEPTED_WITH_DEFICIENCY, owed=("m3",), tolerance_due=due)
    assert _where(people) == {WorkKind.TO_DECIDE, WorkKind.OWED}
    assert people.clerk.work(WorkKind.OWED)[0].due == due
    assert people.clerk.work(WorkKind.TO_DECIDE)[0].due == MORNING + timedelta(days=14)
    people.clerk.pushes(arrived(1, case_id, people.clerk.doer, SOON, ("m3",), whole=True))
    assert _where(people) == {WorkKind.TO_DECIDE}


def test_who_waits_at_the_window_comes_first_then_the_nearest_date(hall: HallInHand, people: Staff) -> None:
    days = {1: 9, 2: 3, 3: None, 4: 20}
    for number, left in days.items():
        promised = None if left is None else MORNING + timedelta(days=left)
        kind = CaseType.INSTANT if number == 4 else CaseType.PROMISED
        _case(hall, people, number, promised=promised, case_type=kind)
    _case(hall, people, 5, at=MORNING - timedelta(days=1), promised=MORNING + timedelta(days=3))
    assert _ids(people.reviewer.work(WorkKind.TO_DECIDE)) == [4, 5, 2, 1, 3]


def test_nobody_is_offered_a_second_duty_on_one_case(hall: HallInHand, people: Staff) -> None:
    case_id = _case(hall, people, 1)
    assert [line.mine for line in people.clerk.work(WorkKind.TO_DECIDE)] == [False]
    assert [line.mine for line in people.reviewer.work(WorkKind.TO_DECIDE)] == [True]
    people.reviewer.pushes(granted(1, case_id, people.reviewer.doer, SOON))
    assert [line.mine for line in people.reviewer.work(WorkKind.TO_SEAL)] == [False]
    assert [line.mine for line in people.keeper.work(WorkKind.TO_SEAL)] == [True]


def test_people_are_masked_and_companies_are_not(hall: HallInHand, people: Staff) -> None:
    _case(hall, people, 1)
    start = opening(2, people.clerk.user_id, at=MORNING + timedelta(minutes=1))
    company = PartyRecord("entity", "明河云杉食品有限公司", "uscc", "91230900MA1C0Y2K6H")
    people.clerk.stores(record(start, hall.hall_id, applicant=company))
    names = [line.applicant for line in people.reviewer.work(WorkKind.TO_DECIDE)]
    assert names == ["李*彤", "明河云杉食品有限公司"]


def test_lists_need_a_login(hall: HallInHand, people: Staff) -> None:
    machine = replace(people.clerk, caller=hall.enrolled(window_no="13")[0])
    with pytest.raises(NotAllowed):
        machine.work(WorkKind.TO_DECIDE)


def test_one_card_finds_everything_that_can_be_taken_along(hall: HallInHand, people: Staff) -> None:
    def finished(number: int, **more: object) -> str:
        start = opening(number, people.clerk.user_id)
        people.clerk.stores(record(start, hall.hall_id, **more))
        grant = granted(number * 10, start.case_id, people.reviewer.doer, SOON)
        people.reviewer.pushes(grant)
        people.keeper.pushes(sealed(number * 10 + 1, grant, people.keeper.doer, SOON))
        people.keeper.pushes(ready(number * 10 + 2, start.case_id, people.keeper.doer, SOON))
        return start.case_id

    stranger = PartyRecord("person", "赵一", "111", "110101196001011234")
    company = PartyRecord("entity", "明河云杉食品有限公司", "uscc", "91230900MA1C0Y2K6H")
    finished(1)
    finished(2, applicant=company, agent=AGENT)
    finished(3, applicant=stranger, parties=(AGENT,))
    finished(4, applicant=stranger)
    _case(hall, people, 5)  # not decided yet
    waits = opening(6, people.clerk.user_id)
    people.clerk.stores(record(waits, hall.hall_id))
    people.reviewer.pushes(granted(60, waits.case_id, people.reviewer.doer, SOON))

    def search(number: str) -> list[int]:
        return _ids(hall.write(lambda unit: hall.desk.lists.results_of(unit, people.clerk.caller.actor, number)))

    assert search(APPLICANT.document_no) == [1, 6], "what waits for its seal is told as well, at the end"
    assert search(AGENT.document_no.lower()) == [2, 3]
    assert search(company.document_no) == [2]
    assert search("110101199912310000") == []
    with pytest.raises(Rejected, match="请读卡"):
        search(" ")
    hall.sequence()
    traces = [e for e in hall.read(lambda unit: unit.journal.after(0, 500)) if e.kind == "results.searched"]
    assert [trace.payload["found"] for trace in traces] == [2, 2, 1, 0]
    assert AGENT.document_no not in str(traces)


def test_what_lies_ready_comes_before_what_the_office_still_holds(hall: HallInHand, people: Staff) -> None:
    for number in (1, 2, 3):
        case_id = _case(hall, people, number)
        if number == 3:
            continue  # not decided: no result
        grant = granted(number * 10, case_id, people.reviewer.doer, SOON)
        people.reviewer.pushes(grant)
        if number == 2:
            people.keeper.pushes(sealed(21, grant, people.keeper.doer, SOON))
            people.keeper.pushes(ready(22, case_id, people.keeper.doer, SOON))
    found = hall.write(lambda unit: hall.desk.lists.results_of(unit, people.clerk.caller.actor, APPLICANT.document_no))
    assert [(line.case_id, line.state) for line in found] == [
        (uuid(2), CaseState.READY),
        (uuid(1), CaseState.GRANTED),
    ]


def test_a_list_ends_at_two_hundred(hall: HallInHand, people: Staff) -> None:
    intakes = [record(opening(number, people.clerk.user_id), hall.hall_id) for number in range(1, 206)]

    def store_all(unit):  # type: ignore[no-untyped-def]
        for intake in intakes:
            hall.desk.cases.store(unit, people.clerk.caller.actor, intake)

    hall.write(store_all)
    assert _ids(people.reviewer.work(WorkKind.TO_DECIDE)) == list(range(1, 201))
    assert uuid(201) not in {line.case_id for line in people.reviewer.work(WorkKind.TO_DECIDE)}
