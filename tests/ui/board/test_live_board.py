"""What a manager sees at a glance, and what the buttons in the rows do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from clerk_app.domain.actor import Role
from clerk_app.domain.queue import AwayReason, TicketState, WindowState
from clerk_app.ports.feed import ConnectionChange, ConnectionState, FeedEntry
from clerk_app.ports.hall import SessionEnded
from clerk_app.ports.hall_running import Weight
from clerk_app.ui.board.live import LOOK_MS
from clerk_app.ui.board.window import LIVE, WINDOWS
from clerk_app.ui.kit.paint import Lamp
from support.look import clipped_labels, grab
from support.running_hall import logged_in, play_morning

from .conftest import Manager

WINDOWS_OF = {"1": (0,), "3": (0, 1), "5": (1, 2), "6": (2, 3)}


def _busy(manager: Manager) -> None:
    """Far too many people for four windows; window 8 is on its break."""
    hall = manager.hall
    logged_in(hall, "8", "lisi", "李思")
    until = hall.clock.now() + timedelta(minutes=40)
    play_morning(hall, until, windows=WINDOWS_OF, per_hour=(40, 20, 5, 3, 0, 0), service_s=380)
    hall.write(lambda unit: hall.desk.counters.away(unit, hall.actor("8"), AwayReason.BREAK))
    served = (Weight(hall.groups()[0].group_id),)
    hall.write(lambda unit: hall.desk.counters.set_served(unit, hall.actor(None, Role.MANAGER), "8", served))
    hall.sequence()
    manager.look()


def _entry(kind: str) -> FeedEntry:
    return FeedEntry(1, "", kind, "x", None, state=TicketState.WAITING)  # type: ignore[arg-type]


def test_the_empty_morning_says_so_and_fits(manager: Manager, tmp_path: Path) -> None:
    page = manager.view.page
    assert page.waiting.figure.text() == "0"
    assert page.mean.figure.text() == "—"
    assert page.mean.note.whole_text() == "今天还没有叫过号"
    assert page.shares.accessibleName() == "今天还没有叫过号"
    for size in ((1366, 690), (1366, 768), (1920, 1080)):
        manager.window.resize(*size)
        manager.settle()
        assert clipped_labels(manager.window) == []
        grab(manager.window, f"board_empty_{size[1]}", tmp_path)


def test_a_busy_hall_shows_who_waits_longest_and_fits(manager: Manager, tmp_path: Path) -> None:
    _busy(manager)
    board, page = manager.live.board, manager.view.page
    assert board is not None
    assert page.waiting.figure.text() == str(board.waiting)
    assert page.over.figure.text() == str(board.over_alarm)
    assert board.longest_number in page.over.note.whole_text()
    assert page.over.figure.property("tone") == "bad"
    assert page.shares.accessibleName().startswith("3 分内")
    for size in ((1366, 690), (1366, 768), (1920, 1080)):
        manager.window.resize(*size)
        manager.settle()
        assert clipped_labels(manager.window) == []
        grab(manager.window, f"board_busy_{size[1]}", tmp_path)


def test_the_button_in_the_row_opens_the_window_and_ctrl_z_takes_it_back(manager: Manager) -> None:
    _busy(manager)
    board = manager.live.board
    assert board is not None
    group = board.groups[0]
    assert group.advice is not None
    button = manager.view.page.groups.remedy(group.waiting.group_id)
    assert button.text() == "开 8 号窗口"
    button.click()
    manager.settle()
    manager.look()
    assert _state(manager, "8") is WindowState.BUSY
    assert manager.view.toast.words.text() == "8 号窗口开了"
    manager.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    manager.look()
    assert _state(manager, "8") is WindowState.OFF


def test_a_remedy_that_is_refused_says_why(manager: Manager) -> None:
    _busy(manager)
    board = manager.live.board
    assert board is not None
    group = board.groups[0]
    assert group.advice is not None
    advice = replace(group.advice, window_no="3")
    manager.hall.write(lambda unit: manager.hall.desk.counters.open(unit, manager.hall.actor("9")))
    manager.view.follow(replace(advice, window_no="9"))
    manager.settle()
    assert "9 号窗口没有人登录" in manager.view.toast.words.text()
    assert manager.view.page.groups.remedy(group.waiting.group_id).isEnabled()


def _state(manager: Manager, number: str) -> WindowState:
    board = manager.live.board
    assert board is not None
    return next(one.status.state for one in board.windows if one.status.window_no == number)


def test_without_the_server_the_last_picture_stays_and_says_from_when(manager: Manager, tmp_path: Path) -> None:
    _busy(manager)
    waiting = manager.view.page.waiting.figure.text()
    manager.run.away = True
    manager.live.on_connection(ConnectionChange(ConnectionState.OFFLINE, manager.hall.clock.now()))
    manager.settle()
    assert manager.view.banner.isVisible()
    assert manager.view.banner.what.text().startswith("服务器连不上")
    assert manager.view.page.waiting.figure.text() == waiting
    assert manager.view.lamp.state() is Lamp.WARN
    assert manager.view.fresh.text().endswith("的情况")
    grab(manager.window, "board_stale", tmp_path)
    manager.run.away = False
    manager.live.on_connection(ConnectionChange(ConnectionState.ONLINE, manager.hall.clock.now()))
    manager.settle()
    assert not manager.view.banner.isVisible()


def test_a_burst_of_news_is_one_look_now_and_one_after_two_seconds(manager: Manager) -> None:
    manager.bot.wait(LOOK_MS + 200)
    manager.settle()
    before = manager.run.asked
    for _ in range(40):
        manager.live.on_entries((_entry("ticket.called"),))
        QApplication.processEvents()
    manager.settle()
    assert manager.run.asked == before + 1
    manager.bot.waitUntil(lambda: manager.run.asked == before + 2, timeout=LOOK_MS + 2_000)
    manager.bot.wait(LOOK_MS + 200)
    assert manager.run.asked == before + 2


def test_news_that_do_not_concern_the_hall_ask_nothing(manager: Manager) -> None:
    manager.bot.wait(LOOK_MS + 200)
    before = manager.run.asked
    manager.live.on_entries((_entry("case.viewed"),))
    manager.bot.wait(200)
    assert manager.run.asked == before


def test_a_click_on_a_window_opens_it(manager: Manager) -> None:
    _busy(manager)
    manager.view.page.windows.opened.emit("5")
    manager.settle()
    assert manager.view.current() == WINDOWS
    assert manager.view.windows.heading.text() == "5 号窗口"
    manager.press(Qt.Key.Key_Escape)
    assert manager.view.current() == LIVE


def test_alt_and_a_digit_change_the_page(manager: Manager) -> None:
    for place in range(8):
        manager.press(Qt.Key(Qt.Key.Key_1 + place), Qt.KeyboardModifier.AltModifier)
        assert manager.view.current() == place
        assert manager.view.tabs[place].isChecked()


def test_sixty_four_windows_find_room(manager: Manager, tmp_path: Path) -> None:
    hall = manager.hall
    for number in range(1, 65):
        hall.write(lambda unit, number=number: hall.desk.counters.open(unit, hall.actor(str(number))))
    hall.sequence()
    manager.look()
    manager.window.resize(1366, 690)
    manager.settle()
    view = manager.view.page.windows
    cells = view._cells()  # the places are what is tested
    assert len(cells) == 64
    assert all(view.rect().adjusted(0, 0, 1, 1).contains(cell.toAlignedRect()) for _, cell in cells)
    grab(manager.window, "board_64", tmp_path)


def test_an_ended_login_is_told(manager: Manager, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    manager.view.session_over.connect(told.append)

    def over() -> None:
        raise SessionEnded("这个登录已经结束")

    monkeypatch.setattr(manager.live, "_read", over)
    manager.look()
    assert told == ["这个登录已经结束"]
