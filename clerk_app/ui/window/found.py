"""What the search on the free window found: cases of this window, each of which can be opened."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.design.words import clock_time, joined, short_day
from clerk_app.domain.masking import mask_name
from clerk_app.ports.window import CaseRow
from clerk_app.ui.keys import is_enter
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.labels import Divider, ElidedLabel, Pill, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import Card, EmptyState
from clerk_app.ui.window.wording import CASE_WORDS

LONG_ENOUGH = 8


def exact_number(text: str) -> str:
    """The number that was typed in full or scanned (a QR code holds an address that ends with it); empty for a name, a
    ticket or the end of a number, which the server is not asked for."""
    last = text.strip().rstrip("/").rpartition("/")[2]
    whole = len(last) >= LONG_ENOUGH and any(char.isdigit() for char in last)
    return last if whole and ("-" in last or "号" in last or sum(map(str.isdigit, last)) >= LONG_ENOUGH) else ""


class Found(QWidget):
    """Newest first: number, masked name and matter, state, when. ``opened`` carries a case id; ``left_above`` when
    the arrow goes beyond the first line."""

    opened = Signal(str)
    left_above = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("clear", "true")
        self.card = Card("找到的办件", padding=0)
        self.lines: list[FoundLine] = []
        self.setLayout(Column(self.card, None))

    def show_rows(self, text: str, rows: Sequence[CaseRow]) -> None:
        """Fill the list for what was looked for."""
        self.card.body.empty()
        self.card.note.setText(f"{len(rows)} 件")
        self.lines = [FoundLine(row) for row in rows]
        for number, line in enumerate(self.lines):
            if number:
                self.card.body.put(Divider())
            self.card.body.put(line)
            line.opened.connect(self.opened)
            line.moved.connect(lambda step, at=number: self._move(at + step))
        if not rows:
            server = "，按 Enter 到服务器查" if exact_number(text) else ""
            self.card.body.put(EmptyState(f"本窗口没有和「{text}」对得上的办件{server}"))

    def start(self) -> bool:
        """The focus goes to the first line; False when there is none."""
        if self.lines:
            self.lines[0].setFocus()
        return bool(self.lines)

    def _move(self, at: int) -> None:
        if at < 0:
            self.left_above.emit()
        elif at < len(self.lines):
            self.lines[at].setFocus()


class FoundLine(QWidget):
    """One case; Enter or a double click opens it. ``moved`` carries the step of an arrow."""

    opened = Signal(str)
    moved = Signal(int)

    def __init__(self, row: CaseRow) -> None:
        super().__init__()
        self._id = row.case_id
        words = Column(
            ElidedLabel(row.matter_name, "body"),
            ElidedLabel(joined(row.ticket_number, mask_name(row.applicant_name), row.case_number), "note", "ink5"),
        )
        name, state = CASE_WORDS[row.state]
        when = Text(f"{short_day(row.day)} {clock_time(row.concluded_at)}", "note", "ink7", right=True)
        cells = Row(words, Pill(name, state), when, gap=SPACE.x12, margins=(SPACE.x6, SPACE.card))
        cells.setStretch(0, 1)
        self.setLayout(cells)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(joined(row.case_number, row.matter_name, name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_enter(event):
            self.opened.emit(self._id)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.opened.emit(self._id)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus():
            painter = QPainter(self)
            paint.row_frame(painter, self.rect())
            painter.end()
