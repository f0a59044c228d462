"""The idle page: what the law wants today comes first, and every figure is computed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from clerk_app.domain.cases import CaseState
from clerk_app.domain.checklist import MaterialCheck, Verdict, toggle_phrase
from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.clock import BEIJING
from clerk_app.ports.window import Step
from clerk_app.services.window.consultation import ConsultationDesk
from clerk_app.services.window.outbox import Outbox
from clerk_app.services.window.overview import DeadlineKind, Overview, OverviewDesk, Urgency
from clerk_app.services.window.rating import RatingDesk
from support.matters import food_licence
from support.window import CLERK, NOW, Window, calendar, ticket
from support.window_files import Place
from support.window_memory import MemoryWindowStore
from support.window_office import FakeOffice


@pytest.fixture
def window() -> Window:
    return Window(MemoryWindowStore())


def overview(window: Window) -> Overview:
    return OverviewDesk(window.store, window.clock, calendar).overview(CLERK)


def tolerated(window: Window) -> str:
    intake = window.complete()
    intake = intake.mark(intake.matter.material("health"), Verdict.TOLERATED)  # type: ignore[union-attr]
    return window.cases.conclude(intake, OutcomeKind.ACCEPTED_WITH_DEFICIENCY, CLERK).case_id


def supplement(window: Window) -> str:
    intake = window.complete()
    intake = intake.with_check(toggle_phrase(intake.checks["layout"], "未标注面积"))
    return window.cases.conclude(intake, OutcomeKind.SUPPLEMENT_REQUESTED, CLERK).case_id


def at(window: Window, month: int, day: int, hour: int = 9) -> None:
    window.clock.moment = datetime(2026, month, day, hour, 0, tzinfo=BEIJING)


def test_an_empty_window_has_nothing_to_tell(window: Window) -> None:
    page = overview(window)
    assert (page.day.served, page.day.mean_seconds, page.deadlines, page.drafts, page.last) == (0, None, (), (), None)
    assert [(line.label, line.count, line.note) for line in page.cases] == [("待补正", 0, ""), ("待容缺补齐", 0, "")]


def test_my_day_counts_visits_and_the_mean_from_call_to_conclusion(window: Window) -> None:
    first = ticket("A046", NOW - timedelta(minutes=4))
    window.cases.conclude(window.complete(first), OutcomeKind.ACCEPTED, CLERK)
    window.clock.advance(minutes=4)
    window.cases.conclude(window.complete(first), OutcomeKind.ACCEPTED, CLERK)
    supplement(window)
    page = overview(window)
    assert (page.day.served, page.day.accepted, page.day.supplements) == (2, 2, 1)
    assert page.day.mean_seconds == (4 + 8 + 0) * 60 // 3


def test_my_day_keeps_what_was_served_when_the_cases_go_on() -> None:
    place = Place()
    place.sealed(place.accepted())
    intake = place.intake()
    intake = intake.with_check(toggle_phrase(intake.checks["layout"], "未标注面积"))
    asked = place.window.cases.conclude(intake, OutcomeKind.SUPPLEMENT_REQUESTED, CLERK)
    came = (MaterialCheck("layout", Verdict.COPY, pieces=1),)
    opened = place.files.supplement(place.files.open(asked.case_id, CLERK), came, CLERK).opened
    assert opened.file.state is CaseState.ACCEPTED
    day = OverviewDesk(place.window.store, place.window.clock, calendar).overview(CLERK).day
    assert (day.accepted, day.supplements) == (2, 1)


def test_the_last_visit_tells_that_it_was_rated_but_not_how(window: Window) -> None:
    visit = ticket("A046")
    window.cases.conclude(window.complete(visit), OutcomeKind.ACCEPTED, CLERK)
    last = overview(window).last
    assert last is not None
    assert (last.ticket_number, last.state, last.rated, last.synced) == ("A046", CaseState.ACCEPTED, False, False)
    RatingDesk(window.store, window.journal).store(CLERK, 5, ticket_id=visit.ticket_id)
    last = overview(window).last
    assert last is not None
    assert last.rated
    assert "5" not in repr(last).replace(last.case_id, "").replace(repr(last.concluded_at), "")


def test_a_receipt_without_notice_is_alarmed_from_the_third_working_day(window: Window) -> None:
    """行政许可法第三十二条: told within five working days, or accepted from the day of receipt."""
    intake = window.complete(ticket())  # Monday 2026-11-23
    window.cases.save_draft(intake, Step.MATERIALS, CLERK)
    at(window, 11, 25)
    (line,) = overview(window).deadlines
    assert (line.kind, line.urgency, line.badge) == (DeadlineKind.DRAFT, Urgency.LATER, "继续")
    assert line.line == "A047 · 张* · 食品经营许可（新办） · 停在材料"
    at(window, 11, 26)
    (line,) = overview(window).deadlines
    assert (line.kind, line.urgency, line.badge) == (DeadlineKind.NOTICE, Urgency.TODAY, "剩 2 天")
    assert line.title == "收件第 3 个工作日，还没告知或受理"
    assert "11-30（周一） 后算 11-23（周一） 受理" in line.line
    at(window, 11, 30)
    assert overview(window).deadlines[0].badge == "今天到期"
    at(window, 12, 1)
    assert overview(window).deadlines[0].urgency is Urgency.OVERDUE


def test_tolerated_materials_are_called_for_before_they_are_due(window: Window) -> None:
    case_id = tolerated(window)  # due five working days later: Monday 2026-11-30
    assert overview(window).deadlines == ()
    at(window, 11, 29)
    page = overview(window)
    (line,) = page.deadlines
    assert (line.kind, line.urgency, line.title, line.badge, line.case_id) == (
        DeadlineKind.TOLERANCE,
        Urgency.SOON,
        "容缺材料明天到期",
        "11-30（周一）",
        case_id,
    )
    assert page.cases[1].note == "1 件明天"
    at(window, 12, 2)
    (line,) = overview(window).deadlines
    assert (line.urgency, line.title) == (Urgency.OVERDUE, "容缺材料已过期 2 天")
    assert overview(window).cases[1].note == "1 件已过期"


def test_supplements_are_counted_while_the_applicant_may_bring_them(window: Window) -> None:
    supplement(window)  # 30 natural days: 2026-12-23
    assert (overview(window).cases[0].count, overview(window).cases[0].note) == (1, "1 件剩 30 天")
    at(window, 12, 23)
    assert overview(window).deadlines[0].title == "补正期限今天到期"
    window.clock.advance(days=29)
    assert overview(window).deadlines[0].title == "补正期限已过期 29 天"
    window.clock.advance(days=2)
    assert overview(window).cases[0].count == 0
    assert overview(window).deadlines == ()


def test_what_the_server_refused_later_stands_there_until_somebody_looks_at_the_case() -> None:
    here, there = Place(), Place(seed=2)
    there.office.server = here.office.server
    case_id = here.accepted().case_id
    here.outbox.push_once()
    mine = here.files.open(case_id, CLERK)
    there.files.withdraw(there.files.open(case_id, CLERK), "申请人撤回", CLERK)
    there.outbox.push_once()
    here.files.terminate(mine, "申请事项已无法实现", "办事指南", CLERK)
    desk = OverviewDesk(here.window.store, here.window.clock, calendar)
    assert desk.overview(CLERK).deadlines == ()
    here.outbox.push_once()
    (line,) = desk.overview(CLERK).deadlines
    assert (line.kind, line.urgency, line.case_id) == (DeadlineKind.REFUSED, Urgency.OVERDUE, case_id)
    assert line.title == "服务器没有接受：终止办理"
    assert line.line.startswith("张* · 食品经营许可（新办） · ")
    assert "已撤回" in line.line
    here.files.open(case_id, CLERK)
    assert desk.overview(CLERK).deadlines == ()


def test_advice_of_the_day_is_counted_for_whoever_gave_it(window: Window) -> None:
    desk = ConsultationDesk(
        window.store,
        window.renderer,
        window.binding,
        window.journal,
        window.entropy,
        lambda: window.hall,
        Outbox(window.store, FakeOffice(), window.journal),  # type: ignore[arg-type]
    )
    desk.give(food_licence(), {}, CLERK, paper="thermal")
    desk.give(food_licence(), {}, replace(CLERK, user_id="018f0000-0000-7000-8000-0000000000cc"), paper="thermal")
    assert overview(window).day.consulted == 1
    window.clock.advance(days=1)
    assert overview(window).day.consulted == 0


def test_the_most_urgent_comes_first_and_names_are_masked(window: Window) -> None:
    tolerated(window)
    draft = window.complete()
    window.cases.save_draft(draft, Step.OUTCOME, CLERK)
    window.clock.advance(seconds=1)
    window.cases.open_case(CLERK)
    at(window, 12, 1)
    lines = overview(window).deadlines
    assert [line.urgency for line in lines] == [Urgency.OVERDUE, Urgency.OVERDUE, Urgency.LATER]
    assert all("张三" not in line.line for line in lines)
