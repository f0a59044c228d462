"""The lawful steps of a case, written by hand from the law: what the program's own table is held against."""

from __future__ import annotations

from collections.abc import Mapping

from clerk_app.domain.cases import CaseState, CaseStep

S, T = CaseState, CaseStep

WHILE_THE_LIMIT_RUNS = {
    T.SUSPEND: S.SUSPENDED,  # 行政许可法第四十五条
    T.GRANT: S.GRANTED,  # 第三十八条第一款; 第三十四条第二款: on the spot where that is possible
    T.REFUSE: S.REFUSED,  # 第三十八条第二款
    T.WITHDRAW: S.WITHDRAWN,  # the applicant may take the application back until it is decided
    T.TERMINATE: S.TERMINATED,  # 容缺材料逾期未补, the applicant has died or is wound up ...
}


def staying(state: CaseState, *steps: CaseStep) -> dict[CaseStep, CaseState]:
    """Steps that leave a trace and no other state."""
    return dict.fromkeys(steps, state)


LAW: Mapping[CaseState, Mapping[CaseStep, CaseState]] = {
    # --- at the counter: 行政许可法第三十二条第一款, items one to five
    S.DRAFT: {
        T.NOT_REQUIRED: S.NOT_REQUIRED,  # (1) no licence needed: told at once
        T.NOT_ACCEPTED: S.NOT_ACCEPTED,  # (2) not our competence: decided at once
        T.ON_SITE_CORRECTION: S.DRAFT,  # (3) corrected on the spot: no conclusion
        T.SUPPLEMENT_REQUESTED: S.SUPPLEMENT_REQUESTED,  # (4) everything told at once
        T.DEEMED_ACCEPTED: S.DEEMED_ACCEPTED,  # (4) not told in time
        T.ACCEPTED: S.ACCEPTED,  # (5) complete
        T.ACCEPTED_WITH_DEFICIENCY: S.ACCEPTED_WITH_DEFICIENCY,  # (5), what the list tolerates follows
        T.ACCEPTED_BY_COMMITMENT: S.ACCEPTED_BY_COMMITMENT,  # (5), 国办发〔2020〕42号
        T.REDIRECTED: S.REDIRECTED,  # another matter of ours
        T.ABANDON: S.ABANDONED,
    },
    S.ABANDONED: {T.RESUME_DRAFT: S.DRAFT},
    # --- waiting for what the notice lists
    S.SUPPLEMENT_REQUESTED: {
        T.RECEIVE_PART: S.SUPPLEMENT_REQUESTED,
        T.RECEIVE_ALL: S.SUPPLEMENT_RECEIVED,
        T.SUPPLEMENT_REQUESTED: S.SUPPLEMENT_REQUESTED,
        T.NOT_ACCEPTED: S.NOT_ACCEPTED,  # the supplement period has passed
        T.WITHDRAW: S.WITHDRAWN,
        T.VOID: S.VOIDED,
    },
    S.SUPPLEMENT_RECEIVED: {
        T.ACCEPTED: S.ACCEPTED,  # (5) all supplements in: must accept
        T.DEEMED_ACCEPTED: S.DEEMED_ACCEPTED,
        T.SUPPLEMENT_REQUESTED: S.SUPPLEMENT_REQUESTED,
        T.NOT_ACCEPTED: S.NOT_ACCEPTED,
        T.WITHDRAW: S.WITHDRAWN,
        T.VOID: S.VOIDED,
    },
    # --- accepted, not taken up
    S.ACCEPTED: WHILE_THE_LIMIT_RUNS
    | staying(S.ACCEPTED, T.EXTEND, T.REQUEST_PAYMENT, T.HAND_OVER)
    | {T.TAKE_UP: S.IN_REVIEW, T.VOID: S.VOIDED},
    S.ACCEPTED_BY_COMMITMENT: WHILE_THE_LIMIT_RUNS
    | staying(S.ACCEPTED_BY_COMMITMENT, T.EXTEND, T.REQUEST_PAYMENT, T.HAND_OVER)
    | {T.TAKE_UP: S.IN_REVIEW, T.VOID: S.VOIDED},
    S.DEEMED_ACCEPTED: WHILE_THE_LIMIT_RUNS
    | staying(S.DEEMED_ACCEPTED, T.EXTEND, T.REQUEST_PAYMENT, T.HAND_OVER)
    | {T.TAKE_UP: S.IN_REVIEW, T.VOID: S.VOIDED},
    S.ACCEPTED_WITH_DEFICIENCY: WHILE_THE_LIMIT_RUNS
    | staying(S.ACCEPTED_WITH_DEFICIENCY, T.EXTEND, T.REQUEST_PAYMENT, T.HAND_OVER, T.RECEIVE_PART)
    | {T.TAKE_UP: S.IN_REVIEW, T.VOID: S.VOIDED, T.RECEIVE_ALL: S.ACCEPTED},
    # --- in review: papers that were tolerated may still come, nothing is voided any more
    S.IN_REVIEW: WHILE_THE_LIMIT_RUNS
    | staying(S.IN_REVIEW, T.EXTEND, T.REQUEST_PAYMENT, T.HAND_OVER, T.RECEIVE_PART, T.RECEIVE_ALL),
    # --- time stands still: nobody decides, nobody extends
    S.SUSPENDED: staying(S.SUSPENDED, T.REQUEST_PAYMENT, T.HAND_OVER, T.RECEIVE_PART, T.RECEIVE_ALL)
    | {T.RESUME: S.IN_REVIEW, T.WITHDRAW: S.WITHDRAWN, T.TERMINATE: S.TERMINATED},
    # --- decided: 第三十九条 (certificate and seal), 第四十四条 (handed over)
    S.GRANTED: {T.REQUEST_PAYMENT: S.GRANTED, T.CERTIFY: S.CERTIFIED, T.SEAL: S.SEALED},
    S.CERTIFIED: {T.SEAL: S.SEALED},
    S.REFUSED: {T.SEAL: S.SEALED},  # there is no certificate of a refusal
    S.SEALED: {T.MAKE_READY: S.READY, T.POST: S.POSTED, T.DELIVER: S.DELIVERED},
    S.READY: {T.HAND_OVER: S.READY, T.POST: S.POSTED, T.DELIVER: S.DELIVERED},
    S.POSTED: {T.POST_RETURNED: S.READY, T.DELIVER: S.DELIVERED},
    # --- ended
    S.DELIVERED: {T.ARCHIVE: S.ARCHIVED},
    S.WITHDRAWN: {T.ARCHIVE: S.ARCHIVED},
    S.TERMINATED: {T.ARCHIVE: S.ARCHIVED},
    S.NOT_ACCEPTED: {T.ARCHIVE: S.ARCHIVED, T.VOID: S.VOIDED},
    S.NOT_REQUIRED: {T.ARCHIVE: S.ARCHIVED, T.VOID: S.VOIDED},
    S.REDIRECTED: {T.VOID: S.VOIDED},  # the other matter has the papers
    S.VOIDED: {},
    S.ARCHIVED: {},
}
