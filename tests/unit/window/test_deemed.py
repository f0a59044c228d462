"""视为受理: the law concludes what nobody answered in time, for the window that received it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clerk_app.domain.cases import CaseState
from clerk_app.domain.errors import Locked
from clerk_app.domain.law import OutcomeKind, ProcedureLaw
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.window import Step
from clerk_app.services.window.deemed import DeemedDesk
from support.matters import food_licence
from support.people import resident
from support.window import CLERK, Window, calendar
from support.window_memory import MemoryWindowStore

COLLEAGUE = replace(CLERK, user_id="018f0000-0000-7000-8000-0000000000dd", user_name="赵琳")


@pytest.fixture
def window() -> Window:
    return Window(MemoryWindowStore())


@pytest.fixture
def desk(window: Window) -> DeemedDesk:
    return DeemedDesk(window.store, window.cases, window.clock, calendar)


def received(window: Window, law: ProcedureLaw = ProcedureLaw.LICENSING) -> str:
    intake = window.cases.open_case(CLERK, None).with_applicant(resident())
    intake = intake.with_matter(replace(food_licence(), procedure_law=law), window.clock.now())
    window.cases.save_draft(intake, Step.MATERIALS, CLERK)
    return intake.case_id


def test_a_licence_is_accepted_from_the_day_of_receipt_after_five_working_days(
    window: Window, desk: DeemedDesk
) -> None:
    case_id = received(window)
    at = window.clock.now()
    window.clock.moment = at + timedelta(days=7)
    assert desk.run(COLLEAGUE) == ()
    window.clock.moment = at + timedelta(days=8)
    (concluded,) = desk.run(COLLEAGUE)
    assert concluded.case_id == case_id
    conclusion = concluded.conclusion
    assert conclusion.state is CaseState.DEEMED_ACCEPTED
    assert conclusion.accepted_at == at
    assert [paper.kind for paper in concluded.papers if paper.kind is not PaperKind.RECEIPT] == [
        PaperKind.ACCEPTANCE_NOTICE
    ]
    assert window.cases.drafts() == ()


def test_who_received_it_stays_the_receiver(window: Window, desk: DeemedDesk) -> None:
    received(window)
    window.clock.advance(days=8)
    (concluded,) = desk.run(COLLEAGUE)
    assert concluded.conclusion.actor.user_id == CLERK.user_id


def test_putting_the_draft_away_answers_nobody(window: Window, desk: DeemedDesk) -> None:
    case_id = received(window)
    window.cases.abandon(case_id, "过号", CLERK)
    window.clock.advance(days=8)
    assert [one.case_id for one in desk.run(COLLEAGUE)] == [case_id]


def test_a_registration_not_refused_on_the_spot_is_accepted_the_next_day(window: Window, desk: DeemedDesk) -> None:
    received(window, ProcedureLaw.REAL_ESTATE)
    assert desk.run(COLLEAGUE) == ()
    window.clock.advance(days=1)
    assert len(desk.run(COLLEAGUE)) == 1


def test_where_no_law_says_so_silence_means_nothing(window: Window, desk: DeemedDesk) -> None:
    received(window, ProcedureLaw.OWN)
    window.clock.advance(days=60)
    assert desk.run(COLLEAGUE) == ()


def test_it_is_concluded_once(window: Window, desk: DeemedDesk) -> None:
    received(window)
    window.clock.advance(days=8)
    assert len(desk.run(COLLEAGUE)) == 1
    assert desk.run(COLLEAGUE) == ()


def test_after_that_day_nothing_but_acceptance_is_left(window: Window) -> None:
    case_id = received(window)
    window.clock.advance(days=8)
    intake = window.cases.resume(case_id, CLERK).intake.mark_all_as_required()
    with pytest.raises(Locked, match="视为受理"):
        window.cases.conclude(intake, OutcomeKind.NOT_ACCEPTED, CLERK)
    concluded = window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK)
    assert concluded.conclusion.accepted_at == intake.received_at
