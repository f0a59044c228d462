"""From the chosen outcome to the legal facts: times, promised date, state of the case. The papers follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from clerk_app.domain import cases
from clerk_app.domain.actor import Actor
from clerk_app.domain.calendar import Due, Limit, WorkingCalendar, due
from clerk_app.domain.casefile import CaseOpening
from clerk_app.domain.cases import CaseState
from clerk_app.domain.catalogue import Matter
from clerk_app.domain.checklist import Verdict
from clerk_app.domain.errors import Locked, Rejected
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import ACCEPTING, OutcomeKind
from clerk_app.domain.outcomes import NOTICE_LIMIT, late_reason, lock_reason
from clerk_app.domain.papers import PaperKind

FROM_RECEIPT = frozenset({"收到申请之日", "收件之日", "申请材料齐全之日", "材料齐全之日"})
FROM_ACCEPTANCE = frozenset({"", "受理之日"})


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers that the window's store gave out for this case: the case's own, and one for each A4 paper."""

    case: str
    documents: Mapping[PaperKind, str] = field(default_factory=dict)

    @property
    def document(self) -> str:
        """The number of the first A4 paper, empty when none is issued."""
        return next(iter(self.documents.values()), "")


@dataclass(frozen=True, slots=True)
class Outage:
    """The server was away when the case was concluded: since when, and what this window saw. The evidence that an
    offline acceptance needs (一律不得线下受理)."""

    since: datetime
    sentence: str


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
    outage: Outage | None = None

    @property
    def matter(self) -> Matter:
        assert self.intake.matter is not None
        return self.intake.matter


_DOCUMENTS: dict[OutcomeKind, tuple[PaperKind, ...]] = {
    OutcomeKind.ACCEPTED: (PaperKind.ACCEPTANCE_NOTICE,),
    OutcomeKind.DEEMED_ACCEPTED: (PaperKind.ACCEPTANCE_NOTICE,),
    OutcomeKind.ACCEPTED_WITH_DEFICIENCY: (PaperKind.DEFICIENCY_NOTICE, PaperKind.DEFICIENCY_COMMITMENT),
    OutcomeKind.ACCEPTED_BY_COMMITMENT: (PaperKind.ACCEPTANCE_NOTICE, PaperKind.COMMITMENT_LETTER),
    OutcomeKind.SUPPLEMENT_REQUESTED: (PaperKind.SUPPLEMENT_NOTICE,),
    OutcomeKind.NOT_ACCEPTED: (PaperKind.NON_ACCEPTANCE_NOTICE,),
    OutcomeKind.NOT_REQUIRED: (PaperKind.NON_ACCEPTANCE_NOTICE,),
}


def document_kinds(outcome: OutcomeKind) -> tuple[PaperKind, ...]:
    """The A4 papers that an outcome needs; a redirection needs none, the other matter brings its own."""
    return _DOCUMENTS.get(outcome, ())


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
    outage: Outage | None = None,
) -> Conclusion:
    """Fix the legal facts of an outcome.

    Raises ``Locked`` when the law does not allow the outcome now (the same sentence as on the button), ``Rejected``
    when a field of the outcome is missing: the competent body of 第三十二条第一款第二项.
    """
    late = late_reason(intake, now, calendar)
    if reason := lock_reason(intake, outcome, late):
        raise Locked(reason)
    if outcome is OutcomeKind.DEEMED_ACCEPTED and not late:
        raise Locked("还没有到视为受理的时候")
    if outcome is OutcomeKind.ON_SITE_CORRECTION:
        raise Locked("当场更正不是结论，改好后再选受理")
    if outcome is OutcomeKind.NOT_ACCEPTED and not competent_body(intake):
        raise Rejected("competent_body", "请写明应当找哪个机关，法律要求告知申请人")
    if outcome is OutcomeKind.NOT_REQUIRED and not ending_reason(intake):
        raise Rejected("reason", "请写明为什么不需要办理")
    received_at = intake.received_at or now
    accepted_at = now if outcome in ACCEPTING else None
    if late and outcome in ACCEPTING:
        # 视为受理: the day of receipt counts, so the promised date moves back with it.
        accepted_at = received_at
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
        outage=outage,
    )


def case_opening(c: Conclusion) -> CaseOpening:
    """What later acts depend on."""
    matter = c.matter
    return CaseOpening(
        case_id=c.intake.case_id,
        case_number=c.numbers.case,
        matter_code=matter.code,
        matter_name=matter.name,
        department=matter.department,
        law=matter.procedure_law,
        case_type=matter.case_type,
        state=c.state,
        received_at=c.received_at,
        concluded_at=c.concluded_at,
        received_by=c.actor.user_id,
        accepted_at=c.accepted_at,
        promised=c.promised.at if c.promised else None,
        statutory=c.statutory.at if c.statutory else None,
        provisional=bool(c.promised and c.promised.provisional),
        promised_limit=matter.promised_limit,
        statutory_limit=matter.statutory_limit,
        special_procedures=matter.special_procedures,
        extension=matter.longest_extension,
        names={material.id: material.name for material in c.intake.materials},
        listed=tuple(material.id for _, material, _ in c.intake.numbered(Verdict.DEFECTIVE)),
        owed=tuple(material.id for _, material, _ in c.intake.numbered(Verdict.TOLERATED)),
        supplement_due=c.supplement_due,
        tolerance_due=c.tolerance_due.at if c.tolerance_due else None,
        quantity_limited=matter.quantity_limited,
    )


def competent_body(intake: Intake) -> str:
    """The body to go to: typed by the clerk, or named by the chosen situation."""
    return intake.competent_body or (intake.ending.competent_body if intake.ending else "")


def ending_reason(intake: Intake) -> str:
    """Why it is not required or not ours: typed, or the text of the chosen situation."""
    return intake.reason or intake.ending_text


def limit_start(limit: Limit | None, received_at: datetime, accepted_at: datetime) -> datetime | None:
    """When a limit starts to run; None when it runs from an event still to come (公示期满, 缴税完成)."""
    starts_from = limit.starts_from if limit else ""
    if starts_from in FROM_RECEIPT:
        return received_at
    return accepted_at if starts_from in FROM_ACCEPTANCE else None


def _from(
    limit: Limit | None, received_at: datetime, accepted_at: datetime | None, calendar: WorkingCalendar
) -> Due | None:
    if limit is None or limit.value is None or accepted_at is None:
        return None
    start = limit_start(limit, received_at, accepted_at)
    return due(limit, start, calendar) if start else None


def _with_due(intake: Intake, tolerance_due: Due) -> Intake:
    for _, _, row in intake.numbered(Verdict.TOLERATED):
        intake = intake.with_check(replace(row, due=tolerance_due.at.date()))
    return intake
