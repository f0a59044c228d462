"""The open case: the data as read, to be confirmed before anything is printed, and the matter's list of materials."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import CITIZEN
from clerk_app.ui.citizen.materials import MaterialList
from clerk_app.ui.citizen.pieces import Look, Panel, Picture, Say, Scrolled, Sheet, Stack, Told, Touch
from clerk_app.ui.citizen.views import Guide, Identity

ALONE_WIDTH = 860
LEFT_SHARE = 0.42


class Answer(StrEnum):
    """What the citizen said about the data as read; nothing but a press makes an answer."""

    NONE = "none"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    OVERRULED = "overruled"


_BANDS = {
    Answer.NONE: ("请和手里的证件比一比，再按下面的键", "pri_soft", "pri", "eye"),
    Answer.CONFIRMED: ("您已核对，信息正确", "ok_soft", "ok", "circle-check"),
    Answer.DENIED: ("请告诉工作人员哪里不对，改好后请您再看", "bad_soft", "bad", "circle-alert"),
    Answer.OVERRULED: ("工作人员已和您当面核对", "pri_soft", "pri", "circle-check"),
}


class CasePage(QWidget):
    """Left who applies, right what is needed; the data stand alone while no matter is chosen.

    ``confirmed`` and ``denied`` are presses of the citizen, nothing else.
    """

    confirmed = Signal()
    denied = Signal()

    def __init__(self, scale: Panel) -> None:
        super().__init__()
        self._scale = scale
        self._identity: Identity = ()
        self._guide: Guide | None = None
        self._who, self._what, self._band_sheet = Sheet(scale), Sheet(scale), Sheet(scale)
        self.heading = Say(scale, "请核对您的信息", "title")
        self._people = Stack(scale)
        self.people = Scrolled(scale, self._people)
        self._band_icon = Picture(scale, "eye", "pri")
        self.band = Say(scale, "", "body", wrap=True, bold=True)
        self.wrong = Touch(scale, "有误", Look.DANGER, icon_name="x")
        self.right = Touch(scale, "信息正确", Look.PRIMARY, icon_name="check")
        self.matter = Say(scale, "", "lead", wrap=True)
        self.facts = Say(scale, "", "body", "ink7", wrap=True)
        self.list_heading = Say(scale, "", "body", bold=True)
        self.list = MaterialList(scale)
        self.materials = Scrolled(scale, self.list)
        self.note = Say(scale, "", "item", "ink9", wrap=True)
        left = (self._who, self.heading, self.people, self._band_sheet, self._band_icon, self.band)
        right = (self._what, self.matter, self.facts, self.list_heading, self.materials, self.note)
        self._right = right
        for piece in (*left, self.wrong, self.right, *right, self.people.more, self.materials.more):
            piece.setParent(self)
        for piece in (*right, self.people.more, self.materials.more):
            piece.hide()
        self.right.clicked.connect(self.confirmed)
        self.wrong.clicked.connect(self.denied)

    def show_identity(self, identity: Identity, answer: Answer) -> None:
        """The data, and what the citizen said about exactly these."""
        if identity != self._identity:
            self._identity = identity
            self._people.fill(self._lines(identity))
            self.people.to_start()
        words, fill, tone, icon_name = _BANDS[answer]
        self._band_sheet.paint_as(fill, fill)
        self._band_icon.show_icon(icon_name, tone)
        self.band.set_tone(tone)
        self.band.setText(words)
        self.right.setEnabled(answer is not Answer.CONFIRMED)
        self.wrong.setEnabled(answer is not Answer.DENIED)
        self.rescale()

    def show_guide(self, guide: Guide | None) -> None:
        """The matter; the list follows the row that the clerk ticked last."""
        if guide == self._guide:
            return
        anew = self._guide is None or guide is None or self._guide.matter != guide.matter
        self._guide = guide
        for piece in self._right:
            piece.setVisible(guide is not None)
        if guide is None:
            self.list.show_rows(())
            self.rescale()
            return
        self.matter.setText(guide.matter)
        self.facts.setText(guide.facts)
        self.list_heading.setText(guide.heading)
        self.note.setText(guide.note)
        changed = self.list.show_rows(guide.rows)
        self.rescale()
        if anew:
            self.materials.to_start()
        elif changed is not None:
            self._follow(changed)

    def _follow(self, at: int) -> None:
        place = self.list.place(at)
        margin = self._scale.whole(CITIZEN.target)
        self.materials.ensureVisible(0, round(place.center().y()), 0, round(place.height() / 2) + margin)

    def _lines(self, identity: Identity) -> list[Say]:
        pieces = []
        for person in identity:
            if len(identity) > 1:
                pieces.append(Say(self._scale, person.heading, "item", "pri", bold=True))
            pieces += [Told(self._scale, label, value) for label, value in person.lines]
        return pieces

    # --- placing ----------------------------------------------------------------------------------------------
    def rescale(self) -> None:
        """Follow the panel's size."""
        whole = self._scale.whole
        for piece in (self.heading, self.band, self.matter, self.facts, self.list_heading, self.note):
            piece.rescale()
        margin = whole(CITIZEN.margin)
        alone = self._guide is None
        wide = self.width() - 2 * margin
        width = min(wide, whole(ALONE_WIDTH)) if alone else round(wide * LEFT_SHARE)
        left = (self.width() - width) // 2 if alone else margin
        self._place_who(left, margin, width, self.height() - 2 * margin)
        if not alone:
            begin = left + width + whole(CITIZEN.gap)
            self._place_what(begin, margin, self.width() - margin - begin, self.height() - 2 * margin)

    def _place_who(self, left: int, top: int, width: int, height: int) -> None:
        whole = self._scale.whole
        pad, gap, target = whole(CITIZEN.margin * 0.8), whole(CITIZEN.gap), whole(CITIZEN.target)
        inner = width - 2 * pad
        self._who.setGeometry(left, top, width, height)
        more = self.people.more.least_width()
        self.people.more.setGeometry(left + pad + inner - more, top + gap, more, target)
        head = max(self.heading.needed(inner), target if self.people.more.isVisibleTo(self) else 0)
        self.heading.setGeometry(left + pad, top + gap, inner - more, head)
        buttons = top + height - pad - target
        half = (inner - gap) * 2 // 5
        self.wrong.setGeometry(left + pad, buttons, half, target)
        self.right.setGeometry(left + pad + half + gap, buttons, inner - gap - half, target)
        icon = whole(CITIZEN.icon)
        words = inner - icon - 3 * gap
        band = max(icon, self.band.needed(words)) + gap
        at = buttons - gap - band
        self._band_sheet.setGeometry(left + pad, at, inner, band)
        self._band_icon.setGeometry(left + pad + gap, at + (band - icon) // 2, icon, icon)
        needed = self.band.needed(words)
        self.band.setGeometry(left + pad + icon + 2 * gap, at + (band - needed) // 2, words, needed)
        begin = top + gap + head + gap // 2
        self.people.setGeometry(left + pad, begin, inner, at - gap - begin)
        self.people.refit()

    def _place_what(self, left: int, top: int, width: int, height: int) -> None:
        whole = self._scale.whole
        pad, gap = whole(CITIZEN.margin * 0.8), whole(CITIZEN.gap)
        inner = width - 2 * pad
        self._what.setGeometry(left, top, width, height)
        more = self.materials.more.least_width()
        self.materials.more.setGeometry(left + pad + inner - more, top + gap, more, whole(CITIZEN.target))
        at = top + pad // 2
        for piece in (self.matter, self.facts, self.list_heading, self.note):
            room = inner if piece is self.note else inner - more - gap
            needed = piece.needed(room)
            piece.setVisible(needed > 0)
            piece.setGeometry(left + pad, at, room, needed)
            at += needed + (gap // 4 if needed else 0)
        self.materials.setGeometry(left + pad, at, inner, top + height - pad // 2 - at)
        self.materials.refit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rescale()
