"""The table of docs/sync.md, row by row: the counter's facts and the office's decisions never overwrite each other.

Each row of the table is named by the test that proves it; a test holds both to each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from clerk_app.domain.actor import Role
from clerk_app.domain.acts import CaseAct, Extension
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.errors import Conflict, Locked, NotAllowed, Refusal, Rejected
from clerk_app.domain.queue import VisitReason
from clerk_app.ports.hall import CaseAck, CaseRecord, RatingRecord
from clerk_app.ports.hall_cases import PreCheck, VisitRecord
from clerk_app.ports.hall_sync import FileHead, FileKind, FileSubject
from clerk_app.services.hall import records
from support.case_flow import (
    APPLICANT,
    TASK,
    AtWork,
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
from support.hall import MORNING, HallInHand, hall_in_hand
from support.server import ROOT

SOON = MORNING + timedelta(minutes=5)
LATER = MORNING + timedelta(minutes=20)
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Hall:
    """One hall with everybody at work: two clerks at two windows, two who decide, one who seals."""

    hall: HallInHand
    clerk: AtWork
    other: AtWork
    reviewer: AtWork
    chief: AtWork
    keeper: AtWork

    def case(self, received_by: str = "", **more: object) -> CaseRecord:
        """A new case of window 12, stored."""
        made = record(opening(next(_numbers), received_by or self.clerk.user_id, **more), self.hall.hall_id)
        self.store(made)
        return made

    def waiting_case(self) -> CaseRecord:
        made = record(supplement_opening(next(_numbers), self.clerk.user_id), self.hall.hall_id)
        self.store(made)
        return made

    def store(self, intake: CaseRecord, by: AtWork | None = None) -> CaseAck:
        actor = (by or self.clerk).caller.actor
        ack: CaseAck = self.hall.write(lambda unit: self.hall.desk.cases.store(unit, actor, intake))
        return ack

    def state(self, case: CaseRecord) -> CaseState:
        return self.clerk.looks_at(case.case_number).state

    def stored(self, case: CaseRecord) -> CaseRecord:
        return records.load(CaseRecord, self.hall.read(lambda unit: unit.cases.body(case.case_id)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with hall_in_hand(tmp_path_factory.mktemp("hall")) as hall:
        hall.clock.move(hours=1)
        yield Hall(
            hall,
            at_work(hall, "12", "王晓梅"),
            at_work(hall, "13", "李建国"),
            at_work(hall, "21", "沈明", Role.REVIEWER),
            at_work(hall, "23", "周文博", Role.CHIEF_REPRESENTATIVE),
            at_work(hall, "22", "印红", Role.SEAL_KEEPER),
        )


def number() -> int:
    return next(_numbers)


def refused(kind: type[Refusal], work: Callable[[], object]) -> None:
    with pytest.raises(kind):
        work()


# --- facts of the counter -------------------------------------------------------------------------------------------
def test_intake_facts_belong_to_the_window_that_concluded(place: Hall) -> None:
    case = place.case()
    refused(NotAllowed, lambda: place.store(replace(case, clerk="别人", revision=2), place.other))
    assert place.stored(case) == case


def test_intake_facts_change_by_a_higher_revision_only(place: Hall) -> None:
    case = place.case()
    refused(Conflict, lambda: place.store(replace(case, clerk="别人")))
    changed = replace(case, clerk="李建国", revision=3)
    place.store(changed)
    refused(Conflict, lambda: place.store(replace(case, clerk="又一个", revision=2)))
    assert place.stored(case) == changed


def test_intake_facts_are_fixed_once_somebody_went_on(place: Hall) -> None:
    case = place.case()
    place.reviewer.pushes(act(number(), case.case_id, CaseStep.TAKE_UP, place.reviewer.doer, SOON))
    refused(Conflict, lambda: place.store(replace(case, clerk="别人", revision=2)))
    assert place.stored(case) == case
    assert place.state(case) is CaseState.IN_REVIEW


def test_intake_facts_that_come_again_do_not_undo_a_decision(place: Hall) -> None:
    case = place.case()
    grant = granted(number(), case.case_id, place.reviewer.doer, SOON)
    place.reviewer.pushes(grant)
    place.store(case)
    assert place.state(case) is CaseState.GRANTED
    assert place.clerk.looks_at(case.case_number).acts == (grant,)


def test_a_decision_leaves_the_intake_facts_as_they_are(place: Hall) -> None:
    case = place.case()
    place.reviewer.pushes(granted(number(), case.case_id, place.reviewer.doer, SOON))
    assert place.stored(case) == case


def test_numbers_on_paper_are_the_windows_and_belong_to_one_case(place: Hall) -> None:
    case = place.case()
    twin = replace(opening(number(), place.clerk.user_id), case_number=case.case_number)
    refused(Conflict, lambda: place.store(record(twin, place.hall.hall_id)))


def test_the_official_number_is_the_servers_and_is_given_once(place: Hall) -> None:
    case = place.case()
    first = place.store(case)
    assert place.store(replace(case, clerk="李建国", revision=2)).case_no == first.case_no


# --- state and dates ------------------------------------------------------------------------------------------------
def test_the_state_is_nobodys_to_send_it_follows_from_the_acts(place: Hall) -> None:
    case = place.case()
    later = replace(case, outcome="not_accepted", revision=2)
    refused(Rejected, lambda: place.store(later))
    assert place.state(case) is CaseState.ACCEPTED


def test_dates_that_the_office_moves_stay_moved(place: Hall) -> None:
    case = place.case()
    due = case.opening.promised + timedelta(days=10) if case.opening and case.opening.promised else None
    assert due is not None
    facts = Extension(10, "案情复杂", "周文博", "局长", due, due + timedelta(days=14))
    place.chief.pushes(act(number(), case.case_id, CaseStep.EXTEND, place.chief.doer, SOON, extension=facts))
    place.store(case)
    head = place.hall.read(lambda unit: unit.files.head(case.case_id))
    assert head.standing.due_at == due
    assert place.stored(case) == case


# --- two acts that do not go together -------------------------------------------------------------------------------
def test_two_decisions_the_first_that_arrives_counts(place: Hall) -> None:
    case = place.case()
    place.reviewer.pushes(granted(number(), case.case_id, place.reviewer.doer, LATER))
    refused(Locked, lambda: place.chief.pushes(granted(number(), case.case_id, place.chief.doer, SOON)))
    assert place.state(case) is CaseState.GRANTED


@pytest.mark.parametrize("first", ["withdrawal", "decision"])
def test_a_withdrawal_and_a_decision_the_first_that_arrives_counts(place: Hall, first: str) -> None:
    case = place.case()
    withdrawal = act(number(), case.case_id, CaseStep.WITHDRAW, place.clerk.doer, SOON, reason="申请人撤回")
    grant = granted(number(), case.case_id, place.reviewer.doer, SOON)
    if first == "withdrawal":
        place.clerk.pushes(withdrawal)
        refused(Locked, lambda: place.reviewer.pushes(grant))
    else:
        place.reviewer.pushes(grant)
        refused(Locked, lambda: place.clerk.pushes(withdrawal))
    assert len(place.clerk.looks_at(case.case_number).acts) == 1


def test_materials_that_arrived_twice_count_once(place: Hall) -> None:
    case = place.waiting_case()
    place.clerk.pushes(arrived(number(), case.case_id, place.clerk.doer, SOON, ("m1", "m2"), whole=True))
    again = arrived(number(), case.case_id, place.other.doer, LATER, ("m1", "m2"), whole=True)
    refused(Locked, lambda: place.other.pushes(again))


def test_tolerated_materials_and_the_review_go_on_side_by_side(place: Hall) -> None:
    owed = {"state": CaseState.ACCEPTED_WITH_DEFICIENCY, "owed": ("m3",), "tolerance_due": MORNING + timedelta(days=5)}
    case = place.case(**owed)
    place.reviewer.pushes(act(number(), case.case_id, CaseStep.TAKE_UP, place.reviewer.doer, SOON))
    refused(Locked, lambda: place.reviewer.pushes(granted(number(), case.case_id, place.reviewer.doer, SOON)))
    place.clerk.pushes(arrived(number(), case.case_id, place.clerk.doer, LATER, ("m3",), whole=True))
    assert place.state(case) is CaseState.IN_REVIEW
    place.reviewer.pushes(granted(number(), case.case_id, place.reviewer.doer, LATER))
    assert place.state(case) is CaseState.GRANTED


def test_an_acceptance_after_a_supplement_is_one(place: Hall) -> None:
    case = place.waiting_case()
    place.clerk.pushes(arrived(number(), case.case_id, place.clerk.doer, SOON, ("m1", "m2"), whole=True))
    place.clerk.pushes(accepted(number(), case.case_id, place.clerk.doer, SOON, SOON))
    refused(Locked, lambda: place.other.pushes(accepted(number(), case.case_id, place.other.doer, LATER, SOON)))


def test_a_result_is_handed_out_once(place: Hall) -> None:
    case = place.case()
    grant = granted(number(), case.case_id, place.reviewer.doer, SOON)
    place.reviewer.pushes(grant)
    place.keeper.pushes(sealed(number(), grant, place.keeper.doer, SOON))
    place.clerk.pushes(ready(number(), case.case_id, place.clerk.doer, SOON))
    place.clerk.pushes(delivered(number(), case.case_id, place.clerk.doer, SOON, ("正本 1",)))
    again = delivered(number(), case.case_id, place.other.doer, LATER, ("正本 1",))
    refused(Locked, lambda: place.other.pushes(again))


def test_a_decision_is_sealed_once(place: Hall) -> None:
    case = place.case()
    grant = granted(number(), case.case_id, place.reviewer.doer, SOON)
    place.reviewer.pushes(grant)
    place.keeper.pushes(sealed(number(), grant, place.keeper.doer, SOON))
    refused(Locked, lambda: place.keeper.pushes(sealed(number(), grant, place.keeper.doer, LATER)))


def test_receiving_deciding_and_sealing_are_three_people(place: Hall) -> None:
    case = place.case(received_by=place.reviewer.user_id)
    refused(NotAllowed, lambda: place.reviewer.pushes(granted(number(), case.case_id, place.reviewer.doer, SOON)))
    refused(NotAllowed, lambda: place.clerk.pushes(granted(number(), case.case_id, place.clerk.doer, SOON)))


def test_an_act_is_what_it_was_when_it_came_first(place: Hall) -> None:
    case = place.case()
    first = granted(number(), case.case_id, place.reviewer.doer, SOON)
    ack = place.reviewer.pushes(first)
    refused(Conflict, lambda: place.reviewer.pushes(_later(first)))
    assert place.reviewer.pushes(first) == ack


def _later(made: CaseAct) -> CaseAct:
    return replace(made, at=LATER)


def test_the_order_of_acts_is_the_order_of_their_arrival(place: Hall) -> None:
    case = place.case()
    take_up = act(number(), case.case_id, CaseStep.TAKE_UP, place.reviewer.doer, LATER)
    place.reviewer.pushes(take_up)
    grant = granted(number(), case.case_id, place.reviewer.doer, SOON)
    place.reviewer.pushes(grant)
    assert place.clerk.looks_at(case.case_number).acts == (take_up, grant)


# --- what stands beside a case ----------------------------------------------------------------------------------
def test_a_visit_is_rated_once_per_stage(place: Hall) -> None:
    case, hall = place.case(), place.hall
    rating = RatingRecord(uuid(number(), 301), 1, MORNING, "12", case_id=case.case_id)
    hall.write(lambda unit: hall.desk.cases.rate(unit, place.clerk.caller.actor, rating))
    other = replace(rating, rating_id=uuid(number(), 301), level=5)
    refused(Conflict, lambda: hall.write(lambda unit: hall.desk.cases.rate(unit, place.clerk.caller.actor, other)))


def test_reports_of_a_window_are_what_they_were_when_they_came_first(place: Hall) -> None:
    hall, actor = place.hall, place.clerk.caller.actor
    visit = VisitRecord(uuid(number(), 300), (VisitReason.SUBMIT,), "12", MORNING, SOON)
    first = hall.write(lambda unit: hall.desk.visits.store_visit(unit, actor, visit))
    assert hall.write(lambda unit: hall.desk.visits.store_visit(unit, actor, visit)) == first
    longer = replace(visit, ended_at=LATER)
    refused(Conflict, lambda: hall.write(lambda unit: hall.desk.visits.store_visit(unit, actor, longer)))


def test_a_file_is_what_was_announced_first(place: Hall) -> None:
    case, hall, actor = place.case(), place.hall, place.clerk.caller.actor
    head = FileHead(
        uuid(number(), 400), FileSubject.CASE, case.case_id, FileKind.PAPER, "application/pdf", 9, "ab" * 32, SOON, "12"
    )
    hall.desk.uploads.begin(actor, head)
    refused(Conflict, lambda: hall.desk.uploads.begin(actor, replace(head, sha="cd" * 32)))


def test_an_online_pre_check_is_used_by_the_first_case_that_names_it(place: Hall) -> None:
    hall = place.hall
    check = PreCheck("YS-2026-77", TASK, APPLICANT, MORNING, "网上预审", "材料齐全", True)
    platform = hall.actor(None, Role.PLATFORM)
    hall.write(lambda unit: hall.desk.pre_checks.put(unit, platform, check))
    names: list[CaseRecord] = []
    for _ in range(2):
        start = opening(number(), place.clerk.user_id)
        made = record(start, hall.hall_id, conclusion={"intake": {"pre_check": check.number}})
        place.store(made)
        names.append(made)
    with pytest.raises(Conflict, match=names[0].case_number):
        hall.write(lambda unit: hall.desk.pre_checks.get(unit, place.clerk.caller.actor, check.number))


# --- the table itself -------------------------------------------------------------------------------------------
def test_every_row_of_the_table_has_its_test_and_every_test_its_row() -> None:
    text = (Path(ROOT) / "docs" / "sync.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"`(test_[a-z_]+)`", text))
    here = {name for name in globals() if name.startswith("test_") and name != _SELF}
    assert rows == here


_SELF = "test_every_row_of_the_table_has_its_test_and_every_test_its_row"
