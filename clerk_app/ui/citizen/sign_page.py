"""A paper to be read and signed: its words at the left, the place to sign at the right."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import CITIZEN
from clerk_app.domain.papers import Span, Spans
from clerk_app.domain.signatures import PAD_RATIO
from clerk_app.ui.citizen.pad import SignaturePad
from clerk_app.ui.citizen.pieces import Look, Panel, Rich, Say, Scrolled, Sheet, Stack, Touch
from clerk_app.ui.citizen.views import Document

LEFT_SHARE = 0.56
WRITING = "写完按“确认签名”；写得不好可以重写"


class DocumentPanel(QWidget):
    """A card with one paper, everything that stands on it in reading order."""

    def __init__(self, scale: Panel) -> None:
        super().__init__()
        self._scale = scale
        self._document: Document | None = None
        self._sheet = Sheet(scale)
        self.title = Say(scale, "", "title", wrap=True)
        self.lead = Say(scale, "", "lead", "pri", wrap=True)
        self._words = Stack(scale, gap=CITIZEN.gap)
        self.words = Scrolled(scale, self._words)
        for piece in (self._sheet, self.title, self.lead, self.words, self.words.more):
            piece.setParent(self)

    def show_document(self, document: Document) -> None:
        """Another paper, from its beginning."""
        if document == self._document:
            return
        self._document = document
        self.title.setText(document.title)
        self.lead.setText(document.lead)
        self._words.fill(self._pieces(document))
        self.words.to_start()
        self.rescale()

    def forget(self) -> None:
        """No paper."""
        self._document = None
        self.title.setText("")
        self.lead.setText("")
        self._words.fill([])
        self.rescale()

    def text(self) -> str:
        """Everything that can be read here."""
        parts = [self.title.text(), self.lead.text()]
        return "\n".join([*parts, *(piece.accessibleName() or piece.text() for piece in self._words.pieces())])

    def _pieces(self, document: Document) -> list[Say]:
        scale = self._scale
        made: list[Say] = [self._spans(spans, "item") for spans in document.dates]
        made.append(Say(scale, document.number, "body", "ink7", wrap=True))
        if document.addressee:
            made.append(Say(scale, document.addressee, "item", bold=True, wrap=True))
        made.append(self._spans(document.opening))
        made += [self._spans(spans) for spans in document.facts]
        if document.heading:
            made.append(Say(scale, document.heading, "item", bold=True, wrap=True))
        made += [self._spans((Span(name, bold=True), Span(f"  {what}"))) for name, what in document.rows]
        made += [self._spans(spans) for spans in document.closing]
        return made

    def _spans(self, spans: Spans, role: str = "body") -> Rich:
        made = Rich(self._scale, role)
        made.say(spans)
        return made

    def rescale(self) -> None:
        """Follow the panel's size."""
        whole = self._scale.whole
        pad, gap = whole(CITIZEN.margin * 0.8), whole(CITIZEN.gap)
        self._sheet.setGeometry(0, 0, self.width(), self.height())
        inner, at = max(1, self.width() - 2 * pad), pad // 2
        more = self.words.more.least_width()
        self.words.more.setGeometry(pad + inner - more, gap, more, whole(CITIZEN.target))
        for piece in (self.title, self.lead):
            piece.rescale()
            needed = piece.needed(inner - more - gap)
            piece.setGeometry(pad, at, inner - more - gap, needed)
            at += needed + (gap // 2 if needed else 0)
        at = max(at, gap + whole(CITIZEN.target) + gap // 2)
        self.words.setGeometry(pad, at, inner, max(1, self.height() - pad // 2 - at))
        self.words.refit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rescale()


class SignPage(QWidget):
    """``signed`` carries the strokes after a press of 「确认签名」; ``on_paper`` is the wish to sign by pen."""

    signed = Signal(object)  # Strokes
    on_paper = Signal()

    def __init__(self, scale: Panel) -> None:
        super().__init__()
        self._scale = scale
        self._of: object = None
        self.document = DocumentPanel(scale)
        self._sheet = Sheet(scale)
        self.heading = Say(scale, "看完请签名", "title")
        self.signer = Say(scale, "", "item", wrap=True)
        self.pad = SignaturePad(scale)
        self.hint = Say(scale, WRITING, "body", "ink7", wrap=True)
        self.again = Touch(scale, "重写", icon_name="rotate-ccw")
        self.confirm = Touch(scale, "确认签名", Look.PRIMARY, icon_name="check")
        self.paper = Touch(scale, "不在屏上签，签在纸上", icon_name="file-pen-line")
        self._words = (self.heading, self.signer, self.hint)
        for piece in (self.document, self._sheet, *self._words, self.pad, self.again, self.confirm, self.paper):
            piece.setParent(self)
        self.pad.changed.connect(self._written)
        self.again.clicked.connect(self.pad.clear)
        self.confirm.clicked.connect(self._confirm)
        self.paper.clicked.connect(self.on_paper)
        self._written()

    def show_paper(self, document: Document, signer: str, token: object) -> None:
        """The paper and who signs; ``token`` names the asking, a new one brings a clean place."""
        self.document.show_document(document)
        self.signer.setText(f"签名人：{signer}")
        if token != self._of:
            self._of = token
            self.start_again()
        self.rescale()

    def start_again(self, sentence: str = "") -> None:
        """A clean place; ``sentence`` says why the last try did not count."""
        self.hint.setText(sentence or WRITING)
        self.hint.set_tone("bad" if sentence else "ink7")
        self.pad.clear()
        self.rescale()

    def forget(self) -> None:
        """Nothing of the paper and of what was written stays."""
        self._of = None
        self.signer.setText("")
        self.document.forget()
        self.pad.clear()

    def _written(self) -> None:
        there = not self.pad.is_empty()
        self.again.setEnabled(there)
        self.confirm.setEnabled(there)
        self.paper.setEnabled(True)

    def _confirm(self) -> None:
        self.pad.lock(True)
        for button in (self.again, self.confirm, self.paper):
            button.setEnabled(False)
        self.signed.emit(self.pad.strokes())

    def rescale(self) -> None:
        """Follow the panel's size."""
        whole = self._scale.whole
        margin, gap, target = whole(CITIZEN.margin), whole(CITIZEN.gap), whole(CITIZEN.target)
        wide, high = self.width() - 2 * margin, self.height() - 2 * margin
        share = round(wide * LEFT_SHARE)
        self.document.setGeometry(margin, margin, share, high)
        self.document.rescale()
        left, pad = margin + share + gap, whole(CITIZEN.margin * 0.8)
        width = self.width() - margin - left
        self._sheet.setGeometry(left, margin, width, high)
        inner, begin = width - 2 * pad, left + pad
        at = margin + pad // 2
        for piece in (self.heading, self.signer):
            piece.rescale()
            needed = piece.needed(inner)
            piece.setGeometry(begin, at, inner, needed)
            at += needed + gap // 2
        tall = round(inner / PAD_RATIO)
        self.pad.setGeometry(begin, at, inner, tall)
        at += tall + gap // 2
        self.hint.rescale()
        self.hint.setGeometry(begin, at, inner, self.hint.needed(inner))
        foot = margin + high - pad - target
        self.paper.setGeometry(begin, foot, inner, target)
        row, half = foot - gap - target, (inner - gap) * 2 // 5
        self.again.setGeometry(begin, row, half, target)
        self.confirm.setGeometry(begin + half + gap, row, inner - gap - half, target)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rescale()
