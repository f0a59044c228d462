"""The sections of the rail: who waits, my day, and the narrow form of all that."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.design.words import NOTHING, average, clock_time, minutes
from clerk_app.ports.hall_queue import GroupWaiting, WindowView
from clerk_app.services.window.overview import MyDay
from clerk_app.ui.keys import key
from clerk_app.ui.kit.labels import Divider, ElidedLabel, Pill, SectionTitle, Text
from clerk_app.ui.kit.layout import Column, Grid, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.theme import px, theme
from clerk_app.ui.window.hints import HintButton
from clerk_app.ui.window.queue_words import wait_look

MOST_GROUPS = 6
NOTE_WIDTH = 178


class Section(QWidget):
    """Line above, margins round."""

    def __init__(self) -> None:
        super().__init__()
        self.body = Column(gap=SPACE.x6, margins=(SPACE.x12, SPACE.x16))
        self.setLayout(Column(Divider(), self.body))


class Waiting(Section):
    """Who waits in which queue, and since when the longest."""

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
        self._view: WindowView | None = None

    def show_view(self, view: WindowView | None, now: datetime | None, stale_since: datetime | None) -> None:
        groups = tuple(group for group in view.groups if group.waiting) if view else ()
        self._groups, self._view = groups[:MOST_GROUPS], view
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
                self._show_longest(group, longest, at)
        self.nobody.setText("现在没有人等候" if view else "还没有排队数据")
        self.nobody.setVisible(not self._groups)
        self.priority.setVisible(bool(view and view.priority_waiting))
        if view and view.priority_waiting:
            self.priority.set(f"优先 {view.priority_waiting} 人", State.WARN, icon="accessibility")

    def tick(self, now: datetime) -> None:
        for group, (_, _, longest) in zip(self._groups, self.rows, strict=False):
            self._show_longest(group, longest, now)

    def _show_longest(self, group: GroupWaiting, label: Text, now: datetime | None) -> None:
        """By the hall's target and alarm in colour, weight and word."""
        waited = longest_seconds(group, now)
        word, tone = wait_look(waited, self._view.rules) if self._view is not None else ("最久", "ink7")
        label.setText(f"{word} {minutes(waited)}")
        label.set_tone(tone)
        label.set_strong(tone == "bad")


class Day(Section):
    """What I have done today."""

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


class Slim(QWidget):
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


def longest_seconds(group: GroupWaiting, now: datetime | None) -> float:
    """How long the first of the group waits."""
    if now is not None and group.oldest_taken_at is not None:
        return max(0.0, (now - group.oldest_taken_at).total_seconds())
    return float(group.longest_wait_s)
