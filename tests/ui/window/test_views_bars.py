"""Top bar and status bar: who, where, when, and every light with its word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from clerk_app.ports.devices import DeviceState
from clerk_app.ports.feed import ConnectionChange, ConnectionState
from clerk_app.ui.kit.layout import Column
from clerk_app.ui.kit.paint import Lamp
from clerk_app.ui.window.statusbar import StatusBar
from clerk_app.ui.window.topbar import TopBar
from support import window_views as records
from support.look import clipped_labels
from support.window import HALL
from support.window_views import NOW, at, shown


@pytest.fixture
def top(qtbot) -> TopBar:
    made = TopBar("12")
    qtbot.addWidget(made)
    made.resize(1366, 44)
    made.show_hall(HALL)
    made.show_clerk("王晓梅")
    made.tick(NOW)
    made.show()
    return made


@pytest.fixture
def status(qtbot) -> Iterator[StatusBar]:
    window = QWidget()
    qtbot.addWidget(window)
    made = StatusBar()
    window.setLayout(Column(made))
    window.resize(1366, 30)
    made.show_devices(records.devices())
    made.show_server(ConnectionChange(ConnectionState.ONLINE, NOW))
    made.show_sync(records.sync())
    made.show_catalogue(418, NOW)
    window.show()
    yield made
    window.close()


def test_the_top_bar_names_window_hall_clerk_and_time(top: TopBar) -> None:
    text = shown(top)
    for words in ("12 号窗口", "明河区政务服务中心", "一楼 A 区", "王晓梅", "11月23日 周一", "10:24"):
        assert words in text
    top.tick(NOW + timedelta(minutes=1))
    assert top.clock.text() == "10:25"


def test_narrow_the_person_takes_the_place_of_the_hall(top: TopBar, qtbot) -> None:
    top.show_person(records.intake())
    assert "李晓彤" not in shown(top)
    top.resize(911, 44)
    top.set_narrow(True)
    text = shown(top)
    assert "李晓彤" in text
    assert "1101****0038" in text
    assert "明河区政务服务中心" not in text
    assert clipped_labels(top) == []
    top.show_person(None)
    assert not top.person.isVisible()


def test_the_caps_can_be_clicked(top: TopBar, qtbot) -> None:
    from clerk_app.ui.window.hints import HintButton

    help_cap = next(cap for cap in top.findChildren(HintButton) if cap.text() == "键位")
    with qtbot.waitSignal(top.help_wanted):
        qtbot.mouseClick(help_cap, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is not help_cap


def test_every_device_that_is_not_ready_says_why(status: StatusBar) -> None:
    status.show_devices(records.devices(receipt=DeviceState.NEEDS_PAPER, evaluator=DeviceState.ABSENT))
    assert (status.devices["receipt"].state(), status.devices["receipt"].word.text()) == (Lamp.BAD, "缺纸")
    assert status.devices["evaluator"].isVisible()
    assert (status.devices["reader"].name.text(), status.devices["reader"].state()) == ("读卡器", Lamp.OK)


def test_the_server_says_since_when_it_is_away(status: StatusBar) -> None:
    status.show_server(ConnectionChange(ConnectionState.OFFLINE, at(10, 17)))
    assert (status.server.state(), status.server.word.text()) == (Lamp.BAD, "10:17 断开")
    status.show_server(None)
    assert (status.server.state(), status.server.word.text()) == (Lamp.OFF, "正在连接")


def test_what_waits_is_amber_only_when_it_does_not_get_through(status: StatusBar) -> None:
    status.show_sync(records.sync(waiting=1))
    assert (status.upload.state(), status.upload.word.text()) == (Lamp.OK, "1 件")
    status.show_sync(records.sync(waiting=14, error="服务器连不上"))
    assert (status.upload.state(), status.upload.word.text()) == (Lamp.WARN, "14 件")
    status.show_sync(records.sync(waiting=1, set_aside=(records.set_aside(),)))
    assert (status.upload.state(), status.upload.word.text()) == (Lamp.WARN, "2 件，1 件要处理")


def test_the_catalogue_is_named_with_day_and_version(status: StatusBar) -> None:
    assert status.version.text() == "目录 2026-11-23 第 418 版"
    status.show_catalogue(0, None)
    assert status.version.text() == "还没有事项目录"


def test_without_room_trouble_stays_and_what_is_ready_shrinks(status: StatusBar, qtbot) -> None:
    status.show_devices(records.devices(receipt=DeviceState.NEEDS_PAPER))
    status.show_server(ConnectionChange(ConnectionState.OFFLINE, at(10, 17)))
    status.show_sync(records.sync(waiting=14, error="x", set_aside=(records.set_aside(),)))
    status.window().resize(720, 30)
    QApplication.processEvents()
    assert not status.version.isVisible()
    assert not status.devices["reader"].isVisible()
    assert status.others.isVisible()
    assert status.devices["receipt"].isVisible()
    qtbot.waitUntil(lambda: clipped_labels(status) == [])
    status.window().resize(1366, 30)
    QApplication.processEvents()
    assert status.devices["reader"].isVisible()
    assert status.version.isVisible()
