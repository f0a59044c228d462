"""「应急叫号」 in the rail: the number that the citizen holds is typed, or one of this window's block is given."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import clock_time
from clerk_app.services.window.emergency import EmergencyBook
from clerk_app.ui.keys import key
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.labels import IconLabel, KeyCap, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.style import mark
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.furniture import Furniture

MOST_WAITING: Final = 3
LONGEST: Final = 7
BY_HAND: Final = "系统断开，按纸票先后手工叫号"
HOW: Final = "按 F2，输入来人小票上的号；没有号的人按 F5 直接办"


class EmergencySection(Surface):
    """``called`` carries what was typed, ``given`` the id of the group that a number on paper is given for."""

    called = Signal(str)
    given = Signal(str)

    def __init__(self) -> None:
        super().__init__("notice")
        self._narrow = False
        self._choosing = False
        self._book = EmergencyBook()
        self.title = Text("应急叫号", "body", "warn", strong=True)
        self.words = Text("", "note", "ink7", wrap=True)
        self.edit = QLineEdit()
        self.edit.setPlaceholderText("A047")
        self.edit.setMaxLength(LONGEST)
        self.edit.setAccessibleName("来人手里的号")
        self.edit.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.cap = KeyCap(key("call_next").cap())
        self.later = Text("办结后可叫", "note", "ink7")
        self.error = Text("", "note", "bad", wrap=True)
        self.give = Button("发应急号", icon="printer", compact=True)
        self.left = Text("", "note", "ink5")
        self._groups = Column(gap=SPACE.x4)
        self.groups = QWidget()
        self.groups.setLayout(self._groups)
        self._waiting = Column(gap=SPACE.x2)
        self.waiting = QWidget()
        self.waiting.setLayout(self._waiting)
        self._field = Row(self.edit, self.later, self.cap, gap=SPACE.x6)
        self._field.setStretch(0, 1)
        self._give = QWidget()
        self._give.setLayout(Row(self.give, None, self.left, gap=SPACE.x6))
        self._icon = IconLabel("megaphone", "warn", SIZE.icon_middle)
        column = self._column = Column(gap=SPACE.x6, margins=SPACE.x12)
        column.put(Row(self._icon, self.title, None, gap=SPACE.x6))
        column.put(self.words, self._field, self.error, self.waiting, self._give, self.groups)
        self.setLayout(column)
        self.group_buttons: list[Button] = []
        self.edit.returnPressed.connect(self._enter)
        self.edit.textEdited.connect(lambda _: self.show_error(""))
        self.give.clicked.connect(self._choose)
        self.setVisible(False)

    # --- showing ----------------------------------------------------------------------------------------------
    def show_state(self, since: datetime, book: EmergencyBook, *, serving: bool) -> None:
        """``since`` the server is away, ``serving`` whether somebody is at this window."""
        self._book = book
        self.words.setText(f"排队数据停在 {clock_time(since)}。请按纸票先后叫号，恢复后自动补记。")
        self.edit.setEnabled(not serving)
        self.edit.setVisible(not serving or not self._narrow)
        self.later.setVisible(serving)
        self.left.setText(f"还有 {book.left} 个" if book.left else "号段用完")
        self.give.setEnabled(bool(book.left and book.groups))
        self._show_waiting()
        self._show_groups()
        self._arrange()

    def show_error(self, sentence: str) -> None:
        """Why the number calls nobody; empty clears it."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        mark(self.edit, "error", "true" if sentence else "false")

    def start(self) -> None:
        """F2: the focus is in the field."""
        self.edit.setFocus()
        self.edit.selectAll()

    def clear(self) -> None:
        """The number was called, or it is over."""
        self.edit.clear()
        self.show_error("")
        self._choosing = False

    def set_narrow(self, narrow: bool) -> None:
        """Title and field have room."""
        self._narrow = narrow
        self._arrange()

    # --- inside -----------------------------------------------------------------------------------------------
    def _arrange(self) -> None:
        wide = not self._narrow
        self._column.set_margins(SPACE.x12 if wide else SPACE.x4)
        for widget in (self.words, self._give, self.cap, self._icon):
            widget.setVisible(wide)
        self.later.setText("办结后可叫" if wide else "办结后叫")
        self.error.setVisible(bool(self.error.text()))
        self.waiting.setVisible(wide and bool(self._book.waiting))
        self.groups.setVisible(wide and self._choosing)

    def _enter(self) -> None:
        if self.edit.text().strip():
            self.called.emit(self.edit.text())

    def _choose(self) -> None:
        """One group needs no choice."""
        if len(self._book.groups) == 1:
            self.given.emit(self._book.groups[0].group_id)
            return
        self._choosing = not self._choosing
        self._arrange()
        if self._choosing and self.group_buttons:
            self.group_buttons[0].setFocus()

    def _show_groups(self) -> None:
        names = [group.name for group in self._book.groups]
        if [button.text() for button in self.group_buttons] == names:
            return
        self._groups.empty()
        self.group_buttons = []
        for group in self._book.groups:
            button = Button(group.name, compact=True)
            button.clicked.connect(lambda _on=False, chosen=group.group_id: self._give_for(chosen))
            self.group_buttons.append(button)
            self._groups.put(button)

    def _give_for(self, group_id: str) -> None:
        self._choosing = False
        self._arrange()
        self.given.emit(group_id)

    def _show_waiting(self) -> None:
        self._waiting.empty()
        rows = self._book.waiting
        for row in rows[:MOST_WAITING]:
            line = Row(Text(row.number, "body", strong=True), None, Text(f"{clock_time(row.taken_at)} 起等", "note"))
            self._waiting.put(line)
        if len(rows) > MOST_WAITING:
            self._waiting.put(Text(f"本窗口发的还有 {len(rows) - MOST_WAITING} 人在等", "note", "ink7"))


class EmergencyPanel(QObject):
    """Brings the section into the rail and the words onto the free page while the server is away for long."""

    def __init__(self, control: DeskControl, parts: Furniture) -> None:
        super().__init__()
        self._control, self._parts = control, parts
        self._work = control.emergency
        self.section = EmergencySection()
        parts.rail.put_emergency(self.section)
        self.section.called.connect(self._work.call)
        self.section.given.connect(self._work.give)
        self._work.called_wrong.connect(self.section.show_error)
        self._work.number_wanted.connect(self.section.start)
        self._work.served.connect(lambda _: self.section.clear())
        self._work.changed.connect(self.show)
        control.work.changed.connect(self.show)
        control.work.closed.connect(self.show)
        control.ticket_changed.connect(self.show)

    def tick(self, now: datetime) -> None:
        """Once a second."""
        self._work.tick(now)

    def show(self) -> None:
        """As things stand now."""
        work, since = self._work, self._work.since
        shown = work.active and since is not None and self._control.session is not None
        if shown and since is not None:
            self.section.show_state(since, work.book, serving=self._control.serving)
        else:
            if self.section.edit.hasFocus() and not self._control.serving:
                self._parts.idle.start()
            self.section.clear()
        self.section.setVisible(shown)
        self._parts.idle.hero.show_by_hand((BY_HAND, HOW) if shown else None)
