"""A plain list of lines in columns: one is chosen, the arrows move, nothing inside the lines can be pressed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import EmptyState, Surface
from clerk_app.ui.kit.theme import px

_Index = QModelIndex | QPersistentModelIndex
_FLAGS = Qt.AlignmentFlag


@dataclass(frozen=True, slots=True)
class Cell:
    """Words in a column; ``state`` puts them on a pill."""

    words: str
    tone: str = "ink9"
    bold: bool = False
    state: paint.State | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """``key`` is what the line stands for."""

    key: str
    cells: tuple[Cell, ...]


class Lines(QWidget):
    """``Lines(("窗口", "谁"), (1, 3), empty="今天没有排班")``; ``chosen`` follows the cursor ("" for none)."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, heads: tuple[str, ...], widths: tuple[int, ...], *, empty: str) -> None:
        super().__init__()
        self._model = _Model()
        self.view = _View(widths)
        self.view.setModel(self._model)
        self.view.setAccessibleName("、".join(heads))
        self.empty = EmptyState(empty)
        head = Surface("sunk", edges="bottom")
        head.setLayout(_Heads(heads, widths))
        column = Column(head, self.view, self.empty)
        column.setStretch(1, 1)
        self.setLayout(column)
        self.setFocusProxy(self.view)
        self.view.selectionModel().currentChanged.connect(lambda now, _before: self.chosen.emit(self._key(now)))
        self.view.activated.connect(lambda index: self.opened.emit(self._key(index)))
        self.show_lines(())

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these; the chosen one stays chosen while it is there."""
        before = self.current()
        same = [one.key for one in lines] == [one.key for one in self._model.lines]
        if same:
            self._model.replace(tuple(lines))
        else:
            self._model.show(tuple(lines))
            self.choose(before)
        self.view.setVisible(bool(lines))
        self.empty.setVisible(not lines)

    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._model.lines

    def current(self) -> str:
        """The key of the chosen line, empty when none is."""
        return self._key(self.view.currentIndex())

    def choose(self, key: str) -> None:
        """Put the cursor on the line of this key, or on the first one."""
        keys = [one.key for one in self._model.lines]
        if keys:
            self.view.setCurrentIndex(self._model.index(keys.index(key) if key in keys else 0))

    def _key(self, index: _Index) -> str:
        return self._model.lines[index.row()].key if index.isValid() else ""


class _Heads(Row):
    """As wide as the columns below."""

    def __init__(self, heads: tuple[str, ...], widths: tuple[int, ...]) -> None:
        super().__init__(margins=(SPACE.x4, SPACE.card))
        for place, (words, width) in enumerate(zip(heads, widths, strict=True)):
            text = Text(words, "tiny", "ink5")
            policy = text.sizePolicy()
            policy.setHorizontalPolicy(policy.Policy.Ignored)
            text.setSizePolicy(policy)
            self.put(text)
            self.setStretch(place, width)


class _Model(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[Line, ...] = ()

    def show(self, lines: tuple[Line, ...]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def replace(self, lines: tuple[Line, ...]) -> None:
        self.lines = lines
        if lines:
            self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return "，".join(cell.words for cell in self.lines[index.row()].cells if cell.words)
        return None


class _View(QListView):
    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Painter(self, widths))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(SIZE.left_column), 2 * px(SIZE.row_table))


class _Painter(QStyledItemDelegate):
    def __init__(self, view: _View, widths: tuple[int, ...]) -> None:
        super().__init__(view)
        self._view, self._widths = view, widths

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(px(SIZE.left_column), px(SIZE.row_table))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        area: QRect = option.rect
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(area, QColor(COLOR.pri_soft if chosen else COLOR.paper))
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), QColor(COLOR.line))
        if chosen and self._view.hasFocus():
            paint.row_frame(painter, area)
        model = index.model()
        assert isinstance(model, _Model)
        inner = QRectF(area).adjusted(px(SPACE.card), 0, -px(SPACE.card), 0)
        left, unit = inner.left(), inner.width() / sum(self._widths)
        for cell, width in zip(model.lines[index.row()].cells, self._widths, strict=True):
            room = QRectF(left, inner.top(), unit * width - px(SPACE.x8), inner.height())
            self._draw(painter, cell, room)
            left += unit * width
        painter.restore()

    @staticmethod
    def _draw(painter: QPainter, cell: Cell, room: QRectF) -> None:
        if cell.state is not None and cell.words:
            size = paint.pill_size(cell.words)
            at = QRectF(
                room.left(), room.center().y() - size.height() / 2, min(size.width(), room.width()), size.height()
            )
            paint.pill(painter, at, cell.words, cell.state)
        else:
            paint.text(painter, room, cell.words, "note", getattr(COLOR, cell.tone), bold=cell.bold or None)
