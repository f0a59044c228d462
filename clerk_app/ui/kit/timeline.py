"""The way of a case: dots on a line, what happened under each, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.theme import px, theme

GAP = SPACE.x8
DOT = 5
LEFT_OUT = "…"


class Reached(StrEnum):
    """Whether a stop lies behind, is where the case stands, or is still to come; ``ENDED`` is an end without result."""

    DONE = "done"
    NOW = "now"
    LATER = "later"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Stop:
    """One dot: ``label`` as 「决定 · 准予」, ``when`` as 「11-18 09:41」 or a word, ``who`` for the tooltip."""

    label: str
    when: str
    reached: Reached
    who: str = ""


class Timeline(QWidget):
    """Stops from left to right. Where not all find room, those in the middle give way to 「…」."""

    def __init__(self) -> None:
        super().__init__()
        self._stops: tuple[Stop, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_stops(self, stops: Sequence[Stop]) -> None:
        """Show the way from its beginning to its end."""
        self._stops = tuple(stops)
        words = {Reached.NOW: "现在：", Reached.LATER: "以后：", Reached.DONE: "", Reached.ENDED: ""}
        self.setAccessibleName("，".join(f"{words[one.reached]}{one.label} {one.when}".strip() for one in self._stops))
        told = (f"{one.when} {one.label} {one.who}" for one in self._stops if one.reached is not Reached.LATER)
        self.setToolTip("\n".join(line.strip() for line in told))
        self.update()

    def stops(self) -> tuple[Stop, ...]:
        """What is shown, before anything gives way."""
        return self._stops

    def sizeHint(self) -> QSize:
        height = px(2 * DOT + SPACE.x6) + 2 * theme().fonts.line("note")
        return QSize(px(SIZE.left_column), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(px(SIZE.row_table), self.sizeHint().height())

    def visible_stops(self) -> tuple[Stop, ...]:
        """The stops that find room beside each other: the first, then the latest ones."""
        stops = self._stops
        fits = max(3, self.width() // max(1, self._widest()))
        if len(stops) <= fits:
            return stops
        kept = stops[len(stops) - fits + 2 :]
        return (stops[0], Stop(LEFT_OUT, f"{len(stops) - fits + 1} 步", Reached.DONE), *kept)

    def _widest(self) -> int:
        fonts = theme().fonts
        widths = [
            max(fonts.width("note", stop.label, bold=stop.reached is Reached.NOW), fonts.width("note", stop.when))
            for stop in self._stops
        ]
        return max(widths, default=0) + px(GAP)

    def paintEvent(self, event: QPaintEvent) -> None:
        stops = self.visible_stops()
        if not stops:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        share = self.width() / len(stops)
        radius, line = px(DOT), theme().fonts.line("note")
        middle = radius + 1.0
        centres = [share * (number + 0.5) for number in range(len(stops))]
        for left, right, stop in zip(centres, centres[1:], stops[1:], strict=False):
            come = stop.reached is not Reached.LATER
            painter.setPen(QPen(QColor(COLOR.ok_solid if come else COLOR.line), px(SIZE.frame)))
            painter.drawLine(QPointF(left, middle), QPointF(right, middle))
        for centre, stop in zip(centres, stops, strict=True):
            if stop.label != LEFT_OUT:
                _dot(painter, QPointF(centre, middle), radius, stop.reached)
            top = 2 * radius + px(SPACE.x4)
            now = stop.reached is Reached.NOW
            ink = COLOR.pri if now else COLOR.ink5 if stop.reached is Reached.LATER else COLOR.ink7
            area = QRectF(centre - share / 2, top, share, line)
            across = Qt.AlignmentFlag.AlignHCenter
            paint.text(painter, area, stop.label, "note", ink, bold=now, align=across)
            below = area.translated(0, line)
            paint.text(painter, below, stop.when, "note", ink, bold=now, align=across)
        painter.end()


def _dot(painter: QPainter, centre: QPointF, radius: float, reached: Reached) -> None:
    fill = {Reached.DONE: COLOR.ok_solid, Reached.ENDED: COLOR.ink7}.get(reached, COLOR.paper)
    edge = {Reached.NOW: COLOR.pri, Reached.LATER: COLOR.edge}.get(reached, fill)
    width = px(SIZE.frame if reached is Reached.NOW else SIZE.hairline)
    painter.setBrush(QColor(fill))
    painter.setPen(QPen(QColor(edge), width))
    painter.drawEllipse(centre, radius - width / 2 + 0.5, radius - width / 2 + 0.5)
