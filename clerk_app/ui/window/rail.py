"""The left column: whom this window serves, who waits, my day."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import clock_time
from clerk_app.domain.queue import TicketState
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.hall_queue import Ticket, WindowView
from clerk_app.services.window.overview import MyDay
from clerk_app.ui.keys import bind, key
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.theme import px
from clerk_app.ui.window.frames import Scroll
from clerk_app.ui.window.queue_words import since_words
from clerk_app.ui.window.rail_aside import Held, Missed
from clerk_app.ui.window.rail_sections import Day, Slim, Waiting
from clerk_app.ui.window.ticket_card import Served, TicketCard
from clerk_app.ui.window.ticket_facts import TicketFacts

if TYPE_CHECKING:
    from clerk_app.ui.window.emergency_section import EmergencySection


class Rail(Surface):
    """244 wide, 104 when narrow.

    ``recall``, ``miss``, ``hold`` and ``transfer`` are F3, F4, F8 and Alt+T, ``case_wanted`` is Alt+R; ``came_back``
    carries the id of a missed ticket whose person is here after all, ``resumed`` that of a held one (empty: the
    latest), ``queued`` that of either who waits again. The rail binds Alt+Q, which opens what the narrow form leaves
    out; it binds no other key.
    """

    recall = Signal()
    miss = Signal()
    hold = Signal()
    transfer = Signal()
    case_wanted = Signal()
    came_back = Signal(str)
    resumed = Signal(str)
    queued = Signal(str)

    def __init__(self) -> None:
        super().__init__("paper", edges="right", width=SIZE.left_column)
        self._view: WindowView | None = None
        self._served: Served | None = None
        self._now: datetime | None = None
        self._stale_since: datetime | None = None
        self._narrow = False
        self._emergency: EmergencySection | None = None
        self.ticket = TicketCard()
        self.facts, self.facts_below = TicketFacts(), TicketFacts()
        self.recall_button = _key_button("recall")
        self.miss_button = _key_button("no_show")
        self.hold_button = _key_button("hold")
        self.transfer_button = _key_button("transfer")
        self.reason = Text("", "note", "ink5", wrap=True)
        self.keys = QWidget()
        self._key_row = Row(self.recall_button, self.miss_button, gap=SPACE.x6)
        self._part_row = Row(self.hold_button, self.transfer_button, gap=SPACE.x6)
        self.keys.setLayout(Column(self._key_row, self.reason, self._part_row, gap=SPACE.x4))
        self.waiting = Waiting()
        self.held = Held()
        self.missed = Missed()
        self.day = Day()
        # The narrow form has no room for them beside the keys: there they head what Alt+Q opens.
        self._below = Row(self.facts_below, margins=SPACE.x12)
        self._sections = Column(self._below, self.waiting, self.held, self.missed, self.day, None)
        self.details = Scroll(self._sections, (0, 0, 0, 0))
        self.slim = Slim()
        self.drawer: Surface | None = None
        top = QWidget()
        self._top = Column(self.ticket, self.facts, self.keys, gap=SPACE.x8, margins=SPACE.x12)
        top.setLayout(self._top)
        self._column = Column(top, self.slim, self.details)
        self._column.setStretch(1, 1)
        self._column.setStretch(2, 1)
        self.setLayout(self._column)
        self.slim.setVisible(False)
        self.recall_button.clicked.connect(self.recall)
        self.miss_button.clicked.connect(self.miss)
        self.hold_button.clicked.connect(self.hold)
        self.transfer_button.clicked.connect(self.transfer)
        for facts in (self.facts, self.facts_below):
            facts.case_wanted.connect(self.case_wanted)
        self.missed.came_back.connect(self.came_back)
        self.missed.queued.connect(self.queued)
        self.held.came_back.connect(self.resumed)
        self.held.queued.connect(self.queued)
        self.held.key.clicked.connect(lambda: self.resumed.emit(""))
        self.slim.queue.clicked.connect(self.toggle_queue)
        bind(self, "queue", self.toggle_queue, context=Qt.ShortcutContext.WindowShortcut)
        self._show_all()

    # --- showing ----------------------------------------------------------------------------------------------
    def show_view(self, view: WindowView | None, now: datetime) -> None:
        """The queue as the server tells it; a view of the same ticket replaces what ``show_ticket`` was given."""
        self._view, self._now = view, now
        active = view.active if view else None
        if active is not None and getattr(self._served, "ticket_id", "") == active.ticket_id:
            self._served = active
        self._show_all()

    def show_ticket(self, served: Served | None) -> None:
        """Whom the window serves: a ``Ticket`` (called or started), a ``TicketRef`` of an open case, a ``WalkIn`` for
        a case without a ticket, None when the window is free."""
        self._served = served
        self._show_all()

    def put_emergency(self, section: EmergencySection) -> None:
        """Place of emergency calling: below the keys, above who waits."""
        self._emergency = section
        section.set_narrow(self._narrow)
        self._top.put(section)

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
            self.held.tick(now)
            self.slim.tick(self._view, now)

    def set_narrow(self, narrow: bool) -> None:
        """Keep number, keys, how many wait and how long."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self.close_queue()
        self._width = SIZE.left_column_narrow if narrow else SIZE.left_column
        self.updateGeometry()
        self.ticket.set_narrow(narrow)
        if self._emergency is not None:
            self._emergency.set_narrow(narrow)
        self._top.set_margins((SPACE.x8, SPACE.x8) if narrow else SPACE.x12)
        for row in (self._key_row, self._part_row):
            row.setDirection(Row.Direction.TopToBottom if narrow else Row.Direction.LeftToRight)
        self._show_all()

    # --- the drawer of the narrow form ------------------------------------------------------------------------
    def toggle_queue(self) -> None:
        """Alt+Q: open the whole queue over the page, or close it; does nothing while the rail is wide."""
        if self.drawer is not None:
            self.close_queue()
        elif self._narrow:
            self.drawer = Surface("card", width=SIZE.left_column)
            self.drawer.setParent(self.window())
            self.drawer.setLayout(Column(self.details))
            self.details.setVisible(True)
            self._place_drawer()
            self.drawer.show()
            self.drawer.raise_()
            # What was not shown yet knows its height in the next turn only.
            QTimer.singleShot(0, self._place_drawer)

    def close_queue(self) -> None:
        """Put the queue back where it belongs."""
        if self.drawer is None:
            return
        drawer, self.drawer = self.drawer, None
        self._column.addWidget(self.details, 1)
        self.details.setVisible(not self._narrow)
        drawer.hide()
        drawer.deleteLater()

    def _place_drawer(self) -> None:
        if self.drawer is not None:
            corner = self.mapTo(self.window(), QPoint(self.width() + px(SPACE.x4), px(SPACE.x4)))
            height = min(self._sections.sizeHint().height() + 2 * px(SIZE.hairline), self.height() - px(SPACE.x8))
            self.drawer.setGeometry(corner.x(), corner.y(), px(SIZE.left_column), height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_drawer()

    # --- what may be done -------------------------------------------------------------------------------------
    @property
    def _window_no(self) -> str:
        return self._view.window_no if self._view is not None else ""

    @property
    def _rules(self) -> QueueRules:
        return self._view.rules if self._view is not None else QueueRules()

    def recall_locked(self) -> str:
        """Why F3 does nothing now; empty when it calls again."""
        ticket = self._served
        if not isinstance(ticket, Ticket):
            return "没有叫到的号"
        if ticket.state is not TicketState.CALLED:
            return "已经开始办理，不用再叫"
        rules = self._rules
        if self._now and ticket.last_call_at and self._now - ticket.last_call_at < rules.recall_interval:
            return f"叫过 {rules.recall_seconds} 秒后才能重叫"
        return ""

    def miss_locked(self) -> str:
        """Why F4 does nothing now; empty when it marks the ticket as missed."""
        ticket = self._served
        if not isinstance(ticket, Ticket):
            return "没有叫到的号"
        if ticket.state is not TicketState.CALLED:
            return "已经开始办理，不能过号"
        left = self._rules.recalls_before_missed - ticket.recalls
        return f"再重叫 {left} 次才能过号" if left > 0 else ""

    def _show_keys(self) -> None:
        called = isinstance(self._served, Ticket) and self._served.state is TicketState.CALLED
        self.keys.setVisible(self._served is not None)
        # Who is being served is neither called again nor missed: those keys give their place away.
        for button in (self.recall_button, self.miss_button):
            button.setVisible(called)
        self.hold_button.setText(key("hold").text if isinstance(self._served, Ticket) else "放下")
        self.transfer_button.setVisible(isinstance(self._served, Ticket))
        for button, reason in ((self.recall_button, self.recall_locked()), (self.miss_button, self.miss_locked())):
            button.setEnabled(not reason)
            button.setToolTip(reason)
        self.reason.setText(self.miss_locked() if called else "")
        self.reason.setVisible(called and not self._narrow and bool(self.miss_locked()))

    def _show_all(self) -> None:
        now = self._now
        if self._served is None or now is None:
            self.ticket.show_idle(_state_line(self._view), _last_line(self._view))
        else:
            self.ticket.show_ticket(self._served, now)
        served = self._served if isinstance(self._served, Ticket) else None
        self.facts.show_ticket(None if self._narrow else served, self._window_no)
        self.facts_below.show_ticket(served if self._narrow else None, self._window_no)
        self._below.set_margins(SPACE.x12 if not self.facts_below.isHidden() else 0)
        self._show_keys()
        wide = not self._narrow
        self.details.setVisible(wide or self.drawer is not None)
        self.slim.setVisible(not wide)
        self.waiting.show_view(self._view, now, self._stale_since)
        self.slim.show_view(self._view, now, self._stale_since)
        free, known = self._served is None, self._view is not None and self._stale_since is None
        for section, tickets in (
            (self.held, self._view.held if self._view else ()),
            (self.missed, self._view.missed if self._view else ()),
        ):
            section.show_tickets(tickets, now, free=free)
            section.setVisible(known and bool(tickets))


def _key_button(key_id: str) -> Button:
    button = Button(key(key_id).text, key=key(key_id).cap(), compact=True)
    # A click must not take the focus from the page, whose keys live where the focus is.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
    return button


def _state_line(view: WindowView | None) -> str:
    if view is None:
        return "本窗口没有人"
    return since_words(view.state, view.state_since, view.away, serving=False)


def _last_line(view: WindowView | None) -> str:
    if view is None or view.last is None:
        return ""
    ended = f" · {clock_time(view.last.ended_at)} 办结" if view.last.ended_at else ""
    return f"上一位 {view.last.number}{ended}"
