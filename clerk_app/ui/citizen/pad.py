"""Where the citizen signs: lines drawn by finger, pen or mouse, kept in parts of the place and not in pixels."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QTabletEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import CITIZEN, CITIZEN_TYPE, COLOR
from clerk_app.domain.signatures import PAD_RATIO, Point, Strokes
from clerk_app.ui.citizen.pieces import Panel
from clerk_app.ui.panel import box

HINT = "请在这里写上姓名"
_LINE_AT = 0.82


class SignaturePad(QWidget):
    """A place of ``PAD_RATIO``; ``changed`` after each line and after ``clear``."""

    changed = Signal()

    def __init__(self, scale: Panel) -> None:
        super().__init__()
        self._scale = scale
        self._lines: list[list[Point]] = []
        self._writing = False
        self._locked = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents, False)  # touches come as a mouse
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("签名的地方")

    def strokes(self) -> Strokes:
        """What was written, in 0 … 1 of the place."""
        return tuple(tuple(line) for line in self._lines)

    def is_empty(self) -> bool:
        """Whether nothing is written."""
        return not self._lines

    def clear(self) -> None:
        """A clean place that can be written on."""
        self._lines, self._writing, self._locked = [], False, False
        self.update()
        self.changed.emit()

    def lock(self, locked: bool) -> None:
        """Whether what is written stays as it is."""
        self._locked = locked
        self._writing = False

    # --- writing ----------------------------------------------------------------------------------------------
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._begin(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go_on(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._end()

    def tabletEvent(self, event: QTabletEvent) -> None:
        # An accepted pen makes no mouse events besides, and is not rounded to whole pixels.
        event.accept()
        if event.type() is QTabletEvent.Type.TabletPress:
            self._begin(event.position())
        elif event.type() is QTabletEvent.Type.TabletMove:
            self._go_on(event.position())
        else:
            self._end()

    def _begin(self, at: QPointF) -> None:
        if not self._locked:
            self._lines.append([self._part(at)])
            self._writing = True
            self.update()

    def _go_on(self, at: QPointF) -> None:
        if not self._writing:
            return
        point = self._part(at)
        if point != self._lines[-1][-1]:
            self._lines[-1].append(point)
            self.update()

    def _end(self) -> None:
        if self._writing:
            self._writing = False
            self.changed.emit()

    def _part(self, at: QPointF) -> Point:
        """Inside the place, whatever the hand does."""
        across = at.x() / max(1, self.width())
        down = at.y() / max(1, self.height())
        return min(1.0, max(0.0, across)), min(1.0, max(0.0, down))

    # --- drawing ----------------------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px, area = self._scale.px, QRectF(self.rect())
        box(painter, area, COLOR.field, px(CITIZEN.radius) / 2, edge=COLOR.pri, stroke=max(1.0, px(CITIZEN.stroke)))
        base = area.height() * _LINE_AT
        painter.setPen(QPen(QColor(COLOR.edge), max(1.0, px(1)), Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(area.width() * 0.06, base), QPointF(area.width() * 0.94, base))
        if self.is_empty():
            painter.setFont(self._scale.font(CITIZEN_TYPE["item"]))
            painter.setPen(QColor(COLOR.ink5))
            painter.drawText(area.adjusted(0, 0, 0, base - area.height()), int(Qt.AlignmentFlag.AlignCenter), HINT)
        draw_strokes(painter, area, self.strokes(), COLOR.ink9, px(CITIZEN.pen))
        painter.end()


def draw_strokes(painter: QPainter, area: QRectF, strokes: Strokes, color: str, width: float) -> None:
    """A signature in its place; lines are smoothed through the middles of their points."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(color), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for stroke in strokes:
        points = [QPointF(area.left() + x * area.width(), area.top() + y * area.height()) for x, y in stroke]
        if len(points) == 1:
            painter.drawPoint(points[0])
            continue
        path = QPainterPath(points[0])
        for at, ahead in pairwise(points[1:]):
            path.quadTo(at, (at + ahead) / 2)
        path.lineTo(points[-1])
        painter.drawPath(path)
    painter.restore()


def fitted(area: QRectF) -> QRectF:
    """The largest place of ``PAD_RATIO`` in the middle of an area."""
    width = min(area.width(), area.height() * PAD_RATIO)
    height = width / PAD_RATIO
    return QRectF(area.center().x() - width / 2, area.center().y() - height / 2, width, height)
