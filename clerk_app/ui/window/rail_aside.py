"""The sections of the rail for who is not here now: held visits and missed tickets, and what can be done with each."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.design.words import clock_time, minutes
from clerk_app.ports.hall_queue import Ticket
from clerk_app.ui.keys import key
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.labels import ElidedLabel, SectionTitle, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.window.hints import HintButton
from clerk_app.ui.window.queue_words import held_words
from clerk_app.ui.window.rail_sections import Section

MOST = 3
BUSY_HERE = "先办结或挂起现在这一位"


class _Line(QWidget):
    """Number, two short lines, and two buttons: here again, back to the queue."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__()
        self.ticket = ticket
        self.what = ElidedLabel("", "note", "ink9")
        self.when = ElidedLabel("", "note", "ink5")
        self.here = _button("取回", ticket.number)
        self.queue = _button("回队", ticket.number)
        words = Column(self.what, self.when)
        row = Row(Text(ticket.number, "body", strong=True), words, self.here, self.queue, gap=SPACE.x6)
        row.setStretch(1, 1)
        self.note = ElidedLabel("", "note", "ink7")
        self.setLayout(Column(row, self.note))

    def show_words(self, what: str, when: str, note: str, free: bool) -> None:
        self.what.setText(what)
        self.when.setText(when)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.here.setEnabled(free)
        self.here.setToolTip("" if free else BUSY_HERE)
        self.queue.setToolTip("人来了但要等，按规则的位置排回去")
        self.setAccessibleName("，".join(part for part in (self.ticket.number, what, when, note) if part))


class _Aside(Section):
    """Up to ``MOST`` lines, newest first."""

    came_back = Signal(str)
    queued = Signal(str)

    def __init__(self, title: SectionTitle) -> None:
        super().__init__()
        self.title = title
        self.list = Column(gap=SPACE.x6)
        self.rest = Text("", "note", "ink7")
        self.body.put(self.title, self.list, self.rest)
        self.lines: list[_Line] = []
        self._free = False

    def show_tickets(self, tickets: tuple[Ticket, ...], now: datetime | None, *, free: bool) -> None:
        """``free``: nobody is served here, so that one can be taken back at once."""
        self._free = free
        shown = tickets[:MOST]
        if [ticket.ticket_id for ticket in shown] != [line.ticket.ticket_id for line in self.lines]:
            self._build(shown)
        for line, ticket in zip(self.lines, shown, strict=True):
            line.ticket = ticket
        rest = len(tickets) - len(shown)
        self.rest.setText(f"还有 {rest} 个")
        self.rest.setVisible(rest > 0)
        self.tick(now)

    def tick(self, now: datetime | None) -> None:
        """Let the times grow."""
        for line in self.lines:
            line.show_words(*self._words(line.ticket, now), self._free)

    def _build(self, tickets: tuple[Ticket, ...]) -> None:
        self.list.empty()
        self.lines = [_Line(ticket) for ticket in tickets]
        for line in self.lines:
            chosen = line.ticket.ticket_id
            line.here.clicked.connect(lambda _on=False, one=chosen: self.came_back.emit(one))
            line.queue.clicked.connect(lambda _on=False, one=chosen: self.queued.emit(one))
            self.list.put(line)

    def _words(self, ticket: Ticket, now: datetime | None) -> tuple[str, str, str]:
        """Two short lines beside the number, and one below them (empty: none)."""
        raise NotImplementedError


class Held(_Aside):
    """Held visits of this window: why, since when; Shift+F8 takes the first one back."""

    def __init__(self) -> None:
        self.key = HintButton(key("take_back").cap(), "取回")
        super().__init__(SectionTitle("挂起", side=self.key))
        self.notes: dict[str, str] = {}

    def _words(self, ticket: Ticket, now: datetime | None) -> tuple[str, str, str]:
        note = self.notes.get(ticket.ticket_id, "")
        if ticket.held_at is None:
            return held_words(ticket), "", note
        grown = minutes(now - ticket.held_at) if now is not None else f"{clock_time(ticket.held_at)} 起"
        return held_words(ticket), grown, note


class Missed(_Aside):
    """Missed tickets: late people are called here again, or wait in their group again by the hall's rule."""

    def __init__(self) -> None:
        super().__init__(SectionTitle("过号", note="人来了可以取回"))

    def _words(self, ticket: Ticket, now: datetime | None) -> tuple[str, str, str]:
        called = f"{clock_time(ticket.last_call_at)} 叫过" if ticket.last_call_at else ""
        return called, f"第 {ticket.missed_returns + 1} 次" if ticket.missed_returns else "", ""


def _button(words: str, number: str) -> Button:
    button = Button(words, compact=True)
    button.setAccessibleName(f"{words} {number}")
    # A click must not take the focus from the page, whose keys live where the focus is.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
