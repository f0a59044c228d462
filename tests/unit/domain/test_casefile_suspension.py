"""Time that does not count: for the causes that a law enumerates, with start, basis, expected time, end and result.

行政许可法第四十五条 for licences; any other matter only by what its catalogue excludes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from clerk_app.domain.act_checks import suspension_causes
from clerk_app.domain.acts import ActFacts, Resumption, Suspension
from clerk_app.domain.case_rules import apply
from clerk_app.domain.casefile import CaseFile, CaseOpening, opened, overdue
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.catalogue import SpecialProcedure
from clerk_app.domain.errors import Locked, Rejected
from clerk_app.domain.law import ARTICLE_45, ProcedureLaw, SuspensionCause
from support.casefiles import REVIEWER, act, later, lawful, opening, walked

C = SuspensionCause
HEARING = Suspension(C.HEARING, "行政许可法第四十六条", date(2026, 11, 25), "10个工作日")


def suspended(start: CaseOpening | None = None, *, days: float = 3, **changes: object) -> CaseFile:
    facts = ActFacts(suspension=replace(HEARING, **changes))  # type: ignore[arg-type]
    return apply(opened(start or opening()), act(CaseStep.SUSPEND, REVIEWER, later(days=days), facts))


def resumed(file: CaseFile, ends_on: date, result: str = "听证笔录已制作", *, days: float = 10) -> CaseFile:
    facts = ActFacts(resumption=Resumption(ends_on, result, later(days=20), later(days=40), provisional=True))
    return apply(file, act(CaseStep.RESUME, REVIEWER, later(days=days), facts))


def procedure(kind: SuspensionCause, excluded: bool) -> SpecialProcedure:
    return SpecialProcedure(kind.label, kind, excluded)


# --- the causes -----------------------------------------------------------------------------------------------------
def test_article_45_has_eight_causes_and_a_site_inspection_is_not_among_them() -> None:
    assert {cause.label for cause in ARTICLE_45} == {
        "听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审",
    }  # fmt: skip
    assert set(suspension_causes(opening())) == ARTICLE_45


@pytest.mark.parametrize("cause", SuspensionCause)
def test_a_licence_stands_still_for_those_alone(cause: SuspensionCause) -> None:
    if cause in ARTICLE_45:
        assert suspended(cause=cause).suspended_by == replace(HEARING, cause=cause)
    else:
        with pytest.raises(Locked, match=f"“{cause.label}”不在本事项不计时的程序里，时间照算"):
            suspended(cause=cause)


@pytest.mark.parametrize("cause", SuspensionCause)
@pytest.mark.parametrize("law", [ProcedureLaw.OWN, ProcedureLaw.REAL_ESTATE])
def test_any_other_matter_only_for_what_its_catalogue_excludes(law: ProcedureLaw, cause: SuspensionCause) -> None:
    start = opening(law=law, special_procedures=(procedure(C.PUBLICITY, True), procedure(C.HEARING, False)))
    assert suspension_causes(start) == (C.PUBLICITY,)
    if cause is C.PUBLICITY:
        assert suspended(start, cause=cause).state is CaseState.SUSPENDED
    else:
        with pytest.raises(Locked, match="时间照算"):
            suspended(start, cause=cause)


def test_what_the_catalogue_counts_never_stands_still_not_even_for_a_licence() -> None:
    start = opening(special_procedures=(procedure(C.INSPECTION, False), procedure(C.SITE_INSPECTION, True)))
    assert C.INSPECTION not in suspension_causes(start)
    assert C.SITE_INSPECTION in suspension_causes(start)
    with pytest.raises(Locked, match="时间照算"):
        suspended(start, cause=C.INSPECTION)
    twice = opening(special_procedures=(procedure(C.HEARING, True), procedure(C.HEARING, False)))
    assert C.HEARING not in suspension_causes(twice)


def test_causes_come_in_a_steady_order() -> None:
    everything = opening(special_procedures=tuple(procedure(cause, True) for cause in reversed(SuspensionCause)))
    assert suspension_causes(everything) == tuple(SuspensionCause)


# --- what is written down -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"basis": " "}, "basis"),
        ({"expected": ""}, "expected"),
        ({"ends_on": date(2026, 11, 25)}, "ends_on"),
        ({"starts_on": date(2026, 11, 22)}, "starts_on"),  # the case was accepted on the 23rd
        ({"starts_on": date(2026, 11, 27)}, "starts_on"),  # tomorrow
    ],
)
def test_a_suspension_says_by_what_since_when_and_how_long(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Rejected) as refusal:
        suspended(**changes)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_the_expected_time_is_told_in_writing_by_the_article_that_holds() -> None:
    with pytest.raises(Rejected, match="行政许可法第四十五条"):
        suspended(expected="")
    own = opening(law=ProcedureLaw.OWN, special_procedures=(procedure(C.PUBLICITY, True),))
    with pytest.raises(Rejected, match=r"书面告知申请人$"):
        suspended(own, cause=C.PUBLICITY, expected="")


def test_a_suspension_without_any_facts_is_asked_for_its_kind() -> None:
    with pytest.raises(Rejected, match="选特别程序的种类"):
        apply(opened(opening()), act(CaseStep.SUSPEND, REVIEWER, later(days=1)))


# --- nothing runs ---------------------------------------------------------------------------------------------------
def test_while_it_goes_on_nothing_is_due_and_nothing_is_decided() -> None:
    file = suspended()
    assert (file.promised, file.statutory) == (None, None)
    assert not overdue(file, later(days=400))
    for step in (CaseStep.GRANT, CaseStep.REFUSE, CaseStep.EXTEND, CaseStep.SUSPEND, CaseStep.VOID):
        with pytest.raises(Locked, match="特别程序中"):
            apply(file, lawful(file, step, later(days=4)))


def test_the_end_is_written_down_and_the_dates_run_again() -> None:
    file = resumed(suspended(), date(2026, 12, 2))
    assert file.state is CaseState.IN_REVIEW
    assert file.suspensions == (replace(HEARING, ends_on=date(2026, 12, 2)),)
    assert file.suspended_by is None
    assert (file.promised, file.statutory) == (later(days=20), later(days=40))
    assert file.provisional


@pytest.mark.parametrize("ends_on", [date(2026, 11, 24), date(2026, 12, 4)])
def test_it_ends_between_its_start_and_today(ends_on: date) -> None:
    with pytest.raises(Rejected, match="在开始日期和今天之间") as refusal:
        resumed(suspended(), ends_on)
    assert refusal.value.field == "ends_on"
    assert resumed(suspended(), date(2026, 11, 25)).state is CaseState.IN_REVIEW
    assert resumed(suspended(), date(2026, 12, 3)).state is CaseState.IN_REVIEW


def test_it_ends_with_a_result() -> None:
    with pytest.raises(Rejected, match="结果") as refusal:
        resumed(suspended(), date(2026, 12, 2), " ")
    assert refusal.value.field == "result"
    with pytest.raises(Rejected, match="结束日期和结果"):
        apply(suspended(), act(CaseStep.RESUME, REVIEWER, later(days=10)))


def test_there_can_be_several_one_after_the_other() -> None:
    file = walked(opening(), CaseStep.SUSPEND, CaseStep.RESUME, CaseStep.SUSPEND, CaseStep.RESUME, CaseStep.SUSPEND)
    assert [one.ends_on is None for one in file.suspensions] == [False, False, True]
    assert file.suspended_by == file.suspensions[-1]


def test_a_case_that_ends_while_it_stands_still_is_no_longer_suspended() -> None:
    for step in (CaseStep.WITHDRAW, CaseStep.TERMINATE):
        assert walked(opening(), CaseStep.SUSPEND, step).suspended_by is None


def test_the_day_is_the_day_in_beijing_wherever_the_moment_was_written() -> None:
    before_dawn = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)  # 25 November, 06:30
    facts = ActFacts(suspension=HEARING)
    file = apply(opened(opening()), act(CaseStep.SUSPEND, REVIEWER, before_dawn, facts))
    assert file.suspended_by == HEARING
    accepted = opening(accepted_at=datetime(2026, 11, 24, 22, 30, tzinfo=UTC))
    with pytest.raises(Rejected, match="不能早于受理"):
        suspended(accepted, starts_on=date(2026, 11, 24))
    assert resumed(file, date(2026, 11, 25), days=2 - timedelta(hours=1) / timedelta(days=1)).suspended_by is None
