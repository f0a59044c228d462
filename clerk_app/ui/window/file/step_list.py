"""The steps of a case file as a list on digits, like the outcomes of the counter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.domain.cases import CaseStep
from clerk_app.services.steps.offers import Offer
from clerk_app.ui.keys import Page, is_enter, pressed
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.buttons import Choice
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.window.frames import Scroll


class StepList(QWidget):
    """A digit or the arrows choose; 0 gives the materials and papers back; Enter goes into the form; P prints here what
    another window made (``print_wanted``).

    ``chosen`` carries a ``CaseStep`` or None, ``refused`` the reason of a locked one.
    """

    chosen = Signal(object)
    refused = Signal(str)
    entered = Signal()
    print_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._offers: tuple[Offer, ...] = ()
        self._step: CaseStep | None = None
        self.choices: list[Choice] = []
        self.heading = Text("现在可以办", "body", strong=True)
        self.law = Text("", "note", "ink5", right=True)
        self.nothing = Text("这件没有你要办的事", "note", "ink7", wrap=True)
        self._list = Column(gap=SPACE.x2)
        column = Column(gap=SPACE.x2)
        column.put(
            Row(self.heading, None, self.law, margins=(SPACE.x4, SPACE.x12)),
            self._list,
            Row(self.nothing, margins=(SPACE.x4, SPACE.x12)),
            None,
        )
        self.area = Scroll(column, (SPACE.x2, SPACE.x12, SPACE.x2, SPACE.x12))
        # The frame of the focus lies beside what scrolls, not under it.
        self.setLayout(Column(self.area, margins=SIZE.frame))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAccessibleName("这件可以办的步骤")

    @property
    def step(self) -> CaseStep | None:
        """The chosen step."""
        return self._step

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """Show the steps; the choice stays while it is open."""
        if tuple(offer.step for offer in offers) != tuple(offer.step for offer in self._offers):
            self._rebuild(offers)
        self._offers = tuple(offers)
        for choice, offer in zip(self.choices, offers, strict=True):
            choice.setText(offer.name)
            choice.set_follows("" if offer.locked else offer.line)
            choice.lock(offer.line if offer.locked else "")
        open_steps = {offer.step for offer in offers if not offer.locked}
        if self._step not in open_steps:
            self._step = None
        self.nothing.setVisible(not offers)
        self._mark()

    def _rebuild(self, offers: Sequence[Offer]) -> None:
        self._list.empty()
        self.choices = []
        for digit, offer in enumerate(offers, 1):
            choice = Choice(offer.name, offer.line, key=str(digit))
            choice.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            choice.clicked.connect(lambda _on=False, step=offer.step: self.choose(step))
            self.choices.append(choice)
            self._list.put(choice)

    def choose(self, step: CaseStep | None) -> None:
        """Choose a step, or none; a locked one says why and changes nothing."""
        locked = next((offer.line for offer in self._offers if offer.step is step and offer.locked), "")
        if locked:
            self._mark()
            self.refused.emit(locked)
            return
        self._step = step
        self._mark()
        self.chosen.emit(step)

    def _mark(self) -> None:
        for choice, offer in zip(self.choices, self._offers, strict=False):
            choice.setChecked(offer.step is self._step)
        at = next((n for n, offer in enumerate(self._offers) if offer.step is self._step), None)
        if at is not None:
            self.area.ensureWidgetVisible(self.choices[at], 0, 0)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        hit = pressed(event, Page.FILE)
        if is_enter(event):
            self.entered.emit()
        elif hit is None or hit.id not in {"pick_step", "pick_step_move", "see_papers", "print_here"}:
            super().keyPressEvent(event)
        elif hit.id == "print_here":
            self.print_wanted.emit()
        elif hit.id == "see_papers":
            self.choose(None)
        elif hit.id == "pick_step_move":
            self._move(-1 if hit.index == 0 else 1)
        elif hit.index < len(self._offers):
            self.choose(self._offers[hit.index].step)

    def _move(self, step: int) -> None:
        at = next((n for n, offer in enumerate(self._offers) if offer.step is self._step), -1 if step > 0 else 0)
        for number in range(at + step, len(self._offers) if step > 0 else -1, step):
            if not self._offers[number].locked:
                self.choose(self._offers[number].step)
                return

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus() and self._step is None:
            painter = QPainter(self)
            paint.focus_frame(painter, self.rect())
            painter.end()
