"""The list of materials as the citizen sees it: mark, name, what is asked for, and the word of its state."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen

from clerk_app.design.tokens import CITIZEN, CITIZEN_TYPE, COLOR
from clerk_app.ui.citizen.pieces import Content, Panel
from clerk_app.ui.citizen.views import Listed
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.paint import PILLS, Mark, State
from clerk_app.ui.panel import box

_WRAPPED = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_LONGEST_WORD = "用不着"
_RINGS = frozenset({Mark.OPEN, Mark.APART})


class MaterialList(Content):
    """One drawn row for each material; a change of one row draws the list anew and lays out nothing else."""

    def __init__(self, scale: Panel) -> None:
        super().__init__()
        self._scale = scale
        self._rows: tuple[Listed, ...] = ()
        self._places: list[QRectF] = []
        self.setProperty("clear", "true")

    def show_rows(self, rows: tuple[Listed, ...]) -> int | None:
        """Show the rows; returns the index of the first one that changed, None when none did."""
        before, self._rows = self._rows, rows
        self.setAccessibleName("；".join(f"{row.number} {row.name} {row.word}" for row in rows))
        self.update()
        old = dict(enumerate(before))
        return next((at for at, row in enumerate(rows) if old.get(at) != row), None)

    def rows(self) -> tuple[Listed, ...]:
        """What is shown."""
        return self._rows

    def place(self, at: int) -> QRectF:
        """Where a row lies."""
        return self._places[at]

    def arrange(self, width: int) -> int:
        self._places = []
        top = 0.0
        for row in self._rows:
            name, below = self._heights(row, self._room(width))
            height = name + below + self._scale.px(CITIZEN.gap)
            self._places.append(QRectF(0, top, width, height))
            top += height
        return round(top)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, place in zip(self._rows, self._places, strict=True):
            if place.intersects(QRectF(event.rect())):
                self._paint(painter, row, place)
        painter.end()

    # --- inside -----------------------------------------------------------------------------------------------
    def _paint(self, painter: QPainter, row: Listed, place: QRectF) -> None:
        px = self._scale.px
        gap = px(CITIZEN.gap)
        name, below = self._heights(row, self._room(place.width()))
        top = place.top() + gap / 2
        self._mark(painter, QRectF(gap / 2, top, px(CITIZEN.mark), px(CITIZEN.mark)), row)
        text = QRectF(self._left(), top, self._room(place.width()), name)
        painter.setFont(self._scale.font(CITIZEN_TYPE["item"], bold=True))
        painter.setPen(QColor(COLOR.ink9))
        painter.drawText(text, int(_WRAPPED), row.name)
        painter.setFont(self._scale.font(CITIZEN_TYPE["body"]))
        painter.setPen(QColor(PILLS[row.state].ink if row.state is State.BAD else COLOR.ink7))
        painter.drawText(QRectF(text.left(), text.bottom(), text.width(), below), int(_WRAPPED), row.below)
        self._word(painter, QRectF(text.right() + gap, top, self._word_width(), px(CITIZEN.mark)), row)
        painter.setPen(QPen(QColor(COLOR.line), max(1.0, px(1))))
        painter.drawLine(place.bottomLeft(), place.bottomRight())

    def _mark(self, painter: QPainter, area: QRectF, row: Listed) -> None:
        if row.mark not in _RINGS:
            paint.mark(painter, area, row.mark)
            return
        painter.setBrush(QColor(COLOR.paper))
        painter.setPen(QPen(QColor(COLOR.edge), max(1.0, self._scale.px(CITIZEN.stroke))))
        painter.drawEllipse(area.adjusted(1, 1, -1, -1))
        painter.setFont(self._scale.font(CITIZEN_TYPE["body"]))
        painter.setPen(QColor(COLOR.ink7))
        shown = str(row.number) if row.mark is Mark.OPEN else "–"
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), shown)

    def _word(self, painter: QPainter, area: QRectF, row: Listed) -> None:
        look = PILLS[row.state]
        box(painter, area, look.fill, area.height() / 2, edge=look.edge, stroke=1.0 if look.edge else 0.0)
        painter.setFont(self._scale.font(CITIZEN_TYPE["body"], bold=True))
        painter.setPen(QColor(look.ink))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), row.word)

    def _heights(self, row: Listed, room: float) -> tuple[float, float]:
        name = self._height(row.name, self._scale.font(CITIZEN_TYPE["item"], bold=True), room)
        below = self._height(row.below, self._scale.font(CITIZEN_TYPE["body"]), room) if row.below else 0.0
        return max(name, self._scale.px(CITIZEN.mark)), below

    def _height(self, words: str, font: object, room: float) -> float:
        return QFontMetricsF(font).boundingRect(QRectF(0, 0, room, 1e6), int(_WRAPPED), words).height()  # type: ignore[arg-type]

    def _left(self) -> float:
        return self._scale.px(CITIZEN.mark + 1.5 * CITIZEN.gap)

    def _word_width(self) -> float:
        return self._scale.width(CITIZEN_TYPE["body"], _LONGEST_WORD, bold=True) + self._scale.px(2 * CITIZEN.gap)

    def _room(self, width: float) -> float:
        return max(1.0, width - self._left() - self._word_width() - self._scale.px(2 * CITIZEN.gap))
