"""The card at the top of the rail: the free window, the called ticket, the one being served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import clock_time, joined, minutes, stopwatch
from clerk_app.domain.intake import TicketRef
from clerk_app.domain.queue import TicketState
from clerk_app.ports.hall_queue import Ticket
from clerk_app.ui.kit.labels import ElidedLabel, IconLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.window.frames import Dashed


@dataclass(frozen=True, slots=True)
class WalkIn:
    """A case without a ticket, open since."""

    since: datetime


Served = Ticket | TicketRef | WalkIn


@dataclass(frozen=True, slots=True)
class _Face:
    head: str
    number: str
    line: str
    clock_from: datetime | None


def _face(served: Served) -> _Face:
    if isinstance(served, WalkIn):
        return _Face("正在办理", "无号", f"{clock_time(served.since)} 开始，没有取号", served.since)
    waited = ""
    if served.taken_at is not None:
        waited = f"{clock_time(served.taken_at)} 取号"
        if served.called_at is not None:
            waited = joined(waited, f"等了 {minutes(served.called_at - served.taken_at)}")
    if isinstance(served, TicketRef):
        return _Face(joined("正在办理", served.group_name), served.number, waited, served.called_at)
    if served.state is TicketState.CALLED:
        called = f"{clock_time(served.last_call_at)} 叫号" if served.last_call_at else "刚叫号"
        again = f"重叫 {served.recalls} 次" if served.recalls else "等人过来"
        return _Face(joined("已叫号", served.group_name), served.number, joined(called, again), served.last_call_at)
    started = served.started_at or served.called_at
    return _Face(joined("正在办理", served.group_name), served.number, waited, started)


class TicketCard(Dashed):
    """``show_ticket`` shows whom this window serves, ``show_idle`` that it is free; narrow it keeps number and time."""

    def __init__(self) -> None:
        super().__init__()
        self._clock_from: datetime | None = None
        self._narrow = False
        self.idle = Text("", "item", "ink7", centre=True)
        self._idle_words = ""
        self.last = ElidedLabel("", "note", "ink5")
        self.last.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.head = ElidedLabel("", "note", "rail_sub")
        self._timer = IconLabel("timer", "rail_sub", SIZE.icon_small)
        self.clock = Text("", "note", "paper")
        self.number = Text("", "ticket", "paper")
        self.small_number = Text("", "person", "paper", centre=True)
        self.small_clock = Text("", "note", "rail_sub", centre=True)
        self.line = ElidedLabel("", "note", "rail_sub")
        self._column = Column(margins=(SPACE.x12, SPACE.x12))
        self._column.put(self.idle, self.last)
        self._column.put(Row(self.head, self._timer, self.clock, gap=SPACE.x4), self.number, self.small_number)
        self._column.put(self.small_clock, self.line)
        self.setLayout(self._column)
        self._served: Served | None = None
        self._arrange()

    def show_idle(self, state: str, last: str) -> None:
        """Nobody is served: what the window does (「空闲 10:24 起」); ``last`` tells of the one before: 「上一位 A046 ·
        10:19 办结」."""
        self._served, self._clock_from, self._idle_words = None, None, state
        self.last.setText(last)
        self._arrange()

    def show_ticket(self, served: Served, now: datetime) -> None:
        """A called or served ticket, or a case without one."""
        face = _face(served)
        self._served, self._clock_from = served, face.clock_from
        self.head.setText(face.head)
        self.number.setText(face.number)
        self.small_number.setText(face.number)
        self.line.setText(face.line)
        self.setAccessibleName("，".join(part for part in (face.head, face.number, face.line) if part))
        self.tick(now)
        self._arrange()

    def tick(self, now: datetime) -> None:
        """Move the stopwatch."""
        words = stopwatch(now - self._clock_from) if self._clock_from is not None else ""
        self.clock.setText(words)
        self.small_clock.setText(words)

    def set_narrow(self, narrow: bool) -> None:
        """Only number and time have room."""
        self._narrow = narrow
        self._arrange()

    def _arrange(self) -> None:
        free, narrow = self._served is None, self._narrow
        self.dashed = free
        self.set_kind("" if free else "ticket")
        self.idle.setText(self._idle_words.split(" ")[0].split("（")[0] if narrow else self._idle_words)
        self.idle.setVisible(free)
        self.last.setVisible(free and not narrow and bool(self.last.whole_text()))
        for widget in (self.head, self.number, self.line):
            widget.setVisible(not free and not narrow)
        running = not free and self._clock_from is not None
        self._timer.setVisible(running and not narrow)
        self.clock.setVisible(running and not narrow)
        self.small_number.setVisible(not free and narrow)
        self.small_clock.setVisible(running and narrow)
        self._column.set_margins((SPACE.x8, SPACE.x4) if narrow else (SPACE.x12, SPACE.x12))
