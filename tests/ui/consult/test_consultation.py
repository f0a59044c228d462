"""Advice without a case: which keys it takes, what comes first, what is printed, and that nobody is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from clerk_app.domain.queue import TicketState, VisitReason
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ports.window import Step
from clerk_app.services.window.consultation import NO_ADDRESS
from clerk_app.ui.window.consult.list_page import Medium
from support.shell import APPLICANT, Seat
from support.window import HALL

KEY_SECONDS, DECISION_SECONDS = 0.28, 1.35
"""The keystroke-level model, as the clerk's budgets are counted."""


def _seat(qtbot: Any, **named: Any) -> Seat:
    seat = Seat(qtbot, **named)
    seat.log_in()
    return seat


def _at_list(seat: Seat) -> None:
    """As everybody asks: the letters of the matter, the answers to its two questions."""
    seat.press("Alt+C")
    seat.type("spjy")
    seat.press("Enter", "1", "1")


def _room(seat: Seat) -> Any:
    assert seat.shell.errands is not None
    return seat.shell.errands.consult


def _rows(seat: Seat) -> dict[str, str]:
    """Material → what stands at its right."""
    return {line.material.name: line.pill[0] for line in _room(seat).list.list.lines}


def _sheets(seat: Seat) -> list[str]:
    return [job.decode() for job in seat.window.receipt_printer.jobs]


def test_a_list_is_printed_with_nine_keys_and_the_window_is_free_again(qtbot) -> None:
    seat = _seat(qtbot)
    _at_list(seat)
    seat.press("F9")
    keys = seat.count()
    assert keys <= 12
    decisions = 5  # advice, matter, two answers, print
    assert keys * KEY_SECONDS + decisions * DECISION_SECONDS <= 10
    assert len(_sheets(seat)) == 1
    assert "经营场所平面图和操作流程图" in _sheets(seat)[0]
    assert seat.shell.middle.currentWidget() is seat.shell.idle
    assert seat.focus() is seat.shell.idle.call


def test_nobody_is_named_and_no_case_is_made(qtbot) -> None:
    seat = _seat(qtbot)
    _at_list(seat)
    seat.press("F9")
    kept = seat.store.read(lambda unit: unit.consultations.of_day(seat.clock.now().date()))
    assert [one.matter_name for one in kept] == ["食品经营许可（新办）"]
    assert APPLICANT.name not in repr(kept)
    assert seat.stored == []
    assert seat.store.read(lambda unit: unit.drafts.open()) == []


def test_the_list_says_criterion_form_limits_fee_and_place(qtbot) -> None:
    seat = _seat(qtbot)
    _at_list(seat)
    assert _rows(seat) == {
        "食品经营许可申请书": "要带",
        "申请人身份证": "不用交",
        "经营场所平面图和操作流程图": "要带",
        "从业人员健康证明": "可容缺",
        "经营场所使用证明": "要带",
    }
    shown = seat.shown()
    for words in ("法定 20 个工作日", "不收费", "明河区政务服务中心一楼 A 区", "工作日，大厅对外办公时间"):
        assert words in shown
    assert "要带 4 项 · 不用交 1 项" in shown


def test_what_somebody_has_with_them_marks_what_is_missing_on_screen_and_paper(qtbot) -> None:
    seat = _seat(qtbot)
    _at_list(seat)
    seat.press("Space", "Down", "Space")
    assert _rows(seat) == {
        "食品经营许可申请书": "带来了",
        "申请人身份证": "不用交",
        "经营场所平面图和操作流程图": "带来了",
        "从业人员健康证明": "还缺 · 可容缺",
        "经营场所使用证明": "还缺",
    }
    assert "还缺 2 项：从业人员健康证明、经营场所使用证明" in seat.shown()
    seat.press("F9")
    assert "还缺 2 件：从业人员健康证明、经营场所使用证明" in _sheets(seat)[0]


def test_everything_there_by_one_key(qtbot) -> None:
    seat = _seat(qtbot)
    _at_list(seat)
    seat.press("A")
    assert "都齐了，可以取号来办" in seat.shown()
    seat.press("A")
    assert "要带 4 项" in seat.shown(), "nobody looked"


def test_somebody_else_who_comes_needs_a_power_of_attorney(qtbot) -> None:
    seat = _seat(qtbot)
    _at_list(seat)
    assert "授权委托书" not in _rows(seat)
    seat.press("D")
    assert "授权委托书" in _rows(seat)
    seat.press("D")
    assert "授权委托书" not in _rows(seat)


def test_on_a4_by_a_digit(qtbot) -> None:
    seat = _seat(qtbot)
    _at_list(seat)
    seat.press("2", "F9")
    assert _sheets(seat) == []
    assert "一次性告知单" in seat.window.page_printer.jobs[0].decode()


def test_for_the_phone_a_code_stands_on_the_screen_until_it_is_scanned(qtbot) -> None:
    seat = _seat(qtbot)
    _at_list(seat)
    seat.press("3", "F9")
    assert "请用手机扫一扫" in seat.shown()
    assert "https://hall.example/p/" in seat.shown()
    assert _sheets(seat) == []
    seat.press("F9")
    assert seat.shell.middle.currentWidget() is seat.shell.idle
    kept = seat.store.read(lambda unit: unit.consultations.of_day(seat.clock.now().date()))
    assert len(kept) == 1


def test_without_a_public_address_the_phone_is_locked_with_its_reason(qtbot) -> None:
    seat = _seat(qtbot)
    seat.window.hall = replace(HALL, query_url="")
    _at_list(seat)
    seat.press("3")
    assert seat.toast == NO_ADDRESS
    assert _room(seat).list.medium is Medium.THERMAL
    seat.press("F9")
    assert len(_sheets(seat)) == 1


def test_where_else_to_go_comes_before_any_material(qtbot) -> None:
    seat = _seat(qtbot)
    seat.press("Alt+C")
    seat.type("spjy")
    seat.press("Enter", "4")
    shown = seat.shown()
    assert "这件事不归这里办" in shown
    assert "请到：明河市市场监督管理局" in shown
    assert _rows(seat) == {}
    seat.press("F9")
    assert "明河市市场监督管理局" in _sheets(seat)[0]


def test_what_needs_no_licence_says_so(qtbot) -> None:
    seat = _seat(qtbot)
    seat.press("Alt+C")
    seat.type("spjy")
    seat.press("Enter", "3")
    assert "这件事不需要办" in seat.shown()
    assert "食品安全法第三十五条" in seat.shown()


def test_enter_leads_from_a_redirection_to_the_right_matter(qtbot) -> None:
    seat = _seat(qtbot)
    seat.press("Alt+C")
    seat.type("spjy")
    seat.press("Enter", "2")
    assert "应当办另一个事项" in seat.shown()
    seat.press("Enter")
    assert "仅销售预包装食品经营者备案" in seat.shown()
    seat.press("1")
    assert _rows(seat) == {"备案信息采集表": "要带"}


def test_a_matter_without_questions_shows_its_list_at_once(qtbot) -> None:
    seat = _seat(qtbot)
    seat.press("Alt+C")
    seat.type("shbz")
    seat.press("Enter")
    assert list(_rows(seat)) == ["补领申请表", "近期证件照", "挂失声明"]


def test_a_matter_of_which_no_materials_are_known_says_so(qtbot) -> None:
    seat = _seat(qtbot)
    seat.press("Alt+C")
    seat.type("syty")
    seat.press("Enter")
    assert "目录里没有这个事项的材料清单" in seat.shown()


def test_a_called_ticket_ends_as_consulted_with_its_reason(qtbot) -> None:
    seat = _seat(qtbot)
    seat.counter.add_tickets(2)
    seat.press("F2")
    seat.lay(APPLICANT)
    _at_list(seat)
    seat.press("F12")
    first, second = seat.counter.tickets
    assert (first.state, first.outcome) == (TicketState.FINISHED, "consulted")
    assert second.state is TicketState.CALLED, "the next one is called"
    visits = seat.store.read(lambda unit: unit.visits.of_day(seat.clock.now().date()))
    assert [(visit.ticket_id, visit.reasons) for visit in visits] == [(first.ticket_id, (VisitReason.CONSULT,))]


def test_a_case_that_was_begun_goes_on_after_the_advice(qtbot) -> None:
    seat = Seat(qtbot)
    seat.at_checklist()
    case_id = seat.work.intake.case_id
    _at_list(seat)
    seat.press("F9")
    assert seat.work.intake is not None
    assert seat.work.intake.case_id == case_id
    assert seat.work.step is Step.MATERIALS
    assert seat.counter.tickets[0].state in {TicketState.CALLED, TicketState.SERVING}
    assert seat.focus() is seat.case.checklist.list


def test_the_case_beneath_is_not_undone_from_the_consultation(qtbot) -> None:
    seat = Seat(qtbot)
    seat.at_checklist()
    before = seat.work.intake
    _at_list(seat)
    seat.press("Ctrl+Z")
    assert seat.work.intake == before


def test_esc_goes_back_step_by_step_and_loses_nothing(qtbot) -> None:
    seat = _seat(qtbot)
    seat.press("Alt+C")
    seat.type("spjy")
    seat.press("Enter", "1", "2")
    assert "150 至 500 平方米" in seat.shown()
    seat.press("Esc")
    chips = _room(seat).matter.chips()
    assert [chip.text() for chip in chips if chip.isChecked()] == ["餐饮服务", "150 至 500 平方米"]
    seat.press("F9")
    assert "150 至 500 平方米" in seat.shown()
    seat.press("Esc", "F6")
    assert seat.focus() is _room(seat).matter.query
    seat.press("Esc", "Esc")
    assert seat.shell.middle.currentWidget() is seat.shell.idle


def test_a_printer_without_paper_is_said_and_the_list_can_wait(qtbot) -> None:
    seat = _seat(qtbot)
    seat.window.receipt_printer.results = [PrintResult(PrintOutcome.REFUSED, "小票打印机缺纸")]
    _at_list(seat)
    seat.press("F9")
    assert "小票打印机缺纸" in seat.toast
    assert seat.shell.rooms.current is _room(seat)
    seat.press("F9")
    assert len(_sheets(seat)) == 1
    assert seat.shell.middle.currentWidget() is seat.shell.idle
    seat.window.receipt_printer.results = [PrintResult(PrintOutcome.REFUSED, "小票打印机缺纸")]
    _at_list(seat)
    seat.press("F9", "Esc")
    assert seat.shell.middle.currentWidget() is seat.shell.idle, "the next citizen does not wait for a printer"


def test_half_a_list_becomes_a_question_and_comes_again(qtbot) -> None:
    seat = _seat(qtbot)
    seat.window.receipt_printer.results = [PrintResult(PrintOutcome.UNKNOWN, "小票打印机卡纸")]
    _at_list(seat)
    seat.press("F9")
    assert seat.focus() is _room(seat).ask
    seat.press("2")
    assert len(_sheets(seat)) == 2
    assert seat.shell.middle.currentWidget() is seat.shell.idle


def test_the_help_lists_the_keys_of_the_mode_that_is_on(qtbot) -> None:
    seat = _seat(qtbot)
    _at_list(seat)
    seat.press("F1")
    assert "现在在「告知单」" in seat.shown()
    assert "都带了" in seat.shown()


def test_a_list_that_was_being_printed_when_the_program_ended_is_asked_about_at_the_next_login(qtbot) -> None:
    before = _seat(qtbot)
    before.window.receipt_printer.results = [PrintResult(PrintOutcome.UNKNOWN, "小票打印机卡纸")]
    _at_list(before)
    before.press("F9")
    again = Seat(qtbot, before.store, seed=2)
    again.log_in()
    assert "上次没打完的纸" in again.shown()
    again.press("Esc")
    assert "上次没打完的纸" in again.shown(), "the question stays until it is answered"
    again.press("1")
    assert again.shell.middle.currentWidget() is again.shell.idle
    assert again.focus() is again.shell.idle.call
    assert again.desk.printing.left_open_elsewhere() == ()
