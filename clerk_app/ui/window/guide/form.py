"""The form of the guide desk: what for, who goes first, who it is, which matters, what was looked at before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import clock_time
from clerk_app.domain.queue import ELDERLY_AGE, PriorityClass, age_on
from clerk_app.ports.hall_queue import GroupWaiting
from clerk_app.services.window.matter_index import MatterHit
from clerk_app.ui.keys import Page, is_enter, key, pressed
from clerk_app.ui.kit.buttons import Chip
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.flow import Flow
from clerk_app.ui.kit.labels import ElidedLabel, IconLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.theme import px
from clerk_app.ui.window.case.matter_hits import HitDelegate, Hits, Query
from clerk_app.ui.window.guide.wish import PRIORITIES, Wish

LABEL_WIDTH: Final = 84
HITS_SHOWN: Final = 3
_WEEK: Final = "一二三四五六日"


class GuideForm(QWidget):
    """Shows a ``Wish``; every signal asks the room for the next one. The form itself takes the plain keys."""

    group_picked = Signal(int)
    priority_picked = Signal(object)
    search_wanted = Signal(str)
    matter_picked = Signal(str, str)
    pre_check_typed = Signal(str)
    looked_toggled = Signal()
    paper_toggled = Signal()
    booking_toggled = Signal()
    slot_moved = Signal(int)
    slot_picked = Signal(object)
    day_moved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("导办取号")
        self.groups: list[Chip] = []
        self.slots: list[Chip] = []
        self._group_flow, self._matter_flow, self._slot_flow = (Flow(gap=SPACE.x8) for _ in range(3))
        caps = key("guide_priority").sequences
        self.priorities = {kind: Chip(words, key=cap) for (kind, words), cap in zip(PRIORITIES, caps, strict=True)}
        for kind, chip in self.priorities.items():
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(lambda _=False, kind=kind: self.priority_picked.emit(kind))
        self.person = ElidedLabel("", "body", "ink7")
        self.query = Query()
        self.query.query.connect(self.search_wanted)
        self.query.installEventFilter(self)
        self.hits = QListView()
        self._model = Hits()
        self.hits.setModel(self._model)
        self.hits.setItemDelegate(HitDelegate(self.hits))
        self.hits.setUniformItemSizes(True)
        self.hits.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hits.setFixedHeight(px(SIZE.row) * HITS_SHOWN)
        self.hits.clicked.connect(self._hit)
        self.pre_check = Field("网上预审编号（有就填，到窗口自动填好）", latin=True, max_length=64)
        self.pre_check.edited.connect(self.pre_check_typed)
        self.pre_check.entered.connect(lambda _: self.setFocus())
        self.looked = Chip("")
        self.looked.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.looked.clicked.connect(self.looked_toggled)
        self.paper = Chip("不打纸，报号码就行", key=key("guide_paperless").cap())
        self.paper.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.paper.clicked.connect(self.paper_toggled)
        self.booking = Chip("改成预约", key=key("guide_booking").cap())
        self.booking.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.booking.clicked.connect(self.booking_toggled)
        self.day = Text("", "body", strong=True)
        self._build()

    def _build(self) -> None:
        line = Surface("field", height=SIZE.control)
        line.setLayout(
            Row(IconLabel("search", "ink5", SIZE.icon_middle), self.query, gap=SPACE.x8, margins=(0, SPACE.x8))
        )
        self.slot_rows = QWidget()
        self.slot_rows.setProperty("clear", True)
        self.slot_rows.setLayout(Column(self.day, _holder(self._slot_flow), gap=SPACE.x8))
        chips = Row(*self.priorities.values(), None, gap=SPACE.x8)
        switches = Row(self.booking, self.paper, self.looked, None, gap=SPACE.x8)
        self.hits.hide()
        self._urgent = _line("谁优先", _holder(chips))
        self._slot_line = _line("时段", self.slot_rows)
        self._pre_check_line = _line("", self.pre_check)
        self.setLayout(
            Column(
                _line("办什么", _holder(self._group_flow)),
                self._urgent,
                _line("证件", self.person),
                self._slot_line,
                _line("要办的事", _holder(Column(line, self.hits, _holder(self._matter_flow), gap=SPACE.x6))),
                self._pre_check_line,
                _line("", _holder(switches)),
                None,
                gap=SPACE.x12,
                margins=(SPACE.x12, SPACE.page),
            )
        )

    # --- showing ----------------------------------------------------------------------------------------------
    def show_groups(self, groups: Sequence[GroupWaiting], closed: str) -> None:
        """The hall's groups with who waits; a full or closed one says why."""
        self.groups = _refill(
            self._group_flow,
            [
                (f"{group.name} · {_waiting(group)}", str(at), not (closed or group.closed), group.closed or closed)
                for at, group in enumerate(groups, 1)
            ],
        )
        for at, chip in enumerate(self.groups):
            chip.clicked.connect(lambda _=False, at=at: self.group_picked.emit(at))

    def show_wish(self, wish: Wish, groups: Sequence[GroupWaiting], today: date) -> None:
        """Everything that was chosen so far."""
        for group, chip in zip(groups, self.groups, strict=False):
            chip.setChecked(wish.group is not None and group.group_id == wish.group.group_id)
        for kind, chip in self.priorities.items():
            chip.setChecked(kind is wish.priority)
        self._urgent.setVisible(not wish.booking)
        self.person.setText(_person(wish, today))
        matters = _refill(self._matter_flow, [(f"{name}  ×", "", True, "去掉") for _, name in wish.matters])
        for (code, name), chip in zip(wish.matters, matters, strict=True):
            chip.setChecked(True)
            chip.clicked.connect(lambda _=False, code=code, name=name: self.matter_picked.emit(code, name))
        if self.pre_check.value() != wish.pre_check:
            self.pre_check.set_value(wish.pre_check)
        self._pre_check_line.setVisible(not wish.booking)
        self.looked.setVisible(wish.looked is not None)
        if wish.looked is not None:
            self.looked.setText(f"带上咨询：{wish.looked.matter_name}")
            self.looked.setChecked(True)
        self.paper.setChecked(not wish.paper)
        self.paper.setVisible(not wish.booking)
        self.booking.setChecked(wish.booking)
        self._slot_line.setVisible(wish.booking)

    def show_slots(self, wish: Wish, day: date, today: date) -> None:
        """The slots of a day with their places."""
        ahead = ("今天", "明天", "后天")
        which = (day - today).days
        name = ahead[which] if which < len(ahead) else f"周{_WEEK[day.weekday()]}"
        self.day.setText(f"‹ {day:%m-%d}（{name}） ›" if wish.slots else f"‹ {day:%m-%d}（{name}）没有可以约的时段 ›")
        lines = [(f"{clock_time(slot.starts_at)} 余 {slot.left}", "", bool(slot.left), "") for slot in wish.slots]
        self.slots = _refill(self._slot_flow, lines)
        for slot, chip in zip(wish.slots, self.slots, strict=True):
            chip.setChecked(slot == wish.slot)
            chip.clicked.connect(lambda _=False, slot=slot: self.slot_picked.emit(slot))

    def show_hits(self, hits: Sequence[MatterHit]) -> None:
        """What the search found; the first is chosen."""
        self._model.show(hits)
        self.hits.setVisible(bool(hits))
        if hits:
            self.hits.setCurrentIndex(self._model.index(0))

    def search(self) -> None:
        """The typing goes to the search."""
        self.query.setFocus()
        self.query.selectAll()

    # --- keys -------------------------------------------------------------------------------------------------
    def keyPressEvent(self, event: QKeyEvent) -> None:
        hit = pressed(event, Page.GUIDE)
        if hit is None or not self._act(hit.id, hit.index):
            event.ignore()

    def _act(self, key_id: str, index: int) -> bool:
        if key_id == "guide_group" and index < len(self.groups):
            self.group_picked.emit(index)
        elif key_id == "guide_priority":
            self.priority_picked.emit(PRIORITIES[index][0])
        elif key_id == "guide_matter":
            self.search()
        elif key_id == "guide_booking":
            self.booking_toggled.emit()
        elif key_id == "guide_paperless":
            self.paper_toggled.emit()
        elif key_id == "guide_slot" and self.booking.isChecked():
            (self.day_moved if index < 2 else self.slot_moved).emit((-1, 1, -1, 1)[index])
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.query and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if is_enter(event):
                self._hit(self.hits.currentIndex())
                return True
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                row = self.hits.currentIndex().row() + step
                if 0 <= row < len(self._model.hits):
                    self.hits.setCurrentIndex(self._model.index(row))
                return True
        return super().eventFilter(watched, event)

    def _hit(self, index: QModelIndex) -> None:
        """A matter is picked; an empty search gives the plain keys back."""
        if self.query.whole() and index.isValid() and index.row() < len(self._model.hits):
            hit = self._model.hits[index.row()]
            self.query.clear()
            self.matter_picked.emit(hit.code, hit.name)
        self.setFocus()


def _line(words: str, content: QWidget) -> QWidget:
    cell = Surface("", width=LABEL_WIDTH)
    cell.setLayout(Row(Text(words, "note", "ink5")))
    row = Row(cell, content, gap=SPACE.x12)
    row.setStretch(1, 1)
    return _holder(row)


def _holder(layout: object) -> QWidget:
    holder = QWidget()
    holder.setProperty("clear", True)
    holder.setLayout(layout)  # type: ignore[arg-type]
    return holder


def _refill(flow: Flow, lines: Sequence[tuple[str, str, bool, str]]) -> list[Chip]:
    while flow.count():
        item = flow.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
    chips = []
    for words, cap, enabled, tip in lines:
        chip = Chip(words, key=cap)
        chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        chip.setEnabled(enabled)
        chip.setToolTip(tip)
        flow.addWidget(chip)
        chips.append(chip)
    return chips


def _waiting(group: GroupWaiting) -> str:
    if group.closed:
        return "今天取完了"
    return f"等 {group.waiting} 人" if group.waiting else "没人等"


def _person(wish: Wish, today: date) -> str:
    person = wish.person
    if person is None:
        need = "预约要放身份证" if wish.booking else "没有放证件也能取号；放了就登记到号上"
        return need
    old = person.birth is not None and age_on(person.birth, today) >= ELDERLY_AGE
    first = "，60 岁以上自动优先" if old and wish.priority is PriorityClass.ORDINARY else ""
    booked = wish.booked
    told = f"；今天 {clock_time(booked.starts_at)} 有预约（{booked.group_name}），F9 就按预约取号" if booked else ""
    return f"{person.display_name}{first}{told}"
