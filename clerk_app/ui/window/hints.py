"""A key with its word that can also be clicked, for bars and foot lines; it never takes the focus."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from clerk_app.design.tokens import COLOR, SPACE
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.theme import px, theme


class HintButton(QAbstractButton):
    """``HintButton("Alt+U", "看全部")``; ``dark`` on dark fills, ``stacked`` puts the word below the cap."""

    def __init__(self, cap: str, words: str, *, dark: bool = False, stacked: bool = False) -> None:
        super().__init__()
        self._cap, self._dark, self._stacked = cap, dark, stacked
        self.setText(words)
        self.setAccessibleDescription(cap)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        cap, words = paint.cap_size(self._cap), theme().fonts.width("note", self.text())
        line = theme().fonts.line("note")
        if self._stacked:
            return QSize(max(cap.width(), words), cap.height() + px(SPACE.x4) + line)
        return QSize(cap.width() + (px(SPACE.x6) + words if self.text() else 0), max(cap.height(), line))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        cap, line = paint.cap_size(self._cap), theme().fonts.line("note")
        ink = COLOR.paper if self._dark else COLOR.pri if self.underMouse() else COLOR.ink7
        if self._stacked:
            paint.cap(painter, QRect(QRect((self.width() - cap.width()) // 2, 0, cap.width(), cap.height())), self._cap)
            below = QRectF(0, cap.height() + px(SPACE.x4), self.width(), line)
            paint.text(painter, below, self.text(), "note", ink, align=Qt.AlignmentFlag.AlignHCenter)
        else:
            top = (self.height() - cap.height()) // 2
            paint.cap(painter, QRect(0, top, cap.width(), cap.height()), self._cap, dark=self._dark)
            left = cap.width() + px(SPACE.x6)
            paint.text(painter, QRectF(left, 0, self.width() - left, self.height()), self.text(), "note", ink)
        painter.end()
