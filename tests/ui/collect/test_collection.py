"""Results at the window: found by card or number, given to the right person, with one receipt and few keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from clerk_app.domain.acts import DeliveryManner, IdentityCheck
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.papers import PaperKind
from clerk_app.domain.queue import TicketState, VisitReason
from clerk_app.domain.rating import RatingLevel
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.services.steps.values import OpenFile
from clerk_app.ui.window.collect.who import Taker
from support.people import agent, company, resident
from support.results import Errand
from support.shell_matters import HOUSE


def _delivery(hall: Errand, opened: OpenFile) -> Any:
    known = hall.seat.desk.files.known(opened.file.case_id)
    assert known is not None
    return known.file.acts[-1].facts.delivery


def _view(hall: Errand) -> Any:
    assert hall.seat.shell.errands is not None
    return hall.seat.shell.errands.collect.view


def test_a_card_and_four_keys_hand_out_a_certificate(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.ready()
    hall.told()
    seat = hall.seat
    seat.lay(resident())
    assert "张三有 1 件结果可以领走" in seat.shown()
    seat.press("Alt+L", "Space", "Space", "F9")
    assert seat.count() <= 5
    assert hall.state_of(opened) == "delivered"
    delivery = _delivery(hall, opened)
    assert (delivery.receiver, delivery.relation, delivery.checked_by) == ("张三", "本人", IdentityCheck.CARD)
    assert delivery.pieces == ("正本 1", "副本 1")
    assert "送达回证" in seat.window.page_printer.jobs[-1].decode()
    assert "已发 1 件" in seat.shown()


def test_what_was_handed_out_says_so_and_the_focus_is_on_the_end(qtbot) -> None:
    hall = Errand(qtbot)
    hall.ready()
    hall.told()
    hall.seat.lay(resident())
    hall.seat.press("Alt+L", "A", "F9")
    (card,) = _view(hall).cards
    assert card.pill.text() == "已发"
    assert hall.seat.focus() is _view(hall).go


def test_everything_of_the_visit_goes_with_one_receipt(qtbot) -> None:
    hall = Errand(qtbot)
    people = {"applicant": company(), "agent": agent()}
    first, second = hall.ready(**people), hall.ready(copies=("许可证 1",), **people)
    waits = hall.granted(code=HOUSE, **people)
    hall.told()
    seat = hall.seat
    seat.lay(agent().person)
    seat.press("Alt+L")
    shown = seat.shown()
    assert "明河市禾间餐饮管理有限公司（李晓彤来领）名下有 3 件结果，2 件可发" in shown
    assert "等制证盖章（在后台，不能由经办窗口代盖）" in shown
    assert "身份证与授权书一致：李晓彤，权限含“领取”" in shown
    printed = len(seat.window.page_printer.jobs)
    seat.press("A", "F9")
    assert [hall.state_of(one) for one in (first, second, waits)] == ["delivered", "delivered", "granted"]
    receipts = [job for job in seat.window.page_printer.jobs[printed:] if b"service_receipt" in job]
    assert len(receipts) == 1
    assert {_delivery(hall, one).relation for one in (first, second)} == {"代理人"}
    numbers = {
        paper.number
        for one in (first, second)
        for paper in seat.desk.files.known(one.file.case_id).file.acts[-1].papers
        if paper.kind is PaperKind.SERVICE_RECEIPT
    }
    assert len(numbers) == 1


def test_nothing_goes_before_every_piece_was_handed_over(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.ready()
    hall.told()
    hall.seat.lay(resident())
    hall.seat.press("Alt+L", "Space", "F9")
    assert hall.state_of(opened) == "ready"
    assert "还有 1 样没交到手里：副本 1" in hall.seat.shown()
    assert hall.seat.focus().text() == "副本 1", "the focus is on what is missing"
    hall.seat.press("Space", "F9")
    assert hall.state_of(opened) == "delivered"


def test_space_takes_a_tick_back_and_the_arrows_walk_through_all(qtbot) -> None:
    hall = Errand(qtbot)
    hall.ready()
    hall.told()
    seat = hall.seat
    seat.lay(resident())
    seat.press("Alt+L")
    assert seat.focus().text() == "正本 1"
    seat.press("Space")
    assert seat.focus().text() == "副本 1"
    seat.press("Up", "Space")
    assert seat.focus().text() == "正本 1"
    assert not seat.focus().isChecked()
    seat.press("Up", "Space", "F9")
    assert "还没有选要发的结果" in seat.shown()


def test_a_power_of_attorney_that_was_brought_along_takes_one_key(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.ready()
    hall.told()
    seat = hall.seat
    seat.press("Alt+L")
    seat.compose(opened.file.opening.case_number)
    seat.press("Enter")
    seat.lay(agent().person)
    assert "没有写明“领取”的授权委托书" in seat.shown()
    assert "李晓彤不是申请人，这件也没有他能用的授权；带了委托书的按 2" in seat.shown()
    assert "身份证与申请人一致" not in seat.shown()
    assert _view(hall).cards[0].can is False
    seat.count()
    seat.press("2")
    assert _view(hall).who.scope.isVisible()
    assert "收下授权委托书原件，看委托人签名和申请人身份证明" in seat.shown()
    assert seat.focus().text() == "正本 1"
    assert "授权 代为领取" in seat.shown()
    assert "委托书没写代为申请" not in seat.shown(), "nobody applies here"
    seat.press("A", "F9")
    assert seat.count() == 3
    assert hall.state_of(opened) == "delivered"
    delivery = _delivery(hall, opened)
    assert (delivery.receiver, delivery.relation) == (agent().person.name, "代理人")


def test_a_power_that_has_run_out_hands_out_nothing_and_can_be_put_right(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.ready(applicant=company(), agent=replace(agent(), scope="代为申请"))
    hall.told()
    seat = hall.seat
    seat.lay(agent().person)
    seat.press("Alt+L", "2", "2")
    who = _view(hall).who
    assert seat.focus() is who.scope.edit
    seat.press("Enter")
    seat.type("20261101")
    seat.press("Enter")
    assert "已经过期" in seat.shown()
    assert _view(hall).cards[0].can is False
    assert seat.focus() is who.scope.edit
    seat.press("F9")
    assert hall.state_of(opened) == "ready"
    seat.press("Enter")
    who.until.edit.clear()
    seat.type("2026130")
    seat.press("Enter")
    assert "没有“2026130”这一天" in who.until.error.text()
    assert seat.focus() is who.until.edit
    who.until.edit.clear()
    seat.type("20261231")
    seat.press("Enter", "A", "F9")
    assert hall.state_of(opened) == "delivered"
    assert _delivery(hall, opened).relation == "代理人"


def test_what_is_written_last_of_the_power_is_what_counts(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.ready(applicant=company(), agent=replace(agent(), scope="代为申请"))
    hall.told()
    seat = hall.seat
    seat.lay(agent().person)
    seat.press("Alt+L", "2", "A", "2")
    _view(hall).who.scope.edit.clear()
    seat.compose("代为申请")
    seat.press("F9")
    assert hall.state_of(opened) == "ready"
    assert "没有写“领取”" in seat.shown()


def test_without_another_person_there_is_no_power_to_ask_for(qtbot) -> None:
    hall = Errand(qtbot)
    hall.ready()
    hall.told()
    hall.seat.lay(resident())
    hall.seat.press("Alt+L", "2")
    assert hall.seat.toast == "这件没有代理人；别人带委托书来领的，先放他的身份证"
    assert not _view(hall).who.scope.isVisible()


def test_an_agent_without_the_power_to_collect_gets_nothing(qtbot) -> None:
    hall = Errand(qtbot)
    only_apply = replace(agent(), scope="代为申请")
    opened = hall.ready(applicant=company(), agent=only_apply)
    hall.told()
    seat = hall.seat
    seat.lay(only_apply.person)
    seat.press("Alt+L")
    assert "没有写“领取”" in seat.shown()
    assert _view(hall).cards[0].can is False
    seat.press("F9")
    assert hall.state_of(opened) == "ready"


def test_the_applicants_own_card_for_what_an_agent_applied_for(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.ready(agent=agent())
    hall.told()
    seat = hall.seat
    seat.lay(resident())
    seat.press("Alt+L", "A", "F9")
    assert _delivery(hall, opened).relation == "本人"
    assert hall.state_of(opened) == "delivered"


def test_a_scanned_receipt_finds_the_case_and_without_a_card_the_clerk_is_told_to_look(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.ready()
    hall.told()
    seat = hall.seat
    seat.press("Alt+L")
    assert seat.focus() is _view(hall).search
    seat.type(opened.file.opening.case_number)
    seat.press("Enter")
    assert "没有读身份证，请核对证件后再发：张三" in seat.shown()
    seat.press("A", "F9")
    assert _delivery(hall, opened).checked_by is IdentityCheck.TYPED
    assert hall.state_of(opened) == "delivered"


def test_a_card_laid_down_on_the_page_says_who_it_is(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.ready()
    hall.told()
    seat = hall.seat
    seat.press("Alt+L")
    seat.type(opened.file.opening.case_number)
    seat.press("Enter")
    seat.lay(resident())
    assert "身份证与申请人一致：张三" in seat.shown()
    seat.lay(agent().person)
    assert "来人不是申请人" in seat.shown()
    seat.press("A", "F9")
    assert hall.state_of(opened) == "ready"


def test_what_is_not_decided_says_where_it_is(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.accepted()
    hall.told()
    hall.seat.press("Alt+L")
    hall.seat.type(opened.file.opening.case_number)
    hall.seat.press("Enter")
    assert "现在是“已受理”" in hall.seat.shown()
    assert "还不能发" in hall.seat.shown()


def test_the_promise_of_what_was_tolerated_goes_back(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.ready(hall.filled(hall.tolerated()))
    hall.told()
    seat = hall.seat
    seat.lay(resident())
    seat.press("Alt+L", "Space", "Space")
    assert "容缺材料 11-23 已补齐" in seat.shown()
    seat.press("Down", "Space", "F9")
    assert _delivery(hall, opened).took_back == ("容缺承诺书原件",)


def test_by_post_it_is_on_its_way_until_somebody_signs(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.ready()
    hall.told()
    seat = hall.seat
    seat.lay(resident())
    seat.press("Alt+L", "3", "F9")
    assert "请写运单号" in seat.shown()
    seat.type("EA123456789CN")
    seat.press("F9")
    delivery = _delivery(hall, opened)
    assert delivery.manner is DeliveryManner.POST
    assert (delivery.tracking, delivery.address) == ("EA123456789CN", resident().address)
    assert hall.state_of(opened) == "posted"


def test_esc_in_the_parcels_fields_gives_the_digits_back(qtbot) -> None:
    hall = Errand(qtbot)
    hall.ready()
    hall.told()
    seat = hall.seat
    seat.lay(resident())
    seat.press("Alt+L", "3")
    assert _view(hall).who.taker is Taker.POST
    seat.press("Esc")
    assert _view(hall).who.taker is Taker.APPLICANT
    seat.press("A", "F9")
    assert "已发 1 件" in seat.shown()


def test_the_second_rating_begins_by_itself_and_stays_hidden(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.ready()
    hall.told()
    seat = hall.seat
    seat.lay(resident())
    seat.press("Alt+L", "A", "F9")
    assert "评价器已亮，请申请人评价" in seat.shown()
    seat.rate(RatingLevel.DISSATISFIED.value)
    stored = seat.store.read(lambda unit: unit.ratings.of_visit(opened.file.case_id, "issue"))
    assert stored is not None
    assert "申请人已评价" in seat.shown()
    assert "不满意" not in seat.shown()


def test_a_called_ticket_ends_as_issued_and_its_draft_is_put_away(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.ready()
    hall.told()
    seat = hall.seat
    seat.counter.add_tickets(2)
    seat.press("F2")
    seat.lay(resident())
    assert "按 Alt+L" in seat.toast
    seat.press("Alt+L", "A", "F9", "F12")
    first, second = seat.counter.tickets
    assert (first.state, first.outcome) == (TicketState.FINISHED, "issued")
    assert second.state is TicketState.CALLED, "F12 called the next one"
    assert hall.state_of(opened) == "delivered"
    visits = seat.store.read(lambda unit: unit.visits.of_day(seat.clock.now().date()))
    assert [visit.reasons for visit in visits if visit.ticket_id == first.ticket_id] == [(VisitReason.COLLECT,)]
    drafts = seat.store.read(lambda unit: unit.drafts.open())
    assert len(drafts) == 1, "the next one's; what was opened for this ticket is put away"


def test_a_receipt_that_did_not_come_out_is_printed_again_or_later(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.ready()
    hall.told()
    seat = hall.seat
    seat.window.page_printer.results = [PrintResult(PrintOutcome.REFUSED, "A4 打印机缺纸")] * 2
    seat.lay(resident())
    seat.press("Alt+L", "A", "F9")
    assert "已经发了，回证没有打出来：A4 打印机缺纸" in seat.toast
    assert hall.state_of(opened) == "delivered"
    seat.press("F9")
    assert "回证没有打出来" in seat.toast
    seat.press("F9")
    assert "已发 1 件" in seat.shown()
    acts = seat.desk.files.known(opened.file.case_id).file.acts
    assert [act.step for act in acts].count(CaseStep.DELIVER) == 1, "handed out once"


def test_half_a_receipt_becomes_a_question_on_the_page(qtbot) -> None:
    hall = Errand(qtbot)
    hall.ready()
    hall.told()
    seat = hall.seat
    seat.window.page_printer.results = [PrintResult(PrintOutcome.UNKNOWN, "A4 打印机卡纸")]
    seat.lay(resident())
    seat.press("Alt+L", "A", "F9")
    assert seat.focus() is seat.shell.errands.collect.ask
    seat.press("1")
    assert "已发 1 件" in seat.shown()


def test_without_the_server_the_window_gives_out_what_it_took_itself(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.ready()
    hall.told()
    seat = hall.seat
    seat.counter.plan = ["lost request"] * 20
    seat.lay(resident())
    seat.press("Alt+L")
    assert "张三名下有 1 件结果，1 件可发" in seat.shown()
    seat.press("A", "F9")
    seat.counter.plan = []
    assert hall.state_of(opened) == "delivered"


def test_esc_leaves_and_the_free_page_is_as_before(qtbot) -> None:
    hall = Errand(qtbot)
    seat = hall.seat
    seat.press("Alt+L", "Esc")
    assert seat.shell.middle.currentWidget() is seat.shell.idle
    assert seat.focus() is seat.shell.idle.call


def test_a_stranger_has_nothing_here(qtbot) -> None:
    hall = Errand(qtbot)
    hall.told()
    hall.seat.lay(resident())
    assert "可以领走" not in hall.seat.shown()
    hall.seat.press("Alt+L")
    assert "张三名下没有结果" in hall.seat.shown()
