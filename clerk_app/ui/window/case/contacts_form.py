"""Whom to call about the case: up to three people, shown when they are wanted."""

from __future__ import annotations

from clerk_app.design.tokens import SPACE
from clerk_app.domain.errors import Rejected
from clerk_app.domain.intake import MOST_CONTACTS
from clerk_app.domain.persons import Contact, contact
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.layout import Row
from clerk_app.ui.kit.surfaces import Card
from clerk_app.ui.window.case.person_form import blame


class ContactsForm(Card):
    """One line for each contact; the next line appears when the one before has a name."""

    def __init__(self) -> None:
        super().__init__(gap=SPACE.x8, padding=(SPACE.x8, SPACE.card))
        self.people = tuple(
            (
                Field(f"联系人 {number}", max_length=60),
                Field("电话", latin=True, max_length=20),
                Field("与申请人的关系", max_length=20),
            )
            for number in range(1, MOST_CONTACTS + 1)
        )
        for line in self.people:
            row = Row(*line, gap=SPACE.x16)
            for place, share in enumerate((3, 4, 3)):
                row.setStretch(place, share)
            self.body.put(row)
            line[0].edited.connect(self._arrange)
        self._arrange()

    @property
    def inputs(self) -> tuple[Field, ...]:
        """All fields in the order of the work."""
        return tuple(field for line in self.people for field in line)

    def show_contacts(self, contacts: tuple[Contact, ...]) -> None:
        """Fill the lines."""
        for number, line in enumerate(self.people):
            known = contacts[number] if number < len(contacts) else None
            values = (known.name, known.phone, known.relation) if known else ("", "", "")
            for field, value in zip(line, values, strict=True):
                field.set_value(value)
                field.set_error("")
        self._arrange()

    def _arrange(self) -> None:
        before = True
        for line in self.people:
            for field in line:
                field.setVisible(before or bool(line[0].value()))
            before = before and bool(line[0].value())

    def first_empty(self) -> Field | None:
        """The telephone that a named contact still lacks."""
        return next((phone for name, phone, _ in self.people if name.value() and not phone.value()), None)

    def read(self) -> tuple[tuple[Contact, ...], tuple[str, ...]]:
        """The contacts and what deserves a second look; raises ``Rejected`` for the first wrong field."""
        found: list[Contact] = []
        doubts: list[str] = []
        for name, phone, relation in self.people:
            if not name.value() and not phone.value():
                continue
            for field in (name, phone):
                field.set_error("")
            try:
                checked = contact(name=name.value(), phone=phone.value(), relation=relation.value())
            except Rejected as wrong:
                blame(phone if wrong.field == "phone" else name, wrong.reason)
                raise
            found.append(checked.contact)
            doubts += checked.warnings
        return tuple(found), tuple(doubts)
