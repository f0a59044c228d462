"""One who applies: a person, an entity or another organisation, and the agent who came instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.domain.errors import Rejected
from clerk_app.domain.parties import power_of_attorney
from clerk_app.domain.persons import Agent, Applicant, LegalEntity, NaturalPerson, OtherOrganisation, Party
from clerk_app.ui.kit.buttons import Chip
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Column
from clerk_app.ui.kit.surfaces import Card
from clerk_app.ui.window.case.organisation_form import EntityForm, OrganisationForm
from clerk_app.ui.window.case.person_form import PersonForm, blame

DEFAULT_SCOPE = "代为申请、领取"


@dataclass(frozen=True, slots=True)
class Read:
    """What a form holds, checked, and the sentences that ask for a second look."""

    party: Party
    warnings: tuple[str, ...]


class PartyForm(QWidget):
    """Two cards: who applies, and who came. ``chosen`` is emitted when a chip of it was clicked."""

    chosen = Signal()

    def __init__(self, role: str = "") -> None:
        super().__init__()
        self.role = role
        self.kind_person, self.kind_entity, self.kind_other = Chip("个人"), Chip("单位"), Chip("其他组织")
        self.by_self, self.by_agent = Chip("本人来办"), Chip("代理人来办")
        self._pairs = (
            (self.kind_person, self.kind_entity, self.kind_other),
            (self.by_self, self.by_agent),
        )
        for chips in self._pairs:
            group = QButtonGroup(self)
            for chip in chips:
                group.addButton(chip)
                chip.toggled.connect(self.arrange)
                chip.clicked.connect(self.chosen)
        self.person, self.entity, self.other = PersonForm(), EntityForm(), OrganisationForm()
        self.scope = Field("授权范围", value=DEFAULT_SCOPE, max_length=200)
        self.signed_on = Field("签署日期", hint="如 20261101", latin=True, max_length=12)
        self.valid_to = Field("有效期至", hint="没写就不填", latin=True, max_length=12)
        self.agent = PersonForm(self.scope, self.signed_on, self.valid_to)
        self.hint = Text("身份证放上去就读，也可以直接输入", "note", "ink5")
        self.roles: tuple[Chip, ...] = ()
        self._who = Card("申请人", gap=SPACE.x8, padding=(SPACE.x8, SPACE.card))
        self._who.head.put(*self._pairs[0])
        self._who.body.put(self.person, self.entity, self.other)
        self._came = Card("来办的人", gap=SPACE.x8, padding=(SPACE.x8, SPACE.card))
        self._came.head.put(*self._pairs[1])
        self._came.body.put(self.agent, self.hint)
        self.setLayout(Column(self._who, self._came, gap=SPACE.x8))
        self.kind_person.setChecked(True)
        self.by_self.setChecked(True)
        self.show_role(role, ())

    # --- showing ----------------------------------------------------------------------------------------------
    def show_role(self, role: str, choices: Sequence[str]) -> None:
        """The part that it plays; ``choices`` are the roles that it can be given here."""
        self.role = role
        self._who.title.setText(f"申请人（{role}）" if role else "申请人")
        if tuple(chip.text() for chip in self.roles) == tuple(choices):
            for chip in self.roles:
                chip.setChecked(chip.text() == role)
            return
        for chip in self.roles:
            chip.hide()
            chip.deleteLater()
        self.roles = tuple(Chip(choice) for choice in choices)
        group = QButtonGroup(self)
        for number, chip in enumerate(self.roles):
            group.addButton(chip)
            chip.setChecked(chip.text() == role)
            chip.toggled.connect(self._take_role)
            chip.clicked.connect(self.chosen)
            self._who.head.insertWidget(number + 1, chip)
        self.arrange()

    def _take_role(self) -> None:
        self.role = next((chip.text() for chip in self.roles if chip.isChecked()), self.role)
        self._who.title.setText(f"申请人（{self.role}）" if self.role else "申请人")
        self.arrange()

    def show_party(self, applicant: Applicant | None, agent: Agent | None) -> None:
        """Fill everything; None empties it."""
        kind = self.kind_person
        if isinstance(applicant, LegalEntity):
            kind = self.kind_entity
        elif isinstance(applicant, OtherOrganisation):
            kind = self.kind_other
        kind.setChecked(True)
        self.person.show_person(applicant if isinstance(applicant, NaturalPerson) else None)
        self.entity.show_entity(applicant if isinstance(applicant, LegalEntity) else None)
        self.other.show_organisation(applicant if isinstance(applicant, OtherOrganisation) else None)
        self.show_agent(agent)
        self.arrange()

    def show_agent(self, agent: Agent | None) -> None:
        """Who came instead, nobody when None."""
        (self.by_agent if agent else self.by_self).setChecked(True)
        self.agent.show_person(agent.person if agent else None)
        self.scope.set_value(agent.scope if agent else DEFAULT_SCOPE)
        for field, day in (
            (self.signed_on, agent.signed_on if agent else None),
            (self.valid_to, agent.valid_to if agent else None),
        ):
            field.set_value(day.isoformat() if day else "")
        for field in (self.scope, self.signed_on, self.valid_to):
            field.set_error("")

    def take_card(self, person: NaturalPerson, warnings: tuple[str, ...], into: PersonForm | None = None) -> None:
        """A card of this party was read: of the applicant, of the agent, or of the legal representative."""
        form = into or self.part_for(person)
        if form is None:
            (self.entity.representative if self.is_entity else self.other.responsible).set_value(person.display_name)
            return
        if form is self.agent:
            self.by_agent.setChecked(True)
        form.show_card(person, warnings)
        self.arrange()

    def part_for(self, person: NaturalPerson) -> PersonForm | None:
        """Where a card belongs; None is the line of whoever speaks for the organisation."""
        if not self.is_person:
            name = (self.entity.representative if self.is_entity else self.other.responsible).value()
            return None if not self.agent_came and name in {"", person.display_name} else self.agent
        if self.person.is_about(person):
            return self.person
        return self.agent if self.agent_came or self.person.complete else self.person

    def filled_by(self, person: NaturalPerson) -> tuple[Field, ...]:
        """The fields that this person's card fills."""
        form = self.part_for(person)
        if form is None:
            return (self.entity.representative if self.is_entity else self.other.responsible,)
        return (form.name, form.number)

    def arrange(self) -> None:
        """Show what belongs to the chosen kinds."""
        for chips in (*self._pairs, self.roles):
            for chip in chips:
                # One stop for Tab in each group, the arrows choose inside.
                chosen = chip.isChecked()
                chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if chosen else Qt.FocusPolicy.ClickFocus)
        self.person.setVisible(self.is_person)
        self.entity.setVisible(self.is_entity)
        self.other.setVisible(self.kind_other.isChecked())
        words = "本人来办" if self.is_person else "法定代表人来办" if self.is_entity else "负责人来办"
        self.by_self.setText(words)
        self.agent.setVisible(self.agent_came)
        self.hint.setVisible(not self.agent_came)

    # --- state ------------------------------------------------------------------------------------------------
    @property
    def is_person(self) -> bool:
        return self.kind_person.isChecked()

    @property
    def is_entity(self) -> bool:
        return self.kind_entity.isChecked()

    @property
    def agent_came(self) -> bool:
        return self.by_agent.isChecked()

    @property
    def own(self) -> PersonForm | EntityForm | OrganisationForm:
        """The fields of the chosen kind."""
        return self.person if self.is_person else self.entity if self.is_entity else self.other

    @property
    def name(self) -> str:
        """Whose form it is, as far as it is typed."""
        return self.own.name.value()

    @property
    def empty(self) -> bool:
        """Whether nobody is in it."""
        return self.own.empty and (not self.agent_came or self.agent.empty)

    def first_empty(self) -> Field | None:
        """The first field that is needed and still empty."""
        wanted = (*self.own.needed, *self.agent.needed) if self.agent_came else self.own.needed
        return next((field for field in wanted if not field.value()), None)

    @property
    def inputs(self) -> tuple[Field, ...]:
        """Every field."""
        return (*self.person.inputs, *self.entity.inputs, *self.other.inputs, *self.agent.inputs)

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """Where Tab stops, in the order of the work."""
        chips: tuple[QAbstractButton, ...] = (*self.roles, *self._pairs[0])
        own = (*self.person.lines, *self.entity.lines, *self.other.lines)
        return (*chips, *own, *self._pairs[1], *self.agent.lines)

    # --- reading ----------------------------------------------------------------------------------------------
    def read(self, today: date) -> Read:
        """Who applies and who came; raises ``Rejected`` for the first wrong field, which then shows the sentence."""
        warnings: tuple[str, ...] = ()
        applicant: Applicant
        if self.is_person:
            checked = self.person.read(today)
            applicant, warnings = checked.person, checked.warnings
        elif self.is_entity:
            entity = self.entity.read()
            applicant, warnings = entity.entity, entity.warnings
        else:
            organisation = self.other.read()
            applicant, warnings = organisation.organisation, organisation.warnings
        agent = None
        if self.agent_came:
            agent, doubts = self._read_agent(today)
            warnings += doubts
        return Read(Party(self.role, applicant, agent), warnings)

    def _read_agent(self, today: date) -> tuple[Agent, tuple[str, ...]]:
        came = self.agent.read(today)
        fields = {"scope": self.scope, "signed_on": self.signed_on, "valid_to": self.valid_to}
        for field in fields.values():
            field.set_error("")
        try:
            checked = power_of_attorney(
                came.person,
                scope=self.scope.value() or DEFAULT_SCOPE,
                signed_on=self.signed_on.value(),
                valid_to=self.valid_to.value(),
                today=today,
            )
        except Rejected as wrong:
            blame(fields.get(wrong.field, self.scope), wrong.reason)
            raise
        return checked.agent, (*came.warnings, *checked.warnings)

    def blame(self, field: str, sentence: str) -> None:
        """A rule about several people was broken here: the sentence stands below the number that shows who it is."""
        if field == "agent" and self.agent_came:
            blame(self.agent.number, sentence)
        elif self.is_person:
            blame(self.person.number, sentence)
        else:
            blame(self.entity.credit_code if self.is_entity else self.other.number, sentence)
