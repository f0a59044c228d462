"""Alt+N and Alt+U: how it stands with the server, what waits, what needs a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.design.words import clock_time, short_day
from clerk_app.ports.feed import ConnectionChange, ConnectionState
from clerk_app.services.window.outbox import OutboxLine, SyncStatus
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.labels import Divider, ElidedLabel, Light, SectionTitle, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.paint import Lamp
from clerk_app.ui.window.overlay import Overlay

WIDTH = 640


class NetworkPage(Overlay):
    """``show_status`` may be called at any time, ``popup()`` opens. ``retry`` carries the id of an entry that was set
    aside and shall be tried again."""

    retry = Signal(str)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, "网络和上传", WIDTH)
        self.server = Light("服务器")
        self.sentence = Text("", "body", wrap=True)
        self.synced = Text("", "note", "ink5")
        self._aside_title = SectionTitle("要处理", icon="circle-alert")
        self._aside = Column(gap=SPACE.x8)
        self._waiting_title = SectionTitle("待上传", icon="cloud-upload")
        self._waiting = Column(gap=SPACE.x6)
        self._aside_box = QWidget()
        self._aside_box.setLayout(
            Column(Divider(), self._aside_title, self._aside, gap=SPACE.x8, margins=(SPACE.x12, 0, 0, 0))
        )
        state = Column(Row(self.server, None, self.synced), self.sentence, gap=SPACE.x4)
        waiting = Column(
            Divider(), self._waiting_title, self._waiting, gap=SPACE.x8, margins=(SPACE.x12, 0, SPACE.x8, 0)
        )
        self.body.put(state, self._aside_box, waiting, None)
        self.retries: list[Button] = []

    def show_status(
        self, status: SyncStatus, waiting: Sequence[OutboxLine], connection: ConnectionChange | None, now: datetime
    ) -> None:
        """What the outbox and the connection say; ``waiting`` is oldest first."""
        self._show_server(status, connection)
        day = (
            ""
            if status.last_synced is None or status.last_synced.date() == now.date()
            else short_day(status.last_synced.date())
        )
        last = status.last_synced
        self.synced.setText(f"最后一次上传 {day} {clock_time(last)}".replace("  ", " ") if last else "还没有上传过")
        self._show_aside(status.set_aside)
        self._waiting.empty()
        self._waiting_title.set_note(f"{status.waiting} 件 · 都在本机（加密）" if status.waiting else "")
        for line in waiting:
            self._waiting.put(
                Row(ElidedLabel(line.title, "note"), Text(_moment(line.made_at, now), "note", "ink5"), gap=SPACE.x12)
            )
        rest = status.waiting - len(waiting)
        if rest > 0 and waiting:
            self._waiting.put(Text(f"另有 {rest} 条", "note", "ink5"))
        if not status.waiting:
            self._waiting.put(Text("都已上传", "note", "ink7"))

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

    def _show_aside(self, lines: Sequence[OutboxLine]) -> None:
        self._aside.empty()
        self.retries = []
        self._aside_box.setVisible(bool(lines))
        self._aside_title.set_note(f"{len(lines)} 件 · 服务器没有收，内容都在")
        for line in lines:
            button = Button("再试", compact=True)
            button.setAccessibleName(f"再试 {line.title}")
            button.clicked.connect(lambda _on=False, entry=line.entry_id: self.retry.emit(entry))
            self.retries.append(button)
            words = Column(ElidedLabel(line.title, "body"), Text(line.reason, "note", "bad", wrap=True))
            row = Row(words, button, gap=SPACE.x12)
            row.setStretch(0, 1)
            self._aside.put(row)


def _moment(moment: datetime, now: datetime) -> str:
    if moment.date() == now.date():
        return clock_time(moment)
    return f"{short_day(moment.date())} {clock_time(moment)}"
