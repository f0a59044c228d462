"""A clerk's day with the queue by keyboard: free, called, taken back, held, sent on, away, without a number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from clerk_app.domain.errors import Unreachable
from clerk_app.domain.queue import AwayReason, HoldKind, Lane, PriorityClass, TicketState, VisitReason, WindowState
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.feed import FeedEntry
from clerk_app.ports.hall_queue import CounterStatus, Hold, Transfer
from clerk_app.ports.window import Step
from clerk_app.services.window.queue import HERE_EVERY
from support.shell import APPLICANT, HallCounter, Seat
from support.shell_matters import CARD, FOOD
from support.window_server import LOST_ANSWER, LOST_REQUEST
from support.window_views import at

COLLEAGUES = (
    CounterStatus("3", WindowState.FREE, at(10, 1), user_name="赵琳", user_id="u-3"),
    CounterStatus("7", WindowState.AWAY, at(10, 5), AwayReason.MEETING, user_name="周强", user_id="u-7"),
    CounterStatus("9", WindowState.OFF, at(9, 0), user_name="吴江", user_id="u-9"),
    CounterStatus("12", WindowState.BUSY, at(10, 20), user_name="王晓梅", user_id="u-12"),
    CounterStatus("17", WindowState.BUSY, at(10, 20), number="B016", user_name="郑敏", user_id="u-17"),
)


@pytest.fixture
def seat(qtbot) -> Seat:
    made = Seat(qtbot)
    made.log_in()
    return made


def states(seat: Seat) -> list[TicketState]:
    return [ticket.state for ticket in seat.counter.tickets]


def news(seat: Seat, kind: str, window_no: str | None = "12", **more: Any) -> None:
    """An entry of the feed, as its thread hands it over."""
    seat.control.on_entries((FeedEntry(7, "m7", kind, "t", seat.clock.now(), window_no=window_no, **more),))
    seat.settle()


def take(seat: Seat, **changes: Any) -> None:
    """One citizen takes a number that says more than usual."""
    seat.counter.add_tickets(1)
    seat.counter.tickets[-1] = replace(seat.counter.tickets[-1], **changes)


# --- free ---------------------------------------------------------------------------------------------------------
def test_with_nobody_waiting_the_window_waits_free_and_says_since_when(seat: Seat) -> None:
    seat.press("F2")
    assert seat.control.state is WindowState.FREE
    shown = seat.shown()
    assert "空闲，有人取号会自动叫到本窗口" in shown
    assert "10:24 起空闲" in shown
    assert seat.shell.topbar.state.text() == "空闲 10:24 起"
    assert seat.focus() is seat.shell.idle.call


def test_a_ticket_drawn_for_the_free_window_opens_like_an_answer_to_f2(seat: Seat) -> None:
    seat.press("F2")
    seat.counter.add_tickets(1)
    news(seat, "ticket.called")
    assert seat.control.ticket.number == "A001"
    assert seat.work.intake.ticket.number == "A001"
    assert "已叫 A001" in seat.toast
    assert seat.shell.topbar.state.text().startswith("等人来")
    seat.press("Ctrl+Z")
    assert states(seat) == [TicketState.WAITING]


def test_what_happens_at_other_windows_is_looked_at_a_little_later(seat: Seat, qtbot) -> None:
    turns = seat.hold("network")
    news(seat, "ticket.called", window_no="3")
    news(seat, "ticket.taken", window_no=None)
    assert turns.waiting == []
    qtbot.waitUntil(lambda: len(turns.waiting) == 1, timeout=4_000)
    news(seat, "ticket.called")
    assert len(turns.waiting) == 2, "what happens here is looked at now"


def test_only_a_free_window_gives_signs_of_life(seat: Seat) -> None:
    alive = seat.control._alive
    assert alive.interval() == HERE_EVERY * 1000
    assert not alive.isActive()
    seat.press("F2")
    assert alive.isActive()
    alive.timeout.emit()
    assert seat.counter.heard == 1
    seat.lose_server()
    assert not alive.isActive(), "nobody hears it"
    seat.find_server()
    assert alive.isActive()
    seat.press("Alt+W", "1")
    assert not alive.isActive()
    seat.press("F2")
    seat.counter.add_tickets(1)
    news(seat, "ticket.called")
    assert not alive.isActive(), "somebody is served"


def test_a_stray_f2_with_nobody_waiting_is_taken_back(seat: Seat) -> None:
    seat.press("F2", "Ctrl+Z")
    assert seat.counter.state is WindowState.BUSY
    assert "空闲，有人取号" not in seat.shown()


def test_a_draft_at_hand_takes_the_window_out_of_the_draw(seat: Seat) -> None:
    seat.lose_server()
    seat.press("F5")
    seat.lay(APPLICANT)
    seat.press("F8")
    seat.find_server()
    seat.press("F2")
    assert seat.counter.state is WindowState.FREE
    seat.press("Alt+D")
    assert seat.work.intake is not None
    assert seat.counter.state is WindowState.BUSY


# --- taking back --------------------------------------------------------------------------------------------------
def test_a_stray_f2_is_taken_back_and_the_next_one_calls_the_same(seat: Seat) -> None:
    seat.counter.add_tickets(3)
    seat.press("F2")
    assert "已叫 A001" in seat.toast
    seat.press("Ctrl+Z")
    assert seat.control.ticket is None
    assert seat.work.intake is None
    assert "下次按 F2 还是叫这一位" in seat.toast
    assert not seat.desk.cases.drafts(), "nothing of the stray call is left on the free page"
    seat.press("F2")
    assert seat.control.ticket.number == "A001"


def test_after_five_seconds_a_call_stands(seat: Seat) -> None:
    seat.counter.add_tickets(1)
    seat.press("F2")
    seat.clock.advance(seconds=6)
    seat.press("Ctrl+Z")
    assert seat.control.ticket.number == "A001"
    assert "没有可以撤销的了" in seat.toast


def test_what_was_changed_in_the_case_is_undone_before_the_call(seat: Seat) -> None:
    seat.counter.add_tickets(1)
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Enter")
    assert seat.work.intake.applicant is not None
    seat.press("Alt+1", "Ctrl+Z")
    assert seat.control.ticket is not None


def test_f12_taken_back_shows_the_papers_again_and_the_called_one_waits(seat: Seat) -> None:
    seat.at_checklist()
    seat.press("A", "F9", "F9")
    case_id = seat.work.concluded.case_id
    seat.press("F12")
    assert seat.control.ticket.number == "A002"
    assert "已办结 A001" in seat.toast
    seat.press("Ctrl+Z")
    assert seat.control.ticket.number == "A001"
    assert seat.work.concluded.case_id == case_id
    assert seat.work.step is Step.PAPERS
    assert states(seat) == [TicketState.SERVING, TicketState.WAITING]
    seat.press("F12")
    assert len(seat.stored) == 1, "the case was concluded once"
    assert seat.control.ticket.number == "A002"


def test_f12_with_nobody_waiting_is_taken_back_too(seat: Seat) -> None:
    seat.at_checklist()
    seat.press("A", "F9", "F9")
    seat.counter.tickets.pop()
    seat.press("F12")
    assert seat.control.state is WindowState.FREE
    seat.press("Ctrl+Z")
    assert seat.control.ticket.number == "A001"
    assert seat.counter.state is WindowState.BUSY


# --- hold ---------------------------------------------------------------------------------------------------------
def held(seat: Seat, digit: str = "2") -> str:
    """Somebody with a filled case is held; the id of the case."""
    seat.at_matter("spjy")
    case_id: str = seat.work.intake.case_id
    seat.press("F8", digit)
    return case_id


def test_f8_and_a_digit_hold_the_visit_and_its_draft_stays(seat: Seat) -> None:
    case_id = held(seat)
    assert seat.counter.holds == [("A001", Hold(HoldKind.TAKEN_AWAY))]
    assert seat.work.intake is None
    assert "已挂起 A001" in seat.toast
    assert seat.focus() is seat.shell.idle.call
    assert [line.ticket.number for line in seat.shell.rail.held.lines] == ["A001"]
    assert "材料带走" in seat.shown()
    seat.press("Shift+F8")
    assert seat.work.intake.case_id == case_id
    assert seat.work.intake.matter.code == FOOD
    assert seat.control.ticket.state is TicketState.SERVING


def test_a_stray_hold_is_taken_back(seat: Seat) -> None:
    case_id = held(seat, "1")
    seat.press("Ctrl+Z")
    assert seat.work.intake.case_id == case_id
    assert states(seat)[0] is TicketState.SERVING


def test_a_hold_takes_a_sentence_and_esc_changes_nothing(seat: Seat) -> None:
    seat.at_matter("spjy")
    at_work = seat.work.intake
    seat.press("F8", "Esc")
    assert seat.work.intake is at_work
    assert seat.counter.holds == []
    seat.press("F8", "Tab")
    seat.compose("差法人签字")
    seat.press("Enter", "3")
    assert seat.counter.holds == [("A001", Hold(HoldKind.OTHER_STEP, "差法人签字"))]
    assert "差法人签字" in seat.shown()


def test_while_somebody_is_served_no_held_visit_is_taken_back(seat: Seat) -> None:
    held(seat)
    seat.press("F2")
    assert seat.control.ticket.number == "A002"
    seat.press("Shift+F8")
    assert seat.control.ticket.number == "A002"
    assert "先办结或挂起这一位" in seat.toast
    assert not seat.shell.rail.held.lines[0].here.isEnabled()


def test_an_empty_draft_of_a_held_visit_is_on_no_list_and_comes_back(seat: Seat) -> None:
    seat.called()
    case_id = seat.work.intake.case_id
    seat.press("F8", "1")
    assert not seat.desk.cases.drafts()
    seat.press("Shift+F8")
    assert seat.work.intake.case_id == case_id


def test_the_draft_on_the_free_page_takes_its_held_ticket_along(seat: Seat) -> None:
    case_id = held(seat)
    seat.press("Alt+D")
    assert seat.work.intake.case_id == case_id
    assert seat.control.ticket.number == "A001"


def test_a_held_citizen_waits_again_by_the_rule(seat: Seat) -> None:
    held(seat)
    seat.shell.rail.held.lines[0].queue.click()
    seat.settle()
    assert states(seat)[0] is TicketState.WAITING
    assert "A001 回到队里了，前面 3 人" in seat.toast
    assert not seat.shell.rail.held.isVisible()


def test_a_case_without_a_ticket_is_put_down(seat: Seat) -> None:
    seat.lose_server()
    seat.press("F5")
    seat.lay(APPLICANT)
    case_id = seat.work.intake.case_id
    seat.press("F8")
    assert seat.work.intake is None
    assert [draft.case_id for draft in seat.desk.cases.drafts()] == [case_id]
    seat.press("Ctrl+Z")
    assert seat.work.intake.case_id == case_id


def test_nothing_is_held_while_a_paper_is_undecided(seat: Seat) -> None:
    seat.called()
    seat.work.busy = True
    seat.press("F8")
    assert seat.counter.holds == []
    assert "结论正在存" in seat.toast


def test_a_visit_that_was_held_elsewhere_names_the_window_with_its_draft(seat: Seat) -> None:
    take(seat, from_window="7", lane=Lane.RETURN)
    seat.press("F2")
    assert "草稿在 7 号窗口" in seat.shown()
    assert "回来的" in seat.shown()


# --- transfer -----------------------------------------------------------------------------------------------------
def test_a_ticket_is_sent_to_a_group_a_window_or_a_person_by_keys(seat: Seat) -> None:
    seat.counter.windows = COLLEAGUES
    seat.at_matter("spjy")
    room = seat.shell.screens.queue.transfer
    seat.press("Alt+T", "B")
    assert room.target.wish == Transfer(group_id="g-B")
    seat.press("Right", "1", "7")
    assert room.target.wish == Transfer(window_no="17")
    seat.press("Right", "3", "Enter")
    assert seat.counter.transfers == [("A001", Transfer(user_id="u-3"))]
    assert seat.work.intake is None
    assert "A001 已转到赵琳" in seat.toast


def test_places_that_cannot_take_it_keep_their_line_and_say_why(seat: Seat) -> None:
    seat.counter.windows = COLLEAGUES
    seat.at_matter("spjy")
    seat.press("Alt+T", "Right", "9")
    room = seat.shell.screens.queue.transfer
    assert room.reason.text() == "9 号窗口：没有开"
    seat.press("Enter")
    assert seat.counter.transfers == []
    assert "9 号窗口：没有开" in seat.toast
    seat.press("1", "2")
    assert room.reason.text() == "12 号窗口：就在本窗口"
    seat.press("Left")
    seat.press("Esc")
    assert seat.work.step is Step.MATTER


def test_a_stray_transfer_is_taken_back_with_its_draft(seat: Seat) -> None:
    seat.at_matter("spjy")
    case_id = seat.work.intake.case_id
    seat.press("Alt+T", "C", "Enter", "Ctrl+Z")
    assert seat.work.intake.case_id == case_id
    assert states(seat)[0] is TicketState.SERVING


# --- the window ---------------------------------------------------------------------------------------------------
def test_away_with_a_reason_and_back(seat: Seat) -> None:
    seat.press("Alt+W", "2")
    assert (seat.counter.state, seat.counter.away_for) == (WindowState.AWAY, AwayReason.MEETING)
    assert "离席：开会" in seat.shown()
    assert seat.shell.topbar.state.text() == "离席（开会） 10:24 起"
    seat.press("Alt+W", "6")
    assert seat.counter.state is WindowState.BUSY
    seat.press("Alt+W", "7")
    assert seat.counter.state is WindowState.OFF
    assert "本窗口关了" in seat.shown()
    seat.counter.add_tickets(1)
    seat.press("F2")
    assert seat.control.ticket.number == "A001"


def test_nobody_leaves_while_a_citizen_is_there(seat: Seat) -> None:
    seat.called()
    seat.press("Alt+W")
    assert "A001 还没办完" in seat.toast
    assert seat.shell.rooms.current is None


def test_a_ticket_that_arrives_closes_the_page_of_the_free_window(seat: Seat) -> None:
    seat.press("F2", "Alt+W")
    assert seat.shell.rooms.current is seat.shell.screens.queue.standing
    seat.counter.add_tickets(1)
    news(seat, "ticket.called")
    assert seat.shell.rooms.current is None
    assert seat.work.intake.ticket.number == "A001"


# --- without a number ---------------------------------------------------------------------------------------------
def test_who_has_no_number_gets_one_and_is_served(seat: Seat) -> None:
    seat.press("F5")
    assert seat.control.ticket.state is TicketState.SERVING
    assert seat.work.intake.ticket.number == seat.control.ticket.number
    assert not seat.shell.rail.recall_button.isVisible()


def test_a_window_that_serves_several_groups_asks_which(seat: Seat) -> None:
    seat.counter.serves = ("g-A", "g-C")
    news(seat, "rules.changed")
    seat.press("F5")
    assert "不动产" in seat.shown()
    seat.press("2")
    assert seat.control.ticket.group_id == "g-C"


def test_f5_whose_answer_was_lost_makes_one_visit(seat: Seat) -> None:
    seat.counter.plan = [LOST_ANSWER]
    seat.press("F5")
    assert seat.control.ticket.state is TicketState.SERVING, "the view brought what the answer did not"
    assert len(seat.counter.tickets) == 1


def test_f5_that_never_arrived_is_pressed_again(seat: Seat) -> None:
    seat.counter.plan = [LOST_REQUEST]
    seat.press("F5")
    assert seat.work.intake is None
    assert "再按一次 F5" in seat.toast
    seat.press("F5")
    assert len(seat.counter.tickets) == 1
    assert seat.work.intake is not None


# --- what the ticket brings along ---------------------------------------------------------------------------------
def test_what_is_special_about_a_ticket_is_shown(seat: Seat) -> None:
    take(seat, priority=PriorityClass.ELDERLY, reason=VisitReason.SUPPLEMENT, pre_check="YS-1", guidance="ZX-1")
    seat.press("F2")
    assert [pill.text() for pill in seat.shell.rail.facts.pills] == ["优先：老人", "补材料", "网上预审过", "导办过"]
    seat.counter.tickets = []
    take(seat, priority=PriorityClass.CARE)
    seat.control._leave("test")
    seat.press("F2")
    assert [pill.text() for pill in seat.shell.rail.facts.pills] == ["爱心号"]


def test_an_ordinary_ticket_says_nothing_more(seat: Seat) -> None:
    seat.called()
    assert not seat.shell.rail.facts.isVisible()


def test_the_matters_of_one_ticket_follow_each_other(seat: Seat) -> None:
    take(seat, matters=(CARD, FOOD))
    seat.press("F2")
    assert "2 个事项" in seat.shown()
    seat.lay(APPLICANT)
    seat.press("Enter")
    assert seat.work.intake.matter.code == CARD
    seat.press("A", "F9", "F9", "Alt+M")
    assert seat.work.intake.matter.code == FOOD, "the second one is chosen beforehand"
    assert seat.work.intake.applicant_name == "张三"
    assert seat.work.intake.ticket.number == "A001"


def test_another_matter_than_the_one_on_the_ticket_is_picked_freely(seat: Seat) -> None:
    take(seat, matters=(CARD,))
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Enter", "F6")
    seat.type("spjy")
    seat.press("Enter")
    assert seat.work.intake.matter.code == FOOD


def test_the_recall_limits_are_the_halls(seat: Seat) -> None:
    seat.called()
    rail = seat.shell.rail
    rail.show_view(replace(seat.control.view, rules=QueueRules(recall_seconds=30, recalls_before_missed=4)), at(10, 24))
    assert rail.recall_locked() == "叫过 30 秒后才能重叫"
    assert rail.miss_locked() == "再重叫 4 次才能过号"


class Cases(HallCounter):
    """Remembers which case was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def server_case(self, reference: str) -> Any:
        self.asked.append(reference)
        return super().server_case(reference)


def test_who_comes_back_for_a_case_gets_it_by_one_key(qtbot) -> None:
    counter = Cases()
    seat = Seat(qtbot, counter=counter)
    seat.log_in()
    take(seat, case_number="MH-12-20261120-0007", reason=VisitReason.SUPPLEMENT, lane=Lane.RETURN)
    seat.press("F2")
    assert seat.shell.rail.facts.case.isVisible()
    seat.press("Alt+R")
    assert counter.asked == ["MH-12-20261120-0007"]


# --- after a restart ----------------------------------------------------------------------------------------------
def test_a_restart_finds_the_held_visits_and_the_free_window(seat: Seat, qtbot) -> None:
    case_id = held(seat)
    seat.counter.tickets.pop()
    seat.press("F2")
    assert seat.counter.state is WindowState.FREE
    again = Seat(qtbot, seat.store, counter=seat.counter, seed=2)
    again.log_in()
    assert again.control.state is WindowState.FREE
    assert again.control._alive.isActive()
    assert [line.ticket.number for line in again.shell.rail.held.lines] == ["A001"]
    again.press("Shift+F8")
    assert again.work.intake.case_id == case_id


def test_a_restart_takes_up_the_ticket_that_was_called(seat: Seat, qtbot) -> None:
    seat.called()
    case_id = seat.work.intake.case_id
    again = Seat(qtbot, seat.store, counter=seat.counter, seed=2)
    again.log_in()
    assert again.control.ticket.number == "A001"
    assert again.work.intake.case_id == case_id


# --- the server away ----------------------------------------------------------------------------------------------
def test_without_the_server_nothing_is_held_or_sent_and_the_reason_is_said(seat: Seat) -> None:
    seat.at_matter("spjy")
    seat.counter.refusal = Unreachable("服务器连不上")
    seat.lose_server()
    for keys in (("F8",), ("Alt+T",)):
        seat.press(*keys)
        assert "服务器连不上" in seat.toast
        assert seat.shell.rooms.current is None
    assert seat.work.intake is not None
