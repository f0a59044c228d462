"""A line of answers on digits inside a form."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.services.steps.forms import Choice
from clerk_app.ui.keys import Page, is_enter, pressed
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.buttons import Chip
from clerk_app.ui.kit.flow import Flow
from clerk_app.ui.kit.labels import IconLabel, Text
from clerk_app.ui.kit.layout import Column, Row


class PickLine(QWidget):
    """Digits choose, Enter goes on. ``chosen`` follows each choice, ``entered`` comes with Enter, ``focused`` when
    the digits begin or cease to mean its answers.

    ``lasting`` keeps the choice visible; without it a digit only writes its phrase somewhere.
    """

    chosen = Signal(str)
    entered = Signal()
    focused = Signal(bool)

    def __init__(self, label: str, choices: Sequence[Choice], *, many: bool = False, lasting: bool = True) -> None:
        super().__init__()
        self._choices = tuple(choices)
        self.many, self._lasting = many, lasting
        self._picked: set[str] = set()
        self.label = Text(label, "note", "ink5")
        self.chips = [Chip(choice.words, key=str(digit)) for digit, choice in enumerate(choices, 1)]
        self._icon = IconLabel("circle-alert", "bad", SIZE.icon_small)
        self.error = Text("", "note", "bad", wrap=True)
        row = Row(self._icon, self.error, gap=SPACE.x4)
        row.setStretch(1, 1)
        line = QWidget()
        line.setLayout(Flow(*self.chips, gap=SPACE.x6))
        self.setLayout(Column(self.label, line, row, gap=SPACE.x4, margins=SPACE.x4))
        for index, chip in enumerate(self.chips):
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(lambda _on=False, at=index: self._pick(at))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAccessibleName(label)
        self.set_error("")

    def value(self) -> str:
        """The chosen value, several joined with a comma, empty when nothing is chosen."""
        return ",".join(choice.value for choice in self._choices if choice.value in self._picked)

    def set_value(self, value: str) -> None:
        """Choose without telling."""
        self._show({one for one in value.split(",") if one})

    def _show(self, picked: set[str]) -> None:
        self._picked = picked
        for choice, chip in zip(self._choices, self.chips, strict=True):
            chip.setChecked(choice.value in picked)

    def set_error(self, sentence: str) -> None:
        """Say what is wrong below the answers; an empty sentence clears it."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        self._icon.setVisible(bool(sentence))
        self.setAccessibleDescription(sentence)

    def has_error(self) -> bool:
        """Whether an error is shown."""
        return bool(self.error.text())

    def _pick(self, index: int) -> None:
        self.setFocus()
        value = self._choices[index].value
        if self.many:
            self._show(self._picked ^ {value})
        else:
            self._show({value} if self._lasting else set())
        self.set_error("")
        self.chosen.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        hit = pressed(event, Page.FILE_FORM)
        if is_enter(event):
            self.entered.emit()
        elif hit is not None and hit.id == "pick_preset" and hit.index < len(self.chips):
            self._pick(hit.index)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
        self.focused.emit(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus():
            painter = QPainter(self)
            paint.focus_frame(painter, self.rect())
            painter.end()
