"""From the chosen outcome to the legal facts: times, promised date, state of the case. The papers follow from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from clerk_app.domain import cases
from clerk_app.domain.actor import Actor
from clerk_app.domain.calendar import Due, Limit, WorkingCalendar, due
from clerk_app.domain.cases import CaseState
from clerk_app.domain.catalogue import Matter
from clerk_app.domain.checklist import Verdict
from clerk_app.domain.errors import Locked, Rejected
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import ACCEPTING, OutcomeKind
from clerk_app.domain.outcomes import lock_reason
from clerk_app.domain.papers import DOCUMENT_WORDS, PaperKind

NOTICE_LIMIT = Limit(5, "工作日", "五日内", "收件之日")
"""行政许可法第三十二条第一款第四项, in working days by 第八十二条."""

FROM_RECEIPT = frozenset({"收到申请之日", "收件之日", "申请材料齐全之日", "材料齐全之日"})
FROM_ACCEPTANCE = frozenset({"", "受理之日"})


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers that the window's store gave out for this case; ``document`` is empty when no A4 paper is issued."""

    case: str
    document: str = ""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The legal facts of one concluded application.

    ``promised`` and ``statutory`` are None when the law sets no limit, or when it runs from an event still to come
    (公示期满, 缴税完成): the paper then says from when. ``tolerance_due`` is the last day for tolerated materials.
    """

    intake: Intake
    outcome: OutcomeKind
    state: CaseState
    numbers: Numbers
    actor: Actor
    hall: HallProfile
    received_at: datetime
    concluded_at: datetime
    accepted_at: datetime | None
    promised: Due | None
    statutory: Due | None
    notice_due: Due
    tolerance_due: Due | None
    supplement_due: datetime | None

    @property
    def matter(self) -> Matter:
        assert self.intake.matter is not None
        return self.intake.matter


def document_kind(outcome: OutcomeKind) -> PaperKind | None:
    """The A4 paper that an outcome needs; a redirection needs none, the other matter brings its own."""
    if outcome in ACCEPTING:
        return PaperKind.ACCEPTANCE_NOTICE
    if outcome is OutcomeKind.SUPPLEMENT_REQUESTED:
        return PaperKind.SUPPLEMENT_NOTICE
    if outcome in {OutcomeKind.NOT_ACCEPTED, OutcomeKind.NOT_REQUIRED}:
        return PaperKind.NON_ACCEPTANCE_NOTICE
    return None


def document_word(outcome: OutcomeKind) -> str:
    """The word of the document series for this outcome, empty without an A4 paper."""
    kind = document_kind(outcome)
    return DOCUMENT_WORDS[kind] if kind else ""


def gives_receipt(outcome: OutcomeKind) -> bool:
    """A receipt is given when papers stay at the window: on acceptance and with a supplement notice."""
    return outcome in ACCEPTING or outcome is OutcomeKind.SUPPLEMENT_REQUESTED


def conclude(
    intake: Intake,
    outcome: OutcomeKind,
    *,
    now: datetime,
    actor: Actor,
    hall: HallProfile,
    calendar: WorkingCalendar,
    numbers: Numbers,
) -> Conclusion:
    """Fix the legal facts of an outcome.

    Raises ``Locked`` when the law does not allow the outcome now (the same sentence as on the button), ``Rejected``
    when a field of the outcome is missing: the competent body of 第三十二条第一款第二项.
    """
    if reason := lock_reason(intake, outcome):
        raise Locked(reason)
    if outcome is OutcomeKind.ON_SITE_CORRECTION:
        raise Locked("当场更正不是结论，改好后再选受理")
    if outcome is OutcomeKind.NOT_ACCEPTED and not competent_body(intake):
        raise Rejected("competent_body", "请写明应当找哪个机关，法律要求告知申请人")
    if outcome is OutcomeKind.NOT_REQUIRED and not ending_reason(intake):
        raise Rejected("reason", "请写明为什么不需要办理")
    received_at = intake.received_at or now
    accepted_at = now if outcome in ACCEPTING else None
    matter = intake.matter
    assert matter is not None
    promised = _from(matter.promised_limit, received_at, accepted_at, calendar)
    tolerance_due = None
    if outcome is OutcomeKind.ACCEPTED_WITH_DEFICIENCY and matter.tolerance.due:
        tolerance_due = due(matter.tolerance.due, now, calendar)
        if promised and promised.at < tolerance_due.at:
            tolerance_due = promised
        intake = _with_due(intake, tolerance_due)
    supplement_due = None
    if outcome is OutcomeKind.SUPPLEMENT_REQUESTED:
        supplement_due = now + timedelta(days=hall.supplement_days)
    return Conclusion(
        intake=intake,
        outcome=outcome,
        state=cases.after(CaseState.DRAFT, outcome),
        numbers=numbers,
        actor=actor,
        hall=hall,
        received_at=received_at,
        concluded_at=now,
        accepted_at=accepted_at,
        promised=promised,
        statutory=_from(matter.statutory_limit, received_at, accepted_at, calendar),
        notice_due=due(NOTICE_LIMIT, received_at, calendar),
        tolerance_due=tolerance_due,
        supplement_due=supplement_due,
    )


def competent_body(intake: Intake) -> str:
    """The body to go to: typed by the clerk, or named by the chosen situation."""
    return intake.competent_body or (intake.ending.competent_body if intake.ending else "")


def ending_reason(intake: Intake) -> str:
    """Why it is not required or not ours: typed, or the text of the chosen situation."""
    return intake.reason or (intake.ending.text if intake.ending else "")


def _from(
    limit: Limit | None, received_at: datetime, accepted_at: datetime | None, calendar: WorkingCalendar
) -> Due | None:
    if limit is None or limit.value is None or accepted_at is None:
        return None
    if limit.starts_from in FROM_RECEIPT:
        return due(limit, received_at, calendar)
    if limit.starts_from in FROM_ACCEPTANCE:
        return due(limit, accepted_at, calendar)
    return None


def _with_due(intake: Intake, tolerance_due: Due) -> Intake:
    for _, _, row in intake.numbered(Verdict.TOLERATED):
        intake = intake.with_check(replace(row, due=tolerance_due.at.date()))
    return intake
