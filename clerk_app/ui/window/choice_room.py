"""A small page with a few choices on digits: why a visit pauses, what the window does, which group somebody is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.ui.keys import Page, is_enter, pressed
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.buttons import Choice
from clerk_app.ui.kit.labels import ElidedLabel, KeyHint, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.legend import Legend
from clerk_app.ui.kit.surfaces import Card, Surface
from clerk_app.ui.window.frames import Scroll
from clerk_app.ui.window.rooms import Room


@dataclass(frozen=True, slots=True)
class Line:
    """One choice: what it is, what follows, and why it is locked (empty when it is not)."""

    words: str
    follows: str = ""
    locked: str = ""


class DigitList(QWidget):
    """A digit does it at once; the arrows walk and Enter does it.

    ``chosen`` carries the index, ``refused`` the reason of a locked line.
    """

    chosen = Signal(int)
    refused = Signal(str)
    walked = Signal(QWidget)  # the line that the arrows reached

    def __init__(self, page: Page, name: str) -> None:
        super().__init__()
        self._page = page
        self._lines: tuple[Line, ...] = ()
        self._at = -1
        self.choices: list[Choice] = []
        self._column = Column(gap=SPACE.x6, margins=SPACE.x4)
        self.setLayout(self._column)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAccessibleName(name)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show the choices anew, none of them chosen."""
        self._column.empty()
        self._lines, self.choices, self._at = tuple(lines), [], -1
        for number, line in enumerate(lines, 1):
            choice = Choice(line.words, line.follows, key=str(number), framed=True)
            choice.setCheckable(True)
            choice.lock(line.locked)
            choice.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            choice.clicked.connect(lambda _on=False, at=number - 1: self.choose(at))
            self.choices.append(choice)
            self._column.put(choice)

    def choose(self, index: int) -> None:
        """As the digit does."""
        if not 0 <= index < len(self._lines):
            return
        self._walk_to(index)
        if reason := self._lines[index].locked:
            self.refused.emit(reason)
        else:
            self.chosen.emit(index)

    def _walk_to(self, index: int) -> None:
        self._at = index
        for number, choice in enumerate(self.choices):
            choice.setChecked(number == index and not self._lines[number].locked)
        self.walked.emit(self.choices[index])
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        hit = pressed(event, self._page)
        if is_enter(event):
            self.choose(self._at)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._lines:
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self._walk_to(max(0, min(len(self._lines) - 1, self._at + step)))
        elif hit is not None and hit.id.startswith("pick_"):
            self.choose(hit.index)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus():
            painter = QPainter(self)
            paint.focus_frame(painter, self.rect())
            painter.end()


class CardRoom(Room):
    """One card in the middle; ``title`` and ``note`` above, the legend of its page below."""

    def __init__(self, page: Page, name: str) -> None:
        super().__init__()
        self.page = page
        self.title = Text("", "title")
        self.note = ElidedLabel("", "note", "ink7")
        self.card = Card(padding=SPACE.card, gap=SPACE.x12)
        self.legend = Legend()
        self.legend.show_page(name, page)
        head = Surface("paper", edges="bottom", height=SIZE.step_bar)
        head.setLayout(Row(self.title, self.note, KeyHint(("Esc",), "回去"), gap=SPACE.x12, margins=(0, SPACE.page)))
        self.area = Scroll(Column(self.card, None), (SPACE.x16, SPACE.page, SPACE.x16, SPACE.page))
        column = Column(head, self.area, self.legend)
        column.setStretch(1, 1)
        self.setLayout(column)


class DigitRoom(CardRoom):
    """A card with a list on digits; ``chosen`` carries the index, ``refused`` why a line is locked."""

    chosen = Signal(int)
    refused = Signal(str)

    def __init__(self, page: Page, name: str) -> None:
        super().__init__(page, name)
        self.list = DigitList(page, name)
        self.card.body.put(self.list)
        self.list.walked.connect(lambda line: self.area.ensureWidgetVisible(line, 0, 0))
        self.list.chosen.connect(self.chosen)
        self.list.refused.connect(self.refused)

    def show_lines(self, title: str, note: str, lines: Sequence[Line]) -> None:
        """Fill the page anew."""
        self.title.setText(title)
        self.note.setText(note)
        self.list.show_lines(lines)

    def start(self) -> None:
        self.list.setFocus()
