"""An instant case in one visit: three people at three windows, one citizen, no second number."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit

from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.papers import PaperKind
from clerk_app.domain.rating import RatingStage
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ui.window.file.instant import Stage
from support.office import OfficeServer, sit, turn_to, upload
from support.people import resident
from support.shell import AGENT, APPLICANT, Seat

KEY, DECISION = 0.28, 1.35
"""Seconds of the keystroke-level model: a key, a decision."""


@pytest.fixture
def server() -> OfficeServer:
    return OfficeServer()


@pytest.fixture
def seat(qtbot, server: OfficeServer) -> Seat:
    made = sit(qtbot, server, "wxm")
    made.counter.add_tickets(2)
    return made


def accepted(seat: Seat, *cards) -> None:
    """A social security card, everything there, printed."""
    seat.press("F2")
    for one in cards or (APPLICANT,):
        seat.lay(one)
    seat.press("Enter")
    seat.type("shb")
    seat.press("Enter", "A", "F9", "F9")


def decided_and_sealed(qtbot, server: OfficeServer, decision: tuple[str, ...] = ("1", "F9")) -> None:
    reviewer = sit(qtbot, server, "zm")
    reviewer.press("F9", *decision)
    keeper = sit(qtbot, server, "sl")
    keeper.press("F9", "1", "F9")


def card(seat: Seat):
    return seat.case.papers.instant


def state(server: OfficeServer) -> CaseState:
    return server.files()[0][1].state


def test_the_whole_visit_costs_one_key_more_than_an_acceptance(qtbot, server: OfficeServer, seat: Seat) -> None:
    accepted(seat)
    assert card(seat).state.text() == "正在送审"
    upload(seat)
    assert card(seat).state.text() == "等决定"
    seat.rate(1)
    keys = seat.count()
    reviewer = sit(qtbot, server, "zm")
    assert reviewer.shell.rooms.current is reviewer.shell.files.office
    reviewer.press("F9", "1", "F9")
    assert card(seat).state.text() == "等用印"
    keeper = sit(qtbot, server, "sl")
    keeper.press("F9", "1", "F9")
    turn_to(seat)
    assert card(seat).state.text() == "可以发证"
    assert seat.focus() is seat.case.papers.issue
    seat.press("F9")
    assert state(server) is CaseState.SEALED, "told to the server by the outbox"
    upload(seat)
    assert state(server) is CaseState.DELIVERED
    kinds = [sheet.kind for sheet in seat.work.papers]
    assert {PaperKind.GRANT_DECISION, PaperKind.SERVICE_RECEIPT} <= set(kinds)
    assert seat.work.undecided == ""
    seat.rate(2)
    case_id = server.files()[0][0].case_id
    visit = seat.counter.tickets[0].ticket_id
    assert seat.desk.rating.is_rated(visit, RatingStage.ACCEPTANCE)
    assert seat.desk.rating.is_rated(visit, RatingStage.ISSUE), "a second rating for the result"
    seat.press("F12")
    assert seat.control.ticket.number == "A002"
    keys += seat.count()
    assert keys <= 12
    decisions = 4  # the person, the materials, the outcome, the hand-over
    assert keys * KEY + decisions * DECISION <= 40
    doers = [act.by.name for act in server.acts[case_id]]
    assert doers == ["赵敏", "孙立", "王晓梅"], "three people"
    assert [act.step for act in server.acts[case_id]] == [CaseStep.GRANT, CaseStep.SEAL, CaseStep.DELIVER]


def test_nobody_decides_and_the_clerk_goes_on(seat: Seat, server: OfficeServer) -> None:
    accepted(seat)
    upload(seat)
    assert seat.case.papers.go.isVisible()
    assert not seat.case.papers.issue.isVisible()
    seat.press("F12")
    assert seat.control.ticket.number == "A002"
    assert state(server) is CaseState.ACCEPTED


def test_without_the_server_the_visit_can_be_ended_all_the_same(seat: Seat) -> None:
    accepted(seat)
    assert seat.case.instant.stage is Stage.SENDING
    assert "不等也可以办结" in seat.shown()
    seat.press("F9")
    assert seat.work.intake is None


def test_a_refusal_is_handed_over_as_well(qtbot, server: OfficeServer, seat: Seat) -> None:
    accepted(seat)
    upload(seat)
    decided_and_sealed(qtbot, server, ("2", "1", "F9"))
    turn_to(seat)
    assert card(seat).name.text() == "即办 · 不予"
    seat.press("F9")
    kinds = {sheet.kind for sheet in seat.work.papers}
    assert PaperKind.REFUSAL_DECISION in kinds


def test_an_agent_takes_it_along_with_the_power_to_collect(qtbot, server: OfficeServer, seat: Seat) -> None:
    accepted(seat, APPLICANT, AGENT)
    upload(seat)
    decided_and_sealed(qtbot, server)
    turn_to(seat)
    seat.press("F9")
    upload(seat)
    delivery = server.acts[server.files()[0][0].case_id][-1].facts.delivery
    assert (delivery.receiver, delivery.relation) == (AGENT.name, "代理人")
    assert delivery.id_number == AGENT.id_number, "known since the first card, nothing is typed again"


def test_an_agent_without_that_power_gets_nothing_here(qtbot, server: OfficeServer, seat: Seat) -> None:
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.lay(AGENT)
    scope = next(edit for edit in seat.case.applicant.findChildren(QLineEdit) if edit.accessibleName() == "授权范围")
    scope.setFocus()
    scope.selectAll()
    seat.compose("代为申请")
    seat.press("F9")
    seat.type("shb")
    seat.press("Enter", "A", "F9", "F9")
    upload(seat)
    decided_and_sealed(qtbot, server)
    turn_to(seat)
    assert "没有写“领取”" in card(seat).detail.whole_text()
    assert not seat.case.papers.issue.isVisible()
    seat.press("F9")
    assert state(server) is CaseState.SEALED
    assert seat.work.intake is None, "F9 ends the visit as for every other case"


def test_the_visit_waits_for_the_sheets_of_the_result(qtbot, server: OfficeServer, seat: Seat) -> None:
    accepted(seat)
    upload(seat)
    decided_and_sealed(qtbot, server)
    turn_to(seat)
    seat.window.page_printer.results = [PrintResult(PrintOutcome.REFUSED, "A4 打印机缺纸，装好纸再打")]
    seat.press("F9", "F12")
    assert seat.work.intake is not None
    assert "缺纸" in seat.toast


def test_while_the_result_is_printed_the_focus_waits_for_the_end_of_the_visit(
    qtbot, server: OfficeServer, seat: Seat
) -> None:
    accepted(seat)
    upload(seat)
    decided_and_sealed(qtbot, server)
    turn_to(seat)
    seat.hold("printer")
    seat.press("F9")
    assert seat.focus() is seat.case.papers, "on no button that prints a sheet once more"
    seat.release("printer")
    assert seat.focus() is seat.case.papers.go


def test_a_question_about_the_decision_is_asked_on_the_page(qtbot, server: OfficeServer, seat: Seat) -> None:
    accepted(seat)
    upload(seat)
    decided_and_sealed(qtbot, server)
    turn_to(seat)
    seat.window.page_printer.results = [PrintResult(PrintOutcome.UNKNOWN, "打印机没有回答")]
    seat.press("F9")
    assert seat.case.papers.ask is not None
    seat.press("1")
    assert seat.work.undecided == ""


def test_handing_over_twice_is_not_possible(qtbot, server: OfficeServer, seat: Seat) -> None:
    accepted(seat)
    upload(seat)
    decided_and_sealed(qtbot, server)
    turn_to(seat)
    held = seat.hold("store")
    seat.press("F9", "F9")
    assert seat.case.papers.issue.text() == "正在出件…"
    assert len(held.waiting) == 1
    seat.release("store")
    upload(seat)
    assert [act.step for act in server.acts[server.files()[0][0].case_id]].count(CaseStep.DELIVER) == 1


def test_nothing_waits_on_the_keys_while_the_server_is_slow(seat: Seat) -> None:
    accepted(seat)
    slow = seat.hold("files")
    upload(seat)
    seat.press("F12")
    assert seat.control.ticket.number == "A002", "the next one is called although the server has not answered"
    seat.release("files")
    assert slow.waiting == []
    assert not seat.case.instant.active


def test_a_promised_case_has_no_such_card(seat: Seat) -> None:
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Enter")
    seat.type("spjy")
    seat.press("Enter", "1", "1", "A", "F9", "F9")
    upload(seat)
    assert not card(seat).isVisible()


def test_the_next_visit_begins_without_the_card_of_the_one_before(qtbot, server: OfficeServer, seat: Seat) -> None:
    accepted(seat)
    upload(seat)
    seat.press("F12")
    decided_and_sealed(qtbot, server)
    turn_to(seat)
    seat.lay(resident(name="孙洋", id_number="110101199003070038"))
    seat.press("Enter")
    seat.type("shb")
    seat.press("Enter", "A", "F9", "F9")
    assert card(seat).state.text() == "正在送审"
    assert seat.case.papers.go.isVisible()
