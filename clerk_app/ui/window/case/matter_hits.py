"""The search for a matter: its line of text and the lines that are found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QInputMethodEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QListView, QStyledItemDelegate, QStyleOptionViewItem

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.design.words import joined
from clerk_app.services.window.matter_index import MatterHit
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.theme import px, theme

Index = QModelIndex | QPersistentModelIndex


class Hits(QAbstractListModel):
    """The lines of the search."""

    def __init__(self) -> None:
        super().__init__()
        self.hits: Sequence[MatterHit] = ()

    def show(self, hits: Sequence[MatterHit]) -> None:
        self.beginResetModel()
        self.hits = hits
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        hit = self.hits[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return joined(hit.name, hit.department, hit.type_name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{hit.name}\n{hit.code}"
        return None


class HitDelegate(QStyledItemDelegate):
    """A matter in two lines: name; department, type and code; and whether its materials are known."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, px(SIZE.row))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view: QListView = self.parent()  # type: ignore[assignment]
        model: Hits = index.model()  # type: ignore[assignment]
        hit = model.hits[index.row()]
        area: QRect = option.rect  # type: ignore[attr-defined,unused-ignore]
        chosen = index.row() == view.currentIndex().row()
        painter.save()
        painter.fillRect(area, QColor(COLOR.pri_soft if chosen else COLOR.paper))
        painter.fillRect(QRect(area.x(), area.bottom(), area.width(), px(SIZE.hairline)), QColor(COLOR.line))
        fonts = theme().fonts
        item, note = fonts.line("item"), fonts.line("note")
        left, top = area.left() + px(SPACE.page), area.top() + (px(SIZE.row) - item - note) // 2
        words, state = ("可收件", State.OK) if hit.has_materials else ("目录未配材料", State.OUTLINE)
        size = paint.pill_size(words)
        pill_left = area.right() - px(SPACE.page) - size.width()
        width = pill_left - left - px(SPACE.x12)
        paint.text(
            painter, QRect(left, top, width, item), hit.name, "item", COLOR.pri if chosen else COLOR.ink9, bold=chosen
        )
        detail = joined(hit.department, hit.type_name, hit.code)
        paint.text(painter, QRect(left, top + item, width, note), detail, "note", COLOR.ink5)
        pill_top = area.top() + (px(SIZE.row) - size.height()) // 2
        paint.pill(painter, QRect(pill_left, pill_top, size.width(), size.height()), words, state)
        painter.restore()


class Query(QLineEdit):
    """The search line: its query is the committed text and the letters still in composition."""

    query = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._preedit = ""
        self.setProperty("bare", True)
        self.setPlaceholderText("输入拼音首字母、拼音、汉字或编码，如 spjy")
        self.setAccessibleName("找事项")
        self.textChanged.connect(self._tell)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._preedit = event.preeditString()
        super().inputMethodEvent(event)
        self._tell()

    def whole(self) -> str:
        """Committed text plus what is being composed, without the gaps that input methods put between syllables."""
        return (self.text() + self._preedit.replace("'", "").replace(" ", "")).strip()

    def _tell(self) -> None:
        self.query.emit(self.whole())
