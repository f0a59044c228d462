"""Papers between acceptance and issue: special procedure, extension, payment, and the decision itself.

行政许可法第三十八条 (reasons and remedies of a refusal), 第四十二条 (extension), 第四十五条 (excluded time), 第五十九条
(fees) for licences; every other matter cites the basis that the clerk names and its own law.
"""

from __future__ import annotations

from datetime import datetime

from clerk_app.domain.acts import CaseAct, Decision
from clerk_app.domain.calendar import WORKING_DAY
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.law import ProcedureLaw
from clerk_app.domain.paper_clauses import cited, clause_of, extension_clause, suspension_clause
from clerk_app.domain.paper_parts import APPROVAL_SEAL, Issue, accepted_fact, bold, local, paper, remedies, short_who
from clerk_app.domain.papers import Fact, Notice, PaperKind, Span, Spans, plain
from clerk_app.domain.wording import paper_day

_GUIDE = "本事项公布的办事指南"


def special_procedure(issue: Issue, file: CaseFile, act: CaseAct) -> Notice:
    """特别程序告知书: kind, basis, start, expected time; that this time does not count."""
    suspension = act.facts.suspension
    assert suspension is not None
    basis = cited(suspension_clause(issue.matter, suspension.cause), suspension.basis)
    return paper(
        issue,
        "特别程序告知书",
        opening=plain(
            f"{issue.you}申请的“{issue.matter.name}”需要进行{suspension.cause.label}。"
            f"根据{basis}，所需时间不计算在办理期限内，现书面告知如下："
        ),
        facts=(
            *short_who(issue),
            *accepted_fact(file),
            Fact("特别程序", (Span(suspension.cause.label, bold=True),)),
            Fact("依据", plain(basis)),
            Fact("开始日期", plain(paper_day(suspension.starts_on)), half=True),
            Fact("所需时间", (Span(suspension.expected, bold=True),), half=True),
            *((Fact("原定期限", plain(f"{paper_day(local(file.promised))}前作出决定")),) if file.promised else ()),
        ),
        closing=(plain("特别程序结束后继续计算办理期限，作出决定的日期相应顺延，届时可以查询。"),),
    )


def extension(issue: Issue, file: CaseFile, act: CaseAct) -> Notice:
    """延长办理期限告知书: the reason, who approved it, the new date. Once only."""
    facts = act.facts.extension
    assert facts is not None
    unit = (file.opening.extension.unit if file.opening.extension else None) or WORKING_DAY
    basis = cited(extension_clause(issue.matter), act.facts.basis) or _GUIDE
    new = facts.statutory or facts.promised
    old = file.statutory or file.promised
    approver = " ".join(part for part in (facts.approver_title, facts.approver) if part.strip())
    return paper(
        issue,
        "延长办理期限告知书",
        opening=plain(
            f"{issue.you}申请的“{issue.matter.name}”，不能在规定的期限内作出决定。"
            f"根据{basis}，经批准延长办理期限，现告知如下："
        ),
        facts=(
            *short_who(issue),
            *accepted_fact(file),
            Fact("延长的理由", plain(facts.reason)),
            Fact("批准人", plain(approver), half=True),
            Fact("延长", plain(f"{facts.days}个{unit}"), half=True),
            *((Fact("原定期限", plain(paper_day(local(old))), half=True),) if old else ()),
            *((Fact("新的期限", (bold(local(new)),), half=True),) if new else ()),
            *_promise(facts.promised, facts.provisional),
        ),
        closing=(plain("延长以一次为限。"),),
    )


def _promise(promised: datetime | None, provisional: bool) -> tuple[Fact, ...]:
    if promised is None:
        return ()
    spans: list[Span] = [bold(local(promised)), Span(" 前作出决定")]
    if provisional:
        spans.append(Span("（暂定：该年放假安排尚未公布，公布后以新日期为准）"))
    return (Fact("承诺", tuple(spans)),)


def payment(issue: Issue, file: CaseFile, act: CaseAct) -> Notice:
    """缴费通知书: what for, how much, by which standard, where."""
    fee = act.facts.payment
    assert fee is not None
    clause = clause_of(issue.kind, issue.matter.procedure_law)
    by = f"根据{clause.citation}和公布的收费标准" if clause else "根据公布的收费标准"
    return paper(
        issue,
        "缴费通知书",
        opening=plain(f"{issue.you}申请的“{issue.matter.name}”依法应当缴纳费用。{by}，请按下列金额缴纳："),
        facts=(
            *short_who(issue),
            Fact("缴费项目", plain(fee.item)),
            Fact("金额", (Span(f"人民币 {fee.amount.removesuffix('元').strip()} 元", bold=True),)),
            Fact("收费依据", plain(fee.basis)),
            Fact("缴费地点", plain(fee.place or f"{issue.hall.name}{issue.hall.area}收费窗口")),
        ),
        closing=(plain("缴费时请出示本通知书，缴费后请索取财政票据。没有列在本通知书上的费用，可以拒绝缴纳。"),),
    )


def decision(issue: Issue, file: CaseFile, act: CaseAct) -> Notice:
    """准予决定书 or 不予决定书."""
    found = act.facts.decision
    assert found is not None
    granted = issue.kind is PaperKind.GRANT_DECISION
    law = issue.matter.procedure_law
    basis = cited(clause_of(issue.kind, law), found.basis)
    verb = decided_word(law, granted=granted)
    met = "符合法定条件" if granted else "不符合法定条件"
    facts = [*short_who(issue), Fact("申请时间", plain(issue.received)), *accepted_fact(file)]
    facts += [Fact("认定的事实", plain(found.facts))] if found.facts.strip() else []
    facts.append(Fact("决定的依据", plain(basis)))
    facts += _granted(found) if granted else [Fact("不予的理由", (Span(found.reason, bold=True),))]
    closing: list[Spans] = []
    if granted and found.certificate_name and law is ProcedureLaw.LICENSING:
        closing.append(
            plain("自作出决定之日起十个工作日内向申请人颁发、送达证件（《中华人民共和国行政许可法》第四十四条）。")
        )
    if not granted:
        closing.append(plain(remedies("决定书")))
    return paper(
        issue,
        decision_title(law, granted=granted),
        opening=plain(
            f"{issue.you}于{issue.received}提出的“{issue.matter.name}”申请，经审查，{met}。"
            f"根据{basis}，本机关决定{verb}。"
        ),
        facts=facts,
        closing=closing,
        seal=APPROVAL_SEAL,
    )


def decision_title(law: ProcedureLaw, *, granted: bool) -> str:
    """A licence is granted, a right registered, anything else just done."""
    what = {ProcedureLaw.LICENSING: "行政许可", ProcedureLaw.REAL_ESTATE: "登记"}.get(law, "办理")
    return f"{'准予' if granted else '不予'}{what}决定书"


def decided_word(law: ProcedureLaw, *, granted: bool) -> str:
    """What the decision decides, in three or six characters."""
    return decision_title(law, granted=granted).removesuffix("决定书")


def _granted(found: Decision) -> list[Fact]:
    facts = [Fact("准予的内容", (Span(found.content or found.certificate_name, bold=True),))]
    if found.certificate_name:
        facts.append(Fact("证件名称", plain(found.certificate_name), half=True))
        facts.append(Fact("证件编号", plain(found.certificate_number or "—"), half=True))
    if found.valid_from and found.valid_to:
        facts.append(Fact("有效期", plain(f"{paper_day(found.valid_from)}至{paper_day(found.valid_to)}")))
    elif found.validity or found.valid_to:
        until = f"至{paper_day(found.valid_to)}" if found.valid_to else ""
        facts.append(Fact("有效期", plain(found.validity or until)))
    return facts
