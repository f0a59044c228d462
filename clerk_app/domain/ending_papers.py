"""Papers with which a case ends before its decision: withdrawn, terminated, or not accepted after a supplement.

What was handed in goes back and is listed. 行政许可法第三十二条第二款 (written refusal of acceptance); withdrawal and
termination follow the matter's own rules and the practice of approval bureaus.
"""

from __future__ import annotations

from clerk_app.domain.acts import CaseAct
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.checklist import Verdict
from clerk_app.domain.law import OutcomeKind, clause_for
from clerk_app.domain.paper_parts import FORMS, Issue, accepted_fact, paper, remedies, short_who, supplied, who
from clerk_app.domain.papers import PAPER_NAMES, Column, Fact, Notice, Span, plain
from clerk_app.domain.wording import paper_moment

_RETURNED_COLUMNS = (
    Column("序号", 0.08, "centre"),
    Column("材料名称", 0.50),
    Column("形式", 0.16, "centre"),
    Column("份数", 0.13, "centre"),
    Column("页数", 0.13, "centre"),
)
_HEADING = "退还的材料："
_SIGNS = ("申请人（代理人）签收材料",)


def withdrawal(issue: Issue, file: CaseFile, act: CaseAct) -> Notice:
    """撤回申请通知书: the applicant takes the application back before the decision."""
    return paper(
        issue,
        PAPER_NAMES[issue.kind],
        opening=plain(
            f"{issue.you}于{issue.received}提出的“{issue.matter.name}”申请，"
            f"{issue.you}于{paper_moment(issue.at)}申请撤回。本机关同意撤回，不再办理。"
        ),
        facts=(
            *short_who(issue),
            *accepted_fact(file),
            Fact("撤回的理由", plain(act.facts.reason or "申请人没有说明")),
        ),
        list_heading=_HEADING,
        columns=_RETURNED_COLUMNS,
        rows=returned(issue, file),
        closing=(plain("撤回不影响重新申请；重新申请的，期限从再次受理起算。"),),
        signatures=_SIGNS,
    )


def termination(issue: Issue, file: CaseFile, act: CaseAct) -> Notice:
    """终止办理通知书: reason, basis, remedies."""
    return paper(
        issue,
        PAPER_NAMES[issue.kind],
        opening=plain(
            f"{issue.you}于{issue.received}提出的“{issue.matter.name}”申请，根据{act.facts.basis.rstrip('。')}，"
            "本机关决定终止办理。"
        ),
        facts=(
            *short_who(issue),
            *accepted_fact(file),
            Fact("终止的事实和理由", (Span(act.facts.reason, bold=True),)),
            Fact("终止的依据", plain(act.facts.basis)),
        ),
        list_heading=_HEADING,
        columns=_RETURNED_COLUMNS,
        rows=returned(issue, file),
        closing=(plain("具备条件后可以重新申请。"), plain(remedies("通知书"))),
        signatures=_SIGNS,
    )


def late_non_acceptance(issue: Issue, file: CaseFile, act: CaseAct) -> Notice:
    """不予受理通知书 after a supplement notice that was not followed."""
    matter = issue.matter
    clause = clause_for(matter.procedure_law, OutcomeKind.SUPPLEMENT_REQUESTED, matter.legal_basis)
    basis = act.facts.basis.rstrip("。") or (clause.citation if clause else "本事项公布的办事指南")
    missing = "、".join(file.opening.names.get(one, one) for one in file.missing)
    body = act.facts.competent_body or issue.intake.competent_body
    return paper(
        issue,
        PAPER_NAMES[issue.kind],
        opening=plain(
            f"{issue.you}于{issue.received}提出的“{matter.name}”申请，经一次性告知后仍不符合受理条件。"
            f"根据{basis}，本机关决定不予受理。"
        ),
        facts=(
            *who(issue),
            Fact("不予受理的事实和理由", (Span(act.facts.reason, bold=True),)),
            *((Fact("没有补齐的材料", plain(missing)),) if missing else ()),
            *((Fact("应当申请的机关", plain(body)),) if body else ()),
        ),
        closing=(plain("材料齐全后可以重新申请。已收的材料随《退件通知书》退还。"), plain(remedies("通知书"))),
    )


def return_notice(issue: Issue, file: CaseFile, act: CaseAct) -> Notice:
    """退件通知书: what goes back to the applicant, piece by piece, and why."""
    return paper(
        issue,
        PAPER_NAMES[issue.kind],
        opening=plain(
            f"{issue.you}于{issue.received}提出的“{issue.matter.name}”申请不予受理，现将已收的材料退还，请当面点清。"
        ),
        facts=(
            *short_who(issue),
            Fact("退件的理由", plain(act.facts.reason)),
            Fact("退件时间", plain(paper_moment(issue.at))),
        ),
        list_heading=_HEADING,
        columns=_RETURNED_COLUMNS,
        rows=returned(issue, file),
        signatures=_SIGNS,
    )


def returned(issue: Issue, file: CaseFile) -> list[tuple[str, ...]]:
    """The pieces that the window holds: of the intake and of every later arrival, electronic ones excepted."""
    checks = supplied(issue.intake, file)
    rows: list[tuple[str, ...]] = []
    for material in issue.intake.materials:
        check = checks.get(material.id)
        if check is None or not check.pieces or check.verdict in {Verdict.ELECTRONIC, Verdict.EXEMPT}:
            continue
        form = FORMS.get(check.verdict, "原件" if material.form.originals else "复印件")
        pages = str(check.pages) if check.pages else "—"
        rows.append((str(len(rows) + 1), material.name, form, str(check.pieces), pages))
    return rows
