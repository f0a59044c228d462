"""After a supplement notice: what may still be asked, what came when, and the day on which the case is accepted.

行政许可法第三十二条第一款第四项 (once, everything) and 第五项 (all supplements in: must accept), 第三十一条.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clerk_app.domain.acts import Acceptance, ActFacts, Approval, Arrival, Channel, SecondNotice
from clerk_app.domain.case_rules import apply
from clerk_app.domain.casefile import CaseFile, opened
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.checklist import Verdict
from clerk_app.domain.errors import Locked, NotAllowed, Rejected
from clerk_app.domain.law import ProcedureLaw
from support.casefiles import (
    CHIEF,
    CLERK,
    OTHER_CLERK,
    RECEIVED,
    act,
    approval,
    arrival,
    came,
    later,
    lawful,
    opening,
    walked,
)

WAITING = opening(CaseState.SUPPLEMENT_REQUESTED)
ALL, PART, AGAIN = CaseStep.RECEIVE_ALL, CaseStep.RECEIVE_PART, CaseStep.SUPPLEMENT_REQUESTED
ACCEPT, DEEM, DECLINE = CaseStep.ACCEPTED, CaseStep.DEEMED_ACCEPTED, CaseStep.NOT_ACCEPTED


def waiting() -> CaseFile:
    return opened(WAITING)


def took_in(file: CaseFile, step: CaseStep, *materials: str, days: float, **changes: object) -> CaseFile:
    """Papers that came at the window ``days`` after the conclusion, or by ``channel`` at ``at``."""
    now = later(days=days)
    facts = arrival(*materials, at=now)
    assert facts.arrival is not None
    return apply(file, act(step, CLERK, now, ActFacts(arrival=replace(facts.arrival, **changes))))  # type: ignore[arg-type]


def asked_again(
    file: CaseFile, *materials: str, days: float = 3, due: float = 40, consent: Approval | None = None
) -> CaseFile:
    facts = ActFacts(notice=SecondNotice(materials, later(days=due)), approval=consent)
    return apply(file, act(AGAIN, CLERK, later(days=days), facts))


# --- what came ------------------------------------------------------------------------------------------------------
def test_part_of_it_leaves_the_case_waiting_for_the_rest() -> None:
    file = took_in(waiting(), PART, "form", days=1)
    assert file.state is CaseState.SUPPLEMENT_REQUESTED
    assert file.missing == ("layout",)
    assert file.complete_at is None


def test_all_of_it_completes_the_case_on_that_day() -> None:
    file = took_in(took_in(waiting(), PART, "form", days=1), ALL, "layout", days=4)
    assert file.state is CaseState.SUPPLEMENT_RECEIVED
    assert file.missing == ()
    assert file.complete_at == later(days=4)


def test_the_latest_arrival_counts_although_it_was_registered_first() -> None:
    # The clerk at the window took the form in on day 5; the post of day 3 is opened and registered on day 6.
    file = took_in(waiting(), PART, "form", days=5)
    file = took_in(file, ALL, "layout", days=6, channel=Channel.POST, arrived_at=later(days=3))
    assert file.complete_at == later(days=5)


def test_post_and_online_supplements_count_from_their_arrival_not_from_their_registration() -> None:
    for channel in (Channel.POST, Channel.ONLINE):
        file = took_in(waiting(), ALL, "form", "layout", days=6, channel=channel, arrived_at=later(days=3))
        assert file.complete_at == later(days=3)


def test_the_time_at_the_window_is_the_systems_never_typed() -> None:
    with pytest.raises(Rejected, match="由系统记录") as refusal:
        took_in(waiting(), ALL, "form", "layout", days=6, arrived_at=later(days=5))
    assert refusal.value.field == "arrived_at"


def test_nothing_arrives_in_the_future_or_before_the_application() -> None:
    with pytest.raises(Rejected, match="不能晚于现在"):
        took_in(waiting(), ALL, "form", "layout", days=6, channel=Channel.POST, arrived_at=later(days=7))
    early = RECEIVED - timedelta(minutes=1)
    with pytest.raises(Rejected, match="不能早于收件"):
        took_in(waiting(), ALL, "form", "layout", days=6, channel=Channel.POST, arrived_at=early)


def test_only_what_was_asked_for_is_taken_in() -> None:
    with pytest.raises(Locked, match="没有这些材料：租赁合同"):
        took_in(waiting(), PART, "form", "lease", days=1)
    with pytest.raises(Locked, match="没有这些材料：申请书"):
        took_in(took_in(waiting(), PART, "form", days=1), PART, "form", days=2)


@pytest.mark.parametrize("verdict", [Verdict.PENDING, Verdict.DEFECTIVE, Verdict.TOLERATED, Verdict.NOT_APPLICABLE])
def test_what_is_not_in_order_has_not_arrived(verdict: Verdict) -> None:
    facts = ActFacts(arrival=Arrival(Channel.WINDOW, later(days=1), came("form", "layout", verdict=verdict)))
    with pytest.raises(Rejected, match="还不能算收到：申请书、平面图"):
        apply(waiting(), act(ALL, CLERK, later(days=1), facts))


@pytest.mark.parametrize("verdict", [Verdict.ORIGINAL, Verdict.COPY, Verdict.ELECTRONIC, Verdict.EXEMPT])
def test_a_paper_and_what_spares_it_count_alike(verdict: Verdict) -> None:
    facts = ActFacts(arrival=Arrival(Channel.WINDOW, later(days=1), came("form", "layout", verdict=verdict)))
    assert apply(waiting(), act(ALL, CLERK, later(days=1), facts)).missing == ()


def test_all_means_all_and_part_means_part() -> None:
    with pytest.raises(Locked, match="还没有补齐：平面图"):
        took_in(waiting(), ALL, "form", days=1)
    with pytest.raises(Locked, match="请按收齐登记"):
        took_in(waiting(), PART, "form", "layout", days=1)


def test_an_arrival_says_what_arrived() -> None:
    for facts in (ActFacts(), ActFacts(arrival=Arrival(Channel.WINDOW, later(days=1), ()))):
        with pytest.raises(Rejected, match="收到了哪些材料"):
            apply(waiting(), act(ALL, CLERK, later(days=1), facts))


def test_papers_that_come_after_the_period_are_still_taken_while_nobody_refused() -> None:
    assert took_in(waiting(), ALL, "form", "layout", days=31).state is CaseState.SUPPLEMENT_RECEIVED


# --- accepted on the day it was complete --------------------------------------------------------------------------
@pytest.mark.parametrize("step", [ACCEPT, DEEM])
def test_the_day_of_acceptance_is_the_day_on_which_everything_was_there(step: CaseStep) -> None:
    file = took_in(waiting(), ALL, "form", "layout", days=6, channel=Channel.POST, arrived_at=later(days=3))
    dates = Acceptance(later(days=3), promised=later(days=13), statutory=later(days=31), provisional=True)
    accepted = apply(file, act(step, CLERK, later(days=7), ActFacts(acceptance=dates)))
    assert accepted.state is CaseState(step.value)
    assert (accepted.accepted_at, accepted.promised, accepted.statutory) == (
        later(days=3),
        later(days=13),
        later(days=31),
    )
    assert accepted.provisional


@pytest.mark.parametrize("day", [0, 6, 7])
def test_no_other_day_is_the_day_of_acceptance(day: int) -> None:
    file = took_in(waiting(), ALL, "form", "layout", days=6, channel=Channel.POST, arrived_at=later(days=3))
    with pytest.raises(Rejected, match="受理日期应当是材料补齐的 2026-11-26"):
        apply(file, act(ACCEPT, CLERK, later(days=7), ActFacts(acceptance=Acceptance(later(days=day)))))
    with pytest.raises(Rejected, match="受理的日期"):
        apply(file, act(ACCEPT, CLERK, later(days=7)))


def test_nothing_is_accepted_with_something_missing() -> None:
    for file in (waiting(), took_in(waiting(), PART, "form", days=1)):
        for step in (ACCEPT, DEEM):
            with pytest.raises(Locked):
                apply(file, lawful(file, step, later(days=2)))


def test_silence_after_the_supplement_accepts_only_where_a_law_says_so() -> None:
    own = replace(WAITING, law=ProcedureLaw.OWN)
    with pytest.raises(Locked, match="没有规定逾期视为受理"):
        walked(own, ALL, DEEM)
    assert walked(own, ALL, ACCEPT).state is CaseState.ACCEPTED


# --- asking again -------------------------------------------------------------------------------------------------
def test_a_second_notice_with_something_new_is_blocked_and_names_it() -> None:
    for file in (waiting(), walked(WAITING, ALL)):
        with pytest.raises(Locked, match=r"第一次告知书没有列“健康证明、租赁合同”.*第三十二条.*须主管授权"):
            asked_again(file, "form", "health", "lease")


def test_the_articles_of_the_licensing_law_are_not_held_against_other_matters() -> None:
    file = opened(replace(WAITING, law=ProcedureLaw.OWN))
    with pytest.raises(Locked, match="一次告知全部") as refusal:
        asked_again(file, "health")
    assert "行政许可法" not in str(refusal.value)


def test_a_supervisor_with_a_reason_lifts_the_lock_and_the_trace_stays() -> None:
    file = asked_again(waiting(), "form", "health", consent=approval(CHIEF))
    assert file.listed == ("form", "layout", "health")
    assert file.missing == ("form", "layout", "health")
    assert file.supplement_due == later(days=40)
    assert file.acts[-1].facts.approval == approval(CHIEF)


def test_nobody_lifts_the_lock_for_himself_or_without_a_reason() -> None:
    with pytest.raises(NotAllowed, match="不能是经办人自己"):
        asked_again(waiting(), "health", consent=approval(CLERK))
    for reason in ("", "  \n"):
        with pytest.raises(Rejected, match="授权的理由") as refusal:
            asked_again(waiting(), "health", consent=approval(CHIEF, reason))
        assert refusal.value.field == "reason"


def test_what_the_first_notice_lists_may_be_asked_for_again() -> None:
    file = asked_again(walked(WAITING, ALL), "layout")
    assert file.state is CaseState.SUPPLEMENT_REQUESTED
    assert file.missing == ("layout",)
    assert file.complete_at is None
    done = took_in(file, ALL, "layout", days=9)
    assert done.complete_at == later(days=9)


def test_what_was_lifted_once_may_be_asked_for_again_without_lifting_it_twice() -> None:
    file = took_in(asked_again(waiting(), "health", consent=approval()), ALL, "form", "layout", "health", days=9)
    assert asked_again(file, "health", days=10).missing == ("health",)


def test_no_supervisor_can_ask_for_what_the_catalogue_does_not_list() -> None:
    with pytest.raises(Locked, match=r"清单里没有“无房证明”.*第三十一条"):
        asked_again(waiting(), "无房证明", consent=approval())


def test_a_further_notice_never_shortens_the_time_that_was_given() -> None:
    with pytest.raises(Rejected, match="不能早于已经告知的 2026-12-23") as refusal:
        asked_again(waiting(), "form", due=29)
    assert refusal.value.field == "due"
    after_the_period = took_in(waiting(), ALL, "form", "layout", days=35)
    with pytest.raises(Rejected, match="要在今天以后"):
        asked_again(after_the_period, "form", days=36, due=36)


def test_a_further_notice_says_what_is_asked_for() -> None:
    for facts in (ActFacts(), ActFacts(notice=SecondNotice((), later(days=40)))):
        with pytest.raises(Rejected, match="还要补哪些材料"):
            apply(waiting(), act(AGAIN, CLERK, later(days=1), facts))


# --- refused for want of it ----------------------------------------------------------------------------------------
def test_the_application_is_refused_only_after_the_period_and_only_while_something_lacks() -> None:
    reason = ActFacts(reason="逾期未补正")
    for file in (waiting(), took_in(waiting(), PART, "form", days=1)):
        with pytest.raises(Locked, match="补正期限到 2026-12-23"):
            apply(file, act(DECLINE, CLERK, later(days=30), reason))
        declined = apply(file, act(DECLINE, CLERK, later(days=30, seconds=1), reason))
        assert declined.state is CaseState.NOT_ACCEPTED
        assert declined.ended_at == later(days=30, seconds=1)
    complete = took_in(waiting(), ALL, "form", "layout", days=1)
    with pytest.raises(Locked, match=r"应当受理.*第三十二条第一款第五项"):
        apply(complete, act(DECLINE, CLERK, later(days=60), reason))


def test_a_new_notice_gives_new_time() -> None:
    file = asked_again(waiting(), "form", due=50)
    with pytest.raises(Locked, match="补正期限到 2027-01-12"):
        apply(file, act(DECLINE, CLERK, later(days=31), ActFacts(reason="逾期未补正")))


def test_a_refusal_has_its_reason() -> None:
    with pytest.raises(Rejected, match="不予受理的理由"):
        apply(waiting(), act(DECLINE, CLERK, later(days=31), ActFacts(reason=" ")))


# --- tolerated papers -----------------------------------------------------------------------------------------------
def test_tolerated_papers_may_come_in_before_during_and_while_the_review_stands_still() -> None:
    start = opening(CaseState.ACCEPTED_WITH_DEFICIENCY, owed=("health", "lease"))
    assert walked(start, PART, ALL).state is CaseState.ACCEPTED
    assert walked(start, CaseStep.TAKE_UP, PART, ALL).state is CaseState.IN_REVIEW
    still = walked(start, PART, CaseStep.SUSPEND, ALL)
    assert still.state is CaseState.SUSPENDED
    assert still.missing == ()
    assert still.accepted_at == start.accepted_at


def test_where_nothing_is_owed_nothing_can_be_handed_in() -> None:
    file = walked(opening(), CaseStep.TAKE_UP)
    for step in (ALL, PART):
        with pytest.raises(Locked, match="没有要补的材料"):
            took_in(file, step, "form", days=1)


# --- the trace ------------------------------------------------------------------------------------------------------
def test_whoever_took_a_supplement_in_has_received_the_case_too() -> None:
    file = apply(waiting(), lawful(waiting(), ALL, later(days=1), by=OTHER_CLERK))
    assert file.duties == {CLERK: "受理", OTHER_CLERK: "受理"}
