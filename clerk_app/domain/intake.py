"""One application being taken at the window: an immutable value that every key press turns into the next one.

The clerk's screen holds an ``Intake``; each step is a pure function of it, so that a draft is just the last value and
undo is the one before. Nothing here is legally done until ``outcomes.conclude``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType

from clerk_app.domain import checklist
from clerk_app.domain.catalogue import (
    CardHolder,
    Material,
    Matter,
    OptionOutcome,
    Situation,
    ending_option,
    needed_materials,
)
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.errors import Rejected
from clerk_app.domain.identity import age_on, birthday
from clerk_app.domain.parties import agency_fault, audience_fault, check_distinct, double_agency
from clerk_app.domain.persons import (
    Agent,
    Applicant,
    Contact,
    NaturalPerson,
    Party,
    applicant_name,
)
from clerk_app.domain.queue import VisitReason
from clerk_app.domain.wording import paper_day

GUARDIAN = "guardian"
"""Option id of 「监护人代办」, where a matter tells guardians from other agents."""
CARD_READ = "身份证已读"
"""Source of an exemption that the card laid on the reader proves."""
MOST_CONTACTS = 3
"""GB/T 39046-2020, group 办事申请: contacts and agents, three each."""


def _nothing() -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({})


def _no_checks() -> Mapping[str, MaterialCheck]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TicketRef:
    """The queue ticket that this application came with; ``number`` as called, e.g. ``A047``."""

    ticket_id: str
    number: str
    group_name: str = ""
    taken_at: datetime | None = None
    called_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """The state of one application at the window.

    ``received_at`` is set by the system when the papers are handed over (the matter is chosen), never typed.
    ``answers`` maps situation id → option ids; ``checks`` maps material id → row. ``parties`` are those who apply
    together with the applicant, who takes the first role of the matter. ``pre_check`` is the number of the online
    pre-check that this intake was filled from, ``visit`` why the citizen came.
    """

    case_id: str
    opened_at: datetime
    ticket: TicketRef | None = None
    applicant: Applicant | None = None
    agent: Agent | None = None
    contact_phone: str = ""
    matter: Matter | None = None
    received_at: datetime | None = None
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=_nothing)
    checks: Mapping[str, MaterialCheck] = field(default_factory=_no_checks)
    competent_body: str = ""
    reason: str = ""
    delivery: str = "window"
    parties: tuple[Party, ...] = ()
    contacts: tuple[Contact, ...] = ()
    pre_check: str = ""
    visit: VisitReason = VisitReason.SUBMIT

    # --- the people -------------------------------------------------------------------------------------------
    def with_applicant(self, applicant: Applicant, agent: Agent | None = None) -> Intake:
        """Applicant and, if somebody else came, the agent; what the people decide in the matter is set again.

        Raises ``Rejected`` with field ``agent`` or ``parties`` when somebody appears twice, ``matter`` when the chosen
        matter is not for this kind of applicant.
        """
        return replace(self, applicant=applicant, agent=agent)._people_changed()

    def with_parties(self, parties: tuple[Party, ...]) -> Intake:
        """Those who apply together with the applicant. Raises as ``with_applicant``."""
        return replace(self, parties=parties)._people_changed()

    def with_people(self, people: tuple[Party, ...]) -> Intake:
        """All who apply, the applicant first, in one step. Raises as ``with_applicant``."""
        first, *others = people
        return replace(self, applicant=first.applicant, agent=first.agent, parties=tuple(others))._people_changed()

    def with_contacts(self, contacts: tuple[Contact, ...]) -> Intake:
        """Whom to call; ``Rejected("contacts", …)`` for more than three."""
        if len(contacts) > MOST_CONTACTS:
            raise Rejected("contacts", f"联系人最多 {MOST_CONTACTS} 个")
        return replace(self, contacts=contacts)

    @property
    def people(self) -> tuple[Party, ...]:
        """All who apply: the applicant in the first role of the matter, then the others; empty before anybody is."""
        if self.applicant is None:
            return ()
        return (Party(self.first_role, self.applicant, self.agent), *self.parties)

    @property
    def first_role(self) -> str:
        """The applicant's role, empty where one applicant is enough."""
        return self.matter.joint.roles[0] if self.matter is not None and self.matter.joint.roles else ""

    @property
    def agency_fault(self) -> str:
        """Why an agent could not apply on the day of receipt; empty when all could."""
        if self.received_at is None:
            return ""
        day = self.received_at.date()
        faults = (agency_fault(party.agent, day) for party in self.people if party.agent is not None)
        return next((fault for fault in faults if fault), "")

    @property
    def double_agency(self) -> tuple[str, ...]:
        """Sentences about people who stand on both sides."""
        return double_agency(self.people)

    def _people_changed(self) -> Intake:
        check_distinct(self.applicant, self.agent, self.parties)
        if self.matter is None:
            return self
        self._check_audience(self.matter)
        before = dict(self.answers)
        return replace(self, answers=MappingProxyType({**before, **self._agency_answer(self.matter)}))._preset()

    def _check_audience(self, matter: Matter) -> None:
        for party in self.people:
            if fault := audience_fault(matter.name, matter.audience, party.applicant):
                raise Rejected("matter", fault)

    def _agency_answer(self, matter: Matter) -> dict[str, tuple[str, ...]]:
        """The answer to 「是否委托他人代办」 that the people themselves give; a guardian's where there is one."""
        agents = [party.agent for party in self.people if party.agent is not None]
        answers: dict[str, tuple[str, ...]] = {}
        for situation in (one for one in matter.situations if one.is_agency):
            others = [option.id for option in situation.options if not option.default]
            if agents and others:
                by_law = any(agent.statutory for agent in agents) and GUARDIAN in others
                answers[situation.id] = (GUARDIAN if by_law else others[0],)
            else:
                answers[situation.id] = situation.default_answer()
        return answers

    # --- the matter -------------------------------------------------------------------------------------------
    def with_matter(self, matter: Matter, now: datetime) -> Intake:
        """Choose the matter; ``now`` becomes the receipt time, because the papers change hands here.

        Raises ``Rejected("matter", …)`` when the matter is not for this kind of applicant.
        """
        self._check_audience(matter)
        answers = {situation.id: self._preset_answer(situation, now) for situation in matter.situations}
        answers |= self._agency_answer(matter)
        parties = _in_roles(self.parties, matter.joint.roles)
        fresh = replace(
            self,
            matter=matter,
            received_at=now,
            answers=MappingProxyType(answers),
            checks=_no_checks(),
            parties=parties,
        )
        return fresh._preset()

    def _preset_answer(self, situation: Situation, now: datetime) -> tuple[str, ...]:
        """The default, or what the applicant's age says where an option is for those below an age."""
        person = self.applicant
        if isinstance(person, NaturalPerson) and person.birth is not None and person.birth <= now.date():
            age = age_on(person.birth, now.date())
            young = [option.id for option in situation.options if option.below_age and age < option.below_age]
            if young and not situation.multiple:
                return (young[0],)
        return situation.default_answer()

    def answer(self, situation_id: str, option_ids: tuple[str, ...]) -> Intake:
        """Answer a situation question; rows of materials that are still needed keep their verdict."""
        answers = dict(self.answers)
        answers[situation_id] = option_ids
        return replace(self, answers=MappingProxyType(answers))._preset()

    def _preset(self) -> Intake:
        """Rows for the needed materials: what the read card already proves is set, the rest waits for the clerk."""
        rows: dict[str, MaterialCheck] = {}
        for material in self.materials:
            row = self.checks.get(material.id, MaterialCheck(material.id))
            if row.verdict is Verdict.EXEMPT and row.source == CARD_READ:
                # Proved by a card; the people may have changed since.
                row = MaterialCheck(material.id)
            rows[material.id] = self._from_card(material, row) if not row.decided else row
        return replace(self, checks=MappingProxyType(rows))

    def _from_card(self, material: Material, row: MaterialCheck) -> MaterialCheck:
        holders = self._holders(material.card_holder)
        if not holders or any(not isinstance(one, NaturalPerson) or one.entered != "card" for one in holders):
            return row
        return replace(row, verdict=Verdict.EXEMPT, source=CARD_READ)

    def _holders(self, holder: CardHolder | None) -> tuple[Applicant, ...]:
        """Whose cards have to be read for this material; empty where no card proves it."""
        if holder is CardHolder.APPLICANT and self.applicant is not None:
            return (self.applicant,)
        if holder is CardHolder.AGENT:
            return tuple(party.agent.person for party in self.people if party.agent is not None)
        if holder is CardHolder.PARTIES and self.first_role and not self.missing_roles:
            return tuple(party.applicant for party in self.people)
        return ()

    # --- the materials ----------------------------------------------------------------------------------------
    @property
    def materials(self) -> tuple[Material, ...]:
        """Materials needed in the chosen situation, in catalogue order."""
        return needed_materials(self.matter, self.answers) if self.matter else ()

    @property
    def rows(self) -> tuple[tuple[Material, MaterialCheck], ...]:
        """The checklist as shown: (material, row), numbered from 1 by position."""
        return tuple((m, self.checks.get(m.id, MaterialCheck(m.id))) for m in self.materials)

    @property
    def ending(self) -> OptionOutcome | None:
        """Why the chosen situation ends the intake before any material is asked for."""
        option = ending_option(self.matter, self.answers) if self.matter else None
        return option.outcome if option else None

    @property
    def ending_text(self) -> str:
        """Why the chosen situation ends the intake, and from which day on it would not; empty when it goes on."""
        if self.ending is None:
            return ""
        text = self.ending.text.rstrip("。")
        return f"{text}，{paper_day(self.earliest)}起可以申请" if self.earliest is not None else text

    @property
    def earliest(self) -> date | None:
        """From which day a person who is too young can apply; None where age is not the matter or not known."""
        option = ending_option(self.matter, self.answers) if self.matter else None
        person = self.applicant
        if option is None or not option.below_age or not isinstance(person, NaturalPerson) or person.birth is None:
            return None
        return birthday(person.birth, option.below_age)

    def with_check(self, check: MaterialCheck) -> Intake:
        rows = dict(self.checks)
        rows[check.material_id] = check
        return replace(self, checks=MappingProxyType(rows))

    def mark(self, material: Material, verdict: Verdict) -> Intake:
        """Set a row's verdict; ``Locked`` where the catalogue forbids it."""
        assert self.matter is not None
        row = self.checks.get(material.id, MaterialCheck(material.id))
        return self.with_check(checklist.set_verdict(self.matter, material, row, verdict))

    def with_pieces(self, material: Material, pieces: int) -> Intake:
        """Say how many pieces were handed in; too few are owed or a defect, never simply received."""
        assert self.matter is not None
        row = self.checks.get(material.id, MaterialCheck(material.id))
        return self.with_check(checklist.with_pieces(self.matter, material, row, pieces))

    def mark_as_required(self, material: Material) -> Intake:
        """Enter: received as the catalogue asks."""
        row = self.checks.get(material.id, MaterialCheck(material.id))
        return self.with_check(checklist.as_required(material, row))

    def mark_all_as_required(self) -> Intake:
        """The "all present" key: every undecided row becomes received as required."""
        rows = dict(self.checks)
        for material, row in self.rows:
            if not row.decided:
                rows[material.id] = checklist.as_required(material, row)
        return replace(self, checks=MappingProxyType(rows))

    def correct_on_site(self) -> Intake:
        """当场更正: defects that were put right at the window become received, and the trace of it stays."""
        rows = dict(self.checks)
        for material, row in self.rows:
            if row.verdict is Verdict.DEFECTIVE and row.on_site:
                rows[material.id] = replace(checklist.as_required(material, row), on_site=True, corrected=True)
        return replace(self, checks=MappingProxyType(rows))

    # --- questions the screens ask ----------------------------------------------------------------------------
    def numbered(self, *verdicts: Verdict) -> tuple[tuple[int, Material, MaterialCheck], ...]:
        """Rows with one of the verdicts, with their number on the list."""
        return tuple((n, m, c) for n, (m, c) in enumerate(self.rows, 1) if c.verdict in verdicts)

    @property
    def applicant_name(self) -> str:
        return applicant_name(self.applicant)

    @property
    def missing_roles(self) -> tuple[str, ...]:
        """Roles of a joint application for which nobody is there yet; the applicant has the first one."""
        if self.matter is None or not self.matter.joint.roles:
            return ()
        there = {party.role for party in self.parties}
        return tuple(role for role in self.matter.joint.roles[1:] if role not in there)


def _in_roles(parties: tuple[Party, ...], roles: tuple[str, ...]) -> tuple[Party, ...]:
    """Those who came before the matter was known take the roles that are still free, in their order."""
    free = [role for role in roles[1:] if role not in {party.role for party in parties}]
    placed = []
    for party in parties:
        if not roles:
            party = replace(party, role="")
        elif party.role not in roles:
            party = replace(party, role=free.pop(0) if free else roles[-1])
        placed.append(party)
    return tuple(placed)
