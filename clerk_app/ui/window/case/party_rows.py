"""The list of those who apply together: one line each, with a line for every role that is still missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.ui.keys import Page, key, pressed
from clerk_app.ui.kit.labels import ElidedLabel, KeyHint, Pill, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import Surface


@dataclass(frozen=True, slots=True)
class PartyLine:
    """One line: the role, who plays it, a pill about them; ``form`` is the form's place, None for nobody yet."""

    role: str
    name: str
    note: str = ""
    state: State = State.NEUTRAL
    form: int | None = None


class _Line(Surface):
    def __init__(self, line: PartyLine, *, opened: bool) -> None:
        super().__init__("card", height=SIZE.row_table)
        role = Text(line.role, "note", "ink7", strong=True)
        name = ElidedLabel(line.name, "body", "ink9" if line.form is not None else "ink5", strong=opened)
        row = Row(*((role, name) if line.role else (name,)), gap=SPACE.x12, margins=(0, SPACE.x12))
        row.setStretch(row.count() - 1, 1)
        if line.note:
            row.put(Pill(line.note, line.state))
        self.setLayout(row)


class PartyRows(QWidget):
    """Arrows choose a line, Enter opens it, Home makes it the first party, Delete takes it out. The line for one more
    is there while the list has the focus.

    ``opened``, ``removed`` and ``made_first`` carry the place of a form; ``added`` carries the role of somebody new,
    empty where the matter knows none.
    """

    opened = Signal(int)
    removed = Signal(int)
    made_first = Signal(int)
    added = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[PartyLine, ...] = ()
        self._at = 0
        self._open = 0
        self._column = Column(gap=SPACE.x4)
        self._keys = Row(*(KeyHint(key(one).caps, key(one).text) for one in _KEYS), None, gap=SPACE.x12)
        self.setLayout(Column(self._column, self._keys, gap=SPACE.x4))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("共同申请人")
        self._show_keys()

    def show_lines(self, lines: Sequence[PartyLine], opened: int) -> None:
        """Show who is there; ``opened`` is the place of the form on the page."""
        if tuple(lines) == self.lines and opened == self._open:
            return
        self.lines, self._open = tuple(lines), opened
        self._at = min(self._at, len(self.lines) - 1)
        self._column.empty()
        for line in self.lines:
            self._column.put(_Line(line, opened=line.form == opened))
        self._frame()

    def select(self, at: int) -> None:
        """Put the frame on a line."""
        self._at = min(max(0, at), len(self.lines) - 1)
        self._frame()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        hit = pressed(event, Page.PARTIES)
        if hit is None or not self.lines:
            super().keyPressEvent(event)
            return
        line = self.lines[self._at]
        if hit.id == "party_move":
            self.select(self._at + (-1 if hit.index == 0 else 1))
        elif hit.id == "party_open":
            self._act(line)
        elif line.form is not None:
            (self.made_first if hit.id == "party_first" else self.removed).emit(line.form)

    def _act(self, line: PartyLine) -> None:
        if line.form is None:
            self.added.emit(line.role)
        else:
            self.opened.emit(line.form)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for number, line in enumerate(self.lines):
            item = self._column.itemAt(number)
            widget = item.widget() if item is not None else None
            if widget is not None and widget.geometry().contains(event.position().toPoint()):
                self.select(number)
                self._act(line)
                return

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_keys()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_keys()

    def _show_keys(self) -> None:
        """What the keys do is said while they do it."""
        for number in range(self._keys.count()):
            item = self._keys.itemAt(number)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setVisible(self.hasFocus())
        self._frame()

    def _frame(self) -> None:
        for number in range(self._column.count()):
            item = self._column.itemAt(number)
            widget = item.widget() if item is not None else None
            if isinstance(widget, Surface):
                line = self.lines[number]
                widget.setVisible(self.hasFocus() or line.form is not None or bool(line.role))
                widget.set_kind("picked" if self.hasFocus() and number == self._at else "card")


_KEYS = ("party_move", "party_open", "party_first", "party_remove")
