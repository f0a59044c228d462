"""A case in the hands of people who try everything: lawful acts, lawful acts with one fact bent, and plain nonsense."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import fields
from datetime import timedelta
from itertools import product
from random import Random
from typing import Any, ClassVar

from hypothesis import Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from clerk_app.domain.act_checks import suspension_causes
from clerk_app.domain.actor import Role
from clerk_app.domain.acts import ActFacts, CaseAct
from clerk_app.domain.calendar import Limit
from clerk_app.domain.case_rules import apply, lock_reason
from clerk_app.domain.casefile import CaseFile, CaseOpening, folded, opened
from clerk_app.domain.cases import ENDED, CaseState, CaseStep, steps_from
from clerk_app.domain.catalogue import CaseType, SpecialProcedure
from clerk_app.domain.errors import Refusal
from clerk_app.domain.law import ProcedureLaw, SuspensionCause
from support.case_bends import bends
from support.case_witness import Witness
from support.casefiles import CONCLUDED, LAWFUL_FACTS, PEOPLE, act, lawful, opening

S, T = CaseState, CaseStep

COUNTER_LEFT_IT = (
    S.SUPPLEMENT_REQUESTED,
    S.ACCEPTED,
    S.ACCEPTED_WITH_DEFICIENCY,
    S.ACCEPTED_BY_COMMITMENT,
    S.DEEMED_ACCEPTED,
    S.NOT_ACCEPTED,
    S.NOT_REQUIRED,
    S.REDIRECTED,
)
BEFORE_THE_CONCLUSION = {S.DRAFT, S.ABANDONED}
NEVER_AFTER_IT = {
    T.ACCEPTED_WITH_DEFICIENCY,
    T.ACCEPTED_BY_COMMITMENT,
    T.ON_SITE_CORRECTION,
    T.NOT_REQUIRED,
    T.REDIRECTED,
    T.ABANDON,
    T.RESUME_DRAFT,
}
ENDINGS = {T.WITHDRAW, T.TERMINATE, T.VOID}
PASSING_TIME = (0.0, 3.0, 30.0, 300.0, 800.0)
EVERY_ROLE = frozenset(Role)
SEED = 20261122

OPENINGS = st.builds(
    opening,
    st.sampled_from((*COUNTER_LEFT_IT[:1] * 6, *COUNTER_LEFT_IT[:3] * 2, *COUNTER_LEFT_IT)),
    law=st.sampled_from(ProcedureLaw),
    case_type=st.sampled_from([CaseType.INSTANT, CaseType.PROMISED]),
    extension=st.sampled_from([None, Limit(3, "工作日", "3 个工作日"), Limit(10, "工作日", "10 个工作日")]),
    special_procedures=st.lists(
        st.builds(
            SpecialProcedure,
            st.just("程序"),
            st.sampled_from([SuspensionCause.HEARING, SuspensionCause.PUBLICITY, SuspensionCause.SITE_INSPECTION]),
            st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
)


# Explaining a failure traces every line again, which takes longer than the run.
RUN = settings(derandomize=True, max_examples=150, stateful_step_count=40, phases=set(Phase) - {Phase.explain})


class Trial:
    """One case, the witness beside it, and what must hold of every act that is tried on it."""

    def __init__(self, start: CaseOpening) -> None:
        self.opening, self.file, self.now = start, opened(start), CONCLUDED
        self.witness = Witness(start)
        self.kept = deepcopy(self.file)
        self.seen: set[CaseState | CaseStep] = {start.state}

    def proper(self, step: CaseStep, hours: float, by: str = "") -> tuple[CaseAct, bool]:
        """The act with facts in order, and whether the law then has nothing against it."""
        one = lawful(self.file, step, self.now + timedelta(hours=hours), by)
        reason = lock_reason(self.file, step, one.by.user_id, EVERY_ROLE, one.at)
        return one, not reason and self._possible(one)

    def _possible(self, one: CaseAct) -> bool:
        """Whether facts in order exist at all for the case as it stands and this person."""
        if one.facts.approval is not None and one.facts.approval.user_id == one.by.user_id:
            return False
        if one.step is T.RECEIVE_PART:
            return len(self.file.missing) > 1
        if one.step is T.SUSPEND:
            return bool(suspension_causes(self.opening))
        return True

    def tried(self, one: CaseAct) -> bool:
        """Try it and go on from there when it was accepted."""
        after = self.judged(one, self.witness)
        if after is None:
            return False
        self.file, self.kept, self.now = after, deepcopy(after), max(self.now, one.at)
        self.seen |= {after.state, one.step}
        return True

    def judged(self, one: CaseAct, witness: Witness) -> CaseFile | None:
        """The case after the act, which satisfies the witness; None when it was refused, which changes nothing."""
        before = self.file
        locked = lock_reason(before, one.step, one.by.user_id, EVERY_ROLE, one.at)
        try:
            after = apply(before, one)
        except Refusal:
            assert before == self.kept, "a refused act changed the case"
            return None
        assert not locked, f"done although the button was locked: {locked}"
        assert before == self.kept, "the case before an act is not what it was"
        witness.saw(one)
        witness.agrees_with(after)
        assert after.acts == (*before.acts, one)
        assert folded(self.opening, after.acts) == after, "the same acts give another case"
        assert before.state not in ENDED or after.state in {S.ARCHIVED, S.VOIDED}
        return after


class CaseMachine(RuleBasedStateMachine):
    """Whatever is tried, the witness finds nothing wrong with what was accepted, and refusals change nothing."""

    seen: ClassVar[set[CaseState | CaseStep]] = set()
    bent_and_refused: ClassVar[Counter[str]] = Counter()

    @initialize(start=OPENINGS)
    def concluded(self, start: CaseOpening) -> None:
        self.trial = Trial(start)

    @precondition(lambda self: steps_from(self.trial.file.state))
    @rule(data=st.data(), hours=st.sampled_from(PASSING_TIME), by=st.sampled_from(["", "", "", *PEOPLE]))
    def properly(self, data: st.DataObject, hours: float, by: str) -> None:
        """A step of the table with facts in order, mostly by the person whose work it is."""
        one, lawful_now = self.trial.proper(self._step(data), hours, by)
        # What no guard locks and no fact is wrong with is done: the law is not made stricter than it is.
        assert self.trial.tried(one) == lawful_now

    @precondition(lambda self: steps_from(self.trial.file.state))
    @rule(data=st.data(), hours=st.sampled_from(PASSING_TIME), by=st.sampled_from(["", "", *PEOPLE]))
    def with_something_bent(self, data: st.DataObject, hours: float, by: str) -> None:
        """The same with one fact dropped, emptied, moved in time or exchanged."""
        one, _ = self.trial.proper(self._step(data), hours, by)
        what, bent = data.draw(st.sampled_from(list(bends(one))), label="bent")
        if not self.trial.tried(bent):
            self.bent_and_refused[what] += 1

    @rule(
        data=st.data(),
        step=st.sampled_from(CaseStep),
        by=st.sampled_from([*PEOPLE]),
        shift=st.sampled_from([-800.0, -30.0, 0.0, 1.0, 900.0]),
    )
    def without_any_sense(self, data: st.DataObject, step: CaseStep, by: str, shift: float) -> None:
        """Any step, by anybody, at any time, with the facts of some other steps."""
        at = self.trial.now + timedelta(hours=shift)
        merged: dict[str, Any] = {}
        for other in data.draw(st.lists(st.sampled_from(sorted(LAWFUL_FACTS)), max_size=3)):
            found = LAWFUL_FACTS[other](self.trial.file, at)
            merged |= {one.name: getattr(found, one.name) for one in fields(found) if getattr(found, one.name)}
        self.trial.tried(act(step, by, at, ActFacts(**merged)))

    def teardown(self) -> None:
        if hasattr(self, "trial"):
            self.seen.update(self.trial.seen)
            for one in sorted(self.trial.seen):
                event(f"came to {one}")

    def _step(self, data: st.DataObject) -> CaseStep:
        """Mostly on the way to the citizen's hands: an ending is drawn less often."""
        open_steps = steps_from(self.trial.file.state)
        onward = tuple(step for step in open_steps if step not in ENDINGS)
        return data.draw(st.sampled_from((*onward, *onward, *onward, *open_steps)), label="step")


MUST_HOLD = Counter(
    [
        "by",
        "reason",
        "basis",
        "approval",
        "approval.user_id",
        "approval.reason",
        "arrival.arrived_at",
        "arrival.checks",
        "acceptance.accepted_at",
        "notice.materials",
        "notice.due",
        "suspension.cause",
        "suspension.basis",
        "suspension.starts_on",
        "suspension.expected",
        "resumption.ends_on",
        "resumption.result",
        "extension.days",
        "extension.reason",
        "extension.approver",
        "decision.basis",
        "decision.reason",
        "papers",
        "sealing.register_no",
        "sealing.paper_ids",
        "sealing.count",
        "pieces.names",
        "delivery.receiver",
        "delivery.relation",
        "delivery.id_number",
        "delivery.pieces",
        "delivery.manner",
        "delivery.carrier",
        "delivery.tracking",
        "delivery.address",
        "hand_over.to",
        "payment.amount",
        "payment.basis",
    ]
)
"""Facts of which some bent value at least is refused."""

DEEP = {
    S.SUPPLEMENT_RECEIVED,
    S.IN_REVIEW,
    S.SUSPENDED,
    S.GRANTED,
    S.REFUSED,
    S.SEALED,
    S.READY,
    S.DELIVERED,
    S.WITHDRAWN,
    S.ARCHIVED,
}


def test_no_guard_gives_way_and_none_is_stricter_than_the_law() -> None:
    CaseMachine.seen.clear()
    CaseMachine.bent_and_refused.clear()
    run_state_machine_as_test(CaseMachine, settings=RUN)
    # The run says something only if it came far and was refused for many reasons.
    assert CaseMachine.seen >= DEEP
    # Which facts it bends depends on what else is loaded; that each is bent is the next test's.
    assert len(CaseMachine.bent_and_refused) >= 10, CaseMachine.bent_and_refused


def test_lawful_walks_come_to_every_state_by_every_step_and_there_every_fact_is_bent() -> None:
    draw, seen, refused, bent_at = Random(SEED), set[CaseState | CaseStep](), Counter[str](), Counter[Any]()
    extensions = (None, Limit(3, "工作日", "3 个工作日"), Limit(10, "工作日", "10 个工作日"))
    for law, case_type, extension, state, walk in product(
        ProcedureLaw, (CaseType.INSTANT, CaseType.PROMISED), extensions, COUNTER_LEFT_IT, range(6)
    ):
        trial = Trial(opening(state, law=law, case_type=case_type, extension=extension))
        for _ in range(25):
            if not steps_from(trial.file.state):
                break
            one, lawful_now = trial.proper(draw.choice(steps_from(trial.file.state)), draw.choice(PASSING_TIME))
            here = (trial.file.state, one.step, lawful_now, case_type)
            bent_at[here] += 1
            if bent_at[here] == 1:
                for what, bent in bends(one):
                    refused[what] += trial.judged(bent, deepcopy(trial.witness)) is None
            assert trial.tried(one) == lawful_now, (SEED, law, case_type, extension, state, walk, one)
        seen |= trial.seen
    assert seen == (set(CaseState) - BEFORE_THE_CONCLUSION) | (set(CaseStep) - NEVER_AFTER_IT)
    assert +refused >= MUST_HOLD, set(MUST_HOLD) - set(+refused)
