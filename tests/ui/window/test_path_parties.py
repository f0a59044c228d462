"""Step 1 for more than one: both sides of a sale, owners of one side, organisations, contacts, a forgotten card."""

from __future__ import annotations

import json
from datetime import date

import pytest

from clerk_app.design.resources import resource
from clerk_app.domain.cases import CaseState
from clerk_app.domain.checklist import Verdict
from clerk_app.domain.identity import Sex
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.persons import Contact, OtherOrganisation
from clerk_app.ports.window import Step
from support.people import resident
from support.shell import AGENT, APPLICANT, Seat
from support.shell_matters import PUBLISHED, food, sale, stocked

BUYER = resident(name="李四", id_number="11010119900307002X", sex=Sex.FEMALE)
WIFE = resident(name="王五", id_number="110101199003070054")


@pytest.fixture
def seat(qtbot) -> Seat:
    store = stocked()
    store.catalogue.replace(418, PUBLISHED, [food(), sale()])
    made = Seat(qtbot, store)
    made.log_in()
    made.counter.add_tickets(3)
    return made


def at_sale(seat: Seat, *cards) -> None:  # type: ignore[no-untyped-def]
    seat.press("F2")
    for card in cards:
        seat.lay(card)
    seat.press("Enter")
    seat.type("bdczy")
    seat.press("Enter")


def names(seat: Seat) -> list[tuple[str, str]]:
    return [(party.role, party.name) for party in seat.work.intake.people]


# --- both sides of a sale ---------------------------------------------------------------------------------------
def test_a_sale_by_two_cards_and_one_key_more(seat: Seat) -> None:
    at_sale(seat, APPLICANT)
    assert "由出卖人、买受人共同申请（不动产登记暂行条例第十四条），还缺买受人" in seat.shown()
    seat.press("Alt+1")
    assert seat.case.applicant.form.role == "买受人"
    assert seat.focus() is seat.case.applicant.person.name.edit
    seat.lay(BUYER)
    assert names(seat) == [("出卖人", "张三"), ("买受人", "李四")]
    assert seat.focus() is seat.case.applicant.go
    seat.press("Enter", "Enter", "A", "F9")
    assert seat.case.outcome.kind is OutcomeKind.ACCEPTED
    seat.press("F9", "F12")
    assert seat.count() <= 15
    assert seat.stored[0].state is CaseState.ACCEPTED


def test_acceptance_is_locked_until_the_other_side_is_there(seat: Seat) -> None:
    at_sale(seat, APPLICANT)
    seat.press("Enter", "A", "F9")
    assert seat.case.outcome.choices[0].reason() == "本事项要共同申请，还缺买受人，按 Alt+1 补上"
    assert seat.case.outcome.kind is None
    seat.press("Alt+1")
    seat.lay(BUYER)
    seat.press("Alt+4")
    assert seat.case.outcome.kind is OutcomeKind.ACCEPTED


def test_a_second_card_taken_for_an_agents_becomes_the_other_side_when_it_is_laid_again(seat: Seat) -> None:
    at_sale(seat, APPLICANT, BUYER)
    assert seat.work.intake.agent is not None
    seat.press("Alt+1")
    seat.lay(BUYER)
    assert names(seat) == [("出卖人", "张三"), ("买受人", "李四")]
    assert seat.work.intake.agent is None
    assert "李四记为买受人，不再是张三的代理人" in seat.shown()
    seat.press("Ctrl+Z")
    assert seat.work.intake.agent is not None


def test_two_owners_on_one_side_and_their_order(seat: Seat) -> None:
    at_sale(seat, APPLICANT)
    seat.press("Alt+1")
    seat.lay(BUYER)
    seat.press("Alt+G")
    rows = seat.case.applicant.rows
    assert seat.focus() is rows
    seat.press("Enter")
    assert seat.focus() is seat.case.applicant.person.name.edit
    seat.lay(WIFE)
    page = seat.case.applicant
    page.form.roles[1].setFocus()
    seat.press("Left")
    seat.press("Enter")
    assert names(seat) == [("出卖人", "张三"), ("买受人", "李四"), ("出卖人", "王五")]
    seat.press("Alt+1", "Alt+G", "Up", "Home")
    assert names(seat) == [("出卖人", "王五"), ("买受人", "李四"), ("出卖人", "张三")]
    assert seat.focus() is rows
    seat.press("Down", "Down", "Del")
    assert names(seat) == [("出卖人", "王五"), ("买受人", "李四")]
    seat.press("Ctrl+Z")
    assert len(seat.work.intake.people) == 3


def test_the_buyer_came_first(seat: Seat) -> None:
    at_sale(seat, BUYER)
    seat.press("Alt+1")
    seat.lay(APPLICANT)
    seat.press("Alt+G", "Up", "Home")
    assert names(seat) == [("出卖人", "张三"), ("买受人", "李四")]


def test_each_side_may_send_somebody(seat: Seat) -> None:
    at_sale(seat, APPLICANT)
    seat.press("Alt+1")
    seat.lay(BUYER)
    seat.lay(AGENT)
    assert seat.work.intake.parties[0].agent.name == "李晓彤"
    assert "代理人 李晓彤" in seat.shown()
    seat.lay(APPLICANT)
    assert seat.case.applicant.form.role == "出卖人", "whose card it is opens their form"
    assert seat.work.intake.parties[0].agent.name == "李晓彤"


def test_one_agent_for_both_sides_is_said_aloud(seat: Seat) -> None:
    at_sale(seat, APPLICANT, AGENT)
    seat.press("Alt+1")
    seat.lay(BUYER)
    form = seat.case.applicant.form
    form.by_self.setFocus()
    seat.press("Right", "Enter")
    seat.compose("李晓彤")
    seat.press("Enter")
    seat.type(AGENT.id_number)
    seat.press("F9")
    assert seat.work.step is Step.MATTER
    seat.press("Alt+1")
    assert "李晓彤同时代表出卖人和买受人" in seat.shown()


def test_nobody_is_written_twice(seat: Seat) -> None:
    at_sale(seat, APPLICANT)
    seat.press("Alt+1")
    seat.compose("张三")
    seat.press("Enter")
    seat.type(APPLICANT.id_number)
    seat.press("Enter")
    assert seat.work.step is Step.APPLICANT
    assert seat.case.applicant.person.number.error.text() == "张三已经在申请人里了，同一个人不能写两次"
    assert seat.focus() is seat.case.applicant.person.number.edit


def test_somebody_is_added_before_the_matter_is_known(seat: Seat) -> None:
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Alt+G")
    seat.lay(BUYER)
    seat.press("Enter")
    seat.type("bdczy")
    seat.press("Enter")
    assert names(seat) == [("出卖人", "张三"), ("买受人", "李四")]
    assert "还缺" not in seat.shown()


def test_a_half_typed_party_does_not_hold_up_the_way_back(seat: Seat) -> None:
    at_sale(seat, APPLICANT)
    seat.press("Alt+1")
    seat.compose("李")
    seat.press("Alt+2")
    assert seat.work.step is Step.MATTER
    assert names(seat) == [("出卖人", "张三")]
    seat.press("Alt+1")
    assert seat.case.applicant.person.name.value() == "李", "what was typed is still there"


# --- agents -----------------------------------------------------------------------------------------------------
def test_an_agent_with_two_cards_costs_no_key(seat: Seat) -> None:
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.lay(AGENT)
    seat.press("Enter")
    assert seat.count() == 2
    assert seat.work.intake.agent.scope == "代为申请、领取"
    assert seat.work.step is Step.MATTER


def test_a_power_of_attorney_that_ran_out(seat: Seat) -> None:
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.lay(AGENT)
    seat.case.applicant.form.valid_to.edit.setFocus()
    seat.type("20261101")
    seat.press("Enter")
    assert seat.work.intake.agent.valid_to == date(2026, 11, 1)
    assert "委托书已过期" in seat.shown()
    seat.type("spjy")
    seat.press("Enter", "1", "1", "A", "F9")
    assert seat.case.outcome.choices[0].reason() == "李晓彤的授权委托书 2026-11-01 到期，已经过期，请换新的委托书"
    seat.press("Alt+1")
    assert "请换新的委托书" in seat.shown()


def test_a_date_that_is_none_stays_where_it_is(seat: Seat) -> None:
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.lay(AGENT)
    field = seat.case.applicant.form.valid_to
    field.edit.setFocus()
    seat.type("20260231")
    seat.press("Enter")
    assert seat.work.step is Step.APPLICANT
    assert "没有“20260231”这一天" in field.error.text()
    assert seat.focus() is field.edit


def test_the_applicants_own_number_typed_for_the_agent(seat: Seat) -> None:
    seat.press("F2")
    seat.lay(APPLICANT)
    form = seat.case.applicant.form
    form.by_self.setFocus()
    seat.press("Right", "Enter")
    seat.compose("张三")
    seat.press("Enter")
    seat.type(APPLICANT.id_number)
    seat.press("Enter")
    assert "请选“本人来办”" in form.agent.number.error.text()


# --- a forgotten card -------------------------------------------------------------------------------------------
def test_a_forgotten_card_is_marked_with_its_reason(seat: Seat) -> None:
    seat.press("F2")
    seat.compose("张三")
    seat.press("Enter")
    seat.type(APPLICANT.id_number)
    chips = seat.case.applicant.person.without_card.chips
    assert chips[0].isVisible()
    chips[0].setFocus()
    seat.press("Space", "Enter")
    assert seat.work.step is Step.MATTER
    assert (seat.work.intake.applicant.entered, seat.work.intake.applicant.without_card) == ("typed", "忘带")
    assert "未读身份证，手工录入（忘带）" in seat.shown()
    seat.press("Alt+1")
    seat.lay(APPLICANT)
    assert not chips[0].isVisible()
    assert seat.work.intake.applicant.without_card == ""
    assert "身份证已读" in seat.shown()


def test_without_the_card_the_paper_one_is_asked_for_again(seat: Seat) -> None:
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Enter")
    seat.type("spjy")
    seat.press("Enter", "1", "1")
    assert seat.work.intake.checks["id"].verdict is Verdict.EXEMPT
    seat.press("Alt+1")
    seat.case.applicant.person.name.edit.setFocus()
    seat.press("End")
    seat.compose("丰")
    seat.press("Alt+3")
    assert seat.work.intake.checks["id"].verdict is Verdict.PENDING


# --- organisations ----------------------------------------------------------------------------------------------
def test_an_organisation_without_a_credit_code(seat: Seat) -> None:
    seat.press("F2")
    page = seat.case.applicant
    page.form.kind_person.setFocus()
    seat.press("Right", "Right", "Enter")
    assert page.form.kind_other.isChecked()
    assert seat.focus() is page.form.other.name.edit
    for words in ("明河小区业主委员会", "备案证明", "明住建备〔2026〕3号"):
        seat.compose(words)
        seat.press("Enter")
    seat.lay(resident(name="周文博"))
    assert page.form.other.responsible.value() == "周文博"
    seat.press("Enter")
    assert seat.work.intake.applicant == OtherOrganisation(
        "明河小区业主委员会", "备案证明", "明住建备〔2026〕3号", "周文博"
    )
    assert "明河小区业主委员会" in seat.shown()
    seat.type("spjy")
    seat.press("Enter")
    assert seat.toast == (
        "「食品经营许可（新办）」的服务对象是自然人、企业法人，其他组织不能申请，请核对单位或换一个事项"
    )
    assert seat.work.intake.matter is None


def test_too_early_is_said_at_once_with_what_to_do(qtbot) -> None:
    records = json.loads(resource("catalogue", "sample.json").read_text(encoding="utf-8"))["matters"]
    store = stocked()
    store.catalogue.replace(418, PUBLISHED, [food(), *(row for row in records if row["id"] == "lnyd")])
    seat = Seat(qtbot, store)
    seat.called(APPLICANT)
    seat.press("Enter")
    seat.compose("老年人")
    seat.press("Enter")
    assert (
        "年满60周岁才能申领老年人优待证，2050年3月7日起可以申请。依据：老年人权益保障法第二条。"
        "按 F9 书面告知，请到时候再来"
    ) in seat.shown()
    seat.press("F9")
    assert seat.work.step is Step.OUTCOME, "no material is asked for"
    assert seat.case.outcome.kind is OutcomeKind.NOT_REQUIRED
    assert "还不到办理的时候" in [choice.text() for choice in seat.case.outcome.choices]
    seat.press("F9")
    assert seat.stored[0].state is CaseState.NOT_REQUIRED


def test_after_five_working_days_only_acceptance_is_left(seat: Seat) -> None:
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Enter")
    seat.type("spjy")
    seat.press("Enter", "1", "1")
    seat.clock.advance(seconds=9 * 86_400)
    seat.press("5", "2", "Enter", "A", "F9")
    words = "11-23 收件，五个工作日内没有告知，从收件之日起视为受理，只能受理"
    assert seat.case.outcome.choices[4].reason() == words
    assert seat.work.lock_reason(OutcomeKind.SUPPLEMENT_REQUESTED) == words


# --- contacts ---------------------------------------------------------------------------------------------------
def test_contacts_are_opened_by_one_key_and_checked(seat: Seat) -> None:
    seat.press("F2")
    seat.lay(APPLICANT)
    page = seat.case.applicant
    assert not page.contacts.isVisible()
    seat.press("Alt+K")
    assert seat.focus() is page.contacts.inputs[0].edit
    seat.compose("李晓彤")
    seat.press("Enter")
    assert seat.focus() is page.contacts.inputs[1].edit, "a contact needs a telephone"
    seat.type("139")
    seat.press("Enter")
    assert page.contacts.inputs[1].has_error()
    seat.type("00002716")
    seat.press("Enter")
    assert seat.work.intake.contacts == (Contact("李晓彤", "13900002716"),)
    assert seat.work.step is Step.MATTER
    seat.press("Alt+1", "Alt+K")
    assert seat.focus() is page.contacts.inputs[3].edit, "the next line"
    page.go.setFocus()
    seat.press("Ctrl+Z")
    assert seat.work.intake.contacts == ()


def test_contacts_that_nobody_needs_are_closed_by_the_same_key(seat: Seat) -> None:
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Alt+K", "Alt+K")
    assert not seat.case.applicant.contacts.isVisible()
    assert seat.focus() is seat.case.applicant.go
    seat.press("Enter")
    assert seat.count() == 4
