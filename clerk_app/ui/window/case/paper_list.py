"""The sheets of a case as a list of cards, for the 文书 page and for the case file."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clerk_app.ports.window import StoredPaper
from clerk_app.services.window.sheets import ON_PAPER
from clerk_app.ui.kit.layout import Column
from clerk_app.ui.window.case.paper_cards import PaperCard


class PaperList(QWidget):
    """The signals are those of its cards. Where more than ``many`` are shown, those that are on paper become low."""

    reprint = Signal(str, str)
    void = Signal(str, str)
    send = Signal(str)
    on_a4 = Signal(str)
    later = Signal(str)

    def __init__(self, many: int, gap: int) -> None:
        super().__init__()
        self._many = many
        self.cards: dict[str, PaperCard] = {}
        self._column = Column(gap=gap)
        self.setProperty("clear", True)
        self.setLayout(self._column)
        self.hide()

    def show_papers(self, papers: Sequence[StoredPaper]) -> None:
        """The newest sheet of each paper; cards are made anew only when others came."""
        if [paper.paper_id for paper in papers] != list(self.cards):
            self._column.empty()
            self.cards = {paper.paper_id: self._card(paper) for paper in papers}
        for paper in papers:
            card = self.cards[paper.paper_id]
            card.show_paper(paper)
            card.set_compact(len(papers) > self._many and paper.state in ON_PAPER)
        self.setVisible(bool(papers))

    def _card(self, paper: StoredPaper) -> PaperCard:
        card = PaperCard(paper)
        card.reprint.connect(self.reprint)
        card.void.connect(self.void)
        card.send.connect(self.send)
        card.on_a4.connect(self.on_a4)
        card.later.connect(self.later)
        self._column.put(card)
        card.show()
        return card
