"""Painting shared by widgets and delegates: key caps, pills, lights and checklist marks.

Every function takes the painter and a rectangle in device-independent px and leaves the painter as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPaintDevice, QPainter, QPainterPath, QPen, QPolygonF

from clerk_app.design.tokens import CAP_DARK_EDGE, CAP_DARK_FILL, COLOR, RADIUS, SIZE, SPACE
from clerk_app.ui.kit.theme import px, theme


class State(StrEnum):
    """What a pill or a surface says by its colour; the word says it too."""

    OK = "ok"
    FREE = "free"
    WARN = "warn"
    BAD = "bad"
    PRI = "pri"
    NEUTRAL = "neutral"
    OUTLINE = "outline"


class Lamp(StrEnum):
    """State of a device or of the server; each has a shape of its own."""

    OK = "ok"  # circle
    WARN = "warn"  # triangle
    BAD = "bad"  # square
    OFF = "off"  # ring


class Mark(StrEnum):
    """Mark at the head of a checklist row or of a step."""

    DONE = "done"  # filled, check
    FREE = "free"  # filled, badge
    OWED = "owed"  # filled, clock
    BAD = "bad"  # filled, cross
    NOW = "now"  # filled blue, number
    OPEN = "open"  # ring, number
    APART = "apart"  # ring, dash


@dataclass(frozen=True, slots=True)
class _Look:
    ink: str
    fill: str
    edge: str | None = None


PILLS: dict[State, _Look] = {
    State.OK: _Look(COLOR.ok, COLOR.ok_soft),
    State.FREE: _Look(COLOR.free, COLOR.free_soft),
    State.WARN: _Look(COLOR.warn, COLOR.warn_soft),
    State.BAD: _Look(COLOR.bad, COLOR.bad_soft),
    State.PRI: _Look(COLOR.pri, COLOR.pri_soft),
    State.NEUTRAL: _Look(COLOR.ink7, COLOR.canvas),
    State.OUTLINE: _Look(COLOR.ink7, COLOR.paper, COLOR.edge),
}
_LAMPS = {Lamp.OK: COLOR.ok_solid, Lamp.WARN: COLOR.warn_solid, Lamp.BAD: COLOR.bad_solid, Lamp.OFF: COLOR.edge}
_MARKS = {
    Mark.DONE: (COLOR.ok_solid, "check"),
    Mark.FREE: (COLOR.free_solid, "badge-check"),
    Mark.OWED: (COLOR.warn_solid, "clock"),
    Mark.BAD: (COLOR.bad_solid, "x"),
    Mark.NOW: (COLOR.pri, None),
}


def veil(color: str, opacity: float) -> QColor:
    """The colour with an opacity of 0 to 1."""
    made = QColor(color)
    made.setAlphaF(opacity)
    return made


def icon(painter: QPainter, rect: QRectF | QRect, name: str, color: str, *, stroke: float = 2.0) -> None:
    """A Lucide icon, centred, as large as the shorter side."""
    area = QRectF(rect)
    size = int(min(area.width(), area.height()))
    pixmap = theme().icons.pixmap(name, color, size, _ratio(painter.device()), stroke)
    painter.drawPixmap(QPointF(area.x() + (area.width() - size) / 2, area.y() + (area.height() - size) / 2), pixmap)


def text(
    painter: QPainter,
    rect: QRectF | QRect,
    words: str,
    role: str,
    color: str,
    *,
    bold: bool | None = None,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> bool:
    """One line, vertically centred, elided at the end if it does not fit; returns whether it was cut."""
    fonts = theme().fonts
    font = fonts[role] if bold is None else fonts.bold(role) if bold else fonts.regular(role)
    metrics = QFontMetricsF(font)
    area = QRectF(rect)
    shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, area.width() + 0.5)
    painter.setFont(font)
    painter.setPen(QColor(color))
    flags = align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip
    painter.drawText(area, int(flags), shown)
    return shown != words


def cap_size(words: str, *, big: bool = False) -> QSize:
    """Size of a key cap."""
    role, height = ("headline", SIZE.cap_big) if big else ("tiny", SIZE.cap)
    font = theme().fonts.regular(role)
    pad = SPACE.x12 if big else SPACE.x6
    width = int(QFontMetricsF(font).horizontalAdvance(words)) + 1 + 2 * px(pad)
    return QSize(max(width, px(SIZE.cap_min)), px(height))


def cap(painter: QPainter, rect: QRectF | QRect, words: str, *, dark: bool = False, big: bool = False) -> None:
    """A key cap; ``dark`` for a dark fill behind it."""
    area, fonts = QRectF(rect), theme().fonts
    radius, thin, thick = px(RADIUS.cap), px(SIZE.hairline), px(SIZE.frame)
    fill = veil(COLOR.paper, CAP_DARK_FILL) if dark else QColor(COLOR.paper)
    edge = veil(COLOR.paper, CAP_DARK_EDGE) if dark else QColor(COLOR.edge)
    outer = QPainterPath()
    outer.addRoundedRect(area, radius, radius)
    inner = QPainterPath()
    inner.addRoundedRect(area.adjusted(thin, thin, -thin, -thick), radius - thin, radius - thin)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(outer if dark else inner, fill)
    painter.fillPath(outer.subtracted(inner), edge)
    painter.setFont(fonts.regular("headline" if big else "tiny"))
    painter.setPen(QColor(COLOR.paper if dark else COLOR.ink7))
    painter.drawText(area.adjusted(0, 0, 0, -thin), int(Qt.AlignmentFlag.AlignCenter), words)
    painter.restore()


def pill_size(words: str, icon_name: str | None = None) -> QSize:
    """Size of a pill."""
    width = theme().fonts.width("note", words) + 2 * px(SPACE.x8)
    if icon_name:
        width += px(SIZE.icon_small) + px(SPACE.x4)
    return QSize(width, px(SIZE.pill))


def pill(painter: QPainter, rect: QRectF | QRect, words: str, state: State, icon_name: str | None = None) -> None:
    """A state as text on its tint."""
    area, look = QRectF(rect), PILLS[state]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(look.fill))
    radius = area.height() / 2
    if look.edge:
        painter.setPen(QPen(QColor(look.edge), px(SIZE.hairline)))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(area, radius, radius)
    left = area.x() + px(SPACE.x8)
    if icon_name:
        size = px(SIZE.icon_small)
        icon(painter, QRectF(left, area.y() + (area.height() - size) / 2, size, size), icon_name, look.ink)
        left += size + px(SPACE.x4)
    text(painter, QRectF(left, area.y(), area.right() - left, area.height()), words, "note", look.ink)
    painter.restore()


def lamp(painter: QPainter, rect: QRectF | QRect, state: Lamp, *, on_rail: bool = False) -> None:
    """Circle, triangle, square or ring, as large as the rectangle."""
    area = QRectF(rect)
    color = QColor(COLOR.lamp if on_rail and state is Lamp.OK else _LAMPS[state])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    if state is Lamp.OK:
        painter.drawEllipse(area)
    elif state is Lamp.BAD:
        painter.drawRoundedRect(area, 1, 1)
    elif state is Lamp.WARN:
        painter.drawPolygon(QPolygonF([QPointF(area.center().x(), area.top()), area.bottomRight(), area.bottomLeft()]))
    else:
        width = px(SIZE.frame)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color, width))
        painter.drawEllipse(area.adjusted(width / 2, width / 2, -width / 2, -width / 2))
    painter.restore()


def mark(painter: QPainter, rect: QRectF | QRect, kind: Mark, number: int = 0) -> None:
    """The round mark of a row or step; OPEN and NOW show the number."""
    area = QRectF(rect)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if kind in _MARKS:
        fill, name = _MARKS[kind]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill))
        painter.drawEllipse(area)
        if name:
            inset = area.width() * (0.22 if kind is not Mark.BAD else 0.25)
            icon(painter, area.adjusted(inset, inset, -inset, -inset), name, COLOR.paper, stroke=3.0)
        else:
            _number(painter, area, str(number), COLOR.paper, bold=True)
    else:
        painter.setBrush(QColor(COLOR.paper))
        painter.setPen(QPen(QColor(COLOR.edge), px(SIZE.hairline)))
        painter.drawEllipse(area.adjusted(0.5, 0.5, -0.5, -0.5))
        _number(painter, area, str(number) if kind is Mark.OPEN else "–", COLOR.ink7, bold=False)
    painter.restore()


def focus_frame(painter: QPainter, rect: QRectF | QRect, *, dark: bool = False) -> None:
    """The 2 px ring round a focused control; yellow on dark fills."""
    width = px(SIZE.frame)
    area = QRectF(rect).adjusted(width / 2, width / 2, -width / 2, -width / 2)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(COLOR.focus if dark else COLOR.pri), width))
    radius = px(RADIUS.button)
    painter.drawRoundedRect(area, radius, radius)
    painter.restore()


def row_frame(painter: QPainter, rect: QRectF | QRect) -> None:
    """The frame of the focused checklist row: 2 px, 5 on the left."""
    area, width, left = QRectF(rect), px(SIZE.frame), px(SIZE.frame_left)
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(COLOR.pri))
    for part in (
        QRectF(area.x(), area.y(), area.width(), width),
        QRectF(area.x(), area.bottom() - width, area.width(), width),
        QRectF(area.x(), area.y(), left, area.height()),
        QRectF(area.right() - width, area.y(), width, area.height()),
    ):
        painter.drawRect(part)
    painter.restore()


def _number(painter: QPainter, area: QRectF, words: str, color: str, *, bold: bool) -> None:
    fonts = theme().fonts
    painter.setFont(fonts.bold("note") if bold else fonts.regular("note"))
    painter.setPen(QColor(color))
    painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), words)


def _ratio(device: QPaintDevice | None) -> float:
    return device.devicePixelRatioF() if device is not None else 1.0
