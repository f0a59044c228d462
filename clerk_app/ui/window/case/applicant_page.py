"""Step 1: who applies, and who came. A card fills it; typing is checked by the same rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QScrollArea, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.domain.errors import Rejected
from clerk_app.domain.intake import Intake
from clerk_app.domain.persons import (
    Agent,
    CheckedEntity,
    LegalEntity,
    NaturalPerson,
    legal_entity,
)
from clerk_app.ui.keys import bind, is_enter
from clerk_app.ui.kit.buttons import Button, ButtonRole, Chip
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.labels import IconLabel, Text
from clerk_app.ui.kit.layout import Column, Grid, Row
from clerk_app.ui.kit.surfaces import Card, Surface
from clerk_app.ui.kit.theme import px
from clerk_app.ui.window.case.person_form import PersonForm

DEFAULT_SCOPE = "代为申请、领取"


class ApplicantPage(QWidget):
    """Emits the next ``Intake`` with the people in it; ``finished`` when they are complete and the clerk goes on.

    A card is the person's who came. When the applicant is known already, the card of somebody else is the agent's:
    two cards need no key. ``retype`` (F5) lets the next card replace the one before. ``today`` is for the
    plausibility of birth dates.
    """

    changed = Signal(object)  # Intake
    finished = Signal()

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self._intake: Intake | None = None
        self._again: PersonForm | None = None
        self.kind_person = Chip("个人", key="")
        self.kind_entity = Chip("单位", key="")
        self.by_self = Chip("本人来办")
        self.by_agent = Chip("代理人来办")
        self._kind = _group(self, self.kind_person, self.kind_entity)
        self._way = _group(self, self.by_self, self.by_agent)
        self.person = PersonForm()
        self.scope = Field("授权范围", value=DEFAULT_SCOPE)
        self.agent = PersonForm(self.scope)
        self.entity_name = Field("单位名称", max_length=200)
        self.credit_code = Field("统一社会信用代码", latin=True, max_length=18)
        self.representative = Field("法定代表人（负责人）", max_length=60)
        self.entity_phone = Field("联系电话", latin=True, max_length=20)
        self.entity_address = Field("住所")
        self.warning = Text("", "note", "warn", wrap=True)
        self.hint = Text("", "note", "ink5")
        self.go = Button("资料无误，选事项", ButtonRole.PRIMARY, key="Enter")
        self._build()
        for chip in (self.kind_person, self.kind_entity, self.by_self, self.by_agent):
            chip.toggled.connect(self._arrange)
            chip.clicked.connect(self.start)
        self.go.clicked.connect(self._go)
        bind(self, "primary", self._go)
        for line in self._lines():
            line.edit.installEventFilter(self)

    def _build(self) -> None:
        self._entity = QWidget()
        grid = Grid(across=SPACE.x16, down=SPACE.x8)
        grid.addWidget(self.entity_name, 0, 0, 1, 2)
        grid.addWidget(self.credit_code, 0, 2)
        grid.addWidget(self.representative, 1, 0)
        grid.addWidget(self.entity_phone, 1, 1)
        grid.addWidget(self.entity_address, 1, 2)
        for column, share in enumerate((3, 3, 4)):
            grid.setColumnStretch(column, share)
        self._entity.setLayout(grid)
        who = Card("申请人", gap=SPACE.x8, padding=(SPACE.x12, SPACE.card))
        who.head.put(self.kind_person, self.kind_entity)
        who.body.put(self.person, self._entity)
        self._came = Card("来办的人", gap=SPACE.x8, padding=(SPACE.x12, SPACE.card))
        self._came.head.put(self.by_self, self.by_agent)
        self._came.body.put(self.agent, self.hint)
        self._warn = Surface("notice")
        self._warn.setLayout(
            Row(IconLabel("triangle-alert", "warn", SIZE.icon_large), self.warning, gap=SPACE.x8, margins=SPACE.x8)
        )
        bar = Surface("paper", edges="top", height=SIZE.action_bar)
        bar.setLayout(Row(None, self.go, margins=(0, SPACE.page)))
        body = Column(who, self._came, self._warn, None, gap=SPACE.x12, margins=(SPACE.x16, SPACE.page))
        middle = QWidget()
        middle.setProperty("clear", True)
        middle.setLayout(body)
        self._scroll = QScrollArea()
        self._scroll.setWidget(middle)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setLayout(Column(self._scroll, bar))
        self._order()
        self._warn.hide()

    def _order(self) -> None:
        """Tab follows the work."""
        entity = (self.entity_name, self.credit_code, self.representative, self.entity_phone, self.entity_address)
        stops: list[QWidget] = [self.kind_person, self.kind_entity, *self.person.lines, *(f.edit for f in entity)]
        stops += [self.by_self, self.by_agent, *self.agent.lines, self.scope.edit, self.go]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _lines(self) -> tuple[Field, ...]:
        people = (self.person, self.agent)
        own = (self.scope, self.entity_name, self.credit_code, self.representative, self.entity_phone)
        return (*own, self.entity_address, *(f for p in people for f in (p.name, p.number, p.phone, p.address)))

    # --- showing ----------------------------------------------------------------------------------------------
    def show_intake(self, intake: Intake) -> None:
        """Show the people of a case, unless they are those that this page itself put there."""
        before, self._intake = self._intake, intake
        if before is not None and _people(before) == _people(intake):
            return
        applicant, agent = intake.applicant, intake.agent
        entity = applicant if isinstance(applicant, LegalEntity) else None
        (self.kind_entity if entity else self.kind_person).setChecked(True)
        (self.by_agent if agent else self.by_self).setChecked(True)
        self.person.show_person(applicant if isinstance(applicant, NaturalPerson) else None)
        self.agent.show_person(agent.person if agent else None)
        self.scope.set_value(agent.scope if agent else DEFAULT_SCOPE)
        for field, value in (
            (self.entity_name, entity.name if entity else ""),
            (self.credit_code, entity.credit_code if entity else ""),
            (self.representative, entity.legal_representative if entity else ""),
            (self.entity_phone, entity.phone if entity else ""),
            (self.entity_address, entity.address if entity else ""),
        ):
            field.set_value(value)
            field.set_error("")
        self._again = None
        self._warnings(())
        self._arrange()

    def show_card(self, person: NaturalPerson, warnings: tuple[str, ...] = ()) -> None:
        """A card was read: fill its holder's fields. Whoever is typing in another field goes on typing there."""
        typing = self._typing()
        form = self._form_of(person)
        self._again = None
        if form is not None:
            if form is self.agent:
                self.by_agent.setChecked(True)
            form.show_card(person, warnings)
        else:
            self.representative.set_value(person.display_name)
        self._warnings(warnings)
        self._arrange()
        if typing is None or typing in self._filled_by(form):
            if self._first_empty() is None:
                self._offer()
            self.start()

    def _form_of(self, person: NaturalPerson) -> PersonForm | None:
        """Where a card belongs; None is the line of the legal representative."""
        if self._again is not None:
            return self._again
        if self._is_entity():
            name = self.representative.value()
            return None if not self._agent_came() and name in {"", person.display_name} else self.agent
        if self.person.is_about(person):
            return self.person
        return self.agent if self._agent_came() or self.person.complete else self.person

    def _filled_by(self, form: PersonForm | None) -> tuple[Field, ...]:
        return (self.representative,) if form is None else (form.name, form.number)

    def _typing(self) -> Field | None:
        """The field in which a person has begun to type."""
        return next((f for f in self._lines() if f.edit.hasFocus() and f.edit.isModified() and f.value()), None)

    def retype(self) -> None:
        """F5: read the card of the person who came again, or type over what is there."""
        self._again = self.agent if self._agent_came() else None if self._is_entity() else self.person
        first = self.entity_name if self._again is None else self._again.name
        first.edit.setFocus()
        first.edit.selectAll()

    def start(self) -> None:
        """The focus goes to the first field that is still empty, or to 「资料无误」."""
        field = self._first_empty()
        (self.go if field is None else field.edit).setFocus()

    def _first_empty(self) -> Field | None:
        return next((field for field in self._wanted() if not field.value()), None)

    def _wanted(self) -> tuple[Field, ...]:
        first = (self.entity_name, self.credit_code) if self._is_entity() else (self.person.name, self.person.number)
        return (*first, self.agent.name, self.agent.number) if self._agent_came() else first

    def _is_entity(self) -> bool:
        return self.kind_entity.isChecked()

    def _agent_came(self) -> bool:
        return self.by_agent.isChecked()

    def _arrange(self) -> None:
        entity, agent = self._is_entity(), self._agent_came()
        for chip in (self.kind_person, self.kind_entity, self.by_self, self.by_agent):
            # One stop for Tab in each pair, the arrows choose inside.
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if chip.isChecked() else Qt.FocusPolicy.ClickFocus)
        self.person.setVisible(not entity)
        self._entity.setVisible(entity)
        self.by_self.setText("法定代表人来办" if entity else "本人来办")
        self.agent.setVisible(agent)
        self.hint.setText("" if agent else "身份证放上去就读，也可以直接输入")
        self.hint.setVisible(not agent)

    def _warnings(self, sentences: tuple[str, ...]) -> None:
        self.warning.setText("；".join(sentences))
        self._warn.setVisible(bool(sentences))

    # --- going on ---------------------------------------------------------------------------------------------
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if is_enter(event):
            self._enter()
            return True
        field = watched.parent()
        if event.type() is QEvent.Type.FocusIn and isinstance(field, QWidget):
            # The whole field, with what is said below it.
            self._scroll.ensureWidgetVisible(field, 0, px(SPACE.x8))
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_enter(event):
            self._enter()
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        """Enter goes to the next empty field that is needed; with none left, on to the matter."""
        field = self._first_empty()
        if field is None:
            self._go()
        else:
            field.edit.setFocus()

    def leave(self) -> bool:
        """Put what was changed into the case before the clerk jumps away; False while something is wrong."""
        return self._first_empty() is not None or self._offer()

    def _go(self) -> None:
        if self._offer():
            self.finished.emit()

    def _offer(self) -> bool:
        """Put the people into the case; False while something is wrong (its field says what)."""
        assert self._intake is not None
        try:
            warnings: tuple[str, ...] = ()
            if self._is_entity():
                checked_entity = self._read_entity()
                applicant: NaturalPerson | LegalEntity = checked_entity.entity
                warnings += checked_entity.warnings
            else:
                checked = self.person.read(self._today())
                applicant = checked.person
                warnings += checked.warnings
            agent = None
            if self._agent_came():
                came = self.agent.read(self._today())
                agent = Agent(came.person, self.scope.value() or DEFAULT_SCOPE)
                warnings += came.warnings
        except Rejected:
            return False
        self._warnings(tuple(dict.fromkeys(warnings)))
        self._intake = self._intake.with_applicant(applicant, agent)
        self.changed.emit(self._intake)
        return True

    def _read_entity(self) -> CheckedEntity:
        fields = {
            "entity_name": self.entity_name,
            "credit_code": self.credit_code,
            "legal_representative": self.representative,
            "phone": self.entity_phone,
        }
        for field in fields.values():
            field.set_error("")
        try:
            return legal_entity(
                name=self.entity_name.value(),
                credit_code=self.credit_code.value(),
                legal_representative=self.representative.value(),
                address=self.entity_address.value(),
                phone=self.entity_phone.value(),
            )
        except Rejected as wrong:
            field = fields.get(wrong.field, self.entity_name)
            field.set_error(wrong.reason)
            field.edit.setFocus()
            raise


def _people(intake: Intake) -> tuple[object, ...]:
    return intake.case_id, intake.applicant, intake.agent


def _group(owner: QWidget, *chips: Chip) -> QButtonGroup:
    made = QButtonGroup(owner)
    made.setExclusive(True)
    for chip in chips:
        made.addButton(chip)
    return made
