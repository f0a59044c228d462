"""Acts at random by anybody at any window: the guards hold, and what comes twice changes nothing."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from clerk_app.domain.actor import Role
from clerk_app.domain.acts import (
    Acceptance,
    ActFacts,
    Arrival,
    CaseAct,
    Channel,
    Decision,
    Delivery,
    DeliveryManner,
    Extension,
    HandOver,
    Pieces,
    Resumption,
    Sealing,
    SecondNotice,
    Suspension,
)
from clerk_app.domain.case_rules import ROLES
from clerk_app.domain.cases import TRANSITIONS, CaseState, CaseStep
from clerk_app.domain.catalogue import CaseType
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.errors import Conflict, Refusal
from clerk_app.domain.law import SuspensionCause
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.hall_cases import ActAck, WorkKind
from support.case_flow import AtWork, at_work, decision_paper, opening, record, supplement_opening, uuid
from support.hall import MORNING, HallInHand, hall_in_hand
from support.postgres import new_store, quick_server

CASES = (1, 2, 3, 4)
DECISIONS = {CaseStep.GRANT: PaperKind.GRANT_DECISION, CaseStep.REFUSE: PaperKind.REFUSAL_DECISION}
ENDINGS = frozenset({CaseStep.WITHDRAW, CaseStep.TERMINATE, CaseStep.VOID, CaseStep.ARCHIVE, CaseStep.NOT_ACCEPTED})
ASIDE = frozenset({CaseStep.SUSPEND, CaseStep.HAND_OVER, CaseStep.REQUEST_PAYMENT, CaseStep.EXTEND, CaseStep.TAKE_UP})
MAIN_LISTS = frozenset(WorkKind) - {WorkKind.OWED}
EVERYTHING = (Role.CLERK, Role.REVIEWER, Role.SEAL_KEEPER)


class CaseMachine(RuleBasedStateMachine):
    """The model is what was acknowledged, and the law's promises computed from it without the fold."""

    postgresql = False

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        place = self.stack.enter_context(new_store(quick_server())) if self.postgresql else folder
        self.hall: HallInHand = self.stack.enter_context(hall_in_hand(place))
        self.hall.clock.move(hours=1)
        # Two who may do everything, so that only the law keeps their duties apart, and one of each kind.
        self.people: list[AtWork] = [
            at_work(self.hall, "11", "甲", *EVERYTHING),
            at_work(self.hall, "12", "乙", *EVERYTHING),
            at_work(self.hall, "13", "丙", *EVERYTHING),
            at_work(self.hall, "14", "丁", Role.CLERK),
        ]
        self.openings = {number: self._opening(number) for number in CASES}
        for number, start in self.openings.items():
            receiver = self.people[number % len(self.people)]
            receiver.stores(record(start, self.hall.hall_id, receiver.doer.window_no))
        self.taken: dict[int, list[tuple[AtWork, CaseAct, ActAck]]] = {number: [] for number in CASES}
        self.next_id = 1

    def _opening(self, number: int):  # type: ignore[no-untyped-def]
        receiver = self.people[number % len(self.people)].user_id
        if number == 1:
            return opening(number, receiver, case_type=CaseType.INSTANT)
        if number == 2:
            return supplement_opening(number, receiver)
        if number == 3:
            return opening(number, receiver, state=CaseState.ACCEPTED_WITH_DEFICIENCY, owed=("m3",))
        return opening(number, receiver)

    def teardown(self) -> None:
        self.stack.close()

    def _state(self, number: int) -> CaseState:
        taken = self.taken[number]
        return taken[-1][2].state if taken else self.openings[number].state

    def _facts(self, number: int, step: CaseStep, materials: list[str]) -> ActFacts:
        """Facts that would do; whether the step is lawful is the server's to say."""
        now = self.hall.clock.now()
        papers = tuple(paper.paper_id for _, one, _ in self.taken[number] for paper in one.papers)
        complete = [one.facts.arrival.arrived_at for _, one, _ in self.taken[number] if one.facts.arrival]
        checks = tuple(MaterialCheck(one, Verdict.ORIGINAL, pieces=1) for one in materials)
        return ActFacts(
            reason="理由",
            basis="依据",
            arrival=Arrival(Channel.WINDOW, now, checks) if "receive" in step.value else None,
            acceptance=Acceptance(max(complete, default=self.openings[number].received_at)),
            notice=SecondNotice(tuple(materials), now + timedelta(days=30)),
            suspension=Suspension(SuspensionCause.HEARING, "第四十五条", now.date(), "10个工作日"),
            resumption=Resumption(now.date(), "听证结束"),
            extension=Extension(5, "情况复杂", "张局长", "局长"),
            decision=Decision("事实", "依据", content="准予", reason="不符合条件"),
            sealing=Sealing("YZ-1", papers, max(1, len(papers))),
            pieces=Pieces(("正本 1",), "3 号柜"),
            delivery=Delivery(
                DeliveryManner.DIRECT,
                "李晓彤",
                "本人",
                id_number="110101199003070003",
                pieces=("正本 1",) if any(one.step is CaseStep.MAKE_READY for _, one, _ in self.taken[number]) else (),
                address="明河区",
                carrier="邮政",
                tracking="EM1",
            ),
            hand_over=HandOver("s1", "区市场监督管理局", 1),
        )

    @rule(
        number=st.sampled_from(CASES),
        who=st.integers(0, 3),
        step=st.sampled_from(CaseStep),
        materials=st.lists(st.sampled_from(["m1", "m2", "m3"]), unique=True, max_size=2),
        minutes=st.integers(0, 60 * 24),
    )
    def somebody_does_something(
        self, number: int, who: int, step: CaseStep, materials: list[str], minutes: int
    ) -> None:
        self._try(number, who, step, materials, minutes)

    @rule(number=st.sampled_from(CASES), chance=st.randoms(use_true_random=False))
    def a_case_goes_on(self, number: int, chance: Random) -> None:
        for _ in range(4):
            steps = sorted(step for state, step in TRANSITIONS if state is self._state(number))
            # Ends are always open; left to chance alone hardly a case would live to see its seal.
            onward = [step for step in steps if step not in ENDINGS and step not in ASIDE]
            steps = onward if onward and chance.random() < 0.9 else steps
            if not steps:
                return
            materials = {2: ["m1", "m2"], 3: ["m3"]}.get(number, [])
            self._try(number, chance.randint(0, 3), chance.choice(steps), materials, chance.randint(1, 600))

    def _try(self, number: int, who: int, step: CaseStep, materials: list[str], minutes: int) -> None:
        self.hall.clock.move(minutes=minutes)
        person = self.people[who]
        papers = (decision_paper(self.next_id, DECISIONS[step]),) if step in DECISIONS else ()
        act = CaseAct(
            act_id=uuid(self.next_id, 100),
            case_id=uuid(number),
            step=step,
            at=self.hall.clock.now(),
            by=person.doer,
            facts=self._facts(number, step, materials),
            papers=papers,
        )
        self.next_id += 1
        before = self._state(number)
        try:
            ack = person.pushes(act)
        except Refusal:
            return
        # whatever was let through is lawful by the table and by the roles
        assert TRANSITIONS[before, step] is ack.state
        assert not person.caller.actor.roles.isdisjoint(ROLES.get(step, {Role.CLERK}))
        self.taken[number].append((person, act, ack))
        assert ack.position == len(self.taken[number])

    @precondition(lambda self: any(self.taken.values()))
    @rule(chance=st.randoms(use_true_random=False))
    def an_old_act_comes_again(self, chance: Random) -> None:
        person, act, ack = chance.choice([one for some in self.taken.values() for one in some])
        self.hall.sequence()
        head = self.hall.read(lambda unit: unit.journal.head())
        assert person.pushes(act) == ack
        for changed in (replace(act, at=act.at - timedelta(seconds=1)), replace(act, facts=ActFacts(reason="别的"))):
            try:
                person.pushes(changed)
            except Conflict:
                continue
            raise AssertionError("another content under a known id was taken")
        self.hall.sequence()
        assert self.hall.read(lambda unit: unit.journal.head()) == head

    @invariant()
    def the_server_has_exactly_what_it_acknowledged(self) -> None:
        for number in CASES:
            case_id = uuid(number)
            bodies = self.hall.read(lambda unit, wanted=case_id: unit.files.acts(wanted))
            assert [body["act_id"] for body in bodies] == [act.act_id for _, act, _ in self.taken[number]]

    @invariant()
    def receiving_deciding_and_sealing_are_different_people(self) -> None:
        for number in CASES:
            receivers = {self.openings[number].received_by}
            deciders = {act.by.user_id for _, act, _ in self.taken[number] if act.step in DECISIONS}
            sealers = {act.by.user_id for _, act, _ in self.taken[number] if act.step is CaseStep.SEAL}
            assert len(receivers | deciders | sealers) == len(receivers) + len(deciders) + len(sealers)

    @invariant()
    def the_laws_of_one_time_hold(self) -> None:
        for number in CASES:
            steps = [act.step for _, act, _ in self.taken[number]]
            for once in (CaseStep.EXTEND, CaseStep.SEAL, CaseStep.DELIVER, CaseStep.ARCHIVE):
                assert steps.count(once) <= 1
            assert sum(steps.count(one) for one in DECISIONS) <= 1
            # no notice may list what the first did not: nobody in this machine has a supervisor's consent
            listed = {
                one
                for _, act, _ in self.taken[number]
                if act.step is CaseStep.SUPPLEMENT_REQUESTED
                for one in act.facts.notice.materials
            }
            assert listed <= set(self.openings[number].listed)
            if CaseStep.GRANT in steps and number == 3:
                assert CaseStep.RECEIVE_ALL in steps[: steps.index(CaseStep.GRANT)]

    @invariant()
    def every_seal_has_its_lines(self) -> None:
        start, now = MORNING - timedelta(hours=1), self.hall.clock.now() + timedelta(seconds=1)
        uses = self.hall.read(lambda unit: unit.registers.seal_uses(start, now))
        sealed = [
            paper_id
            for some in self.taken.values()
            for _, act, _ in some
            if act.step is CaseStep.SEAL
            for paper_id in act.facts.sealing.paper_ids
        ]
        assert sorted(use.paper_id for use in uses) == sorted(sealed)

    @invariant()
    def every_open_case_is_in_one_list_of_work(self) -> None:
        seen: dict[str, list[WorkKind]] = {}
        for kind in MAIN_LISTS:
            for line in self.people[0].work(kind):
                assert line.state is self._state(int(line.case_id[-12:]))
                seen.setdefault(line.case_id, []).append(kind)
        assert all(len(kinds) == 1 for kinds in seen.values())
        ended = {
            *(CaseState.NOT_ACCEPTED, CaseState.DELIVERED, CaseState.WITHDRAWN, CaseState.TERMINATED),
            *(CaseState.VOIDED, CaseState.ARCHIVED),
        }
        open_cases = {uuid(number) for number in CASES if self._state(number) not in ended}
        assert set(seen) == open_cases


TestCases = CaseMachine.TestCase
TestCases.settings = settings(max_examples=12, stateful_step_count=40, deadline=None)


class CasesOnPostgres(CaseMachine):
    postgresql = True


TestCasesOnPostgres = CasesOnPostgres.TestCase
TestCasesOnPostgres.settings = settings(max_examples=4, stateful_step_count=40, deadline=None)
