"""The back office at the server: its steps are the law's, made once, by the right person, with papers and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app.domain.actor import Role
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.errors import Conflict, Locked, NotAllowed, NotFound, Rejected
from clerk_app.ports.hall_cases import WorkKind
from clerk_app.server.office_words import materials
from support.hall import HallInHand, hall_in_hand
from support.office_web import GRANT, REFUSE, Office, Person


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallInHand]:
    with hall_in_hand(tmp_path) as opened:
        yield opened


@pytest.fixture
def office(hall: HallInHand) -> Office:
    return Office.over(hall)


@pytest.fixture
def reviewer(office: Office) -> Person:
    return office.person("shenming", "沈明", Role.REVIEWER)


@pytest.fixture
def keeper(office: Office) -> Person:
    return office.person("yinhong", "印红", Role.SEAL_KEEPER)


def opened_steps(person: Person, case_id: str) -> set[CaseStep]:
    return {one.step for one in person.open(case_id).steps if one.open}


def why(person: Person, case_id: str, step: CaseStep) -> str:
    return next(one.line for one in person.open(case_id).steps if one.step is step and not one.open)


def test_a_case_goes_from_review_to_the_issue_window_by_three_people(
    office: Office, reviewer: Person, keeper: Person
) -> None:
    case_id = office.accepted(received_by="clerk-1")
    reviewer.does(case_id, CaseStep.TAKE_UP)
    reviewer.does(case_id, CaseStep.GRANT, **GRANT)
    reviewer.does(case_id, CaseStep.CERTIFY)
    keeper.does(case_id, CaseStep.SEAL)
    keeper.does(case_id, CaseStep.MAKE_READY, names="正本 1、副本 1", place="出件窗口")

    found = keeper.open(case_id).opened.file
    assert found.state is CaseState.READY
    assert found.pieces is not None
    assert found.pieces.names == ("正本 1", "副本 1")
    clerk = office.hall.actor("12")
    lines = office.hall.read(lambda unit: office.hall.desk.lists.work(unit, clerk, WorkKind.TO_ISSUE))
    assert [line.case_id for line in lines] == [case_id]
    papers = [paper for act in found.acts for paper in act.papers]
    assert [paper.number for paper in papers] == ["政务准〔2026〕HT-0001 号", "政务取〔2026〕HT-0001 号"]
    assert all(paper.notice is not None and paper.check == office.renderer.check(paper.notice) for paper in papers)
    uses = office.hall.read(lambda unit: unit.registers.seal_uses(found.opening.received_at, office.hall.clock.now()))
    assert uses == [] or uses[0].register_no == "印〔2026〕HT-0001"


def test_who_received_does_not_decide_and_who_decided_does_not_seal(office: Office, reviewer: Person) -> None:
    everything = (Role.CLERK, Role.REVIEWER, Role.SEAL_KEEPER)
    alone = office.person("alone", "独一人", *everything)
    case_id = office.accepted(received_by=alone.user_id)
    assert why(alone, case_id, CaseStep.GRANT) == "这件由你受理，审批要换一个人"
    with pytest.raises(Locked, match="审批要换一个人"):
        alone.does(case_id, CaseStep.GRANT, **GRANT)
    reviewer.does(case_id, CaseStep.GRANT, **GRANT)
    assert why(alone, case_id, CaseStep.SEAL) == "这件由你受理，用印要换一个人"

    other = office.accepted(2)
    alone.does(other, CaseStep.GRANT, **GRANT)
    with pytest.raises(Locked, match="这件由你决定，用印要换一个人"):
        alone.does(other, CaseStep.SEAL)
    assert office.acts(other) == [CaseStep.GRANT]


def test_the_second_of_two_reviewers_is_told_who_was_first_and_nothing_is_done(
    office: Office, reviewer: Person
) -> None:
    second = office.person("second", "后来的人", Role.REVIEWER)
    case_id = office.accepted()
    seen_by_both = second.open(case_id)
    reviewer.does(case_id, CaseStep.GRANT, **GRANT)
    with pytest.raises(Conflict, match=r"沈明 11-23 10:00 办了“决定准予”.*没有提交"):
        second.does(case_id, CaseStep.REFUSE, seen_by_both, **REFUSE)
    assert office.acts(case_id) == [CaseStep.GRANT]


def test_a_form_that_is_sent_twice_is_one_step(office: Office, reviewer: Person) -> None:
    case_id = office.accepted()
    found = reviewer.open(case_id)
    filled, key = office.back.preset(found, CaseStep.GRANT, GRANT), office.hall.desk.tools.new_id()
    for _ in range(2):
        office.back.act(reviewer.at_work, key, found, CaseStep.GRANT, filled, found.position)
    assert office.acts(case_id) == [CaseStep.GRANT]
    with pytest.raises(Conflict, match=r"沈明.*办了“决定准予”"):
        office.back.act(reviewer.at_work, key, found, CaseStep.GRANT, {**filled, "content": "别的"}, found.position)


def test_a_refusal_needs_its_reason_and_a_wrong_form_takes_no_number(office: Office, reviewer: Person) -> None:
    case_id = office.accepted()
    with pytest.raises(Rejected, match="不予的决定要写明理由") as refused:
        reviewer.does(case_id, CaseStep.REFUSE, reason="", facts="查明", basis="依据")
    assert refused.value.field == "reason"
    assert office.acts(case_id) == []
    reviewer.does(case_id, CaseStep.REFUSE, **REFUSE)
    acts = reviewer.open(case_id).opened.file.acts
    assert acts[0].papers[0].number == "政务不准〔2026〕HT-0001 号"
    assert acts[0].facts.decision is not None
    assert acts[0].facts.decision.reason == REFUSE["reason"]


def test_a_chosen_phrase_stands_in_for_a_reason_that_was_not_typed(office: Office, reviewer: Person) -> None:
    case_id = office.accepted()
    reviewer.does(case_id, CaseStep.REFUSE, phrase="材料不真实", reason="", facts="查明", basis="依据")
    decision = reviewer.open(case_id).opened.file.decision
    assert decision is not None
    assert decision.reason == "材料不真实"


def test_time_stands_still_in_a_special_procedure_and_is_put_off_once(office: Office, reviewer: Person) -> None:
    case_id = office.accepted()
    before = reviewer.open(case_id).opened.file.promised
    found = reviewer.open(case_id)
    causes = office.back.form(found, CaseStep.SUSPEND).parts[0].choices(found.opened)  # type: ignore[union-attr]
    filled = office.back.preset(found, CaseStep.SUSPEND, {"cause": causes[0].value})
    assert filled["basis"]
    reviewer.does(case_id, CaseStep.SUSPEND, **{**filled, "expected": "5 个工作日"})
    assert reviewer.open(case_id).opened.file.promised is None
    assert opened_steps(reviewer, case_id) >= {CaseStep.RESUME}
    office.hall.clock.move(days=7)
    reviewer.does(case_id, CaseStep.RESUME, result="已经完成")
    after = reviewer.open(case_id).opened.file.promised
    assert before is not None
    assert after is not None
    assert after > before
    reviewer.does(case_id, CaseStep.EXTEND, days="5", reason="案情复杂", approver="刘局长")
    assert why(reviewer, case_id, CaseStep.EXTEND) == "已经延长过一次，不能再延长"
    kinds = [paper.number for act in reviewer.open(case_id).opened.file.acts for paper in act.papers]
    assert kinds == ["政务特〔2026〕HT-0001 号", "政务延〔2026〕HT-0001 号"]


def test_a_paper_can_be_looked_at_before_and_takes_no_number(office: Office, reviewer: Person) -> None:
    case_id = office.accepted()
    found = reviewer.open(case_id)
    filled = office.back.preset(found, CaseStep.GRANT, GRANT)
    seen = office.back.preview(reviewer.at_work, found, CaseStep.GRANT, filled)
    assert seen is not None
    assert "政务准〔2026〕HT-0001 号" in seen.decode()
    assert office.acts(case_id) == []
    reviewer.does(case_id, CaseStep.GRANT, **GRANT)
    paper = reviewer.open(case_id).opened.file.acts[0].papers[0]
    assert paper.number == "政务准〔2026〕HT-0001 号"


def test_every_look_leaves_a_trace_with_who_looked(office: Office, reviewer: Person) -> None:
    case_id = office.accepted()
    found = reviewer.open(case_id)
    office.back.paper(reviewer.at_work, case_id, found.papers[0].paper_id)
    office.hall.sequence()
    entries = office.hall.read(lambda unit: unit.journal.after(0, 500))
    looks = [(one.kind, one.user_name) for one in entries if one.kind in {"case.viewed", "paper.viewed"}]
    assert looks == [("case.viewed", "沈明"), ("paper.viewed", "沈明")]


def test_in_another_life_of_the_store_numbers_jump_ahead(office: Office) -> None:
    def number(epoch: str) -> int:
        def take(unit):  # type: ignore[no-untyped-def]
            value = unit.office.next_number("document/HT/2026/准", epoch)
            unit.office.take_number("document/HT/2026/准", epoch, value)
            return value

        value: int = office.hall.write(take)
        return value

    assert [number("one"), number("one"), number("two"), number("two")] == [1, 2, 1002, 1003]


def test_a_clerk_step_is_not_done_here(office: Office) -> None:
    both = office.person("both", "两岗", Role.CLERK, Role.REVIEWER)
    case_id = office.accepted()
    found = both.open(case_id)
    assert {CaseStep.DELIVER, CaseStep.WITHDRAW, CaseStep.VOID}.isdisjoint({one.step for one in found.steps})
    keeper = office.person("k", "管印", Role.SEAL_KEEPER)
    with pytest.raises(NotAllowed, match="有审批权的人来做"):
        keeper.does(case_id, CaseStep.GRANT, **GRANT)


def test_scanned_pages_are_shown_in_order_once_they_have_come(office: Office, reviewer: Person) -> None:
    case_id = office.accepted()
    material = reviewer.open(case_id).opened.conclusion.intake.rows[0][0].id
    assert reviewer.open(case_id).pages_of(material) == ()
    contents = {2: b"second page", 1: b"first page"}
    for position, content in contents.items():
        office.upload(case_id, material, position, content)
    found = reviewer.open(case_id)
    pages = found.pages_of(material)
    assert [one.head.position for one in pages] == [1, 2]
    shown = [office.back.file(reviewer.at_work, case_id, one.head.file_id)[1] for one in pages]
    assert shown == [b"first page", b"second page"]
    lines = materials(found)
    assert [words for _, words in lines[0].pages] == ["第 1 页", "第 2 页"]
    assert lines[1].pages == ()
    other = office.accepted(2)
    with pytest.raises(NotFound):
        office.back.file(reviewer.at_work, other, pages[0].head.file_id)
