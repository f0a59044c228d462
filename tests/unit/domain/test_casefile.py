"""The guards between acceptance and decision, each with its article, and who may do what.

行政许可法第三十四、三十八、四十二条; 接件、审批、用印三个环节完全分离.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from clerk_app.domain.actor import Role
from clerk_app.domain.acts import ActFacts, ActPaper, HandOver, Payment
from clerk_app.domain.case_rules import ROLES, apply, lock_reason
from clerk_app.domain.casefile import CaseFile, CaseOpening, folded, opened, overdue, waits_for_decision
from clerk_app.domain.cases import ACCEPTED_STATES, TRANSITIONS, CaseState, CaseStep
from clerk_app.domain.catalogue import CaseType
from clerk_app.domain.errors import Locked, NotAllowed, Refusal, Rejected
from clerk_app.domain.papers import PaperKind
from support.casefiles import (
    CHIEF,
    CLERK,
    GRANTED,
    HANDED_OVER,
    LAWFUL_FACTS,
    OTHER_CLERK,
    REFUSED,
    REVIEWER,
    SEALER,
    act,
    approval,
    decision_paper,
    later,
    lawful,
    opening,
    walked,
)

T, S = CaseStep, CaseState
TO_READY = (T.TAKE_UP, T.GRANT, T.CERTIFY, T.SEAL, T.MAKE_READY)
INSTANT = opening(case_type=CaseType.INSTANT)
EVERY_ROLE = frozenset(Role)


def done(
    file: CaseFile, step: CaseStep, facts: ActFacts | None, by: str = CLERK, papers: tuple[ActPaper, ...] = ()
) -> CaseFile:
    last = file.acts[-1].at if file.acts else later()
    return apply(file, act(step, by, last + timedelta(hours=1), facts, *papers))


# --- three people ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("step", [T.GRANT, T.REFUSE])
def test_who_received_it_does_not_decide_it(step: CaseStep) -> None:
    file = opened(opening())
    with pytest.raises(NotAllowed, match="这件由你受理，审批要换一个人"):
        apply(file, lawful(file, step, later(), by=CLERK))
    assert apply(file, lawful(file, step, later(), by=REVIEWER)).decided_by == REVIEWER


@pytest.mark.parametrize("step", [T.GRANT, T.REFUSE, T.SEAL])
def test_who_took_the_supplement_in_or_accepted_it_neither_decides_nor_seals_it(step: CaseStep) -> None:
    start = opened(opening(S.SUPPLEMENT_REQUESTED))
    for receiving, closing in ((OTHER_CLERK, CLERK), (CLERK, OTHER_CLERK)):
        file = apply(start, lawful(start, T.RECEIVE_ALL, later(days=1), by=receiving))
        file = apply(file, lawful(file, T.ACCEPTED, later(days=1), by=closing))
        if step is T.SEAL:
            file = walked(file, T.GRANT)
        with pytest.raises(NotAllowed, match="这件由你受理"):
            apply(file, lawful(file, step, later(days=2), by=OTHER_CLERK))


@pytest.mark.parametrize(("person", "did"), [(CLERK, "受理"), (REVIEWER, "决定")])
def test_who_received_or_decided_it_does_not_seal_it(person: str, did: str) -> None:
    file = walked(opening(), T.GRANT)
    with pytest.raises(NotAllowed, match=f"这件由你{did}，用印要换一个人"):
        apply(file, lawful(file, T.SEAL, later(days=1), by=person))
    sealed = apply(file, lawful(file, T.SEAL, later(days=1), by=SEALER))
    assert sealed.duties == {CLERK: "受理", REVIEWER: "审批", SEALER: "用印"}


def test_the_reason_stands_beside_the_button_before_anybody_tries() -> None:
    file = walked(opening(), T.GRANT)
    for step in (T.GRANT, T.SEAL):
        assert lock_reason(opened(opening()) if step is T.GRANT else file, step, CLERK, EVERY_ROLE, later(days=1))
    assert lock_reason(file, T.SEAL, SEALER, frozenset({Role.SEAL_KEEPER}), later(days=1)) == ""


@pytest.mark.parametrize(
    ("step", "role", "sentence"),
    [
        (T.GRANT, Role.CLERK, "有审批权的人"),
        (T.EXTEND, Role.MANAGER, "有审批权的人"),
        (T.SUSPEND, Role.SEAL_KEEPER, "有审批权的人"),
        (T.WITHDRAW, Role.REVIEWER, "窗口人员"),
        (T.HAND_OVER, Role.AUDITOR, "窗口人员"),
    ],
)
def test_a_role_that_does_not_fit_is_told_who_does_it(step: CaseStep, role: Role, sentence: str) -> None:
    assert sentence in lock_reason(opened(opening()), step, "somebody", frozenset({role}), later())


def test_the_approval_seal_is_the_seal_keepers() -> None:
    file = walked(opening(), T.GRANT)
    for role in set(Role) - {Role.SEAL_KEEPER}:
        assert "用印人" in lock_reason(file, T.SEAL, "somebody", frozenset({role}), later())


def test_machines_people_without_a_role_and_auditors_do_nothing_with_a_case() -> None:
    for step in set(CaseStep) - {T.DEEMED_ACCEPTED}:
        state = next(state for state, other in TRANSITIONS if other is step)
        for roles in (frozenset(), {Role.AUDITOR}, {Role.TECHNICIAN}, {Role.KIOSK}, {Role.DISPLAY}, {Role.SYSTEM}):
            assert lock_reason(opened(opening(state)), step, "x", frozenset(roles), later()), (step, roles)
    assert ROLES[T.DEEMED_ACCEPTED] == {Role.CLERK, Role.SYSTEM}


# --- extension: 第四十二条 ------------------------------------------------------------------------------------------
def extended(file: CaseFile, at: datetime, **changes: object) -> CaseFile:
    facts = LAWFUL_FACTS[T.EXTEND](file, at)
    assert facts.extension is not None
    return apply(file, act(T.EXTEND, REVIEWER, at, ActFacts(extension=replace(facts.extension, **changes))))  # type: ignore[arg-type]


def test_an_extension_moves_the_dates_and_keeps_the_state() -> None:
    file = extended(opened(opening()), later(days=1), promised=later(days=20), statutory=later(days=40))
    assert file.state is S.ACCEPTED
    assert (file.promised, file.statutory) == (later(days=20), later(days=40))


def test_it_is_granted_once() -> None:
    file = walked(opening(), T.TAKE_UP, T.EXTEND)
    with pytest.raises(Locked, match="已经延长过一次"):
        apply(file, lawful(file, T.EXTEND, later(days=1)))


def test_it_is_no_longer_than_the_law_allows() -> None:
    assert extended(opened(opening()), later(days=1), days=10).extension is not None
    for days in (11, 0, -3):
        with pytest.raises(Rejected, match="最多延长 10 个工作日") as refusal:
            extended(opened(opening()), later(days=1), days=days)
        assert refusal.value.field == "days"


def test_it_is_approved_before_the_limit_is_over() -> None:
    last = opening().statutory
    assert last is not None
    assert extended(opened(opening()), last).extension is not None
    with pytest.raises(Locked, match="要在到期前批准"):
        extended(opened(opening()), last + timedelta(seconds=1))
    promise_only = opened(opening(statutory=None))
    with pytest.raises(Locked, match="要在到期前批准"):
        extended(promise_only, later(days=20))


def test_a_matter_whose_law_knows_none_is_not_extended() -> None:
    with pytest.raises(Locked, match="没有规定可以延长"):
        extended(opened(opening(extension=None)), later(days=1))


@pytest.mark.parametrize(("field", "sentence"), [("reason", "延长的理由"), ("approver", "机关负责人批准")])
def test_it_names_who_approved_it_and_why(field: str, sentence: str) -> None:
    with pytest.raises(Rejected, match=sentence) as refusal:
        extended(opened(opening()), later(days=1), **{field: "  "})
    assert refusal.value.field == field
    with pytest.raises(Rejected, match="多少天"):
        done(opened(opening()), T.EXTEND, None, REVIEWER)


# --- decision: 第三十四、三十八条 -----------------------------------------------------------------------------------
def test_nothing_is_granted_while_a_tolerated_paper_is_owed() -> None:
    start = opening(S.ACCEPTED_WITH_DEFICIENCY)
    for file in (opened(start), walked(start, T.TAKE_UP)):
        with pytest.raises(Locked, match="容缺的材料还没补齐：健康证明"):
            apply(file, lawful(file, T.GRANT, later(days=1)))
        assert "健康证明" in lock_reason(file, T.GRANT, REVIEWER, frozenset({Role.REVIEWER}), later(days=1))
        refused = apply(file, lawful(file, T.REFUSE, later(days=1)))
        assert refused.granted is False
    assert walked(start, T.TAKE_UP, T.RECEIVE_ALL, T.GRANT).granted is True


@pytest.mark.parametrize(
    ("step", "field", "sentence"),
    [
        (T.GRANT, "basis", "决定的依据"),
        (T.REFUSE, "basis", "决定的依据"),
        (T.REFUSE, "reason", "写明理由（行政许可法第三十八条第二款）"),
    ],
)
def test_a_decision_has_basis_and_reason(step: CaseStep, field: str, sentence: str) -> None:
    decision = replace(GRANTED if step is T.GRANT else REFUSED, **{field: " "})
    with pytest.raises(Rejected) as refusal:
        done(opened(opening()), step, ActFacts(decision=decision), REVIEWER)
    assert sentence in str(refusal.value)
    assert refusal.value.field == field
    with pytest.raises(Rejected, match="决定的依据"):
        done(opened(opening()), step, None, REVIEWER)


def test_a_grant_says_what_is_granted_by_content_or_by_certificate() -> None:
    for decision in (replace(GRANTED, content=""), replace(GRANTED, certificate_name="")):
        facts, paper = ActFacts(decision=decision), decision_paper()
        assert done(opened(opening()), T.GRANT, facts, REVIEWER, (paper,)).decision == decision
    nothing = replace(GRANTED, content="", certificate_name="")
    with pytest.raises(Rejected, match="准予的内容"):
        done(opened(opening()), T.GRANT, ActFacts(decision=nothing), REVIEWER)


@pytest.mark.parametrize(
    ("step", "name", "others"),
    [
        (T.GRANT, "准予决定书", PaperKind.REFUSAL_DECISION),
        (T.REFUSE, "不予决定书", PaperKind.GRANT_DECISION),
    ],
)
def test_a_decision_is_written(step: CaseStep, name: str, others: PaperKind) -> None:
    facts = ActFacts(decision=GRANTED if step is T.GRANT else REFUSED)
    for papers in ((), (decision_paper(PaperKind.COLLECTION_SLIP),), (decision_paper(others),)):
        with pytest.raises(Rejected, match=f"决定要写成{name}"):
            done(opened(opening()), step, facts, REVIEWER, papers)


def test_a_case_is_decided_once() -> None:
    for first in (T.GRANT, T.REFUSE):
        file = walked(opening(), first)
        for second in (T.GRANT, T.REFUSE):
            with pytest.raises(Locked):
                apply(file, lawful(file, second, later(days=1), by=CHIEF))


# --- ends before the decision ---------------------------------------------------------------------------------------
def test_the_applicant_takes_it_back_until_it_is_decided() -> None:
    for file in (opened(opening()), walked(opening(), T.TAKE_UP), walked(opening(), T.SUSPEND)):
        back = walked(file, T.WITHDRAW)
        assert back.state is S.WITHDRAWN
        assert (back.promised, back.statutory) == (None, None)
        assert back.ended_at == back.acts[-1].at
    with pytest.raises(Locked):
        walked(opening(), T.GRANT, T.WITHDRAW)


@pytest.mark.parametrize(("missing", "sentence"), [("reason", "终止的理由"), ("basis", "终止的依据")])
def test_a_termination_has_reason_and_basis(missing: str, sentence: str) -> None:
    facts = replace(ActFacts(reason="申请人死亡", basis="行政许可法第七十条"), **{missing: ""})
    with pytest.raises(Rejected, match=sentence) as refusal:
        done(opened(opening()), T.TERMINATE, facts)
    assert refusal.value.field == missing
    assert walked(opening(), T.TERMINATE).state is S.TERMINATED


@pytest.mark.parametrize("state", sorted(ACCEPTED_STATES | {S.SUPPLEMENT_REQUESTED, S.NOT_ACCEPTED, S.REDIRECTED}))
def test_voiding_needs_another_persons_consent_and_two_reasons(state: CaseState) -> None:
    file = opened(opening(state))
    lacking = (
        (Rejected, ActFacts(approval=approval())),
        (Locked, ActFacts(reason="重复收件")),
        (NotAllowed, ActFacts(reason="重复收件", approval=approval(CLERK))),
        (Rejected, ActFacts(reason="重复收件", approval=approval(reason=" "))),
    )
    for refusal, facts in lacking:
        with pytest.raises(refusal):
            done(file, T.VOID, facts)
    voided = done(file, T.VOID, ActFacts(reason="重复收件", approval=approval()))
    assert voided.state is S.VOIDED
    assert voided.promised is None


def test_what_the_office_has_is_not_voided() -> None:
    file = walked(opening(), T.HAND_OVER)
    with pytest.raises(Locked, match="已经交接材料"):
        apply(file, lawful(file, T.VOID, later(days=1)))
    assert "已经交接材料" in lock_reason(file, T.VOID, CLERK, frozenset({Role.CLERK}), later(days=1))
    assert walked(file, T.WITHDRAW).state is S.WITHDRAWN


def test_a_hand_over_names_the_department_and_is_counted() -> None:
    for wrong in (None, ActFacts(hand_over=HandOver("sheet-1", " ", 5))):
        with pytest.raises(Rejected, match="交给哪个部门"):
            done(opened(opening()), T.HAND_OVER, wrong)
    assert walked(opening(), T.HAND_OVER, T.HAND_OVER).handed_over == 2


@pytest.mark.parametrize("field", ["amount", "basis"])
def test_nobody_pays_without_an_amount_and_a_standard(field: str) -> None:
    payment = Payment("证照工本费", "10.00", "省物价局文件")
    assert done(opened(opening()), T.REQUEST_PAYMENT, ActFacts(payment=payment)).state is S.ACCEPTED
    with pytest.raises(Rejected, match="收费依据"):
        done(opened(opening()), T.REQUEST_PAYMENT, ActFacts(payment=replace(payment, **{field: ""})))


# --- the fold ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("start", [opening(), INSTANT, opening(S.DEEMED_ACCEPTED), opening(S.ACCEPTED_BY_COMMITMENT)])
def test_the_same_acts_give_the_same_file(start: CaseOpening) -> None:
    file = walked(start, T.TAKE_UP, T.SUSPEND, T.RESUME, T.EXTEND, *TO_READY[1:], T.DELIVER, T.ARCHIVE)
    assert file.state is S.ARCHIVED
    assert folded(start, file.acts) == file


def test_acts_of_another_case_are_a_mistake_of_the_program() -> None:
    stray = replace(lawful(opened(opening()), T.TAKE_UP, later()), case_id="case-2")
    with pytest.raises(ValueError, match="another case"):
        apply(opened(opening()), stray)


@pytest.mark.parametrize("state", CaseState)
def test_steps_that_the_table_does_not_know_are_refused_whatever_their_facts(state: CaseState) -> None:
    file = opened(opening(state))
    for step in CaseStep:
        if (state, step) not in TRANSITIONS:
            facts = ActFacts(reason="理由", basis="依据", approval=approval(), decision=GRANTED, delivery=HANDED_OVER)
            with pytest.raises(Locked):
                apply(file, act(step, CHIEF, later(days=1), facts))
            assert lock_reason(file, step, CHIEF, EVERY_ROLE, later(days=1))


def test_a_case_is_overdue_when_its_promise_has_passed_undecided() -> None:
    promise = opening().promised
    assert promise is not None
    file = walked(opening(), T.TAKE_UP)
    assert not overdue(file, promise)
    assert overdue(file, promise + timedelta(seconds=1))
    assert not overdue(walked(file, T.SUSPEND), promise + timedelta(days=30))
    assert not overdue(walked(file, T.GRANT), promise + timedelta(days=30))
    assert waits_for_decision(file)
    assert not waits_for_decision(walked(file, T.GRANT))
    assert not waits_for_decision(walked(file, T.SUSPEND))


def test_every_refusal_is_a_chinese_sentence() -> None:
    """Acts without any facts, from every state: what is asked for is said in words."""
    sentences = []
    for state in CaseState:
        for step in CaseStep:
            try:
                apply(opened(opening(state)), act(step, CHIEF, later(days=1)))
            except Refusal as refusal:
                sentences.append(str(refusal))
    assert len(sentences) > 600
    for sentence in sentences:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in sentence), sentence
        assert not set("!！") & set(sentence), sentence


def test_what_counted_once_is_not_judged_again() -> None:
    """A rule that a later version adds must not lock a case that is under way."""
    file = opened(opening())
    bare = act(CaseStep.GRANT, "rui", file.opening.concluded_at + timedelta(minutes=5))
    with pytest.raises(Rejected):
        apply(file, bare)
    assert folded(file.opening, (bare,)).state is CaseState.GRANTED
