"""One result to hand out: which, from whom, how it came about, and the pieces that change hands."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import joined, short_day
from clerk_app.domain.cases import CaseState
from clerk_app.domain.delivery_papers import result_name
from clerk_app.domain.law import OutcomeKind
from clerk_app.services.steps.values import OpenFile
from clerk_app.ui.kit.checks import Check
from clerk_app.ui.kit.flow import Flow
from clerk_app.ui.kit.labels import Divider, ElidedLabel, IconLabel, Pill, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.timeline import Reached, Stop, Timeline

COMMITMENT_BACK = "收回容缺承诺书原件"
"""The promise that tolerated materials will follow goes back when they have come."""


def pieces_of(opened: OpenFile) -> tuple[str, ...]:
    """The pieces as they were registered; of an instant case, which nobody registers, the result itself."""
    file = opened.file
    return file.pieces.names if file.pieces is not None else (result_name(opened.conclusion, file),)


_HELD: Final = {
    CaseState.GRANTED: "等制证盖章（在后台，不能由经办窗口代盖）",
    CaseState.REFUSED: "等盖章（用印人在后台，不能由经办窗口代盖）",
    CaseState.CERTIFIED: "等盖章（用印人在后台，不能由经办窗口代盖）",
    CaseState.SEALED: "章盖好了，等后台送到窗口",
}


def held_by(opened: OpenFile) -> str:
    """Who holds a result that is decided but not here yet; empty when it is here or there is none."""
    return "" if opened.file.instant and opened.file.state is CaseState.SEALED else _HELD.get(opened.file.state, "")


class Tick(Check):
    """A check box that is toggled on the press of Space, so that the focus can go on at once."""

    pressed_space = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.toggle()
            self.pressed_space.emit()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()


class ResultCard(Surface):
    """``tick`` chooses the result, ``ticks`` its pieces; framed it shows its way and the pieces.

    ``framed_wanted`` is a click on it, ``changed`` follows each tick.
    """

    framed_wanted = Signal()
    changed = Signal()

    def __init__(self, opened: OpenFile, stops: tuple[Stop, ...], *, can: bool, why: str) -> None:
        super().__init__("card")
        self.opened, self.can, self.why = opened, can, why
        matter = opened.conclusion.matter
        self.tick = Tick("", checked=can)
        self.tick.setEnabled(can)
        name = result_name(opened.conclusion, opened.file)
        self.title = ElidedLabel(name, "title" if can else "item", "ink9" if can else "ink7")
        number = opened.file.decision.certificate_number if opened.file.decision and can else ""
        detail = joined(
            f"证号 {number}" if number else "",
            f"办件 {opened.file.opening.case_number}",
            matter.department,
            "" if can else held_by(opened) or why,
        )
        self.detail = ElidedLabel(detail, "note", "ink7")
        self.pill = Pill("可以发证", State.OK, icon="circle-check") if can else Pill("还不能发", icon="lock")
        self.tick.setAccessibleName(joined(self.title.whole_text(), self.pill.text(), why))
        self.ticks = [Tick(name) for name in pieces_of(opened)] if can else []
        tolerated = opened.conclusion.outcome is OutcomeKind.ACCEPTED_WITH_DEFICIENCY
        self.back = Tick(COMMITMENT_BACK) if can and tolerated else None
        self._timeline = Timeline()
        self._stops = stops
        self._timeline.show_stops(stops)
        self.who_place = Column()
        self._more = QWidget()
        self._build()
        for tick in self.all_ticks:
            tick.toggled.connect(lambda _on: self.changed.emit())
        self.set_framed(False)

    def _build(self) -> None:
        words = Column(self.title, self.detail, gap=SPACE.x2)
        head = Row(self.tick, words, self.pill, gap=SPACE.x8, margins=(SPACE.x12, SPACE.card, SPACE.x12, SPACE.x8))
        head.setStretch(1, 1)
        pieces = Column(Text("交到手里的东西（逐件点一下）", "note", "ink7"), gap=SPACE.x4, margins=SPACE.x12)
        shown = [*self.ticks, *([self.back] if self.back else [])]
        pieces.put(Flow(*shown, gap=SPACE.x8))
        came = self.opened.file.complete_at
        if self.back is not None and came is not None:
            line = Text(f"容缺材料 {short_day(came)} 已补齐", "note", "ok")
            pieces.put(Row(IconLabel("circle-check", "ok_solid", SIZE.icon), line, None, gap=SPACE.x6))
        pieces.put(None)
        self._pieces = QWidget()
        self._pieces.setLayout(pieces)
        lower = Row(self.who_place, Divider(vertical=True), self._pieces)
        lower.setStretch(0, 1)
        lower.setStretch(2, 1)
        way = QWidget()
        way.setLayout(Row(self._timeline, margins=(0, SPACE.card, SPACE.x12, SPACE.card)))
        self._more.setLayout(Column(way, Divider(), lower))
        self._way = way
        self.setLayout(Column(head, self._more))

    @property
    def all_ticks(self) -> list[Tick]:
        """What the arrows walk through, in order."""
        own = [self.tick] if self.can else []
        return [*own, *self.ticks, *([self.back] if self.back else [])]

    @property
    def chosen(self) -> bool:
        """Whether the result is to be handed out."""
        return self.can and self.tick.isChecked()

    @property
    def open_pieces(self) -> tuple[str, ...]:
        """Pieces of a chosen result that nobody ticked yet."""
        return tuple(tick.text() for tick in self.ticks if not tick.isChecked()) if self.chosen else ()

    @property
    def took_back(self) -> tuple[str, ...]:
        """Papers of the window that come back."""
        return (self.back.text().removeprefix("收回"),) if self.back and self.back.isChecked() else ()

    def set_framed(self, framed: bool) -> None:
        """Only the framed one shows how it came about and its pieces."""
        self.set_kind("picked" if framed else "card" if self.can else "quiet")
        self._more.setVisible(framed)

    def show_way(self, show: bool) -> None:
        """The timeline gives way where there is little room."""
        self._way.setVisible(show)

    def show_issued(self) -> None:
        """Handed out: the last stop of its way is reached."""
        self.pill.set("已发", State.OK, icon="circle-check")
        self.tick.setAccessibleName(joined(self.title.whole_text(), self.pill.text()))
        last = tuple(replace(stop, reached=Reached.DONE) for stop in self._stops[-1:])
        self._timeline.show_stops((*self._stops[:-1], *last))

    def hide_pieces(self, hide: bool) -> None:
        """Sent by post nothing changes hands at the window."""
        self._pieces.setVisible(not hide)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.framed_wanted.emit()
