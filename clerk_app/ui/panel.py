"""Screens that people touch or read from afar: drawn in the px of a design panel, scaled to the panel they hang on."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from clerk_app.design.tokens import BOLD, TypeRole
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.theme import theme

LEFT = Qt.AlignmentFlag.AlignLeft
CENTRE = Qt.AlignmentFlag.AlignHCenter
RIGHT = Qt.AlignmentFlag.AlignRight
_WRAP = Qt.TextFlag.TextWordWrap
_STEP = 0.94


class Scale:
    """How large a design px is on the panel; ``words`` enlarges text alone (大字)."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self.factor = 1.0
        self.words = 1.0

    def fit(self, size: QSizeF) -> None:
        """The largest factor at which the whole design is visible."""
        self.factor = max(0.05, min(size.width() / self._width, size.height() / self._height))

    def px(self, value: float) -> float:
        """A design length on this panel."""
        return value * self.factor

    def font(self, role: TypeRole, *, bold: bool | None = None, shrink: float = 1.0) -> QFont:
        """The role's font on this panel."""
        pixels = max(1, round(role.px * self.factor * self.words * shrink))
        return theme().fonts.custom(pixels, bold=role.weight == BOLD if bold is None else bold)

    def width(self, role: TypeRole, text: str, *, bold: bool | None = None) -> float:
        """Width of one line in panel px."""
        return QFontMetricsF(self.font(role, bold=bold)).horizontalAdvance(text)


def line(
    painter: QPainter,
    scale: Scale,
    area: QRectF,
    text: str,
    role: TypeRole,
    color: str,
    *,
    bold: bool | None = None,
    align: Qt.AlignmentFlag = LEFT,
    least: float = 0.0,
) -> float:
    """One line, vertically centred in ``area`` (panel px); made smaller down to ``least`` design px when it is too
    long, then cut with 「…」. Returns the width drawn."""
    floor = least / role.px / scale.words if least else 1.0
    shrink = 1.0
    font = scale.font(role, bold=bold)
    while QFontMetricsF(font).horizontalAdvance(text) > area.width() and shrink * _STEP >= floor:
        shrink *= _STEP
        font = scale.font(role, bold=bold, shrink=shrink)
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width() + 1)
    painter.setFont(font)
    painter.setPen(QColor(color))
    flags = align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip
    painter.drawText(area, int(flags), shown)
    return metrics.horizontalAdvance(shown)


def baseline(
    painter: QPainter, scale: Scale, at: QPointF, text: str, role: TypeRole, color: str, *, shrink: float = 1.0
) -> float:
    """Text whose baseline starts at ``at``, so that sizes can stand side by side; returns its width."""
    font = scale.font(role, shrink=shrink)
    painter.setFont(font)
    painter.setPen(QColor(color))
    painter.drawText(at, text)
    return QFontMetricsF(font).horizontalAdvance(text)


def lines(
    painter: QPainter,
    scale: Scale,
    area: QRectF,
    text: str,
    role: TypeRole,
    color: str,
    *,
    bold: bool | None = None,
    align: Qt.AlignmentFlag = LEFT,
    least: float = 1.0,
) -> None:
    """Several lines, broken between ideographs as Chinese is, from the top of ``area``; made smaller down to ``least``
    design px until they fit."""
    shrink = 1.0
    floor = least / role.px / scale.words
    flags = int(align | Qt.AlignmentFlag.AlignTop | _WRAP)
    while True:
        font = scale.font(role, bold=bold, shrink=shrink)
        needed = QFontMetricsF(font).boundingRect(QRectF(0, 0, area.width(), 1e6), flags, text)
        if needed.height() <= area.height() or shrink * _STEP < floor:
            break
        shrink *= _STEP
    painter.setFont(font)
    painter.setPen(QColor(color))
    painter.drawText(area, flags, text)


def icon(painter: QPainter, scale: Scale, centre: QPointF, name: str, size: float, color: str) -> None:
    """A Lucide icon of ``size`` design px round a point."""
    side = round(scale.px(size))
    paint.icon(painter, QRectF(centre.x() - side / 2, centre.y() - side / 2, side, side), name, color)


def box(
    painter: QPainter,
    area: QRectF,
    fill: str | None,
    radius: float,
    *,
    edge: str | None = None,
    stroke: float = 0.0,
) -> None:
    """A rounded rectangle; the stroke lies inside ``area``."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(fill) if fill else Qt.BrushStyle.NoBrush)
    if edge:
        pen = painter.pen()
        pen.setColor(QColor(edge))
        pen.setWidthF(stroke)
        pen.setStyle(Qt.PenStyle.SolidLine)
        painter.setPen(pen)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    half = stroke / 2 if edge else 0
    painter.drawRoundedRect(area.adjusted(half, half, -half, -half), radius, radius)
