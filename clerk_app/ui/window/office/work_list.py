"""The lines of a work list: what waits for this person, who waits, since when; one key opens a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.design.words import clock_time, joined, minutes, short_day
from clerk_app.domain.cases import CaseState
from clerk_app.ports.hall_cases import WorkKind, WorkLine
from clerk_app.ui.keys import is_enter
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.theme import px, theme

Index = QModelIndex | QPersistentModelIndex

OWN = {
    WorkKind.TO_DECIDE: "这件由你受理，审批要换一个人",
    WorkKind.TO_SEAL: "这件由你受理或决定，用印要换一个人",
}


def locked(kind: WorkKind, line: WorkLine) -> str:
    """Why this person may not do the line; empty when they may."""
    return "" if line.mine else OWN.get(kind, "这件由你经手，要换一个人")


def waits(line: WorkLine, now: datetime) -> tuple[str, State]:
    """The pill of a line: somebody stands at the window, or until when there is time."""
    if line.instant:
        length = now - line.since
        return f"即办 · 人在等{f' {minutes(length)}' if length >= timedelta(minutes=1) else ''}", State.BAD
    if line.due is None:
        return "", State.NEUTRAL
    left = (line.due.date() - now.date()).days
    if left < 0:
        return f"过期 {-left} 天", State.BAD
    words = "今天到期" if left == 0 else f"{short_day(line.due)} 前 · 剩 {left} 天"
    return words, State.BAD if left == 0 else State.WARN if left <= 2 else State.NEUTRAL


class _Lines(QAbstractListModel):
    def __init__(self, kind: WorkKind) -> None:
        super().__init__()
        self.kind = kind
        self.lines: tuple[WorkLine, ...] = ()
        self.now: datetime | None = None

    def show(self, lines: Sequence[WorkLine], now: datetime) -> None:
        self.beginResetModel()
        self.lines, self.now = tuple(lines), now
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self.now is None:
            return None
        line = self.lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            pill, _ = waits(line, self.now)
            return "，".join(p for p in (line.matter_name, line.applicant, pill, locked(self.kind, line)) if p)
        if role == Qt.ItemDataRole.ToolTipRole:
            return joined(line.matter_name, line.department, line.case_number)
        return None


class _LineDelegate(QStyledItemDelegate):
    """Two lines: matter; who, where from, since when. A locked line says why instead."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, px(SIZE.row_card))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view: WorkList = self.parent()  # type: ignore[assignment]
        model: _Lines = index.model()  # type: ignore[assignment]
        assert model.now is not None
        line = model.lines[index.row()]
        area: QRect = option.rect  # type: ignore[attr-defined,unused-ignore]
        own = locked(model.kind, line)
        here = view.hasFocus() and index.row() == view.currentIndex().row()
        painter.save()
        painter.fillRect(area, QColor(COLOR.pri_soft if here else COLOR.sunk if own else COLOR.paper))
        if index.row() < len(model.lines) - 1:
            painter.fillRect(QRect(area.x(), area.bottom(), area.width(), px(SIZE.hairline)), QColor(COLOR.line))
        fonts = theme().fonts
        item, note = fonts.line("item"), fonts.line("note")
        left, right = area.left() + px(SPACE.card), area.right() - px(SPACE.card)
        top = area.top() + (area.height() - item - note) // 2
        icon = "lock" if own else "user-round-check" if line.instant else "file-text"
        size = px(SIZE.icon_middle)
        tone = COLOR.ink5 if own else COLOR.bad_solid if line.instant else COLOR.ink7
        paint.icon(painter, QRect(left, area.top() + (area.height() - size) // 2, size, size), icon, tone)
        left += size + px(SPACE.x12)
        pill, state = waits(line, model.now)
        if pill:
            shape = paint.pill_size(pill)
            right -= shape.width()
            at = QRect(right, area.top() + (area.height() - shape.height()) // 2, shape.width(), shape.height())
            paint.pill(painter, at, pill, state)
            right -= px(SPACE.x12)
        ink = COLOR.ink5 if own else COLOR.pri if here else COLOR.ink9
        paint.text(painter, QRect(left, top, right - left, item), line.matter_name, "item", ink, bold=here)
        today = line.since.date() == model.now.date()
        since = f"{clock_time(line.since) if today else short_day(line.since)} 起"
        window = f"{line.window_no} 号窗口" if line.window_no else ""
        decided = {CaseState.GRANTED: "准予", CaseState.REFUSED: "不予"}.get(line.state, "")
        detail = own or joined(line.applicant, decided, window, since, line.case_number)
        below = QRect(left, top + item, right - left, note)
        paint.text(painter, below, detail, "note", COLOR.bad if own else COLOR.ink5)
        if here:
            paint.row_frame(painter, area)
        painter.restore()


class WorkList(QListView):
    """``opened`` carries a ``WorkLine`` (Enter or a double click), ``refused`` why a line cannot be opened;
    ``left_above`` and ``left_below`` when the arrows go beyond the ends."""

    opened = Signal(object)
    refused = Signal(str)
    left_above = Signal()
    left_below = Signal()

    def __init__(self, kind: WorkKind, name: str) -> None:
        super().__init__()
        self.kind = kind
        self._model = _Lines(kind)
        self.setModel(self._model)
        self.setItemDelegate(_LineDelegate(self))
        self.setUniformItemSizes(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAccessibleName(name)

    @property
    def lines(self) -> tuple[WorkLine, ...]:
        return self._model.lines

    def current(self) -> WorkLine | None:
        """The line with the cursor."""
        at = self.currentIndex().row()
        return self._model.lines[at] if 0 <= at < len(self._model.lines) else None

    def show_lines(self, lines: Sequence[WorkLine], now: datetime) -> None:
        """Show the list; the cursor stays on its case while that is in it."""
        here, at = self.current(), max(0, self.currentIndex().row())
        self._model.show(lines, now)
        self.updateGeometry()
        ids = [line.case_id for line in lines]
        if here is not None and here.case_id in ids:
            at = ids.index(here.case_id)
        self.go_to(min(at, len(ids) - 1))

    def tick(self, now: datetime) -> None:
        """Let the waits grow."""
        self._model.now = now
        self.viewport().update()

    def go_to(self, row: int) -> None:
        """Put the cursor on a line."""
        if row >= 0:
            self.setCurrentIndex(self._model.index(row))
        self.viewport().update()

    def first_open(self) -> int:
        """The first line that this person may do, -1 when there is none."""
        return next((n for n, line in enumerate(self._model.lines) if line.mine), -1)

    def sizeHint(self) -> QSize:
        """As high as its lines are."""
        return QSize(super().sizeHint().width(), max(1, len(self._model.lines)) * px(SIZE.row_card))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(SIZE.row_card), px(SIZE.row_card))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        if is_enter(event):
            self._open(self.current())
        elif event.key() == Qt.Key.Key_Up and row <= 0:
            self.left_above.emit()
        elif event.key() == Qt.Key.Key_Down and row >= len(self._model.lines) - 1:
            self.left_below.emit()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.go_to(row + (1 if event.key() == Qt.Key.Key_Down else -1))
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self._open(self._model.lines[index.row()])

    def _open(self, line: WorkLine | None) -> None:
        if line is None:
            return
        if own := locked(self.kind, line):
            self.refused.emit(own)
        else:
            self.opened.emit(line)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()
