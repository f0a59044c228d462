"""The head of a case file: which matter, whose, where it stands, how long there is, who did what, and its way."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import clock_time, joined
from clerk_app.services.steps.values import OpenFile
from clerk_app.ui.kit.labels import ElidedLabel, IconLabel, Pill, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.timeline import Timeline
from clerk_app.ui.window.file import course

AWAY = "服务器连不上，只有本窗口知道的内容"


class FileHead(Surface):
    """Three lines and the way of the case below them."""

    def __init__(self) -> None:
        super().__init__("paper", edges="bottom")
        self.name = ElidedLabel("", "title")
        self.instant = Pill("即办件", State.PRI)
        self.state = Pill("")
        self.clock = Pill("")
        self.whose = ElidedLabel("", "note", "ink7")
        self.people = ElidedLabel("", "note", "ink5")
        self.waiting = Pill("", State.WARN, icon="cloud-upload")
        self.away = Pill(AWAY, State.WARN, icon="cloud-off")
        self.way = Timeline()
        first = Row(self.name, self.instant, self.state, self.clock, gap=SPACE.x8)
        first.setStretch(0, 1)
        last = Row(self.people, self.waiting, self.away, gap=SPACE.x8)
        last.setStretch(0, 1)
        head = QWidget()
        head.setLayout(Column(first, self.whose, last, margins=(SPACE.x6, SPACE.page, 0, SPACE.page)))
        way = QWidget()
        way.setLayout(Row(self.way, margins=(SPACE.x8, SPACE.page, SPACE.x8, SPACE.page)))
        self.setLayout(Column(head, way))
        self._low = False

    def set_low(self, low: bool) -> None:
        """On a low screen who did what is told by the tooltip alone."""
        self._low = low
        self.people.setVisible(not low)
        self.whose.setToolTip(self.people.whole_text() if low else "")

    def show_file(self, opened: OpenFile, now: datetime) -> None:
        """Show where the case stands."""
        intake, file = opened.conclusion.intake, opened.file
        self.name.setText(opened.file.opening.matter_name)
        self.instant.setVisible(file.instant)
        words, state = course.state_pill(file)
        self.state.set(words, state)
        clock = course.clock(file, now)
        self.clock.set(clock.words, clock.state, icon="clock" if clock.words else None)
        self.clock.setVisible(bool(clock.words))
        agent = f"（代理人 {intake.agent.name}）" if intake.agent is not None else ""
        place = f"受理次序第 {opened.sequence} 位" if opened.sequence else ""
        official = f"办件编号 {opened.case_no}" if opened.case_no else ""
        self.whose.setText(joined(f"{intake.applicant_name}{agent}", opened.conclusion.numbers.case, official, place))
        self.people.setText(joined(opened.file.opening.department, course.people(opened)))
        self.set_low(self._low)
        self.waiting.set(f"{opened.waiting} 步待上传", State.WARN, icon="cloud-upload")
        self.waiting.setVisible(opened.waiting > 0)
        self.away.setVisible(opened.seen_at is None)
        self.way.show_stops(course.stops(opened, now))


class ResultLine(Surface):
    """What became of the last step: it counts, it waits, or the server refused it. Hidden when there is nothing."""

    def __init__(self) -> None:
        super().__init__("sunk", edges="bottom", height=SIZE.row_table)
        self.icon = IconLabel("circle-check", "ok_solid", SIZE.icon_middle)
        self.words = ElidedLabel("", "body")
        self.at = Text("", "note", "ink5", right=True)
        row = Row(self.icon, self.words, self.at, gap=SPACE.x8, margins=(0, SPACE.page))
        row.setStretch(1, 1)
        self.setLayout(row)
        self.setVisible(False)

    def show_result(self, words: str, state: State, at: datetime | None = None) -> None:
        """Show a sentence, or hide the line for an empty one."""
        icon, tone, fill = {
            State.OK: ("circle-check", "ok_solid", "sunk"),
            State.WARN: ("cloud-upload", "warn_solid", "warn"),
            State.BAD: ("circle-alert", "bad_solid", "bad"),
        }.get(state, ("circle-alert", "ink7", "sunk"))
        self.set_kind(fill)
        self.icon.set(icon, tone)
        self.words.set_tone({State.BAD: "bad", State.WARN: "warn"}.get(state, "ink9"))
        self.words.setText(words)
        self.at.setText(clock_time(at) if at is not None and words else "")
        self.setAccessibleName(words)
        self.setVisible(bool(words))
