"""What the citizen reads, made from the case as it stands: values only, so that every word can be tested.

Words follow ui.md §6 for citizens: 您, verbs first, no abbreviations. Numbers are masked (``domain.masking``); names
and addresses are those of the person who sits here, to be compared with the paper in hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from clerk_app.design.words import joined, screen_day
from clerk_app.domain.catalogue import Material
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.intake import Intake
from clerk_app.domain.masking import mask_id_number, mask_phone
from clerk_app.domain.papers import Notice, PaperKind, Span, Spans
from clerk_app.domain.persons import Agent, Applicant, LegalEntity, NaturalPerson
from clerk_app.ui.kit.paint import Mark, State


class Standing(StrEnum):
    """What the window does, in the citizen's eyes."""

    FREE = "free"
    CALLING = "calling"
    SERVING = "serving"
    AWAY = "away"

    @property
    def label(self) -> str:
        return _STANDINGS[self]


_STANDINGS = {
    Standing.FREE: "空闲",
    Standing.CALLING: "正在叫号",
    Standing.SERVING: "正在办理",
    Standing.AWAY: "暂停服务",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Hall, window and state; ``number`` is the ticket being called or served, as the hall's display shows it."""

    hall: str
    window_no: str
    standing: Standing
    number: str = ""

    @property
    def sentence(self) -> str:
        """What to do now."""
        if self.standing in {Standing.CALLING, Standing.SERVING}:
            return "请把身份证和材料交给工作人员"
        return "请等叫到您的号再过来" if self.standing is Standing.FREE else "请看大厅屏，到别的窗口办理"


Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    """One party or agent: 「申请人」 and the lines to be compared with the card."""

    heading: str
    lines: tuple[Line, ...]


Identity = tuple[Person, ...]
"""Everybody of the application, as read; equal values need no second look."""


def identity_of(intake: Intake) -> Identity:
    """The data to be confirmed; empty while nobody is recorded."""
    people: list[Person] = []
    if intake.applicant is not None:
        head = intake.matter.joint.roles[0] if intake.matter and intake.matter.joint.roles else "申请人"
        people += _party(head, intake.applicant, intake.agent, intake.contact_phone)
    for party in intake.parties:
        people += _party(party.role, party.applicant, party.agent, "")
    return tuple(people)


def _party(role: str, applicant: Applicant, agent: Agent | None, phone: str) -> list[Person]:
    made = [Person(role, _filled(_lines(applicant, phone)))]
    if agent is not None:
        made.append(Person("代理人", _filled([*_lines(agent.person, ""), ("代办", agent.scope)])))
    return made


def _lines(applicant: Applicant, phone: str) -> list[Line]:
    if isinstance(applicant, NaturalPerson):
        lines = [("姓名", applicant.display_name), ("证件号码", mask_id_number(applicant.id_number))]
    elif isinstance(applicant, LegalEntity):
        lines = [
            ("单位名称", applicant.name),
            ("信用代码", mask_id_number(applicant.credit_code)),
            ("法定代表人", applicant.legal_representative),
        ]
    else:
        lines = [
            ("名称", applicant.name),
            (applicant.certificate or "证件", mask_id_number(applicant.certificate_number)),
            ("负责人", applicant.responsible),
        ]
    return [*lines, ("住址", applicant.address), ("手机", mask_phone(phone or applicant.phone))]


def _filled(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line[1])


@dataclass(frozen=True, slots=True)
class Listed:
    """A material: its mark and word, and under the name what is asked for, or what is the matter with it."""

    number: int
    name: str
    below: str
    mark: Mark
    word: str
    state: State


@dataclass(frozen=True, slots=True)
class Guide:
    """The matter's guide, and, once the clerk ticks (``ticking``), how far it is."""

    matter: str
    facts: str
    heading: str
    rows: tuple[Listed, ...]
    ticking: bool
    note: str = ""


_MARKS: dict[Verdict, tuple[Mark, str, State]] = {
    Verdict.PENDING: (Mark.OPEN, "还没查", State.NEUTRAL),
    Verdict.ORIGINAL: (Mark.DONE, "已收", State.OK),
    Verdict.COPY: (Mark.DONE, "已收", State.OK),
    Verdict.ELECTRONIC: (Mark.DONE, "已收", State.OK),
    Verdict.EXEMPT: (Mark.FREE, "不用交", State.FREE),
    Verdict.TOLERATED: (Mark.OWED, "以后补", State.WARN),
    Verdict.DEFECTIVE: (Mark.BAD, "有问题", State.BAD),
    Verdict.NOT_APPLICABLE: (Mark.APART, "用不着", State.NEUTRAL),
}


def guide_of(intake: Intake, *, ticking: bool) -> Guide | None:
    """What the matter asks for; None while no matter is chosen."""
    matter = intake.matter
    if matter is None:
        return None
    if intake.ending is not None:
        return Guide(matter.name, "", "", (), ticking=False, note=intake.ending.text)
    rows = tuple(_listed(number, m, row, ticking=ticking) for number, (m, row) in enumerate(intake.rows, 1))
    decided = sum(row.decided for _, row in intake.rows)
    heading = f"材料查了 {decided} 项，共 {len(rows)} 项" if ticking else f"要交的材料，共 {len(rows)} 项"
    limit = matter.promised_limit.text if matter.promised_limit else ""
    fee = (matter.fee_text or "按规定收费") if matter.fee_charged else "不收费"
    facts = joined(f"承诺 {limit}办完" if limit else "", fee)
    return Guide(matter.name, facts, heading, rows, ticking, "" if rows else "这件事不用交材料")


def _listed(number: int, material: Material, row: MaterialCheck, *, ticking: bool) -> Listed:
    mark, word, state = _MARKS[row.verdict]
    if row.verdict is Verdict.PENDING and not ticking:
        word = "要交"
    return Listed(number, material.name, _below(material, row), mark, word, state)


def _below(material: Material, row: MaterialCheck) -> str:
    if row.verdict is Verdict.DEFECTIVE:
        return "、".join(row.phrases) or row.sentence or "不符合要求"
    if row.verdict is Verdict.EXEMPT:
        return row.source or (material.exemption.reason if material.exemption else "")
    if row.verdict is Verdict.TOLERATED and row.due is not None:
        return f"{material.form.text}，{screen_day(row.due)}前补齐"
    return material.form.text


@dataclass(frozen=True, slots=True)
class Document:
    """A paper as it is read before it is signed: what it means and its dates first, then everything else on it.

    ``dates`` are the facts and sentences with something bold, which people look for; ``rows`` are (name, what of it).
    """

    title: str
    number: str
    lead: str
    dates: tuple[Spans, ...]
    addressee: str
    opening: Spans
    facts: tuple[Spans, ...]
    heading: str
    rows: tuple[Line, ...]
    closing: tuple[Spans, ...]


_LEADS: dict[PaperKind, str] = {
    PaperKind.ACCEPTANCE_NOTICE: "您的申请已经受理",
    PaperKind.NON_ACCEPTANCE_NOTICE: "这件事不受理，理由和去处写在下面",
    PaperKind.SUPPLEMENT_NOTICE: "还缺下面的材料，请在写明的日期前补齐",
    PaperKind.DEFICIENCY_NOTICE: "您的申请已经受理，欠的材料请在写明的日期前补齐",
    PaperKind.DEFICIENCY_COMMITMENT: "您承诺在写明的日期前补齐所欠的材料",
    PaperKind.COMMITMENT_LETTER: "您承诺下面写的都属实，并愿意承担不实的后果",
    PaperKind.SPECIAL_PROCEDURE_NOTICE: "下面的程序要另用时间，不算在办理期限里",
    PaperKind.EXTENSION_NOTICE: "办理期限要延长，理由和新的日期写在下面",
    PaperKind.GRANT_DECISION: "您的申请已经准予",
    PaperKind.REFUSAL_DECISION: "您的申请没有准予，理由和救济途径写在下面",
    PaperKind.SERVICE_RECEIPT: "签名表示下面的文书已经交到您手里",
    PaperKind.COLLECTION_NOTICE: "结果已经办好，请来领取",
    PaperKind.COLLECTION_SLIP: "签名表示下面的结果您已经领走",
    PaperKind.RETURN_NOTICE: "下面的材料退还给您",
    PaperKind.WITHDRAWAL_NOTICE: "您撤回了这件申请",
    PaperKind.TERMINATION_NOTICE: "这件申请不再办理，理由写在下面",
    PaperKind.PAYMENT_NOTICE: "请按写明的金额和日期缴费",
    PaperKind.GUIDANCE_NOTICE: "办这件事要带的都在下面",
}


def document_of(notice: Notice) -> Document:
    """The paper in the citizen's reading order; nothing of it is left out but office details and codes."""
    facts = [(Span(f"{fact.label}："), *fact.value) for fact in notice.facts]
    return Document(
        title=notice.title,
        number=notice.document_number,
        lead=_LEADS.get(notice.kind, ""),
        dates=tuple(spans for spans in (*facts, *notice.closing) if _has_bold(spans)),
        addressee=notice.addressee,
        opening=notice.opening,
        facts=tuple(spans for spans in facts if not _has_bold(spans)),
        heading=notice.list_heading,
        rows=tuple(_row(row) for row in notice.rows),
        closing=tuple(spans for spans in notice.closing if not _has_bold(spans)),
    )


def _has_bold(spans: Spans) -> bool:
    return any(span.bold for span in spans)


def _row(cells: tuple[str, ...]) -> Line:
    """「3. 营业执照」 and the other cells; a list whose first column is no number keeps it as the name."""
    if len(cells) > 1 and cells[0].strip().isdigit():
        return f"{cells[0].strip()}. {cells[1]}", joined(*cells[2:])
    return cells[0] if cells else "", joined(*cells[1:])
