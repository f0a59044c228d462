"""Acts at the server: who may, what the law refuses, what comes twice, what is told to the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.acts import Doer, Suspension
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.catalogue import CaseType
from clerk_app.domain.errors import Conflict, Fault, Locked, NotAllowed, NotFound, Rejected
from clerk_app.domain.law import SuspensionCause
from clerk_app.ports.feed import FeedEntry
from clerk_app.services.hall.sequencer import public_entry
from clerk_app.services.hall.tools import canonical, plain
from support.case_flow import (
    APPLICANT,
    Staff,
    accepted,
    act,
    arrived,
    at_work,
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


def _told(hall: HallInHand) -> list[FeedEntry]:
    hall.sequence()
    return [public_entry(entry) for entry in hall.read(lambda unit: unit.journal.after(0, 500))]


def _case(hall: HallInHand, people: Staff, number: int = 1, **more: object) -> str:
    start = opening(number, people.clerk.user_id, **more)
    people.clerk.stores(record(start, hall.hall_id))
    return start.case_id


def test_an_instant_case_goes_through_three_people(hall: HallInHand, people: Staff) -> None:
    case_id = _case(hall, people, case_type=CaseType.INSTANT)
    grant = granted(1, case_id, people.reviewer.doer, SOON)
    first = people.reviewer.pushes(grant)
    assert (first.position, first.state) == (1, CaseState.GRANTED)
    assert people.keeper.pushes(sealed(2, grant, people.keeper.doer, SOON)).state is CaseState.SEALED
    last = people.clerk.pushes(delivered(3, case_id, people.clerk.doer, SOON))
    assert (last.position, last.state) == (3, CaseState.DELIVERED)
    found = people.clerk.looks_at("MH-12-20261123-0001")
    assert found.state is CaseState.DELIVERED
    assert [one.step for one in found.acts] == [CaseStep.GRANT, CaseStep.SEAL, CaseStep.DELIVER]
    assert found.acts[0] == grant
    assert found.record.applicant == APPLICANT


def test_a_case_is_found_by_each_of_its_numbers(hall: HallInHand, people: Staff) -> None:
    case_id = _case(hall, people)
    by_number = people.clerk.looks_at(" MH-12-20261123-0001 ")
    assert people.clerk.looks_at(by_number.case_no) == people.clerk.looks_at(case_id) == by_number
    with pytest.raises(NotFound, match="没有这一件"):
        people.clerk.looks_at("MH-12-20261123-0099")


def test_the_same_act_again_gets_the_same_answer_and_changes_nothing(hall: HallInHand, people: Staff) -> None:
    case_id = _case(hall, people)
    grant = granted(1, case_id, people.reviewer.doer, SOON)
    first = people.reviewer.pushes(grant)
    people.keeper.pushes(sealed(2, grant, people.keeper.doer, SOON))
    before = _told(hall)
    hall.clock.move(hours=3)
    # from another time zone and, once it is stored, whoever is logged in there by now
    again = replace(grant, at=grant.at.astimezone(UTC))
    machine = replace(people.reviewer, caller=hall.desk.access.caller(hall.enrolled(window_no="21")[1], None))
    assert people.reviewer.pushes(again) == machine.pushes(grant) == first
    assert len(_told(hall)) == len(before) + 2  # the code and the device of the second enrolment
    assert len(people.clerk.looks_at(case_id).acts) == 2


def test_another_content_under_the_same_id_is_refused(hall: HallInHand, people: Staff) -> None:
    case_id = _case(hall, people)
    other = _case(hall, people, 2)
    grant = granted(1, case_id, people.reviewer.doer, SOON)
    people.reviewer.pushes(grant)
    for changed in (replace(grant, at=SOON + timedelta(seconds=1)), replace(grant, case_id=other)):
        with pytest.raises(Conflict, match="内容不一样"):
            people.reviewer.pushes(changed)


def test_what_the_office_does_needs_its_own_login(hall: HallInHand, people: Staff) -> None:
    case_id = _case(hall, people)
    grant = granted(1, case_id, people.reviewer.doer, SOON)
    machine = replace(people.reviewer, caller=hall.desk.access.caller(hall.enrolled(window_no="21")[1], None))
    with pytest.raises(NotAllowed, match="要由 沈明 本人登录"):
        machine.pushes(grant)
    posing = replace(grant, by=Doer(people.clerk.user_id, "王晓梅", "12"))
    with pytest.raises(NotAllowed, match="没有“决定准予”的权限"):
        people.clerk.pushes(posing)
    with pytest.raises(NotAllowed, match="12 号窗口，不能上传 21 号"):
        people.clerk.pushes(grant)
    assert people.clerk.looks_at(case_id).acts == ()


def test_what_clerks_did_comes_whoever_is_logged_in_by_now(hall: HallInHand, people: Staff) -> None:
    start = supplement_opening(1, people.clerk.user_id)
    people.clerk.stores(record(start, hall.hall_id))
    part = arrived(1, start.case_id, people.clerk.doer, SOON, ("m1",), whole=False)
    machine = replace(people.clerk, caller=hall.desk.access.caller(hall.enrolled(window_no="12")[1], None))
    assert machine.pushes(part).state is CaseState.SUPPLEMENT_REQUESTED
    of_reviewer = arrived(2, start.case_id, replace(people.reviewer.doer, window_no="12"), SOON, ("m2",), whole=True)
    with pytest.raises(NotAllowed, match="沈明 没有“收齐材料”的权限"):
        machine.pushes(of_reviewer)
    kiosk = replace(people.clerk, caller=hall.enrolled(DeviceKind.KIOSK, None)[0])
    with pytest.raises(NotAllowed, match="只有窗口电脑"):
        kiosk.pushes(arrived(3, start.case_id, people.clerk.doer, SOON, ("m2",), whole=True))


def test_receiving_deciding_and_sealing_are_three_people(hall: HallInHand) -> None:
    roles = (Role.CLERK, Role.REVIEWER, Role.SEAL_KEEPER)
    one, two = at_work(hall, "12", "王晓梅", *roles), at_work(hall, "21", "沈明", *roles)
    start = opening(1, one.user_id)
    one.stores(record(start, hall.hall_id))
    with pytest.raises(NotAllowed, match="这件由你受理，审批要换一个人"):
        one.pushes(granted(1, start.case_id, one.doer, SOON))
    grant = granted(2, start.case_id, two.doer, SOON)
    two.pushes(grant)
    for person in (one, two):
        with pytest.raises(NotAllowed, match="用印要换一个人"):
            person.pushes(sealed(3, grant, person.doer, SOON))


def test_the_law_refuses_at_the_server_too_and_leaves_nothing(hall: HallInHand, people: Staff) -> None:
    case_id = _case(hall, people)
    before = _told(hall)
    with pytest.raises(Locked, match="不能用印"):
        people.keeper.pushes(sealed(1, granted(1, case_id, people.reviewer.doer), people.keeper.doer, SOON))
    with pytest.raises(Rejected) as caught:
        people.reviewer.pushes(act(2, case_id, CaseStep.REFUSE, people.reviewer.doer, SOON))
    assert caught.value.field == "basis"
    assert _told(hall) == before
    assert people.clerk.looks_at(case_id).acts == ()


def test_days_are_those_of_beijing_whatever_zone_the_window_sends(hall: HallInHand, people: Staff) -> None:
    early = MORNING.replace(hour=7, minute=30)
    case_id = _case(hall, people, at=early)
    today = Suspension(SuspensionCause.HEARING, "《行政许可法》第四十五条", early.date(), "10个工作日")
    suspend = act(1, case_id, CaseStep.SUSPEND, people.reviewer.doer, early.astimezone(UTC), suspension=today)
    # half past seven in the morning is still yesterday in UTC
    assert people.reviewer.pushes(suspend).state is CaseState.SUSPENDED


def test_an_act_from_the_future_waits_for_its_time(hall: HallInHand, people: Staff) -> None:
    case_id = _case(hall, people)
    late = hall.clock.now() + timedelta(hours=2)
    early = granted(1, case_id, people.reviewer.doer, late)
    with pytest.raises(Fault, match="时间比服务器快"):
        people.reviewer.pushes(early)
    hall.clock.move(hours=2)
    assert people.reviewer.pushes(early).state is CaseState.GRANTED
    with pytest.raises(Rejected):
        people.reviewer.pushes(granted(1, case_id, people.reviewer.doer, late.replace(tzinfo=None)))


def test_a_case_that_never_came_or_has_no_opening_gets_no_acts(hall: HallInHand, people: Staff) -> None:
    with pytest.raises(NotFound, match="可能还没有上传"):
        people.reviewer.pushes(granted(1, uuid(9), people.reviewer.doer, SOON))
    old = replace(record(opening(1, people.clerk.user_id), hall.hall_id), opening=None, conclusion={})
    people.clerk.stores(old)
    with pytest.raises(Locked, match="旧版窗口"):
        people.reviewer.pushes(granted(1, old.case_id, people.reviewer.doer, SOON))
    assert people.clerk.looks_at(old.case_number).state is CaseState.ACCEPTED


def test_every_act_is_told_without_personal_data(hall: HallInHand, people: Staff) -> None:
    case_id = _case(hall, people, case_type=CaseType.INSTANT)
    people.reviewer.pushes(granted(1, case_id, people.reviewer.doer, SOON))
    stored, told = [entry for entry in _told(hall) if entry.subject == case_id]
    assert (stored.kind, stored.case_state, stored.instant) == ("case.stored", "accepted", True)
    assert (told.kind, told.case_state, told.instant) == ("case.acted", "granted", True)
    assert (told.case_number, told.window_no, told.state) == ("MH-12-20261123-0001", "21", None)
    entry = hall.read(lambda unit: unit.journal.after(told.feed_no - 1, 1))[0]
    assert entry.payload["step"] == "grant"
    for personal in (APPLICANT.name, APPLICANT.document_no, APPLICANT.phone):
        assert personal not in str(entry.payload)


def test_looking_leaves_a_trace_and_needs_a_role(hall: HallInHand, people: Staff) -> None:
    case_id = _case(hall, people)
    people.reviewer.looks_at(case_id)
    viewed = [entry for entry in _told(hall) if entry.kind == "case.viewed"]
    assert [(entry.subject, entry.window_no) for entry in viewed] == [(case_id, "21")]
    machine = replace(people.clerk, caller=hall.enrolled(window_no="13")[0])
    with pytest.raises(NotAllowed):
        machine.looks_at(case_id)


def test_the_record_of_the_counter_does_not_change_once_acts_follow(hall: HallInHand, people: Staff) -> None:
    case_id = _case(hall, people)
    start = opening(1, people.clerk.user_id)
    people.clerk.stores(replace(record(start, hall.hall_id), revision=2))
    people.reviewer.pushes(granted(1, case_id, people.reviewer.doer, SOON))
    with pytest.raises(Conflict, match="后面的环节已经开始"):
        people.clerk.stores(replace(record(start, hall.hall_id), revision=3))


@pytest.mark.parametrize(
    "wrong",
    [
        {"case_id": uuid(7)},
        {"case_number": "MH-12-20261123-0007"},
        {"matter_code": "another"},
        {"state": CaseState.SEALED},
        {"received_by": " "},
        {"accepted_at": None},
    ],
)
def test_an_opening_that_is_not_of_its_record_is_rejected(
    hall: HallInHand, people: Staff, wrong: dict[str, object]
) -> None:
    start = opening(1, people.clerk.user_id)
    with pytest.raises(Rejected) as caught:
        people.clerk.stores(replace(record(start, hall.hall_id), opening=replace(start, **wrong)))
    assert caught.value.field == "opening"


def test_a_record_of_an_older_window_keeps_its_digest(hall: HallInHand, people: Staff) -> None:
    old = replace(record(opening(1, people.clerk.user_id), hall.hall_id), opening=None, conclusion={})
    people.clerk.stores(old)
    kept = hall.read(lambda unit: unit.cases.revision(old.case_id, 1))
    # SM3 over the canonical JSON of the fields that records had before acts came
    later = {"opening", "conclusion", "parties", "outage_since"}
    before = canonical({name: value for name, value in plain(old).items() if name not in later})
    assert kept[0] == hall.desk.tools.digest(before)


def test_a_supplement_is_accepted_from_the_day_it_was_complete(hall: HallInHand, people: Staff) -> None:
    start = supplement_opening(1, people.clerk.user_id)
    people.clerk.stores(record(start, hall.hall_id))
    hall.clock.move(days=2)
    came = MORNING + timedelta(days=1)
    people.clerk.pushes(arrived(1, start.case_id, people.clerk.doer, came, ("m1", "m2"), whole=True))
    now = hall.clock.now()
    with pytest.raises(Rejected, match="受理日期应当是材料补齐的"):
        people.clerk.pushes(accepted(2, start.case_id, people.clerk.doer, now, now))
    ack = people.clerk.pushes(accepted(2, start.case_id, people.clerk.doer, now, came))
    assert ack.state is CaseState.ACCEPTED


def test_limited_matters_keep_the_order_of_acceptance(hall: HallInHand, people: Staff) -> None:
    def limited(number: int, minutes: int) -> str:
        return _case(hall, people, number, at=MORNING + timedelta(minutes=minutes), quantity_limited=True)

    second, first = limited(1, 20), limited(2, 10)
    same_minute = limited(3, 20)
    ordinary = _case(hall, people, 4)
    waits = supplement_opening(5, people.clerk.user_id, quantity_limited=True)
    people.clerk.stores(record(waits, hall.hall_id))
    found = [people.clerk.looks_at(one).sequence for one in (first, second, same_minute, ordinary, waits.case_id)]
    assert found == [1, 2, 3, None, None]


def test_a_case_that_is_ready_goes_to_the_counter_and_ends(hall: HallInHand, people: Staff) -> None:
    case_id = _case(hall, people)
    grant = granted(1, case_id, people.reviewer.doer, SOON)
    people.reviewer.pushes(grant)
    people.keeper.pushes(sealed(2, grant, people.keeper.doer, SOON))
    with pytest.raises(Locked, match="还没有登记出件"):
        people.clerk.pushes(delivered(3, case_id, people.clerk.doer, SOON))
    people.keeper.pushes(ready(4, case_id, people.keeper.doer, SOON))
    done = people.clerk.pushes(delivered(5, case_id, people.clerk.doer, SOON, ("正本 1",)))
    assert (done.position, done.state) == (4, CaseState.DELIVERED)
