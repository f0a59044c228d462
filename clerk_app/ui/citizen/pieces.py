"""What the citizen's pages are made of, in px of a 1366x768 panel: words, touch targets, cards, what scrolls."""

from __future__ import annotations

from enum import StrEnum
from html import escape

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QLabel, QScrollArea, QScroller, QWidget

from clerk_app.design.tokens import BOLD, CITIZEN, CITIZEN_TYPE, COLOR
from clerk_app.domain.papers import Spans
from clerk_app.ui.kit.style import mark as restyle
from clerk_app.ui.kit.theme import theme
from clerk_app.ui.panel import Scale, box, icon

WIDTH, HEIGHT = 1366, 768
ONWARD, BACK = "往下看", "回开头"
LABEL_ROOM = "法定代表人"


class Panel(Scale):
    """The scale of the citizen's screen: a smaller panel shows less, never smaller letters or targets."""

    def __init__(self) -> None:
        super().__init__(WIDTH, HEIGHT)

    def fit(self, size: QSizeF) -> None:
        super().fit(size)
        self.factor = max(CITIZEN.least, self.factor)

    def whole(self, value: float) -> int:
        """A design length in whole panel px."""
        return round(self.px(value))


class Say(QLabel):
    """Words in a role of ``CITIZEN_TYPE`` and a colour token; ``wrap`` breaks them."""

    def __init__(
        self,
        scale: Panel,
        words: str = "",
        role: str = "body",
        tone: str = "ink9",
        *,
        bold: bool | None = None,
        wrap: bool = False,
        centre: bool = False,
    ) -> None:
        super().__init__(words)
        self._scale, self._role, self._bold = scale, CITIZEN_TYPE[role], bold
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone)
        self.setWordWrap(wrap)
        side = Qt.AlignmentFlag.AlignHCenter if centre else Qt.AlignmentFlag.AlignLeft
        self.setAlignment(side | (Qt.AlignmentFlag.AlignTop if wrap else Qt.AlignmentFlag.AlignVCenter))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.rescale()
        theme().changed.connect(self.rescale)

    def rescale(self) -> None:
        """Follow the panel's size."""
        self.setFont(self._scale.font(self._role, bold=self._bold))

    def set_tone(self, tone: str) -> None:
        """Another colour token."""
        restyle(self, "tone", tone)

    def sizeHint(self) -> QSize:
        return self._line(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        return self._line(super().minimumSizeHint())

    def _line(self, hint: QSize) -> QSize:
        # The typeface's own line is 1.45 of its size; roles have theirs.
        if not self.wordWrap():
            hint.setHeight(self._scale.whole(self._role.line))
        return hint

    def needed(self, width: int) -> int:
        """Height at a width, in panel px."""
        if not self.text():
            return 0
        if not self.wordWrap():
            return self._scale.whole(self._role.line)
        return max(self.heightForWidth(width), self._scale.whole(self._role.line))


class Rich(Say):
    """Running text with bold dates."""

    def __init__(self, scale: Panel, role: str = "body", tone: str = "ink9") -> None:
        super().__init__(scale, "", role, tone, wrap=True)
        self.setTextFormat(Qt.TextFormat.RichText)

    def say(self, spans: Spans) -> None:
        """Show the spans."""
        self.setText("".join(f"<b>{escape(one.text)}</b>" if one.bold else escape(one.text) for one in spans))
        self.setAccessibleName("".join(one.text for one in spans))


class Told(Say):
    """A value with its name at the left: 「姓名  李晓彤」; the value breaks under itself."""

    def __init__(self, scale: Panel, label: str, value: str) -> None:
        super().__init__(scale, value, "item", bold=True, wrap=True)
        self._label = Say(scale, label, "body", "ink7")
        self._label.setParent(self)
        self.setAccessibleName(f"{label} {value}")
        self.rescale()

    def rescale(self) -> None:
        super().rescale()
        if hasattr(self, "_label"):
            self._label.rescale()
            left = round(self._scale.width(CITIZEN_TYPE["body"], LABEL_ROOM) + self._scale.px(CITIZEN.gap))
            self._label.setGeometry(0, 0, left, self._scale.whole(CITIZEN_TYPE["item"].line))
            self.setContentsMargins(left, 0, 0, 0)


class Look(StrEnum):
    """How a touch target looks; one primary on a page."""

    PRIMARY = "primary"
    PLAIN = "plain"
    DANGER = "danger"


_LOOKS = {
    Look.PRIMARY: (COLOR.pri, COLOR.pri_press, COLOR.pri, COLOR.paper),
    Look.PLAIN: (COLOR.paper, COLOR.pri_soft, COLOR.edge, COLOR.ink9),
    Look.DANGER: (COLOR.paper, COLOR.bad_soft, COLOR.bad_solid, COLOR.bad),
}
_STILL = (COLOR.sunk, COLOR.sunk, COLOR.line, COLOR.ink5)


class Touch(QAbstractButton):
    """A touch target with an icon before its word, or above it (``tall``). It never takes the clerk's focus."""

    def __init__(
        self, scale: Panel, words: str, look: Look = Look.PLAIN, *, icon_name: str = "", tall: bool = False
    ) -> None:
        super().__init__()
        self._scale, self._look, self._icon, self._tall = scale, look, icon_name, tall
        self.setText(words)
        self.setAccessibleName(words)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def say(self, words: str, icon_name: str) -> None:
        """Another word and icon."""
        if words != self.text():
            self._icon = icon_name
            self.setText(words)
            self.setAccessibleName(words)

    def least_width(self) -> int:
        """How wide its words need it, in panel px."""
        words = self._scale.width(CITIZEN_TYPE["button"], self.text())
        side = self._scale.px(CITIZEN.icon + CITIZEN.gap / 2) if self._icon and not self._tall else 0.0
        return round(words + side + self._scale.px(2 * CITIZEN.gap)) + 1

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px, area, role = self._scale.px, QRectF(self.rect()), CITIZEN_TYPE["button"]
        fill, pressed, edge, ink = _LOOKS[self._look] if self.isEnabled() else _STILL
        stroke = max(1.0, px(CITIZEN.stroke))
        box(painter, area, pressed if self.isDown() else fill, px(CITIZEN.radius), edge=edge, stroke=stroke)
        words = QRectF(area)
        if self._icon and self._tall:
            top = (area.height() - px(CITIZEN.face + CITIZEN.gap + role.line)) / 2
            face = QRectF(0, top, area.width(), px(CITIZEN.face))
            icon(painter, self._scale, face.center(), self._icon, CITIZEN.face, COLOR.pri if self.isEnabled() else ink)
            words = QRectF(0, face.bottom() + px(CITIZEN.gap), area.width(), px(role.line))
        elif self._icon:
            wide = self._scale.width(role, self.text()) + px(CITIZEN.icon + CITIZEN.gap / 2)
            left = (area.width() - wide) / 2
            middle = QRectF(left, 0, px(CITIZEN.icon), area.height()).center()
            icon(painter, self._scale, middle, self._icon, CITIZEN.icon, ink)
            words = QRectF(left + px(CITIZEN.icon + CITIZEN.gap / 2), 0, wide, area.height())
        centred = self._tall or not self._icon
        side = Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeft
        painter.setFont(self._scale.font(role, bold=role.weight == BOLD))
        painter.setPen(ink)
        painter.drawText(words, int(side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip), self.text())
        painter.end()


class Sheet(QFrame):
    """A card behind other pieces, painted in two colour tokens."""

    def __init__(self, scale: Panel, fill: str = "paper", edge: str = "line") -> None:
        super().__init__()
        self._scale, self._fill, self._edge = scale, fill, edge
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paint_as(self, fill: str, edge: str = "line") -> None:
        """Change the colours (token names)."""
        self._fill, self._edge = fill, edge
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px = self._scale.px
        fill, edge = getattr(COLOR, self._fill), getattr(COLOR, self._edge)
        box(painter, QRectF(self.rect()), fill, px(CITIZEN.radius), edge=edge, stroke=max(1.0, px(CITIZEN.stroke)))
        painter.end()


class Picture(QWidget):
    """A Lucide icon as large as its place."""

    def __init__(self, scale: Panel, name: str, tone: str) -> None:
        super().__init__()
        self._scale, self._name, self._tone = scale, name, tone
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_icon(self, name: str, tone: str) -> None:
        """Change the icon and its colour token."""
        self._name, self._tone = name, tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = min(self.width(), self.height()) / self._scale.factor
        icon(painter, self._scale, QRectF(self.rect()).center(), self._name, side, getattr(COLOR, self._tone))
        painter.end()


class Content(QWidget):
    """What lies in a ``Scrolled``: it is given a width and says how high it is."""

    def arrange(self, width: int) -> int:
        """Place everything at a width; returns the height, in panel px."""
        raise NotImplementedError


class Stack(Content):
    """Pieces below each other, as high as they need to be; ``gap`` in design px."""

    def __init__(self, scale: Panel, gap: float = CITIZEN.gap / 2) -> None:
        super().__init__()
        self._scale, self._gap = scale, gap
        self._pieces: list[Say] = []
        self.setProperty("clear", "true")

    def fill(self, pieces: list[Say]) -> None:
        """Other pieces in place of the present ones."""
        for old in self._pieces:
            old.hide()
            old.deleteLater()
        self._pieces = pieces
        for piece in pieces:
            piece.setParent(self)
            piece.show()

    def pieces(self) -> list[Say]:
        """What is in it."""
        return list(self._pieces)

    def arrange(self, width: int) -> int:
        top, gap = 0, self._scale.whole(self._gap)
        for piece in self._pieces:
            piece.rescale()
            height = piece.needed(width)
            piece.setGeometry(0, top, width, height)
            top += height + gap if height else 0
        return max(0, top - gap)


class Scrolled(QScrollArea):
    """Something that may be higher than its place: dragged with a finger, or moved on by the target ``more``.

    The page puts ``more`` where it has room for it; it is seen only where something is hidden.
    """

    def __init__(self, scale: Panel, inner: Content) -> None:
        super().__init__()
        self._scale, self._inner = scale, inner
        self.setWidget(inner)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.more = Touch(scale, ONWARD, icon_name="chevron-down")
        self.more.clicked.connect(self.go_on)
        self.verticalScrollBar().valueChanged.connect(self._tell)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.LeftMouseButtonGesture)

    def refit(self) -> None:
        """The content or the scale has changed."""
        width = max(1, self.width() - self._scale.whole(CITIZEN.gap))
        self._inner.resize(width, self._inner.arrange(width))
        self._tell()

    def go_on(self) -> None:
        """Show what comes next, two lines of the present page at its head; from the end back to the beginning."""
        bar = self.verticalScrollBar()
        step = self.viewport().height() - self._scale.whole(2 * CITIZEN_TYPE["body"].line)
        bar.setValue(bar.minimum() if self.at_end() else bar.value() + max(1, step))

    def to_start(self) -> None:
        """Back to the beginning."""
        self.verticalScrollBar().setValue(0)

    def at_end(self) -> bool:
        """Whether nothing is hidden below."""
        return self.verticalScrollBar().value() >= self.verticalScrollBar().maximum()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.refit()

    def _tell(self, _value: int = 0) -> None:
        hidden = self._inner.height() > self.height()
        self.more.setVisible(hidden and not self.isHidden())
        self.more.say(*((BACK, "chevron-up") if self.at_end() else (ONWARD, "chevron-down")))
