"""When something outside fails: the page says it, stays usable, and nothing that was typed is lost."""

from __future__ import annotations

import pytest

from clerk_app.domain.checklist import Verdict
from clerk_app.domain.errors import Fault, Locked, Unreachable
from clerk_app.ports.hall import SessionEnded
from clerk_app.ports.window import Step
from support.shell import AGENT, APPLICANT, COLLEAGUE, COLLEAGUE_ID, LOGIN, PASSWORD, Seat
from support.window_server import LOST_ANSWER

ENDED = "登录已失效：本窗口在别处重新登录了，请再登录一次"


@pytest.fixture
def seat(qtbot) -> Seat:
    return Seat(qtbot)


# --- login ------------------------------------------------------------------------------------------------------
def test_the_wrong_password_says_so_below_it(seat: Seat) -> None:
    page = seat.shell.login_page
    assert seat.focus() is page.name.edit
    seat.type(LOGIN)
    seat.press("Enter")
    seat.type("wrong")
    seat.press("Enter")
    assert "密码不对" in page.password.error.text()
    assert seat.focus() is page.password.edit
    seat.type(PASSWORD)
    seat.press("Enter")
    assert seat.control.session is not None
    assert seat.focus() is seat.shell.idle.call


def test_a_login_begun_before_the_services_were_there_is_not_lost(qtbot) -> None:
    seat = Seat(qtbot, attached=False)
    seat.type(LOGIN)
    seat.press("Enter")
    seat.type(PASSWORD)
    seat.press("Enter")
    seat.shell.attach(seat)
    seat.settle()
    assert seat.focus() is seat.shell.idle.call


# --- calling ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "fault",
    [
        Fault("服务器答的内容看不懂，可能版本不一样，请技术员检查"),
        Unreachable("服务器连不上"),
        Locked("先办完手里的号"),
        RuntimeError("a mistake of ours"),
    ],
)
def test_a_call_that_fails_says_so_and_can_be_repeated(seat: Seat, fault: Exception) -> None:
    seat.log_in()
    seat.counter.add_tickets(1)
    seat.counter.refusal = fault
    seat.press("F2")
    assert seat.toast == (
        str(fault) if not isinstance(fault, RuntimeError) else "这一步没做成，内容都在。报编号 7Q4K 给技术员"
    )
    assert seat.focus() is seat.shell.idle.call, "the key that is repeated"
    seat.counter.refusal = None
    seat.press("F2")
    assert seat.control.ticket.number == "A001"
    assert seat.focus() is seat.case.applicant.person.name.edit


def test_a_call_on_its_way_is_not_sent_twice(seat: Seat) -> None:
    seat.log_in()
    seat.counter.add_tickets(2)
    seat.hold("network")
    seat.press("F2", "F2")
    assert "正在叫号" in seat.shell.idle.call.text()
    seat.release("network")
    assert [ticket.state.value for ticket in seat.counter.tickets] == ["called", "waiting"]


def test_a_lost_answer_brings_the_same_citizen(seat: Seat) -> None:
    seat.log_in()
    seat.counter.add_tickets(2)
    seat.counter.plan = [LOST_ANSWER]
    seat.press("F2")
    seat.press("F2")
    assert seat.control.ticket.number == "A001"
    assert [ticket.state.value for ticket in seat.counter.tickets] == ["called", "waiting"]


def test_nobody_came_and_ctrl_z_brings_them_back(seat: Seat) -> None:
    seat.called()
    case_id = seat.work.intake.case_id
    seat.press("F4")
    assert seat.work.intake is None
    assert "A001" in seat.toast
    assert "Ctrl+Z" in seat.shell.toast.accessibleName()
    assert seat.focus() is seat.shell.idle.call
    seat.press("Ctrl+Z")
    assert seat.control.ticket.number == "A001"
    assert seat.work.intake.case_id == case_id, "the draft is taken up again"


# --- the server away --------------------------------------------------------------------------------------------
def test_offline_says_what_still_works_and_the_case_goes_on(seat: Seat) -> None:
    seat.at_checklist()
    seat.press("Enter")
    at = seat.focus()
    seat.counter.refusal = Unreachable("服务器连不上")
    seat.lose_server()
    assert seat.shell.banner.isVisible()
    assert "服务器连不上（10:17 起）" in seat.shell.banner.what.text()
    assert "照常" in seat.shell.banner.accessibleName()
    assert seat.focus() is at, "news moves no focus"
    seat.press("A", "F9", "F9")
    assert len(seat.stored) == 1
    seat.press("F9")
    assert seat.work.intake is None
    assert "叫不了号" in seat.shown()
    seat.press("F2")
    assert "F5" in seat.toast, "it says what goes instead"
    seat.press("F5")
    assert seat.work.intake is not None
    seat.counter.refusal = None
    seat.find_server()
    assert not seat.shell.banner.isVisible()


# --- somebody else logged in here -------------------------------------------------------------------------------
def test_a_login_ended_elsewhere_leads_to_the_login_and_back_to_the_same_key(seat: Seat) -> None:
    seat.at_checklist()
    seat.press("Enter")
    before, row = seat.work.intake, seat.case.checklist.list.current_row()
    seat.counter.refusal = SessionEnded(ENDED)
    seat.press("F3")
    page = seat.shell.login_page
    assert page.isVisible()
    assert ENDED in seat.shown()
    assert seat.focus() is page.password.edit
    assert page.name.value() == LOGIN
    seat.type(PASSWORD)
    seat.press("Enter")
    assert seat.work.intake == before
    assert seat.work.step is Step.MATERIALS
    assert seat.focus() is seat.case.checklist.list
    assert seat.case.checklist.list.current_row() == row
    seat.press("A", "F9", "F9", "F12")
    assert len(seat.stored) == 1


def test_a_login_ended_on_the_free_page(seat: Seat) -> None:
    seat.log_in()
    seat.counter.add_tickets(1)
    seat.counter.refusal = SessionEnded(ENDED)
    seat.press("F2")
    assert ENDED in seat.shown()
    seat.type(PASSWORD)
    seat.press("Enter")
    assert seat.focus() is seat.shell.idle.call
    seat.press("F2")
    assert seat.control.ticket.number == "A001"


def test_somebody_else_takes_the_seat_and_goes_on_in_their_own_name(seat: Seat) -> None:
    seat.at_checklist()
    seat.press("Enter")
    before = seat.work.intake
    seat.counter.refusal = SessionEnded(ENDED)
    seat.press("F3")
    seat.shell.login_page.name.edit.setFocus()
    seat.shell.login_page.name.edit.selectAll()
    seat.type(COLLEAGUE)
    seat.press("Enter")
    seat.type(PASSWORD)
    seat.press("Enter")
    assert seat.work.intake == before
    rows = seat.store.read(lambda unit: unit.journal.of_subject(before.case_id))
    assert (rows[-1].kind, rows[-1].user_id) == ("case.resumed", COLLEAGUE_ID)
    assert "赵琳" in seat.shown()


def test_a_login_without_the_server_lasts_as_long_as_the_case(qtbot, seat: Seat) -> None:
    seat.log_in()
    away = Seat(qtbot, seat.store, counter=seat.counter, seed=2)
    away.counter.refusal = Unreachable("服务器连不上")
    away.lose_server()
    away.log_in()
    assert "已用本机记录登录" in away.toast
    away.press("F5")
    away.lay(APPLICANT)
    away.press("Enter")
    at = away.focus()
    away.counter.refusal = None
    away.find_server()
    assert away.focus() is at, "the case at hand is not disturbed"
    away.type("shb")
    away.press("Enter", "A", "F9", "F9", "F9")
    assert len(away.stored) == 1
    assert "请再登录一次" in away.shown()
    away.type(PASSWORD)
    away.press("Enter")
    away.counter.add_tickets(1)
    away.press("F2")
    assert away.control.ticket.number == "A001"


# --- the program ends in the middle -----------------------------------------------------------------------------
def test_a_restart_finds_the_step_and_the_marks(seat: Seat, qtbot) -> None:
    seat.at_checklist("spjy", APPLICANT, AGENT)
    seat.press("Enter", "Enter", "5", "2")
    again = Seat(qtbot, seat.store, counter=seat.counter, seed=2)
    again.log_in()
    assert again.work.step is Step.MATERIALS
    assert again.work.intake == seat.work.intake
    marks = [check.verdict for _, check in again.work.intake.rows]
    assert marks[:5] == [
        Verdict.ORIGINAL,
        Verdict.EXEMPT,
        Verdict.ORIGINAL,
        Verdict.EXEMPT,
        Verdict.DEFECTIVE,
    ]
    assert again.focus() is again.case.checklist.list
    assert again.case.checklist.list.current_row() == 5, "the first row that is not decided"
    again.press("A", "F9", "F9", "F12")
    assert len(again.stored) == 1


def test_a_draft_without_a_ticket_waits_on_the_free_page(seat: Seat, qtbot) -> None:
    seat.log_in()
    seat.lose_server()
    seat.press("F5")
    seat.lay(APPLICANT)
    seat.press("Enter")
    again = Seat(qtbot, seat.store, counter=seat.counter, seed=2)
    again.log_in()
    assert again.work.intake is None
    again.press("Alt+D")
    assert again.work.step is Step.MATTER
    assert again.work.intake.applicant_name == "张三"
    assert again.focus() is again.case.matter.query
