"""What is special about the ticket at this window, below its number: why it goes first, what it brings along."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.ports.hall_queue import Ticket
from clerk_app.ui.keys import key
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.flow import Flow
from clerk_app.ui.kit.labels import IconLabel, Pill, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.window.queue_words import facts


class TicketFacts(QWidget):
    """Pills, the window that holds a draft, and the case that a returning citizen comes for (``case_wanted``).

    An ordinary ticket shows nothing and takes no room.
    """

    case_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[tuple[str, State, str | None]] = []
        self.pills: list[Pill] = []
        self._flow = Flow(gap=SPACE.x4)
        self._place = QWidget()
        self._place.setLayout(self._flow)
        self.elsewhere = Text("", "note", "warn", wrap=True)
        self._warning = QWidget()
        warning = Row(IconLabel("triangle-alert", "warn_solid", SIZE.icon_small), self.elsewhere, gap=SPACE.x6)
        warning.setStretch(1, 1)
        self._warning.setLayout(warning)
        self.case = Button(key("ticket_case").text, key=key("ticket_case").cap(), compact=True)
        self.case.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.case.clicked.connect(self.case_wanted)
        self.setLayout(Column(self._place, self._warning, self.case, gap=SPACE.x6))

    def show_ticket(self, ticket: Ticket | None, window_no: str) -> None:
        """None hides everything; ``window_no`` is this window."""
        wanted = facts(ticket) if ticket is not None else []
        if wanted != self._shown:
            self._shown = list(wanted)
            self._build()
        here = {None, window_no}
        elsewhere = ticket.from_window if ticket is not None and ticket.from_window not in here else ""
        self.elsewhere.setText(f"草稿在 {elsewhere} 号窗口的电脑上，可以请那边接着办，或在这里重新录")
        self._warning.setVisible(bool(elsewhere))
        number = ticket.case_number if ticket is not None else ""
        self.case.setText("打开这个号的办件" if number else "")
        self.case.setToolTip(number)
        self.case.setVisible(bool(number))
        self._place.setVisible(bool(wanted))
        self.setVisible(bool(wanted or elsewhere or number))

    def _build(self) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.pills = []
        for words, state, icon in self._shown:
            pill = Pill(words, state, icon=icon)
            self.pills.append(pill)
            self._flow.addWidget(pill)
        self._flow.invalidate()
