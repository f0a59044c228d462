"""Opening and closing the hall."""

from __future__ import annotations

from clerk_app.design.tokens import SPACE
from clerk_app.design.words import clock_time, joined
from clerk_app.ports.hall_board import HallBoard, RunHall
from clerk_app.ports.hall_queue import Ticket
from clerk_app.ports.hall_running import Closing, HallDay, OpenHall, RosterEntry
from clerk_app.ui.board.chart import waited
from clerk_app.ui.board.lines import Cell, Line, Lines
from clerk_app.ui.board.run_page import Panel, RunPage, beside
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.checks import Check
from clerk_app.ui.kit.labels import Pill, Text
from clerk_app.ui.kit.layout import Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.lanes import Lanes

_BLOCK = 8


class OpeningPage(RunPage):
    """The day's promise is published, a word from outside is mixed in, who is missing and what was left is shown."""

    def __init__(self, hall: RunHall, lanes: Lanes) -> None:
        super().__init__(hall, lanes, "开门")
        self.state = Pill("还没有开门", State.NEUTRAL)
        self.promise = Text("", "note", "ink9", wrap=True)
        self.why = Text(
            "开门时公布这一串，关门后公布密钥：谁都可以验算今天每一次随机分派。外部数值要在第一次叫号以前写。",
            "note",
            "ink5",
            wrap=True,
        )
        outside = self.field("outside", "外部数值（可以不写）", hint="例如 3876.34", max_length=200)
        source = self.field("source", "出处", hint="例如 上证指数 11月25日 收盘", max_length=200)
        self.mixed = Text("", "note", "ink7", wrap=True)
        self.absent = Lines(("窗口", "谁", "时间"), (2, 3, 3), empty="排班的都到了")
        self.left_words = Text("", "body", "ink9", wrap=True)
        self.end = Button("结束这些号")
        self.end.clicked.connect(self._end)
        day = Panel("今天", Row(self.state, None), self.promise, self.why, outside, source, self.mixed)
        day.body.put(None)
        missing = Panel("排了班还没到", self.absent, padded=False)
        left = Panel("前几天留下的号", self.left_words, Row(self.end, None))
        left.body.put(None)
        beside(self, (day, 5), (missing, 4), (left, 3))

    def start(self) -> None:
        self.read(self.hall.hall_day, done=self._show_day)
        outside = self.fields["outside"]
        first = outside.edit if outside.isEnabled() else self.primary if self.primary.isEnabled() else self.absent
        first.setFocus()

    def show_board(self, board: HallBoard) -> None:
        super().show_board(board)
        self._show_day(board.day)
        self.absent.show_lines([_of_roster(entry) for entry in board.absent])
        left = board.left_open
        self.left_words.setText(
            f"还有 {left} 个号没有结束（等候、挂起或过号）。结束后不再占着本人今天取号的名额。" if left else "没有。"
        )
        self.end.setVisible(bool(left))

    def act(self) -> None:
        wish = OpenHall(self.fields["outside"].value(), self.fields["source"].value())
        if wish.outside and not wish.source:
            self.refuse("source", "写上外部数值的出处，例如「上证指数 11月25日 收盘」，别人才能核对")
            return
        self.do(self.hall.open_hall, wish, done=self._show_day)

    def _show_day(self, day: HallDay | None) -> None:
        if day is None:
            self.state.set("还没有开门", State.NEUTRAL)
            self.promise.setText("按 F9 开门：公布今天的承诺。没按也会在第一张号时自动开门。")
            return
        closed = day.closed_at is not None
        opened = f"{clock_time(day.opened_at)} 开门 · {day.opened_by}"
        self.state.set("已经关门" if closed else opened, State.NEUTRAL if closed else State.OK)
        self.promise.setText(f"今天的承诺 {in_blocks(day.commitment)}")
        if day.outside:
            self.mixed.setText(f"已混入「{day.outside}」，出处：{day.outside_source}")
        elif day.mixed_at is not None:
            self.mixed.setText(f"{clock_time(day.mixed_at)} 第一次叫号时没有外部数值，今天不能再加")
        else:
            self.mixed.setText("")
        fixed = day.mixed_at is not None
        for name in ("outside", "source"):
            self.fields[name].setEnabled(not fixed)
        self.primary.setEnabled(not closed and not (fixed and day.opened_by != "系统"))

    def _end(self) -> None:
        self.do(self.hall.end_earlier, done=self._ended, button=self.end)

    def _ended(self, count: int) -> None:
        self.said.emit(f"结束了 {count} 个号，都记在流水里")


class ClosingPage(RunPage):
    """Who is still here; those who wait are cancelled only on purpose; the day's key is published."""

    def __init__(self, hall: RunHall, lanes: Lanes) -> None:
        super().__init__(hall, lanes, "关门", danger=True)
        heads, widths = ("号码", "排队组", "等了"), (2, 3, 2)
        self.waiting = Lines(heads, widths, empty="没有人在等")
        self.active = Lines(("号码", "窗口", "已经"), (2, 2, 2), empty="没有正在办的")
        self.held = Lines(("号码", "窗口", "从"), (2, 2, 2), empty="没有挂起的")
        self.cancel = Check("作废还在等的号")
        self.cancel.toggled.connect(self._offer)
        self.missed = Text("", "note", "ink5")
        self.secret = Text("", "note", "ink9", wrap=True)
        self.waiting_panel = Panel("还在等", self.waiting, padded=False, gap=SPACE.x8)
        self.waiting_panel.body.put(Row(SPACE.x12, self.cancel, None))
        active = Panel("正在办（关门后照常办完）", self.active, padded=False)
        held = Panel("挂起的（关门时结束）", self.held, self.missed, padded=False)
        day = Panel("今天的密钥", self.secret)
        day.body.put(None)
        beside(self, (self.waiting_panel, 4), (active, 3), (held, 3), (day, 3))
        self._closing: Closing | None = None
        self._closed = False

    def start(self) -> None:
        self.cancel.setChecked(False)
        self.read(self.hall.closing, done=self._show)
        self.read(self.hall.hall_day, done=self._show_day)
        self.waiting.setFocus()

    def show_board(self, board: HallBoard) -> None:
        super().show_board(board)
        if self.isVisible():
            self.read(self.hall.closing, done=self._show)
            self._show_day(board.day)

    def act(self) -> None:
        if self._closed or not self.primary.isEnabled():
            return
        self.do(self.hall.close_hall, self.cancel.isChecked(), done=self._closed_now)

    def _closed_now(self, day: HallDay) -> None:
        self._show_day(day)
        self.read(self.hall.closing, done=self._show)

    def _show(self, closing: Closing) -> None:
        self._closing = closing
        now = self.board.at if self.board is not None else None
        self.waiting.show_lines(
            [
                _ticket(one, one.group_name, waited(int((now - one.queued_at).total_seconds()) + one.wait_s))
                for one in closing.waiting
                if now is not None and one.queued_at is not None
            ]
        )
        self.active.show_lines(
            [
                _ticket(one, f"{one.window_no} 号", waited(int((now - one.called_at).total_seconds())))
                for one in closing.active
                if now is not None and one.called_at is not None
            ]
        )
        self.held.show_lines(
            [
                _ticket(one, f"{one.window_no} 号", clock_time(one.held_at) if one.held_at else "")
                for one in closing.held
            ]
        )
        self.missed.setText(f"另有过号 {closing.missed} 位" if closing.missed else "")
        self.cancel.setVisible(bool(closing.waiting))
        self._offer()

    def _show_day(self, day: HallDay | None) -> None:
        self._closed = day is not None and day.closed_at is not None
        if day is None:
            self.secret.setText("今天还没有开门。")
        elif not self._closed:
            self.secret.setText("关门后公布在这里，和早上的承诺对得上，谁都可以验算今天的随机分派。")
        else:
            assert day.closed_at is not None
            words = joined(f"{clock_time(day.closed_at)} 关门", day.closed_by)
            self.secret.setText(f"{words}\n密钥 {in_blocks(day.secret)}\n承诺 {in_blocks(day.commitment)}")
        self._offer()

    def _offer(self) -> None:
        waiting = len(self._closing.waiting) if self._closing is not None else 0
        self.primary.setText("作废等候的号并关门" if waiting and self.cancel.isChecked() else "关门")
        locked = "" if not waiting or self.cancel.isChecked() else f"还有 {waiting} 人在等，叫完或勾上作废后再关门"
        if self._closed:
            locked = "今天已经关门"
        self.trouble.setText(locked)
        self.primary.setEnabled(not locked)


def in_blocks(text: str) -> str:
    """A long number in groups of eight, so that two people can compare it."""
    return " ".join(text[at : at + _BLOCK] for at in range(0, len(text), _BLOCK))


def _of_roster(entry: RosterEntry) -> Line:
    span = f"{entry.from_time:%H:%M}–{entry.to_time:%H:%M}"
    return Line(entry.entry_id, (Cell(f"{entry.window_no} 号", bold=True), Cell(entry.user_name), Cell(span, "ink5")))


def _ticket(ticket: Ticket, second: str, third: str) -> Line:
    return Line(ticket.ticket_id, (Cell(ticket.number, bold=True), Cell(second, "ink7"), Cell(third, "ink7")))
