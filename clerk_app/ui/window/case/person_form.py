"""The fields of one person: typed, or filled by a card, checked by the same rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.domain.errors import Rejected
from clerk_app.domain.identity import IdType, check_phone
from clerk_app.domain.persons import WITHOUT_CARD, CheckedPerson, NaturalPerson, from_typing
from clerk_app.ui.kit.buttons import Chip
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.theme import px

ONE_LINE_FROM = 860
"""Width in px from which name, number, telephone and address stand in one line."""


class WithoutCard(QWidget):
    """Why the card was not read: one word of three, or none."""

    def __init__(self) -> None:
        super().__init__()
        self.chips = tuple(Chip(word) for word in WITHOUT_CARD)
        for chip in self.chips:
            chip.clicked.connect(lambda _on=False, chosen=chip: self._only(chosen))
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = Row(*self.chips, gap=SPACE.x6)
        self.setLayout(Column(Text("没有读身份证", "note", "warn"), row, None, gap=SPACE.x6))

    def _only(self, chosen: Chip) -> None:
        for chip in self.chips:
            if chip is not chosen:
                chip.setChecked(False)

    def value(self) -> str:
        """The chosen word, empty when nobody said why."""
        return next((chip.text() for chip in self.chips if chip.isChecked()), "")

    def set_value(self, word: str) -> None:
        """Choose the word."""
        for chip in self.chips:
            chip.setChecked(chip.text() == word)


class PersonForm(QWidget):
    """Name, number, phone, address of one person; what a card filled keeps its proof until somebody types over it."""

    def __init__(self, *more: Field) -> None:
        """``more`` are further fields in the second line."""
        super().__init__()
        self.name = Field("姓名", max_length=60)
        self.number = Field("身份号码", id_number=True)
        self.phone = Field("手机", latin=True, max_length=20)
        self.address = Field("住址")
        self.without_card = WithoutCard()
        self.fields = {"name": self.name, "id_number": self.number, "phone": self.phone}
        self.needed = (self.name, self.number)
        self._more = more
        self._card: NaturalPerson | None = None
        self._doubts: tuple[str, ...] = ()
        self._first, self._second = Row(gap=SPACE.x16), Row(gap=SPACE.x16)
        self._one_line: bool | None = None
        self.setLayout(Column(self._first, self._second, gap=SPACE.x8))
        self._place(one_line=False)
        for field in (self.name, self.number):
            field.edited.connect(self._typed_over)
        self._mark()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(one_line=event.size().width() >= px(ONE_LINE_FROM))

    def _place(self, *, one_line: bool) -> None:
        """The address stands in the first line where there is room for it, else in the second."""
        if one_line is self._one_line:
            return
        self._one_line = one_line
        for row in (self._first, self._second):
            while row.takeAt(0) is not None:
                pass
        first = [(self.name, 3), (self.number, 4), (self.phone, 3)]
        second = [(field, 3) for field in self._more]
        address = (self.address, 6)
        first, second = ([*first, address], second) if one_line else (first, [address, *second])
        for row, fields in ((self._first, first), (self._second, second)):
            for field, share in fields:
                row.addWidget(field, share, Qt.AlignmentFlag.AlignTop)
        self._second.addWidget(self.without_card, 0, Qt.AlignmentFlag.AlignTop)
        if one_line and not second:
            self._second.addStretch(1)

    def show_person(self, person: NaturalPerson | None) -> None:
        """Fill the fields; None empties them."""
        self._doubts = ()
        self._card = person if person and person.entered == "card" else None
        self.name.set_value(person.display_name if person else "")
        self._show_number(person.id_number if person else "")
        self.phone.set_value(person.phone if person else "")
        self.address.set_value(person.address if person else "")
        self.without_card.set_value(person.without_card if person else "")
        for field in self.fields.values():
            field.set_error("")
        self._mark()

    def _show_number(self, number: str) -> None:
        self.number.set_value(number)
        if self.number.value() != number:
            # Numbers with letters (the foreigner's card of 2017) have no groups.
            self.number.edit.setText(number)

    def show_card(self, person: NaturalPerson, doubts: tuple[str, ...]) -> None:
        """A card was read; telephone and address that a person typed for its holder stay."""
        if self._card is None or self._card.id_number == person.id_number:
            phone, address = _typed(self.phone) or person.phone, _typed(self.address) or person.address
        else:
            phone, address = person.phone, person.address
        self.show_person(replace(person, phone=phone, address=address))
        self._doubts = doubts

    @property
    def complete(self) -> bool:
        """Whether name and number are there."""
        return all(field.value() for field in self.needed)

    @property
    def empty(self) -> bool:
        """Whether neither name nor number is there."""
        return not self.name.value() and not self.number.value()

    def is_about(self, person: NaturalPerson) -> bool:
        """Whether the number is this person's, as far as it is typed."""
        return person.id_number.startswith(self.number.value())

    def is_of(self, person: NaturalPerson) -> bool:
        """Whether the whole number is this person's."""
        number = self._card.id_number if self._card is not None else self.number.value()
        return number == person.id_number

    @property
    def lines(self) -> tuple[QWidget, ...]:
        """Its inputs in the order of the work."""
        more = (field.edit for field in self._more)
        fields = (self.name, self.number, self.phone, self.address)
        return (*(field.edit for field in fields), *more, *self.without_card.chips)

    @property
    def inputs(self) -> tuple[Field, ...]:
        """Its fields, the further ones included."""
        return (self.name, self.number, self.phone, self.address, *self._more)

    @property
    def from_card(self) -> bool:
        """Whether the name and number are those of the card that was read."""
        return self._card is not None

    def _typed_over(self) -> None:
        self._card, self._doubts = None, ()
        self._mark()

    def _mark(self) -> None:
        for field in (self.name, self.number):
            field.set_good(self._card is not None)
        self.without_card.setVisible(self._card is None and bool(self.number.value()))

    def read(self, today: date) -> CheckedPerson:
        """The person as it stands; raises ``Rejected`` for the first wrong field, which then shows the sentence.

        What a card says stands, even where its number would not pass as typed (the chip is the proof,
        居民身份证法第十四条).
        """
        for field in self.fields.values():
            field.set_error("")
        try:
            if self._card is not None:
                return self._carded(self._card)
            return from_typing(
                name=self.name.value(),
                id_type=_kind(self.number.value()),
                id_number=self.number.value(),
                phone=self.phone.value(),
                address=self.address.value(),
                today=today,
                without_card=self.without_card.value(),
            )
        except Rejected as wrong:
            blame(self.fields.get(wrong.field, self.name), wrong.reason)
            raise

    def _carded(self, card: NaturalPerson) -> CheckedPerson:
        phone, doubts = "", self._doubts
        if self.phone.value():
            checked = check_phone(self.phone.value())
            phone, doubts = checked.text, (*doubts, *checked.warnings)
        return CheckedPerson(replace(card, phone=phone, address=self.address.value()), doubts)


def blame(field: Field, sentence: str) -> None:
    """Say what is wrong below the field and put the focus there."""
    field.set_error(sentence)
    field.edit.setFocus()


def _typed(field: Field) -> str:
    return field.value() if field.edit.isModified() else ""


def _kind(number: str) -> IdType:
    """Which certificate a typed number belongs to; its first digits tell."""
    if number[:2] in {"81", "82", "83"}:
        return IdType.RESIDENCE_PERMIT
    return IdType.FOREIGN_PERMANENT if number[:1] == "9" else IdType.RESIDENT
