"""The ask card: a question that only a person can answer, in the work area, never a dialog."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.ui.kit.buttons import Choice
from clerk_app.ui.kit.labels import IconLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import Surface

_DIGITS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)


class AskCard(Surface):
    """Two or three answers on the keys 1 to 3; nothing is preselected and Enter on the card answers nothing.

    ``answers`` are (what, what will follow). ``answered`` carries the index from 0 and is emitted once.
    """

    answered = Signal(int)

    def __init__(
        self,
        title: str,
        explanation: str,
        question: str,
        answers: list[tuple[str, str]],
        *,
        icon: str = "circle-alert",
        side: QWidget | None = None,
    ) -> None:
        if not 2 <= len(answers) <= len(_DIGITS):
            raise ValueError("an ask card has two or three answers")
        super().__init__("ask")
        self._done = False
        head = Surface("askhead")
        words = Column(Text(title, "title", "bad"), Text(explanation, "note", "ink9", wrap=True), gap=SPACE.x2)
        head_row = Row(
            IconLabel(icon, "bad_solid", SIZE.icon_huge), words, gap=SPACE.x16, margins=(SPACE.x8, SPACE.card)
        )
        head_row.setStretch(1, 1)
        head.setLayout(head_row)
        self.choices = [
            Choice(what, follows, key=str(number), framed=True)
            for number, (what, follows) in enumerate(answers, start=1)
        ]
        left = Column(Text(question, "item"), SPACE.x2, *self.choices, None, gap=SPACE.x6)
        body = Row(left, gap=SPACE.x16, margins=(SPACE.x12, SPACE.card))
        body.setStretch(0, 3)
        if side is not None:
            body.addWidget(side, 1)
        self.setLayout(Column(head, body))
        for index, choice in enumerate(self.choices):
            choice.clicked.connect(lambda _checked=False, chosen=index: self._answer(chosen))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{title}。{question}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = _DIGITS[: len(self.choices)]
        if event.key() in keys and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._answer(keys.index(Qt.Key(event.key())))
            return
        super().keyPressEvent(event)

    def _answer(self, index: int) -> None:
        if self._done:
            return
        self._done = True
        self.setEnabled(False)
        self.answered.emit(index)
