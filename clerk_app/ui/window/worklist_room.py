"""Alt+B: the work lists with the keyboard. Digits change the list, arrows and Enter open a case."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QListView,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.ui.keys import Page, pressed
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.buttons import Chip
from clerk_app.ui.kit.flow import Flow
from clerk_app.ui.kit.labels import ElidedLabel, KeyHint, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.legend import Legend
from clerk_app.ui.kit.surfaces import EmptyState, Surface
from clerk_app.ui.kit.theme import px, theme
from clerk_app.ui.window.rooms import Room
from clerk_app.ui.window.worklists import LISTINGS, Entry, WorkLists

Index = QModelIndex | QPersistentModelIndex
PILL_WIDTH = 190
WHEN_WIDTH = 92


class _Model(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.entries: tuple[Entry, ...] = ()

    def show(self, entries: tuple[Entry, ...]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{entry.title}，{entry.line}，{entry.pill}，{entry.when}"
        return f"{entry.title}\n{entry.line}" if role == Qt.ItemDataRole.ToolTipRole else None


class _Delegate(QStyledItemDelegate):
    """Two lines at the left, pill and day at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, px(SIZE.row))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view: QListView = self.parent()  # type: ignore[assignment]
        model: _Model = index.model()  # type: ignore[assignment]
        entry, area = model.entries[index.row()], QRect(option.rect)  # type: ignore[attr-defined,unused-ignore]
        chosen = index.row() == view.currentIndex().row()
        painter.save()
        painter.fillRect(area, QColor(COLOR.pri_soft if chosen else COLOR.paper))
        painter.fillRect(QRect(area.x(), area.bottom(), area.width(), px(SIZE.hairline)), QColor(COLOR.line))
        fonts = theme().fonts
        item, note = fonts.line("item"), fonts.line("note")
        when_left = area.right() - px(SPACE.page + WHEN_WIDTH)
        pill_left = when_left - px(PILL_WIDTH)
        left, top = area.left() + px(SPACE.page), area.top() + (area.height() - item - note) // 2
        width = pill_left - left - px(SPACE.x12)
        ink = COLOR.pri if chosen else COLOR.ink9
        paint.text(painter, QRect(left, top, width, item), entry.title, "item", ink, bold=chosen)
        paint.text(painter, QRect(left, top + item, width, note), entry.line, "note", COLOR.ink5)
        size = paint.pill_size(entry.pill)
        pill_top = area.top() + (area.height() - size.height()) // 2
        pill = QRect(pill_left, pill_top, min(size.width(), px(PILL_WIDTH)), size.height())
        if entry.pill:
            paint.pill(painter, pill, entry.pill, entry.state)
        where = QRect(when_left, area.top(), px(WHEN_WIDTH), area.height())
        paint.text(painter, where, entry.when, "note", COLOR.ink7, align=Qt.AlignmentFlag.AlignRight)
        if chosen and view.hasFocus():
            paint.row_frame(painter, area.adjusted(0, 0, 1, 1))
        painter.restore()


class _List(QListView):
    """Enter opens; digits go to the room."""

    opened = Signal(int)
    listing_wanted = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        hit = pressed(event, Page.WORK_LISTS)
        if hit is None:
            event.ignore()
        elif hit.id == "pick_list":
            self.listing_wanted.emit(hit.index)
        elif hit.id == "open_file":
            self.opened.emit(self.currentIndex().row())
        else:
            row = self.currentIndex().row() + (-1 if hit.index == 0 else 1)
            if 0 <= row < self.model().rowCount():
                self.setCurrentIndex(self.model().index(row, 0))
                self.scrollTo(self.currentIndex())


class WorkRoom(Room):
    """``file_wanted`` carries the case id of the chosen line; ``papers_wanted`` leads to the hand-over page."""

    page = Page.WORK_LISTS
    file_wanted = Signal(str)
    papers_wanted = Signal()

    def __init__(self, lists: WorkLists) -> None:
        super().__init__()
        self._lists = lists
        self._at = 0
        self.chips = [Chip(one.name, key=str(number)) for number, one in enumerate(LISTINGS, start=1)]
        self._model = _Model()
        self.list = _List()
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.list.setAccessibleName("办件清单")
        self.empty = EmptyState("")
        self.trouble = ElidedLabel("", "note", "warn")
        self.legend = Legend()
        self._build()
        for number, chip in enumerate(self.chips):
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(lambda _on=False, at=number: self.pick(at))
        self.list.listing_wanted.connect(self.pick)
        self.list.opened.connect(self._open)
        self.list.doubleClicked.connect(lambda index: self._open(index.row()))
        lists.changed.connect(self._show)

    def _build(self) -> None:
        head = Surface("paper", edges="bottom")
        title = Row(Text("办件清单", "title"), self.trouble, KeyHint(("Esc",), "回去"), gap=SPACE.x16)
        head.setLayout(Column(title, Flow(*self.chips, gap=SPACE.x6), gap=SPACE.x8, margins=(SPACE.x8, SPACE.page)))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        nothing = QWidget()
        nothing.setLayout(Column(self.empty))
        self.stack.addWidget(nothing)
        column = Column(head, self.stack, self.legend)
        column.setStretch(1, 1)
        self.setLayout(column)
        self.legend.show_page("办件清单", Page.WORK_LISTS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # --- showing ----------------------------------------------------------------------------------------------
    def begin(self) -> None:
        """The first list that has something in it; everything is read again."""
        self._at = next((n for n, one in enumerate(LISTINGS) if self._lists.count(one)), 0)
        self._show()
        self._lists.refresh()
        self._lists.refresh_papers()

    def pick(self, number: int) -> None:
        """A digit: another list. Papers to hand over have a page of their own."""
        if not 0 <= number < len(LISTINGS):
            return
        if LISTINGS[number].kind is None:
            self._show()
            self.papers_wanted.emit()
            return
        self._at = number
        self._show()

    def start(self) -> None:
        (self.list if self._model.entries else self).setFocus()

    def entries(self) -> tuple[Entry, ...]:
        """What the list shows now."""
        return self._model.entries

    def _show(self) -> None:
        here = self.list.currentIndex().row()
        chosen = self._model.entries[here].reference if 0 <= here < len(self._model.entries) else ""
        listing = LISTINGS[self._at]
        entries = self._lists.entries(listing)
        self._model.show(entries)
        row = next((n for n, entry in enumerate(entries) if entry.reference == chosen), 0)
        if entries:
            self.list.setCurrentIndex(self._model.index(row))
        for number, (one, chip) in enumerate(zip(LISTINGS, self.chips, strict=True)):
            count = self._lists.count(one)
            chip.setText(f"{one.name} {count}" if count else one.name)
            chip.setAccessibleName(f"{one.name}，{count} 件")
            chip.setChecked(number == self._at)
            chip.updateGeometry()
        self.trouble.setText(self._lists.trouble)
        self.empty.words.setText(listing.empty if not self._lists.trouble else "服务器连不上，这里是断开前的清单")
        # Where there is no line the digits still change the list.
        self.stack.setCurrentIndex(0 if entries else 1)
        if QApplication.focusWidget() in (self, self.list):
            self.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.list.keyPressEvent(event)

    def _open(self, row: int) -> None:
        if 0 <= row < len(self._model.entries):
            self.file_wanted.emit(self._model.entries[row].reference)
