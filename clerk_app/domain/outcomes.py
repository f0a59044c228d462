"""Which outcomes the law allows now, and why the others are locked.

行政许可法第三十二条; 不动产登记暂行条例第十七条.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clerk_app.domain.calendar import Limit, WorkingCalendar, due
from clerk_app.domain.catalogue import commitment_chosen
from clerk_app.domain.checklist import Verdict
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import ACCEPTING, OUTCOME_NAMES, OutcomeKind, ProcedureLaw

NOTICE_LIMIT = Limit(5, "工作日", "五日内", "收件之日")
"""行政许可法第三十二条第一款第四项, in working days by 第八十二条."""

_ENDINGS = {
    "not_required": OutcomeKind.NOT_REQUIRED,
    "not_our_competence": OutcomeKind.NOT_ACCEPTED,
    "redirect": OutcomeKind.REDIRECTED,
    "not_yet_due": OutcomeKind.NOT_REQUIRED,
}


@dataclass(frozen=True, slots=True)
class OutcomeOption:
    """One line of the outcome page: allowed with a hint, or locked with the reason in one line."""

    kind: OutcomeKind
    name: str
    locked: bool
    line: str


def options(intake: Intake, late: str = "") -> tuple[OutcomeOption, ...]:
    """All outcomes in the order of their digits; ``REDIRECTED`` only where the situation leads there.

    ``late`` is the sentence of ``late_reason``: it locks what may no longer be told.
    """
    kinds = [
        kind
        for kind in OutcomeKind
        if kind is not OutcomeKind.DEEMED_ACCEPTED and (kind is not OutcomeKind.REDIRECTED or _ending(intake) is kind)
    ]
    return tuple(_option(intake, kind, late) for kind in kinds)


def preselected(intake: Intake, late: str = "") -> OutcomeKind | None:
    """The outcome that is chosen when the page opens: the only lawful one, or the most favourable."""
    allowed = [option.kind for option in options(intake, late) if not option.locked]
    ending = _ending(intake)
    if ending is not None:
        return ending if ending in allowed else None
    for kind in (
        OutcomeKind.ACCEPTED,
        OutcomeKind.ACCEPTED_BY_COMMITMENT,
        OutcomeKind.ACCEPTED_WITH_DEFICIENCY,
        OutcomeKind.SUPPLEMENT_REQUESTED,
    ):
        if kind in allowed:
            return kind
    return None


def late_reason(intake: Intake, now: datetime, calendar: WorkingCalendar) -> str:
    """Why neither supplement nor refusal may be told any more; empty while they may.

    A licence is accepted from the day of receipt when nothing was told within five working days (行政许可法第三十二条
    第一款第四项), a real-estate registration when it was not refused in writing on the spot (不动产登记暂行条例
    第十七条第二款).
    """
    if intake.matter is None or intake.received_at is None:
        return ""
    law = intake.matter.procedure_law
    if law is ProcedureLaw.LICENSING and now > due(NOTICE_LIMIT, intake.received_at, calendar).at:
        return f"{intake.received_at:%m-%d} 收件，五个工作日内没有告知，从收件之日起视为受理，只能受理"
    if law is ProcedureLaw.REAL_ESTATE and now.date() > intake.received_at.date():
        return f"{intake.received_at:%m-%d} 收件，没有当场书面告知，视为受理，只能受理"
    return ""


LATE_LOCKED = frozenset({OutcomeKind.SUPPLEMENT_REQUESTED, OutcomeKind.NOT_ACCEPTED, OutcomeKind.NOT_REQUIRED})
"""What may no longer be told once the law deems the application accepted."""


def lock_reason(intake: Intake, kind: OutcomeKind, late: str = "") -> str:
    """Why an outcome is not open now; empty when it is."""
    if intake.applicant is None:
        return "还没有申请人，先读身份证或录入"
    if intake.matter is None:
        return "还没有选事项"
    ending = _ending(intake)
    if ending is not None and kind is not ending:
        assert intake.ending is not None
        return f"所选情形：{intake.ending.text}"
    if late and kind in LATE_LOCKED:
        return late
    return _GUARDS[kind](intake)


def _ending(intake: Intake) -> OutcomeKind | None:
    return _ENDINGS[intake.ending.kind] if intake.ending else None


def _option(intake: Intake, kind: OutcomeKind, late: str) -> OutcomeOption:
    reason = lock_reason(intake, kind, late)
    return OutcomeOption(kind, outcome_name(intake, kind), bool(reason), reason or _hint(intake, kind))


def outcome_name(intake: Intake, kind: OutcomeKind) -> str:
    """The outcome's word; only a licence can be 「不需要许可」, and what comes too early is neither."""
    if kind is OutcomeKind.NOT_REQUIRED and intake.ending and intake.ending.kind == "not_yet_due":
        return "还不到办理的时候"
    licence = intake.matter is None or intake.matter.procedure_law is ProcedureLaw.LICENSING
    if kind is OutcomeKind.NOT_REQUIRED and not licence:
        return "不需要办理"
    return OUTCOME_NAMES[kind]


def _numbers(rows: tuple[tuple[int, object, object], ...]) -> str:
    return "、".join(f"材料 {number}" for number, _, _ in rows)


def _not_all_checked(intake: Intake) -> str:
    if intake.matter is not None and not intake.materials:
        return "目录里没有这个事项的材料清单，不能按标准收件，请先补全目录"
    if missing := intake.missing_roles:
        return f"本事项要共同申请，还缺{'、'.join(missing)}，按 Alt+1 补上"
    pending = intake.numbered(Verdict.PENDING)
    return f"还有 {len(pending)} 项未查：{_numbers(pending)}" if pending else ""


def _cannot_apply(intake: Intake) -> str:
    return _not_all_checked(intake) or intake.agency_fault


def _accept(intake: Intake) -> str:
    reason = _cannot_apply(intake)
    if reason:
        return reason
    parts = []
    if defects := intake.numbered(Verdict.DEFECTIVE):
        parts.append(f"{_numbers(defects)} 有问题")
    if tolerated := intake.numbered(Verdict.TOLERATED):
        parts.append(f"{_numbers(tolerated)} 容缺")
    if not parts and intake.matter and commitment_chosen(intake.matter, intake.answers):
        return "申请人选了告知承诺，按告知承诺受理"
    return "，".join(parts)


def _with_deficiency(intake: Intake) -> str:
    assert intake.matter is not None
    if not intake.matter.tolerance.materials:
        return "本事项未列入容缺受理"
    if reason := _cannot_apply(intake):
        return reason
    if defects := intake.numbered(Verdict.DEFECTIVE):
        outside = tuple(row for row in defects if row[1].id not in intake.matter.tolerance.materials)
        return f"{_numbers(outside)} 不在可容缺清单里" if outside else f"{_numbers(defects)} 有问题，可改为容缺"
    return "" if intake.numbered(Verdict.TOLERATED) else "没有缺的材料"


def _by_commitment(intake: Intake) -> str:
    assert intake.matter is not None
    if not intake.matter.commitment.allowed:
        return "本事项未列入告知承诺"
    if not commitment_chosen(intake.matter, intake.answers):
        return "申请人没有选告知承诺"
    if reason := _cannot_apply(intake):
        return reason
    open_rows = intake.numbered(Verdict.DEFECTIVE, Verdict.TOLERATED)
    return f"{_numbers(open_rows)} 还没有齐" if open_rows else ""


def _on_site(intake: Intake) -> str:
    correctable = tuple(row for row in intake.numbered(Verdict.DEFECTIVE) if row[2].on_site)
    return "" if correctable else "没有标为可当场更正的问题"


def _supplement(intake: Intake) -> str:
    if reason := _not_all_checked(intake):
        return f"{reason}。只能告知一次，请先查完" if intake.materials else reason
    if not intake.numbered(Verdict.DEFECTIVE):
        return "没有要补的材料"
    # Nothing is tolerated in an application that is not accepted: what the one notice leaves out is never owed again.
    tolerated = intake.numbered(Verdict.TOLERATED)
    return f"{_numbers(tolerated)} 容缺；补正要一次告知全部，请改为有问题" if tolerated else ""


def _free(_: Intake) -> str:
    return ""


_GUARDS = {
    OutcomeKind.ACCEPTED: _accept,
    OutcomeKind.ACCEPTED_WITH_DEFICIENCY: _with_deficiency,
    OutcomeKind.ACCEPTED_BY_COMMITMENT: _by_commitment,
    OutcomeKind.ON_SITE_CORRECTION: _on_site,
    OutcomeKind.SUPPLEMENT_REQUESTED: _supplement,
    OutcomeKind.NOT_ACCEPTED: _free,
    OutcomeKind.NOT_REQUIRED: _free,
    OutcomeKind.REDIRECTED: _free,
    OutcomeKind.DEEMED_ACCEPTED: _free,
}


def _hint(intake: Intake, kind: OutcomeKind) -> str:
    if kind in ACCEPTING:
        tolerated = intake.numbered(Verdict.TOLERATED)
        gate = "；先查信用，失信的不能容缺" if intake.matter and intake.matter.tolerance.credit_gate else ""
        return f"欠 {len(tolerated)} 项，按期补齐{gate}" if tolerated else "材料齐全，符合法定形式"
    if kind is OutcomeKind.ON_SITE_CORRECTION:
        rows = tuple(row for row in intake.numbered(Verdict.DEFECTIVE) if row[2].on_site)
        return f"{_numbers(rows)} 在窗口改好，按已收记录"
    if kind is OutcomeKind.SUPPLEMENT_REQUESTED:
        return f"列出全部 {len(intake.numbered(Verdict.DEFECTIVE))} 处，当场送达，一式两份"
    if kind is OutcomeKind.NOT_ACCEPTED:
        return "须写明应当找哪个机关"
    if kind is OutcomeKind.NOT_REQUIRED:
        return "即时告知，留存记录"
    return intake.ending.text if intake.ending else ""
