"""Alt+N and Alt+U: how it stands with the server, what waits, since when and why, what needs a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clerk_app import __version__
from clerk_app.design.tokens import SPACE
from clerk_app.design.words import clock_time, short_day
from clerk_app.ports.feed import ConnectionChange, ConnectionState
from clerk_app.services.window.outbox import OutboxLine, SyncStatus
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.labels import Divider, ElidedLabel, Light, SectionTitle, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.paint import Lamp
from clerk_app.ui.window.overlay import Overlay

WIDTH = 720
MOST_RECORDS, MOST_FILES = 20, 4
EXPORT = "导出上传记录"


class NetworkPage(Overlay):
    """``show_status`` may be called at any time, ``popup()`` opens. ``retry`` carries the id of an entry that was set
    aside and shall be tried again; ``retry_all``, ``push_now`` and ``export_wanted`` are the other buttons."""

    retry = Signal(str)
    retry_all = Signal()
    push_now = Signal()
    export_wanted = Signal()

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, "网络和上传", WIDTH)
        self.server = Light("服务器")
        self.clock = Light("时间")
        self.sentence = Text("", "body", wrap=True)
        self.skew = Text("", "note", "warn", wrap=True)
        self.synced = Text("", "note", "ink5")
        self.versions = Text("", "note", "ink5")
        self.everything = Button("全部再试", compact=True)
        self.now = Button("现在上传", compact=True)
        self.export = Button(EXPORT, compact=True)
        self.exported = Text("", "note", "ink5", wrap=True)
        self._aside_title = SectionTitle("要处理", icon="circle-alert")
        self._aside = Column(gap=SPACE.x8)
        self._waiting_title = SectionTitle("待上传", icon="cloud-upload")
        self._waiting = Column(gap=SPACE.x6)
        self._files_title = SectionTitle("文书和扫描件", icon="files")
        self._files = Column(gap=SPACE.x6)
        over = (SPACE.x12, 0, 0, 0)
        head = Row(self._aside_title, None, self.everything)
        self._aside_box = _box(Divider(), head, self._aside, margins=over)
        self._files_box = _box(Divider(), self._files_title, self._files, margins=over)
        lights = Row(self.server, self.clock, None, self.synced, gap=SPACE.x20)
        waiting = Column(Divider(), self._waiting_title, self._waiting, gap=SPACE.x8, margins=over)
        state = Column(lights, self.sentence, self.skew, gap=SPACE.x4)
        # Above the lists, which may be longer than the screen.
        acts = Row(self.now, self.export, None, self.versions, gap=SPACE.x8, margins=(SPACE.x8, 0, 0, 0))
        self.body.put(state, acts, self.exported, self._aside_box, waiting, self._files_box, None)
        self.retries: list[Button] = []
        self.exported.setVisible(False)
        self.everything.clicked.connect(self.retry_all)
        self.now.clicked.connect(self.push_now)
        self.export.clicked.connect(self._export)

    def show_status(
        self,
        status: SyncStatus,
        waiting: Sequence[OutboxLine],
        connection: ConnectionChange | None,
        now: datetime,
        files: Sequence[OutboxLine] = (),
    ) -> None:
        """What the outbox and the connection say; ``waiting`` and ``files`` are oldest first."""
        self._show_server(status, connection)
        self._show_clock(status)
        self._show_aside(status.set_aside, now)
        _fill(self._waiting, waiting[:MOST_RECORDS], status.waiting, now)
        self._waiting_title.set_note(f"{status.waiting} 件 · 都在本机（加密）" if status.waiting else "")
        if not status.waiting:
            self._waiting.put(Text("都已上传", "note", "ink7"))
        self._files_box.setVisible(bool(status.files_waiting))
        self._files_title.set_note(f"{status.files_waiting} 份 · 办件上传后自动传，断了接着传")
        _fill(self._files, files[:MOST_FILES], status.files_waiting, now)
        last = status.last_synced
        self.synced.setText(f"最后一次上传 {_moment(last, now)}" if last else "还没有上传过")
        there = f"服务器 {status.server_version}" if status.server_version else "服务器版本还不知道"
        self.versions.setText(f"窗口 {__version__} · {there}")
        if self.isVisible():
            self._place()

    def show_exported(self, place: str) -> None:
        """Where the record for support lies, or why it could not be written."""
        self.export.ready()
        self.exported.setText(place)
        self.exported.setVisible(bool(place))
        self._place()

    def start(self) -> None:
        self.exported.setVisible(False)
        super().start()

    def _export(self) -> None:
        self.export.busy("正在导出…")
        self.export_wanted.emit()

    def _show_server(self, status: SyncStatus, connection: ConnectionChange | None) -> None:
        state = connection.state if connection else ConnectionState.CONNECTING
        if state is ConnectionState.OFFLINE and connection is not None:
            self.server.set(Lamp.BAD, f"{clock_time(connection.since)} 断开")
            words = connection.sentence or "服务器连不上。照常收件，恢复后自动上传"
        elif state is ConnectionState.ONLINE:
            self.server.set(Lamp.OK)
            words = status.error or "连接正常，办结的件会自动上传"
        else:
            self.server.set(Lamp.OFF, "正在连接")
            words = "正在连接服务器。照常收件，连上后自动上传"
        self.sentence.setText(words)

    def _show_clock(self, status: SyncStatus) -> None:
        skew = status.skew
        self.clock.setVisible(skew is not None)
        self.skew.setVisible(skew is not None and skew.beyond)
        if skew is not None:
            self.clock.set(Lamp.WARN if skew.beyond else Lamp.OK, skew.words if skew.beyond else "")
            self.skew.setText(skew.sentence)

    def _show_aside(self, lines: Sequence[OutboxLine], now: datetime) -> None:
        self._aside.empty()
        self.retries = []
        self._aside_box.setVisible(bool(lines))
        self.everything.setVisible(len(lines) > 1)
        self._aside_title.set_note(f"{len(lines)} 件 · 服务器没有收，内容都在")
        for line in lines:
            button = Button("再试", compact=True)
            button.setAccessibleName(f"再试 {line.title}")
            button.clicked.connect(lambda _on=False, entry=line.entry_id: self.retry.emit(entry))
            self.retries.append(button)
            title = Row(ElidedLabel(line.title, "body"), Text(_moment(line.made_at, now), "note", "ink5"))
            title.setStretch(0, 1)
            words = Column(title, Text(line.reason, "note", "bad", wrap=True))
            row = Row(words, button, gap=SPACE.x12)
            row.setStretch(0, 1)
            self._aside.put(row)


def _box(*parts: QWidget | Row | Column, margins: tuple[int, int, int, int]) -> QWidget:
    box = QWidget()
    box.setLayout(Column(*parts, gap=SPACE.x8, margins=margins))
    return box


def _fill(column: Column, lines: Sequence[OutboxLine], count: int, now: datetime) -> None:
    """A row for each line: what, since when, and below it why where that is its own matter."""
    column.empty()
    for line in lines:
        column.put(
            Row(ElidedLabel(line.title, "note"), Text(_moment(line.made_at, now), "note", "ink5"), gap=SPACE.x12)
        )
        if line.reason:
            column.put(Text(line.reason, "note", "warn", wrap=True))
    if lines and count > len(lines):
        column.put(Text(f"另有 {count - len(lines)} 条", "note", "ink5"))


def _moment(moment: datetime, now: datetime) -> str:
    if moment.date() == now.date():
        return clock_time(moment)
    return f"{short_day(moment.date())} {clock_time(moment)}"
