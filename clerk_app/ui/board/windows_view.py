"""All windows on one card: state, how busy today, mean service; one column with bars, or many small tiles."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.domain.queue import WindowState
from clerk_app.ports.hall_board import CounterBoard
from clerk_app.ui.board.words import LAMPS, NOTHING, percent, state_of, time_of
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.paint import Lamp
from clerk_app.ui.kit.theme import px, theme

_VERY_BUSY = 0.9
_RIGHT = Qt.AlignmentFlag.AlignRight


class WindowsView(QWidget):
    """``opened`` carries the number of a window that was clicked."""

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._windows: tuple[CounterBoard, ...] = ()
        self._rows = 1
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_windows(self, windows: tuple[CounterBoard, ...]) -> None:
        """Paint these, in their order."""
        self._windows = windows
        told = "；".join(f"{one.status.window_no} 号 {state_of(one.status)}" for one in windows)
        self.setAccessibleName(told or "还没有窗口登录过")
        self.update()

    def columns(self) -> int:
        """In how many columns they stand at the present height."""
        return max(1, -(-len(self._windows) // max(1, self._fit())))

    def sizeHint(self) -> QSize:
        return QSize(px(SIZE.left_column) * 2, px(SIZE.left_column))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(SIZE.left_column), px(SIZE.row_table) * 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._at(event.position().toPoint())
        if at is not None:
            self.opened.emit(at.status.window_no)

    # --- places -----------------------------------------------------------------------------------------------
    def _row_height(self) -> float:
        return px(SPACE.x24) + px(SPACE.x2)

    def _head(self) -> float:
        return theme().fonts.line("tiny") + px(SPACE.x4)

    def _fit(self) -> int:
        return int((self.height() - self._head()) // self._row_height())

    def _cells(self) -> list[tuple[CounterBoard, QRectF]]:
        columns = self.columns()
        rows = -(-len(self._windows) // columns) if self._windows else 1
        gap = px(SPACE.x12)
        width = (self.width() - gap * (columns - 1)) / columns
        cells = []
        for number, window in enumerate(self._windows):
            column, row = divmod(number, rows)
            left = column * (width + gap)
            cells.append((window, QRectF(left, self._head() + row * self._row_height(), width, self._row_height())))
        return cells

    def _at(self, place: QPoint) -> CounterBoard | None:
        return next((window for window, cell in self._cells() if cell.contains(place)), None)

    # --- drawing ----------------------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        columns = self.columns()
        if not self._windows:
            paint.text(painter, self.rect(), "还没有窗口登录过", "body", COLOR.ink5)
        elif columns == 1:
            self._draw_head(painter)
            for window, cell in self._cells():
                self._draw_row(painter, window, cell)
        else:
            words = "窗口、状态、今天忙的时间" if columns < 4 else "窗口、状态；条长是今天忙的时间"
            paint.text(painter, QRectF(0, 0, self.width(), theme().fonts.line("tiny")), words, "tiny", COLOR.ink5)
            for window, cell in self._cells():
                self._draw_tile(painter, window, cell, small=columns >= 4)
        painter.end()

    def _edges(self) -> tuple[float, float, float]:
        """Where state, bar and mean begin."""
        fonts = theme().fonts
        state = fonts.width("note", "00 号", bold=True) + px(SPACE.x12)
        bar = state + px(SIZE.light) + px(SPACE.x6) + fonts.width("note", "暂停 · 后台事务") + px(SPACE.x8)
        return state, bar, self.width() - fonts.width("note", "00:00") - px(SPACE.x8)

    def _draw_head(self, painter: QPainter) -> None:
        state, bar, mean = self._edges()
        height = theme().fonts.line("tiny")
        for left, words in ((0.0, "窗口"), (state, "状态"), (bar, "今天忙的时间")):
            paint.text(painter, QRectF(left, 0, self.width() - left, height), words, "tiny", COLOR.ink5)
        at = QRectF(mean - px(SPACE.x32), 0, self.width() - mean + px(SPACE.x32), height)
        paint.text(painter, at, "平均", "tiny", COLOR.ink5, align=_RIGHT)

    def _draw_row(self, painter: QPainter, window: CounterBoard, cell: QRectF) -> None:
        state, bar, mean = self._edges()
        number = QRectF(cell.left(), cell.top(), state, cell.height())
        paint.text(painter, number, f"{window.status.window_no} 号", "note", COLOR.ink9, bold=True)
        self._lamp(painter, window, cell.left() + state, cell)
        words = QRectF(cell.left() + state + px(SIZE.light) + px(SPACE.x6), cell.top(), bar - state, cell.height())
        paint.text(painter, words, state_of(window.status), "note", _ink(window))
        self._bar(painter, window, QRectF(bar, cell.top(), mean - bar - px(SPACE.x12), cell.height()))
        at = QRectF(mean - px(SPACE.x8), cell.top(), self.width() - mean + px(SPACE.x8), cell.height())
        paint.text(painter, at, time_of(window.mean_service_s), "note", COLOR.ink9, align=_RIGHT)

    def _draw_tile(self, painter: QPainter, window: CounterBoard, cell: QRectF, *, small: bool) -> None:
        fonts = theme().fonts
        wide = fonts.width("note", "00" if small else "00 号", bold=True) + px(SPACE.x6)
        words = window.status.window_no if small else f"{window.status.window_no} 号"
        # In many columns the shape stands before its number, so that it is not taken for the next one's.
        lead = px(SIZE.lamp) + px(SPACE.x4) if small else 0
        room = QRectF(cell.left() + lead, cell.top(), wide, cell.height())
        paint.text(painter, room, words, "note", _ink(window), bold=True)
        self._lamp(painter, window, cell.left() if small else cell.left() + wide, cell)
        left = cell.left() + wide + px(SIZE.light) + px(SPACE.x6)
        if not small:
            state = fonts.width("note", "等人来")
            at = QRectF(left, cell.top(), state + px(SPACE.x2), cell.height())
            paint.text(painter, at, state_of(window.status).split(" ")[0], "note", _ink(window))
            left += state + px(SPACE.x8)
        room = QRectF(left, cell.top(), cell.right() - left, cell.height())
        if room.width() > px(SPACE.x12):
            self._bar(painter, window, room)

    def _lamp(self, painter: QPainter, window: CounterBoard, left: float, cell: QRectF) -> None:
        size = px(SIZE.lamp)
        missing = window.rostered and not window.present
        lamp = Lamp.WARN if missing else LAMPS[window.status.state]
        paint.lamp(painter, QRectF(left, cell.center().y() - size / 2, size, size), lamp)

    def _bar(self, painter: QPainter, window: CounterBoard, room: QRectF) -> None:
        height = px(SIZE.icon_small)
        at = QRectF(room.left(), room.center().y() - height / 2, room.width(), height)
        painter.fillRect(at, QColor(COLOR.canvas))
        away = window.status.state in (WindowState.OFF, WindowState.AWAY)
        color = COLOR.edge if away else COLOR.warn_solid if window.busy_share >= _VERY_BUSY else COLOR.pri
        painter.fillRect(QRectF(at.left(), at.top(), at.width() * window.busy_share, at.height()), QColor(color))


def _ink(window: CounterBoard) -> str:
    return COLOR.ink5 if window.status.state is WindowState.OFF and not window.rostered else COLOR.ink9


def told(window: CounterBoard) -> str:
    """One window in a sentence, for lists."""
    busy = percent(window.busy_share) if window.open_s else NOTHING
    return f"{state_of(window.status)}，今天忙 {busy}，办结 {window.served}"
