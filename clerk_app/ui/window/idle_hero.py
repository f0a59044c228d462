"""The head of the free page: what the window does, one big key, and three figures."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.design.words import NOTHING, average, clock_time, minutes
from clerk_app.domain.queue import AWAY_WORDS, WindowState
from clerk_app.ports.hall_queue import WindowView
from clerk_app.ui.keys import key
from clerk_app.ui.kit.buttons import CallButton
from clerk_app.ui.kit.labels import ElidedLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.window.frames import Level
from clerk_app.ui.window.queue_words import wait_look

CALL_WIDTH = 316
HERO = 164
HERO_LOW = 136

READY = "准备好了就叫下一位"
READY_NOTE = "叫哪个号、到哪个窗口都由系统随机分派，不能挑号"
NOBODY = "现在没有人等候"
NOBODY_NOTE = "按 F2 等着，有人取号会自动叫到本窗口；没有号的人按 F5 直接办"
WAITING = "空闲，有人取号会自动叫到本窗口"
WAITING_NOTE = "{since} 起空闲。不想被叫到按 Alt+W；没有号的人按 F5 直接办"
AWAY = "离席：{reason}"
AWAY_NOTE = "{since} 起不分派到本窗口。回来按 F2 叫下一位；先不叫号按 Alt+W"
OFF = "本窗口关了"
OFF_NOTE = "{since} 起不分派到本窗口。要再办，按 F2 开窗口并叫下一位"
LONGEST = "最久已等"
_BUTTON: Final = {WindowState.FREE: "正在等人", WindowState.AWAY: "回来叫号", WindowState.OFF: "开窗叫号"}


class Hero(Level):
    """``call_next`` is the big key; ``refused`` carries why it does nothing now."""

    call_next = Signal()
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__("card", height=HERO)
        self._view: WindowView | None = None
        self._locked = ""
        self._calling = False
        self._by_hand: tuple[str, str] | None = None
        self.call = CallButton(key("call_next").text, key=key("call_next").cap())
        self.title = ElidedLabel(READY, "headline")
        self.note = Text(READY_NOTE, "note", "ink7", wrap=True)
        self.people = _Figure("可到本窗口的人")
        self.longest = _Figure(LONGEST)
        self.mean = _Figure("今天平均等候")
        self.figures = QWidget()
        row = Row(self.people, self.longest, self.mean, None, gap=SPACE.x32, margins=(SPACE.x12, 0, 0, 0))
        self.figures.setLayout(row)
        words = Column(None, self.title, self.note, self.figures, None, margins=(SPACE.x8, SPACE.x24))
        place = Surface("", width=CALL_WIDTH)
        place.setLayout(Row(self.call))
        whole = Row(words, place)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self.call.clicked.connect(self.press)

    def set_low(self, low: bool) -> None:
        """Whether there is little room below."""
        self.set_height(HERO_LOW if low else HERO)

    def show_view(self, view: WindowView | None, now: datetime) -> None:
        """What the window does, who may come here, how long the longest waits, the hall's mean."""
        self._view = view
        self.people.set(str(view.eligible) if view else NOTHING)
        self._show_longest(now)
        mean = view.mean_wait_s if view else None
        self.mean.set(average(mean) if mean is not None else NOTHING)
        if view is not None:
            self.mean.words.setText(f"今天平均等候（目标 {view.rules.target_minutes}:00）")
        self._show_words()

    def tick(self, now: datetime) -> None:
        """Let the longest wait grow."""
        if not self._locked:
            self._show_longest(now)

    def show_calling(self, calling: bool) -> None:
        """A call is on its way, or its answer is there."""
        self._calling = calling
        self._show_words()

    def lock(self, reason: str) -> None:
        """Calling is not possible and why; empty unlocks."""
        self._locked = reason
        self._show_words()

    def show_by_hand(self, words: tuple[str, str] | None) -> None:
        """Title and note while numbers are called by hand: F2 asks for the one that the citizen holds."""
        self._by_hand = words
        self._show_words()

    def press(self) -> None:
        """F2."""
        if self._calling:
            return
        if self._by_hand is None and self._locked:
            self.refused.emit(self._locked)
        else:
            self.call_next.emit()

    def _show_longest(self, now: datetime) -> None:
        view = self._view
        if view is None or not view.eligible:
            self.longest.set(NOTHING, "", "ink9", LONGEST)
            return
        grown = 0.0 if self._locked else max(0.0, (now - view.at).total_seconds())
        waited = view.longest_wait_s + grown
        number, _, unit = minutes(waited).rpartition(" ")
        _, tone = wait_look(waited, view.rules)
        limits = {"warn": f"已过 {view.rules.target_minutes} 分目标", "bad": f"已过 {view.rules.alarm_minutes} 分警戒"}
        self.longest.set(number, unit, tone if tone in limits else "ink9", limits.get(tone, LONGEST))

    def _show_words(self) -> None:
        self.call.setEnabled(not self._locked or self._by_hand is not None)
        # Without the server the figures are old; the rail says of when.
        self.figures.setVisible(not self._locked)
        title, note = ("现在叫不了号", self._locked) if self._locked else self._standing_words()
        title, note = self._by_hand or (title, note)
        self.title.setText(title)
        self.note.setText(note)
        state = self._view.state if self._view is not None and not self._locked else WindowState.BUSY
        self.call.set_icon("ear" if state is WindowState.FREE else "volume-2")
        at_rest = _BUTTON.get(state, key("call_next").text) if self._by_hand is None else "输入号码"
        self.call.setText("正在叫号…" if self._calling else at_rest)

    def _standing_words(self) -> tuple[str, str]:
        """Title and note by what the window does."""
        view = self._view
        if view is None:
            return READY, READY_NOTE
        since = clock_time(view.state_since) if view.state_since is not None else "刚才"
        if view.state is WindowState.FREE:
            return WAITING, WAITING_NOTE.format(since=since)
        if view.state is WindowState.AWAY:
            reason = AWAY_WORDS[view.away] if view.away is not None else "有事"
            return AWAY.format(reason=reason), AWAY_NOTE.format(since=since)
        if view.state is WindowState.OFF:
            return OFF, OFF_NOTE.format(since=since)
        return (READY, READY_NOTE) if view.eligible else (NOBODY, NOBODY_NOTE)


class _Figure(QWidget):
    """A number with its unit, and what it counts below."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.number = Text(NOTHING, "figure")
        self.unit = Text("", "item", strong=True)
        line = Row(gap=SPACE.x4)
        line.addWidget(self.number, 0, Qt.AlignmentFlag.AlignBottom)
        line.addWidget(self.unit, 0, Qt.AlignmentFlag.AlignBottom)
        line.put(None)
        self.words = Text(words, "note", "ink5")
        self.setLayout(Column(line, self.words))
        self.unit.setVisible(False)

    def set(self, number: str, unit: str = "", tone: str = "ink9", words: str = "") -> None:
        """Show a figure; ``words`` take the place of what stands below it."""
        if words:
            self.words.setText(words)
            self.words.set_tone("ink5" if tone == "ink9" else tone)
        self.number.set_tone(tone)
        self.number.setText(number)
        self.unit.setText(unit)
        self.unit.setVisible(bool(unit))
        self.setAccessibleName(f"{self.words.text()} {number}{unit}")
