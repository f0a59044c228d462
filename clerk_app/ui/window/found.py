"""What the search on the free window found: concluded cases of this window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.design.words import clock_time, joined, short_day
from clerk_app.domain.masking import mask_name
from clerk_app.ports.window import CaseRow
from clerk_app.ui.kit.labels import Divider, ElidedLabel, Pill, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import Card, EmptyState
from clerk_app.ui.window.wording import CASE_WORDS


class Found(QWidget):
    """Newest first: number, masked name and matter, state, when."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("clear", "true")
        self.card = Card("找到的办件", padding=0)
        self.setLayout(Column(self.card, None))

    def show_rows(self, text: str, rows: Sequence[CaseRow]) -> None:
        """Fill the list for what was looked for."""
        self.card.body.empty()
        self.card.note.setText(f"{len(rows)} 件")
        for number, row in enumerate(rows):
            if number:
                self.card.body.put(Divider())
            self.card.body.put(_line(row))
        if not rows:
            self.card.body.put(EmptyState(f"本窗口没有和「{text}」对得上的办件"))


def _line(row: CaseRow) -> QWidget:
    line = QWidget()
    words = Column(
        ElidedLabel(row.matter_name, "body"),
        ElidedLabel(joined(row.ticket_number, mask_name(row.applicant_name), row.case_number), "note", "ink5"),
    )
    name, state = CASE_WORDS[row.state]
    when = Text(f"{short_day(row.day)} {clock_time(row.concluded_at)}", "note", "ink7", right=True)
    cells = Row(words, Pill(name, state), when, gap=SPACE.x12, margins=(SPACE.x6, SPACE.card))
    cells.setStretch(0, 1)
    line.setLayout(cells)
    line.setAccessibleName(joined(row.case_number, row.matter_name, name))
    return line
