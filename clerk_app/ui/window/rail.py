"""The left column: whom this window serves, who waits, my day."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import NOTHING, average, clock_time, minutes
from clerk_app.domain.queue import RECALL_INTERVAL, RECALLS_BEFORE_MISSED, TicketState
from clerk_app.ports.hall import GroupWaiting, Ticket, WindowView
from clerk_app.services.window.overview import MyDay
from clerk_app.ui.keys import key
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.labels import Divider, ElidedLabel, Pill, SectionTitle, Text
from clerk_app.ui.kit.layout import Column, Grid, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.theme import px, theme
from clerk_app.ui.window.hints import HintButton
from clerk_app.ui.window.ticket_card import Served, TicketCard

MOST_GROUPS = 6
MOST_MISSED = 3
NOTE_WIDTH = 178


class Rail(Surface):
    """244 wide, 104 when narrow.

    ``recall`` and ``miss`` are F3 and F4; ``came_back`` carries the id of a missed ticket whose person is here after
    all; ``queue_wanted`` is Alt+Q in the narrow form. The rail binds no keys.
    """

    recall = Signal()
    miss = Signal()
    came_back = Signal(str)
    queue_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("paper", edges="right", width=SIZE.left_column)
        self._view: WindowView | None = None
        self._served: Served | None = None
        self._now: datetime | None = None
        self._stale_since: datetime | None = None
        self._narrow = False
        self.ticket = TicketCard()
        self.recall_button = _key_button("recall")
        self.miss_button = _key_button("no_show")
        self.reason = Text("", "note", "ink5", wrap=True)
        self.keys = QWidget()
        self._key_row = Row(self.recall_button, self.miss_button, gap=SPACE.x6)
        self.keys.setLayout(Column(self._key_row, self.reason, gap=SPACE.x4))
        self.waiting = _Waiting()
        self.missed = _Missed()
        self.day = _Day()
        self.slim = _Slim()
        top = QWidget()
        self._top = Column(self.ticket, self.keys, gap=SPACE.x8, margins=SPACE.x12)
        top.setLayout(self._top)
        self._foot = QWidget()
        column = Column(top, self.waiting, self.missed, self.day, self.slim, self._foot)
        column.setStretch(column.indexOf(self.slim), 1)
        column.setStretch(column.indexOf(self._foot), 1)
        self.setLayout(column)
        self.slim.setVisible(False)
        self.recall_button.clicked.connect(self.recall)
        self.miss_button.clicked.connect(self.miss)
        self.missed.came_back.connect(self.came_back)
        self.slim.queue.clicked.connect(self.queue_wanted)
        self._show_all()

    # --- showing ----------------------------------------------------------------------------------------------
    def show_view(self, view: WindowView | None, now: datetime) -> None:
        """The queue as the server tells it; a view of the same ticket replaces what ``show_ticket`` was given."""
        self._view, self._now = view, now
        active = view.active if view else None
        if active is not None and getattr(self._served, "ticket_id", active.ticket_id) == active.ticket_id:
            self._served = active
        self._show_all()

    def show_ticket(self, served: Served | None) -> None:
        """Whom the window serves: a ``Ticket`` (called or started), a ``TicketRef`` of an open case, a ``WalkIn`` for
        a case without a ticket, None when the window is free."""
        self._served = served
        self._show_all()

    def show_day(self, day: MyDay) -> None:
        """My figures of today."""
        self.day.show_day(day)

    def show_stale(self, since: datetime | None) -> None:
        """The server is away since then: the figures are of that time; None when it is back."""
        self._stale_since = since
        self._show_all()

    def tick(self, now: datetime) -> None:
        """Once a second: stopwatch, waiting times, and when F3 is free again."""
        self._now = now
        self.ticket.tick(now)
        self._show_keys()
        if self._stale_since is None and self._view is not None:
            self.waiting.tick(now)
            self.slim.tick(self._view, now)

    def set_narrow(self, narrow: bool) -> None:
        """Keep number, keys, how many wait and how long."""
        self._narrow = narrow
        self._width = SIZE.left_column_narrow if narrow else SIZE.left_column
        self.updateGeometry()
        self.ticket.set_narrow(narrow)
        self._top.set_margins((SPACE.x8, SPACE.x8) if narrow else SPACE.x12)
        self._key_row.setDirection(Row.Direction.TopToBottom if narrow else Row.Direction.LeftToRight)
        self._show_all()

    # --- what may be done -------------------------------------------------------------------------------------
    def recall_locked(self) -> str:
        """Why F3 does nothing now; empty when it calls again."""
        ticket = self._served
        if not isinstance(ticket, Ticket):
            return "没有叫到的号"
        if ticket.state is not TicketState.CALLED:
            return "已经开始办理，不用再叫"
        if self._now and ticket.last_call_at and self._now - ticket.last_call_at < RECALL_INTERVAL:
            return f"叫过 {int(RECALL_INTERVAL.total_seconds())} 秒后才能重叫"
        return ""

    def miss_locked(self) -> str:
        """Why F4 does nothing now; empty when it marks the ticket as missed."""
        ticket = self._served
        if not isinstance(ticket, Ticket):
            return "没有叫到的号"
        if ticket.state is not TicketState.CALLED:
            return "已经开始办理，不能过号"
        left = RECALLS_BEFORE_MISSED - ticket.recalls
        return f"再重叫 {left} 次才能过号" if left > 0 else ""

    def _show_keys(self) -> None:
        called = isinstance(self._served, Ticket) and self._served.state is TicketState.CALLED
        self.keys.setVisible(isinstance(self._served, Ticket))
        for button, reason in ((self.recall_button, self.recall_locked()), (self.miss_button, self.miss_locked())):
            button.setEnabled(not reason)
            button.setToolTip(reason)
        self.reason.setText(self.miss_locked() if called else "")
        self.reason.setVisible(called and not self._narrow and bool(self.miss_locked()))

    def _show_all(self) -> None:
        now = self._now
        if self._served is None or now is None:
            self.ticket.show_idle(_last_line(self._view))
        else:
            self.ticket.show_ticket(self._served, now)
        self._show_keys()
        wide = not self._narrow
        self.waiting.setVisible(wide)
        self.day.setVisible(wide)
        self.slim.setVisible(not wide)
        self._foot.setVisible(wide)
        self.waiting.show_view(self._view, now, self._stale_since)
        self.slim.show_view(self._view, now, self._stale_since)
        self.missed.show_tickets(self._view.missed if self._view else (), free=self._served is None)
        self.missed.setVisible(wide and bool(self._view and self._view.missed) and self._stale_since is None)


def _key_button(key_id: str) -> Button:
    button = Button(key(key_id).text, key=key(key_id).cap(), compact=True)
    button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
    return button


def _last_line(view: WindowView | None) -> str:
    if view is None or view.last is None:
        return ""
    ended = f" · {clock_time(view.last.ended_at)} 办结" if view.last.ended_at else ""
    return f"上一位 {view.last.number}{ended}"


def _longest(group: GroupWaiting, now: datetime | None) -> str:
    if now is not None and group.oldest_taken_at is not None:
        return minutes(now - group.oldest_taken_at)
    return minutes(group.longest_wait_s)


class _Section(QWidget):
    """Line above, margins round."""

    def __init__(self) -> None:
        super().__init__()
        self.body = Column(gap=SPACE.x6, margins=(SPACE.x12, SPACE.x16))
        self.setLayout(Column(Divider(), self.body))


class _Waiting(_Section):
    def __init__(self) -> None:
        super().__init__()
        self.title = SectionTitle("等候")
        self.grid = Grid(across=SPACE.x12, down=SPACE.x4)
        self.grid.setColumnStretch(0, 1)
        self.rows: list[tuple[ElidedLabel, Text, Text]] = []
        for number in range(MOST_GROUPS):
            row = (ElidedLabel("", "note"), Text("", "note", strong=True, right=True), Text("", "note", "ink7"))
            for column, label in enumerate(row):
                self.grid.addWidget(label, number, column)
            self.rows.append(row)
        self.nobody = Text("现在没有人等候", "note", "ink5")
        self.priority = Pill("", State.WARN, icon="accessibility")
        self.body.put(self.title, self.grid, self.nobody, Row(self.priority, None))
        self._groups: tuple[GroupWaiting, ...] = ()

    def show_view(self, view: WindowView | None, now: datetime | None, stale_since: datetime | None) -> None:
        groups = tuple(group for group in view.groups if group.waiting) if view else ()
        self._groups = groups[:MOST_GROUPS]
        if stale_since is not None:
            self.title.set_note(f"{clock_time(stale_since)} 时的情况")
        elif view is None:
            self.title.set_note("")
        else:
            whole = f"全厅 {view.waiting} 人 · 本窗口可办 {view.eligible} 人"
            fits = theme().fonts.width("note", whole) <= px(NOTE_WIDTH)
            self.title.set_note(whole if fits else f"可办 {view.eligible} 人")
        at = view.at if view and stale_since is not None else now
        for number, (name, count, longest) in enumerate(self.rows):
            shown = number < len(self._groups)
            for label in (name, count, longest):
                label.setVisible(shown)
            if shown:
                group = self._groups[number]
                name.setText(group.name)
                count.setText(str(group.waiting))
                longest.setText(f"最久 {_longest(group, at)}")
        self.nobody.setText("现在没有人等候" if view else "还没有排队数据")
        self.nobody.setVisible(not self._groups)
        self.priority.setVisible(bool(view and view.priority_waiting))
        if view and view.priority_waiting:
            self.priority.set(f"优先 {view.priority_waiting} 人", State.WARN, icon="accessibility")

    def tick(self, now: datetime) -> None:
        for group, (_, _, longest) in zip(self._groups, self.rows, strict=False):
            longest.setText(f"最久 {_longest(group, now)}")


class _Missed(_Section):
    """Missed tickets: late people are taken back while the window is free."""

    came_back = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.title = SectionTitle("过号", note="人来了可以取回")
        self.list = Column(gap=SPACE.x4)
        self.body.put(self.title, self.list)
        self._shown: tuple[str, ...] = ()
        self.buttons: list[Button] = []

    def show_tickets(self, tickets: tuple[Ticket, ...], *, free: bool) -> None:
        shown = tickets[:MOST_MISSED]
        if tuple(ticket.ticket_id for ticket in shown) != self._shown:
            self._shown = tuple(ticket.ticket_id for ticket in shown)
            self._build(shown)
        for button in self.buttons:
            button.setEnabled(free)
            button.setToolTip("" if free else "先办结现在这一位")

    def _build(self, tickets: tuple[Ticket, ...]) -> None:
        self.list.empty()
        self.buttons = []
        for ticket in tickets:
            when = f"{clock_time(ticket.ended_at or ticket.last_call_at)} 过号" if ticket.last_call_at else "过号"
            button = Button("取回", compact=True)
            button.setAccessibleName(f"取回 {ticket.number}")
            button.clicked.connect(lambda _on=False, chosen=ticket.ticket_id: self.came_back.emit(chosen))
            self.buttons.append(button)
            self.list.put(
                Row(Text(ticket.number, "body", strong=True), Text(when, "note", "ink7"), None, button, gap=SPACE.x12)
            )


class _Day(_Section):
    def __init__(self) -> None:
        super().__init__()
        self.served, self.mean, self.supplements = (Text(NOTHING, "count") for _ in range(3))
        row = Row(gap=SPACE.x4)
        for figure, unit in ((self.served, "人"), (self.mean, "平均"), (self.supplements, "补正")):
            row.put(figure, Text(unit, "note", "ink5"), SPACE.x8)
        row.put(None)
        self.body.put(SectionTitle("我今天"), row)

    def show_day(self, day: MyDay) -> None:
        self.served.setText(str(day.served))
        self.mean.setText(average(day.mean_seconds) if day.mean_seconds is not None else NOTHING)
        self.supplements.setText(str(day.supplements))


class _Slim(QWidget):
    """The narrow rail below the keys: how many, how long, and the key that opens the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.count = Text(NOTHING, "count", centre=True)
        self.count_words = Text("人在等", "note", "ink5", centre=True)
        self.longest = Text(NOTHING, "title", centre=True)
        self.longest_words = Text("最久", "note", "ink5", centre=True)
        self.queue = HintButton(key("queue").cap(), key("queue").text, stacked=True)
        foot = Row(None, self.queue, None)
        column = Column(gap=0, margins=(0, SPACE.x4, SPACE.x8, SPACE.x4))
        column.put(self.count, self.count_words, SPACE.x4, self.longest, self.longest_words, None, foot)
        self.setLayout(column)

    def show_view(self, view: WindowView | None, now: datetime | None, stale_since: datetime | None) -> None:
        self.count.setText(str(view.eligible) if view else NOTHING)
        self.count_words.setText(f"{clock_time(stale_since)} 时" if stale_since else "人在等")
        if view is not None:
            self.tick(view, None if stale_since else now)

    def tick(self, view: WindowView, now: datetime | None) -> None:
        grown = max(0.0, (now - view.at).total_seconds()) if now is not None and view.eligible else 0.0
        self.longest.setText(minutes(view.longest_wait_s + grown) if view.eligible else NOTHING)
