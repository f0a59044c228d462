"""Frames of the window's views: a dashed place to fill, a bar that keeps its height, a scroll area whose
bar stands in the margin.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea, QWidget

from clerk_app.design.tokens import COLOR, RADIUS, SIZE
from clerk_app.ui.kit.layout import Column
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.theme import px

DASHES = [4.0, 3.0]


class Dashed(Surface):
    """A place that waits to be filled; the style sheet's own dashes are dots at one pixel."""

    def __init__(self, *, width: int = 0, height: int = 0, pen: int = SIZE.hairline) -> None:
        super().__init__("", width=width, height=height)
        self._pen = pen
        self.dashed = True

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.dashed:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(COLOR.edge), px(self._pen))
        pen.setDashPattern([length / self._pen for length in DASHES])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        half = px(self._pen) / 2
        radius = px(RADIUS.card)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), radius, radius)
        painter.end()


class Level(Surface):
    """A surface that keeps its height even with a wrapped sentence inside, which would otherwise decide it."""

    def hasHeightForWidth(self) -> bool:
        return False

    def set_height(self, height: int) -> None:
        """Another height in token px."""
        if height != self._height:
            self._height = height
            self.updateGeometry()


class Scroll(QScrollArea):
    """Scrolls ``column`` up and down; the bar stands in the right margin, so that nothing moves when it comes."""

    def __init__(self, column: Column, margins: tuple[int, int, int, int]) -> None:
        super().__init__()
        self._column, self._margins = column, margins
        inner = QWidget()
        inner.setProperty("clear", "true")
        inner.setLayout(column)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().rangeChanged.connect(self._fit)
        self._fit(0, 0)

    def _fit(self, _least: int, most: int) -> None:
        top, right, bottom, left = self._margins
        self._column.set_margins((top, max(0, right - SIZE.scroll_bar) if most else right, bottom, left))
