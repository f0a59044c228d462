"""The dates that later acts bring: accepted after a supplement, after a special procedure, after an extension."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

import pytest

from clerk_app.bootstrap.calendar_files import load
from clerk_app.domain.act_facts import acceptance_of, extension_of, resumption_of
from clerk_app.domain.acts import ActFacts
from clerk_app.domain.calendar import Limit, WorkingCalendar
from clerk_app.domain.case_rules import apply
from clerk_app.domain.casefile import CaseFile, opened
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.errors import Locked
from support.casefiles import REVIEWER, act, end_of, later, lawful, opening, walked


@cache
def shipped() -> WorkingCalendar:
    return load()


def complete(**changes: object) -> CaseFile:
    """Everything of the notice came at the window three days after the conclusion, on Thursday, 26 November."""
    file = opened(opening(CaseState.SUPPLEMENT_REQUESTED, **changes))
    return apply(file, lawful(file, CaseStep.RECEIVE_ALL, later(days=3)))


def suspended(file: CaseFile, at: datetime) -> CaseFile:
    return apply(file, lawful(file, CaseStep.SUSPEND, at))


def test_after_a_supplement_the_dates_run_from_the_day_on_which_it_was_complete() -> None:
    acceptance = acceptance_of(complete(), shipped())
    assert acceptance.accepted_at == later(days=3)
    assert acceptance.promised == end_of(2026, 12, 8)
    assert acceptance.statutory == end_of(2026, 12, 24)
    assert not acceptance.provisional


def test_a_limit_that_runs_from_the_receipt_or_from_something_to_come_does_not_move_with_the_acceptance() -> None:
    from_receipt = Limit(8, "工作日", "8 个工作日", "收到申请之日")
    assert acceptance_of(complete(promised_limit=from_receipt), shipped()).promised == end_of(2026, 12, 3)
    from_payment = Limit(8, "工作日", "8 个工作日", "缴税完成之日")
    assert acceptance_of(complete(promised_limit=from_payment), shipped()).promised is None
    assert acceptance_of(complete(promised_limit=None), shipped()).promised is None


def test_a_promise_into_an_unpublished_year_is_provisional() -> None:
    acceptance = acceptance_of(complete(promised_limit=Limit(30, "工作日", "30 个工作日")), shipped())
    assert acceptance.provisional
    assert acceptance.promised is not None
    assert acceptance.promised.year == 2027


def test_after_a_special_procedure_the_dates_move_by_the_working_days_that_it_took() -> None:
    # The 25th is the day on which it begins and counts; 26, 27, 30 November, 1 and 2 December do not.
    file = suspended(opened(opening()), later(days=2))
    resumption = resumption_of(file, date(2026, 12, 2), "听证笔录已制作", shipped())
    assert (resumption.promised, resumption.statutory) == (end_of(2026, 12, 10), end_of(2026, 12, 28))
    after = apply(file, act(CaseStep.RESUME, REVIEWER, later(days=10), ActFacts(resumption=resumption)))
    assert (after.promised, after.statutory) == (resumption.promised, resumption.statutory)


def test_an_extension_adds_its_days_to_both_dates_and_survives_a_later_procedure() -> None:
    file = walked(opening(), CaseStep.TAKE_UP)
    extension = extension_of(file, 5, "情况复杂", "刘局长", "局长", shipped())
    assert (extension.promised, extension.statutory) == (end_of(2026, 12, 10), end_of(2026, 12, 28))
    file = apply(file, act(CaseStep.EXTEND, REVIEWER, later(days=1), ActFacts(extension=extension)))
    file = suspended(file, later(days=2))
    resumption = resumption_of(file, date(2026, 12, 2), "听证笔录已制作", shipped())
    assert resumption.promised == end_of(2026, 12, 17)


def test_an_extension_counts_in_the_unit_of_its_own_limit() -> None:
    file = walked(opening(extension=Limit(15, "自然日", "15 日")), CaseStep.TAKE_UP)
    extension = extension_of(file, 15, "偏远地区", "刘局长", "局长", shipped())
    assert extension.promised == end_of(2026, 12, 18)


def test_what_is_not_running_has_no_dates() -> None:
    with pytest.raises(Locked, match="没有进行中的特别程序"):
        resumption_of(opened(opening()), date(2026, 12, 2), "结果", shipped())
    with pytest.raises(Locked, match="还没有受理"):
        extension_of(complete(), 5, "情况复杂", "刘局长", "局长", shipped())
