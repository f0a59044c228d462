"""The pages that run the hall, by keyboard, with each refusal where it belongs."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from clerk_app.domain.queue import TicketState, WindowState
from clerk_app.domain.queue_rules import Session
from clerk_app.ports.hall_running import Weight
from clerk_app.ui.board import window as pages
from clerk_app.ui.board.typed import read_day, read_moment, read_sessions, read_time, write_sessions
from clerk_app.ui.kit.field import Field
from support.look import clipped_labels, grab
from support.running_hall import logged_in

from .conftest import Manager


def _type(field: Field, words: str) -> None:
    field.set_value(words)
    field.edited.emit(words)


# --- opening ------------------------------------------------------------------------------------------------------
def test_opening_shows_the_promise_and_mixes_in_the_word_from_outside(manager: Manager, tmp_path: Path) -> None:
    manager.go(pages.OPENING)
    opening = manager.view.opening
    assert isinstance(manager.window.focusWidget(), QLineEdit)
    _type(opening.fields["outside"], "3876.34")
    manager.press(Qt.Key.Key_F9)
    assert "出处" in opening.fields["source"].error.text()
    _type(opening.fields["source"], "上证指数 11月20日 收盘")
    manager.press(Qt.Key.Key_F9)
    day = manager.run.hall_day()
    assert day is not None
    assert (day.outside, day.outside_source) == ("3876.34", "上证指数 11月20日 收盘")
    assert day.commitment[:8] in opening.promise.text()
    assert "3876.34" in opening.mixed.text()
    grab(manager.window, "opening", tmp_path)


def test_after_the_first_call_the_word_from_outside_is_locked_with_the_reason(manager: Manager) -> None:
    manager.hall.write(lambda unit: manager.hall.desk.counters.open(unit, manager.hall.actor("1")))
    manager.hall.take()
    manager.hall.call("1")
    manager.look()
    manager.go(pages.OPENING)
    opening = manager.view.opening
    assert not opening.fields["outside"].isEnabled()
    assert "今天不能再加" in opening.mixed.text()


def test_what_earlier_days_left_is_ended_with_one_button(manager: Manager) -> None:
    manager.hall.take()
    manager.hall.clock.move(days=1)
    manager.hall.take()
    manager.look()
    manager.go(pages.OPENING)
    assert "1 个号没有结束" in manager.view.opening.left_words.text()
    manager.view.opening.end.click()
    manager.settle()
    manager.look()
    assert manager.view.opening.left_words.text() == "没有。"


# --- closing ------------------------------------------------------------------------------------------------------
def test_closing_with_people_waiting_needs_the_tick(manager: Manager, tmp_path: Path) -> None:
    ticket = manager.hall.take()
    manager.hall.sequence()
    manager.look()
    manager.go(pages.CLOSING)
    closing = manager.view.closing
    assert [line.cells[0].words for line in closing.waiting.lines()] == ["A001"]
    assert not closing.primary.isEnabled()
    assert "还有 1 人在等" in closing.trouble.whole_text()
    grab(manager.window, "closing_locked", tmp_path)
    manager.press(Qt.Key.Key_F9)
    day = manager.run.hall_day()
    assert day is not None
    assert day.closed_at is None
    closing.cancel.setFocus()
    manager.press(Qt.Key.Key_Space)
    manager.press(Qt.Key.Key_F9)
    day = manager.run.hall_day()
    assert day is not None
    assert day.closed_at is not None
    assert day.secret[:8] in closing.secret.text()
    assert day.commitment[:8] in closing.secret.text()
    state = manager.hall.read(lambda unit: unit.tickets.get(ticket.ticket_id)).state
    assert state is TicketState.CANCELLED
    grab(manager.window, "closed", tmp_path)


# --- windows ------------------------------------------------------------------------------------------------------
def test_a_window_is_regrouped_with_weights_and_the_change_is_undone(manager: Manager, tmp_path: Path) -> None:
    hall, groups = manager.hall, manager.hall.groups()
    before = (Weight(groups[0].group_id, 3.0),)
    hall.write(lambda unit: hall.desk.counters.open(unit, hall.actor("3")))
    manager.run.set_served("3", before)
    manager.look()
    manager.go(pages.WINDOWS)
    page = manager.view.windows
    assert page.weights[groups[0].group_id].value() == "3"
    _type(page.weights[groups[1].group_id], "2")
    manager.press(Qt.Key.Key_F9)
    assert manager.run.served("3") == (*before, Weight(groups[1].group_id, 2.0))
    assert clipped_labels(manager.window) == []
    grab(manager.window, "regroup", tmp_path)
    manager.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert manager.run.served("3") == before


def test_an_impossible_weight_is_said_under_its_field(manager: Manager) -> None:
    hall, groups = manager.hall, manager.hall.groups()
    hall.write(lambda unit: hall.desk.counters.open(unit, hall.actor("3")))
    hall.sequence()
    manager.look()
    manager.go(pages.WINDOWS)
    page = manager.view.windows
    _type(page.weights[groups[1].group_id], "很多")
    manager.press(Qt.Key.Key_F9)
    assert page.weights[groups[1].group_id].error.text() == "写一个数，例如 1 或 2"
    _type(page.weights[groups[1].group_id], "99")
    manager.press(Qt.Key.Key_F9)
    assert "权重要在 0.1 到 10 之间" in page.weights[groups[1].group_id].error.text()
    assert manager.run.served("3") == ()


def test_a_dead_windows_ticket_goes_back_to_the_queue(manager: Manager) -> None:
    hall = manager.hall
    hall.write(lambda unit: hall.desk.counters.open(unit, hall.actor("3")))
    hall.take()
    ticket = hall.call("3")
    assert ticket is not None
    manager.look()
    manager.go(pages.WINDOWS)
    page = manager.view.windows
    assert not page.close_it.isEnabled()
    page.release.click()
    manager.settle()
    assert "一分钟内还在办" in page.trouble.whole_text()
    hall.clock.move(minutes=2)
    page.release.click()
    manager.settle()
    assert hall.read(lambda unit: unit.tickets.get(ticket.ticket_id)).state is TicketState.WAITING


def test_a_window_is_closed_and_opened_from_afar(manager: Manager) -> None:
    logged_in(manager.hall, "3", "lisi", "李思")
    manager.hall.sequence()
    manager.look()
    manager.go(pages.WINDOWS)
    page = manager.view.windows
    page.close_it.click()
    manager.settle()
    manager.look()
    assert _state(manager) is WindowState.OFF
    page.open.click()
    manager.settle()
    manager.look()
    assert _state(manager) is WindowState.BUSY


def _state(manager: Manager) -> WindowState:
    board = manager.live.board
    assert board is not None
    return board.windows[0].status.state


# --- groups -------------------------------------------------------------------------------------------------------
def test_a_group_gets_a_limit_and_a_new_one_is_made(manager: Manager, tmp_path: Path) -> None:
    manager.go(pages.GROUPS)
    page = manager.view.groups
    _type(page.fields["daily_limit"], "40")
    manager.press(Qt.Key.Key_F9)
    assert manager.hall.groups()[0].daily_limit == 40
    page.add.click()
    for name, words in (("prefix", "g"), ("name", "税务"), ("start", "500")):
        _type(page.fields[name], words)
    manager.press(Qt.Key.Key_F9)
    made = manager.hall.groups()[-1]
    assert (made.prefix, made.name, made.start) == ("G", "税务", 500)
    grab(manager.window, "groups", tmp_path)


def test_a_letter_that_is_reserved_is_refused_under_the_letter(manager: Manager) -> None:
    manager.go(pages.GROUPS)
    page = manager.view.groups
    page.add.click()
    _type(page.fields["prefix"], "Y")
    _type(page.fields["name"], "税务")
    manager.press(Qt.Key.Key_F9)
    assert "留给应急号" in page.fields["prefix"].error.text()


def test_somebody_who_took_the_wrong_number_is_moved_and_moved_back(manager: Manager) -> None:
    ticket = manager.hall.take(group=0)
    manager.hall.sequence()
    manager.look()
    manager.go(pages.GROUPS)
    page = manager.view.groups
    _type(page.target, "b")
    page.shift.click()
    manager.settle()
    groups = manager.hall.groups()
    moved = manager.hall.read(lambda unit: unit.tickets.get(ticket.ticket_id))
    assert (moved.group_id, moved.order_at) == (groups[1].group_id, ticket.order_at)
    manager.view.undo()
    manager.settle()
    assert manager.hall.read(lambda unit: unit.tickets.get(ticket.ticket_id)).group_id == groups[0].group_id


# --- roster, notices, rules ---------------------------------------------------------------------------------------
def test_somebody_is_put_on_the_roster_and_the_board_misses_them(manager: Manager, tmp_path: Path) -> None:
    manager.hall.user("lisi")
    manager.go(pages.ROSTER)
    page = manager.view.roster
    _type(page.fields["window_no"], "8")
    manager.press(Qt.Key.Key_F9)
    assert "右边没有这个人" in page.fields["user_id"].error.text()
    _type(page.who, "lisi")
    manager.press(Qt.Key.Key_F9)
    assert [line.cells[0].words for line in page.list.lines()] == ["8 号"]
    manager.look()
    board = manager.live.board
    assert board is not None
    assert [entry.window_no for entry in board.absent] == ["8"]
    assert "8 号 王晓梅" in manager.view.page.people.note.whole_text()
    grab(manager.window, "roster", tmp_path)
    _type(page.fields["window_no"], "9")
    _type(page.who, "lisi")
    manager.press(Qt.Key.Key_F9)
    assert "已经排在 8 号窗口" in page.trouble.whole_text()
    page.drop.click()
    manager.settle()
    assert page.list.lines() == ()


def test_a_notice_is_written_shown_and_taken_off(manager: Manager, tmp_path: Path) -> None:
    manager.go(pages.NOTICES)
    page = manager.view.notices
    _type(page.fields["text"], "14:00 起 3 号机维护")
    _type(page.fields["until_at"], "下午")
    manager.press(Qt.Key.Key_F9)
    assert page.fields["until_at"].has_error()
    _type(page.fields["until_at"], "17:00")
    manager.press(Qt.Key.Key_F9)
    assert [notice.text for notice in manager.run.notices()] == ["14:00 起 3 号机维护"]
    assert manager.hall.read(lambda unit: manager.hall.desk.waiting.notices(unit)) == ("14:00 起 3 号机维护",)
    grab(manager.window, "notices", tmp_path)
    page.end.click()
    manager.settle()
    assert manager.run.notices() == ()


def test_rules_with_extended_hours_are_stored_as_a_whole(manager: Manager, tmp_path: Path) -> None:
    manager.go(pages.RULES)
    page = manager.view.rules
    page.usual.click()
    _type(page.fields["alarm_minutes"], "12")
    _type(page.fields["day"], "11-28")
    _type(page.fields["day_hours"], "9:00-12:00")
    page.add.click()
    manager.press(Qt.Key.Key_F9)
    rules = manager.run.rules()
    assert rules.alarm_minutes == 12
    assert rules.hours.sessions(date(2026, 11, 23)) == (
        Session(time(8, 30), time(12)),
        Session(time(13, 30), time(17)),
    )
    assert rules.hours.sessions(date(2026, 11, 28)) == (Session(time(9), time(12)),)
    assert rules.hours.sessions(date(2026, 11, 29)) == ()
    assert clipped_labels(manager.window) == []
    grab(manager.window, "rules", tmp_path)
    manager.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert manager.run.rules().alarm_minutes == 10


def test_what_cannot_work_is_said_under_the_rule(manager: Manager) -> None:
    manager.go(pages.RULES)
    page = manager.view.rules
    _type(page.fields["draw_among"], "99")
    manager.press(Qt.Key.Key_F9)
    assert "随机分派的候选数要在 1 到 8 之间" in page.fields["draw_among"].error.text()
    _type(page.fields["draw_among"], "3")
    _type(page.fields["week1"], "早上")
    manager.press(Qt.Key.Key_F9)
    assert "08:30-12:00" in page.fields["week1"].error.text()


def test_every_page_fits_the_small_screen(manager: Manager) -> None:
    manager.window.resize(1366, 690)
    for place in range(8):
        manager.go(place)
        assert clipped_labels(manager.window) == [], pages.NAMES[place]


# --- what is typed ------------------------------------------------------------------------------------------------
def test_times_days_and_hours_as_they_are_typed() -> None:
    now = __import__("support.hall", fromlist=["MORNING"]).MORNING
    assert read_time("8:30") == time(8, 30)
    assert read_time("8：05") == time(8, 5)
    assert read_time("25:00") is None
    assert read_day("11-23", now.date()) == date(2026, 11, 23)
    assert read_day("11-22", now.date()) == date(2027, 11, 22)
    assert read_day("2-30", now.date()) is None
    assert read_moment("17:00", now) == now.replace(hour=17)
    assert read_moment("11-24 9:00", now) == (now + timedelta(days=1)).replace(hour=9)
    assert read_moment("明天", now) is None


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ("8:30-12:00 13:30-17:00", "08:30-12:00 13:30-17:00"),
        ("9:00 至 12:00，14:00～18:00", "09:00-12:00 14:00-18:00"),
        ("休", "休"),
        ("", "休"),
    ],
)
def test_office_hours_are_read_as_they_are_written(words: str, plain: str) -> None:
    sessions = read_sessions(words)
    assert sessions is not None
    assert write_sessions(sessions) == plain


def test_office_hours_that_make_no_sense_are_not_read() -> None:
    assert read_sessions("上午") is None
    assert read_sessions("8:30") is None
