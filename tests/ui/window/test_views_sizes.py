"""Everything together at the sizes a window must serve: no text is cut, and pictures for eyes are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SIZE
from clerk_app.domain.queue import TicketState
from clerk_app.ports.devices import DeviceState
from clerk_app.ports.feed import ConnectionChange, ConnectionState
from clerk_app.ports.window import PaperState
from clerk_app.services.window.clockwatch import Skew
from clerk_app.services.window.rating import Rated
from clerk_app.ui.keys import Page
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.window.case.papers_page import PapersPage
from clerk_app.ui.window.help_page import HelpPage
from clerk_app.ui.window.idle_page import IdlePage
from clerk_app.ui.window.login_page import LoginPage
from clerk_app.ui.window.network_page import NetworkPage
from clerk_app.ui.window.rail import Rail
from clerk_app.ui.window.side import Side
from clerk_app.ui.window.statusbar import StatusBar
from clerk_app.ui.window.topbar import TopBar
from support import window_views as records
from support.look import clipped_labels, dressed, grab
from support.window import HALL
from support.window_views import NOW, at

SIZES = [(1.0, 1366, 690), (1.0, 1920, 1000), (1.0, 1093, 552), (1.0, 911, 460), (1.25, 1366, 690), (1.25, 1708, 862)]
OFFLINE = ConnectionChange(ConnectionState.OFFLINE, at(10, 17), "服务器连不上（10:17 起）。照常收件，恢复后自动上传")


class Screen(QWidget):
    """The views as the window puts them together."""

    def __init__(self, middle: QWidget, width: int, height: int, factor: float) -> None:
        super().__init__()
        self.top, self.rail, self.side, self.status = TopBar("12"), Rail(), Side(), StatusBar()
        narrow = width / factor < SIZE.wide_from
        columns = Row(self.rail, middle, self.side)
        columns.setStretch(1, 1)
        whole = Column(self.top, columns, self.status)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.top.set_narrow(narrow)
        self.rail.set_narrow(narrow)
        self.side.setVisible(not narrow)
        self.top.show_hall(HALL)
        self.top.show_clerk("王晓梅")
        self.top.tick(NOW)
        self.rail.show_view(records.view(), NOW)
        self.rail.show_day(records.DAY)
        self.side.show_last(records.LAST)
        self.side.show_groups(records.view())
        self.well()
        self.status.show_catalogue(418, NOW)
        self.resize(width, height)

    def well(self) -> None:
        for column in (self.side, self.status):
            column.show_devices(records.devices())
            column.show_sync(records.sync())
        self.status.show_server(ConnectionChange(ConnectionState.ONLINE, NOW))

    def ill(self) -> None:
        status = records.sync(waiting=14, error="服务器连不上")
        broken = records.devices(receipt=DeviceState.NEEDS_PAPER, evaluator=DeviceState.ABSENT)
        self.side.show_sync(status, records.outbox_lines(6))
        self.side.show_devices(broken)
        self.status.show_sync(status)
        self.status.show_devices(broken)
        self.status.show_server(OFFLINE)
        self.rail.show_stale(at(10, 17))

    def serve(self) -> None:
        self.rail.show_ticket(records.ticket())
        self.side.show_case(records.intake())
        self.top.show_person(records.intake())


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[1]}x{size[2]}@{size[0]}")
def size(request, qapp) -> tuple[float, int, int]:
    dressed(qapp, request.param[0])
    return request.param


def looked_at(qtbot, qapp, root: QWidget, name: str, size: tuple[float, int, int], folder: Path) -> None:
    qtbot.addWidget(root)
    root.show()
    for _ in range(3):
        qapp.processEvents()
    grab(root, f"{name}_{size[1]}x{size[2]}_{size[0]}", folder)
    assert root.size().toTuple() == size[1:], "something does not fit and made the window grow"
    assert clipped_labels(root) == []


@pytest.mark.parametrize("state", ["ready", "called", "offline", "found"])
def test_idle(qtbot, qapp, tmp_path: Path, size: tuple[float, int, int], state: str) -> None:
    page = IdlePage()
    screen = Screen(page, size[1], size[2], size[0])
    page.show_view(records.view(), NOW)
    page.show_overview(records.overview())
    if state == "called":
        late = (records.ticket("A039", TicketState.MISSED), records.ticket("A041", TicketState.MISSED))
        called = records.ticket(state=TicketState.CALLED, recalls=1)
        screen.rail.show_ticket(called)
        screen.rail.show_view(records.view(active=called, missed=late), NOW)
    elif state == "offline":
        page.lock_call("服务器连不上（10:17 起）。请按纸票顺序口头叫号，按 F5 直接收件，恢复后自动上传")
        screen.ill()
    elif state == "found":
        page.search.edit.setText("A046")
        page.show_found("A046", [records.case_row(), records.case_row(case_id="c-45", ticket_number="A045")])
    looked_at(qtbot, qapp, screen, f"idle_{state}", size, tmp_path)


@pytest.mark.parametrize("state", ["printing", "question", "refused", "done"])
def test_papers(qtbot, qapp, tmp_path: Path, size: tuple[float, int, int], state: str) -> None:
    page = PapersPage()
    screen = Screen(page, size[1], size[2], size[0])
    screen.serve()
    fixed = records.concluded()
    if state == "printing":
        sheets = [records.paper(state=PaperState.SENDING), records.receipt(PaperState.PREPARED)]
        page.show_papers(fixed, sheets, [], "正在打印，打完就能办结")
        page.show_rating(None, asking=True)
    elif state == "question":
        screen.ill()
        page.show_papers(fixed, [records.paper(), records.receipt()], [records.question()], "先回答打印的问题")
    elif state == "refused":
        why = "小票打印机缺纸。装好纸后按“再打一次”"
        page.show_papers(fixed, [records.paper(), records.receipt(PaperState.REFUSED, sentence=why)], [], why)
    else:
        page.show_papers(fixed, [records.paper(), records.receipt(PaperState.PRINTED, reprint=1)], [], "")
        page.show_rating(Rated.NOT_RATED)
    looked_at(qtbot, qapp, screen, f"papers_{state}", size, tmp_path)


@pytest.mark.parametrize("panel", ["login", "help", "network", "sync", "queue"])
def test_login_and_panels(qtbot, qapp, tmp_path: Path, size: tuple[float, int, int], panel: str) -> None:
    login = LoginPage("12")
    login.show_hall(HALL)
    screen: QWidget = login if panel == "login" else Screen(IdlePage(), size[1], size[2], size[0])
    screen.resize(size[1], size[2])
    screen.show()
    if panel == "login":
        login.show_notice("服务器连不上（10:17 起）。最近七天在这里登录过的人可以照常登录")
        login.show_error("用户名或密码不对，请再输一次")
    elif panel == "help":
        HelpPage(screen).open_for(Page.CHECKLIST)
    elif panel == "network":
        network = NetworkPage(screen)
        status = records.sync(waiting=14, set_aside=(records.set_aside(),), error="服务器连不上")
        network.show_status(status, records.outbox_lines(6), OFFLINE, NOW)
        network.popup()
    elif panel == "sync":
        assert isinstance(screen, Screen)
        skew = Skew(734.0, 0.05, NOW)
        aside = (records.set_aside(), records.set_aside("o-8"))
        status = records.sync(waiting=14, files_waiting=37, set_aside=aside, skew=skew, server_version="0.2.0", api=2)
        screen.status.show_sync(status)
        network = NetworkPage(screen)
        lines = records.outbox_lines(5)
        why = "“准予”要由 陈主任 本人登录来做，不能由别人代传"
        late = replace(lines[1], reason=why, made_at=at(9, 2) - timedelta(days=3))
        network.show_status(
            status,
            (lines[0], late, *lines[2:]),
            ConnectionChange(ConnectionState.ONLINE, NOW),
            NOW,
            records.file_lines(6),
        )
        network.popup()
        network.show_exported("已存成 /data/clerk/support/上传记录-20261123-102400.json，发给技术支持即可")
    else:
        assert isinstance(screen, Screen)
        screen.rail.toggle_queue()
    looked_at(qtbot, qapp, screen, panel, size, tmp_path)
