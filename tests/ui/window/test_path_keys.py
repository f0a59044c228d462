"""Whole visits by keyboard alone, with their keys counted: a test here fails when a citizen costs one key more."""

from __future__ import annotations

import pytest

from clerk_app.domain.cases import CaseState
from clerk_app.domain.checklist import Verdict
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.window import Step
from support.shell import AGENT, APPLICANT, Seat
from support.shell_matters import CARD, FOOD, HOUSE, PREPACKED, stocked


@pytest.fixture
def seat(qtbot) -> Seat:
    made = Seat(qtbot)
    made.log_in()
    made.counter.add_tickets(3)
    return made


def to_checklist(seat: Seat, *answers: str) -> None:
    """Called, the cards of applicant and agent read, the food licence picked, two questions answered: 9 keys."""
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.lay(AGENT)
    seat.press("Enter")
    seat.type("spjy")
    seat.press("Enter", *answers)


def verdicts(seat: Seat) -> list[Verdict]:
    return [check.verdict for _, check in seat.work.intake.rows]


def papers(seat: Seat) -> dict[PaperKind, str]:
    """What was drawn for the last case, by kind."""
    desk = seat.window.prints
    sheets = desk.papers(seat.stored[-1].case_id)
    return {sheet.kind: desk.content(sheet.paper_id).decode() for sheet in sheets}


def test_seven_materials_of_which_two_are_exempted(seat: Seat) -> None:
    to_checklist(seat, "1", "1")
    assert len(seat.work.intake.rows) == 7
    assert verdicts(seat).count(Verdict.EXEMPT) == 2
    seat.press(*["Enter"] * 5)
    seat.press("F9")
    assert seat.case.outcome.kind is OutcomeKind.ACCEPTED
    seat.press("F9", "F12")
    assert seat.count() <= 17
    assert (seat.stored[0].ticket_number, seat.stored[0].state) == ("A001", CaseState.ACCEPTED)
    assert set(papers(seat)) == {PaperKind.RECEIPT, PaperKind.ACCEPTANCE_NOTICE}
    assert seat.control.ticket.number == "A002", "F12 calls the next one"
    assert seat.work.intake.applicant is None, "nothing of the citizen before is left"


def test_a_favourite_with_three_materials(qtbot) -> None:
    seat = Seat(qtbot, stocked(FOOD, CARD))
    seat.log_in()
    seat.counter.add_tickets(2)
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Enter", "Enter")
    assert seat.work.step is Step.MATERIALS, "a matter without questions needs no key for them"
    seat.press("Enter", "Enter", "Enter", "F9", "F9", "F12")
    assert seat.count() <= 9
    assert seat.stored[0].matter_code == CARD
    assert seat.control.ticket.number == "A002"


def test_everything_is_there(seat: Seat) -> None:
    to_checklist(seat, "1", "1")
    seat.press("A")
    assert Verdict.PENDING not in verdicts(seat)
    assert verdicts(seat).count(Verdict.EXEMPT) == 2, "what the cards prove is not asked for again"
    seat.press("F9", "F9", "F12")
    assert seat.count() <= 13
    assert seat.stored[0].state is CaseState.ACCEPTED


def test_three_defects_are_told_at_once(seat: Seat) -> None:
    to_checklist(seat, "1", "1")
    seat.press("Enter", "5", "2", "Enter", "5", "2", "3", "Enter", "Enter", "5", "1", "Enter")
    assert verdicts(seat).count(Verdict.DEFECTIVE) == 3
    seat.press("F9")
    assert seat.case.outcome.kind is OutcomeKind.SUPPLEMENT_REQUESTED
    seat.press("F9", "F12")
    assert seat.count() <= 24
    assert seat.stored[0].state is CaseState.SUPPLEMENT_REQUESTED
    notice = papers(seat)[PaperKind.SUPPLEMENT_NOTICE]
    for words in ("授权委托书", "未标注操作流向、未标注面积", "经营场所使用证明", "没有提交"):
        assert words in notice


def test_a_defect_is_put_right_at_the_window(seat: Seat) -> None:
    to_checklist(seat, "1", "1")
    seat.press("Enter", "Enter", "5", "2", "C", "Enter", "A", "F9")
    assert seat.case.outcome.kind is OutcomeKind.SUPPLEMENT_REQUESTED
    seat.press("4", "F9")
    assert seat.case.outcome.kind is OutcomeKind.ACCEPTED, "what was put right is received"
    seat.press("F9", "F12")
    assert seat.count() <= 21
    assert seat.stored[0].state is CaseState.ACCEPTED


def test_a_material_follows_later(seat: Seat) -> None:
    to_checklist(seat, "1", "1")
    seat.press("Enter", "Enter", "Enter", "4", "2", "Enter", "Enter")
    assert seat.work.intake.checks["health"].pieces == 1, "two of three are owed"
    seat.press("F9")
    assert seat.case.outcome.kind is OutcomeKind.ACCEPTED_WITH_DEFICIENCY
    seat.press("F9", "F12")
    assert seat.count() <= 19
    assert seat.stored[0].state is CaseState.ACCEPTED_WITH_DEFICIENCY
    assert seat.stored[0].tolerance_due is not None


def test_another_matter_is_opened_at_once_with_the_same_people(seat: Seat) -> None:
    to_checklist(seat, "2", "F9")
    assert seat.case.outcome.kind is OutcomeKind.REDIRECTED
    first = seat.work.intake.case_id
    seat.press("F9")
    assert seat.count() <= 11
    intake = seat.work.intake
    assert intake.case_id != first
    assert (intake.matter.code, intake.ticket.number) == (PREPACKED, "A001")
    assert intake.applicant.id_number == APPLICANT.id_number
    assert intake.agent.person.id_number == AGENT.id_number
    assert seat.work.step is Step.MATTER
    seat.press("1", "Enter", "F9", "F9", "F12")
    assert [row.matter_code for row in seat.stored] == [FOOD, PREPACKED]
    assert seat.control.ticket.number == "A002", "one number, two cases"


def test_no_licence_is_needed(seat: Seat) -> None:
    to_checklist(seat, "3", "F9")
    assert seat.case.outcome.kind is OutcomeKind.NOT_REQUIRED
    seat.press("F9", "F12")
    assert seat.count() <= 12
    assert seat.stored[0].state is CaseState.NOT_REQUIRED


def test_another_body_is_named_by_the_catalogue(seat: Seat) -> None:
    to_checklist(seat, "4", "F9", "F9", "F12")
    assert seat.count() <= 12
    assert seat.stored[0].state is CaseState.NOT_ACCEPTED
    assert "明河市市场监督管理局" in papers(seat)[PaperKind.NON_ACCEPTANCE_NOTICE]


def test_another_body_is_typed_by_the_clerk(seat: Seat) -> None:
    to_checklist(seat, "1", "1")
    seat.press("Alt+4", "6")
    body = seat.case.outcome.competent_body
    assert seat.focus() is body.edit, "the field that is still empty takes the next key"
    seat.press("F9")
    assert not seat.stored
    assert body.has_error()
    assert seat.focus() is body.edit
    seat.compose("明河市农业农村局")
    assert not body.has_error()
    seat.press("F9", "F12")
    assert seat.stored[0].state is CaseState.NOT_ACCEPTED
    assert "明河市农业农村局" in papers(seat)[PaperKind.NON_ACCEPTANCE_NOTICE]


def test_real_estate_has_words_of_its_own(seat: Seat) -> None:
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Enter")
    seat.type("bdc")
    seat.press("Enter", "Enter", "5", "1", "Enter", "F9")
    assert seat.stored == []
    assert "不动产登记暂行条例" in seat.shown()
    seat.press("F9", "F12")
    assert seat.count() <= 14
    assert seat.stored[0].matter_code == HOUSE
    assert "不动产登记暂行条例" in "".join(papers(seat).values())
    assert "行政许可法" not in "".join(papers(seat).values())
