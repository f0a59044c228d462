"""What came online before the visit or instead of one: a pre-check fills a case, a supplement is taken in.

网上预审, 网上补件. Nothing that a platform says is taken unseen: persons pass the rules of typing, answers and verdicts
have to fit the catalogue in use, and an original is looked at by the clerk. Called on the network lane.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.acts import Channel
from clerk_app.domain.catalogue import Material, Matter
from clerk_app.domain.checklist import RECEIVED, MaterialCheck, Verdict, set_verdict
from clerk_app.domain.errors import Conflict, Locked, NotFound, Rejected
from clerk_app.domain.identity import IdType
from clerk_app.domain.intake import Intake
from clerk_app.domain.persons import (
    Agent,
    Applicant,
    LegalEntity,
    NaturalPerson,
    OtherOrganisation,
    check_name,
    from_typing,
    legal_entity,
)
from clerk_app.ports.hall import PartyRecord
from clerk_app.ports.hall_cases import CaseCounter, OnlineSupplement, PreCheck
from clerk_app.ports.window import WindowStore, WindowUnit
from clerk_app.services.steps.values import Acted
from clerk_app.services.window.files import FileDesk
from clerk_app.services.window.journal import Journal

FindMatter = Callable[[str], Matter]


@dataclass(frozen=True, slots=True)
class Filled:
    """The intake as the pre-check left it, and what the clerk has to look at, one sentence each."""

    intake: Intake
    sentences: tuple[str, ...]


class PreCheckDesk:
    """Pre-checks and supplements of the hall."""

    def __init__(
        self, store: WindowStore, counter: CaseCounter, journal: Journal, find_matter: FindMatter, files: FileDesk
    ) -> None:
        """``find_matter`` is the catalogue in use (``CatalogueDesk.matter``)."""
        self._store = store
        self._counter = counter
        self._journal = journal
        self._find_matter = find_matter
        self._files = files

    # --- pre-checks -------------------------------------------------------------------------------------------
    def fill(self, number: str, intake: Intake, actor: Actor) -> Filled:
        """Fill a case from a pre-check: people, matter, answers, verdicts. Whoever was read from a card stays.

        What no longer fits the catalogue stays open and is said. The case carries the number from then on, so that the
        server marks the pre-check as used when the case arrives.

        Raises ``Rejected("pre_check")`` without a number and when somebody else's card was read, ``NotFound``,
        ``Conflict`` when a case used it (here or in the hall), ``Locked`` when its last day is over, ``Unreachable``.
        """
        actor.require(Role.CLERK)
        wanted = number.strip()
        if not wanted:
            raise Rejected("pre_check", "请输入预审编号，在申请人的短信或预审单上")
        self._check_unused(wanted, intake.case_id)
        found = self._counter.pre_check(wanted)
        now = self._journal.now()
        if found.valid_to is not None and found.valid_to < now.date():
            raise Locked(f"预审 {wanted} 的有效期到 {found.valid_to}，已经过期，请按没有预审来办")
        try:
            matter = self._find_matter(found.matter_code)
        except NotFound:
            raise NotFound(f"预审 {wanted} 的事项目录里已经没有，请重新选事项，按没有预审来办") from None
        sentences = [] if found.passed else [f"网上预审没有通过：{found.result.rstrip('。')}。材料要重新核对"]
        filled, said = _people(found, intake, now.date())
        filled = filled.with_matter(matter, now)
        sentences += said
        filled, said = _answers(found, matter, filled)
        sentences += said
        filled, said = _verdicts(found, matter, filled)
        sentences += said
        payload = {"case_id": intake.case_id, "matter": matter.code, "passed": found.passed}
        self._store.write(lambda unit: self._journal.write(unit, "pre_check.filled", wanted, actor, payload))
        return Filled(replace(filled, pre_check=wanted), tuple(sentences))

    def _check_unused(self, number: str, case_id: str) -> None:
        """The server learns of the use with the case; until then this window knows it alone."""

        def used(unit: WindowUnit) -> bool:
            others = {row.payload.get("case_id", "") for row in unit.journal.of_subject(number)} - {case_id, ""}
            return any(unit.cases.get(other) is not None for other in others)

        if self._store.read(used):
            raise Conflict(f"预审 {number} 已经在本窗口办过一件，不能再用")

    # --- supplements ------------------------------------------------------------------------------------------
    def supplements(self) -> tuple[OnlineSupplement, ...]:
        """Online supplements of all cases of the hall that nobody has taken yet, oldest first."""
        return self._counter.supplements()

    def checks_of(self, supplement: OnlineSupplement) -> tuple[MaterialCheck, ...]:
        """The rows to begin with: each material as an electronic piece, for the clerk to look at."""
        return tuple(
            MaterialCheck(one.material_id, Verdict.ELECTRONIC, pieces=1, pages=one.pages)
            for one in supplement.materials
        )

    def receive(self, supplement: OnlineSupplement, checks: tuple[MaterialCheck, ...], actor: Actor) -> Acted:
        """Take a supplement and record its arrival; ``checks`` are the materials that the clerk found in order.

        The day on which it arrived counts, not the day of the look. Raises ``Conflict`` when somebody else took it,
        and what ``FileDesk.supplement`` raises; ``Rejected("arrival")`` for a material that it does not bring.
        """
        actor.require(Role.CLERK)
        brought = {one.material_id for one in supplement.materials}
        if strange := [check.material_id for check in checks if check.material_id not in brought]:
            raise Rejected("arrival", f"这份网上补件里没有：{'、'.join(strange)}")
        opened = self._files.open(supplement.case_id or supplement.case_number, actor)
        self._counter.take_supplement(supplement.supplement_id, key=supplement.supplement_id)
        return self._files.supplement(
            opened,
            checks,
            actor,
            channel=Channel.ONLINE,
            arrived_at=supplement.arrived_at,
            reference=supplement.reference,
        )


# --- from a pre-check to an intake ----------------------------------------------------------------------------
def _people(found: PreCheck, intake: Intake, today: date) -> tuple[Intake, list[str]]:
    applicant, sentences = _party(found.applicant, today)
    here = intake.applicant
    if here is not None:
        if _identity(here) != _identity(applicant):
            raise Rejected("pre_check", "预审的申请人和现在的申请人不是同一个，请核对证件和预审编号")
        applicant, sentences = here, []
    agent = intake.agent
    if found.agent is not None:
        person, said = _party(found.agent, today)
        assert isinstance(person, NaturalPerson)
        if agent is None:
            agent = Agent(person)
            sentences += [*said, f"代理人{person.display_name}的授权委托书要看原件，授权范围还没有填"]
        elif _identity(agent.person) != _identity(person):
            sentences.append("来的代理人和预审时的不是同一个，请看授权委托书")
    phone = intake.contact_phone or found.applicant.phone
    return replace(intake.with_applicant(applicant, agent), contact_phone=phone), sentences


def _party(record: PartyRecord, today: date) -> tuple[Applicant, list[str]]:
    """The party by the rules of typing; ``Rejected`` as there, ``Rejected("pre_check")`` for a kind nobody knows."""
    if record.kind == "entity":
        entity = legal_entity(
            name=record.name, credit_code=record.document_no, address=record.address, phone=record.phone
        )
        return entity.entity, [*entity.warnings, "预审没有法定代表人的姓名，请照营业执照补上"]
    if record.kind == "other":
        organisation = OtherOrganisation(
            name=check_name(record.name, field="organisation_name", what="组织名称", longest=200),
            certificate=check_name(record.document_type, field="certificate", what="证明文件的名称"),
            certificate_number=check_name(record.document_no, field="certificate_number", what="证明文件的编号"),
            address=record.address,
            phone=record.phone,
        )
        return organisation, ["预审没有负责人的姓名，请照证明文件补上"]
    if record.kind != "person" or record.document_type not in set(IdType):
        raise Rejected("pre_check", f"预审里“{record.name}”的证件种类看不懂，请按没有预审来办")
    checked = from_typing(
        name=record.name,
        id_type=IdType(record.document_type),
        id_number=record.document_no,
        today=today,
        address=record.address,
        phone=record.phone,
    )
    return checked.person, list(checked.warnings)


def _identity(applicant: Applicant) -> tuple[str, str]:
    if isinstance(applicant, LegalEntity):
        return "uscc", applicant.credit_code
    if isinstance(applicant, OtherOrganisation):
        return applicant.certificate, applicant.certificate_number
    return applicant.id_type.value, applicant.id_number


def _answers(found: PreCheck, matter: Matter, intake: Intake) -> tuple[Intake, list[str]]:
    sentences = []
    known = {situation.id: situation for situation in matter.situations}
    for situation_id, chosen in found.answers.items():
        situation = known.get(situation_id)
        if situation is None:
            sentences.append("预审时问过的一个情形，现在的目录里已经没有，请看一遍情形")
            continue
        options = {option.id for option in situation.options}
        if not chosen or not set(chosen) <= options or (len(chosen) > 1 and not situation.multiple):
            sentences.append(f"“{situation.question}”的答案和现在的目录对不上，请重新选")
            continue
        if not situation.is_agency:
            # Who came is seen at the window, not online.
            intake = intake.answer(situation_id, tuple(chosen))
    return intake, sentences


def _verdicts(found: PreCheck, matter: Matter, intake: Intake) -> tuple[Intake, list[str]]:
    sentences: list[str] = []
    to_compare: list[str] = []
    needed = {material.id: material for material in intake.materials}
    names = {material.id: material.name for material in matter.materials}
    gone = [names.get(check.material_id, "") for check in found.checks if check.material_id not in needed]
    for check in found.checks:
        material = needed.get(check.material_id)
        if material is None or intake.checks[check.material_id].decided:
            continue
        if _wants_original(material) and check.verdict in RECEIVED:
            to_compare.append(material.name)
            continue
        if check.verdict is not Verdict.DEFECTIVE and not found.passed:
            continue
        try:
            row = set_verdict(matter, material, MaterialCheck(material.id, pages=check.pages), check.verdict)
        except Locked as refusal:
            sentences.append(str(refusal))
            continue
        intake = intake.with_check(_taken_over(row, check))
    if gone:
        known = "、".join(name for name in gone if name) or "有的材料"
        sentences.append(f"现在的目录或情形不要：{known}，预审的结果没有用上")
    if to_compare:
        sentences.append(f"预审看的是电子件，原件还要当面核：{'、'.join(to_compare)}")
    return intake, sentences


def _wants_original(material: Material) -> bool:
    return material.form.originals > 0


def _taken_over(row: MaterialCheck, check: MaterialCheck) -> MaterialCheck:
    """The catalogue's row with what was seen: pieces, defects, the register that was asked. Dates are the window's."""
    if row.verdict is Verdict.DEFECTIVE:
        return replace(row, pieces=check.pieces, phrases=check.phrases, sentence=check.sentence, on_site=check.on_site)
    if row.verdict is Verdict.EXEMPT:
        return replace(row, source=check.source or row.source)
    return replace(row, pieces=check.pieces or row.pieces) if row.received else row
