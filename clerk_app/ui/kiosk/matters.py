"""Which matters, so that the paper says what to bring: several on one ticket; nobody has to know any."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal

from clerk_app.design.tokens import KIOSK
from clerk_app.services.kiosk.matters import MatterLine
from clerk_app.ui.kiosk.choose import ChoicePage
from clerk_app.ui.kiosk.pieces import INNER, WIDTH, Look, Touch, Words
from clerk_app.ui.panel import CENTRE, Scale

MATTERS_PER_PAGE: Final = 4
MOST: Final = 3
"""Matters on one ticket at the kiosk: more are for the guide desk, which looks at them first."""
_TOP: Final = 640
_LEFT: Final = KIOSK.margin
_ROW: Final = 108
_STEP: Final = _ROW + 16
_CHOSEN: Final = 96


class MatterPage(ChoicePage):
    """``chosen`` gives the ``MatterLine``s, none for 「不确定」."""

    chosen = Signal(tuple)

    def __init__(self, scale: Scale) -> None:
        super().__init__(scale, "要办哪几件事？", f"可以选 {MOST} 件，小票上会写要带什么；不确定也能取号")
        self._lines: tuple[MatterLine, ...] = ()
        self._first = 0
        self.picked: list[MatterLine] = []
        self.touches: list[Touch] = []
        for at in range(MATTERS_PER_PAGE):
            touch = Touch(scale, "", Look.CARD, side=True, role="button")
            touch.clicked.connect(lambda _=False, place=at: self._toggle(self._lines[self._first + place]))
            self.touches.append(touch)
            self.put(touch, _LEFT, _TOP + at * _STEP, INNER, _ROW)
        low = _TOP + MATTERS_PER_PAGE * _STEP
        self.before = Touch(scale, "上一页", Look.PLAIN, icon_name="chevron-left", bold=False)
        self.after = Touch(scale, "下一页", Look.PLAIN, icon_name="chevron-right", bold=False)
        self.where = Words(scale, "", "body", "ink7", align=CENTRE)
        self.before.clicked.connect(lambda: self._turn(-MATTERS_PER_PAGE))
        self.after.clicked.connect(lambda: self._turn(MATTERS_PER_PAGE))
        self.put(self.before, _LEFT, low, 300, KIOSK.target)
        self.put(self.after, WIDTH - _LEFT - 300, low, 300, KIOSK.target)
        self.put(self.where, _LEFT + 300, low, INNER - 600, KIOSK.target)
        self.removers: list[Touch] = []
        for at in range(MOST):
            remover = Touch(scale, "", Look.CHOSEN, icon_name="x", side=True, role="lead")
            remover.clicked.connect(lambda _=False, place=at: self._toggle(self.picked[place]))
            self.removers.append(remover)
            self.put(remover, _LEFT, low + 116 + at * (_CHOSEN + 12), INNER, _CHOSEN)
        self.go = Touch(scale, "", Look.PRIMARY, icon_name="ticket", role="card")
        self.go.clicked.connect(lambda: self.chosen.emit(tuple(self.picked)))
        self.put(self.go, _LEFT, 1580, INNER, 140)

    def show_lines(self, lines: tuple[MatterLine, ...]) -> None:
        """Start with the first matters; nothing is picked."""
        self._lines, self._first = lines, 0
        self.picked = []
        self._turn(0)

    def touch(self, name: str) -> bool:
        """Touch the first matter whose name holds ``name``; False, and nothing touched, when there is none."""
        place = next((at for at, line in enumerate(self._lines) if name in line.name), None)
        if place is None:
            return False
        while place < self._first:
            self.before.click()
        while place >= self._first + MATTERS_PER_PAGE:
            self.after.click()
        self.touches[place - self._first].click()
        return True

    def _toggle(self, line: MatterLine) -> None:
        if line in self.picked:
            self.picked.remove(line)
        elif len(self.picked) < MOST:
            self.picked.append(line)
        self._turn(0)

    def _turn(self, by: int) -> None:
        self._first += by
        count = len(self._lines)
        full = len(self.picked) >= MOST
        for at, touch in enumerate(self.touches):
            place = self._first + at
            touch.setVisible(place < count)
            if place < count:
                line = self._lines[place]
                there = line in self.picked
                touch.say(line.name, (), "circle-check" if there else "circle")
                touch.paint_as(Look.CHOSEN if there else Look.CARD)
                touch.setEnabled(there or not full)
        pages = -(-count // MATTERS_PER_PAGE)
        for piece in (self.before, self.after, self.where):
            piece.setVisible(pages > 1)
        self.before.setEnabled(self._first > 0)
        self.after.setEnabled(self._first + MATTERS_PER_PAGE < count)
        self.where.say(f"{self._first // MATTERS_PER_PAGE + 1} / {pages}" if count else "")
        for at, remover in enumerate(self.removers):
            remover.setVisible(at < len(self.picked))
            if at < len(self.picked):
                remover.say(f"去掉：{self.picked[at].name}")
        self.go.say(f"取号，办 {len(self.picked)} 件事" if self.picked else "不确定，直接取号")
