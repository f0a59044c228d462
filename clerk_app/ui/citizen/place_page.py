"""The page without a case: hall, window and state, and nothing of anybody."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import CITIZEN, CITIZEN_TYPE
from clerk_app.ui.citizen.pieces import Panel, Picture, Say
from clerk_app.ui.citizen.views import Place, Standing

_ICONS = {
    Standing.FREE: ("circle-check", "ok_solid"),
    Standing.CALLING: ("volume-2", "pri"),
    Standing.SERVING: ("user-round-check", "pri"),
    Standing.AWAY: ("circle-pause", "warn_solid"),
}


class PlacePage(QWidget):
    """The window and in large letters its state, or the ticket that is called or served there; what to do."""

    def __init__(self, scale: Panel) -> None:
        super().__init__()
        self._scale = scale
        self.state_icon = Picture(scale, "circle-check", "ok_solid")
        self.state = Say(scale, "", "state", centre=True)
        self.number = Say(scale, "", "number", centre=True)
        self.sentence = Say(scale, "", "lead", "ink7", wrap=True, centre=True)
        self._pieces = (self.state, self.number, self.sentence)
        for piece in (self.state_icon, *self._pieces):
            piece.setParent(self)

    def show_place(self, place: Place) -> None:
        """The state of the window."""
        self.state_icon.show_icon(*_ICONS[place.standing])
        window = f"{place.window_no} 号窗口"
        self.number.setText(place.number or place.standing.label)
        if place.number and place.standing is Standing.CALLING:
            window = f"请到 {window}"
        elif place.number:
            window = f"{window}{place.standing.label}"
        self.state.setText(window)
        self.sentence.setText(place.sentence)
        self.rescale()

    def rescale(self) -> None:
        """Follow the panel's size."""
        whole = self._scale.whole
        for piece in self._pieces:
            piece.rescale()
        state, number = whole(CITIZEN_TYPE["state"].line), whole(CITIZEN_TYPE["number"].line)
        width = self.width() - 2 * whole(CITIZEN.margin)
        foot = self.sentence.needed(width)
        gap = whole(CITIZEN.gap)
        top = max(0, (self.height() - state - number - foot - 2 * gap) // 2)
        wide = round(self._scale.width(CITIZEN_TYPE["state"], self.state.text())) + 2
        side = whole(CITIZEN.face)
        left = (self.width() - wide - side - gap) // 2
        self.state_icon.setGeometry(left, top + (state - side) // 2, side, side)
        self.state.setGeometry(left + side + gap, top, wide, state)
        self.number.setGeometry(0, top + state + gap, self.width(), number)
        self.sentence.setGeometry(whole(CITIZEN.margin), top + state + number + 2 * gap, width, foot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rescale()
