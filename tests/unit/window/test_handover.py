"""Papers to the back office: what waits at this window, and one numbered sheet for many cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.domain.cases import CaseStep
from clerk_app.domain.catalogue import Matter
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.errors import Conflict, NotAllowed, Rejected
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.window import PaperState, WindowStore
from clerk_app.services.window.handover import HandoverDesk
from db.window.store import open_window_store
from support.matters import food_licence
from support.people import company
from support.window import CLERK, HALL_ID, REVIEWER
from support.window_files import Place
from support.window_memory import MemoryWindowStore

OTHER: Matter = replace(food_licence(), code="other", name="烟草专卖零售许可", department="区烟草专卖局")
TO = "明河区市场监督管理局审批科"


@pytest.fixture(params=["memory", "sqlcipher"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    store: WindowStore = MemoryWindowStore()
    if request.param == "sqlcipher":
        store = open_window_store(tmp_path / "window.db", b"k" * 32, HALL_ID)
    yield Place(store=store)
    store.close()


def desk(place: Place) -> HandoverDesk:
    window = place.window
    return HandoverDesk(window.store, window.renderer, window.binding, window.journal, place.files, window._wake)


def test_accepted_cases_of_this_window_wait_by_department(place: Place) -> None:
    first = place.accepted()
    place.window.clock.advance(minutes=1)
    tobacco = place.accepted(matter=OTHER)
    place.window.clock.advance(minutes=1)
    second = place.accepted(applicant=company())
    lines = desk(place).waiting()
    assert [line.case_id for line in lines][:2] == [first.case_id, second.case_id]
    assert lines[-1].case_id == tobacco.case_id
    assert {line.department for line in lines} == {"明河区市场监督管理局", "明河区烟草专卖局"}
    assert (lines[0].applicant, lines[1].applicant) == ("张*", company().name)
    assert lines[0].pieces == sum(check.pieces for _, check in first.conclusion.intake.rows if check.received)


def test_one_sheet_for_many_cases_with_its_number_and_both_signatures(place: Place) -> None:
    cases = [place.accepted(), place.accepted()]
    lines = desk(place).waiting()
    handed = desk(place).hand_over(lines, TO, CLERK, "钱收件")
    assert handed.number == "政务交〔2026〕12-0001 号"
    (paper,) = handed.papers
    assert (paper.kind, paper.case_id, paper.copies) == (PaperKind.HANDOVER_SHEET, handed.sheet_id, 2)
    assert [act.case_id for act in handed.acts] == [case.case_id for case in cases]
    for act, line in zip(handed.acts, lines, strict=True):
        facts = act.facts.hand_over
        assert facts is not None
        assert (facts.sheet_id, facts.to, facts.pieces, facts.receiver) == (
            handed.sheet_id,
            TO,
            line.pieces,
            "钱收件",
        )
        (one,) = act.papers
        assert (one.paper_id, one.number) == (paper.paper_id, handed.number)
        assert one.notice is not None
        assert one.notice.signatures == ("移交人", "接收人")
        assert [row[1] for row in one.notice.rows] == [case.case_number for case in cases]
    (printed,) = place.window.prints.print_case(handed.sheet_id, CLERK)
    assert printed.state is PaperState.PRINTED
    assert place.window.store.read(lambda unit: unit.seals.of_paper(printed.paper_id)) == []
    assert desk(place).waiting() == ()


def test_the_server_learns_of_every_case_on_the_sheet(place: Place) -> None:
    place.accepted()
    place.accepted()
    handed = desk(place).hand_over(desk(place).waiting(), TO, CLERK)
    place.outbox.push_once()
    for act in handed.acts:
        assert [one.step for one in place.office.server.acts[act.case_id]] == [CaseStep.HAND_OVER]


def test_what_came_after_the_sheet_waits_again_alone(place: Place) -> None:
    intake = place.intake()
    health = intake.matter.material("health") if intake.matter else None
    assert health is not None
    tolerated = place.window.cases.conclude(
        intake.mark(health, Verdict.TOLERATED), OutcomeKind.ACCEPTED_WITH_DEFICIENCY, CLERK
    )
    desk(place).hand_over(desk(place).waiting(), TO, CLERK)
    opened = place.files.open(tolerated.case_id, CLERK)
    place.window.clock.advance(days=1)
    place.files.supplement(opened, (MaterialCheck("health", Verdict.COPY, pieces=3, pages=3),), CLERK)
    (line,) = desk(place).waiting()
    assert (line.case_id, line.pieces, line.pages, line.remark) == (tolerated.case_id, 3, 3, "补交")
    again = desk(place).hand_over((line,), TO, CLERK)
    assert again.number == "政务交〔2026〕12-0002 号"
    assert desk(place).waiting() == ()


def test_a_case_goes_on_one_sheet_only(place: Place) -> None:
    case = place.accepted()
    lines = desk(place).waiting()
    desk(place).hand_over(lines, TO, CLERK)
    with pytest.raises(Conflict, match=case.case_number):
        desk(place).hand_over(lines, TO, CLERK)
    assert place.window.store.read(lambda unit: unit.numbers.last("document/12/2026/交")) == 1


def test_what_cannot_be_handed_over_leaves_no_trace(place: Place) -> None:
    place.accepted()
    place.accepted(matter=OTHER)
    lines = desk(place).waiting()
    for wanted, to, field in (((), TO, "lines"), (lines, TO, "lines"), (lines[:1], " ", "to")):
        with pytest.raises(Rejected) as refused:
            desk(place).hand_over(wanted, to, CLERK)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        desk(place).hand_over(lines[:1], TO, REVIEWER)
    assert desk(place).waiting() == lines
    assert place.window.store.read(lambda unit: unit.acts.waiting()) == []


def test_a_case_without_paper_or_without_acceptance_does_not_wait(place: Place) -> None:
    intake = place.intake()
    for _, material, row in intake.numbered(*Verdict):
        if row.received:
            intake = intake.with_check(replace(row, verdict=Verdict.ELECTRONIC, pieces=1))
        assert material
    place.accepted(intake)
    other = place.files.open(place.accepted().case_id, CLERK)
    place.files.withdraw(other, "申请人不办了", CLERK)
    assert desk(place).waiting() == ()
