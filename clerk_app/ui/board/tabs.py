"""Parts of the dark bar: a page's name with its key, and the lamp that says whether the board is live."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from clerk_app.design.tokens import COLOR, RADIUS, SIZE, SPACE
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.paint import Lamp
from clerk_app.ui.kit.theme import px, theme


class Tab(QAbstractButton):
    """The chosen one stands on a lighter field; its key is in the tooltip and on the F1 page."""

    def __init__(self, words: str, cap: str) -> None:
        super().__init__()
        self.setText(words)
        self.setCheckable(True)
        self.setToolTip(cap)
        self.setAccessibleDescription(cap)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme().fonts.width("body", self.text(), bold=True) + 2 * px(SPACE.x8), px(SIZE.chip))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(COLOR.rail2))
            painter.drawRoundedRect(QRectF(self.rect()), px(RADIUS.button), px(RADIUS.button))
        ink = COLOR.paper if self.isChecked() else COLOR.rail_sub
        middle = Qt.AlignmentFlag.AlignHCenter
        paint.text(painter, self.rect(), self.text(), "body", ink, bold=self.isChecked(), align=middle)
        if self.hasFocus():
            paint.focus_frame(painter, self.rect(), dark=True)
        painter.end()


class Dot(QWidget):
    """Green while the board is live, a triangle while it shows what was."""

    def __init__(self) -> None:
        super().__init__()
        self._state = Lamp.OFF
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_state(self, state: Lamp) -> None:
        """Change the shape."""
        self._state = state
        self.update()

    def state(self) -> Lamp:
        """The state shown."""
        return self._state

    def sizeHint(self) -> QSize:
        return QSize(px(SIZE.lamp), px(SIZE.lamp))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.lamp(painter, self.rect(), self._state, on_rail=True)
        painter.end()
