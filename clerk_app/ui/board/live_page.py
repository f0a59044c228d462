"""The board's first page: the hall in figures, its waiting curve, windows, queues and their remedies, what is stuck."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import joined, weekday
from clerk_app.ports.hall_board import HallBoard
from clerk_app.ui.board.chart import ChartLegend, WaitChart, waited
from clerk_app.ui.board.groups_view import GroupsView
from clerk_app.ui.board.stuck import StuckCases
from clerk_app.ui.board.tiles import ShareBar, Tile
from clerk_app.ui.board.windows_view import WindowsView
from clerk_app.ui.board.words import NOTHING, against_last_week, outcomes, percent, time_of, windows_line
from clerk_app.ui.kit.labels import IconLabel, Pill, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import Surface


class LivePage(QWidget):
    """``advised`` carries an ``Advice``; ``window_opened`` a window's number; ``page_wanted`` a page of the window."""

    advised = Signal(object)
    window_opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.waiting = Tile("正在等候")
        self.mean = Tile("平均等候")
        self.over = Tile("等了 10 分以上")
        self.finished = Tile("办结")
        self.people = Tile("到岗")
        self.draws = Tile("随机分派")
        tiles = Row(self.waiting, self.mean, self.over, self.finished, self.people, self.draws, gap=SPACE.x12)
        for place in range(6):
            tiles.setStretch(place, 1)
        self.chart, self.legend = WaitChart(), ChartLegend()
        self.windows, self.windows_note = WindowsView(), Text("", "note", "ink7")
        self.groups, self.shares = GroupsView(), ShareBar()
        self.priority, self.appointments = Pill("", State.WARN), Pill("", State.PRI)
        self.shares_title = Text("", "note", "ink7")
        self.stuck = StuckCases()
        self.notes = _Notes()
        above = Row(
            _card("平均等候（分钟）", self.chart, self.legend),
            _card("窗口", self.windows, self.windows_note),
            gap=SPACE.x12,
        )
        self.cases_card = self._cases()
        below = Row(self._queues(), self.cases_card, gap=SPACE.x12)
        for row, parts in ((above, (7, 5)), (below, (5, 7))):
            for place, part in enumerate(parts):
                row.setStretch(place, part)
        page = Column(tiles, above, below, gap=SPACE.x12, margins=(SPACE.x12, SPACE.page))
        page.setStretch(1, 4)
        page.setStretch(2, 6)
        self.setLayout(page)
        self.groups.advised.connect(self.advised)
        self.windows.opened.connect(self.window_opened)

    def _queues(self) -> Surface:
        told = Row(
            self.shares_title, None, Text("号码随机分派，这里只能调整窗口可办范围", "note", "ink5"), gap=SPACE.x8
        )
        foot = Column(told, self.shares, gap=SPACE.x4, margins=(SPACE.x8, SPACE.card, SPACE.x12, SPACE.card))
        card = Surface("card")
        head = Row(Text("排队", "item", strong=True), None, self.priority, self.appointments, gap=SPACE.x8)
        head.set_margins((SPACE.x8, SPACE.card, SPACE.x8, SPACE.card))
        column = Column(head, self.groups, foot)
        column.setStretch(1, 1)
        card.setLayout(column)
        return card

    def _cases(self) -> Surface:
        card = Surface("card")
        head = Row(Text("卡住的办件", "item", strong=True), None, self.stuck.note)
        head.set_margins((SPACE.x8, SPACE.card, SPACE.x8, SPACE.card))
        column = Column(head, self.stuck, self.notes)
        column.setStretch(1, 1)
        card.setLayout(column)
        return card

    # --- showing ----------------------------------------------------------------------------------------------
    def show_board(self, board: HallBoard) -> None:
        """The hall as it is now."""
        self._show_tiles(board)
        self.chart.show_board(board)
        self.legend.show_past(f"上{weekday(board.at.date())}")
        self.windows.show_windows(board.windows)
        self.windows_note.setText(windows_line(board.windows))
        self.groups.show_board(board)
        self.shares.show_shares(board.shares, board.bounds)
        self.shares_title.setText(f"今天 {board.called} 人的等候" if board.called else "今天的等候")
        self.priority.set(f"优先 {board.priority_waiting - board.appointment_waiting}", State.WARN)
        self.priority.setVisible(board.priority_waiting > board.appointment_waiting)
        self.appointments.set(f"预约 {board.appointment_waiting}", State.PRI)
        self.appointments.setVisible(bool(board.appointment_waiting))
        self.notes.show_board(board)

    def _show_tiles(self, board: HallBoard) -> None:
        day = weekday(board.at.date())
        self.waiting.show_figure(str(board.waiting), "人", against_last_week(board, day))
        spread = joined(f"中位 {time_of(board.median_wait_s)}", f"九成 {time_of(board.p90_wait_s)}")
        self.mean.show_figure(time_of(board.mean_wait_s), "", spread if board.called else "今天还没有叫过号")
        self.over.title.setText(f"等了 {board.rules.alarm_minutes} 分以上")
        longest = (
            f"最久 {board.longest_number} · {waited(board.longest_wait_s)}" if board.longest_number else "没有人在等"
        )
        self.over.show_figure(str(board.over_alarm), "人", longest, "bad" if board.over_alarm else "ink9")
        self.finished.show_figure(str(board.finished), "位", outcomes(board) or "还没有办结的")
        self._show_people(board)
        share = NOTHING if board.one_candidate_share is None else percent(board.one_candidate_share)
        self.draws.show_figure(str(board.draws), "次", f"只有一个候选的 {share}" if board.draws else "今天还没有分派")

    def _show_people(self, board: HallBoard) -> None:
        present = sum(window.present for window in board.windows)
        absent = board.absent
        names = "、".join(f"{entry.window_no} 号 {entry.user_name}" for entry in absent[:2])
        more = f"等 {len(absent)} 人" if len(absent) > 2 else ""
        note = f"没到：{names}{more}" if absent else "排班的都到了" if board.windows else "还没有窗口登录"
        if not any(window.rostered for window in board.windows) and not absent:
            note = "今天没有排班"
        self.people.show_figure(str(present), "个窗口", note, "ink9", "warn" if absent else "ink5")


class _Notes(QWidget):
    """What else needs somebody, each as icon and words; nothing is shown when nothing does."""

    def __init__(self) -> None:
        super().__init__()
        self._row = Row(gap=SPACE.x16, margins=(SPACE.x8, SPACE.card, SPACE.x12, SPACE.card))
        self.setLayout(self._row)
        self._said: tuple[tuple[str, str, str], ...] = ()

    def show_board(self, board: HallBoard) -> None:
        """The lines that hold now."""
        said: list[tuple[str, str, str]] = []
        if board.left_open:
            said.append(("archive", f"前几天有 {board.left_open} 个号没有结束", "warn"))
        if board.conflicts:
            said.append(("triangle-alert", f"应急号有 {board.conflicts} 处对不上", "bad"))
        if board.held:
            said.append(("circle-pause", f"挂起 {board.held} 位", "ink7"))
        if board.notices:
            standing = sum(notice.from_at <= board.at for notice in board.notices)
            said.append(("megaphone", f"大厅屏上 {standing} 条通知", "ink7"))
        if tuple(said) == self._said:
            return
        self._said = tuple(said)
        self._row.empty()
        for icon, words, tone in said:
            part = Row(IconLabel(icon, tone, SIZE.icon), Text(words, "note", tone), gap=SPACE.x6)
            self._row.put(part)
        self._row.put(None)

    def words(self) -> tuple[str, ...]:
        """What is said now."""
        return tuple(words for _, words, _ in self._said)


def _card(title: str, inside: QWidget, beside: QWidget) -> Surface:
    card = Surface("card")
    head = Row(Text(title, "item", strong=True), None, beside)
    column = Column(head, inside, gap=SPACE.x8, margins=(SPACE.x8, SPACE.card, SPACE.x12, SPACE.card))
    column.setStretch(1, 1)
    card.setLayout(column)
    return card


def since_words(at: datetime, now: datetime) -> str:
    """「2 秒前更新」."""
    seconds = max(0, int((now - at).total_seconds()))
    return f"{seconds} 秒前更新" if seconds < 120 else f"{seconds // 60} 分前更新"
