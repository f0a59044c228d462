"""The A4 papers of a concluded case, element by element as the law lists them.

受理、不予受理: 行政许可法第三十二条第二款 (written proof, dedicated seal, date). 补正: everything at once, with
standard, copies, how, where, by when and what follows. Times that do not count (第四十五条) are told in writing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from clerk_app.domain.calendar import Limit
from clerk_app.domain.catalogue import SpecialProcedure
from clerk_app.domain.checklist import Verdict, notice_sentence
from clerk_app.domain.commitments import commitment_letter, deficiency_commitment
from clerk_app.domain.conclusion import Conclusion, competent_body, document_kinds, ending_reason
from clerk_app.domain.deadlines import by_minutes
from clerk_app.domain.law import OutcomeKind, ProcedureLaw, silence_accepts, supplement_title
from clerk_app.domain.paper_clauses import ARTICLE_57
from clerk_app.domain.paper_parts import (
    MATERIAL_COLUMNS,
    Issue,
    bold,
    by_law,
    local,
    material_row,
    paper,
    remedies,
    typed_fact,
    who,
)
from clerk_app.domain.papers import Column, Fact, Notice, PaperKind, Span, Spans, plain
from clerk_app.domain.wording import paper_day, paper_moment

DEFECT_COLUMNS = (
    Column("序号", 0.08, "centre"),
    Column("材料", 0.27),
    Column("需要补正的内容与标准", 0.48),
    Column("份数", 0.17, "centre"),
)
_SHORT_FEE = 8
"""Characters that fit beside the time of acceptance."""


def notices_for(conclusion: Conclusion) -> tuple[Notice, ...]:
    """The A4 papers of this conclusion, in the order of printing; empty when the outcome has none."""
    return tuple(_MAKERS[kind](Issue.of_conclusion(conclusion, kind)) for kind in document_kinds(conclusion.outcome))


def acceptance(issue: Issue) -> Notice:
    """受理通知书 in its four kinds."""
    c = issue.conclusion
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
    opening = f"{issue.you}于{issue.received}提出的下列申请，{found[c.outcome]}。根据{by_law(c)}，本机关决定予以受理。"
    return paper(
        issue,
        titles[c.outcome],
        opening=plain(opening),
        facts=(*who(issue), *typed_fact(issue.intake), *_acceptance_facts(issue)),
        list_heading="收到的材料：",
        columns=MATERIAL_COLUMNS,
        rows=[material_row(n, m, row) for n, (m, row) in enumerate(c.intake.rows, 1)],
        closing=_acceptance_closing(c),
    )


def _acceptance_facts(issue: Issue) -> tuple[Fact, ...]:
    c = issue.conclusion
    assert c.accepted_at is not None
    fee = (c.matter.fee_text or "按规定收费") if c.matter.fee_charged else "不收费"
    beside = len(fee) <= _SHORT_FEE and not c.matter.quantity_limited
    return (
        Fact("受理机关", plain(issue.agency)),
        Fact("收到材料", plain(issue.received), half=True),
        Fact("受理人", plain(issue.clerk), half=True),
        Fact("受理时间", _accepted(c), half=beside),
        Fact("是否收费", plain(fee), half=beside),
        Fact("办理期限", _limits(c)),
        Fact("领取方式", plain(_delivery(c))),
    )


def _accepted(c: Conclusion) -> Spans:
    """To the second where the order of acceptance decides (行政许可法第五十七条)."""
    assert c.accepted_at is not None
    at = local(c.accepted_at)
    if not c.matter.quantity_limited:
        return (Span(paper_moment(at), bold=True),)
    why = "有数量限制，按受理先后办理"
    if c.matter.procedure_law is ProcedureLaw.LICENSING:
        why += f"（{ARTICLE_57.citation}）"
    return Span(f"{paper_moment(at)}{at.second:02d}秒", bold=True), Span(f"，{why}")


def _limits(c: Conclusion) -> Spans:
    m = c.matter
    spans: list[Span] = []
    if m.statutory_limit is not None:
        text = m.statutory_limit.text
        until = f"（至{_until(m.statutory_limit, c.statutory.at)}）" if c.statutory else ""
        spans.append(Span(f"{text}；" if text.startswith("无") else f"法定 {text}{until}；"))
    if m.promised_limit is None:
        spans.append(Span("承诺期限目录未载明。"))
    elif c.promised is not None:
        by = _until(m.promised_limit, c.promised.at)
        spans += [Span("承诺 "), Span(m.promised_limit.text, bold=True), Span("，即 "), Span(by, bold=True)]
        spans.append(Span(" 前作出决定。"))
        if c.promised.provisional:
            spans.append(Span("（暂定：该年放假安排尚未公布，公布后以新日期为准）"))
    else:
        spans += [Span("承诺 "), Span(m.promised_limit.text, bold=True)]
        spans.append(Span(f"，自{m.promised_limit.starts_from}起算。"))
    if excluded := [one for one in m.special_procedures if one.excluded]:
        spans.append(Span(f"{'、'.join(map(_with_time, excluded))}所需时间不计入期限，另行书面告知。"))
    if m.counted_procedures:
        spans.append(Span(f"{'、'.join(m.counted_procedures)}计入期限。"))
    return tuple(spans)


def _until(limit: Limit, at: datetime) -> str:
    return paper_moment(local(at)) if by_minutes(limit) else paper_day(local(at))


def _with_time(procedure: SpecialProcedure) -> str:
    expected = procedure.expected
    return f"{procedure.name}（一般{expected.text}）" if expected and expected.value else procedure.name


def _delivery(c: Conclusion) -> str:
    if c.intake.delivery == "post":
        address = c.intake.applicant.address if c.intake.applicant else ""
        return f"邮寄：寄到{address}" if address else "邮寄：按申请人填写的地址寄送"
    return f"窗口自取：{c.hall.name}{c.hall.area}任一综合窗口，凭本通知书和身份证，免取号"


def _acceptance_closing(c: Conclusion) -> list[Spans]:
    closing: list[Spans] = []
    if c.outcome is OutcomeKind.ACCEPTED_WITH_DEFICIENCY and c.tolerance_due:
        lacking = "、".join(m.name for _, m, _ in c.intake.numbered(Verdict.TOLERATED))
        closing.append(
            (
                Span(f"欠交材料：{lacking}。申请人承诺于"),
                bold(local(c.tolerance_due.at)),
                Span(
                    "前补齐（窗口、邮寄、网上（已开通的）均可，以到达日为准）；逾期未补的终止办理，由此造成的损失由申请人承担。"
                ),
            )
        )
    if c.outcome is OutcomeKind.ACCEPTED_BY_COMMITMENT:
        declaration = "；".join(c.matter.commitment.declaration)
        closing.append(plain(f"申请人承诺：{declaration}。{c.matter.commitment.failure.rstrip('。')}。"))
    if c.outage is not None:
        since = paper_moment(local(c.outage.since))
        closing.append(
            plain(
                f"离线受理：窗口自{since}起连不上服务器（{c.outage.sentence.rstrip('。')}），"
                "平台编号在恢复后补录，受理时间以本通知书为准。"
            )
        )
    return closing


def supplement(issue: Issue) -> Notice:
    """补正材料一次性告知书 for all defects of the checklist."""
    intake = issue.intake
    defects = intake.numbered(Verdict.DEFECTIVE)
    assert issue.conclusion.supplement_due is not None
    return supplement_of(
        issue,
        [(str(n), m.name, notice_sentence(m, row), m.form.text) for n, m, row in defects],
        issue.conclusion.supplement_due,
    )


def supplement_of(issue: Issue, rows: list[tuple[str, ...]], due: datetime, more: tuple[Spans, ...] = ()) -> Notice:
    """The notice for these lines of ``DEFECT_COLUMNS``, to be supplied by ``due``; ``more`` follows the usual words."""
    c = issue.conclusion
    law = c.matter.procedure_law
    opening = (
        f"{issue.you}于{issue.received}提出的“{c.matter.name}”申请，"
        f"根据{by_law(c)}，经审查需要补正下列全部材料，现一次告知："
    )
    closing: list[Spans] = [
        (
            Span("请于"),
            bold(local(due)),
            Span(
                f"前任选一种方式提交：窗口（{c.hall.area or c.hall.name}任一综合窗口，免取号）、"
                "邮寄、网上补件（已开通的）。"
            ),
            Span("补齐当日即受理。逾期未补正的，可以重新申请。"),
        )
    ]
    if law is not ProcedureLaw.OWN and not more:
        closing.append(plain(f"本告知书没有列出的材料，以后不再要求补正。{silence_accepts(law)}。"))
    closing += more
    if law is ProcedureLaw.REAL_ESTATE:
        closing.append(plain(remedies("告知书")))
    return paper(
        issue,
        supplement_title(law),
        opening=plain(opening),
        facts=(*who(issue), *typed_fact(issue.intake)),
        list_heading="需要补正的材料：",
        columns=DEFECT_COLUMNS,
        rows=rows,
        closing=closing,
    )


def non_acceptance(issue: Issue) -> Notice:
    """不予受理通知书: not ours, or nothing to apply for."""
    c = issue.conclusion
    not_required = c.outcome is OutcomeKind.NOT_REQUIRED
    reason = ending_reason(c.intake)
    decision = "即时告知不受理" if not_required else "不予受理"
    opening = f"{issue.you}于{issue.received}提出的“{c.matter.name}”申请，根据{by_law(c)}，本机关决定{decision}。"
    facts = [*who(issue), Fact("不予受理的事实和理由", plain(reason or "申请事项依法不属于本机关职权范围"))]
    if not not_required:
        facts.append(Fact("应当申请的机关", (Span(competent_body(c.intake), bold=True),)))
    return paper(
        issue,
        "不予受理通知书",
        opening=plain(opening),
        facts=facts,
        closing=(plain("提交的材料已当场全部退还申请人。"), plain(remedies("通知书"))),
    )


_MAKERS: dict[PaperKind, Callable[[Issue], Notice]] = {
    PaperKind.ACCEPTANCE_NOTICE: acceptance,
    PaperKind.DEFICIENCY_NOTICE: acceptance,
    PaperKind.DEFICIENCY_COMMITMENT: deficiency_commitment,
    PaperKind.COMMITMENT_LETTER: commitment_letter,
    PaperKind.SUPPLEMENT_NOTICE: supplement,
    PaperKind.NON_ACCEPTANCE_NOTICE: non_acceptance,
}
