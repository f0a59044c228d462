"""What kiosk pages are made of, placed in px of a 1080x1920 panel: words, touch targets, the bar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from clerk_app.design.tokens import COLOR, KIOSK, KIOSK_TYPE, REGULAR, TypeRole
from clerk_app.design.words import clock_time
from clerk_app.ui.panel import CENTRE, LEFT, RIGHT, Scale, box, icon, line, lines

WIDTH, HEIGHT = 1080, 1920
LEAST = KIOSK_TYPE["least"].px
INNER = WIDTH - 2 * KIOSK.margin


class Page(QWidget):
    """Pieces at places in design px; ``arrange`` puts them where the scale says."""

    def __init__(self, scale: Scale) -> None:
        super().__init__()
        self.scale = scale
        self._placed: list[tuple[QWidget, QRectF]] = []

    def put(self, piece: QWidget, x: float, y: float, width: float, height: float) -> None:
        """Place a piece; again to move it."""
        self._placed = [(one, area) for one, area in self._placed if one is not piece]
        self._placed.append((piece, QRectF(x, y, width, height)))
        piece.setParent(self)
        self._place(piece, QRectF(x, y, width, height))

    def arrange(self) -> None:
        """Follow a changed scale or size of text."""
        for piece, area in self._placed:
            self._place(piece, area)
        self.update()

    def pieces(self) -> tuple[QWidget, ...]:
        """What stands on the page."""
        return tuple(piece for piece, _ in self._placed)

    def _place(self, piece: QWidget, area: QRectF) -> None:
        px = self.scale.px
        piece.setGeometry(round(px(area.x())), round(px(area.y())), round(px(area.width())), round(px(area.height())))
        piece.update()


class Words(QWidget):
    """Text in a role; ``wrap`` breaks it, else it is one line that gets smaller before it is cut."""

    def __init__(
        self,
        scale: Scale,
        text: str = "",
        role: str = "body",
        tone: str = "ink9",
        *,
        bold: bool | None = None,
        wrap: bool = False,
        align: Qt.AlignmentFlag = LEFT,
    ) -> None:
        super().__init__()
        self._scale, self._role, self._tone = scale, KIOSK_TYPE[role], tone
        self._bold, self._wrap, self._align = bold, wrap, align
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._text = ""
        self.say(text)

    def say(self, text: str, tone: str = "") -> None:
        """Change the text and, if given, the colour token."""
        self._text, self._tone = text, tone or self._tone
        self.setAccessibleName(text)
        self.update()

    def break_lines(self, wrap: bool) -> None:
        """Whether the text may take several lines."""
        self._wrap = wrap
        self.update()

    def text(self) -> str:
        """The text shown."""
        return self._text

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area, color = QRectF(self.rect()), getattr(COLOR, self._tone)
        draw = lines if self._wrap else line
        look = self._bold, self._align
        draw(painter, self._scale, area, self._text, self._role, color, bold=look[0], align=look[1], least=LEAST)
        painter.end()


class Look(StrEnum):
    """How a touch target looks."""

    CARD = "card"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    PLAIN = "plain"
    WARM = "warm"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class _Paint:
    fill: str
    pressed: str
    edge: str
    ink: str
    sub: str


_PAINTS = {
    Look.CARD: _Paint(COLOR.paper, COLOR.pri_soft, COLOR.line, COLOR.ink9, COLOR.ink5),
    Look.PRIMARY: _Paint(COLOR.pri, COLOR.pri_press, COLOR.pri, COLOR.paper, COLOR.paper),
    Look.SECONDARY: _Paint(COLOR.paper, COLOR.pri_soft, COLOR.pri, COLOR.pri, COLOR.ink7),
    Look.PLAIN: _Paint(COLOR.paper, COLOR.pri_soft, COLOR.edge, COLOR.ink9, COLOR.ink5),
    Look.WARM: _Paint(COLOR.warn_soft, COLOR.row_warn, COLOR.warn_solid, COLOR.warn, COLOR.warn),
    Look.CHOSEN: _Paint(COLOR.pri_soft, COLOR.paper, COLOR.pri, COLOR.pri, COLOR.ink7),
}
_STILL = _Paint(COLOR.sunk, COLOR.sunk, COLOR.line, COLOR.ink5, COLOR.ink5)


class Touch(QAbstractButton):
    """A touch target: a title, lines below it, an icon. ``side`` puts the icon in a tinted square at the left of
    left-aligned text, else everything is centred in one line."""

    def __init__(
        self,
        scale: Scale,
        title: str,
        look: Look = Look.PLAIN,
        *,
        icon_name: str = "",
        below: tuple[str, ...] = (),
        side: bool = False,
        role: str = "button",
        bold: bool = True,
    ) -> None:
        super().__init__()
        self._scale, self._look, self._icon, self._below, self._side = scale, look, icon_name, below, side
        self._role, self._bold = KIOSK_TYPE[role], bold
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.say(title, below)

    def say(self, title: str, below: tuple[str, ...] = (), icon_name: str | None = None) -> None:
        """Change the words."""
        self.setText(title)
        self._below = below
        if icon_name is not None:
            self._icon = icon_name
        self.setAccessibleName("，".join((title, *below)))
        self.update()

    def paint_as(self, look: Look) -> None:
        """Change how it looks."""
        self._look = look
        self.update()

    def below(self) -> tuple[str, ...]:
        """The lines under the title."""
        return self._below

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px = self._scale.px
        look = _PAINTS[self._look] if self.isEnabled() else _STILL
        area = QRectF(self.rect())
        stroke = max(1.0, px(KIOSK.stroke))
        fill = look.pressed if self.isDown() else look.fill
        box(painter, area, fill, px(KIOSK.radius), edge=look.edge, stroke=stroke)
        if self.hasFocus():
            ring = COLOR.focus if self._look is Look.PRIMARY else COLOR.pri
            inset = area.adjusted(px(8), px(8), -px(8), -px(8))
            box(painter, inset, None, px(KIOSK.radius - 8), edge=ring, stroke=2 * stroke)
        if self._side:
            self._paint_side(painter, area, look)
        else:
            self._paint_centred(painter, area, look)
        painter.end()

    def _paint_side(self, painter: QPainter, area: QRectF, look: _Paint) -> None:
        px = self._scale.px
        left = area.left() + px(32)
        if self._icon and self._scale.words == 1.0:
            tile = QRectF(left, area.center().y() - px(36), px(72), px(72))
            if self._look is Look.CARD:
                box(painter, tile, COLOR.pri_soft, px(16))
            size, ink = (42, COLOR.pri) if self._look is Look.CARD else (54, look.ink)
            icon(painter, self._scale, tile.center(), self._icon, size, ink)
            left = tile.right() + px(22)
        room = area.right() - px(16) - left
        least = KIOSK_TYPE["least"]
        step = px(least.line + 2) * self._scale.words
        head = px(self._role.line) * self._scale.words
        top = area.center().y() - (head + step * len(self._below)) / 2
        line(painter, self._scale, QRectF(left, top, room, head), self.text(), self._role, look.ink, least=LEAST)
        for at, text in enumerate(self._below):
            row = QRectF(left, top + head + at * step, room, step)
            line(painter, self._scale, row, text, least, look.sub, least=LEAST)

    def _paint_centred(self, painter: QPainter, area: QRectF, look: _Paint) -> None:
        px = self._scale.px
        size = self._role.px * 1.15 if self._icon else 0.0
        gap = px(20) if self._icon else 0.0
        role = self._role if self._bold else TypeRole(self._role.px, self._role.line, REGULAR)
        room = area.width() - 2 * px(20)
        words = min(self._scale.width(role, self.text()), room - px(size) - gap)
        left = area.center().x() - (px(size) + gap + words) / 2
        if self._icon:
            icon(painter, self._scale, QPointF(left + px(size) / 2, area.center().y()), self._icon, size, look.ink)
            left += px(size) + gap
        row = QRectF(left, area.top(), words + 1, area.height())
        line(painter, self._scale, row, self.text(), role, look.ink, least=LEAST)


class Sheet(QWidget):
    """A card or a strip of colour behind other pieces."""

    def __init__(self, scale: Scale, fill: str = "paper", edge: str = "line") -> None:
        super().__init__()
        self._scale, self._fill, self._edge = scale, fill, edge
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paint_as(self, fill: str, edge: str = "") -> None:
        """Change the colours (token names); no edge for an empty name."""
        self._fill, self._edge = fill, edge
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px = self._scale.px
        edge = getattr(COLOR, self._edge) if self._edge else None
        stroke = max(1.0, px(KIOSK.stroke)) if edge else 0.0
        box(painter, QRectF(self.rect()), getattr(COLOR, self._fill), px(KIOSK.radius), edge=edge, stroke=stroke)
        painter.end()


class Rule(QWidget):
    """A dashed line, as on paper that is torn off."""

    def __init__(self, scale: Scale) -> None:
        super().__init__()
        self._scale = scale

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        pen = QPen(QColor(COLOR.line), max(1.0, self._scale.px(KIOSK.stroke)), Qt.PenStyle.DashLine)
        painter.setPen(pen)
        middle = self.height() / 2
        painter.drawLine(QPointF(0, middle), QPointF(self.width(), middle))
        painter.end()


class Picture(QWidget):
    """A Lucide icon in the middle of its place."""

    def __init__(self, scale: Scale, name: str, size: float, tone: str) -> None:
        super().__init__()
        self._scale, self._name, self._size, self._tone = scale, name, size, tone
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_icon(self, name: str, tone: str) -> None:
        """Change the icon and its colour token."""
        self._name, self._tone = name, tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        centre = QRectF(self.rect()).center()
        icon(painter, self._scale, centre, self._name, self._size, getattr(COLOR, self._tone))
        painter.end()


class HomeBar(QWidget):
    """How long until the first page comes back: words and a bar that gets shorter."""

    def __init__(self, scale: Scale) -> None:
        super().__init__()
        self._scale = scale
        self._left, self._whole = 0.0, 1.0

    def show_left(self, left: float, whole: float) -> None:
        """``left`` of ``whole`` seconds."""
        if (left, whole) != (self._left, self._whole):
            self._left, self._whole = left, whole
            self.setAccessibleName(self.text())
            self.update()

    def text(self) -> str:
        """「16 秒后自动返回首页」."""
        return f"{max(0, -int(-self._left // 1))} 秒后自动返回首页"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px, area = self._scale.px, QRectF(self.rect())
        role = KIOSK_TYPE["least"]
        words = self._scale.width(role, "88 秒后自动返回首页")
        line(painter, self._scale, QRectF(0, 0, words, area.height()), self.text(), role, COLOR.ink7)
        bar = QRectF(words + px(24), area.center().y() - px(KIOSK.bar / 2), 0, px(KIOSK.bar))
        bar.setRight(area.right())
        box(painter, bar, COLOR.line, px(KIOSK.bar / 2))
        part = max(0.0, min(1.0, self._left / self._whole))
        full = QRectF(bar)
        full.setWidth(bar.width() * part)
        if full.width() >= px(KIOSK.bar):
            box(painter, full, COLOR.pri, px(KIOSK.bar / 2))
        painter.end()


class CardPanel(QWidget):
    """The blue panel of the first page: lay the card down; or why that does not work now."""

    def __init__(self, scale: Scale) -> None:
        super().__init__()
        self._scale = scale
        self._works = True
        self._title = self._below = ""

    def say(self, title: str, below: str, *, works: bool = True) -> None:
        """``works`` is False when cards cannot be read: the panel is grey then."""
        self._title, self._below, self._works = title, below, works
        self.setAccessibleName(f"{title}，{below}" if below else title)
        self.update()

    def title(self) -> str:
        """The first line."""
        return self._title

    def works(self) -> bool:
        """Whether it asks for a card."""
        return self._works

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px, area = self._scale.px, QRectF(self.rect())
        fill, ink = (COLOR.pri, COLOR.paper) if self._works else (COLOR.canvas, COLOR.ink7)
        box(painter, area, fill, px(KIOSK.radius))
        middle = area.center().y()
        card = QPointF(area.left() + px(122), middle)
        icon(painter, self._scale, card, "id-card" if self._works else "info", 152, ink)
        left, right = area.left() + px(238), area.right() - px(40)
        if self._works:
            icon(painter, self._scale, QPointF(area.right() - px(92), middle), "arrow-down", 84, ink)
            right -= px(124)
        title, below = KIOSK_TYPE["panel"], KIOSK_TYPE["lead"]
        head, foot = px(title.line) * self._scale.words, px(below.line) * self._scale.words
        top = middle - (head + (foot if self._below else 0)) / 2
        line(painter, self._scale, QRectF(left, top, right - left, head), self._title, title, ink, least=LEAST)
        if self._below:
            row = QRectF(left, top + head, right - left, foot)
            line(painter, self._scale, row, self._below, below, ink, least=LEAST)
        painter.end()


SLOGAN = "取一个号，到一个窗口，办完所有事"


def paint_head(painter: QPainter, scale: Scale, width: float, hall: str, now: datetime) -> None:
    """The dark head of every page: the hall, what the machine is for, the time."""
    px = scale.px
    painter.fillRect(QRectF(0, 0, width, px(KIOSK.head)), QColor(COLOR.rail))
    inner = QRectF((width - px(WIDTH)) / 2 + px(KIOSK.margin), px(56), px(INNER), px(74))
    line(painter, scale, inner, hall, KIOSK_TYPE["hall"], COLOR.paper, least=LEAST)
    lead = KIOSK_TYPE["lead"]
    inner.translate(0, px(74))
    inner.setHeight(px(lead.line))
    clock = line(painter, scale, inner, clock_time(now), lead, COLOR.rail_sub, align=RIGHT)
    inner.setRight(inner.right() - clock - px(24))
    line(painter, scale, inner, SLOGAN, lead, COLOR.rail_sub, least=LEAST)


def centred_words(scale: Scale, role: str, tone: str = "ink9") -> Words:
    """Words in the middle of their place, broken where needed."""
    return Words(scale, "", role, tone, wrap=True, align=CENTRE)
