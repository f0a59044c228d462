"""Every pair of state and step against a table written by hand from the law, and what the table as a whole promises."""

from __future__ import annotations

import re
from itertools import product

import pytest

from clerk_app.domain.cases import (
    ACCEPTED_STATES,
    ENDED,
    UNDER_DECISION,
    CaseState,
    CaseStep,
    after,
    steps_from,
    why_not,
)
from clerk_app.domain.errors import Locked
from clerk_app.domain.law import ACCEPTING, OUTCOME_NAMES, OutcomeKind
from support.case_law import LAW

S, T = CaseState, CaseStep

HAS_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def reached_from(start: CaseState) -> set[CaseState]:
    """States that steps of the program's own table lead to, ``start`` included."""
    found, open_states = {start}, [start]
    while open_states:
        here = open_states.pop()
        for step in steps_from(here):
            there = after(here, step)
            if there not in found:
                found.add(there)
                open_states.append(there)
    return found


def test_the_hand_written_table_knows_every_state() -> None:
    assert set(LAW) == set(CaseState)
    assert len(list(product(CaseState, CaseStep))) == len(CaseState) * len(CaseStep) == 24 * 31


@pytest.mark.parametrize("state", CaseState)
def test_every_step_leads_where_the_law_says_or_is_refused(state: CaseState) -> None:
    for step in CaseStep:
        lawful = LAW[state].get(step)
        if lawful is not None:
            assert after(state, step) is lawful, (state, step)
            continue
        with pytest.raises(Locked) as refusal:
            after(state, step)
        assert str(refusal.value) == why_not(state, step), (state, step)


@pytest.mark.parametrize("state", CaseState)
def test_the_steps_that_are_offered_are_the_lawful_ones_in_a_steady_order(state: CaseState) -> None:
    assert steps_from(state) == tuple(step for step in CaseStep if step in LAW[state])


def test_every_state_can_be_reached_from_a_draft() -> None:
    assert reached_from(S.DRAFT) == set(CaseState)


@pytest.mark.parametrize("state", sorted(set(CaseState) - ENDED))
def test_nothing_that_is_open_is_a_dead_end(state: CaseState) -> None:
    assert reached_from(state) & ENDED


@pytest.mark.parametrize("state", sorted(ENDED))
def test_what_has_ended_can_only_be_archived_or_voided(state: CaseState) -> None:
    assert set(steps_from(state)) <= {T.ARCHIVE, T.VOID}
    assert reached_from(state) <= {state, S.ARCHIVED, S.VOIDED}


def test_nothing_is_delivered_unsealed_and_nothing_sealed_undecided() -> None:
    """Walks without the step in question never get there, whatever the order of the others."""

    def without(step: CaseStep) -> set[CaseState]:
        found, open_states = {S.DRAFT}, [S.DRAFT]
        while open_states:
            here = open_states.pop()
            for other in steps_from(here):
                if other is not step and after(here, other) not in found:
                    found.add(after(here, other))
                    open_states.append(after(here, other))
        return found

    assert without(T.SEAL).isdisjoint({S.SEALED, S.READY, S.POSTED, S.DELIVERED})
    assert S.SEALED in without(T.GRANT)  # a refusal is sealed too
    assert S.CERTIFIED not in without(T.GRANT)


def test_time_stands_still_only_until_it_is_resumed() -> None:
    onward = {after(S.SUSPENDED, step) for step in steps_from(S.SUSPENDED)} - {S.SUSPENDED}
    assert onward == {S.IN_REVIEW, S.WITHDRAWN, S.TERMINATED}


def test_every_outcome_of_the_counter_is_a_step_and_but_for_one_a_state() -> None:
    for outcome in OutcomeKind:
        assert CaseStep(outcome.value)
        if outcome is OutcomeKind.ON_SITE_CORRECTION:
            assert outcome.value not in set(CaseState)
        else:
            assert after(S.DRAFT, outcome) is CaseState(outcome.value)
    assert {CaseState(outcome.value) for outcome in ACCEPTING} == ACCEPTED_STATES
    assert UNDER_DECISION.isdisjoint(ENDED)
    assert set(OUTCOME_NAMES) == set(OutcomeKind)


@pytest.mark.parametrize("state", CaseState)
def test_the_sentence_of_a_refusal_says_where_the_case_stands(state: CaseState) -> None:
    for step in set(CaseStep) - set(LAW[state]):
        sentence = why_not(state, step)
        assert HAS_CHINESE.search(sentence), (state, step)
        assert state.label in sentence or (state is S.ARCHIVED and "已经归档" in sentence), (state, step, sentence)
        assert not re.search(r"[A-Za-z_!！]", sentence), sentence


@pytest.mark.parametrize("state", CaseState)
def test_nobody_is_told_to_void_and_do_again_what_cannot_be_voided_or_has_no_conclusion_yet(state: CaseState) -> None:
    concluded = state not in {S.DRAFT, S.ABANDONED, S.SUPPLEMENT_REQUESTED, S.SUPPLEMENT_RECEIVED}
    told = {step for step in set(CaseStep) - set(LAW[state]) - {T.VOID} if "作废后重办" in why_not(state, step)}
    outcomes = {CaseStep(outcome.value) for outcome in OutcomeKind}
    assert told == (outcomes if concluded and T.VOID in LAW[state] else set())


def test_states_and_steps_have_words_of_their_own() -> None:
    for words in (CaseState, CaseStep):
        labels = [one.label for one in words]
        assert all(HAS_CHINESE.search(label) for label in labels)
        assert len(set(labels)) == len(labels)
