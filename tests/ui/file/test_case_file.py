"""The case file by keyboard alone: found, looked at, carried on, with its papers; nothing waits and nothing is lost."""

from __future__ import annotations

import pytest

from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ui.keys import Page
from clerk_app.ui.kit.timeline import Reached
from support.office import OfficeServer, sit, turn_to, upload
from support.shell import APPLICANT, PASSWORD, Seat


@pytest.fixture
def server() -> OfficeServer:
    return OfficeServer()


@pytest.fixture
def seat(qtbot, server: OfficeServer) -> Seat:
    return sit(qtbot, server, "wxm")


def accepted(seat: Seat, *keys: str) -> str:
    """A food licence taken at this window and uploaded; returns its number."""
    seat.counter.add_tickets(1)
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Enter")
    seat.type("spjy")
    seat.press("Enter", "1", "1", *(keys or ("A",)), "F9", "F9")
    upload(seat)
    seat.press("F9")
    return max(row.case_number for row in seat.stored)


def opened(seat: Seat, number: str) -> None:
    """Found by the end of its number."""
    seat.press("F6")
    seat.type(number[-4:])
    seat.press("Enter")


def page(seat: Seat):
    return seat.shell.files.file


def state(server: OfficeServer) -> CaseState:
    return server.files()[0][1].state


def test_a_case_is_found_by_the_end_of_its_number_and_says_where_it_stands(seat: Seat) -> None:
    number = accepted(seat)
    opened(seat, number)
    head = page(seat).head
    assert seat.shell.rooms.current is page(seat)
    assert head.name.whole_text() == "食品经营许可（新办）"
    assert head.whose.whole_text().startswith(f"张三 · {number} · 办件编号")
    assert "收件 王晓梅（12 号窗口）" in head.people.whole_text()
    assert head.state.text() == "已受理"
    assert head.clock.text().startswith("承诺 12-03（周四）")
    assert head.clock.text().endswith("剩 10 天")
    labels = [(stop.label, stop.reached) for stop in head.way.stops()]
    assert labels[:3] == [("收件", Reached.DONE), ("受理", Reached.DONE), ("决定", Reached.NOW)]
    assert seat.focus() is page(seat).steps
    assert "从业人员健康证明" in seat.shown()
    assert "受理通知书" in seat.shown()


def test_a_number_that_only_the_server_knows_is_looked_up_there(qtbot, server: OfficeServer, seat: Seat) -> None:
    number = accepted(seat)
    other = sit(qtbot, server, "wxm")
    other.press("F6")
    other.type(number)
    other.press("Enter")
    assert page(other).head.whose.whole_text().startswith(f"张三 · {number}")
    other.press("Esc", "F6")
    other.type("MH-12-20261123-0099")
    other.press("Enter")
    assert "没有这一件" in other.toast
    assert other.shell.rooms.current is None


def test_the_code_of_a_paper_is_an_address_that_ends_with_the_number(qtbot, server: OfficeServer, seat: Seat) -> None:
    number = accepted(seat)
    other = sit(qtbot, server, "wxm")
    other.press("F6")
    other.compose(f"https://hall.example/q/{number}")
    other.press("Enter")
    assert page(other).head.whose.whole_text().startswith(f"张三 · {number}")


def test_several_found_cases_are_chosen_with_the_arrows(seat: Seat) -> None:
    accepted(seat)
    second = accepted(seat)
    seat.press("F6")
    seat.compose("张三")
    seat.press("Enter")
    assert seat.shell.rooms.current is None
    lines = seat.shell.idle.found.lines
    assert seat.focus() is lines[0]
    seat.press("Down", "Up", "Enter")
    assert second in page(seat).head.whose.whole_text(), "newest first"
    seat.press("Esc")
    assert seat.shell.rooms.current is None


def test_a_locked_step_says_why_and_changes_nothing(seat: Seat) -> None:
    opened(seat, accepted(seat, "Enter", "5", "1", "Enter", "A"))
    steps = page(seat).steps
    at = [choice.text() for choice in steps.choices].index("不予受理")
    assert "没有过期不能不予受理" in steps.choices[at].reason()
    seat.press(str(at + 1))
    assert steps.step is None
    assert "没有过期不能不予受理" in seat.toast
    assert seat.focus() is steps


def test_a_counter_clerk_is_shown_a_handful_of_steps_none_of_them_the_offices(seat: Seat) -> None:
    opened(seat, accepted(seat))
    names = [choice.text() for choice in page(seat).steps.choices]
    assert 3 <= len(names) <= 6
    assert "准予" not in names
    assert "用印" not in names


def test_withdrawing_takes_a_digit_a_reason_and_f9(seat: Seat, server: OfficeServer) -> None:
    opened(seat, accepted(seat))
    seat.count()
    at = [choice.text() for choice in page(seat).steps.choices].index("撤回申请") + 1
    seat.press(str(at))
    assert page(seat).page is Page.FILE_FORM
    assert seat.focus() is page(seat).form.picks["phrase"]
    seat.press("1", "F9")
    assert seat.count() == 3
    assert state(server) is CaseState.WITHDRAWN
    assert page(seat).head.state.text() == "已撤回"
    papers = seat.window.prints.current(page(seat)._work.opened.file.case_id)
    assert PaperKind.WITHDRAWAL_NOTICE in {paper.kind for paper in papers}
    assert "撤回申请通知书" in seat.shown()
    assert seat.focus() is page(seat).steps


def test_a_missing_reason_is_asked_for_beside_its_field(seat: Seat, server: OfficeServer) -> None:
    opened(seat, accepted(seat))
    at = [choice.text() for choice in page(seat).steps.choices].index("终止办理") + 1
    seat.press(str(at), "F9")
    reason = page(seat).form.lines["reason"]
    assert "终止的理由" in reason.error.text()
    assert seat.focus() is reason.edit
    assert state(server) is CaseState.ACCEPTED
    seat.compose("申请人死亡")
    assert not reason.has_error()
    seat.press("F9")
    assert state(server) is CaseState.TERMINATED


def test_escape_goes_back_step_by_step_and_what_was_typed_stays(seat: Seat) -> None:
    opened(seat, accepted(seat))
    at = [choice.text() for choice in page(seat).steps.choices].index("终止办理") + 1
    seat.press(str(at), "Enter")
    seat.compose("事项已无法实现")
    seat.press("Esc")
    assert seat.focus() is page(seat).steps
    assert page(seat).steps.step is CaseStep.TERMINATE
    assert page(seat).form.lines["reason"].value() == "事项已无法实现"
    seat.press("Enter")
    assert page(seat).form.lines["reason"].value() == "事项已无法实现"
    seat.press("Esc", "Esc")
    assert page(seat).steps.step is None
    seat.press("Esc")
    assert seat.shell.rooms.current is None
    assert seat.focus() is seat.shell.idle.call


def test_the_preview_is_the_paper_with_the_number_it_will_have(seat: Seat) -> None:
    opened(seat, accepted(seat))
    at = [choice.text() for choice in page(seat).steps.choices].index("撤回申请") + 1
    seat.press(str(at), "1")
    assert page(seat).view.has_paper()
    assert "撤回申请通知书" in page(seat).papers_line.text()
    drawn = seat.window.prints.papers(page(seat)._work.opened.file.case_id)
    assert PaperKind.WITHDRAWAL_NOTICE not in {sheet.kind for sheet in drawn}, "looking stores nothing"


def test_a_paper_is_printed_again_with_a_reason(seat: Seat) -> None:
    opened(seat, accepted(seat))
    card = next(card for card in page(seat).contents.cards.values() if "受理通知书" in card.name.whole_text())
    before = len(seat.window.page_printer.jobs)
    card.again.setFocus()
    seat.press("Enter")
    card.chips[0].click()
    seat.settle()
    assert len(seat.window.page_printer.jobs) == before + 1
    case_id = page(seat)._work.opened.file.case_id
    assert max(sheet.reprint for sheet in seat.window.prints.papers(case_id)) == 1


def test_a_sheet_whose_fate_is_unknown_is_asked_about_before_anything_else(seat: Seat) -> None:
    opened(seat, accepted(seat))
    seat.window.page_printer.results = [PrintResult(PrintOutcome.UNKNOWN, "A4 打印机缺纸，装好纸再回答")]
    at = [choice.text() for choice in page(seat).steps.choices].index("撤回申请") + 1
    seat.press(str(at), "1", "F9")
    assert page(seat).contents.ask is not None
    assert seat.focus() is page(seat).contents.ask
    seat.press("F12")
    assert seat.toast == "先回答打印的问题"
    seat.press("1")
    assert page(seat).contents.ask is None
    assert seat.focus() is page(seat).steps


def test_what_somebody_else_does_with_the_open_case_comes_by_push(qtbot, server: OfficeServer, seat: Seat) -> None:
    opened(seat, accepted(seat))
    reviewer = sit(qtbot, server, "zm")
    reviewer.press("F9", "1", "F9")
    turn_to(seat)
    assert page(seat).head.state.text() == "准予"
    assert "决定 赵敏" in page(seat).head.people.whole_text()
    assert "别的窗口出的：准予决定书" in seat.shown()
    before = len(seat.window.page_printer.jobs)
    seat.press("P")
    assert len(seat.window.page_printer.jobs) == before + 1
    assert "别的窗口出的" not in seat.shown()
    assert b"\xe5\x87\x86\xe4\xba\x88" in seat.window.page_printer.jobs[-1], "the very decision"


def test_news_of_another_case_leaves_what_is_typed_alone(seat: Seat, server: OfficeServer) -> None:
    opened(seat, accepted(seat))
    at = [choice.text() for choice in page(seat).steps.choices].index("终止办理") + 1
    seat.press(str(at), "Enter")
    seat.compose("事项已无法实现")
    server.tell("case.acted", "018f0000-0000-7000-8000-00000000ffff")
    server.tell("case.acted", page(seat)._work.opened.file.case_id)
    seat.settle()
    assert page(seat).form.lines["reason"].value() == "事项已无法实现"
    assert seat.focus() is page(seat).form.lines["reason"].edit


def test_looking_at_a_case_is_no_news_that_makes_it_look_again(seat: Seat, server: OfficeServer) -> None:
    opened(seat, accepted(seat))
    asked: list[str] = []
    ask = server.server_case
    server.server_case = lambda reference: (asked.append(reference), ask(reference))[1]  # type: ignore[method-assign]
    server.tell("case.viewed", page(seat)._work.opened.file.case_id)
    seat.settle()
    assert asked == []


def test_without_the_server_the_file_says_so_and_the_step_waits(seat: Seat) -> None:
    number = accepted(seat)
    seat.counter.plan = ["lost request"] * 50
    opened(seat, number)
    assert page(seat).head.away.isVisible()
    at = [choice.text() for choice in page(seat).steps.choices].index("撤回申请") + 1
    seat.press(str(at), "1", "F9")
    assert page(seat).head.state.text() == "已撤回"
    assert page(seat).head.waiting.text() == "1 步待上传"


def test_what_the_server_refuses_does_not_count_and_says_why(qtbot, server: OfficeServer, seat: Seat) -> None:
    number = accepted(seat)
    opened(seat, number)
    other = sit(qtbot, server, "wxm")
    other.press("F6")
    other.type(number)
    other.press("Enter")
    at = str([choice.text() for choice in page(other).steps.choices].index("撤回申请") + 1)
    listeners, server.listeners = server.listeners, []
    other.press(at, "1", "F9")
    server.listeners = listeners
    turn_to(seat)
    at = str([choice.text() for choice in page(seat).steps.choices].index("终止办理") + 1)
    seat.press(at, "1", "F9")
    assert "终止办理没有生效" in page(seat).result.words.whole_text()
    assert "已撤回" in page(seat).head.state.text()


def test_voiding_asks_a_supervisor_and_nobody_consents_to_himself(seat: Seat, server: OfficeServer) -> None:
    opened(seat, accepted(seat))
    at = str([choice.text() for choice in page(seat).steps.choices].index("作废") + 1)
    seat.press(at, "1", "F9")
    panel = page(seat).approval
    assert panel.isVisible()
    assert seat.focus() is panel.name.edit
    seat.type("lg")
    seat.press("Enter")
    seat.type("wrong")
    seat.press("Enter", "F9")
    assert "用户名或密码不对" in panel.problem.text()
    assert state(server) is CaseState.ACCEPTED
    seat.press("Esc")
    assert not panel.isVisible()
    assert panel.password.edit.text() == ""
    assert page(seat).steps.step is CaseStep.VOID, "the way back is one key, nothing is lost"
    seat.press("F9")
    seat.type("lg")
    seat.press("Enter")
    seat.type(PASSWORD)
    seat.press("Enter")
    assert state(server) is CaseState.VOIDED
    void = server.acts[server.files()[0][0].case_id][-1]
    assert void.facts.approval is not None
    assert void.facts.approval.name == "李刚"


def test_an_untouched_ticket_ends_with_what_was_done_in_the_file(seat: Seat) -> None:
    number = accepted(seat)
    seat.counter.add_tickets(2)
    seat.press("F2")
    assert seat.work.intake is not None
    seat.control.files.open(number)
    seat.settle()
    assert seat.shell.rooms.current is page(seat)
    seat.press("F12")
    assert seat.shell.rooms.current is None
    assert seat.control.ticket is not None
    assert seat.control.ticket.number == "A003", "the next one is called"


def test_a_case_that_was_begun_is_not_lost_by_looking_at_another(seat: Seat) -> None:
    number = accepted(seat)
    seat.counter.add_tickets(1)
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Enter")
    before = seat.work.intake
    seat.control.files.open(number)
    seat.settle()
    assert seat.shell.rooms.current is page(seat)
    seat.press("Esc")
    assert seat.work.intake == before
    assert seat.shell.middle.currentWidget() is seat.case


def chosen(seat: Seat, name: str) -> None:
    """The digit of a step, whatever it is at this state."""
    names = [choice.text() for choice in page(seat).steps.choices]
    seat.press(str(names.index(name) + 1))


def test_a_result_goes_by_post_comes_back_and_is_signed_for(qtbot, server: OfficeServer, seat: Seat) -> None:
    number = accepted(seat)
    sit(qtbot, server, "zm").press("F9", "1", "F9")
    sit(qtbot, server, "sl").press("F9", "1", "F9")
    turn_to(seat)
    opened(seat, number)
    chosen(seat, "登记出件")
    assert page(seat).form.lines["names"].value() == "食品经营许可证 1"
    seat.press("F9")
    assert state(server) is CaseState.READY
    assert "取件通知书" in seat.shown()
    chosen(seat, "邮寄结果")
    assert page(seat).form.lines["address"].value() == APPLICANT.address
    seat.press("F9")
    assert "单号" in page(seat).form.lines["tracking"].error.text()
    seat.type("EX123456789CN")
    seat.press("F9")
    assert state(server) is CaseState.POSTED
    chosen(seat, "邮件退回")
    seat.press("1", "F9")
    assert state(server) is CaseState.READY
    chosen(seat, "邮寄结果")
    seat.type("EX123456790CN")
    seat.press("F9")
    chosen(seat, "登记签收")
    seat.press("2", "F9")
    assert state(server) is CaseState.DELIVERED
    delivery = server.acts[server.files()[0][0].case_id][-1].facts.delivery
    assert (delivery.relation, delivery.tracking) == ("单位收件人", "EX123456790CN")
    assert "送达回证" in seat.shown()


def test_handing_over_opens_the_page_of_results_with_this_case(qtbot, server: OfficeServer, seat: Seat) -> None:
    number = accepted(seat)
    sit(qtbot, server, "zm").press("F9", "1", "F9")
    sit(qtbot, server, "sl").press("F9", "1", "F9")
    turn_to(seat)
    opened(seat, number)
    chosen(seat, "登记出件")
    seat.press("F9")
    chosen(seat, "发给申请人")
    seat.press("F9")
    assert seat.shell.rooms.current is seat.shell.errands.collect
    assert number in seat.shown()
    seat.press("Esc")
    assert seat.shell.rooms.current is page(seat), "back to the file it was opened from"
