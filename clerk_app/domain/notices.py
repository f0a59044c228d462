"""The A4 papers of a concluded case, element by element as the law lists them.

受理、不予受理: 行政许可法第三十二条第二款 (written proof, dedicated seal, date). 补正: everything at once, with
standard, copies, how, where, by when and what follows. Times that do not count (第四十五条) are told in writing.
"""

from __future__ import annotations

from clerk_app.domain.calendar import Due
from clerk_app.domain.catalogue import Material
from clerk_app.domain.checklist import MaterialCheck, Verdict, notice_sentence
from clerk_app.domain.conclusion import Conclusion, competent_body, document_kinds, ending_reason
from clerk_app.domain.law import REMEDIES, OutcomeKind, ProcedureLaw, clause_for, silence_accepts, supplement_title
from clerk_app.domain.masking import mask_id_number, mask_phone
from clerk_app.domain.papers import Column, Fact, Notice, PaperKind, Span, Spans, plain
from clerk_app.domain.persons import LegalEntity, NaturalPerson
from clerk_app.domain.wording import paper_day, paper_moment

_MATERIAL_COLUMNS = (
    Column("序号", 0.08, "centre"),
    Column("材料名称", 0.42),
    Column("形式", 0.13, "centre"),
    Column("份数", 0.08, "centre"),
    Column("页数", 0.08, "centre"),
    Column("结果", 0.21, "centre"),
)
_DEFECT_COLUMNS = (
    Column("序号", 0.08, "centre"),
    Column("材料", 0.27),
    Column("需要补正的内容与标准", 0.48),
    Column("份数", 0.17, "centre"),
)


def notices_for(conclusion: Conclusion) -> tuple[Notice, ...]:
    """The A4 papers of this conclusion, in the order of printing; empty when the outcome has none."""
    return tuple(_MAKERS[kind](conclusion) for kind in document_kinds(conclusion.outcome) if kind in _MAKERS)


def query_text(conclusion: Conclusion) -> str:
    """What the QR code of the papers carries: an address, or the number alone when the hall has none."""
    number = conclusion.numbers.case
    base = conclusion.hall.query_url
    return f"{base}{number}" if base else number


def _acceptance(c: Conclusion) -> Notice:
    titles = {
        OutcomeKind.ACCEPTED: "受理通知书",
        OutcomeKind.ACCEPTED_WITH_DEFICIENCY: "容缺受理通知书",
        OutcomeKind.ACCEPTED_BY_COMMITMENT: "受理通知书（告知承诺）",
        OutcomeKind.DEEMED_ACCEPTED: "受理通知书（视为受理）",
    }
    found = {
        OutcomeKind.ACCEPTED: "材料齐全、符合法定形式",
        OutcomeKind.ACCEPTED_WITH_DEFICIENCY: "主要材料齐全、符合法定形式，所欠材料列入可容缺清单",
        OutcomeKind.ACCEPTED_BY_COMMITMENT: "申请人已按告知承诺方式作出书面承诺",
        OutcomeKind.DEEMED_ACCEPTED: "自收件之日起没有在法定期限内告知，依法视为收件之日受理",
    }
    opening = (
        f"{_you(c)}于{paper_moment(c.received_at)}提出的下列申请，{found[c.outcome]}。"
        f"根据{_by_law(c)}，本机关决定予以受理。"
    )
    closing: list[Spans] = []
    if c.outcome is OutcomeKind.ACCEPTED_WITH_DEFICIENCY and c.tolerance_due:
        lacking = "、".join(m.name for _, m, _ in c.intake.numbered(Verdict.TOLERATED))
        closing.append(
            (
                Span(f"欠交材料：{lacking}。申请人承诺于"),
                Span(_day(c.tolerance_due), bold=True),
                Span("前补齐（窗口、邮寄均可，以到达日为准）；逾期未补的终止办理，由此造成的损失由申请人承担。"),
            )
        )
    if c.outcome is OutcomeKind.ACCEPTED_BY_COMMITMENT:
        declaration = "；".join(c.matter.commitment.declaration)
        closing.append(plain(f"申请人承诺：{declaration}。{c.matter.commitment.failure}。"))
    return _notice(
        c,
        document_kinds(c.outcome)[0],
        titles[c.outcome],
        opening=plain(opening),
        facts=(*_who(c), *_acceptance_facts(c)),
        list_heading="收到的材料：",
        columns=_MATERIAL_COLUMNS,
        rows=tuple(_material_row(n, m, row) for n, (m, row) in enumerate(c.intake.rows, 1)),
        closing=tuple(closing),
    )


def _acceptance_facts(c: Conclusion) -> tuple[Fact, ...]:
    assert c.accepted_at is not None
    fee = (c.matter.fee_text or "按规定收费") if c.matter.fee_charged else "不收费"
    facts = [
        Fact("受理时间", (Span(paper_moment(c.accepted_at), bold=True),), half=len(fee) <= 8),
        Fact("是否收费", plain(fee), half=len(fee) <= 8),
        Fact("办理期限", _limits(c)),
        Fact("领取方式", plain(_delivery(c))),
    ]
    return tuple(facts)


def _limits(c: Conclusion) -> Spans:
    m = c.matter
    spans: list[Span] = []
    if m.statutory_limit is not None:
        text = m.statutory_limit.text
        spans.append(Span(f"法定期限{text}；" if text.startswith("无") else f"法定 {text}；"))
    if m.promised_limit is None:
        spans.append(Span("承诺期限目录未载明。"))
    elif c.promised is not None:
        by = paper_moment(c.promised.at) if m.promised_limit.unit in {"分钟", "小时"} else paper_day(c.promised.at)
        spans += [Span("承诺 "), Span(m.promised_limit.text, bold=True), Span("，即 "), Span(by, bold=True)]
        spans.append(Span(" 前作出决定。"))
        if c.promised.provisional:
            spans.append(Span("（暂定：该年放假安排尚未公布，公布后以新日期为准）"))
    else:
        spans += [Span("承诺 "), Span(m.promised_limit.text, bold=True)]
        spans.append(Span(f"，自{m.promised_limit.starts_from}起算。"))
    if m.excluded_procedures:
        spans.append(Span(f"{'、'.join(m.excluded_procedures)}所需时间不计入期限，另行书面告知。"))
    if m.counted_procedures:
        spans.append(Span(f"{'、'.join(m.counted_procedures)}计入期限。"))
    return tuple(spans)


def _delivery(c: Conclusion) -> str:
    if c.intake.delivery == "post":
        return "邮寄：按申请人填写的地址寄送"
    return f"窗口自取：{c.hall.name}{c.hall.area}任一综合窗口，凭本通知书和身份证，免取号"


def _supplement(c: Conclusion) -> Notice:
    assert c.supplement_due is not None
    by = paper_day(c.supplement_due)
    silence = silence_accepts(c.matter.procedure_law)
    opening = (
        f"{_you(c)}于{paper_moment(c.received_at)}提出的“{c.matter.name}”申请，"
        f"根据{_by_law(c)}，经审查需要补正下列全部材料，现一次告知："
    )
    defects = c.intake.numbered(Verdict.DEFECTIVE)
    closing: list[Spans] = [
        (
            Span("请于"),
            Span(by, bold=True),
            Span(f"前任选一种方式提交：窗口（{c.hall.area or c.hall.name}任一综合窗口，免取号）、邮寄。"),
            Span("补齐当日即受理。逾期未补正的，可以重新申请。"),
        )
    ]
    if c.matter.procedure_law is not ProcedureLaw.OWN:
        closing.append(plain(f"本告知书没有列出的材料，以后不再要求补正。{silence}。"))
    if c.matter.procedure_law is ProcedureLaw.REAL_ESTATE:
        closing.append(plain(REMEDIES))
    return _notice(
        c,
        PaperKind.SUPPLEMENT_NOTICE,
        supplement_title(c.matter.procedure_law),
        opening=plain(opening),
        facts=_who(c),
        list_heading="需要补正的材料：",
        columns=_DEFECT_COLUMNS,
        rows=tuple((str(n), m.name, notice_sentence(m, row), m.form.text) for n, m, row in defects),
        closing=tuple(closing),
    )


def _non_acceptance(c: Conclusion) -> Notice:
    not_required = c.outcome is OutcomeKind.NOT_REQUIRED
    reason = ending_reason(c.intake)
    decision = "不予受理" if not not_required else "即时告知不受理"
    opening = (
        f"{_you(c)}于{paper_moment(c.received_at)}提出的“{c.matter.name}”申请，根据{_by_law(c)}，本机关决定{decision}。"
    )
    facts = list(_who(c))
    facts.append(Fact("不予受理的事实和理由", plain(reason or "申请事项依法不属于本机关职权范围")))
    if not not_required:
        facts.append(Fact("应当申请的机关", (Span(competent_body(c.intake), bold=True),)))
    return _notice(
        c,
        PaperKind.NON_ACCEPTANCE_NOTICE,
        "不予受理通知书",
        opening=plain(opening),
        facts=tuple(facts),
        list_heading="",
        columns=(),
        rows=(),
        closing=(plain("提交的材料已当场全部退还申请人。"), plain(REMEDIES)),
    )


def _notice(
    c: Conclusion,
    kind: PaperKind,
    title: str,
    *,
    opening: Spans,
    facts: tuple[Fact, ...],
    list_heading: str,
    columns: tuple[Column, ...],
    rows: tuple[tuple[str, ...], ...],
    closing: tuple[Spans, ...],
) -> Notice:
    hall = c.hall
    phone = c.matter.phone or hall.phone
    return Notice(
        kind=kind,
        title=title,
        document_number=c.numbers.documents[kind],
        case_number=c.numbers.case,
        addressee=f"{c.intake.applicant_name}：",
        opening=opening,
        facts=facts,
        list_heading=list_heading,
        columns=columns,
        rows=rows,
        closing=closing,
        handler=(
            f"经办：{c.actor.user_name}（{c.actor.window_no}号窗口）  咨询：{phone}  监督投诉：{hall.supervision_phone}"
        ),
        query_hint=(
            f"进度查询：扫右上角二维码，或在任一政务大厅报编号 {c.numbers.case}。"
            if hall.query_url
            else f"进度查询：在任一政务大厅出示右上角的码，或报编号 {c.numbers.case}。"
        ),
        query=query_text(c),
        agency=hall.agency(c.matter.department),
        seal="受理专用章",
        issued_on=c.concluded_at.date(),
        sign_label="申请人（代理人）签收",
        footer=f"目录第 {c.matter.version} 版 · 事项编码 {c.matter.code}",
    )


def _who(c: Conclusion) -> tuple[Fact, ...]:
    applicant, agent = c.intake.applicant, c.intake.agent
    facts = [Fact("事项", plain(c.matter.name))]
    if isinstance(applicant, LegalEntity):
        facts += [
            Fact("信用代码", plain(applicant.credit_code), half=True),
            Fact("法定代表人", plain(applicant.legal_representative), half=True),
        ]
    elif isinstance(applicant, NaturalPerson):
        facts += [
            Fact("身份号码", plain(mask_id_number(applicant.id_number)), half=True),
            Fact("联系电话", plain(_phone(c)), half=True),
        ]
    if applicant is not None and applicant.address:
        facts.append(Fact("住所", plain(applicant.address)))
    if agent is not None:
        person = agent.person
        facts.append(Fact("代理人", plain(f"{agent.name} {mask_id_number(person.id_number)}"), half=True))
        facts.append(Fact("代理人电话", plain(mask_phone(person.phone) or "—"), half=True))
    return tuple(facts)


def _phone(c: Conclusion) -> str:
    phone = c.intake.contact_phone or (c.intake.applicant.phone if c.intake.applicant else "")
    return mask_phone(phone) or "—"


def _you(c: Conclusion) -> str:
    return "你单位" if isinstance(c.intake.applicant, LegalEntity) else "你"


def _by_law(c: Conclusion) -> str:
    clause = clause_for(c.matter.procedure_law, c.outcome, c.matter.legal_basis)
    return clause.citation if clause else "本事项公布的办事指南"


def _day(moment: Due) -> str:
    return paper_day(moment.at)


def _material_row(number: int, material: Material, row: MaterialCheck) -> tuple[str, ...]:
    name = material.name
    if row.verdict is Verdict.EXEMPT:
        return (str(number), name, "—", "—", "—", f"免交（{row.source}）")
    if row.verdict is Verdict.TOLERATED:
        until = f"（{row.due.month}月{row.due.day}日前）" if row.due else ""
        return (str(number), name, "—", "0", "—", f"容缺，后补{until}")
    if row.verdict is Verdict.NOT_APPLICABLE:
        return (str(number), name, "—", "—", "—", "不适用")
    form = {Verdict.ORIGINAL: "原件", Verdict.COPY: "复印件", Verdict.ELECTRONIC: "电子件"}.get(row.verdict, "—")
    result = "已收（当场更正）" if row.corrected else "已收"
    if row.verdict is Verdict.COPY and material.form.original_handling == "核验后退还":
        result += "，原件已核"
    return (str(number), name, form, str(row.pieces), str(row.pages) if row.pages else "—", result)


_MAKERS = {
    PaperKind.ACCEPTANCE_NOTICE: _acceptance,
    PaperKind.DEFICIENCY_NOTICE: _acceptance,
    PaperKind.SUPPLEMENT_NOTICE: _supplement,
    PaperKind.NON_ACCEPTANCE_NOTICE: _non_acceptance,
}
