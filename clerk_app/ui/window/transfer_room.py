"""Sending a ticket on: to a group, a window or a person, by keyboard alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.design.words import minutes
from clerk_app.domain.queue import WindowState
from clerk_app.ports.hall_queue import Ticket, Transfer, WindowView
from clerk_app.ui.keys import Page, is_enter, pressed
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.buttons import Chip
from clerk_app.ui.kit.labels import ElidedLabel, IconLabel, KeyHint, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.legend import Legend
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.theme import px, theme
from clerk_app.ui.window.queue_words import status_words
from clerk_app.ui.window.rooms import Room

Index = QModelIndex | QPersistentModelIndex
TAG_WIDTH, PILL_WIDTH = 56, 210
TYPED_FOR_MS = 1_200
_ROOT = QModelIndex()


class Kind(StrEnum):
    """Whom a ticket is sent to."""

    GROUP = "group"
    WINDOW = "window"
    PERSON = "person"


KIND_WORDS: Final = {Kind.GROUP: "排队组", Kind.WINDOW: "窗口", Kind.PERSON: "人"}
FOLLOWS: Final = {
    Kind.GROUP: "由这一组随机分派，原来的先后不变",
    Kind.WINDOW: "只等这一个窗口；那个窗口关了，就回到原来的组",
    Kind.PERSON: "只等这个人，换了窗口也跟着",
}


@dataclass(frozen=True, slots=True)
class Target:
    """A place that the ticket may go to. ``tag`` is what is typed to reach it, ``locked`` why it cannot."""

    wish: Transfer
    tag: str
    name: str
    line: str
    locked: str = ""
    pill: tuple[str, State, str] | None = None

    @property
    def where(self) -> str:
        """The place in a sentence: 「7 号窗口」."""
        return self.name


def targets(view: WindowView, ticket: Ticket) -> dict[Kind, tuple[Target, ...]]:
    """Everything that the ticket may be sent to, with the reasons why not, as the hall's server judges them."""
    groups = tuple(
        Target(
            Transfer(group_id=group.group_id),
            group.prefix,
            group.name,
            f"{group.waiting} 人在等" + (f"，最久 {minutes(group.longest_wait_s)}" if group.waiting else ""),
            "现在就在这一组" if group.group_id == ticket.group_id else "",
        )
        for group in view.groups
    )
    windows, people = [], []
    for status in view.windows:
        look, since = status_words(status)
        closed = status.state is WindowState.OFF
        here = status.window_no == view.window_no
        pill = (f"{look.word} · {since}", look.state, look.icon)
        locked = "就在本窗口" if here else "没有开" if closed else ""
        name = f"{status.window_no} 号窗口"
        windows.append(
            Target(Transfer(window_no=status.window_no), status.window_no, name, status.user_name, locked, pill)
        )
        if status.user_id and not closed:
            at_home = "就是本人" if here else ""
            people.append(
                Target(Transfer(user_id=status.user_id), status.window_no, status.user_name, name, at_home, pill)
            )
    return {Kind.GROUP: groups, Kind.WINDOW: tuple(windows), Kind.PERSON: tuple(people)}


class _Model(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.targets: tuple[Target, ...] = ()

    def show(self, found: tuple[Target, ...]) -> None:
        self.beginResetModel()
        self.targets = found
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.targets)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        one = self.targets[index.row()]
        state = f"不能选：{one.locked}" if one.locked else one.pill[0] if one.pill else ""
        return "，".join(part for part in (one.tag, one.name, one.line, state) if part)


class _Delegate(QStyledItemDelegate):
    """Tag, name and line, state at the right; a locked place keeps its line and says why."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, px(SIZE.row_table))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view: QListView = self.parent()  # type: ignore[assignment]
        model: _Model = index.model()  # type: ignore[assignment]
        one, area = model.targets[index.row()], QRect(option.rect)  # type: ignore[attr-defined,unused-ignore]
        chosen = index.row() == view.currentIndex().row()
        painter.save()
        painter.fillRect(area, QColor(COLOR.pri_soft if chosen else COLOR.paper))
        painter.fillRect(QRect(area.x(), area.bottom(), area.width(), px(SIZE.hairline)), QColor(COLOR.line))
        cap = paint.cap_size(one.tag)
        left, middle = area.left() + px(SPACE.page), area.center().y()
        paint.cap(painter, QRect(left, middle - cap.height() // 2, cap.width(), cap.height()), one.tag)
        left += px(TAG_WIDTH)
        right = area.right() - px(SPACE.page)
        ink = COLOR.ink5 if one.locked else COLOR.pri if chosen else COLOR.ink9
        name_width = theme().fonts.width("item", one.name, bold=chosen)
        paint.text(painter, QRect(left, area.top(), name_width + 2, area.height()), one.name, "item", ink, bold=chosen)
        left += name_width + px(SPACE.x12)
        pill_left = right - px(PILL_WIDTH)
        paint.text(painter, QRect(left, area.top(), pill_left - left, area.height()), one.line, "note", COLOR.ink7)
        self._right(painter, one, QRect(pill_left, area.top(), right - pill_left, area.height()))
        if chosen and view.hasFocus():
            paint.row_frame(painter, area.adjusted(0, 0, 1, 1))
        painter.restore()

    def _right(self, painter: QPainter, one: Target, area: QRect) -> None:
        if one.locked:
            size = px(SIZE.icon_small)
            top = area.center().y() - size // 2
            paint.icon(painter, QRect(area.left(), top, size, size), "lock", COLOR.ink5)
            words = area.adjusted(size + px(SPACE.x4), 0, 0, 0)
            paint.text(painter, words, one.locked, "note", COLOR.ink5)
        elif one.pill is not None:
            text, state, icon = one.pill
            whole = paint.pill_size(text, icon)
            above = area.center().y() - whole.height() // 2
            width = min(whole.width(), area.width())
            paint.pill(painter, QRect(area.left(), above, width, whole.height()), text, state, icon)


class _List(QListView):
    """Digits and letters reach a line by its tag, left and right change the kind, Enter sends."""

    kind_wanted = Signal(int)
    sent = Signal(int)
    typed = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        hit = pressed(event, Page.TRANSFER)
        letter = event.text().upper()
        if is_enter(event):
            self.sent.emit(self.currentIndex().row())
        elif hit is not None and hit.id == "target_kind":
            self.kind_wanted.emit(-1 if hit.index == 0 else 1)
        elif hit is not None and hit.id == "target_move":
            row = self.currentIndex().row() + (-1 if hit.index == 0 else 1)
            if 0 <= row < self.model().rowCount():
                self.setCurrentIndex(self.model().index(row, 0))
        elif letter.isascii() and letter.isalnum() and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.typed.emit(letter)
        else:
            event.ignore()


class TransferRoom(Room):
    """``sent`` carries a ``Transfer`` and the place's name, ``refused`` why a place is locked."""

    page = Page.TRANSFER
    sent = Signal(object, str)
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._targets: dict[Kind, tuple[Target, ...]] = {}
        self.kind = Kind.GROUP
        self._typed = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPED_FOR_MS)
        self._pause.timeout.connect(self._forget_typed)
        self.title = Text("", "title")
        self.chips = {kind: Chip(KIND_WORDS[kind]) for kind in Kind}
        self.follows = ElidedLabel("", "note", "ink7")
        self._model = _Model()
        self.list = _List()
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.list.setAccessibleName("转到哪里")
        self.reason = Text("", "note", "bad")
        self._lock = IconLabel("lock", "bad", SIZE.icon_small)
        self.legend = Legend()
        self.legend.show_page("转出", Page.TRANSFER)
        self._build()
        self.list.kind_wanted.connect(self._turn)
        self.list.sent.connect(self._send)
        self.list.typed.connect(self._type)
        self.list.doubleClicked.connect(lambda index: self._send(index.row()))
        self.list.selectionModel().currentChanged.connect(lambda *_: self._show_reason())

    def _build(self) -> None:
        head = Surface("paper", edges="bottom")
        kinds = Row(*self.chips.values(), KeyHint(("←", "→"), "换一类"), self.follows, gap=SPACE.x6)
        title = Row(self.title, None, KeyHint(("Esc",), "回去"), gap=SPACE.x12)
        head.setLayout(Column(title, kinds, gap=SPACE.x8, margins=(SPACE.x8, SPACE.page)))
        foot = Surface("paper", edges="top", height=SIZE.control)
        foot.setLayout(Row(self._lock, self.reason, None, gap=SPACE.x6, margins=(0, SPACE.page)))
        column = Column(head, self.list, foot, self.legend)
        column.setStretch(1, 1)
        self.setLayout(column)
        for kind, chip in self.chips.items():
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(lambda _on=False, wanted=kind: self.show_kind(wanted))

    # --- showing ----------------------------------------------------------------------------------------------
    def begin(self, view: WindowView, ticket: Ticket) -> None:
        """Fill with the hall as it is now; groups first."""
        self.title.setText(f"{ticket.number} 转到哪里")
        self._targets = targets(view, ticket)
        self.show_kind(Kind.GROUP)

    def show_view(self, view: WindowView, ticket: Ticket) -> None:
        """News while the page is open: the line that is chosen stays."""
        chosen = self.target
        self._targets = targets(view, ticket)
        self._fill(chosen.wish if chosen is not None else None)

    @property
    def target(self) -> Target | None:
        """The line that Enter would send to."""
        row = self.list.currentIndex().row()
        return self._model.targets[row] if 0 <= row < len(self._model.targets) else None

    def show_kind(self, kind: Kind) -> None:
        """Groups, windows or people."""
        self.kind = kind
        self._forget_typed()
        self.follows.setText(FOLLOWS[kind])
        for one, chip in self.chips.items():
            chip.setChecked(one is kind)
        self._fill(None)

    def _fill(self, keep: Transfer | None) -> None:
        found = self._targets.get(self.kind, ())
        self._model.show(found)
        at = next((n for n, one in enumerate(found) if one.wish == keep), None)
        if at is None:
            at = next((n for n, one in enumerate(found) if not one.locked), 0)
        if found:
            self.list.setCurrentIndex(self._model.index(at))
        self._show_reason()

    def _show_reason(self) -> None:
        one = self.target
        words = "现在没有可以转的" if one is None else f"{one.name}：{one.locked}" if one.locked else ""
        self.reason.setText(words)
        self._lock.setVisible(bool(words))

    def start(self) -> None:
        self.list.setFocus()

    # --- keys -------------------------------------------------------------------------------------------------
    def _turn(self, step: int) -> None:
        kinds = tuple(Kind)
        self.show_kind(kinds[(kinds.index(self.kind) + step) % len(kinds)])

    def _type(self, letter: str) -> None:
        """A window's number may have two digits: what is typed quickly belongs together."""
        tags = [one.tag for one in self._model.targets]
        for typed in (self._typed + letter, letter):
            row = next((n for n, tag in enumerate(tags) if tag == typed), None)
            if row is None:
                row = next((n for n, tag in enumerate(tags) if tag.startswith(typed)), None)
            if row is not None:
                self._typed = typed
                self._pause.start()
                self.list.setCurrentIndex(self._model.index(row))
                return

    def _forget_typed(self) -> None:
        self._pause.stop()
        self._typed = ""

    def _send(self, row: int) -> None:
        if not 0 <= row < len(self._model.targets):
            return
        one = self._model.targets[row]
        if one.locked:
            self.refused.emit(f"{one.name}：{one.locked}")
        else:
            self.sent.emit(one.wish, one.where)
