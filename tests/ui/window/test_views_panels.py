"""Help and network lie over the window, take the focus and give it back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from clerk_app.ports.feed import ConnectionChange, ConnectionState
from clerk_app.services.window.clockwatch import Skew
from clerk_app.ui.keys import Page, keys_on
from clerk_app.ui.kit.labels import KeyCap
from clerk_app.ui.kit.layout import Column
from clerk_app.ui.kit.paint import Lamp
from clerk_app.ui.window.help_page import PAGE_NAMES, HelpPage
from clerk_app.ui.window.network_page import NetworkPage
from support import window_views as records
from support.window_views import NOW, at, shown

OFFLINE = ConnectionChange(ConnectionState.OFFLINE, at(10, 17), "服务器连不上（10:17 起）。照常收件，恢复后自动上传")
ONLINE = ConnectionChange(ConnectionState.ONLINE, at(10, 17))


@pytest.fixture
def host(qtbot) -> QWidget:
    made = QWidget()
    made.setLayout(Column(QLineEdit()))
    qtbot.addWidget(made)
    made.resize(1093, 552)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.findChild(QLineEdit).setFocus()
    return made


@pytest.mark.parametrize("page", list(Page))
def test_the_help_lists_every_key_that_works_on_the_page(host: QWidget, page: Page) -> None:
    panel = HelpPage(host)
    panel.open_for(page)
    text = shown(panel)
    assert PAGE_NAMES[page] in text
    assert all(entry.text in text for entry in keys_on(page))
    caps = {cap.text() for cap in panel.findChildren(KeyCap)}
    assert {word for entry in keys_on(page) for word in entry.caps if word != "–"} <= caps


def test_keys_that_do_nothing_yet_are_not_promised(host: QWidget) -> None:
    panel = HelpPage(host, without=frozenset({"history"}))
    panel.open_for(Page.CHECKLIST)
    assert "以前办过" not in shown(panel)


def test_esc_closes_and_the_focus_goes_back(host: QWidget, qtbot) -> None:
    panel = HelpPage(host)
    panel.open_for(Page.IDLE)
    assert QApplication.focusWidget() is panel
    with qtbot.waitSignal(panel.closed):
        qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert QApplication.focusWidget() is host.findChild(QLineEdit)


def test_a_click_beside_the_panel_closes_it_one_inside_does_not(host: QWidget, qtbot) -> None:
    panel = HelpPage(host)
    panel.open_for(Page.IDLE)
    qtbot.mouseClick(panel, Qt.MouseButton.LeftButton, pos=panel.panel.geometry().center())
    assert panel.isVisible()
    qtbot.mouseClick(panel, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert not panel.isVisible()


def test_the_panel_follows_the_window(host: QWidget) -> None:
    panel = HelpPage(host)
    panel.open_for(Page.CHECKLIST)
    host.resize(911, 460)
    QApplication.processEvents()
    assert panel.size() == host.size()
    assert panel.rect().contains(panel.panel.geometry())


def test_the_network_panel_says_since_when_what_goes_on_and_what_waits(host: QWidget) -> None:
    panel = NetworkPage(host)
    panel.show_status(records.sync(waiting=14, error="x"), records.outbox_lines(6), OFFLINE, NOW)
    panel.popup()
    assert (panel.server.state(), panel.server.word.text()) == (Lamp.BAD, "10:17 断开")
    text = shown(panel)
    for words in ("照常收件，恢复后自动上传", "14 件 · 都在本机（加密）", "A043 就业登记 · 受理", "另有 8 条"):
        assert words in text
    assert "最后一次上传 10:16" in text


def test_when_all_is_uploaded_it_says_that(host: QWidget) -> None:
    panel = NetworkPage(host)
    panel.show_status(records.sync(), (), ONLINE, NOW)
    panel.popup()
    text = shown(panel)
    assert "都已上传" in text
    assert "要处理" not in text
    assert panel.server.state() is Lamp.OK


def test_what_the_server_refused_names_its_reason_and_can_be_tried_again(host: QWidget, qtbot) -> None:
    panel = NetworkPage(host)
    panel.show_status(records.sync(set_aside=(records.set_aside("o-9"),)), (), ONLINE, NOW)
    panel.popup()
    assert "同一编号的办件内容对不上" in shown(panel)
    for button in (panel.now, panel.export, panel.retries[0]):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is button
    with qtbot.waitSignal(panel.retry) as caught:
        qtbot.keyClick(panel.retries[0], Qt.Key.Key_Space)
    assert caught.args == ["o-9"]


def test_tab_never_leaves_the_open_panel(host: QWidget, qtbot) -> None:
    panel = NetworkPage(host)
    panel.show_status(records.sync(set_aside=(records.set_aside(),)), (), ONLINE, NOW)
    panel.popup()
    for _ in range(4):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert panel.isAncestorOf(QApplication.focusWidget())


def test_what_waits_says_since_when_and_why_and_files_stand_apart(host: QWidget) -> None:
    panel = NetworkPage(host)
    lines = records.outbox_lines(2)
    held = replace(lines[1], reason="“准予”要由 陈主任 本人登录来做")
    status = records.sync(waiting=2, files_waiting=7, server_version="0.2.0", api=2)
    panel.show_status(status, (lines[0], held), ONLINE, NOW, records.file_lines(4))
    panel.popup()
    text = shown(panel)
    for words in ("10:18", "本人登录来做", "7 份 · 办件上传后自动传", "A043 文书 受理通知书", "另有 3 条"):
        assert words in text
    assert "服务器 0.2.0" in text
    assert not panel.skew.isVisible()
    assert not panel.everything.isVisible()


def test_a_clock_that_is_wrong_is_told_with_what_it_means(host: QWidget) -> None:
    panel = NetworkPage(host)
    skew = Skew(-86_400.0, 0.1, NOW)
    panel.show_status(records.sync(skew=skew), (), ONLINE, NOW)
    panel.popup()
    assert (panel.clock.state(), panel.clock.word.text()) == (Lamp.WARN, "慢 1 天")
    assert "校准时间" in panel.skew.text()
    panel.show_status(records.sync(skew=Skew(59.0, 0.1, NOW)), (), ONLINE, NOW)
    assert panel.clock.state() is Lamp.OK
    assert not panel.skew.isVisible()


def test_all_again_now_and_the_record_for_support_are_one_press_each(host: QWidget, qtbot) -> None:
    panel = NetworkPage(host)
    aside = (records.set_aside("o-8"), records.set_aside("o-9"))
    panel.show_status(records.sync(set_aside=aside), (), ONLINE, NOW)
    panel.popup()
    for signal, button in (
        (panel.retry_all, panel.everything),
        (panel.push_now, panel.now),
        (panel.export_wanted, panel.export),
    ):
        with qtbot.waitSignal(signal):
            button.click()
    assert not panel.export.isEnabled()
    panel.show_exported("已存成 support/上传记录.json")
    assert panel.export.isEnabled()
    assert "上传记录.json" in shown(panel)
