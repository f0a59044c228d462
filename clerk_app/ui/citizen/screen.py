"""The citizen's screen as a window: a head with hall, window and state, and one page below it.

Only a press of the citizen answers anything here; there is no clock and no timer in this package. The window never
takes the keyboard from the clerk.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from clerk_app.design.tokens import CITIZEN, CITIZEN_TYPE, COLOR
from clerk_app.design.words import joined
from clerk_app.ui.citizen.case_page import Answer, CasePage
from clerk_app.ui.citizen.end_page import EndPage, RatePage
from clerk_app.ui.citizen.pieces import HEIGHT, WIDTH, Panel
from clerk_app.ui.citizen.place_page import PlacePage
from clerk_app.ui.citizen.sign_page import SignPage
from clerk_app.ui.citizen.views import Document, Guide, Identity, Place
from clerk_app.ui.kit.theme import theme
from clerk_app.ui.panel import LEFT, RIGHT, line

_BODY = CITIZEN_TYPE["body"].px


class CitizenScreen(QWidget):
    """``confirmed``, ``denied``, ``signed``, ``on_paper`` and ``rated`` are what the citizen did; ``gone`` comes when
    the window is shown no more."""

    confirmed = Signal()
    denied = Signal()
    signed = Signal(object)  # Strokes
    on_paper = Signal()
    rated = Signal(int)
    gone = Signal()

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowTitle("客显屏")
        self._scale = Panel()
        self._place: Place | None = None
        self.place = PlacePage(self._scale)
        self.case = CasePage(self._scale)
        self.sign = SignPage(self._scale)
        self.rate = RatePage(self._scale)
        self.end = EndPage(self._scale)
        self.pages = QStackedWidget(self)
        self._all = (self.place, self.case, self.sign, self.rate, self.end)
        for page in self._all:
            self.pages.addWidget(page)
        self.case.confirmed.connect(self.confirmed)
        self.case.denied.connect(self.denied)
        self.sign.signed.connect(self.signed)
        self.sign.on_paper.connect(self.on_paper)
        self.rate.rated.connect(self.rated)
        # A new factor of the clerk's screen sets the style sheet anew, which takes every font back.
        theme().changed.connect(self._rescale)
        self.setMinimumSize(CITIZEN.least_width, CITIZEN.least_height)

    # --- showing ----------------------------------------------------------------------------------------------
    def show_place(self, place: Place) -> None:
        """Hall, window and state alone; everything of the case before is forgotten."""
        self._head(place)
        self.place.show_place(place)
        self.forget()
        self._turn(self.place)

    def show_case(self, place: Place, identity: Identity, answer: Answer, guide: Guide | None) -> None:
        """The data as read and the list of materials."""
        self._head(place)
        self.case.show_identity(identity, answer)
        self.case.show_guide(guide)
        self._turn(self.case)

    def show_signing(self, place: Place, document: Document, signer: str, token: object) -> None:
        """A paper to be signed."""
        self._head(place)
        self.sign.show_paper(document, signer, token)
        self._turn(self.sign)

    def show_rating(self, place: Place, document: Document | None) -> None:
        """The five levels, below what was decided."""
        self._head(place)
        self.rate.show_result(document)
        if self.pages.currentWidget() is not self.rate:
            self.rate.start()
        self._turn(self.rate)

    def show_end(self, place: Place, sentence: str, document: Document | None) -> None:
        """What was decided."""
        self._head(place)
        self.end.show_end(sentence, document)
        self._turn(self.end)

    def forget(self) -> None:
        """Nothing of the citizen before stays, not even behind another page."""
        self.case.show_identity((), Answer.NONE)
        self.case.show_guide(None)
        self.sign.forget()
        self.end.show_end("", None)
        self.end.document.forget()
        self.rate.show_result(None)

    def page_name(self) -> str:
        """``place``, ``case``, ``sign``, ``rate`` or ``end``."""
        names = ("place", "case", "sign", "rate", "end")
        return names[self.pages.currentIndex()]

    def _turn(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)

    def _head(self, place: Place) -> None:
        if place != self._place:
            self._place = place
            self.setAccessibleName(f"{place.hall} {place.window_no} 号窗口 {place.standing.label}")
            self.update()

    # --- the window -------------------------------------------------------------------------------------------
    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._rescale()

    def _rescale(self) -> None:
        self._scale.fit(QSizeF(self.size()))
        head = self._scale.whole(CITIZEN.head)
        self.pages.setGeometry(0, head, self.width(), max(1, self.height() - head))
        for page in self._all:
            page.rescale()
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.gone.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px = self._scale.px
        painter.fillRect(self.rect(), QColor(COLOR.kiosk))
        head = QRectF(0, 0, self.width(), px(CITIZEN.head))
        painter.fillRect(head, QColor(COLOR.rail))
        if self._place is not None:
            inner = head.adjusted(px(CITIZEN.margin), 0, -px(CITIZEN.margin), 0)
            lead, least = CITIZEN_TYPE["lead"], _BODY
            where = joined(f"{self._place.window_no} 号窗口", self._place.standing.label, self._place.number)
            used = line(painter, self._scale, inner, where, lead, COLOR.paper, align=RIGHT, least=least)
            inner.setRight(inner.right() - used - px(CITIZEN.margin))
            line(painter, self._scale, inner, self._place.hall, lead, COLOR.rail_sub, align=LEFT, least=least)
        painter.end()
