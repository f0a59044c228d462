"""Materials that come later: the rows of the notice alone, the day of arrival counts, nothing new is asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clerk_app.domain.acts import Channel
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.papers import PaperKind
from clerk_app.domain.queue import TicketState
from clerk_app.ports.hall_cases import OnlineSupplement, SuppliedMaterial
from clerk_app.ui.keys import Page
from support.office import OfficeServer, sit, upload
from support.shell import APPLICANT, PASSWORD, Seat


@pytest.fixture
def server() -> OfficeServer:
    return OfficeServer()


@pytest.fixture
def seat(qtbot, server: OfficeServer) -> Seat:
    return sit(qtbot, server, "wxm")


def asked(seat: Seat, *keys: str) -> None:
    """A notice lists the layout and the health certificates; two days later the file is open."""
    seat.counter.add_tickets(1)
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Enter")
    seat.type("spjy")
    seat.press("Enter", "1", "1", *(keys or ("Enter", "5", "2", "Enter", "5", "1", "Enter", "Enter")), "F9", "F9")
    upload(seat)
    seat.press("F9")
    number = seat.stored[0].case_number
    seat.clock.advance(days=2)
    seat.control.files.open(number)
    seat.settle()
    seat.count()


def page(seat: Seat):
    return seat.shell.files.file


def state(server: OfficeServer) -> CaseState:
    return server.files()[0][1].state


def jobs(seat: Seat) -> str:
    return b"".join(seat.window.page_printer.jobs).decode()


def test_everything_came_and_is_accepted_the_same_day_with_its_notice(seat: Seat, server: OfficeServer) -> None:
    asked(seat)
    seat.press("1")
    assert page(seat).page is Page.ARRIVAL
    names = [page(seat).arrival.list.row(n)[0].name for n in range(2)]
    assert names == ["经营场所平面图和操作流程图", "从业人员健康证明"], "the notice's rows and no others"
    assert "补齐当日受理" in page(seat).arrival.clock.text()
    assert "12-23" in page(seat).arrival.clock.text()
    seat.press("A")
    assert page(seat).arrival.clock.text() == "补齐了：11-25（周三）受理，时限从这一天算起"
    seat.press("F9")
    assert seat.count() == 3
    assert state(server) is CaseState.ACCEPTED
    assert server.files()[0][1].accepted_at == seat.clock.now()
    kinds = {sheet.kind for sheet in seat.window.prints.current(server.files()[0][0].case_id)}
    assert PaperKind.ACCEPTANCE_NOTICE in kinds
    assert "受理通知书" in jobs(seat)
    assert page(seat).head.state.text() == "已受理"
    assert seat.focus() is page(seat).steps


def test_part_of_it_came_and_the_rest_stays_missing(seat: Seat, server: OfficeServer) -> None:
    asked(seat)
    seat.press("1", "Enter", "F9")
    assert state(server) is CaseState.SUPPLEMENT_REQUESTED
    assert server.files()[0][1].missing == ("health",)
    assert "待补" in seat.shown()
    assert "已补 · 11-25" in seat.shown()
    seat.press("1")
    assert page(seat).arrival.list.row(0)[0].name == "从业人员健康证明"


def test_what_is_still_wrong_stays_missing(seat: Seat, server: OfficeServer) -> None:
    asked(seat)
    seat.press("1", "5", "1", "Enter", "Enter")
    assert "还差 1 项" in page(seat).arrival.clock.text()
    assert "还有问题 1 项" in page(seat).papers_line.text()
    seat.press("F9")
    assert server.files()[0][1].missing == ("layout",)


def test_nothing_that_counts_came(seat: Seat, server: OfficeServer) -> None:
    asked(seat)
    seat.press("1", "F9")
    assert "还没有收到可以登记的材料" in seat.toast
    assert server.acts == {}
    assert page(seat).page is Page.ARRIVAL, "the rows are still there"


def test_only_the_listed_materials_can_be_taken_or_put_off_no_more(seat: Seat) -> None:
    asked(seat)
    seat.press("1", "Down", "4")
    assert "不在可容缺清单里" in seat.toast, "what a notice asked for is not put off again"


def test_escape_closes_the_row_then_the_rows(seat: Seat) -> None:
    asked(seat)
    seat.press("1", "5", "Esc")
    assert page(seat).page is Page.ARRIVAL
    seat.press("Esc")
    assert page(seat).page is Page.FILE
    assert seat.focus() is page(seat).steps


def test_tolerated_materials_arrive_on_the_same_rows(seat: Seat, server: OfficeServer) -> None:
    asked(seat, "Enter", "Enter", "4", "2", "Enter", "Enter")
    assert page(seat).head.state.text() == "容缺受理"
    seat.press("1")
    assert "补齐当日受理" not in page(seat).arrival.clock.text()
    seat.press("A", "F9")
    assert state(server) is CaseState.ACCEPTED
    assert server.files()[0][1].missing == ()


def test_asking_again_for_what_the_first_notice_lists_needs_nobody(seat: Seat, server: OfficeServer) -> None:
    asked(seat)
    seat.press("2", "F9")
    again = server.acts[server.files()[0][0].case_id][-1]
    assert again.step is CaseStep.SUPPLEMENT_REQUESTED
    assert again.facts.approval is None
    assert jobs(seat).count("补正材料一次性告知书") >= 2


def test_what_was_found_out_about_what_came_stands_in_the_second_notice(seat: Seat, server: OfficeServer) -> None:
    asked(seat)
    seat.press("1", "Down", "5", "4", "Enter", "F9")
    assert "再次告知补正" in seat.toast, "nothing came that counts: how to tell it in writing"
    seat.press("Esc", "1")
    assert "还有问题 1 项" in page(seat).papers_line.text(), "nothing is lost by going back"
    seat.press("Esc", "2", "F9")
    again = server.acts[server.files()[0][0].case_id][-1]
    (wrong,) = again.facts.notice.checks
    assert wrong.material_id == "health"
    rows = {row[1]: row[2] for row in again.papers[0].notice.rows}
    assert rows["从业人员健康证明"].startswith(f"{wrong.phrases[0]}。应达到：")
    assert page(seat)._work.wrong == (), "the next arrival is looked at afresh"


def test_asking_for_something_new_is_locked_and_one_key_asks_the_supervisor(seat: Seat, server: OfficeServer) -> None:
    asked(seat)
    seat.press("2", "5")
    assert "第一次告知书没有列“经营场所使用证明”" in page(seat).reason.text()
    assert page(seat).go.text() == "请主管授权"
    assert not page(seat).view.has_paper()
    seat.press("F9")
    panel = page(seat).approval
    assert panel.isVisible()
    assert server.acts == {}
    seat.type("lg")
    seat.press("Enter")
    seat.type(PASSWORD)
    seat.press("Enter")
    seat.compose("首次告知漏列")
    seat.press("F9")
    assert not panel.isVisible()
    again = server.acts[server.files()[0][0].case_id][-1]
    assert set(again.facts.notice.materials) == {"layout", "health", "lease"}
    assert again.facts.approval.name == "李刚"
    assert again.facts.approval.reason == "首次告知漏列"


def test_somebody_without_the_right_cannot_consent(seat: Seat, server: OfficeServer) -> None:
    asked(seat)
    seat.press("2", "5", "F9")
    seat.type("sl")
    seat.press("Enter")
    seat.type(PASSWORD)
    seat.press("Enter")
    seat.compose("漏列")
    seat.press("F9")
    assert "没有授权的权限" in page(seat).approval.problem.text()
    assert server.acts == {}


def test_the_supervisor_has_to_say_why(seat: Seat, server: OfficeServer) -> None:
    asked(seat)
    seat.press("2", "5", "F9")
    seat.type("lg")
    seat.press("Enter")
    seat.type(PASSWORD)
    seat.press("F9")
    assert "请写明授权的理由" in page(seat).approval.reason.error.text()
    assert seat.focus() is page(seat).approval.reason.edit
    assert server.acts == {}


def test_what_came_online_is_preset_and_its_day_counts(seat: Seat, server: OfficeServer) -> None:
    asked(seat)
    record = server.files()[0][0]
    seat.press("Esc")
    day = seat.clock.now() - timedelta(days=1)
    files = (SuppliedMaterial("layout", "平面图", 2, "0" * 64), SuppliedMaterial("health", "健康证明", 3, "1" * 64))
    server.online.append(OnlineSupplement("s-1", record.case_number, "WS-7", day, files, record.case_id))
    seat.control.files.open(record.case_number)
    seat.settle()
    seat.count()
    seat.press("1")
    assert [check.pages for check in page(seat).arrival.came()] == [2, 3]
    assert page(seat).arrival.clock.text().startswith("网上 11-24（周二）收到")
    seat.press("F9")
    assert seat.count() == 2
    received = server.acts[record.case_id][0]
    assert received.facts.arrival.channel is Channel.ONLINE
    assert server.files()[0][1].accepted_at == day
    assert server.online[0].taken


def test_opening_the_case_of_a_called_citizen_begins_the_service(seat: Seat, server: OfficeServer) -> None:
    asked(seat)
    seat.press("Esc")
    seat.counter.add_tickets(1)
    seat.press("F2")
    assert seat.control.ticket.state is TicketState.CALLED
    seat.control.files.open(server.files()[0][1].opening.case_number)
    seat.settle()
    assert seat.control.ticket.state is TicketState.SERVING
