"""The lists of the device page: what there is, what was found, what goes over a line. One look, three contents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.design.words import exact_time
from clerk_app.ports.device_care import CareEntry, FoundDevice, FrameLine
from clerk_app.services.devices import since_words
from clerk_app.ui.keys import Page, pressed
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.paint import Lamp, State
from clerk_app.ui.kit.theme import px, theme
from clerk_app.ui.window.wording import device_light

Index = QModelIndex | QPersistentModelIndex
STATE_WIDTH = 104
WHEN_WIDTH = 108
ROW = 40
_WAYS = {"sent": "发", "received": "收", "note": "·"}
_STATES = {Lamp.OK: State.OK, Lamp.WARN: State.WARN, Lamp.BAD: State.BAD}


@dataclass(frozen=True, slots=True)
class Line:
    """One row: an icon, two lines of words, a pill, and a short remark at the right. ``flat`` rows have one line."""

    key: str
    title: str
    detail: str
    icon: str = ""
    pill: str = ""
    state: State = State.NEUTRAL
    when: str = ""
    flat: bool = False


def device_line(entry: CareEntry, now: datetime) -> Line:
    """A device with its state."""
    lamp, word = device_light(entry.health)
    place = f"{entry.driver}:{entry.address}" if entry.address else entry.driver
    about = " · ".join(part for part in (entry.title, place) if part) or "没有设置"
    pill = word or "就绪"
    state = _STATES.get(lamp, State.NEUTRAL)
    return Line(entry.key, entry.name, about, entry.icon, pill, state, since_words(entry.health, now))


def found_line(one: FoundDevice) -> Line:
    """Something that hangs here, with the line for the settings."""
    pill = ("在用", State.OK) if one.in_use else ("找到了", State.PRI) if one.certain else ("可能是", State.NEUTRAL)
    return Line(one.key, f"{one.name}：{one.title}", f'{one.key} = "{one.setting}"', "", *pill)


def frame_line(one: FrameLine) -> Line:
    """One frame or remark."""
    return Line(one.way, f"{exact_time(one.at)} {_WAYS.get(one.way, '')} {one.text}", "", flat=True)


class Lines(QAbstractListModel):
    """What the list shows."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[Line, ...] = ()

    def show(self, lines: Sequence[Line]) -> None:
        """Show these instead."""
        new = tuple(lines)
        if len(new) == len(self.lines):
            self.lines = new
            if new:
                self.dataChanged.emit(self.index(0), self.index(len(new) - 1))
            return
        self.beginResetModel()
        self.lines = new
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return "，".join(part for part in (line.title, line.pill, line.when, line.detail) if part)
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(part for part in (line.title, line.detail) if part)
        return None


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        flat = index.model().lines[index.row()].flat  # type: ignore[attr-defined,unused-ignore]
        fonts = theme().fonts
        tall = fonts.line("note") + px(SPACE.x2)
        return QSize(0, tall if flat else max(px(ROW), fonts.line("item") + fonts.line("note") + px(SPACE.x2)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view: QListView = self.parent()  # type: ignore[assignment]
        model: Lines = index.model()  # type: ignore[assignment]
        line, area = model.lines[index.row()], QRect(option.rect)  # type: ignore[attr-defined,unused-ignore]
        chosen = index.row() == view.currentIndex().row() and not line.flat
        painter.save()
        painter.fillRect(area, QColor(COLOR.pri_soft if chosen else COLOR.paper))
        left = area.left() + px(SPACE.page)
        if line.flat:
            ink = COLOR.ink5 if line.key == "note" else COLOR.ink9
            room = QRect(left, area.top(), area.width() - 2 * px(SPACE.page), area.height())
            paint.text(painter, room, line.title, "note", ink)
        else:
            painter.fillRect(QRect(area.x(), area.bottom(), area.width(), px(SIZE.hairline)), QColor(COLOR.line))
            self._two_lines(painter, line, area, left, chosen)
            if chosen and view.hasFocus():
                paint.row_frame(painter, area.adjusted(0, 0, 1, 1))
        painter.restore()

    def _two_lines(self, painter: QPainter, line: Line, area: QRect, left: int, chosen: bool) -> None:
        fonts = theme().fonts
        item, note = fonts.line("item"), fonts.line("note")
        ink = COLOR.pri if chosen else COLOR.ink9
        if line.icon:
            side = px(SIZE.icon_large)
            paint.icon(painter, QRectF(left, area.center().y() - side / 2, side, side), line.icon, ink)
            left += side + px(SPACE.x12)
        when = px(WHEN_WIDTH) if line.when or line.icon else 0
        right = area.right() - px(SPACE.page) - when
        pill_left = right - px(STATE_WIDTH)
        top, width = area.top() + (area.height() - item - note) // 2, pill_left - left - px(SPACE.x12)
        paint.text(painter, QRect(left, top, width, item), line.title, "item", ink, bold=chosen)
        paint.text(painter, QRect(left, top + item, width, note), line.detail, "note", COLOR.ink5)
        size = paint.pill_size(line.pill)
        pill_top = area.top() + (area.height() - size.height()) // 2
        place = QRect(pill_left, pill_top, min(size.width(), px(STATE_WIDTH)), size.height())
        paint.pill(painter, place, line.pill, line.state)
        if line.when:
            where = QRect(right, area.top(), when, area.height())
            paint.text(painter, where, line.when, "note", COLOR.ink7, align=Qt.AlignmentFlag.AlignRight)


class LineList(QListView):
    """Arrows walk; the page's letters go to the page by ``wanted`` (the key's id)."""

    wanted = Signal(str)
    walked = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.model_ = Lines()
        self.setModel(self.model_)
        self.setItemDelegate(_Delegate(self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAccessibleName(name)

    @property
    def at(self) -> Line | None:
        """The row that the arrows stand on."""
        row = self.currentIndex().row()
        return self.model_.lines[row] if 0 <= row < len(self.model_.lines) else None

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these; the row stays where it was."""
        row = max(0, self.currentIndex().row())
        self.model_.show(lines)
        if lines:
            self.setCurrentIndex(self.model_.index(min(row, len(lines) - 1)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        hit = pressed(event, Page.DEVICES)
        if hit is None:
            event.ignore()
        elif hit.id != "device_move":
            self.wanted.emit(hit.id)
        else:
            row = self.currentIndex().row() + (-1 if hit.index == 0 else 1)
            if 0 <= row < len(self.model_.lines):
                self.setCurrentIndex(self.model_.index(row))
                self.scrollTo(self.currentIndex())
                self.walked.emit()
