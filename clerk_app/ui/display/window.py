"""The call screen as a window: follows the hall, lets the newest call's card change its fill twice in two seconds."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.words import clock_time
from clerk_app.ports.clock import Clock
from clerk_app.ports.feed import ConnectionState
from clerk_app.ports.hall_queue import CalledNumber
from clerk_app.ui.display.board import HEIGHT, WIDTH, BoardPainter, BoardView
from clerk_app.ui.live import LiveHall

_PHASE_MS = 500
_PHASES = 4
_TURN_S = 10
_CLOCK_MS = 1_000


class DisplayWindow(QWidget):
    """Shows what ``live`` knows; nothing can be pressed here."""

    def __init__(self, live: LiveHall, clock: Clock) -> None:
        super().__init__()
        self.setWindowTitle("大厅屏")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self._live, self._clock = live, clock
        self._phases_left = 0
        live.changed.connect(self.update)
        live.connection.connect(self.update)
        live.called.connect(self._light)
        self._phase = QTimer(self, interval=_PHASE_MS)
        self._phase.timeout.connect(self._next_phase)
        self._ticks = QTimer(self, interval=_CLOCK_MS)
        self._ticks.timeout.connect(self.update)
        self._ticks.start()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def view(self) -> BoardView:
        """What is on the screen at this moment."""
        board, snapshot = self._live.board, self._live.board.snapshot
        return BoardView(
            now=self._clock.now(),
            hall=snapshot.hall if snapshot is not None else None,
            calls=board.calls,
            groups=board.groups,
            lost_at=self._live.stale_since,
            sentence="" if snapshot is not None else self._before_anything(),
            lit=self._phases_left in (_PHASES, _PHASES - 2),
            turn=int(self._clock.monotonic()) // _TURN_S,
            notices=snapshot.notices if snapshot is not None else (),
        )

    def current_number(self) -> str:
        """The newest call's number, empty before the first call."""
        calls = self._live.board.calls
        return calls[0].number if calls else ""

    def waiting_total(self) -> int:
        """How many people wait in the hall."""
        return sum(group.waiting for group in self._live.board.groups)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        view = self.view()
        BoardPainter(painter, QRectF(self.rect())).draw(view)
        painter.end()
        newest = view.calls[0] if view.calls else None
        told = f"{newest.number} 请到 {newest.window_no} 号窗口" if newest is not None else view.sentence
        if told != self.accessibleName():
            self.setAccessibleName(told)

    def _before_anything(self) -> str:
        state = self._live.state
        if state is None or state.state is not ConnectionState.OFFLINE:
            return "正在连接服务器"
        return state.sentence or f"服务器连不上（{clock_time(state.since)} 起）"

    def _light(self, call: CalledNumber) -> None:
        """Calls that come while the card is changing do not make it change faster (WCAG 2.2, 2.3.1)."""
        if not self._phases_left:
            self._phases_left = _PHASES
            self._phase.start()
        self.update()

    def _next_phase(self) -> None:
        self._phases_left -= 1
        if not self._phases_left:
            self._phase.stop()
        self.update()
