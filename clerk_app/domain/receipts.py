"""The thermal papers: the receipt of a concluded case (收件凭证) and what to bring, for the queue ticket."""

from __future__ import annotations

from clerk_app.domain.acts import SealKind
from clerk_app.domain.catalogue import CardHolder, Material, Matter, needed_materials
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.conclusion import Conclusion, gives_receipt
from clerk_app.domain.guidance import READ_AT_WINDOW
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.masking import mask_id_number
from clerk_app.domain.paper_parts import query_text
from clerk_app.domain.papers import BringItem, Receipt, ReceiptRow
from clerk_app.domain.persons import NaturalPerson
from clerk_app.domain.wording import paper_day, paper_moment

_FORMS = {Verdict.ORIGINAL: "原件", Verdict.COPY: "复印件", Verdict.ELECTRONIC: "电子件", Verdict.EXEMPT: "免交"}


def receipt_for(c: Conclusion) -> Receipt | None:
    """The receipt, or None when no paper stays at the window."""
    if not gives_receipt(c.outcome):
        return None
    rows = tuple(_row(n, m, row) for n, (m, row) in enumerate(c.intake.rows, 1))
    kept = [row for _, row in c.intake.rows if row.received or row.verdict is Verdict.DEFECTIVE]
    agent = c.intake.agent.person if c.intake.agent else None
    applicant = c.intake.applicant
    number = agent.id_number if agent else applicant.id_number if isinstance(applicant, NaturalPerson) else ""
    accepted = c.accepted_at is not None
    return Receipt(
        hall_name=c.hall.name,
        case_number=c.numbers.case,
        received_at=c.received_at,
        matter=c.matter.name,
        agency=c.hall.agency(c.matter.department),
        applicant=c.intake.applicant_name,
        agent=agent.display_name if agent else "",
        agent_number=mask_id_number(number),
        rows=rows,
        total_pieces=sum(row.pieces for row in kept),
        total_pages=sum(row.pages for row in kept),
        statement="已受理" if accepted else "收件不等于受理",
        explanation=_explanation(c),
        query=query_text(c),
        phone=c.matter.phone or c.hall.phone,
        window=c.actor.window_no or "",
        clerk=c.actor.user_name,
        seal=SealKind.ACCEPTANCE.label,
    )


def _explanation(c: Conclusion) -> str:
    if c.outcome is OutcomeKind.SUPPLEMENT_REQUESTED:
        defects = c.intake.numbered(Verdict.DEFECTIVE)
        which = "、".join(f"材料 {n}" for n, _, _ in defects)
        return (
            f"已当场送达《补正材料一次性告知书》，要补 {len(defects)} 项：{which}。"
            "补齐当日受理，到任一综合窗口，不用再取号。"
        )
    text = f"已当场送达《受理通知书》{c.numbers.document}。"
    if c.promised is not None:
        minutes = c.matter.promised_limit is not None and c.matter.promised_limit.unit in {"分钟", "小时"}
        at = c.promised.at
        text += f"{paper_moment(at) if minutes else paper_day(at)}前办结。"
        if c.promised.provisional:
            text += "（暂定，放假安排公布后以新日期为准）"
    elif c.matter.promised_limit is not None:
        text += f"自{c.matter.promised_limit.starts_from}起{c.matter.promised_limit.text}办结。"
    if c.tolerance_due is not None:
        at = c.tolerance_due.at
        text += f"欠交的材料请于 {at.month}月{at.day}日前补齐。"
    return text


def _row(number: int, material: Material, row: MaterialCheck) -> ReceiptRow:
    if row.received:
        return ReceiptRow(number, material.name, _FORMS[row.verdict], str(row.pieces), str(row.pages or "-"))
    if row.verdict is Verdict.DEFECTIVE:
        form = "待补正" if row.pieces else "未交"
        return ReceiptRow(number, material.name, form, str(row.pieces or "-"), str(row.pages or "-"))
    word = {Verdict.EXEMPT: "免交", Verdict.TOLERATED: "容缺", Verdict.NOT_APPLICABLE: "不适用"}.get(row.verdict, "-")
    return ReceiptRow(number, material.name, word, "-", "-")


def bring_list(matter: Matter) -> tuple[BringItem, ...]:
    """What a citizen has to bring for a matter in its usual situation.

    Only the own identity card is named as spared: the window reads it. Other exemptions (三免) hold when a register was
    asked, which nobody has done yet when the ticket is printed; promising them here would send people home twice.
    """
    return tuple(
        BringItem(m.name, m.form.text, READ_AT_WINDOW if m.card_holder is CardHolder.APPLICANT else "")
        for m in needed_materials(matter, {})
    )
