"""Notices for the public, and the roster of a day: both are short lists with a form beside them."""

from __future__ import annotations

from datetime import datetime

from clerk_app.design.tokens import SPACE
from clerk_app.design.words import clock_time, screen_day
from clerk_app.domain.actor import Role
from clerk_app.ports.clock import Clock
from clerk_app.ports.hall import UserInfo
from clerk_app.ports.hall_board import RunHall
from clerk_app.ports.hall_running import NewNotice, NewRosterEntry, Notice, RosterEntry
from clerk_app.ui.board.lines import Cell, Line, Lines
from clerk_app.ui.board.run_page import Panel, RunPage, beside
from clerk_app.ui.board.typed import read_day, read_moment, read_time
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.lanes import Lanes


class NoticesPage(RunPage):
    """A text, from when to when; it stands on the hall's displays and kiosks meanwhile."""

    def __init__(self, hall: RunHall, lanes: Lanes, clock: Clock) -> None:
        super().__init__(hall, lanes, "放到大厅屏上")
        self._clock = clock
        self.list = Lines(("通知", "从", "到", ""), (9, 3, 3, 2), empty="大厅屏上没有通知")
        self.end = Button("撤下这一条")
        self.end.clicked.connect(self._end)
        text = self.field("text", "内容", hint="例如 14:00 起 3 号机维护", max_length=200)
        begin = self.field("from_at", "从（空着就是现在）", hint="14:00 或 11-26 14:00", latin=True)
        until = self.field("until_at", "到", hint="17:00 或 11-27 12:00", latin=True)
        listed = Panel("现在和以后的通知", self.list, padded=False)
        listed.body.put(Row(SPACE.card, self.end, None))
        form = Panel("写一条", text, begin, until)
        form.body.put(Text("最多 60 个字，大厅屏在十米外看得清。", "note", "ink5"), None)
        beside(self, (listed, 7), (form, 5))

    def start(self) -> None:
        self.clear_errors()
        self._read()
        self.fields["text"].edit.setFocus()

    def act(self) -> None:
        now = self._clock.now()
        begin, until = self.fields["from_at"].value(), self.fields["until_at"].value()
        from_at = read_moment(begin, now) if begin else now
        until_at = read_moment(until, now)
        if from_at is None:
            self.refuse("from_at", "时间写成 14:00，别的日子写成 11-26 14:00")
        elif until_at is None:
            self.refuse("until_at", "时间写成 17:00，别的日子写成 11-27 12:00")
        else:
            wish = NewNotice(self.fields["text"].value(), from_at, until_at)
            self.do(self.hall.add_notice, wish, done=self._added)

    def _added(self, notice: Notice) -> None:
        for field in self.fields.values():
            field.set_value("")
        self._read()

        def undo() -> None:
            self.do(self.hall.end_notice, notice.notice_id, done=lambda _: self._read())

        self.undo_offered.emit("通知放上去了", undo)

    def _end(self) -> None:
        notice_id = self.list.current()
        if notice_id:
            self.do(self.hall.end_notice, notice_id, done=lambda _: self._read(), button=self.end)

    def _read(self) -> None:
        self.read(self.hall.notices, done=self._show)

    def _show(self, notices: tuple[Notice, ...]) -> None:
        now = self._clock.now()
        self.list.show_lines([_of_notice(notice, now) for notice in notices])
        self.end.setVisible(bool(notices))


class RosterPage(RunPage):
    """Who sits where on a day; the board tells who is missing."""

    def __init__(self, hall: RunHall, lanes: Lanes, clock: Clock) -> None:
        super().__init__(hall, lanes, "排上去")
        self._clock = clock
        self._day = clock.now().date()
        self._people: tuple[UserInfo, ...] = ()
        self.list = Lines(("窗口", "谁", "从", "到"), (2, 4, 2, 2), empty="这一天还没有排班")
        self.people = Lines(("姓名", "登录名"), (3, 3), empty="还没有账号")
        self.drop = Button("去掉这一行")
        self.drop.clicked.connect(self._drop)
        day = self.field("day", "日期", hint="11-26", latin=True)
        day.edit.editingFinished.connect(self._turn)
        window = self.field("window_no", "窗口", hint="8", latin=True, max_length=8)
        begin = self.field("from_time", "上班", hint="8:30", latin=True)
        until = self.field("to_time", "下班", hint="17:00", latin=True)
        self.who = self.field("user_id", "谁（姓名或登录名，右边选也行）", max_length=40)
        listed = Panel("排班", self.list, padded=False)
        self.heading = listed.note
        listed.body.put(Row(SPACE.card, self.drop, None))
        form = Panel("排一个人", Row(day, window, gap=SPACE.x12), Row(begin, until, gap=SPACE.x12), self.who)
        form.body.put(None)
        everybody = Panel("综窗人员", self.people, padded=False)
        beside(self, (listed, 5), (form, 4), (everybody, 3))
        self.people.chosen.connect(self._picked)

    def start(self) -> None:
        self.clear_errors()
        if not self.fields["day"].value():
            self.fields["day"].set_value(f"{self._day:%m-%d}")
        for name, hours in (("from_time", "8:30"), ("to_time", "17:00")):
            if not self.fields[name].value():
                self.fields[name].set_value(hours)
        self.read(self.hall.people, done=self._show_people)
        self._read()
        self.fields["window_no"].edit.setFocus()

    def act(self) -> None:
        day = read_day(self.fields["day"].value(), self._clock.now().date())
        begin, until = read_time(self.fields["from_time"].value()), read_time(self.fields["to_time"].value())
        if day is None:
            self.refuse("day", "日期写成 11-26")
        elif begin is None:
            self.refuse("from_time", "时间写成 8:30")
        elif until is None:
            self.refuse("to_time", "时间写成 17:00")
        elif (person := self._person(self.who.value())) is None:
            self.refuse("user_id", "右边没有这个人，请从右边选，或请技术员先建账号")
        else:
            wish = NewRosterEntry(day, self.fields["window_no"].value(), person.user_id, begin, until)
            self._day = day
            self.do(self.hall.add_roster, wish, done=self._added)

    def _added(self, entry: RosterEntry) -> None:
        for name in ("window_no", "user_id"):
            self.fields[name].set_value("")
        self.fields["window_no"].edit.setFocus()
        self._read()

        def undo() -> None:
            self.do(self.hall.drop_roster, entry.entry_id, done=lambda _: self._read())

        self.undo_offered.emit(f"{entry.window_no} 号窗口排了{entry.user_name}", undo)

    def _drop(self) -> None:
        entry_id = self.list.current()
        if entry_id:
            self.do(self.hall.drop_roster, entry_id, done=lambda _: self._read(), button=self.drop)

    def _turn(self) -> None:
        day = read_day(self.fields["day"].value(), self._clock.now().date())
        if day is None:
            self.fields["day"].set_error("日期写成 11-26")
        elif day != self._day:
            self._day = day
            self._read()

    def _read(self) -> None:
        self.heading.setText(screen_day(self._day))
        self.read(self.hall.roster, self._day, done=self._show)

    def _show(self, roster: tuple[RosterEntry, ...]) -> None:
        self.list.show_lines([_of_roster(entry) for entry in roster])
        self.drop.setVisible(bool(roster))

    def _show_people(self, people: tuple[UserInfo, ...]) -> None:
        self._people = tuple(person for person in people if Role.CLERK in person.roles)
        self.people.show_lines(
            [Line(one.user_id, (Cell(one.name), Cell(one.login_name, "ink5"))) for one in self._people]
        )

    def _picked(self, user_id: str) -> None:
        person = next((one for one in self._people if one.user_id == user_id), None)
        if person is not None and self.people.view.hasFocus():
            self.who.set_value(person.login_name)

    def _person(self, words: str) -> UserInfo | None:
        found = [one for one in self._people if words in (one.login_name, one.name)]
        return found[0] if len(found) == 1 else None


def _of_notice(notice: Notice, now: datetime) -> Line:
    standing = notice.from_at <= now
    return Line(
        notice.notice_id,
        (
            Cell(notice.text),
            Cell(_moment(notice.from_at, now), "ink7"),
            Cell(_moment(notice.until_at, now), "ink7"),
            Cell("在放" if standing else "还没到", state=State.OK if standing else State.NEUTRAL),
        ),
    )


def _moment(at: datetime, now: datetime) -> str:
    return clock_time(at) if at.date() == now.date() else f"{at:%m-%d} {clock_time(at)}"


def _of_roster(entry: RosterEntry) -> Line:
    return Line(
        entry.entry_id,
        (
            Cell(f"{entry.window_no} 号", bold=True),
            Cell(entry.user_name),
            Cell(f"{entry.from_time:%H:%M}", "ink7"),
            Cell(f"{entry.to_time:%H:%M}", "ink7"),
        ),
    )
