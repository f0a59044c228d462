"""States of a case from the first key to the archive, and the one table of lawful steps between them.

::

    draft ─▶ accepted (4 kinds) ─▶ in_review ⇄ suspended ─▶ granted | refused ─▶ certified ─▶ sealed ─▶ ready
      │         ▲                                                                               │         │
      ├─▶ supplement_requested ⇄ supplement_received                                         posted ─▶ delivered
      └─▶ not_accepted, not_required, redirected, abandoned                                               │
                                                        withdrawn, terminated ─────────────────▶ archived ┘

The table says which step may follow which state; what else must hold (the law's guards) is in ``case_rules``.
行政许可法第三十二条 (the five outcomes), 第四十二条 (extension), 第四十四条 (delivery), 第四十五条 (excluded time).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from clerk_app.domain.errors import Locked
from clerk_app.domain.law import OutcomeKind


class CaseState(StrEnum):
    """Where a case stands. The time of receipt is a fact of the draft, not a state of its own."""

    DRAFT = "draft"
    ABANDONED = "abandoned"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    SUPPLEMENT_RECEIVED = "supplement_received"
    ACCEPTED = "accepted"
    ACCEPTED_WITH_DEFICIENCY = "accepted_with_deficiency"
    ACCEPTED_BY_COMMITMENT = "accepted_by_commitment"
    DEEMED_ACCEPTED = "deemed_accepted"
    NOT_ACCEPTED = "not_accepted"
    NOT_REQUIRED = "not_required"
    REDIRECTED = "redirected"
    IN_REVIEW = "in_review"
    SUSPENDED = "suspended"
    GRANTED = "granted"
    REFUSED = "refused"
    CERTIFIED = "certified"
    SEALED = "sealed"
    READY = "ready"
    POSTED = "posted"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    VOIDED = "voided"
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        """The state in the words of screens and papers."""
        return _LABELS[self]


_LABELS: Final = {
    CaseState.DRAFT: "草稿",
    CaseState.ABANDONED: "已放下",
    CaseState.SUPPLEMENT_REQUESTED: "待补正",
    CaseState.SUPPLEMENT_RECEIVED: "已补齐待受理",
    CaseState.ACCEPTED: "已受理",
    CaseState.ACCEPTED_WITH_DEFICIENCY: "容缺受理",
    CaseState.ACCEPTED_BY_COMMITMENT: "承诺受理",
    CaseState.DEEMED_ACCEPTED: "视为受理",
    CaseState.NOT_ACCEPTED: "不予受理",
    CaseState.NOT_REQUIRED: "不需要办理",
    CaseState.REDIRECTED: "改办",
    CaseState.IN_REVIEW: "审查中",
    CaseState.SUSPENDED: "特别程序中",
    CaseState.GRANTED: "已准予",
    CaseState.REFUSED: "已决定不予",
    CaseState.CERTIFIED: "已制证",
    CaseState.SEALED: "已用印",
    CaseState.READY: "可领取",
    CaseState.POSTED: "已寄出",
    CaseState.DELIVERED: "已送达",
    CaseState.WITHDRAWN: "已撤回",
    CaseState.TERMINATED: "已终止",
    CaseState.VOIDED: "已作废",
    CaseState.ARCHIVED: "已归档",
}

S = CaseState

ACCEPTED_STATES: Final = frozenset(
    {S.ACCEPTED, S.ACCEPTED_WITH_DEFICIENCY, S.ACCEPTED_BY_COMMITMENT, S.DEEMED_ACCEPTED}
)
"""Accepted and not taken up yet."""

UNDER_DECISION: Final = ACCEPTED_STATES | {S.IN_REVIEW, S.SUSPENDED}
"""The time limit of the decision runs (or stands still)."""

ENDED: Final = frozenset(
    {
        S.NOT_ACCEPTED,
        S.NOT_REQUIRED,
        S.REDIRECTED,
        S.DELIVERED,
        S.WITHDRAWN,
        S.TERMINATED,
        S.VOIDED,
        S.ARCHIVED,
    }
)
"""Nothing is owed to the applicant any more."""


class CaseStep(StrEnum):
    """What can be done with a case. The first nine are the outcomes of the counter (``OutcomeKind``, same values)."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_DEFICIENCY = "accepted_with_deficiency"
    ACCEPTED_BY_COMMITMENT = "accepted_by_commitment"
    ON_SITE_CORRECTION = "on_site_correction"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    NOT_ACCEPTED = "not_accepted"
    NOT_REQUIRED = "not_required"
    REDIRECTED = "redirected"
    DEEMED_ACCEPTED = "deemed_accepted"
    ABANDON = "abandon"
    RESUME_DRAFT = "resume_draft"
    RECEIVE_PART = "receive_part"
    RECEIVE_ALL = "receive_all"
    TAKE_UP = "take_up"
    SUSPEND = "suspend"
    RESUME = "resume"
    EXTEND = "extend"
    REQUEST_PAYMENT = "request_payment"
    HAND_OVER = "hand_over"
    GRANT = "grant"
    REFUSE = "refuse"
    CERTIFY = "certify"
    SEAL = "seal"
    MAKE_READY = "make_ready"
    POST = "post"
    POST_RETURNED = "post_returned"
    DELIVER = "deliver"
    WITHDRAW = "withdraw"
    TERMINATE = "terminate"
    VOID = "void"
    ARCHIVE = "archive"

    @property
    def label(self) -> str:
        """Verb and object, as on a button."""
        return _STEP_LABELS[self]


_STEP_LABELS: Final = {
    CaseStep.ACCEPTED: "受理",
    CaseStep.ACCEPTED_WITH_DEFICIENCY: "容缺受理",
    CaseStep.ACCEPTED_BY_COMMITMENT: "告知承诺受理",
    CaseStep.ON_SITE_CORRECTION: "当场更正",
    CaseStep.SUPPLEMENT_REQUESTED: "一次性补正告知",
    CaseStep.NOT_ACCEPTED: "不予受理",
    CaseStep.NOT_REQUIRED: "告知不需要办理",
    CaseStep.REDIRECTED: "改办另一事项",
    CaseStep.DEEMED_ACCEPTED: "视为受理",
    CaseStep.ABANDON: "放下草稿",
    CaseStep.RESUME_DRAFT: "继续草稿",
    CaseStep.RECEIVE_PART: "收到部分材料",
    CaseStep.RECEIVE_ALL: "收齐材料",
    CaseStep.TAKE_UP: "开始审查",
    CaseStep.SUSPEND: "进入特别程序",
    CaseStep.RESUME: "特别程序结束",
    CaseStep.EXTEND: "延长办理期限",
    CaseStep.REQUEST_PAYMENT: "通知缴费",
    CaseStep.HAND_OVER: "交接材料",
    CaseStep.GRANT: "决定准予",
    CaseStep.REFUSE: "决定不予",
    CaseStep.CERTIFY: "制证",
    CaseStep.SEAL: "用印",
    CaseStep.MAKE_READY: "登记出件",
    CaseStep.POST: "寄出结果",
    CaseStep.POST_RETURNED: "邮件退回",
    CaseStep.DELIVER: "送达",
    CaseStep.WITHDRAW: "撤回申请",
    CaseStep.TERMINATE: "终止办理",
    CaseStep.VOID: "作废",
    CaseStep.ARCHIVE: "归档",
}


def _table() -> dict[tuple[CaseState, CaseStep], CaseState]:
    table: dict[tuple[CaseState, CaseStep], CaseState] = {
        (S.DRAFT, CaseStep.ON_SITE_CORRECTION): S.DRAFT,
        (S.DRAFT, CaseStep.ABANDON): S.ABANDONED,
        (S.ABANDONED, CaseStep.RESUME_DRAFT): S.DRAFT,
    }
    for outcome in OutcomeKind:
        if outcome is not OutcomeKind.ON_SITE_CORRECTION:
            table[S.DRAFT, CaseStep(outcome.value)] = CaseState(outcome.value)
    # --- waiting for what the notice listed
    table |= {
        (S.SUPPLEMENT_REQUESTED, CaseStep.RECEIVE_PART): S.SUPPLEMENT_REQUESTED,
        (S.SUPPLEMENT_REQUESTED, CaseStep.RECEIVE_ALL): S.SUPPLEMENT_RECEIVED,
        (S.SUPPLEMENT_RECEIVED, CaseStep.ACCEPTED): S.ACCEPTED,
        (S.SUPPLEMENT_RECEIVED, CaseStep.DEEMED_ACCEPTED): S.DEEMED_ACCEPTED,
        (S.SUPPLEMENT_RECEIVED, CaseStep.SUPPLEMENT_REQUESTED): S.SUPPLEMENT_REQUESTED,
        (S.SUPPLEMENT_REQUESTED, CaseStep.SUPPLEMENT_REQUESTED): S.SUPPLEMENT_REQUESTED,
    }
    for state in (S.SUPPLEMENT_REQUESTED, S.SUPPLEMENT_RECEIVED):
        table |= {
            (state, CaseStep.NOT_ACCEPTED): S.NOT_ACCEPTED,
            (state, CaseStep.WITHDRAW): S.WITHDRAWN,
            (state, CaseStep.VOID): S.VOIDED,
        }
    # --- under decision
    for state in ACCEPTED_STATES:
        table |= {(state, CaseStep.TAKE_UP): S.IN_REVIEW, (state, CaseStep.VOID): S.VOIDED}
    table[S.ACCEPTED_WITH_DEFICIENCY, CaseStep.RECEIVE_ALL] = S.ACCEPTED
    table[S.ACCEPTED_WITH_DEFICIENCY, CaseStep.RECEIVE_PART] = S.ACCEPTED_WITH_DEFICIENCY
    for state in (S.IN_REVIEW, S.SUSPENDED):
        table |= {(state, CaseStep.RECEIVE_ALL): state, (state, CaseStep.RECEIVE_PART): state}
    for state in ACCEPTED_STATES | {S.IN_REVIEW}:
        table |= {
            (state, CaseStep.SUSPEND): S.SUSPENDED,
            (state, CaseStep.EXTEND): state,
            (state, CaseStep.GRANT): S.GRANTED,
            (state, CaseStep.REFUSE): S.REFUSED,
        }
    table[S.SUSPENDED, CaseStep.RESUME] = S.IN_REVIEW
    for state in UNDER_DECISION:
        table |= {
            (state, CaseStep.REQUEST_PAYMENT): state,
            (state, CaseStep.HAND_OVER): state,
            (state, CaseStep.WITHDRAW): S.WITHDRAWN,
            (state, CaseStep.TERMINATE): S.TERMINATED,
        }
    # --- decided
    table |= {
        (S.GRANTED, CaseStep.REQUEST_PAYMENT): S.GRANTED,
        (S.GRANTED, CaseStep.CERTIFY): S.CERTIFIED,
        (S.GRANTED, CaseStep.SEAL): S.SEALED,
        (S.CERTIFIED, CaseStep.SEAL): S.SEALED,
        (S.REFUSED, CaseStep.SEAL): S.SEALED,
        (S.SEALED, CaseStep.MAKE_READY): S.READY,
        (S.POSTED, CaseStep.POST_RETURNED): S.READY,
        (S.READY, CaseStep.HAND_OVER): S.READY,
    }
    for state in (S.SEALED, S.READY):
        table |= {(state, CaseStep.DELIVER): S.DELIVERED, (state, CaseStep.POST): S.POSTED}
    table[S.POSTED, CaseStep.DELIVER] = S.DELIVERED
    for state in ENDED - {S.VOIDED, S.ARCHIVED, S.REDIRECTED}:
        table[state, CaseStep.ARCHIVE] = S.ARCHIVED
    for state in (S.NOT_ACCEPTED, S.NOT_REQUIRED, S.REDIRECTED):
        table[state, CaseStep.VOID] = S.VOIDED
    return table


TRANSITIONS: Final = _table()
"""(state, step) → next state: the only lawful steps."""


def after(state: CaseState, step: CaseStep | OutcomeKind) -> CaseState:
    """The state that a step leads to; ``Locked`` when the table has no such step."""
    try:
        return TRANSITIONS[state, CaseStep(step.value)]
    except KeyError:
        raise Locked(why_not(state, CaseStep(step.value))) from None


def steps_from(state: CaseState) -> tuple[CaseStep, ...]:
    """The steps that the table knows from a state, in the order of ``CaseStep``."""
    return tuple(step for step in CaseStep if (state, step) in TRANSITIONS)


def why_not(state: CaseState, step: CaseStep) -> str:
    """One sentence: where the case stands and that this step does not follow from there."""
    if state is CaseState.ARCHIVED:
        return "这件已经归档，不能再改"
    # Only a case that has its conclusion and can still be voided is told so.
    if step in _OUTCOME_STEPS and state not in _OPEN_AT_THE_COUNTER and (state, CaseStep.VOID) in TRANSITIONS:
        return f"这件已经有结论（{state.label}），不能再改；要改请作废后重办"
    return f"这件现在是“{state.label}”，不能{step.label}"


_OPEN_AT_THE_COUNTER: Final = frozenset({S.DRAFT, S.ABANDONED, S.SUPPLEMENT_REQUESTED, S.SUPPLEMENT_RECEIVED})
_OUTCOME_STEPS: Final = frozenset(CaseStep(outcome.value) for outcome in OutcomeKind)
