"""Sheets that belong to no case and that nobody knows the fate of: a question before anything else is done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from clerk_app.design.tokens import SPACE
from clerk_app.ports.window import StoredPaper
from clerk_app.services.window.printing import Answer, Question
from clerk_app.ui.keys import Page
from clerk_app.ui.kit.ask import AskCard
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Column
from clerk_app.ui.lanes import Lanes
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.rooms import Room
from clerk_app.ui.window.sheets import AskPlace, Sheets


class LeftSheets(Room):
    """After a start: lists of consultations and hand-over sheets that were being printed when the program ended."""

    page = Page.ASK

    def __init__(self, control: DeskControl, lanes: Lanes) -> None:
        super().__init__()
        self._control = control
        self._place = AskPlace()
        title = Text("上次没打完的纸", "title")
        self.setLayout(Column(title, self._place, None, gap=SPACE.x12, margins=SPACE.page))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.sheets = Sheets(control.desk.printing, lanes.lane("printer"))
        self.sheets.done.connect(self.left)
        self.sheets.asked.connect(self._ask)
        self.sheets.refused.connect(self._put_off)

    @property
    def ask(self) -> AskCard | None:
        """The question that is open."""
        return self._place.card

    def begin(self, papers: Sequence[StoredPaper]) -> None:
        """Ask about each of them, print what never was sent."""
        assert self._control.session is not None
        self.sheets.print(papers, self._control.session.actor)

    def _ask(self, question: Question) -> None:
        def answered(answer: Answer) -> None:
            self.setFocus()
            self.sheets.answer(question, answer)

        self._place.ask(question, answered)

    def _put_off(self, sentence: str) -> None:
        self._control.said.emit(f"{sentence}。先不打了，要的时候再补打")
        self.sheets.postpone()

    def start(self) -> None:
        (self.ask or self).setFocus()

    def escape(self) -> bool:
        """The question stays until it is answered."""
        return self.ask is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()
