"""What the papers of one case share: who issues them and under which number, the people, the list of materials.

Common head: title, document number, case number with QR code and barcode, copies and their holders. Common foot:
agency, place of the seal, date, clerk, window, telephone, signature with time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from clerk_app.domain.acts import CaseAct, SealKind
from clerk_app.domain.calendar import BEIJING
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.catalogue import Material, Matter
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.conclusion import Conclusion
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.identity import IdType
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import clause_for
from clerk_app.domain.masking import mask_id_number, mask_phone
from clerk_app.domain.papers import APPLICANT_SIGNS, TWO_COPIES, Column, Fact, Notice, PaperKind, Span, Spans, plain
from clerk_app.domain.persons import Agent, Applicant, LegalEntity, NaturalPerson, OtherOrganisation, Party
from clerk_app.domain.wording import paper_day, paper_moment

ACCEPTANCE_SEAL = SealKind.ACCEPTANCE.label
APPROVAL_SEAL = SealKind.APPROVAL.label

MATERIAL_COLUMNS = (
    Column("序号", 0.08, "centre"),
    Column("材料名称", 0.42),
    Column("形式", 0.13, "centre"),
    Column("份数", 0.08, "centre"),
    Column("页数", 0.08, "centre"),
    Column("结果", 0.21, "centre"),
)
FORMS = {Verdict.ORIGINAL: "原件", Verdict.COPY: "复印件", Verdict.ELECTRONIC: "电子件"}


def local(moment: datetime) -> datetime:
    """The moment as clocks in the hall show it; one without a zone is taken as it is."""
    return moment.astimezone(BEIJING) if moment.tzinfo is not None else moment


@dataclass(frozen=True, slots=True)
class Issue:
    """One paper about one case: by whom, at which window, when and under which document number it is issued."""

    conclusion: Conclusion
    kind: PaperKind
    number: str
    at: datetime
    clerk: str
    window_no: str

    @classmethod
    def of_conclusion(cls, c: Conclusion, kind: PaperKind) -> Issue:
        """Issued with the conclusion, by who concluded."""
        return cls(
            c, kind, c.numbers.documents[kind], local(c.concluded_at), c.actor.user_name, c.actor.window_no or ""
        )

    @classmethod
    def of_act(cls, c: Conclusion, act: CaseAct, kind: PaperKind, number: str) -> Issue:
        """Issued with a later act, by its doer."""
        return cls(c, kind, number, local(act.at), act.by.name, act.by.window_no)

    @property
    def intake(self) -> Intake:
        return self.conclusion.intake

    @property
    def matter(self) -> Matter:
        return self.conclusion.matter

    @property
    def hall(self) -> HallProfile:
        return self.conclusion.hall

    @property
    def agency(self) -> str:
        return self.hall.agency(self.matter.department)

    @property
    def phone(self) -> str:
        return self.matter.phone or self.hall.phone

    @property
    def you(self) -> str:
        """How the paper speaks to the applicant."""
        if self.intake.parties:
            return "你们"
        return "你单位" if isinstance(self.intake.applicant, LegalEntity | OtherOrganisation) else "你"

    @property
    def received(self) -> str:
        return paper_moment(local(self.conclusion.received_at))


def paper(
    issue: Issue,
    title: str,
    *,
    addressee: str | None = None,
    opening: Spans = (),
    facts: Sequence[Fact] = (),
    list_heading: str = "",
    columns: tuple[Column, ...] = (),
    rows: Sequence[tuple[str, ...]] = (),
    closing: Sequence[Spans] = (),
    seal: str = ACCEPTANCE_SEAL,
    signatures: tuple[str, ...] = (APPLICANT_SIGNS,),
    holders: tuple[str, ...] = TWO_COPIES,
) -> Notice:
    """The paper with its head and foot. ``addressee`` is the applicants' names unless another is given."""
    number = issue.conclusion.numbers.case
    names = "、".join(party.name for party in issue.intake.people)
    return Notice(
        kind=issue.kind,
        title=title,
        document_number=issue.number,
        case_number=number,
        addressee=f"{names}：" if addressee is None else addressee,
        opening=opening,
        facts=tuple(facts),
        list_heading=list_heading,
        columns=columns,
        rows=tuple(rows),
        closing=tuple(closing),
        handler=handler(issue.hall, issue.clerk, issue.window_no, issue.phone),
        query_hint=query_hint(issue.hall, number),
        query=query_text(issue.conclusion),
        agency=issue.agency,
        seal=seal,
        issued_on=issue.at.date(),
        footer=footer(issue.matter),
        signatures=signatures,
        holders=holders,
    )


def query_text(conclusion: Conclusion) -> str:
    """What the QR code of the papers carries: an address, or the number alone when the hall has none."""
    number = conclusion.numbers.case
    base = conclusion.hall.query_url
    return f"{base}{number}" if base else number


def query_hint(hall: HallProfile, number: str) -> str:
    """Where the applicant asks how the case stands."""
    if hall.query_url:
        return f"进度查询：扫右上角二维码，或在任一政务大厅报编号 {number}。"
    return f"进度查询：在任一政务大厅出示右上角的码，或报编号 {number}。"


def handler(hall: HallProfile, clerk: str, window_no: str, phone: str) -> str:
    """Clerk, window and telephones in one line."""
    desk = f"{clerk}（{window_no}号窗口）" if window_no else clerk
    return f"经办：{desk}  咨询：{phone}  监督投诉：{hall.supervision_phone}"


def footer(matter: Matter) -> str:
    """Under which version of the catalogue the case was taken."""
    return f"目录第 {matter.version} 版 · 事项编码 {matter.code}"


def by_law(c: Conclusion) -> str:
    """The clause of the outcome, or the published guide where the catalogue names no basis."""
    clause = clause_for(c.matter.procedure_law, c.outcome, c.matter.legal_basis)
    return clause.citation if clause else "本事项公布的办事指南"


def remedies(what: str) -> str:
    """Reconsideration and suit: 行政复议法 (2023) 第二十条, 行政诉讼法第四十六条, the general periods."""
    return (
        f"如不服本决定，可以自收到本{what}之日起六十日内依法申请行政复议，"
        f"也可以自收到本{what}之日起六个月内依法向人民法院提起行政诉讼。"
    )


# --- the people ---------------------------------------------------------------------------------------------------
def matter_fact(issue: Issue) -> Fact:
    return Fact("事项", plain(issue.matter.name))


def who(issue: Issue) -> tuple[Fact, ...]:
    """The matter and everybody in it: applicant with certificate and address, agent, co-applicants, contacts."""
    intake = issue.intake
    facts = [matter_fact(issue), *_applicant(issue), *_agent(intake.agent)]
    facts += [Fact(party.role or "共同申请人", plain(_party(party))) for party in intake.parties]
    if intake.contacts:
        names = "；".join(
            f"{one.name} {mask_phone(one.phone)}" + (f"（{one.relation}）" if one.relation else "")
            for one in intake.contacts
        )
        facts.append(Fact("联系人", plain(names)))
    return tuple(facts)


def short_who(issue: Issue) -> tuple[Fact, ...]:
    """Matter and applicant in two lines, for the papers after acceptance."""
    return (matter_fact(issue), Fact("申请人", plain("；".join(_party(one) for one in issue.intake.people))))


def typed_fact(intake: Intake) -> tuple[Fact, ...]:
    """Who was typed and not read from a card; empty when all cards were read."""
    typed = []
    for party in intake.people:
        for name, one in ((party.name, party.applicant), (party.agent.name if party.agent else "", _person(party))):
            if isinstance(one, NaturalPerson) and one.entered == "typed":
                read = "未读身份证" if one.id_type is IdType.RESIDENT else "未读证件芯片"
                why = f"（{one.without_card}）" if one.without_card else ""
                typed.append(f"{name}{read}{why}，手工录入核对")
    return (Fact("身份核验", plain("；".join(typed))),) if typed else ()


def _person(party: Party) -> NaturalPerson | None:
    return party.agent.person if party.agent else None


def _applicant(issue: Issue) -> list[Fact]:
    applicant = issue.intake.applicant
    phone = plain(_phone(issue.intake))
    facts: list[Fact] = []
    if isinstance(applicant, LegalEntity):
        facts += [
            Fact("信用代码", plain(applicant.credit_code), half=True),
            Fact("法定代表人", plain(applicant.legal_representative or "—"), half=True),
        ]
    elif isinstance(applicant, OtherOrganisation):
        facts += [
            Fact("证明文件", plain(f"{applicant.certificate} {applicant.certificate_number}"), half=True),
            Fact("负责人", plain(applicant.responsible or "—"), half=True),
        ]
    elif applicant is not None:
        facts += [
            Fact("身份号码", plain(mask_id_number(applicant.id_number)), half=True),
            Fact("联系电话", phone, half=True),
        ]
    if applicant is not None and applicant.address:
        facts.append(Fact("住所", plain(applicant.address)))
    if isinstance(applicant, LegalEntity | OtherOrganisation) and not issue.intake.contacts:
        facts.append(Fact("联系电话", phone))
    return facts


def _phone(intake: Intake) -> str:
    phone = intake.contact_phone or (intake.applicant.phone if intake.applicant else "")
    return mask_phone(phone) or "—"


def _agent(agent: Agent | None) -> list[Fact]:
    if agent is None:
        return []
    return [
        Fact("代理人", plain(f"{agent.name} {mask_id_number(agent.person.id_number)}"), half=True),
        Fact("代理人电话", plain(mask_phone(agent.person.phone) or "—"), half=True),
        Fact("授权", plain(_powers(agent))),
    ]


def _powers(agent: Agent) -> str:
    parts = [agent.scope or "授权委托书没有写明权限"]
    if agent.signed_on:
        parts.append(f"{paper_day(agent.signed_on)}签署")
    if agent.valid_to:
        parts.append(f"有效期至{paper_day(agent.valid_to)}")
    text = "，".join(parts)
    return text if agent.statutory else f"授权委托书：{text}"


def _party(party: Party) -> str:
    text = f"{party.name} {_number(party.applicant)}".rstrip()
    if party.agent is not None:
        text += f"（代理人 {party.agent.name} {mask_id_number(party.agent.person.id_number)}）"
    return text


def _number(applicant: Applicant) -> str:
    if isinstance(applicant, LegalEntity):
        return applicant.credit_code
    if isinstance(applicant, OtherOrganisation):
        return applicant.certificate_number
    return mask_id_number(applicant.id_number)


# --- materials ----------------------------------------------------------------------------------------------------
def material_row(number: int, material: Material, row: MaterialCheck) -> tuple[str, ...]:
    """One line of ``MATERIAL_COLUMNS``."""
    name = material.name
    if row.verdict is Verdict.EXEMPT:
        return (str(number), name, "—", "—", "—", f"免交（{row.source}）")
    if row.verdict is Verdict.TOLERATED:
        until = f"（{row.due.month}月{row.due.day}日前）" if row.due else ""
        return (str(number), name, "—", str(row.pieces), "—", f"容缺，后补{until}")
    if row.verdict is Verdict.NOT_APPLICABLE:
        return (str(number), name, "—", "—", "—", "不适用")
    form = FORMS.get(row.verdict, "—")
    result = "已收（当场更正）" if row.corrected else "已收"
    if row.verdict is Verdict.COPY and material.form.original_handling == "核验后退还":
        result += "，原件已核"
    return (str(number), name, form, str(row.pieces), str(row.pages) if row.pages else "—", result)


def supplied(intake: Intake, file: CaseFile) -> Mapping[str, MaterialCheck]:
    """The checklist with everything in it that came later: material id → row."""
    checks = dict(intake.checks)
    for act in file.acts:
        if act.facts.arrival is not None:
            checks |= {check.material_id: check for check in act.facts.arrival.checks}
    return checks


def accepted_fact(file: CaseFile) -> tuple[Fact, ...]:
    """When the case was accepted, where it was."""
    return (Fact("受理时间", plain(paper_moment(local(file.accepted_at)))),) if file.accepted_at else ()


def bold(day: date) -> Span:
    """A day that people look for."""
    return Span(paper_day(day), bold=True)
