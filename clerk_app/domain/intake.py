"""One application being taken at the window: an immutable value that every key press turns into the next one.

The clerk's screen holds an ``Intake``; each step is a pure function of it, so that a draft is just the last value and
undo is the one before. Nothing here is legally done until ``outcomes.conclude``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from clerk_app.domain import checklist
from clerk_app.domain.catalogue import (
    CardHolder,
    Material,
    Matter,
    OptionOutcome,
    ending_option,
    needed_materials,
)
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.errors import Rejected
from clerk_app.domain.persons import (
    Agent,
    Applicant,
    Contact,
    LegalEntity,
    NaturalPerson,
    OtherOrganisation,
    Party,
    applicant_name,
)
from clerk_app.domain.queue import VisitReason

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
        """Applicant and, if somebody else came, the agent; card-covered rows are set again."""
        changed = replace(self, applicant=applicant, agent=agent)
        return changed._preset() if changed.matter else changed

    def with_parties(self, parties: tuple[Party, ...]) -> Intake:
        """Those who apply together with the applicant."""
        return replace(self, parties=parties)

    def with_contacts(self, contacts: tuple[Contact, ...]) -> Intake:
        """Whom to call; ``Rejected("contacts", …)`` for more than three."""
        if len(contacts) > MOST_CONTACTS:
            raise Rejected("contacts", f"联系人最多 {MOST_CONTACTS} 个")
        return replace(self, contacts=contacts)

    # --- the matter -------------------------------------------------------------------------------------------
    def with_matter(self, matter: Matter, now: datetime) -> Intake:
        """Choose the matter; ``now`` becomes the receipt time, because the papers change hands here.

        Raises ``Rejected("matter", …)`` when the matter is not for this kind of applicant.
        """
        if isinstance(self.applicant, LegalEntity | OtherOrganisation) and not matter.for_legal_entities:
            raise Rejected("matter", f"「{matter.name}」只对个人办理，请换成个人申请")
        if isinstance(self.applicant, NaturalPerson) and not matter.for_natural_persons:
            raise Rejected("matter", f"「{matter.name}」只对单位办理，请在第 1 步录入单位")
        answers: dict[str, tuple[str, ...]] = {}
        for situation in matter.situations:
            answers[situation.id] = situation.default_answer()
            if situation.is_agency and self.agent is not None:
                answers[situation.id] = tuple(o.id for o in situation.options if o.id != "self")[:1]
        fresh = replace(self, matter=matter, received_at=now, answers=MappingProxyType(answers), checks=_no_checks())
        return fresh._preset()

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
            rows[material.id] = self._from_card(material, row) if not row.decided else row
        return replace(self, checks=MappingProxyType(rows))

    def _from_card(self, material: Material, row: MaterialCheck) -> MaterialCheck:
        person = self._card_person(material.card_holder)
        if person is None or person.entered != "card":
            return row
        return replace(row, verdict=Verdict.EXEMPT, source="身份证已读")

    def _card_person(self, holder: CardHolder | None) -> NaturalPerson | None:
        if holder is CardHolder.APPLICANT and isinstance(self.applicant, NaturalPerson):
            return self.applicant
        if holder is CardHolder.AGENT and self.agent is not None:
            return self.agent.person
        return None

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

    def with_check(self, check: MaterialCheck) -> Intake:
        rows = dict(self.checks)
        rows[check.material_id] = check
        return replace(self, checks=MappingProxyType(rows))

    def mark(self, material: Material, verdict: Verdict) -> Intake:
        """Set a row's verdict; ``Locked`` where the catalogue forbids it."""
        assert self.matter is not None
        row = self.checks.get(material.id, MaterialCheck(material.id))
        return self.with_check(checklist.set_verdict(self.matter, material, row, verdict))

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
