"""Figures on cards, and the bar of today's waits."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.ui.board.words import percent
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.labels import ElidedLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.theme import px, theme


class Tile(Surface):
    """``tile.show_figure("23", "人", "比上周一同时少 9")``; a tone other than ink is only for what needs doing."""

    def __init__(self, title: str) -> None:
        super().__init__("card")
        self.title = Text(title, "note", "ink7")
        self.figure = Text("", "figure")
        self.unit = Text("", "action", "ink9")
        self.note = ElidedLabel("", "note", "ink5")
        line = Row(self.figure, self.unit, None, gap=SPACE.x6)
        self.setLayout(Column(self.title, line, self.note, margins=(SPACE.x12, SPACE.card)))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_figure(self, figure: str, unit: str, note: str, tone: str = "ink9", note_tone: str = "ink5") -> None:
        """Everything at once."""
        self.figure.setText(figure)
        self.figure.set_tone(tone)
        self.unit.setText(unit)
        self.unit.set_tone(tone)
        self.note.setText(note)
        self.note.set_tone(note_tone)
        self.setAccessibleName(f"{self.title.text()} {figure}{unit}，{note}")


class ShareBar(QWidget):
    """How long today's people waited: up to the target, between, up to the alarm, longer; words inside the parts."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[tuple[float, str, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_shares(self, shares: tuple[float, ...], bounds: tuple[int, int, int]) -> None:
        """``bounds`` in minutes; () while nobody was called."""
        target, middle, alarm = bounds
        names = (f"{target} 分内", f"{target}–{middle} 分", f"{middle}–{alarm}", f"{alarm} 分以上")
        colors = (COLOR.ok_solid, COLOR.pri, COLOR.warn_solid, COLOR.bad_solid)
        parts = zip(shares, names, colors, strict=bool(shares))
        self._parts = [part for part in parts if part[0] > 0] if shares else []
        told = "，".join(f"{name} {percent(share)}" for share, name, _ in self._parts)
        self.setAccessibleName(told or "今天还没有叫过号")
        self.setToolTip(self.accessibleName())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(SIZE.left_column), px(SPACE.x24))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._parts:
            painter.fillRect(self.rect(), QColor(COLOR.canvas))
            at = QRectF(self.rect()).adjusted(px(SPACE.x6), 0, 0, 0)
            paint.text(painter, at, "今天还没有叫过号", "note", COLOR.ink5)
        left = 0.0
        for share, name, color in self._parts:
            width = share * self.width()
            at = QRectF(left, 0, width, self.height())
            painter.fillRect(at, QColor(color))
            for words in (f"{name} {percent(share)}", percent(share)):
                if theme().fonts.width("note", words, bold=True) + 2 * px(SPACE.x6) <= width:
                    inner = at.adjusted(px(SPACE.x6), 0, 0, 0)
                    paint.text(painter, inner, words, "note", COLOR.paper, bold=True)
                    break
            left += width
        painter.end()
