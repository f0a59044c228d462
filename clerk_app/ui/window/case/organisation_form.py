"""The fields of an organisation: by its credit code, or by the paper that proves it where it has none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.domain.errors import Rejected
from clerk_app.domain.persons import (
    CheckedEntity,
    CheckedOrganisation,
    LegalEntity,
    OtherOrganisation,
    legal_entity,
    other_organisation,
)
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.layout import Grid
from clerk_app.ui.window.case.person_form import blame

T = TypeVar("T")


class _Fields(QWidget):
    """Fields by the name that the rules know them by, three in a line; ``wide`` names one that takes two places."""

    def __init__(self, fields: dict[str, Field], wide: str = "") -> None:
        super().__init__()
        self.fields = fields
        grid = Grid(across=SPACE.x16, down=SPACE.x8)
        place = 0
        for name, field in fields.items():
            places = 2 if name == wide else 1
            grid.addWidget(field, place // 3, place % 3, 1, places)
            place += places
        for column, share in enumerate((3, 3, 4)):
            grid.setColumnStretch(column, share)
        self.setLayout(grid)

    @property
    def inputs(self) -> tuple[Field, ...]:
        """In the order of the work."""
        return tuple(self.fields.values())

    @property
    def lines(self) -> tuple[QWidget, ...]:
        """The inputs in the order of the work."""
        return tuple(field.edit for field in self.inputs)

    @property
    def empty(self) -> bool:
        """Whether nothing is typed."""
        return not any(field.value() for field in self.inputs)

    def _fill(self, values: dict[str, str]) -> None:
        for name, field in self.fields.items():
            field.set_value(values.get(name, ""))
            field.set_error("")

    def _checked(self, check: Callable[..., T]) -> T:
        """What the rules make of the fields; the first wrong one shows the sentence."""
        for field in self.fields.values():
            field.set_error("")
        values: dict[str, Any] = {name: field.value() for name, field in self.fields.items()}
        try:
            return check(**values)
        except Rejected as wrong:
            blame(self.fields.get(wrong.field, self.inputs[0]), wrong.reason)
            raise


class EntityForm(_Fields):
    """A legal entity by its credit code."""

    def __init__(self) -> None:
        self.name = Field("单位名称", max_length=200)
        self.credit_code = Field("统一社会信用代码", latin=True, max_length=18)
        self.representative = Field("法定代表人（负责人）", max_length=60)
        self.phone = Field("联系电话", latin=True, max_length=20)
        self.address = Field("住所")
        fields = {
            "entity_name": self.name,
            "credit_code": self.credit_code,
            "legal_representative": self.representative,
            "phone": self.phone,
            "address": self.address,
        }
        super().__init__(fields, wide="entity_name")
        self.needed = (self.name, self.credit_code)

    def show_entity(self, entity: LegalEntity | None) -> None:
        """Fill the fields; None empties them."""
        values = {
            "entity_name": entity.name,
            "credit_code": entity.credit_code,
            "legal_representative": entity.legal_representative,
            "phone": entity.phone,
            "address": entity.address,
        } if entity else {}  # fmt: skip
        self._fill(values)

    def read(self) -> CheckedEntity:
        """The entity as it stands; raises ``Rejected`` for the first wrong field, which then shows the sentence."""
        return self._checked(lambda entity_name, **others: legal_entity(name=entity_name, **others))


class OrganisationForm(_Fields):
    """Neither a person nor an entity with a credit code: an owners' board, a foreign body, a group."""

    def __init__(self) -> None:
        self.name = Field("组织名称", max_length=200)
        self.certificate = Field("证明文件", hint="批准文件、境外登记证…", max_length=60)
        self.number = Field("文件编号", max_length=60)
        self.responsible = Field("负责人", max_length=60)
        self.phone = Field("联系电话", latin=True, max_length=20)
        self.address = Field("住所")
        fields = {
            "organisation_name": self.name,
            "certificate": self.certificate,
            "certificate_number": self.number,
            "responsible": self.responsible,
            "phone": self.phone,
            "address": self.address,
        }
        super().__init__(fields)
        self.needed = (self.name, self.certificate, self.number, self.responsible)

    def show_organisation(self, organisation: OtherOrganisation | None) -> None:
        """Fill the fields; None empties them."""
        values = {
            "organisation_name": organisation.name,
            "certificate": organisation.certificate,
            "certificate_number": organisation.certificate_number,
            "responsible": organisation.responsible,
            "phone": organisation.phone,
            "address": organisation.address,
        } if organisation else {}  # fmt: skip
        self._fill(values)

    def read(self) -> CheckedOrganisation:
        """The organisation as it stands; raises ``Rejected`` as ``EntityForm.read``."""
        return self._checked(lambda organisation_name, **others: other_organisation(name=organisation_name, **others))
