"""Keys to type a number on: digits, the letters that are in use, and what was typed so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import COLOR, KIOSK, KIOSK_TYPE
from clerk_app.ui.kiosk.choose import ChoicePage
from clerk_app.ui.kiosk.pieces import INNER, LEAST, Look, Touch
from clerk_app.ui.panel import CENTRE, Scale, box, line

_LEFT: Final = KIOSK.margin
_LETTERS: Final = 8
_KEY: Final = 120
_DIGITS: Final = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "清空", "0", "退一位")


class Typed(QWidget):
    """What was typed, large, or what it should look like."""

    def __init__(self, scale: Scale) -> None:
        super().__init__()
        self._scale = scale
        self._text = self._like = ""

    def show_text(self, text: str, like: str) -> None:
        """``like`` is shown in grey while nothing is typed."""
        self._text, self._like = text, like
        self.setAccessibleName(text or like)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px, area = self._scale.px, QRectF(self.rect())
        box(painter, area, COLOR.paper, px(KIOSK.radius), edge=COLOR.pri, stroke=max(1.0, px(KIOSK.stroke)))
        role = KIOSK_TYPE["figure" if self._text else "panel"]
        ink = COLOR.ink9 if self._text else COLOR.ink5
        inner = area.adjusted(px(24), 0, -px(24), 0)
        line(painter, self._scale, inner, self._text or self._like, role, ink, align=CENTRE, least=LEAST)
        painter.end()


class PadPage(ChoicePage):
    """Types one kind of number. ``like`` is an example; ``shown`` writes what was typed for reading (groups of four);
    ``least`` characters are needed, more than ``most`` are not taken."""

    entered = Signal(str)

    def __init__(
        self,
        scale: Scale,
        title: str,
        lead: str,
        go: str,
        like: str,
        *,
        least: int,
        most: int,
        letters: bool = False,
        shown: Callable[[str], str] = str,
    ) -> None:
        super().__init__(scale, title, lead)
        self._like, self._least, self._most, self._shown = like, least, most, shown
        self._has_letters, self._lead = letters, lead
        self.text = ""
        self.typed = Typed(scale)
        self.put(self.typed, _LEFT, 560, INNER, 140)
        self.letters: list[Touch] = []
        top = 726
        if letters:
            for _ in range(_LETTERS):
                key = Touch(scale, "", Look.CARD, role="card")
                key.clicked.connect(lambda _=False, key=key: self._type(key.text()))
                self.letters.append(key)
            top += _KEY + KIOSK.gap
        self.keys: dict[str, Touch] = {}
        wide = (INNER - 2 * KIOSK.gap) / 3
        for at, name in enumerate(_DIGITS):
            key = Touch(scale, name, Look.PLAIN, role="card" if name.isdigit() else "lead", bold=name.isdigit())
            key.clicked.connect(lambda _=False, name=name: self._pressed(name))
            self.keys[name] = key
            x, y = _LEFT + (at % 3) * (wide + KIOSK.gap), top + (at // 3) * (_KEY + KIOSK.gap)
            self.put(key, x, y, wide, _KEY)
        self.go = Touch(scale, go, Look.PRIMARY, icon_name="check", role="card")
        self.go.clicked.connect(self._enter)
        self.put(self.go, _LEFT, top + 4 * (_KEY + KIOSK.gap), INNER, 132)
        self.clear()

    def show_letters(self, letters: Sequence[str]) -> None:
        """The letters that numbers begin with now."""
        shown = list(dict.fromkeys(letters))[:_LETTERS]
        wide = (INNER - KIOSK.gap * (max(len(shown), 1) - 1)) / max(len(shown), 1)
        for at, key in enumerate(self.letters):
            key.setVisible(at < len(shown))
            if at < len(shown):
                key.say(shown[at])
                self.put(key, _LEFT + at * (wide + KIOSK.gap), 726, wide, _KEY)

    def clear(self) -> None:
        """Nothing is typed, nothing is wrong."""
        self.text = ""
        self.lead.say(self._lead, "ink7")
        self._show()

    def explain(self, lead: str) -> None:
        """What may be typed."""
        self._lead = lead
        self.clear()

    def refuse(self, sentence: str) -> None:
        """What was typed cannot be right; it is typed anew."""
        self.clear()
        self.lead.say(sentence, "bad")

    def type_all(self, text: str) -> None:
        """Type it key by key and enter, as a finger does."""
        self.clear()
        for char in text:
            touch = next((key for key in self.letters if key.text() == char), None) or self.keys[char]
            touch.click()
        self.go.click()

    def _pressed(self, name: str) -> None:
        if name == _DIGITS[9]:
            self.clear()
        elif name == _DIGITS[11]:
            self.text = self.text[:-1]
            self._show()
        else:
            self._type(name)

    def _type(self, char: str) -> None:
        self.lead.say(self._lead, "ink7")
        if char.isalpha():
            # Another letter replaces the first one: it stands in front of every number.
            self.text = char + self.text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        elif len(self.text) < self._most:
            self.text += char
        self._show()

    def _show(self) -> None:
        self.typed.show_text(self._shown(self.text), self._like)
        ready = len(self.text) >= self._least
        self.go.setEnabled(ready and (not self._has_letters or self.text[:1].isalpha()))

    def _enter(self) -> None:
        self.entered.emit(self.text)


def in_fours(text: str) -> str:
    """「1234 5678」."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
