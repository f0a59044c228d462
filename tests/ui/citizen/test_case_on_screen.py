"""What the citizen sees while the clerk works: blank between visits, the data, the list, the outcome."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer

from clerk_app.domain.rating import RatingLevel
from clerk_app.ui.citizen.case_page import Answer
from clerk_app.ui.window.citizen_panel import NO_SCREEN
from support.citizen import CitizenSeat
from support.people import resident
from support.shell import AGENT, APPLICANT
from support.window import HALL


def nothing_of(seat: CitizenSeat, *words: str) -> None:
    """Neither on the page nor on one behind it."""
    seen = seat.seen()
    for word in words:
        assert word not in seen
    assert seat.screen.case.people.widget().pieces() == []
    assert seat.screen.case.list.rows() == ()
    assert seat.screen.sign.document.text().strip() == ""
    assert seat.screen.sign.pad.is_empty()


def test_before_the_clerk_logs_in_the_window_is_closed(qtbot) -> None:
    seat = CitizenSeat(qtbot)
    assert seat.screen.page_name() == "place"
    assert "暂停服务" in seat.seen()


def test_a_free_window_shows_hall_number_and_state_alone(seat: CitizenSeat) -> None:
    assert seat.screen.page_name() == "place"
    assert "12 号窗口" in seat.seen()
    assert "空闲" in seat.seen()
    assert HALL.name in seat.seen()
    nothing_of(seat, "张三")


def test_a_called_number_is_shown_until_somebody_sits_down(seat: CitizenSeat) -> None:
    seat.counter.add_tickets(1, "张*")
    seat.press("F2")
    assert seat.screen.page_name() == "place"
    assert "A001" in seat.seen()
    assert "请到 12 号窗口" in seat.seen()
    nothing_of(seat, "张")


def test_the_data_of_the_card_are_shown_masked(seat: CitizenSeat) -> None:
    seat.counter.add_tickets(1)
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Enter")
    assert seat.screen.page_name() == "case"
    assert "张三" in seat.seen()
    assert "1101**********0011" in seat.seen()
    assert "北京市东城区示例街道1号" in seat.seen()
    assert APPLICANT.id_number not in seat.seen()
    assert APPLICANT.phone not in seat.seen()


def test_both_cards_of_an_agency_are_shown(seat: CitizenSeat) -> None:
    seat.at_checklist("spjy", APPLICANT, AGENT)
    assert "代理人" in seat.seen()
    assert "李晓彤" in seat.seen()
    assert "1101**********0038" in seat.seen()


def test_the_guide_comes_with_the_matter_and_is_ticked_with_the_list(seat: CitizenSeat) -> None:
    seat.at_matter("spjy")
    assert "食品经营许可" in seat.seen()
    assert "要交的材料，共" in seat.seen()
    while seat.work.step.value == "matter":
        seat.press("Enter")
    assert f"材料查了 1 项，共 {len(seat.work.intake.rows)} 项" in seat.seen(), "the card proves one"
    rows = seat.screen.case.list.rows()
    pending = next(row for row in rows if row.word == "还没查")
    seat.press("Enter")
    assert seat.screen.case.list.rows()[pending.number - 1].word == "已收"
    seat.press("5", "1")
    defect = next(row for row in seat.screen.case.list.rows() if row.word == "有问题")
    assert defect.below
    assert {row.mark for row in seat.screen.case.list.rows()} >= {rows[0].mark, defect.mark}


def test_confirming_tells_the_clerk_and_leaves_a_trace(seat: CitizenSeat) -> None:
    seat.at_matter("spjy")
    assert seat.panel.answer.text() == "等申请人在屏上核对"
    seat.touch(seat.screen.case.right)
    assert seat.panel.answer.text() == "申请人已核对"
    assert "您已核对，信息正确" in seat.seen()
    assert "applicant.confirmed" in seat.journal(seat.work.intake.case_id)


def test_the_case_goes_on_without_an_answer(seat: CitizenSeat) -> None:
    seat.at_checklist()
    seat.press("A", "F9", "F9")
    assert seat.facing.answer is Answer.NONE
    assert len(seat.stored) == 1, "nobody waits for the citizen"


def test_what_is_wrong_holds_the_conclusion_until_it_was_changed(seat: CitizenSeat) -> None:
    seat.at_checklist()
    seat.touch(seat.screen.case.wrong)
    assert "申请人在屏上按了“有误”" in seat.toast
    assert seat.panel.answer.text() == "申请人说有误"
    seat.press("A", "F9", "F9")
    assert seat.stored == []
    assert "申请人在屏上说信息有误" in seat.toast
    seat.work.set_intake(seat.work.intake.with_applicant(resident(address="北京市东城区示例街道2号")))
    seat.settle()
    assert seat.facing.answer is Answer.NONE, "what was changed is asked anew"
    assert "请和手里的证件比一比" in seat.seen()
    seat.press("F9")
    assert len(seat.stored) == 1


def test_the_clerk_may_overrule_after_comparing_the_papers(seat: CitizenSeat) -> None:
    seat.at_checklist()
    seat.touch(seat.screen.case.wrong)
    seat.press("A", "F9", "Alt+V", "F9")
    assert len(seat.stored) == 1
    assert seat.journal(seat.stored[0].case_id).count("applicant.overruled") == 1
    assert seat.journal(seat.stored[0].case_id).count("applicant.denied") == 1


def test_a_changed_mind_counts(seat: CitizenSeat) -> None:
    seat.at_checklist()
    seat.touch(seat.screen.case.wrong)
    seat.touch(seat.screen.case.right)
    seat.press("A", "F9", "F9")
    assert len(seat.stored) == 1


def test_the_outcome_is_read_once_more_and_all_is_gone_with_the_visit(seat: CitizenSeat) -> None:
    seat.at_checklist()
    seat.press("A", "F9", "F9")
    seat.store_rating()
    seat.touch(seat.screen.rate.levels[RatingLevel.SATISFIED])
    seat.store_rating()
    assert seat.screen.page_name() == "end"
    assert "谢谢您的评价" in seat.seen()
    assert "受理通知书" in seat.screen.end.document.text()
    seat.press("F9")
    assert seat.screen.page_name() == "place"
    assert "空闲" in seat.seen()
    nothing_of(seat, "张三", "食品经营许可")
    assert seat.screen.end.document.text().strip() == ""


def test_the_next_person_begins_blank(seat: CitizenSeat) -> None:
    seat.at_checklist()
    seat.touch(seat.screen.case.right)
    seat.press("A", "F9", "F9", "F12")
    assert seat.control.ticket.number == "A002"
    assert seat.screen.page_name() == "place"
    assert seat.facing.answer is Answer.NONE
    nothing_of(seat, "张三")
    seat.lay(AGENT)
    seat.press("Enter")
    assert "请和手里的证件比一比" in seat.seen()


def test_another_matter_of_the_same_person_needs_no_second_look(seat: CitizenSeat) -> None:
    seat.at_checklist()
    seat.touch(seat.screen.case.right)
    seat.press("A", "F9", "F9", "Alt+M")
    assert seat.facing.answer is Answer.CONFIRMED
    assert seat.screen.page_name() == "case"


def test_a_draft_of_another_visit_stays_hidden_until_somebody_vouches(seat: CitizenSeat) -> None:
    seat.at_checklist()
    case_id = seat.work.intake.case_id
    seat.work.close()
    seat.control.ticket = None
    seat.settle()
    seat.control.resume(case_id)
    seat.settle()
    assert seat.work.intake.applicant is not None
    assert seat.screen.page_name() == "place"
    nothing_of(seat, "张三")
    seat.press("Alt+V")
    assert seat.screen.page_name() == "case"
    assert "张三" in seat.seen()


def test_the_end_of_the_session_takes_everything_away(seat: CitizenSeat) -> None:
    seat.at_checklist()
    seat.control._end_session("请再登录一次")
    seat.settle()
    assert "暂停服务" in seat.seen()
    nothing_of(seat, "张三")


def test_nothing_answers_by_itself(seat: CitizenSeat, qtbot) -> None:
    seat.at_checklist()
    assert seat.screen.findChildren(QTimer) == []
    for _ in range(5):
        seat.clock.advance(minutes=10)
        qtbot.wait(20)
        seat.settle()
    assert seat.facing.answer is Answer.NONE
    assert "applicant.confirmed" not in seat.journal(seat.work.intake.case_id)


@pytest.mark.parametrize("mode", ["off", "auto"])
def test_without_a_screen_everything_works_and_says_so(qtbot, mode: str) -> None:
    seat = CitizenSeat(qtbot, mode=mode)
    seat.log_in()
    seat.at_checklist()
    assert seat.panel.answer.text() == NO_SCREEN
    assert not seat.facing.present, "this machine has one monitor"
    seat.press("A", "F9", "F9")
    assert len(seat.stored) == 1
    assert "本窗口没有接评价器" in seat.shown()
    seat.press("F7")
    assert f"{NO_SCREEN}，请申请人在打印的文书上签字" in seat.toast
    seat.press("F9")
    assert seat.work.intake is None


def test_a_screen_that_was_unplugged_holds_nothing(seat: CitizenSeat) -> None:
    seat.at_checklist()
    seat.touch(seat.screen.case.wrong)
    seat.screen.close()
    seat.settle()
    assert seat.panel.answer.text() == NO_SCREEN
    seat.press("A", "F9", "F9")
    assert len(seat.stored) == 1
