"""The cases whose papers wait for the back office, by department, each with its tick."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.design.words import joined, short_day
from clerk_app.services.window.handover import HandoverLine
from clerk_app.ui.keys import Page, pressed
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.paint import Mark, State
from clerk_app.ui.kit.theme import px, theme

Index = QModelIndex | QPersistentModelIndex
COUNT_WIDTH = 130
WHEN_WIDTH = 92

Row = HandoverLine | str
"""A case, or the department that the cases below it go to."""


class _Model(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()
        self.chosen: frozenset[str] = frozenset()

    def show(self, rows: tuple[Row, ...], chosen: frozenset[str]) -> None:
        if rows == self.rows:
            self.chosen = chosen
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows, self.chosen = rows, chosen
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        able = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return able if index.isValid() and not isinstance(self.rows[index.row()], str) else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self.rows[index.row()]
        if isinstance(row, str):
            return row
        ticked = "已选" if row.case_id in self.chosen else "未选"
        return f"{ticked}，{row.matter_name}，{row.case_number}，{row.pieces} 份"


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        model: _Model = index.model()  # type: ignore[assignment]
        return QSize(0, px(SIZE.row_table if isinstance(model.rows[index.row()], str) else SIZE.row))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view: HandoverList = self.parent()  # type: ignore[assignment]
        row, area = view.rows[index.row()], QRect(option.rect)  # type: ignore[attr-defined,unused-ignore]
        painter.save()
        head = isinstance(row, str)
        painter.fillRect(area, QColor(COLOR.sunk if head else COLOR.paper))
        painter.fillRect(QRect(area.x(), area.bottom(), area.width(), px(SIZE.hairline)), QColor(COLOR.line))
        if isinstance(row, str):
            inner = area.adjusted(px(SPACE.page), 0, -px(SPACE.page), 0)
            paint.text(painter, inner, row, "note", COLOR.ink7, bold=True)
        else:
            self._line(painter, area, row, row.case_id in view.chosen)
            if index.row() == view.currentIndex().row() and view.hasFocus():
                paint.row_frame(painter, area.adjusted(0, 0, 1, 1))
        painter.restore()

    def _line(self, painter: QPainter, area: QRect, row: HandoverLine, chosen: bool) -> None:
        size = px(SIZE.mark)
        mark = QRect(area.left() + px(SPACE.page), area.top() + (area.height() - size) // 2, size, size)
        paint.mark(painter, mark, Mark.DONE if chosen else Mark.APART)
        fonts = theme().fonts
        item, note = fonts.line("item"), fonts.line("note")
        when_left = area.right() - px(SPACE.page + WHEN_WIDTH)
        count_left = when_left - px(COUNT_WIDTH)
        left, top = mark.right() + px(SPACE.x16), area.top() + (area.height() - item - note) // 2
        pill = paint.pill_size(row.remark) if row.remark else QSize(0, 0)
        width = count_left - left - px(SPACE.x12) - pill.width()
        paint.text(painter, QRect(left, top, width, item), row.matter_name, "item", COLOR.ink9)
        words = joined(row.applicant, row.case_number)
        paint.text(painter, QRect(left, top + item, width, note), words, "note", COLOR.ink5)
        if row.remark:
            where = QRect(count_left - pill.width() - px(SPACE.x8), 0, pill.width(), pill.height())
            where.moveTop(area.top() + (area.height() - pill.height()) // 2)
            paint.pill(painter, where, row.remark, State.WARN)
        count = f"{row.pieces} 份 {row.pages} 页" if row.pages else f"{row.pieces} 份"
        paint.text(painter, QRect(count_left, area.top(), px(COUNT_WIDTH), area.height()), count, "note", COLOR.ink7)
        where = QRect(when_left, area.top(), px(WHEN_WIDTH), area.height())
        since = f"{short_day(row.since)} 受理"
        paint.text(painter, where, since, "note", COLOR.ink7, align=Qt.AlignmentFlag.AlignRight)


class HandoverList(QListView):
    """↑↓, Space and A choose; ``ticked`` follows each change. Everything is chosen at first."""

    ticked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._model = _Model()
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAccessibleName("要交接的办件")

    @property
    def rows(self) -> tuple[Row, ...]:
        """As shown."""
        return self._model.rows

    @property
    def lines(self) -> tuple[HandoverLine, ...]:
        """The cases."""
        return tuple(row for row in self._model.rows if not isinstance(row, str))

    @property
    def chosen(self) -> frozenset[str]:
        """Ids of the cases that go with the next sheet."""
        return self._model.chosen

    def show_lines(self, lines: Sequence[HandoverLine]) -> None:
        """Fill anew, everything chosen."""
        rows: list[Row] = []
        for department, group in groupby(lines, key=lambda line: line.department):
            cases = list(group)
            rows += [f"交给 {department} · {len(cases)} 件", *cases]
        self._model.show(tuple(rows), frozenset(line.case_id for line in lines))
        self._go(0, 1)
        self.ticked.emit()

    def _choose(self, chosen: frozenset[str]) -> None:
        self._model.show(self._model.rows, chosen)
        self.ticked.emit()

    def tick_all(self) -> None:
        """Everything; again nothing."""
        whole = frozenset(line.case_id for line in self.lines)
        self._choose(frozenset() if whole == self.chosen else whole)

    def toggle(self, row: int) -> None:
        """Choose a case or leave it here."""
        line = self._model.rows[row] if 0 <= row < len(self._model.rows) else ""
        if not isinstance(line, str):
            self._choose(self.chosen ^ {line.case_id})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        hit = pressed(event, Page.HAND_OVER)
        here = self.currentIndex().row()
        if hit is None or hit.id == "make_sheet":
            event.ignore()
        elif hit.id == "line_move":
            step = -1 if hit.index == 0 else 1
            self._go(here + step, step)
        elif hit.id == "choose_line":
            self.toggle(here)
            self._go(here + 1, 1)
        else:
            self.tick_all()

    def _go(self, row: int, step: int) -> None:
        while 0 <= row < len(self._model.rows) and isinstance(self._model.rows[row], str):
            row += step
        if 0 <= row < len(self._model.rows):
            self.setCurrentIndex(self._model.index(row))
            self.scrollTo(self._model.index(0 if row == 1 else row))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        self.setFocus()
        if index.isValid() and not isinstance(self._model.rows[index.row()], str):
            self.setCurrentIndex(index)
            self.toggle(index.row())
