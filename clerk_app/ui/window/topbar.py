"""The dark bar on top: which window of which hall, who sits here, what time it is."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import bar_day, clock_time
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.masking import mask_id_number
from clerk_app.ui.keys import key
from clerk_app.ui.kit.labels import ElidedLabel, IconLabel, Pill, Text
from clerk_app.ui.kit.layout import Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.window import later
from clerk_app.ui.window.hints import HintButton

if TYPE_CHECKING:
    from clerk_app.domain.intake import Intake


class TopBar(Surface):
    """``tick`` moves the clock. Narrow, the hall gives its place to the person of the case (Alt+P opens the drawer).

    ``help_wanted`` and ``person_wanted`` are clicks on the F1 and Alt+P caps.
    """

    help_wanted = Signal()
    person_wanted = Signal()

    def __init__(self, window_no: str) -> None:
        super().__init__("rail", height=SIZE.top_bar)
        self._narrow = False
        self.badge = _Badge(f"{window_no} 号窗口")
        self.state = Pill("")
        self.hall = ElidedLabel("", "item", "paper", strong=True)
        self.area = ElidedLabel("", "note", "rail_sub")
        self.person = QWidget()
        self.person_name = Text("", "item", "paper")
        self.person_number = Text("", "body", "paper")
        person_key = HintButton(key("person").cap(), "", dark=True)
        person_key.setAccessibleName(key("person").text)
        self.person.setLayout(
            Row(
                IconLabel("id-card", "paper", SIZE.icon_middle),
                self.person_name,
                self.person_number,
                person_key,
                gap=SPACE.x8,
            )
        )
        self._user = IconLabel("user", "paper", SIZE.icon)
        self.clerk = Text("", "body", "paper")
        self.day = Text("", "body", "paper")
        self.clock = Text("", "action", "paper", strong=True)
        help_key = HintButton(key("help").cap(), key("help").text, dark=True)
        row = Row(self.badge, self.state, SPACE.x4, self.hall, self.area, gap=SPACE.x12, margins=(0, SPACE.x16))
        row.put(None, self.person, SPACE.x4)
        row.put(Row(self._user, self.clerk, gap=SPACE.x6), SPACE.x4)
        row.put(Row(self.day, self.clock, gap=SPACE.x6), SPACE.x4, help_key)
        self.setLayout(row)
        self.person.setVisible(False)
        self.state.setVisible(False)
        self._user.setVisible(False)
        help_key.clicked.connect(self.help_wanted)
        person_key.clicked.connect(self.person_wanted)

    def show_hall(self, hall: HallProfile) -> None:
        """Name of the hall and where in it."""
        self.hall.setText(hall.name)
        self.area.setText(hall.area)
        self._arrange()

    def show_state(self, words: str, state: State = State.NEUTRAL, icon: str | None = None) -> None:
        """What the window does and since when, 「空闲 10:24 起」; empty while nothing is known."""
        self.state.set(words, state, icon=icon)
        self.state.setVisible(bool(words))

    def show_clerk(self, name: str) -> None:
        """Who is logged in; empty when nobody."""
        self.clerk.setText(name)
        self._user.setVisible(bool(name))

    def show_person(self, intake: Intake | None) -> None:
        """The person at the counter, shown while the bar is narrow; None takes them away."""
        person = later.arrived(intake)
        self.person_name.setText(person.display_name if person else "")
        self.person_number.setText(re.sub(r"\*{2,}", "****", mask_id_number(person.id_number)) if person else "")
        self._arrange()

    def tick(self, now: datetime) -> None:
        """Show date and time, to the minute."""
        self.day.setText(bar_day(now.date()))
        self.clock.setText(clock_time(now))

    def set_narrow(self, narrow: bool) -> None:
        """Below the width of three columns the hall's name leaves."""
        self._narrow = narrow
        self._arrange()

    def _arrange(self) -> None:
        self.hall.setVisible(not self._narrow)
        self.area.setVisible(not self._narrow and bool(self.area.whole_text()))
        self.person.setVisible(self._narrow and bool(self.person_name.text()))


class _Badge(Surface):
    """The window's number, white on the dark bar."""

    def __init__(self, words: str) -> None:
        super().__init__("card")
        self.words = Text(words, "item", "ink9", strong=True)
        self.setLayout(Row(self.words, margins=(0, SPACE.x8)))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
