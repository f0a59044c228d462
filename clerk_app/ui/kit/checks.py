"""A check box in the program's own drawing."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSizePolicy

from clerk_app.design.tokens import COLOR, RADIUS, SIZE, SPACE
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.theme import px, theme


class Check(QCheckBox):
    """``Check("收回容缺承诺书原件")``: Space or a click toggles; the whole line is the target."""

    def __init__(self, words: str, *, checked: bool = False) -> None:
        super().__init__(words)
        self.setChecked(checked)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = px(SIZE.check) + px(SPACE.x8) + theme().fonts.width("body", self.text()) + 2 * px(SPACE.x6)
        return QSize(width, px(SIZE.chip))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size, on, able = px(SIZE.check), self.isChecked(), self.isEnabled()
        box = QRectF(px(SPACE.x6), (self.height() - size) / 2, size, size)
        width = px(SIZE.frame)
        fill = (COLOR.pri if able else COLOR.edge) if on else (COLOR.paper if able else COLOR.sunk)
        edge = fill if on else COLOR.edge if able else COLOR.line
        painter.setBrush(QColor(fill))
        painter.setPen(QPen(QColor(edge), width))
        inset = width / 2
        painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), px(RADIUS.cap), px(RADIUS.cap))
        if on:
            inner = box.adjusted(inset + 2, inset + 2, -inset - 2, -inset - 2)
            paint.icon(painter, inner, "check", COLOR.paper, stroke=3.0)
        left = box.right() + px(SPACE.x8)
        ink = COLOR.ink9 if able else COLOR.ink5
        paint.text(painter, QRectF(left, 0, self.width() - left, self.height()), self.text(), "body", ink)
        if self.hasFocus():
            paint.focus_frame(painter, self.rect())
        painter.end()
