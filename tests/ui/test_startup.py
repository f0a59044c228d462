"""The page before a kiosk or display can work: it waits, says why, tries again, and gives way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clerk_app.domain.errors import Fault, NotAllowed
from clerk_app.ui.ending import dispose
from clerk_app.ui.lanes import Lanes
from clerk_app.ui.startup import StartPage
from support.look import dressed


@pytest.fixture
def lanes(qapp: QApplication) -> Iterator[Lanes]:
    dressed(qapp)
    made = Lanes(lambda: "7Q4K", lambda failure: None)
    yield made
    made.shutdown().join()
    QApplication.processEvents()
    dispose(made.mailbox)


def page(
    bot: QtBot, lanes: Lanes, prepare: Callable[[], str], show: Callable[[str], QWidget] = lambda word: QWidget()
) -> StartPage:
    made = StartPage("取号机", lanes, prepare, show)
    bot.addWidget(made)
    made.begin()
    return made


def test_it_gives_way_to_the_screen(qtbot: QtBot, lanes: Lanes) -> None:
    screen = QWidget()
    qtbot.addWidget(screen)
    seen: list[str] = []

    def show(word: str) -> QWidget:
        seen.append(word)
        return screen

    start = page(qtbot, lanes, lambda: "ready", show)
    assert start.words() == "正在准备"
    qtbot.waitUntil(screen.isVisible)
    assert seen == ["ready"]
    assert not start.isVisible()


def test_a_refusal_stays_and_says_what_the_technician_does(qtbot: QtBot, lanes: Lanes) -> None:
    def refuse() -> str:
        raise NotAllowed("请技术员在服务器上生成登记码")

    start = page(qtbot, lanes, refuse)
    qtbot.waitUntil(lambda: start.words() == "请技术员在服务器上生成登记码")
    assert not start._again.isActive()
    assert start.isVisible()


def test_what_the_environment_hinders_is_tried_again(qtbot: QtBot, lanes: Lanes) -> None:
    screen = QWidget()
    qtbot.addWidget(screen)
    tries: list[int] = []

    def prepare() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise Fault("服务器连不上")
        return "ready"

    start = page(qtbot, lanes, prepare, lambda word: screen)
    qtbot.waitUntil(lambda: start.words() == "服务器连不上")
    assert start._again.isActive()
    start._again.timeout.emit()
    qtbot.waitUntil(screen.isVisible)


def test_a_setting_that_cannot_be_used_is_said(qtbot: QtBot, lanes: Lanes) -> None:
    def show(word: str) -> QWidget:
        raise NotAllowed("设置里 receipt_printer 认不出")

    start = page(qtbot, lanes, lambda: "ready", show)
    qtbot.waitUntil(lambda: start.words() == "设置里 receipt_printer 认不出")
    assert start.isVisible()
