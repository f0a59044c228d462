"""Who takes the results: the applicant, the agent, or the post; and how it was made sure."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.ui.kit.buttons import Chip
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.labels import IconLabel, Text
from clerk_app.ui.kit.layout import Column, Row


class Taker(IntEnum):
    """The digits, from 0."""

    APPLICANT = 0
    AGENT = 1
    POST = 2


_NAMES = ("申请人本人", "代理人", "改邮寄")
SCOPE = "代为领取"


class Who(QWidget):
    """``chosen`` carries a ``Taker``; a locked one says why (``refused``); ``power_changed`` follows what is written of
    a power of attorney that was brought along."""

    chosen = Signal(object)
    refused = Signal(str)
    power_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.taker = Taker.APPLICANT
        self._locks: dict[Taker, str] = {}
        self.chips = [Chip(name, key=str(number)) for number, name in enumerate(_NAMES, start=1)]
        for taker, chip in zip(Taker, self.chips, strict=True):
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(lambda _on=False, wanted=taker: self.pick(wanted))
        self.icon = IconLabel("circle-check", "ok_solid", SIZE.icon)
        self.line = Text("", "note", "ok", wrap=True)
        self.carrier = Field("快递公司", value="中国邮政 EMS", max_length=40)
        self.tracking = Field("运单号", latin=True, max_length=40)
        self.address = Field("寄到哪里", hint="省市区、街道、门牌、收件人电话")
        self.carrier.entered.connect(lambda _text: self.tracking.setFocus())
        self.tracking.entered.connect(lambda _text: self.address.setFocus())
        self.post = QWidget()
        first = Row(self.carrier, self.tracking, gap=SPACE.x12)
        first.setStretch(0, 1)
        first.setStretch(1, 1)
        self.post.setLayout(Column(first, self.address, gap=SPACE.x6))
        self.scope = Field("委托书写的权限", value=SCOPE, max_length=80)
        self.until = Field("到哪天为止", hint="没写就空着", latin=True, max_length=12)
        self.scope.entered.connect(lambda _text: self.until.setFocus())
        self.until.entered.connect(lambda _text: self.power_changed.emit())
        self.power = QWidget()
        written = Row(self.scope, self.until, gap=SPACE.x12)
        written.setStretch(0, 1)
        written.setStretch(1, 1)
        self.power.setLayout(written)
        said = Row(self.icon, self.line, gap=SPACE.x6)
        said.setStretch(1, 1)
        self.setLayout(
            Column(
                Text("谁来领", "note", "ink7"),
                Row(*self.chips, None, gap=SPACE.x6),
                said,
                self.power,
                self.post,
                None,
                gap=SPACE.x6,
                margins=(SPACE.x12, SPACE.card),
            )
        )
        self.show_taker(Taker.APPLICANT, "", ok=True)

    def clear(self) -> None:
        """Another visitor: nothing is known of a parcel or of a power of attorney."""
        self.tracking.set_value("")
        self.address.set_value("")
        self.scope.set_value(SCOPE)
        self.until.set_value("")
        self.until.set_error("")

    def name_applicant(self, name: str) -> None:
        """Who comes where the applicant does: of a company the one who speaks for it."""
        chip = self.chips[Taker.APPLICANT]
        chip.setText(name)
        chip.setAccessibleName(name)
        chip.updateGeometry()

    def lock(self, taker: Taker, reason: str) -> None:
        """Why this one cannot take it; empty when they can."""
        self._locks[taker] = reason
        self.chips[taker].setEnabled(not reason)
        self.chips[taker].setToolTip(reason)

    def pick(self, taker: Taker) -> None:
        """A digit or a click."""
        if reason := self._locks.get(taker, ""):
            self.refused.emit(reason)
            self._show_chips()
        else:
            self.chosen.emit(taker)

    def show_taker(self, taker: Taker, sentence: str, *, ok: bool, power: bool = False) -> None:
        """Who takes it, and whether that is made sure (green) or still to be looked at (amber). ``power`` asks what the
        power of attorney says that was brought along."""
        self.taker = taker
        self.line.setText(sentence)
        self.line.set_tone("ok" if ok else "warn")
        self.icon.set("circle-check" if ok else "triangle-alert", "ok_solid" if ok else "warn_solid")
        self.icon.setVisible(bool(sentence))
        self.line.setVisible(bool(sentence))
        self.post.setVisible(taker is Taker.POST)
        self.power.setVisible(power)
        self._show_chips()

    def _show_chips(self) -> None:
        for number, chip in enumerate(self.chips):
            chip.setChecked(number == self.taker)
