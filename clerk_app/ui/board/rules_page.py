"""The hall's rules of queueing and its hours; every one has a default, every refusal stands under its field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

from clerk_app.design.tokens import SPACE
from clerk_app.design.words import screen_day
from clerk_app.domain.queue_order import Fairness
from clerk_app.domain.queue_rules import WORKDAY_HOURS, AppointmentRules, Hours, QueueRules, Session
from clerk_app.ports.clock import Clock
from clerk_app.ports.hall_board import RunHall
from clerk_app.ui.board.lines import Cell, Line, Lines
from clerk_app.ui.board.run_page import Panel, RunPage, beside
from clerk_app.ui.board.typed import read_day, read_sessions, write_sessions
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.checks import Check
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Column, Grid, Row
from clerk_app.ui.lanes import Lanes
from clerk_app.ui.window.frames import Scroll

_RULES: Final[tuple[tuple[str, str], ...]] = (
    ("target_minutes", "等候目标（分）"),
    ("alarm_minutes", "等候警戒（分）"),
    ("recall_seconds", "重叫间隔（秒）"),
    ("recalls_before_missed", "过号前重叫（次）"),
    ("missed_after", "过号回来排在几位后"),
    ("missed_returns", "过号能回来几次"),
    ("per_person", "每人每天几个号"),
    ("turns_at", "换日的钟点"),
    ("seen_seconds", "空闲窗口失联（秒）"),
)
_FAIRNESS: Final[tuple[tuple[str, str], ...]] = (
    ("draw_among", "随机分派的候选数"),
    ("most_passes", "最多被超过几次"),
    ("preferred_in_a_row", "连续优先几位"),
)
_SLOTS: Final[tuple[tuple[str, str], ...]] = (
    ("slot_minutes", "预约一段（分）"),
    ("per_slot", "一段几位"),
    ("days_ahead", "提前几天"),
    ("late_minutes", "迟到几分钟内算数"),
)
_TAKING: Final[tuple[tuple[str, str], ...]] = (
    ("take_before", "开门前几分起取号"),
    ("take_until", "关门前几分停取号"),
)
_WEEK: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


class RulesPage(RunPage):
    """What is typed is stored as a whole with F9."""

    def __init__(self, hall: RunHall, lanes: Lanes, clock: Clock) -> None:
        super().__init__(hall, lanes, "存规则")
        self._clock = clock
        self._rules = QueueRules()
        self._days: dict[date, tuple[Session, ...]] = {}
        self.lunch = Check("午间也取号")
        self.special = Lines(("日子", "办公时间"), (3, 5), empty="没有特别的日子")
        self.add = Button("加上这一天")
        self.drop = Button("去掉这一天")
        self.add.clicked.connect(lambda: self._add_day())
        self.drop.clicked.connect(lambda: self._drop_day())
        beside(self, (self._numbers(), 5), (self._hours(), 5), (self._special_days(), 4))

    def _numbers(self) -> Panel:
        column = Column(gap=SPACE.x8)
        for title, names in (("叫号和过号", _RULES), ("公平", _FAIRNESS), ("预约", _SLOTS)):
            grid = Grid(across=SPACE.x12, down=SPACE.x8)
            for place, (name, label) in enumerate(names):
                grid.addWidget(self.field(name, label, latin=True, max_length=4), place // 3, place % 3)
            column.put(Text(title, "note", "ink7", strong=True), grid)
        column.put(None)
        panel = Panel("规则", gap=0)
        panel.body.put(Scroll(column, (0, SPACE.x8, 0, 0)))
        return panel

    def _hours(self) -> Panel:
        column = Column(gap=SPACE.x8)
        grid = Grid(across=SPACE.x12, down=SPACE.x8)
        for place, name in enumerate(_WEEK):
            field = self.field(f"week{place + 1}", name, hint="08:30-12:00 13:30-17:00", latin=True)
            grid.addWidget(field, place // 2, place % 2)
        self.fields["hours"] = self.fields["week1"]
        for place, (name, label) in enumerate(_TAKING):
            grid.addWidget(self.field(name, label, latin=True, max_length=4), 4, place)
        self.usual = Button("填周一到周五，8:30–12:00、13:30–17:00")
        self.usual.clicked.connect(self._fill_usual)
        column.put(grid, self.lunch, Row(self.usual, None))
        column.put(
            Text("上午下午之间空一格；不办公写 休。全部写 休 就是没设时间，随时取号。", "note", "ink5", wrap=True), None
        )
        panel = Panel("每周的办公时间", gap=0)
        panel.body.put(Scroll(column, (0, SPACE.x8, 0, 0)))
        return panel

    def _special_days(self) -> Panel:
        panel = Panel("特别的日子（延时、错时、放假、补班）", self.special, padded=False)
        day = self.field("day", "日期", hint="12-05", latin=True)
        hours = self.field("day_hours", "办公时间", hint="09:00-19:00 或 休", latin=True)
        for field in (day, hours):
            field.entered.disconnect()
            field.entered.connect(lambda _value: self._add_day())
        form = Row(day, hours, gap=SPACE.x12, margins=(0, SPACE.card))
        form.setStretch(1, 1)
        panel.body.put(form, Row(SPACE.card, self.add, SPACE.x8, self.drop, None))
        return panel

    # --- showing ----------------------------------------------------------------------------------------------
    def start(self) -> None:
        self.clear_errors()
        self.read(self.hall.rules, done=self._show)
        self.fields["target_minutes"].edit.setFocus()

    def _show(self, rules: QueueRules) -> None:
        self._rules = rules
        for source, names in ((rules, _RULES), (rules.fairness, _FAIRNESS), (rules.appointments, _SLOTS)):
            for name, _ in names:
                self.fields[name].set_value(str(getattr(source, name)))
        for name, _ in _TAKING:
            self.fields[name].set_value(str(getattr(rules.hours, name)))
        for place in range(7):
            self.fields[f"week{place + 1}"].set_value(write_sessions(rules.hours.week.get(place + 1, ())))
        self.lunch.setChecked(rules.hours.lunch_takes)
        self._days = dict(rules.hours.days)
        self._show_days()

    def _show_days(self) -> None:
        today = self._clock.now().date()
        coming = sorted(day for day in self._days if day >= today)
        self.special.show_lines(
            [Line(day.isoformat(), (Cell(screen_day(day)), Cell(write_sessions(self._days[day])))) for day in coming]
        )
        self.drop.setVisible(bool(coming))

    def _fill_usual(self) -> None:
        for place in range(7):
            words = write_sessions(WORKDAY_HOURS.week.get(place + 1, ()))
            self.fields[f"week{place + 1}"].set_value(words)

    # --- steps ------------------------------------------------------------------------------------------------
    def act(self) -> None:
        """Store everything that is typed."""
        self.clear_errors()
        numbers = self._typed_numbers()
        week = self._typed_week()
        if numbers is None or week is None:
            return
        hours = Hours(
            week={day: sessions for day, sessions in week.items() if sessions},
            days=self._days,
            lunch_takes=self.lunch.isChecked(),
            **{name: numbers[name] for name, _ in _TAKING},
        )
        rules = replace(
            self._rules,
            fairness=Fairness(**{name: numbers[name] for name, _ in _FAIRNESS}),
            appointments=AppointmentRules(**{name: numbers[name] for name, _ in _SLOTS}),
            hours=hours,
            **_named(numbers, _RULES),
        )

        def undo() -> None:
            self.do(self.hall.set_rules, before, done=self._show)

        def done(stored: QueueRules) -> None:
            self._show(stored)
            self.undo_offered.emit("规则存好了，从下一步起按新的", undo)

        before = self._rules
        self.do(self.hall.set_rules, rules, done=done)

    def _typed_numbers(self) -> dict[str, int] | None:
        found = {}
        for name, _ in (*_RULES, *_FAIRNESS, *_SLOTS, *_TAKING):
            value = self.fields[name].value()
            if not value.isdigit():
                self.refuse(name, "写一个整数")
                return None
            found[name] = int(value)
        return found

    def _typed_week(self) -> dict[int, tuple[Session, ...]] | None:
        week = {}
        for place in range(7):
            name = f"week{place + 1}"
            sessions = read_sessions(self.fields[name].value())
            if sessions is None:
                self.refuse(name, "写成 08:30-12:00 13:30-17:00，不办公写 休")
                return None
            week[place + 1] = sessions
        return week

    def _add_day(self) -> None:
        for name in ("day", "day_hours"):
            self.fields[name].set_error("")
        day = read_day(self.fields["day"].value(), self._clock.now().date())
        sessions = read_sessions(self.fields["day_hours"].value())
        if day is None:
            self.refuse("day", "日期写成 12-05")
        elif sessions is None or not self.fields["day_hours"].value():
            self.refuse("day_hours", "写成 09:00-19:00，放假写 休")
        else:
            self._days[day] = sessions
            for name in ("day", "day_hours"):
                self.fields[name].set_value("")
            self._show_days()
            self.trouble.setText("")
            self.said.emit("加上了，按 F9 存规则才生效")

    def _drop_day(self) -> None:
        key = self.special.current()
        if key:
            del self._days[date.fromisoformat(key)]
            self._show_days()
            self.said.emit("去掉了，按 F9 存规则才生效")


def _named(numbers: dict[str, int], names: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    return {name: numbers[name] for name, _ in names}
