"""Step 1 at the whole window: cards, typing, both at once; what is wrong stays where it is and says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clerk_app.domain.identity import IdType, Sex
from clerk_app.domain.persons import LegalEntity, NaturalPerson
from clerk_app.domain.queue import TicketState
from clerk_app.ports.window import Step
from support.people import resident
from support.shell import AGENT, APPLICANT, Seat, facts, reader_fault

FOREIGNER = NaturalPerson(
    name="样本",
    english_name="SAMPLE, PERSON",
    id_type=IdType.FOREIGN_PERMANENT,
    id_number="KAZ110090123105",
    sex=Sex.FEMALE,
    birth=date(1990, 12, 31),
    entered="card",
)


@pytest.fixture
def seat(qtbot) -> Seat:
    return Seat(qtbot)


def test_a_card_fills_everything_and_enter_goes_on(seat: Seat) -> None:
    seat.called()
    assert seat.focus() is seat.case.applicant.person.name.edit
    seat.lay(APPLICANT)
    assert seat.case.applicant.person.number.edit.text() == "110101 19900307 0011"
    assert seat.focus() is seat.case.applicant.go
    seat.press("Enter")
    assert seat.work.step is Step.MATTER
    assert seat.control.ticket.state is TicketState.SERVING, "the citizen sits down with the first thing done"


def test_a_card_laid_before_the_call_belongs_to_the_one_called(seat: Seat) -> None:
    seat.log_in()
    seat.counter.add_tickets(1, person="张*")
    seat.lay(APPLICANT)
    seat.press("F2", "Enter")
    assert seat.work.intake.applicant_name == "张三"
    assert seat.work.step is Step.MATTER


def test_a_card_of_somebody_else_is_not_taken_for_the_one_called(seat: Seat) -> None:
    seat.log_in()
    seat.counter.add_tickets(1, person="李*")
    seat.lay(APPLICANT)
    seat.press("F2")
    assert seat.work.intake.applicant is None
    assert seat.toast == "刚才读的证件不是这个号的人，请再放一次"


def test_a_card_forgotten_on_the_reader_is_not_the_next_citizens(seat: Seat) -> None:
    seat.log_in()
    seat.counter.add_tickets(1)
    seat.lay(APPLICANT)
    seat.clock.advance(seconds=61)
    seat.press("F2")
    assert seat.work.intake.applicant is None


def test_a_card_laid_before_f5_belongs_to_the_walk_in(seat: Seat) -> None:
    seat.log_in()
    seat.lay(APPLICANT)
    assert "身份证已读" in seat.toast
    seat.press("F5")
    assert seat.work.intake.applicant_name == "张三"
    assert seat.focus() is seat.case.applicant.go


def test_a_person_typed_by_hand(seat: Seat) -> None:
    seat.called()
    seat.compose("张三")
    seat.press("Enter")
    assert seat.focus() is seat.case.applicant.person.number.edit, "Enter goes to the next empty field"
    seat.type("110101199003070011")
    seat.press("Enter")
    assert seat.work.step is Step.MATTER
    assert seat.work.intake.applicant.entered == "typed"


def test_a_wrong_number_keeps_text_and_focus(seat: Seat) -> None:
    seat.called()
    seat.compose("张三")
    seat.press("Enter")
    seat.type("110101199003070012")
    seat.press("Enter")
    field = seat.case.applicant.person.number
    assert seat.work.step is Step.APPLICANT
    assert "第 18 位" in field.error.text()
    assert field.error.isVisible()
    assert field.edit.text() == "110101 19900307 0012"
    assert seat.focus() is field.edit
    seat.press("Backspace")
    seat.type("1")
    assert not field.has_error()
    seat.press("F9")
    assert seat.work.step is Step.MATTER


def test_two_cards_are_applicant_and_agent(seat: Seat) -> None:
    seat.called(APPLICANT, AGENT)
    assert seat.work.intake.applicant.id_number == APPLICANT.id_number
    assert seat.work.intake.agent.person.id_number == AGENT.id_number
    assert "到场人（代理人）" in seat.shown()
    seat.lay(APPLICANT)
    assert seat.work.intake.applicant.id_number == APPLICANT.id_number
    assert seat.work.intake.agent.person.id_number == AGENT.id_number, "whose card it is decides, not the order"


def test_f5_lets_the_next_card_replace_the_one_before(seat: Seat) -> None:
    seat.called(APPLICANT)
    seat.press("F5")
    assert seat.focus() is seat.case.applicant.person.name.edit
    seat.lay(AGENT)
    assert seat.work.intake.applicant.id_number == AGENT.id_number
    assert seat.work.intake.agent is None


def test_ctrl_z_takes_a_card_back(seat: Seat) -> None:
    seat.called(APPLICANT, AGENT)
    seat.press("Ctrl+Z")
    assert seat.work.intake.agent is None
    assert not seat.case.applicant.agent.isVisible()
    seat.press("Enter")
    assert seat.work.intake.agent is None


def test_a_card_read_while_typing_leaves_the_typing_alone(seat: Seat) -> None:
    seat.called()
    seat.case.applicant.person.phone.edit.setFocus()
    seat.type("1390000")
    seat.lay(APPLICANT)
    assert seat.focus() is seat.case.applicant.person.phone.edit
    assert seat.case.applicant.person.name.value() == "张三"
    seat.type("2716")
    seat.press("Enter")
    assert seat.work.step is Step.MATTER
    assert seat.work.intake.applicant.phone == "13900002716"
    assert seat.work.intake.applicant.entered == "card"


def test_typing_over_a_card_ends_its_proof(seat: Seat) -> None:
    seat.called(APPLICANT)
    seat.case.applicant.person.name.edit.setFocus()
    seat.press("End")
    seat.compose("丰")
    seat.press("Enter")
    assert (seat.work.intake.applicant.name, seat.work.intake.applicant.entered) == ("张三丰", "typed")


def test_what_is_changed_on_the_page_counts_when_the_clerk_jumps_away(seat: Seat) -> None:
    seat.at_checklist()
    seat.press("Alt+1")
    seat.case.applicant.person.phone.edit.setFocus()
    seat.type("13900002716")
    seat.press("Alt+3")
    assert seat.work.step is Step.MATERIALS
    assert seat.work.intake.applicant.phone == "13900002716"
    seat.press("Alt+1")
    seat.case.applicant.person.phone.edit.setFocus()
    seat.press("Backspace", "Alt+4")
    assert seat.work.step is Step.APPLICANT, "a wrong number does not slip through"
    assert seat.case.applicant.person.phone.has_error()


def test_a_company_brought_by_its_representative(seat: Seat) -> None:
    seat.called()
    page = seat.case.applicant
    page.form.kind_person.setFocus()
    seat.press("Right", "Enter")
    assert page.form.kind_entity.isChecked()
    assert seat.focus() is page.form.entity.name.edit
    seat.compose("明河市禾间餐饮管理有限公司")
    seat.press("Enter")
    seat.type("91350100M000100Y43")
    seat.lay(resident(name="周文博"))
    assert page.form.entity.representative.value() == "周文博"
    seat.press("Enter")
    assert seat.work.step is Step.MATTER
    applicant = seat.work.intake.applicant
    assert isinstance(applicant, LegalEntity)
    assert applicant.legal_representative == "周文博"


def test_a_company_brought_by_somebody_else(seat: Seat) -> None:
    seat.called()
    page = seat.case.applicant
    page.form.kind_person.setFocus()
    seat.press("Right", "Enter")
    seat.compose("明河市禾间餐饮管理有限公司")
    page.form.entity.representative.edit.setFocus()
    seat.compose("周文博")
    seat.lay(AGENT)
    assert page.form.by_agent.isChecked()
    assert not page.form.entity.credit_code.has_error(), "nothing is wrong yet, it is only not typed yet"
    page.form.entity.credit_code.edit.setFocus()
    seat.type("91350100M000100Y43")
    seat.press("Enter")
    assert seat.work.intake.agent.person.id_number == AGENT.id_number
    assert seat.work.step is Step.MATTER


def test_the_number_of_a_foreigners_card_is_taken_as_it_is(seat: Seat) -> None:
    seat.called(FOREIGNER)
    assert seat.case.applicant.person.number.edit.text() == "KAZ110090123105"
    seat.press("Enter")
    assert seat.work.step is Step.MATTER
    assert seat.work.intake.applicant.id_number == "KAZ110090123105"


def test_a_permit_of_hong_kong_can_be_typed(seat: Seat) -> None:
    seat.called()
    seat.compose("陈小明")
    seat.press("Enter")
    seat.type("810000199003070015")
    seat.press("Enter")
    assert seat.work.intake.applicant.id_type is IdType.RESIDENCE_PERMIT


def test_an_expired_card_warns_and_goes_on(seat: Seat) -> None:
    seat.called()
    seat.lay(replace(facts(APPLICANT), valid_to=date(2020, 1, 1)))
    assert "已经过期" in seat.shown()
    seat.press("Enter")
    assert seat.work.step is Step.MATTER


def test_a_card_that_was_not_read_says_what_to_do(seat: Seat) -> None:
    seat.called()
    seat.lay(reader_fault())
    assert seat.toast == "卡拿早了，请再放一次，停 1 秒"
    assert seat.focus() is seat.case.applicant.person.name.edit


def test_a_card_on_a_later_page_disturbs_nothing(seat: Seat) -> None:
    seat.at_checklist()
    before = seat.work.intake
    seat.lay(AGENT)
    assert seat.work.intake == before
    assert seat.focus() is seat.case.checklist.list


def test_without_a_ticket(seat: Seat) -> None:
    seat.log_in()
    seat.lose_server()
    seat.press("F5")
    assert seat.work.intake.ticket is None
    assert "无号" in seat.shown()
    seat.lay(APPLICANT)
    seat.press("Enter")
    seat.type("shb")
    seat.press("Enter", "A", "F9", "F9", "F9")
    assert seat.work.intake is None
    assert seat.stored[0].ticket_number == ""
    assert seat.focus() is seat.shell.idle.search.edit, "nobody can be called"


def test_tab_goes_in_the_order_of_the_work(seat: Seat) -> None:
    seat.called(APPLICANT, AGENT)
    page = seat.case.applicant
    page.form.kind_person.setFocus()
    order = [seat.focus()]
    while seat.focus() is not page.go and len(order) < 20:
        seat.press("Tab")
        order.append(seat.focus())
    person, agent = page.person, page.agent
    assert order == [
        page.form.kind_person,
        *(field.edit for field in (person.name, person.number, person.phone, person.address)),
        page.form.by_agent,
        *(field.edit for field in (agent.name, agent.number, agent.phone, agent.address)),
        *(field.edit for field in (page.form.scope, page.form.signed_on, page.form.valid_to)),
        page.go,
    ]
