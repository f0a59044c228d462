"""Alt+S at the clerk's window, and ``clerk board``: who may see the board, and where it goes when the login ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.domain.actor import Role
from clerk_app.domain.errors import NotAllowed
from clerk_app.ports.hall import Login, Session
from clerk_app.ports.hall_cases import WorkKind, WorkLine
from clerk_app.ui.board.live import BoardLive
from clerk_app.ui.board.program import BoardProgram
from clerk_app.ui.ending import dispose
from clerk_app.ui.lanes import Lanes
from support.hall import MORNING, PASSWORD, PROFILE, HallInHand, hall_in_hand
from support.look import clear_screen, dressed, grab
from support.running_hall import RunningInHand
from support.shell import LOGIN, HallCounter, Seat
from support.shell import PASSWORD as WORD


class ManagersCounter(HallCounter):
    """Who logs in runs the hall too."""

    def login(self, login: Login) -> Session:
        return replace(super().login(login), roles=(Role.CLERK, Role.MANAGER))


@pytest.fixture
def hall(qapp: QApplication, tmp_path: Path) -> Iterator[HallInHand]:
    dressed(qapp)
    with hall_in_hand(tmp_path) as found:
        yield found
    clear_screen(qapp)


def _at_work(qtbot: QtBot, hall: HallInHand, counter: HallCounter) -> Seat:
    seat = Seat(qtbot, counter=counter)
    object.__setattr__(seat.desk, "running", RunningInHand(hall))
    seat.type(LOGIN)
    seat.press("Enter")
    seat.type(WORD)
    seat.press("Enter")
    return seat


def _board(seat: Seat) -> Any:
    assert seat.shell.screens is not None
    return seat.shell.screens.board


def test_a_clerk_is_told_whose_account_it_takes(qtbot: QtBot, hall: HallInHand) -> None:
    seat = _at_work(qtbot, hall, HallCounter())
    seat.press("Alt+S")
    assert _board(seat).window is None
    assert seat.shell.toast.words.text() == "大厅实况要用大厅管理员的账号看"


def test_the_board_stands_beside_the_window_and_the_window_goes_on(qtbot: QtBot, hall: HallInHand) -> None:
    seat = _at_work(qtbot, hall, ManagersCounter())
    hall.take()
    hall.sequence()
    board = _board(seat)
    board.open()
    seat.settle()
    assert board.window.isVisible()
    assert board.window.view.page.waiting.figure.text() == "1"
    assert seat.shell.isVisible()
    board.window.close()
    board.open()
    assert board.window.isVisible()
    seat.shell.close()
    assert not board.window.isVisible()


def test_the_board_goes_when_the_login_ends(qtbot: QtBot, hall: HallInHand) -> None:
    seat = _at_work(qtbot, hall, ManagersCounter())
    board = _board(seat)
    board.open()
    assert seat.shell.control is not None
    seat.shell.control.session_ended.emit("别处登录了本窗口")
    assert not board.window.isVisible()


class BoardPc(RunningInHand):
    """A manager's PC with two people who try to log in."""

    logged_out = 0

    def login(self, login: Login) -> Session:
        if login.password != PASSWORD:
            raise NotAllowed("登录名或密码不对，请再输一次")
        roles = (Role.MANAGER,) if login.login_name == "boss" else (Role.CLERK,)
        return Session("token", 1, "u", "赵主任", roles, None, MORNING)

    def logout(self) -> None:
        self.logged_out += 1

    def work(self, kind: WorkKind) -> tuple[WorkLine, ...]:
        return ()


def test_a_pc_of_its_own_lets_managers_in_and_nobody_else(qtbot: QtBot, hall: HallInHand, tmp_path: Path) -> None:
    pc = BoardPc(hall)
    lanes = Lanes(lambda: "7Q4K", lambda failure: None)
    live = BoardLive(lanes, pc.board)
    program = BoardProgram(pc, PROFILE, live, lanes, hall.clock)
    program.show()
    grab(program, "board_login", tmp_path)
    try:
        program.login_page.login.emit("wangxm", PASSWORD)
        qtbot.waitUntil(lambda: program.login_page.password.has_error())
        assert "没有看大厅实况的岗位" in program.login_page.password.error.text()
        assert pc.logged_out == 1
        program.login_page.login.emit("boss", PASSWORD)
        qtbot.waitUntil(lambda: live.board is not None)
        assert program.stack.currentWidget() is program.view
        program.view.session_over.emit("这个登录已经结束")
        assert program.stack.currentWidget() is program.login_page
        assert program.login_page.notice.isVisible()
    finally:
        program.close()
        lanes.shutdown().join()
        dispose(program, live, lanes.mailbox)
