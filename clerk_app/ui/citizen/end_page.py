"""The end of a visit: what was decided, and the five official levels of the rating; or only thanks."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import CITIZEN
from clerk_app.domain.rating import RatingLevel
from clerk_app.ui.citizen.pieces import Panel, Picture, Say, Touch
from clerk_app.ui.citizen.sign_page import DocumentPanel
from clerk_app.ui.citizen.views import Document

_FACES = {
    RatingLevel.VERY_SATISFIED: "laugh",
    RatingLevel.SATISFIED: "smile",
    RatingLevel.BASICALLY_SATISFIED: "meh",
    RatingLevel.DISSATISFIED: "frown",
    RatingLevel.VERY_DISSATISFIED: "angry",
}
_TALL = 190
SECRET = "工作人员看不到您选了什么"
DONE = "办好了，请收好打印的文书"


class RatePage(QWidget):
    """好差评 (GB/T 39046-2020 A.8): nothing is preselected, nothing ends by itself; ``rated`` carries the level."""

    rated = Signal(int)

    def __init__(self, scale: Panel) -> None:
        super().__init__()
        self._scale = scale
        self.result = Say(scale, "", "lead", "pri", wrap=True, centre=True)
        self.heading = Say(scale, "请您评价这次服务", "state", centre=True)
        self.note = Say(scale, SECRET, "item", "ink7", wrap=True, centre=True)
        self.levels = {level: Touch(scale, level.label, icon_name=_FACES[level], tall=True) for level in RatingLevel}
        for piece in (self.result, self.heading, self.note, *self.levels.values()):
            piece.setParent(self)
        for level, touch in self.levels.items():
            touch.clicked.connect(lambda _on=False, chosen=level: self._choose(chosen))

    def show_result(self, document: Document | None) -> None:
        """What the visit came to, in one line above the question."""
        parts = (document.title, document.lead) if document is not None else ()
        self.result.setText("：".join(part for part in parts if part))
        self.rescale()

    def start(self) -> None:
        """Ask anew; no level is marked."""
        for touch in self.levels.values():
            touch.setEnabled(True)

    def _choose(self, level: RatingLevel) -> None:
        # All alike: nothing on the screen tells afterwards which one it was.
        for touch in self.levels.values():
            touch.setEnabled(False)
        self.rated.emit(level.value)

    def rescale(self) -> None:
        """Follow the panel's size."""
        whole = self._scale.whole
        margin, gap, tall = whole(CITIZEN.margin), whole(CITIZEN.gap), whole(_TALL)
        width = self.width() - 2 * margin
        for piece in (self.result, self.heading, self.note):
            piece.rescale()
        self.result.setGeometry(margin, margin, width, self.result.needed(width))
        head, note = self.heading.needed(width), self.note.needed(width)
        above = margin + self.result.height() + gap
        top = max(above, (self.height() - head - note - tall - 4 * gap) // 2)
        self.heading.setGeometry(margin, top, width, head)
        self.note.setGeometry(margin, top + head + gap, width, note)
        row = top + head + note + 4 * gap
        each = (width - 4 * gap) // len(self.levels)
        for at, touch in enumerate(self.levels.values()):
            touch.setGeometry(margin + at * (each + gap), row, each, tall)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rescale()


class EndPage(QWidget):
    """What was decided, readable once more while the papers are printed, and what happens now."""

    def __init__(self, scale: Panel) -> None:
        super().__init__()
        self._scale = scale
        self._icon = Picture(scale, "circle-check", "ok_solid")
        self.sentence = Say(scale, "", "title", wrap=True)
        self.document = DocumentPanel(scale)
        for piece in (self._icon, self.sentence, self.document):
            piece.setParent(self)

    def show_end(self, sentence: str, document: Document | None) -> None:
        """A sentence, and the paper below if the outcome has one."""
        self.sentence.setText(sentence)
        self.document.setVisible(document is not None)
        if document is not None:
            self.document.show_document(document)
        self.rescale()

    def rescale(self) -> None:
        """Follow the panel's size."""
        whole = self._scale.whole
        margin, gap, icon = whole(CITIZEN.margin), whole(CITIZEN.gap), whole(CITIZEN.mark)
        width = self.width() - 2 * margin
        self.sentence.rescale()
        head = self.sentence.needed(width - icon - gap)
        alone = self.document.isHidden()
        top = (self.height() - head) // 2 if alone else margin // 2
        self._icon.setGeometry(margin, top + (head - icon) // 2, icon, icon)
        self.sentence.setGeometry(margin + icon + gap, top, width - icon - gap, head)
        at = top + head + gap
        self.document.setGeometry(margin, at, width, self.height() - margin - at)
        self.document.rescale()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rescale()
