"""Silence accepts, and where it does not.

行政许可法第三十二条第一款第四项; 不动产登记暂行条例第十七条第二款.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import cache

import pytest

from clerk_app.bootstrap.calendar_files import load
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.calendar import BEIJING, WorkingCalendar
from clerk_app.domain.casefile import opened
from clerk_app.domain.cases import CaseState
from clerk_app.domain.checklist import toggle_phrase
from clerk_app.domain.conclusion import Conclusion, Numbers, case_opening, conclude
from clerk_app.domain.errors import Locked
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import OutcomeKind, ProcedureLaw
from clerk_app.domain.outcomes import late_reason, lock_reason, options
from clerk_app.domain.papers import PaperKind
from support.matters import food_licence
from support.people import resident

HALL = HallProfile("h", "MH", "明河区政务服务中心", "一楼 A 区", "明河区", "0000-1234567")
CLERK = Actor("h", "d", "u", "王晓梅", frozenset({Role.CLERK}), "12")
LICENSING, REAL_ESTATE, OWN = ProcedureLaw.LICENSING, ProcedureLaw.REAL_ESTATE, ProcedureLaw.OWN


@cache
def shipped() -> WorkingCalendar:
    return load()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def received(moment: str, law: ProcedureLaw = LICENSING) -> Intake:
    """Papers handed over then, and nothing looked at yet."""
    when = at(moment)
    return Intake("c", when).with_applicant(resident(entered="typed")).with_matter(food_licence(law), when)


def with_a_defect(intake: Intake) -> Intake:
    return intake.with_check(toggle_phrase(intake.checks["layout"], "未标注面积")).mark_all_as_required()


def concluded(intake: Intake, outcome: OutcomeKind, now: str) -> Conclusion:
    return conclude(
        intake,
        outcome,
        now=at(now),
        actor=CLERK,
        hall=HALL,
        calendar=shipped(),
        numbers=Numbers("MH-12-20261123-0032", dict.fromkeys(PaperKind, "明市监受〔2026〕12-0032 号")),
    )


@pytest.mark.parametrize(
    ("law", "moment", "last", "first_late"),
    [
        # Monday: the five working days are Tuesday to the next Monday, to its last second.
        (LICENSING, "2026-11-23 10:24", "2026-11-30 23:59:59", "2026-12-01 00:00:00"),
        # Received on a Saturday of extra hours: counts as received on Monday.
        (LICENSING, "2026-11-21 10:24", "2026-11-30 23:59:59", "2026-12-01 00:00:00"),
        # Across the Spring Festival, with a make-up Saturday.
        (LICENSING, "2026-02-21 10:24", "2026-03-02 23:59:59", "2026-03-03 00:00:00"),
        # Real estate: on the spot, that is on the same day.
        (REAL_ESTATE, "2026-11-23 10:24", "2026-11-23 23:59:59", "2026-11-24 00:00:00"),
    ],
)
def test_the_last_moment_of_telling(law: ProcedureLaw, moment: str, last: str, first_late: str) -> None:
    intake = received(moment, law)
    assert late_reason(intake, at(last), shipped()) == ""
    assert "视为受理" in late_reason(intake, at(first_late), shipped())


def test_a_law_of_its_own_deems_nothing() -> None:
    assert late_reason(received("2026-01-05 10:24", OWN), at("2026-11-23 10:24"), shipped()) == ""
    with pytest.raises(Locked, match="还没有到视为受理的时候"):
        concluded(received("2026-01-05 10:24", OWN), OutcomeKind.DEEMED_ACCEPTED, "2026-11-23 10:24")


@pytest.mark.parametrize("law", [LICENSING, REAL_ESTATE])
def test_deemed_acceptance_counts_from_the_receipt_and_the_promise_moves_back_with_it(law: ProcedureLaw) -> None:
    case = concluded(with_a_defect(received("2026-11-23 10:24", law)), OutcomeKind.DEEMED_ACCEPTED, "2026-12-01 09:00")
    assert case.state is CaseState.DEEMED_ACCEPTED
    assert case.accepted_at == case.received_at == at("2026-11-23 10:24")
    assert case.promised is not None
    assert case.promised.day == date(2026, 12, 3)  # eight working days after the 23rd, not after 1 December
    assert case.statutory is not None
    assert case.statutory.day == date(2026, 12, 21)


def test_what_is_accepted_late_is_accepted_from_the_receipt_too() -> None:
    case = concluded(received("2026-11-23 10:24").mark_all_as_required(), OutcomeKind.ACCEPTED, "2026-12-01 09:00")
    assert case.accepted_at == at("2026-11-23 10:24")
    in_time = concluded(received("2026-11-23 10:24").mark_all_as_required(), OutcomeKind.ACCEPTED, "2026-11-30 17:00")
    assert in_time.accepted_at == at("2026-11-30 17:00")


def test_a_deemed_case_owes_nothing_more_and_is_decided_like_any_other() -> None:
    case = concluded(with_a_defect(received("2026-11-23 10:24")), OutcomeKind.DEEMED_ACCEPTED, "2026-12-01 09:00")
    file = opened(case_opening(case))
    assert file.missing == ()
    assert file.accepted_at == at("2026-11-23 10:24")


def test_when_it_is_too_late_neither_supplement_nor_refusal_is_open() -> None:
    intake = replace(with_a_defect(received("2026-11-23 10:24")), competent_body="市局", reason="不需要")
    for outcome in (OutcomeKind.SUPPLEMENT_REQUESTED, OutcomeKind.NOT_ACCEPTED, OutcomeKind.NOT_REQUIRED):
        concluded(intake, outcome, "2026-11-30 23:59:59")
        with pytest.raises(Locked, match="从收件之日起视为受理，只能受理"):
            concluded(intake, outcome, "2026-12-01 00:00:00")
    late = late_reason(intake, at("2026-12-01 00:00:00"), shipped())
    assert {option.kind for option in options(intake, late) if not option.locked} == set()
    assert lock_reason(intake, OutcomeKind.SUPPLEMENT_REQUESTED, late) == late


def test_before_the_time_is_up_nothing_is_deemed() -> None:
    with pytest.raises(Locked, match="还没有到视为受理的时候"):
        concluded(received("2026-11-23 10:24"), OutcomeKind.DEEMED_ACCEPTED, "2026-11-30 23:59:59")


def test_the_notice_is_due_five_working_days_after_the_receipt_whatever_the_outcome() -> None:
    case = concluded(with_a_defect(received("2026-04-30 10:24")), OutcomeKind.SUPPLEMENT_REQUESTED, "2026-04-30 11:00")
    assert case.notice_due.day == date(2026, 5, 11)
