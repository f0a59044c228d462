"""The login: Enter leads on, errors stand below the field, nobody's password stays on the screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from clerk_app.ui.window.login_page import LoginPage
from support.window import HALL
from support.window_views import shown


@pytest.fixture
def page(qtbot) -> LoginPage:
    made = LoginPage("12")
    qtbot.addWidget(made)
    made.resize(911, 460)
    made.show_hall(HALL)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.start()
    return made


def test_name_enter_password_enter_logs_in(page: LoginPage, qtbot) -> None:
    assert QApplication.focusWidget() is page.name.edit
    qtbot.keyClicks(page.name.edit, "wangxm")
    qtbot.keyClick(page.name.edit, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is page.password.edit
    with qtbot.waitSignal(page.login) as caught:
        qtbot.keyClicks(page.password.edit, " keep blanks ")
        qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
    assert caught.args == ["wangxm", " keep blanks "]


def test_the_password_is_not_readable(page: LoginPage, qtbot) -> None:
    qtbot.keyClicks(page.password.edit, "secret")
    assert page.password.edit.echoMode() is QLineEdit.EchoMode.Password
    assert "secret" not in page.password.edit.displayText()


def test_what_is_missing_is_said_below_its_field(page: LoginPage, qtbot) -> None:
    with qtbot.assertNotEmitted(page.login):
        qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
        assert page.name.error.text() == "还没有填用户名"
        page.name.set_value("wangxm")
        qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
    assert page.password.error.text() == "还没有填密码"
    assert QApplication.focusWidget() is page.password.edit


def test_while_it_works_it_says_so_and_takes_no_second_login(page: LoginPage, qtbot) -> None:
    page.name.set_value("wangxm")
    page.password.set_value("x")
    page.show_busy()
    assert page.go.text() == "正在登录…"
    with qtbot.assertNotEmitted(page.login):
        qtbot.keyClick(page.password.edit, Qt.Key.Key_Return)
        qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)


def test_an_error_stands_below_the_password_and_typing_replaces_it(page: LoginPage, qtbot) -> None:
    page.name.set_value("wangxm")
    page.password.set_value("wrong")
    page.show_busy()
    page.show_error("用户名或密码不对，请再输一次")
    assert "用户名或密码不对，请再输一次" in shown(page)
    assert QApplication.focusWidget() is page.password.edit
    qtbot.keyClicks(page.password.edit, "right")
    assert page.password.edit.text() == "right"
    assert not page.password.has_error()


def test_the_next_person_finds_no_password(page: LoginPage) -> None:
    page.name.set_value("wangxm")
    page.password.set_value("secret")
    page.start()
    assert page.password.edit.text() == ""
    assert QApplication.focusWidget() is page.password.edit


def test_the_notice_says_who_may_log_in_without_the_server(page: LoginPage) -> None:
    page.show_notice("服务器连不上（10:17 起）。最近七天在这里登录过的人可以照常登录")
    assert "最近七天" in shown(page.notice)
    page.show_notice("")
    assert not page.notice.isVisible()
