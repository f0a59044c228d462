"""The fields of one person: typed, or filled by a card, checked by the same rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.domain.errors import Rejected
from clerk_app.domain.identity import IdType, check_phone
from clerk_app.domain.persons import CheckedPerson, NaturalPerson, from_typing
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.layout import Grid


class PersonForm(QWidget):
    """Name, number, phone, address of one person; what a card filled keeps its proof until somebody types over it."""

    def __init__(self, more: Field | None = None) -> None:
        """``more`` is one further field in the second line."""
        super().__init__()
        self.name = Field("姓名", max_length=60)
        self.number = Field("身份号码", id_number=True)
        self.phone = Field("手机", latin=True, max_length=20)
        self.address = Field("住址")
        self.fields = {"name": self.name, "id_number": self.number, "phone": self.phone}
        self._card: NaturalPerson | None = None
        self._doubts: tuple[str, ...] = ()
        grid = Grid(across=SPACE.x16, down=SPACE.x8)
        grid.addWidget(self.name, 0, 0)
        grid.addWidget(self.number, 0, 1)
        grid.addWidget(self.phone, 0, 2)
        grid.addWidget(self.address, 1, 0, 1, 3 if more is None else 2)
        if more is not None:
            grid.addWidget(more, 1, 2)
        for column, share in enumerate((3, 4, 3)):
            grid.setColumnStretch(column, share)
        self.setLayout(grid)
        for field in (self.name, self.number):
            field.edited.connect(self._typed_over)

    def show_person(self, person: NaturalPerson | None) -> None:
        """Fill the fields; None empties them."""
        self._doubts = ()
        self._card = person if person and person.entered == "card" else None
        self.name.set_value(person.display_name if person else "")
        self._show_number(person.id_number if person else "")
        self.phone.set_value(person.phone if person else "")
        self.address.set_value(person.address if person else "")
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
        return bool(self.name.value() and self.number.value())

    def is_about(self, person: NaturalPerson) -> bool:
        """Whether the number is this person's, as far as it is typed."""
        return person.id_number.startswith(self.number.value())

    @property
    def lines(self) -> tuple[QWidget, ...]:
        """Its inputs in the order of the work."""
        return tuple(field.edit for field in (self.name, self.number, self.phone, self.address))

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
            )
        except Rejected as wrong:
            field = self.fields.get(wrong.field, self.name)
            field.set_error(wrong.reason)
            field.edit.setFocus()
            raise

    def _carded(self, card: NaturalPerson) -> CheckedPerson:
        phone, doubts = "", self._doubts
        if self.phone.value():
            checked = check_phone(self.phone.value())
            phone, doubts = checked.text, (*doubts, *checked.warnings)
        return CheckedPerson(replace(card, phone=phone, address=self.address.value()), doubts)


def _typed(field: Field) -> str:
    return field.value() if field.edit.isModified() else ""


def _kind(number: str) -> IdType:
    """Which certificate a typed number belongs to; its first digits tell."""
    if number[:2] in {"81", "82", "83"}:
        return IdType.RESIDENCE_PERMIT
    return IdType.FOREIGN_PERMANENT if number[:1] == "9" else IdType.RESIDENT
