"""Step 1: who applies, and who came. A card fills it; typing is checked by the same rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.domain.errors import Rejected
from clerk_app.domain.intake import Intake
from clerk_app.domain.persons import NaturalPerson, Party
from clerk_app.ui.keys import bind, is_enter, key
from clerk_app.ui.kit.buttons import Button, ButtonRole
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.labels import IconLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.theme import px
from clerk_app.ui.window.case.contacts_form import ContactsForm
from clerk_app.ui.window.case.party_form import PartyForm
from clerk_app.ui.window.case.party_rows import PartyLine, PartyRows
from clerk_app.ui.window.case.person_form import PersonForm
from clerk_app.ui.window.hints import HintButton


class ApplicantPage(QWidget):
    """Emits the next ``Intake`` with the people in it; ``finished`` when they are complete and the clerk goes on.

    A card is the person's who came. When the applicant is known already, the card of somebody else is the agent's:
    two cards need no key. Several who apply together have a form each, of which one is open. ``retype`` (F5) lets the
    next card replace the one before. ``today`` is for the plausibility of birth dates.
    """

    changed = Signal(object)  # Intake
    finished = Signal()

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self._intake: Intake | None = None
        self._again: PersonForm | None = None
        self.forms: list[PartyForm] = []
        self.form = PartyForm()
        self.rows = PartyRows()
        self.contacts = ContactsForm()
        self.warning = Text("", "note", "warn", wrap=True)
        self.together = HintButton(key("parties").cap(), key("parties").text)
        self.call = HintButton(key("contacts").cap(), key("contacts").text)
        self.go = Button("资料无误，选事项", ButtonRole.PRIMARY, key="Enter")
        self._forms = Column()
        self._build()
        self._add(self.form)
        self.rows.opened.connect(self._open)
        self.rows.added.connect(self._new)
        self.rows.removed.connect(self._remove)
        self.rows.made_first.connect(self._make_first)
        self.together.clicked.connect(self.add_party)
        self.call.clicked.connect(self.open_contacts)
        self.go.clicked.connect(self._go)
        bind(self, "primary", self._go)
        bind(self, "parties", self.add_party)
        bind(self, "contacts", self.open_contacts)
        for line in self.contacts.inputs:
            line.edit.installEventFilter(self)

    def _build(self) -> None:
        self._warn = Surface("notice")
        self._warn.setLayout(
            Row(IconLabel("triangle-alert", "warn", SIZE.icon_large), self.warning, gap=SPACE.x8, margins=SPACE.x8)
        )
        bar = Surface("paper", edges="top", height=SIZE.action_bar)
        bar.setLayout(Row(self.together, self.call, None, self.go, gap=SPACE.x12, margins=(0, SPACE.page)))
        body = Column(self.rows, self._forms, self.contacts, None, gap=SPACE.x8, margins=(SPACE.x8, SPACE.page))
        middle = QWidget()
        middle.setProperty("clear", True)
        middle.setLayout(body)
        self._scroll = QScrollArea()
        self._scroll.setWidget(middle)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        said = Column(self._warn, margins=(SPACE.x4, SPACE.page))
        self.setLayout(Column(self._scroll, said, bar))
        self._warn.hide()
        self.rows.hide()
        self.contacts.hide()

    def _add(self, form: PartyForm) -> None:
        """One more form, closed."""
        self.forms.append(form)
        self._forms.put(form)
        form.setVisible(form is self.form)
        form.chosen.connect(self._chosen)
        for line in form.inputs:
            line.edit.installEventFilter(self)

    @property
    def person(self) -> PersonForm:
        """The applicant's fields in the open form."""
        return self.form.person

    @property
    def agent(self) -> PersonForm:
        """The agent's fields in the open form."""
        return self.form.agent

    # --- showing ----------------------------------------------------------------------------------------------
    def show_intake(self, intake: Intake) -> None:
        """Show the people of a case, unless they are those that this page itself put there."""
        before, self._intake = self._intake, intake
        if before is None or _people(before) != _people(intake):
            self._fill(intake)
        self._show_lines()

    def _fill(self, intake: Intake) -> None:
        parties = intake.people or (None,)
        while len(self.forms) > len(parties):
            self._drop(self.forms[-1])
        while len(self.forms) < len(parties):
            self._add(PartyForm())
        for form, party in zip(self.forms, parties, strict=True):
            form.show_party(party.applicant if party else None, party.agent if party else None)
            form.role = party.role if party else ""
        self._show(self.forms[min(self.forms.index(self.form), len(self.forms) - 1)])
        self.contacts.show_contacts(intake.contacts)
        self.contacts.setVisible(bool(intake.contacts))
        self._again = None
        self._warnings(())

    def _drop(self, form: PartyForm) -> None:
        self.forms.remove(form)
        self._forms.removeWidget(form)
        form.hide()
        form.deleteLater()
        if form is self.form:
            self._show(self.forms[-1])

    def _show(self, form: PartyForm) -> None:
        """Open one form; the others are lines of the list."""
        self.form = form
        for one in self.forms:
            one.setVisible(one is form)
        self._show_lines()
        stops = (self.rows, *form.stops, *(field.edit for field in self.contacts.inputs), self.go)
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _roles(self) -> tuple[str, ...]:
        matter = self._intake.matter if self._intake else None
        return matter.joint.roles if matter else ()

    def _missing(self) -> tuple[str, ...]:
        there = {form.role for form in self.forms}
        return tuple(role for role in self._roles() if role not in there)

    def _show_lines(self) -> None:
        roles = self._roles()
        for number, form in enumerate(self.forms):
            if number == 0:
                form.show_role(roles[0] if roles else "", ())
            else:
                role = form.role if form.role in roles or not roles else (self._missing() or roles[-1:])[0]
                form.show_role(role, roles)
        several = len(self.forms) > 1 or bool(roles)
        self.rows.setVisible(several)
        if several:
            self.rows.show_lines((*self._lines_of_forms(), *self._open_lines()), self.forms.index(self.form))

    def _lines_of_forms(self) -> list[PartyLine]:
        lines = []
        for number, form in enumerate(self.forms):
            if form.first_empty() is not None:
                note, state = "没有录完", State.WARN
            elif form.agent_came:
                note, state = f"代理人 {form.agent.name.value()}", State.NEUTRAL
            elif form.is_person and not form.person.from_card:
                note, state = "未读身份证，手工录入", State.WARN
            else:
                note, state = ("身份证已读", State.OK) if form.is_person else ("", State.NEUTRAL)
            role = form.role or ("申请人" if number == 0 else "共同申请人")
            lines.append(PartyLine(role, form.name or "（还没有姓名）", note, state, number))
        return lines

    def _open_lines(self) -> list[PartyLine]:
        """Roles that nobody plays yet; with none of them, room for one more."""
        missing = [PartyLine(role, "还没有，必须一起申请", "缺", State.BAD) for role in self._missing()]
        return missing or [PartyLine("", "再加一位共同申请人")] * (not any(form.empty for form in self.forms))

    def _warnings(self, sentences: tuple[str, ...]) -> None:
        self.warning.setText("；".join(sentences))
        self._warn.setVisible(bool(sentences))

    # --- cards ------------------------------------------------------------------------------------------------
    def show_card(self, person: NaturalPerson, warnings: tuple[str, ...] = ()) -> None:
        """A card was read: fill its holder's fields. Whoever is typing in another field goes on typing there."""
        typing = self._typing()
        again, self._again = self._again, None
        form, part = (self.form, again) if again is not None else self._known(person)
        moved = self._move_agent(form, part, person)
        if moved:
            form, part = self.form, None
        fills = (part.name, part.number) if part is not None else form.filled_by(person)
        form.take_card(person, warnings, part)
        also = (moved,) if moved else ()
        self._warnings((*warnings, *also))
        if form is not self.form:
            self._show(form)
        self._show_lines()
        if typing is None or typing in fills:
            if self._unfinished() is None:
                self._offer(also)
            self.start()

    def _known(self, person: NaturalPerson) -> tuple[PartyForm, PersonForm | None]:
        """The form, and the part of it, that is about this person already; else the open form."""
        for form in self.forms:
            if form.is_person and form.person.is_of(person):
                return form, form.person
            if form.agent_came and form.agent.is_of(person):
                return form, form.agent
        return self.form, None

    def _move_agent(self, form: PartyForm, part: PersonForm | None, person: NaturalPerson) -> str:
        """Whose second card was taken for an agent's, before it was known that both have to apply, and who now lays
        the card down for the empty form of the other side, is the other side."""
        if form is self.form or part is not form.agent or not self.form.empty:
            return ""
        form.show_agent(None)
        form.arrange()
        return f"{person.display_name}记为{self.form.role or '共同申请人'}，不再是{form.name}的代理人"

    def _typing(self) -> Field | None:
        """The field in which a person has begun to type."""
        fields = (*self.form.inputs, *self.contacts.inputs)
        return next((f for f in fields if f.edit.hasFocus() and f.edit.isModified() and f.value()), None)

    def retype(self) -> None:
        """F5: read the card of the person who came again, or type over what is there."""
        form = self.form
        self._again = form.agent if form.agent_came else form.person if form.is_person else None
        first = form.own.name if self._again is None else self._again.name
        first.edit.setFocus()
        first.edit.selectAll()

    # --- the list ---------------------------------------------------------------------------------------------
    def add_party(self) -> None:
        """Alt+G: a form for whoever else applies; with several, the list of them."""
        if self.form.first_empty() is not None:
            self.start()
        elif len(self.forms) > 1 and not self._missing():
            self.rows.select(len(self.forms))
            self.rows.setFocus()
        else:
            self._new((self._missing() or [""])[0])

    def _new(self, role: str) -> None:
        form = next((one for one in self.forms if one.empty), None)
        if form is None:
            form = PartyForm(role)
            self._add(form)
        self._open(self.forms.index(form))

    def _open(self, number: int) -> None:
        self._show(self.forms[number])
        field = self.form.first_empty()
        (self.go if field is None else field.edit).setFocus()

    def _remove(self, number: int) -> None:
        if len(self.forms) > 1:
            self._drop(self.forms[number])
            self._put()
            self.rows.setFocus()

    def _make_first(self, number: int) -> None:
        """The parties change places; each place keeps its role."""
        first, chosen = self.forms[0], self.forms[number]
        first.role, chosen.role = chosen.role, first.role
        self.forms[0], self.forms[number] = chosen, first
        self._put()
        self.rows.select(0)

    def _put(self) -> None:
        self._show_lines()
        if self._unfinished() is None:
            self._offer()

    # --- contacts ---------------------------------------------------------------------------------------------
    def open_contacts(self) -> None:
        """Alt+K: whom to call; the key again closes lines in which nothing stands."""
        if self.contacts.isVisible() and not any(field.value() for field in self.contacts.inputs):
            self.contacts.hide()
            self.start()
            return
        self.contacts.show()
        first = next((name for name, _, _ in self.contacts.people if not name.value()), self.contacts.inputs[0])
        first.edit.setFocus()

    # --- going on ---------------------------------------------------------------------------------------------
    def start(self) -> None:
        """The focus goes to the first field that is still empty, or to 「资料无误」; a role that nobody plays yet is
        opened first."""
        if self._missing() and self.form.first_empty() is None and self.isVisible():
            self._new(self._missing()[0])
            return
        field = self.form.first_empty()
        (self.go if field is None else field.edit).setFocus()

    def _chosen(self) -> None:
        self._show_lines()
        self.start()

    def _unfinished(self) -> tuple[PartyForm, Field] | None:
        """The first form with something in it that is not complete; the applicant's own has to be there."""
        for form in self.forms:
            field = form.first_empty()
            if field is not None and (form is self.forms[0] or not form.empty):
                return form, field
        return None

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
        field = self.form.first_empty() if not self.form.empty or self.form is self.forms[0] else None
        field = field or self.contacts.first_empty()
        if field is None:
            self._go()
        else:
            field.edit.setFocus()

    def leave(self) -> bool:
        """Put what was changed into the case before the clerk jumps away; False while something is wrong. Who is not
        complete yet waits on this page."""
        return self.forms[0].first_empty() is not None or self._offer(unfinished=True)

    def _go(self) -> None:
        if self._offer():
            self.finished.emit()

    def _offer(self, also: tuple[str, ...] = (), *, unfinished: bool = False) -> bool:
        """Put the people into the case; False while something is wrong (its field says what). ``also`` is said beside
        the warnings, ``unfinished`` leaves out who is not complete."""
        assert self._intake is not None
        parties: list[Party] = []
        warnings: tuple[str, ...] = ()
        form = self.forms[0]
        try:
            for form in self.forms:
                if form.empty or (unfinished and form.first_empty() is not None):
                    continue
                read = form.read(self._today())
                parties.append(read.party)
                warnings += read.warnings
            contacts, doubts = self.contacts.read()
        except Rejected:
            self._bring(form)
            return False
        try:
            changed = self._intake.with_people(tuple(parties)).with_contacts(contacts)
        except Rejected as wrong:
            self._refuse(wrong)
            return False
        self._warnings(tuple(dict.fromkeys((*also, *warnings, *doubts, *changed.double_agency))))
        self._intake = changed
        self.changed.emit(changed)
        return True

    def _bring(self, form: PartyForm) -> None:
        """Open the form with the wrong field; its focus stays."""
        if form is not self.form and any(field.has_error() for field in form.inputs):
            wrong = next(field for field in form.inputs if field.has_error())
            self._show(form)
            wrong.edit.setFocus()

    def _refuse(self, wrong: Rejected) -> None:
        if wrong.field == "matter":
            self._warnings((wrong.reason,))
        else:
            self.form.blame(wrong.field, wrong.reason)


def _people(intake: Intake) -> tuple[object, ...]:
    return intake.case_id, intake.people, intake.contacts
