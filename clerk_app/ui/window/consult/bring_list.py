"""What to bring, as a list: each material with its criterion and form, and what of it the citizen has there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.domain.catalogue import CardHolder, Material, Matter, Necessity
from clerk_app.domain.guidance import READ_AT_WINDOW
from clerk_app.ui.keys import Page, pressed
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.paint import Mark, State
from clerk_app.ui.kit.theme import px, theme

Index = QModelIndex | QPersistentModelIndex
FORM_WIDTH = 150
RESULT_WIDTH = 150
TEXT_LEFT = SPACE.page + SIZE.mark + SPACE.x16


@dataclass(frozen=True, slots=True)
class Line:
    """One material; ``there`` says whether the citizen has it, None while nobody looked."""

    material: Material
    tolerable: bool
    there: bool | None = None

    @property
    def exempt(self) -> bool:
        """Not to be brought: the window reads it from the applicant's card."""
        return self.material.card_holder is CardHolder.APPLICANT

    @property
    def missing(self) -> bool:
        """Looked for, not there, and the application needs it; the paper counts the same way."""
        return self.there is False and not self.exempt and self.material.necessity is not Necessity.OPTIONAL

    @property
    def pill(self) -> tuple[str, State]:
        """What stands at the right."""
        if self.exempt:
            return "不用交", State.FREE
        if self.there:
            return "带来了", State.OK
        if self.missing:
            return ("还缺 · 可容缺", State.WARN) if self.tolerable else ("还缺", State.BAD)
        if self.material.exemption is not None:
            return "查到就免交", State.FREE
        if self.material.necessity is Necessity.OPTIONAL:
            return "有就带", State.OUTLINE
        return ("可容缺", State.WARN) if self.tolerable else ("要带", State.OUTLINE)

    @property
    def mark(self) -> Mark:
        """The round mark at the left."""
        if self.exempt:
            return Mark.FREE
        if self.there:
            return Mark.DONE
        if self.missing:
            return Mark.OWED if self.tolerable else Mark.BAD
        return Mark.OPEN

    @property
    def note(self) -> str:
        """The line below the name: the criterion, or instead of what it need not be handed in."""
        if self.exempt:
            return READ_AT_WINDOW
        criterion, exemption = self.material.criterion.rstrip("。"), self.material.exemption
        return f"{criterion}（能查到{exemption.replaceable_by}的，可以免交）" if exemption else criterion


def lines_of(matter: Matter, materials: tuple[Material, ...]) -> tuple[Line, ...]:
    """The materials as they stand before anybody looked."""
    return tuple(Line(one, matter.tolerates(one)) for one in materials)


class _Model(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[Line, ...] = ()

    def show(self, lines: tuple[Line, ...]) -> None:
        if len(lines) == len(self.lines):
            self.lines = lines
            if lines:
                self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))
            return
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"材料 {index.row() + 1}，{line.material.name}，{line.material.form.text}，{line.pill[0]}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{line.material.name}\n{line.material.criterion}\n{line.note}"
        return None


class _Delegate(QStyledItemDelegate):
    def __init__(self, view: BringList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._view.viewport().width(), px(SIZE.row))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line, area = self._view.lines[index.row()], QRect(option.rect)  # type: ignore[attr-defined,unused-ignore]
        tint = COLOR.paper
        if line.missing:
            tint = COLOR.row_warn if line.tolerable else COLOR.row_bad
        painter.save()
        painter.fillRect(area, QColor(tint))
        painter.fillRect(QRect(area.x(), area.bottom(), area.width(), px(SIZE.hairline)), QColor(COLOR.line))
        size, height = px(SIZE.mark), px(SIZE.row)
        top = area.top() + (height - size) // 2
        paint.mark(painter, QRect(area.left() + px(SPACE.page), top, size, size), line.mark, index.row() + 1)
        fonts = theme().fonts
        item, note = fonts.line("item"), fonts.line("note")
        result_left = area.right() - px(RESULT_WIDTH)
        form_left = result_left - px(FORM_WIDTH)
        left, top = area.left() + px(TEXT_LEFT), area.top() + (height - item - note) // 2
        width = form_left - left - px(SPACE.x12)
        paint.text(painter, QRect(left, top, width, item), line.material.name, "item", COLOR.ink9)
        paint.text(painter, QRect(left, top + item, width, note), line.note, "note", COLOR.ink5)
        form = "不收" if line.exempt else line.material.form.text
        where = QRect(form_left, area.top(), px(FORM_WIDTH - SPACE.x8), height)
        paint.text(painter, where, form, "note", COLOR.ink7)
        words, state = line.pill
        pill = paint.pill_size(words)
        top = area.top() + (height - pill.height()) // 2
        paint.pill(painter, QRect(result_left, top, pill.width(), pill.height()), words, state)
        if self._view.hasFocus() and index.row() == self._view.currentIndex().row():
            paint.row_frame(painter, area.adjusted(0, 0, 1, 1))
        painter.restore()


class BringList(QListView):
    """↑↓, Space and A tick what the citizen has there; every other key is the page's.

    ``ticked`` follows each change. The first tick turns the list into a check: what has none is missing.
    """

    ticked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._model = _Model()
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAccessibleName("要带的材料")

    @property
    def lines(self) -> tuple[Line, ...]:
        """As shown."""
        return self._model.lines

    @property
    def checked(self) -> bool:
        """Whether somebody looked at what the citizen has there."""
        return any(line.there for line in self.lines)

    @property
    def brought(self) -> frozenset[str]:
        """Ids of the materials that are there."""
        return frozenset(line.material.id for line in self.lines if line.there)

    def show_lines(self, lines: tuple[Line, ...], *, keep: bool = False) -> None:
        """Fill the list; ``keep`` carries over what was ticked."""
        brought = self.brought if keep else frozenset()
        self._take({line.material.id for line in lines if line.material.id in brought}, lines)
        if lines and not (keep and self.currentIndex().isValid()):
            self.setCurrentIndex(self._model.index(0))

    def _take(self, brought: set[str], lines: tuple[Line, ...] | None = None) -> None:
        found = self.lines if lines is None else lines
        looked = bool(brought)
        self._model.show(
            tuple(Line(one.material, one.tolerable, (one.material.id in brought) if looked else None) for one in found)
        )
        self.ticked.emit()

    def toggle(self, row: int) -> None:
        """Tick a material or take the tick back; an exempt one has none."""
        line = self.lines[row]
        if not line.exempt:
            self._take(set(self.brought ^ {line.material.id}))

    def tick_all(self) -> None:
        """Everything is there; again takes all ticks back."""
        wanted = {line.material.id for line in self.lines if not line.exempt}
        self._take(set() if wanted <= self.brought else wanted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        hit = pressed(event, Page.CONSULT)
        if hit is None or not self.lines:
            event.ignore()
        elif hit.id == "brought_move":
            self._go(self.currentIndex().row() + (-1 if hit.index == 0 else 1))
        elif hit.id == "brought":
            self.toggle(self.currentIndex().row())
            self._go(self.currentIndex().row() + 1)
        elif hit.id == "all_brought":
            self.tick_all()
        else:
            event.ignore()

    def _go(self, row: int) -> None:
        if 0 <= row < len(self.lines):
            self.setCurrentIndex(self._model.index(row))
            self.scrollTo(self.currentIndex())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        self.setFocus()
        if index.isValid():
            self.setCurrentIndex(index)
            self.toggle(index.row())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self.scheduleDelayedItemsLayout()
