"""The manager's window: the live board and, by Alt with a digit, the pages that run the hall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import bar_day, clock_time, joined
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.staffing import Advice, AdviceKind
from clerk_app.ports.clock import Clock
from clerk_app.ports.hall_board import HallBoard, RunHall
from clerk_app.ports.hall_cases import WorkKind, WorkLine
from clerk_app.ports.hall_running import Weight
from clerk_app.ui.board.day_pages import ClosingPage, OpeningPage
from clerk_app.ui.board.groups_page import GroupsPage
from clerk_app.ui.board.live import BoardLive
from clerk_app.ui.board.live_page import LivePage, since_words
from clerk_app.ui.board.rules_page import RulesPage
from clerk_app.ui.board.run_page import BUSY_WORDS, RunPage
from clerk_app.ui.board.stuck import KINDS
from clerk_app.ui.board.tabs import Dot, Tab
from clerk_app.ui.board.texts_page import NoticesPage, RosterPage
from clerk_app.ui.board.windows_page import WindowsPage
from clerk_app.ui.keys import Page, bind, key
from clerk_app.ui.kit.labels import ElidedLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.paint import Lamp
from clerk_app.ui.kit.surfaces import Banner, Surface, Toast
from clerk_app.ui.kit.theme import px
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.help_page import HelpPage
from clerk_app.ui.window.hints import HintButton

LIVE, OPENING, WINDOWS, GROUPS, ROSTER, NOTICES, RULES, CLOSING = range(8)
NAMES: Final = ("实况", "开门", "窗口", "排队组", "排班", "通知", "规则", "关门")
_TICK_MS = 1_000
_CASES_MS = 60_000

CaseLists = Callable[[WorkKind], tuple[WorkLine, ...]]


class BoardView(QWidget):
    """Everything below the title bar of the manager's window. ``live`` tells what is shown; ``cases`` reads the work
    lists, None where there are none. ``session_over`` carries why the login ended."""

    session_over = Signal(str)

    def __init__(
        self, hall: RunHall, live: BoardLive, lanes: Lanes, clock: Clock, cases: CaseLists | None = None
    ) -> None:
        super().__init__()
        self._hall, self.live, self._lanes, self._clock, self._cases = hall, live, lanes, clock, cases
        self._undo: Callable[[], object] | None = None
        self.name = Text("", "item", "paper", strong=True)
        self.note = ElidedLabel("", "note", "rail_sub")
        self.fresh = Text("", "note", "paper")
        self.lamp = Dot()
        self.day, self.clock_text = Text("", "body", "paper"), Text("", "action", "paper", strong=True)
        self.help_key = HintButton(key("run_help").cap(), key("run_help").text, dark=True)
        self.tabs = [Tab(words, key("run_page").cap(place)) for place, words in enumerate(NAMES)]
        self.banner = Banner()
        self.stack = QStackedWidget()
        self.page = LivePage()
        self.opening, self.closing = OpeningPage(hall, lanes), ClosingPage(hall, lanes)
        self.windows, self.groups = WindowsPage(hall, lanes), GroupsPage(hall, lanes)
        self.roster, self.notices = RosterPage(hall, lanes, clock), NoticesPage(hall, lanes, clock)
        self.rules = RulesPage(hall, lanes, clock)
        self.pages: tuple[QWidget, ...] = (
            *(self.page, self.opening, self.windows, self.groups),
            *(self.roster, self.notices, self.rules, self.closing),
        )
        for page in self.pages:
            self.stack.addWidget(page)
        self.toast = Toast(self.stack, lift=SIZE.action_bar + SPACE.x12)
        column = Column(self._bar(), self.banner, self.stack)
        column.setStretch(2, 1)
        self.setLayout(column)
        self.help = HelpPage(self)
        self._connect()
        self.page.cases_card.setVisible(cases is not None)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._ticked)
        self._cases_timer = QTimer(self, interval=_CASES_MS)
        self._cases_timer.timeout.connect(self._read_cases)

    def _bar(self) -> Surface:
        bar = Surface("rail", height=SIZE.top_bar)
        group = QButtonGroup(self)
        tabs = Row(gap=SPACE.x2)
        for tab in self.tabs:
            group.addButton(tab)
            tabs.put(tab)
        row = Row(self.name, self.note, gap=SPACE.x12, margins=(0, SPACE.x16))
        row.setStretch(1, 1)
        row.put(tabs, Row(self.lamp, self.fresh, gap=SPACE.x6), Row(self.day, self.clock_text, gap=SPACE.x6))
        row.put(self.help_key)
        bar.setLayout(row)
        return bar

    def _connect(self) -> None:
        for place, tab in enumerate(self.tabs):
            tab.clicked.connect(lambda _checked=False, at=place: self.go(at))
        self.live.changed.connect(self._show)
        self.live.connection.connect(self._show_connection)
        self.live.session_over.connect(self.session_over)
        self.page.advised.connect(self.follow)
        self.page.window_opened.connect(self._open_window)
        self.toast.undo.connect(self.undo)
        self.help_key.clicked.connect(self._help)
        for page in self._run_pages():
            page.said.connect(self.say)
            page.undo_offered.connect(self.offer_undo)
            page.moved.connect(self.live.refresh)
            page.session_over.connect(self.session_over)
        bind(self, "run_page", self.go)
        bind(self, "run_primary", self._primary)
        bind(self, "run_undo", self.undo)
        bind(self, "run_again", self.live.refresh)
        bind(self, "run_back", lambda: self.go(LIVE))
        bind(self, "run_help", self._help)

    def _run_pages(self) -> list[RunPage]:
        return [page for page in self.pages if isinstance(page, RunPage)]

    # --- start and end ----------------------------------------------------------------------------------------
    def start(self, profile: HallProfile) -> None:
        """Somebody who may is logged in."""
        self.name.setText(joined(profile.name, "大厅实况"))
        self._tick.start()
        self._cases_timer.start()
        self._ticked()
        self.live.start()
        self._read_cases()
        self.go(LIVE)

    def stop(self) -> None:
        """Nothing is asked any more."""
        self._tick.stop()
        self._cases_timer.stop()
        self.live.stop()
        self.help.dismiss()

    # --- pages ------------------------------------------------------------------------------------------------
    def go(self, place: int) -> None:
        """Show a page; the live board has nothing to type, its focus is on the first remedy."""
        self.toast.dismiss()
        self._undo = None
        page = self.pages[place]
        self.stack.setCurrentWidget(page)
        self.tabs[place].setChecked(True)
        if isinstance(page, RunPage):
            if self.live.board is not None:
                page.show_board(self.live.board)
            page.start()
        else:
            self.tabs[LIVE].setFocus()

    def current(self) -> int:
        """Which page is shown."""
        return self.stack.currentIndex()

    def _open_window(self, window_no: str) -> None:
        self.go(WINDOWS)
        self.windows.open_at(window_no)

    def _primary(self) -> None:
        page = self.stack.currentWidget()
        if isinstance(page, RunPage) and page.primary.isEnabled():
            page.act()

    def _help(self) -> None:
        self.help.open_for(Page.BOARD)

    # --- showing ----------------------------------------------------------------------------------------------
    def _show(self) -> None:
        board = self.live.board
        if board is None:
            return
        self.page.show_board(board)
        for page in self._run_pages():
            page.show_board(board)
        self.note.setText(_open_words(board))
        self._ticked()
        self._show_connection()

    def _show_connection(self) -> None:
        live = self.live
        if live.stale_since is not None:
            seen = clock_time(live.board.at) if live.board is not None else ""
            self.banner.show_condition(
                f"服务器连不上（{clock_time(live.stale_since)} 起）。",
                f"下面是 {seen} 的情况，恢复后自动更新。" if seen else "恢复后自动显示。",
                button="",
            )
        elif live.trouble:
            self.banner.show_condition(live.trouble, "", button="", icon="triangle-alert")
        else:
            self.banner.clear()
        self._ticked()

    def _ticked(self) -> None:
        now = self._clock.now()
        self.day.setText(bar_day(now.date()))
        self.clock_text.setText(clock_time(now))
        board, stale = self.live.board, self.live.stale_since is not None
        self.lamp.show_state(Lamp.WARN if stale else Lamp.OK if board is not None else Lamp.OFF)
        if board is None:
            self.fresh.setText("正在看…")
        else:
            words = since_words(board.at, now)
            self.fresh.setText(f"{clock_time(board.at)} 的情况" if stale else joined("实时", words))

    def _read_cases(self) -> None:
        cases = self._cases
        if cases is None or not self.isVisible():
            return

        def read() -> list[tuple[WorkKind, WorkLine]]:
            return [(kind, line) for kind in KINDS for line in cases(kind)]

        def show(found: list[tuple[WorkKind, WorkLine]]) -> None:
            self.page.stuck.show_cases(found, self._clock.now())

        self._lanes.lane("board").run(read, done=show, failed=self._quiet, key="stuck", owner=self)

    def _quiet(self, failure: Failure) -> None:
        """The board itself says when the server is away."""

    # --- steps ------------------------------------------------------------------------------------------------
    def follow(self, advice: Advice) -> None:
        """Do what a row advises; it can be taken back."""
        button = self.page.groups.remedy(advice.group_id)
        button.busy(BUSY_WORDS)

        def done(undo: Callable[[], object]) -> None:
            self.page.groups.ready()
            self.offer_undo(_done_words(advice), undo)
            self.live.refresh()

        def failed(failure: Failure) -> None:
            self.page.groups.ready()
            self.say(failure.text)

        self._lanes.lane("board").run(self._carry_out, advice, done=done, failed=failed, owner=self)

    def _carry_out(self, advice: Advice) -> Callable[[], object]:
        """On the lane: do it; what takes it back."""
        hall, number = self._hall, advice.window_no
        if advice.kind is AdviceKind.OPEN:
            hall.set_counter(number, True)
            return lambda: hall.set_counter(number, False)
        before = hall.served(number)
        hall.set_served(number, (*before, Weight(advice.group_id)))
        return lambda: hall.set_served(number, before)

    def offer_undo(self, words: str, undo: Callable[[], object]) -> None:
        """Say what was done and let Ctrl+Z take it back for five seconds."""
        self._undo = undo
        self.toast.say(words)

    def undo(self) -> None:
        """Take back what was done last, while that is offered."""
        undo, self._undo = self._undo, None
        if undo is None or self.toast.isHidden():
            return
        self.toast.dismiss()

        def done(_: object) -> None:
            self.say("撤销了")
            self.live.refresh()

        def failed(failure: Failure) -> None:
            self.say(failure.text)

        if self.current() == LIVE:
            self._lanes.lane("board").run(undo, done=done, failed=failed, owner=self)
        else:
            undo()

    def say(self, sentence: str) -> None:
        """One sentence at the bottom; it takes no focus."""
        self._undo = None
        self.toast.say(sentence, key="", action="", milliseconds=6_000)


class BoardWindow(QWidget):
    """The view as a window of its own, beside a clerk's window or as ``clerk board``."""

    closed = Signal()

    def __init__(self, view: BoardView, beside: QWidget | None = None) -> None:
        """``beside``: the window that it goes with."""
        super().__init__(beside, Qt.WindowType.Window)
        self.view = view
        self.setWindowTitle("大厅实况")
        self.setLayout(Column(view))
        self.resize(px(1366), px(690))
        bind(self, "run_full_screen", lambda: self.showNormal() if self.isFullScreen() else self.showFullScreen())

    def closeEvent(self, event: QCloseEvent) -> None:
        self.view.stop()
        self.closed.emit()
        event.accept()


def _open_words(board: HallBoard) -> str:
    day = board.day
    if day is not None and day.closed_at is not None:
        return f"{clock_time(day.closed_at)} 关门"
    present = sum(window.present for window in board.windows)
    return f"综合窗口 {present} 个开放" if present else "还没有窗口开放"


def _done_words(advice: Advice) -> str:
    if advice.kind is AdviceKind.OPEN:
        return f"{advice.window_no} 号窗口开了"
    return f"{advice.window_no} 号窗口加了这一组"
