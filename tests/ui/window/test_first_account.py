"""The first account of a township's only PC, by keyboard alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from clerk_app.ui.window.first_account import FirstAccount


@pytest.fixture
def page(qtbot: QtBot) -> FirstAccount:
    made = FirstAccount()
    qtbot.addWidget(made)
    made.resize(1366, 646)
    made.show()
    made.start()
    return made


def fill(qtbot: QtBot, page: FirstAccount, again: str) -> list[tuple[str, str, str]]:
    wanted: list[tuple[str, str, str]] = []
    page.wanted.connect(lambda *values: wanted.append(values))
    for field, text in (
        (page.name, "Wang"),
        (page.login, "wangxm"),
        (page.password, "long-enough"),
        (page.again, again),
    ):
        qtbot.waitUntil(field.edit.hasFocus)
        qtbot.keyClicks(field.edit, text)
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    return wanted


def test_enter_leads_from_field_to_field_and_makes_the_account(qtbot: QtBot, page: FirstAccount) -> None:
    assert fill(qtbot, page, "long-enough") == [("wangxm", "Wang", "long-enough")]
    assert not page.go.isEnabled()


def test_two_different_passwords_make_nothing(qtbot: QtBot, page: FirstAccount) -> None:
    assert fill(qtbot, page, "other") == []
    assert page.again.has_error()
    assert page.again.edit.hasFocus()


def test_a_refusal_stands_below_its_field(qtbot: QtBot, page: FirstAccount) -> None:
    fill(qtbot, page, "long-enough")
    page.show_error("login_name", "这个用户名有人用了")
    assert page.login.has_error()
    assert page.go.isEnabled()
