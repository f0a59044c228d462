"""What the law or the state forbids says so, on the page, and nothing happens."""

from __future__ import annotations

import pytest

from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ports.window import PaperState, Step
from clerk_app.ui.window.asking import RatingState
from support.shell import AGENT, APPLICANT, Seat
from support.shell_matters import PREPACKED

PAPER_OUT = "小票打印机缺纸，装好纸再回答"


@pytest.fixture
def seat(qtbot) -> Seat:
    return Seat(qtbot)


def with_unknown_receipt(seat: Seat) -> None:
    seat.window.receipt_printer.results = [PrintResult(PrintOutcome.UNKNOWN, PAPER_OUT)]
    seat.at_checklist()
    seat.press("A", "F9", "F9")


@pytest.mark.parametrize(
    ("digit", "reason"),
    [
        ("1", "还有 4 项未查：材料 1、材料 3、材料 4、材料 5"),
        ("2", "还有 4 项未查：材料 1、材料 3、材料 4、材料 5"),
        ("3", "本事项未列入告知承诺"),
        ("4", "没有标为可当场更正的问题"),
        ("5", "只能告知一次，请先查完"),
    ],
)
def test_a_locked_outcome_shows_its_reason_and_says_it_again(seat: Seat, digit: str, reason: str) -> None:
    seat.at_checklist()
    seat.press("F9")
    choice = seat.case.outcome.choices[int(digit) - 1]
    assert reason in choice.reason()
    seat.press(digit)
    assert reason in seat.toast
    assert seat.case.outcome.kind is None, "nothing is chosen"


def test_without_a_lawful_outcome_f9_says_what_is_missing(seat: Seat) -> None:
    seat.at_checklist()
    seat.press("F9")
    assert not seat.case.outcome.go.isEnabled()
    assert seat.focus() is seat.case.outcome.back_button
    seat.press("F9")
    assert seat.stored == []
    assert "先选一个结论" in seat.toast


def test_a_material_that_must_be_there_cannot_be_waved_through(seat: Seat) -> None:
    seat.at_checklist()
    before = seat.work.intake
    seat.press("3")
    assert seat.toast.startswith("「食品经营许可申请书」不在免交清单里")
    seat.press("4")
    assert "不在可容缺清单里" in seat.toast
    seat.press("6")
    assert "必要材料" in seat.toast
    assert seat.work.intake == before


def test_no_paper_out_no_end_of_the_visit(seat: Seat) -> None:
    seat.at_checklist()
    seat.hold("printer")
    seat.press("A", "F9", "F9")
    seat.press("F12")
    assert seat.toast == "正在打印，打完就能办结"
    seat.press("F9")
    assert seat.work.concluded is not None
    seat.press("Alt+M")
    assert seat.work.concluded is not None
    seat.release("printer")
    seat.press("F12")
    assert seat.control.ticket.number == "A002"


@pytest.mark.parametrize(("digit", "receipts", "pages"), [("1", 1, 1), ("2", 2, 1), ("3", 1, 2)])
def test_only_the_clerk_can_say_what_is_on_half_a_receipt(seat: Seat, digit: str, receipts: int, pages: int) -> None:
    with_unknown_receipt(seat)
    assert seat.work.questions
    seat.press("F12")
    assert seat.work.concluded is not None
    assert seat.toast == "先回答打印的问题"
    seat.press(digit)
    assert not seat.work.questions
    assert seat.focus() is seat.case.papers.go
    assert len(seat.window.receipt_printer.jobs) == receipts
    assert len(seat.window.page_printer.jobs) == pages
    seat.press("F12")
    assert seat.control.ticket.number == "A002"


def test_a_receipt_that_did_not_come_out_can_be_sent_again_by_keyboard(seat: Seat) -> None:
    seat.window.receipt_printer.results = [PrintResult(PrintOutcome.REFUSED, "小票打印机缺纸。装好纸后接着打")]
    seat.at_checklist()
    seat.press("A", "F9", "F9")
    seat.press("F12")
    assert "缺纸" in seat.toast
    assert seat.work.concluded is not None
    assert seat.focus().text() == "再打一次", "the next key belongs there"
    seat.press("Enter")
    assert {paper.state for paper in seat.work.papers} == {PaperState.PRINTED}
    seat.press("F12")
    assert seat.control.ticket.number == "A002"


def test_steps_that_are_not_open_yet_say_why(seat: Seat) -> None:
    seat.called()
    seat.press("Alt+2")
    assert seat.toast == "先读身份证或录入申请人"
    seat.lay(APPLICANT)
    seat.press("Enter", "Alt+3")
    assert seat.toast == "先选事项"
    assert seat.work.step is Step.MATTER
    seat.press("Alt+5")
    assert seat.toast == "还没有结论，先到第 4 步选结论"


def test_what_was_served_on_paper_stays(seat: Seat) -> None:
    seat.at_checklist()
    seat.press("A", "F9", "F9")
    concluded = seat.work.concluded
    seat.press("Alt+3")
    assert "文书已经出了" in seat.toast
    seat.press("Ctrl+Z", "Esc", "F6", "F5")
    assert seat.work.step is Step.PAPERS
    assert seat.work.concluded is concluded


def test_alt_and_a_digit_jump(seat: Seat) -> None:
    seat.at_checklist()
    for digit, step in (("1", Step.APPLICANT), ("2", Step.MATTER), ("3", Step.MATERIALS), ("4", Step.OUTCOME)):
        seat.press(f"Alt+{digit}")
        assert seat.work.step is step


def test_a_matter_without_materials_cannot_be_taken_in(seat: Seat) -> None:
    seat.at_matter("sytyzz")
    assert seat.work.step is Step.MATERIALS
    assert "不能按标准收件" in seat.shown()
    seat.press("F9", "1")
    assert "目录里没有这个事项的材料清单" in seat.toast
    seat.press("7", "F9")
    assert seat.case.outcome.reason.has_error(), "a reason has to be written"


def test_a_choice_that_became_unlawful_falls_back(seat: Seat) -> None:
    seat.at_checklist()
    seat.press("A", "F9")
    assert seat.case.outcome.kind is OutcomeKind.ACCEPTED
    seat.press("Alt+3")
    assert seat.focus() is seat.case.checklist.list, "who goes back wants to change something"
    seat.press("0", "F9")
    assert seat.case.outcome.kind is None


def test_another_matter_with_the_same_number(seat: Seat) -> None:
    seat.at_checklist("spjy", APPLICANT, AGENT)
    seat.press("Alt+M")
    assert seat.toast == "这一件还没有结论，先办完再办下一件"
    seat.press("A", "F9", "F9", "Alt+M")
    intake = seat.work.intake
    assert (intake.ticket.number, intake.matter, intake.applicant_name) == ("A001", None, "张三")
    assert intake.agent.person.name == "李晓彤"
    assert seat.focus() is seat.case.matter.query
    seat.type("jxs")
    seat.press("Enter", "Enter", "A", "F9", "F9", "F12")
    assert [row.ticket_number for row in seat.stored] == ["A001", "A001"]
    assert seat.stored[1].matter_code == PREPACKED


# --- the rating -------------------------------------------------------------------------------------------------
def test_the_clerk_learns_whether_never_how(seat: Seat) -> None:
    seat.at_checklist()
    seat.press("A", "F9", "F9")
    assert "等待评价" in seat.shown()
    seat.rate(1)
    assert "已评价" in seat.shown()
    assert "满意" not in seat.shown()


def test_the_visit_does_not_wait_for_the_rating_nor_does_it_reach_the_next_one(seat: Seat) -> None:
    seat.at_checklist()
    seat.press("A", "F9", "F9", "F12")
    seat.lay(APPLICANT)
    seat.rate(None)
    assert seat.control.rating is RatingState.NONE, "nobody has asked this citizen yet"
    seat.press("Enter")
    seat.type("shb")
    seat.press("Enter", "A", "F9", "F9")
    assert seat.control.rating is RatingState.ASKING


def test_without_a_keypad_the_page_says_so(qtbot) -> None:
    seat = Seat(qtbot, evaluator=False)
    seat.at_checklist()
    seat.press("A", "F9", "F9")
    assert "本窗口没有接评价器" in seat.shown()
    seat.press("F12")
    assert seat.control.ticket.number == "A002"
