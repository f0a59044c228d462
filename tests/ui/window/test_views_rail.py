"""The left column: whom the window serves, what F3 and F4 may do, who waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from clerk_app.domain.queue import AwayReason, HoldKind, TicketState, WindowState
from clerk_app.ui.window.rail import Rail
from clerk_app.ui.window.ticket_card import WalkIn
from support import window_views as records
from support.window_views import NOW, at


@pytest.fixture
def rail(qtbot) -> Rail:
    made = Rail()
    qtbot.addWidget(made)
    made.resize(244, 616)
    made.show_view(records.view(), NOW)
    made.show()
    return made


def called(recalls: int = 0, last_call: int = 0) -> object:
    return records.ticket(state=TicketState.CALLED, recalls=recalls, last_call_at=at(10, 23, last_call))


def texts(rail: Rail) -> list[str]:
    return [name.whole_text() for name, _, _ in rail.waiting.rows if name.isVisible()]


def test_the_free_window_names_the_one_before(rail: Rail) -> None:
    assert rail.ticket.idle.isVisible()
    assert rail.ticket.last.whole_text() == "上一位 A046 · 10:19 办结"
    assert not rail.keys.isVisible()


def test_only_groups_with_people_are_listed_with_the_longest_wait(rail: Rail) -> None:
    assert texts(rail) == ["企业准入", "社保医保", "不动产", "公安出入境"]
    rail.tick(NOW + timedelta(minutes=2))
    assert rail.waiting.rows[0][2].text() == "过久 13 分"


def test_nobody_waiting_is_said(rail: Rail) -> None:
    groups = tuple(group for group in records.view().groups if not group.waiting)
    rail.show_view(records.view(groups=groups, waiting=0, eligible=0, priority_waiting=0), NOW)
    assert rail.waiting.nobody.text() == "现在没有人等候"
    assert not rail.waiting.priority.isVisible()


def test_figures_of_a_lost_server_say_of_when_they_are_and_stand_still(rail: Rail) -> None:
    rail.show_stale(at(10, 17))
    rail.tick(NOW + timedelta(minutes=9))
    assert rail.waiting.title.note.whole_text() == "10:17 时的情况"
    assert rail.waiting.rows[0][2].text() == "过久 11 分"


def test_a_called_ticket_shows_its_call_and_how_often_it_was_repeated(rail: Rail) -> None:
    rail.show_ticket(called(recalls=1))
    rail.tick(at(10, 24, 5))
    assert rail.ticket.head.whole_text() == "已叫号 · 企业准入"
    assert rail.ticket.number.text() == "A047"
    assert rail.ticket.line.whole_text() == "10:23 叫号 · 重叫 1 次"
    assert rail.ticket.clock.text() == "01:05"


def test_the_served_ticket_shows_its_wait_and_runs(rail: Rail) -> None:
    rail.show_ticket(records.ticket())
    rail.tick(at(10, 24, 7))
    assert rail.ticket.head.whole_text() == "正在办理 · 企业准入"
    assert rail.ticket.line.whole_text() == "10:08 取号 · 等了 12 分"
    assert rail.ticket.clock.text() == "03:12"


def test_a_case_without_a_ticket_says_so(rail: Rail) -> None:
    rail.show_ticket(WalkIn(at(10, 20)))
    assert rail.ticket.number.text() == "无号"
    assert rail.hold_button.text() == "放下", "its draft can be put down"
    assert not rail.recall_button.isVisible()
    assert not rail.transfer_button.isVisible()


@pytest.mark.parametrize(
    ("recalls", "seconds_after", "recall", "miss"),
    [
        (0, 5, "叫过 10 秒后才能重叫", "再重叫 2 次才能过号"),
        (0, 10, "", "再重叫 2 次才能过号"),
        (1, 30, "", "再重叫 1 次才能过号"),
        (2, 9, "叫过 10 秒后才能重叫", ""),
        (2, 30, "", ""),
    ],
)
def test_recall_and_no_show_are_free_only_when_the_queue_allows_them(
    rail: Rail, recalls: int, seconds_after: int, recall: str, miss: str
) -> None:
    rail.show_ticket(called(recalls))
    rail.tick(at(10, 23, seconds_after))
    assert (rail.recall_locked(), rail.miss_locked()) == (recall, miss)
    assert rail.recall_button.isEnabled() is not bool(recall)
    assert rail.miss_button.isEnabled() is not bool(miss)
    assert rail.reason.isVisible() is bool(miss)


def test_a_started_ticket_is_neither_recalled_nor_missed(rail: Rail) -> None:
    rail.show_ticket(records.ticket(recalls=2))
    assert not rail.recall_button.isEnabled()
    assert not rail.recall_button.isVisible(), "its place is given away"
    assert rail.miss_button.toolTip() == "已经开始办理，不能过号"
    assert rail.hold_button.isVisible()
    assert rail.transfer_button.isVisible()


def test_the_buttons_ask_for_what_they_say(rail: Rail, qtbot) -> None:
    rail.show_ticket(called(recalls=2))
    rail.tick(NOW)
    with qtbot.waitSignal(rail.recall):
        qtbot.mouseClick(rail.recall_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(rail.miss):
        qtbot.mouseClick(rail.miss_button, Qt.MouseButton.LeftButton)


def test_a_newer_view_of_the_same_ticket_counts(rail: Rail) -> None:
    rail.show_ticket(called())
    rail.show_view(records.view(active=called(recalls=2)), NOW)
    assert rail.miss_locked() == ""


def test_a_view_that_is_late_does_not_bring_a_finished_ticket_back(rail: Rail) -> None:
    rail.show_ticket(None)
    rail.show_view(records.view(active=records.ticket()), NOW)
    assert rail.ticket.idle.isVisible()


def test_a_missed_person_is_taken_back_only_while_the_window_is_free(rail: Rail, qtbot) -> None:
    late = records.ticket("A039", TicketState.MISSED)
    rail.show_view(records.view(missed=(late,)), NOW)
    with qtbot.waitSignal(rail.came_back) as caught:
        qtbot.mouseClick(rail.missed.lines[0].here, Qt.MouseButton.LeftButton)
    assert caught.args == ["t-A039"]
    rail.show_ticket(records.ticket())
    assert not rail.missed.lines[0].here.isEnabled()


def test_held_visits_say_why_and_for_how_long_and_offer_both_ways_back(rail: Rail, qtbot) -> None:
    held = records.ticket("A041", TicketState.HELD, hold=HoldKind.OTHER_STEP, held_at=at(10, 16))
    rail.held.notes = {"t-A041": "等法人电话"}
    rail.show_view(records.view(held=(held,)), NOW)
    (line,) = rail.held.lines
    assert (line.what.whole_text(), line.when.whole_text()) == ("去别处办", "8 分")
    assert line.note.whole_text() == "等法人电话"
    rail.tick(NOW + timedelta(minutes=4))
    assert line.when.whole_text() == "12 分"
    with qtbot.waitSignal(rail.resumed) as caught:
        qtbot.mouseClick(line.here, Qt.MouseButton.LeftButton)
    assert caught.args == ["t-A041"]
    with qtbot.waitSignal(rail.queued) as caught:
        qtbot.mouseClick(line.queue, Qt.MouseButton.LeftButton)
    assert caught.args == ["t-A041"]


def test_a_missed_person_goes_back_to_the_queue_even_while_somebody_is_served(rail: Rail, qtbot) -> None:
    late = records.ticket("A039", TicketState.MISSED, missed_returns=1)
    rail.show_ticket(records.ticket())
    rail.show_view(records.view(missed=(late,)), NOW)
    assert rail.missed.lines[0].when.whole_text() == "第 2 次"
    with qtbot.waitSignal(rail.queued) as caught:
        qtbot.mouseClick(rail.missed.lines[0].queue, Qt.MouseButton.LeftButton)
    assert caught.args == ["t-A039"]


def test_more_held_visits_than_there_is_room_for_are_counted(rail: Rail) -> None:
    held = tuple(
        records.ticket(f"A04{number}", TicketState.HELD, hold=HoldKind.PAPERS_KEPT, held_at=NOW) for number in range(5)
    )
    rail.show_view(records.view(held=held), NOW)
    assert len(rail.held.lines) == 3
    assert rail.held.rest.text() == "还有 2 个"


@pytest.mark.parametrize(
    ("state", "away", "words"),
    [
        (WindowState.FREE, None, "空闲 10:20 起"),
        (WindowState.AWAY, AwayReason.TRAINING, "离席（培训） 10:20 起"),
        (WindowState.OFF, None, "关 10:20 起"),
        (WindowState.BUSY, None, "在岗 10:20 起"),
    ],
)
def test_the_window_without_a_citizen_says_what_it_does_and_since_when(
    rail: Rail, state: WindowState, away: AwayReason | None, words: str
) -> None:
    rail.show_view(records.view(state=state, away=away, state_since=at(10, 20)), NOW)
    assert rail.ticket.idle.text() == words


def test_my_day_in_figures(rail: Rail) -> None:
    rail.show_day(records.DAY)
    assert (rail.day.served.text(), rail.day.mean.text(), rail.day.supplements.text()) == ("31", "6:40", "2")


def test_narrow_keeps_number_time_and_counts_and_opens_the_rest_beside(rail: Rail, qtbot) -> None:
    rail.show_ticket(records.ticket())
    rail.set_narrow(True)
    rail.tick(at(10, 24, 7))
    assert rail.sizeHint().width() == 104
    assert (rail.ticket.small_number.text(), rail.ticket.small_clock.text()) == ("A047", "03:12")
    assert rail.slim.count.text() == "18"
    assert not rail.waiting.isVisible()
    rail.toggle_queue()
    assert rail.waiting.isVisible()
    assert texts(rail)[0] == "企业准入"
    rail.toggle_queue()
    assert not rail.waiting.isVisible()
    rail.set_narrow(False)
    assert rail.waiting.isVisible()
