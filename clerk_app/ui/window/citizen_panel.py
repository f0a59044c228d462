"""What the clerk may know of the citizen's screen: whether the data were confirmed, and what was signed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.domain.signatures import PAD_RATIO, Strokes
from clerk_app.ui.citizen.case_page import Answer
from clerk_app.ui.citizen.pad import draw_strokes, fitted
from clerk_app.ui.kit.labels import Divider, ElidedLabel, Pill
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.theme import px

NO_SCREEN = "没有客显屏"
ASKED = "请申请人在屏上签字"
_SIGNATURE_HEIGHT = 64

_ANSWERS = {
    Answer.NONE: ("等申请人在屏上核对", State.NEUTRAL, "eye"),
    Answer.CONFIRMED: ("申请人已核对", State.OK, "check"),
    Answer.DENIED: ("申请人说有误", State.BAD, "circle-alert"),
    Answer.OVERRULED: ("已当面核对", State.OK, "check"),
}


class CitizenPanel(QWidget):
    """Pills and the signature in small; never the rating. Hidden while no case is open."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = Pill(NO_SCREEN, State.OUTLINE)
        self.signing = Pill("")
        self.paper = ElidedLabel("", "note", "ink7")
        self.signature = SignatureView()
        self.setLayout(
            Column(
                Divider(),
                Column(
                    Row(self.answer, None),
                    Row(self.signing, self.paper, gap=SPACE.x8),
                    self.signature,
                    gap=SPACE.x6,
                    margins=(SPACE.x8, SPACE.x16),
                ),
            )
        )
        self.show_signing("", State.NEUTRAL)
        self.setVisible(False)

    def show_answer(self, answer: Answer | None) -> None:
        """What the citizen said about the data as read; None when there is no screen."""
        if answer is None:
            self.answer.set(NO_SCREEN, State.OUTLINE, icon="monitor-off")
        else:
            words, state, icon = _ANSWERS[answer]
            self.answer.set(words, state, icon=icon)

    def show_signing(self, words: str, state: State, *, paper: str = "", strokes: Strokes = ()) -> None:
        """How far the signature of a paper is; empty words hide the line."""
        self.signing.set(words, state, icon="check" if state is State.OK else "pen-line")
        self.signing.setVisible(bool(words))
        self.paper.setText(paper)
        self.paper.setVisible(bool(words))
        self.signature.show_strokes(strokes)


class SignatureView(QWidget):
    """What was signed, small; hidden while there is nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._strokes: Strokes = ()
        self.setVisible(False)

    def show_strokes(self, strokes: Strokes) -> None:
        """Another signature, or none."""
        self._strokes = strokes
        self.setAccessibleName("签名" if strokes else "")
        self.setVisible(bool(strokes))
        self.update()

    def strokes(self) -> Strokes:
        """What is shown."""
        return self._strokes

    def sizeHint(self) -> QSize:
        return QSize(px(_SIGNATURE_HEIGHT * PAD_RATIO), px(_SIGNATURE_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(self.rect())
        area.setWidth(min(area.width(), px(_SIGNATURE_HEIGHT * PAD_RATIO)))
        draw_strokes(painter, fitted(area), self._strokes, COLOR.ink9, px(SIZE.frame))
        painter.end()
