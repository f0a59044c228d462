"""The desks that decide and seal: lists by push, one key opens, a digit decides, the result is stated."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.errors import Locked
from clerk_app.ports.hall_cases import WorkKind
from support.office import OfficeServer, sit, turn_to, upload
from support.shell import APPLICANT, PASSWORD, Seat


@pytest.fixture
def server() -> OfficeServer:
    return OfficeServer()


@pytest.fixture
def counter(qtbot, server: OfficeServer) -> Seat:
    made = sit(qtbot, server, "wxm")
    made.counter.add_tickets(5)
    return made


def accepted(seat: Seat, letters: str = "spjy") -> str:
    """Taken and uploaded; returns the case's id."""
    turn_to(seat)
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Enter")
    seat.type(letters)
    seat.press("Enter", *(("1", "1") if letters == "spjy" else ()), "A", "F9", "F9")
    upload(seat)
    seat.press("F9")
    return max(seat.stored, key=lambda row: row.case_number).case_id


def office(seat: Seat):
    return seat.shell.files.office


def page(seat: Seat):
    return seat.shell.files.file


def to_decide(seat: Seat) -> list[str]:
    return [line.matter_name for line in office(seat).lists[WorkKind.TO_DECIDE].lines]


def state(server: OfficeServer, case_id: str) -> CaseState:
    return next(file.state for record, file in server.files() if record.case_id == case_id)


def test_a_reviewer_finds_the_cases_to_decide_and_nothing_to_call(qtbot, server: OfficeServer, counter: Seat) -> None:
    accepted(counter)
    reviewer = sit(qtbot, server, "zm")
    assert reviewer.shell.rooms.current is office(reviewer)
    assert to_decide(reviewer) == ["食品经营许可（新办）"]
    assert "待我决定" in reviewer.shown()
    assert "待我用印" not in reviewer.shown()
    assert "张*" in office(reviewer).lists[WorkKind.TO_DECIDE].lines[0].applicant, "lists mask the name"
    reviewer.press("Esc", "F2")
    assert reviewer.shell.rooms.current is office(reviewer), "there is nothing behind this page"
    assert reviewer.control.ticket is None


def test_the_lists_follow_the_feed_and_the_focus_stays(qtbot, server: OfficeServer, counter: Seat) -> None:
    reviewer, keeper = sit(qtbot, server, "zm"), sit(qtbot, server, "sl")
    assert to_decide(reviewer) == []
    accepted(counter)
    assert to_decide(reviewer) == ["食品经营许可（新办）"]
    turn_to(reviewer)
    office(reviewer).start()
    accepted(counter, "shb")
    turn_to(reviewer)
    assert to_decide(reviewer) == ["社会保障卡补领", "食品经营许可（新办）"], "who waits at the window comes first"
    here = office(reviewer).lists[WorkKind.TO_DECIDE]
    assert reviewer.focus() is here
    assert here.current().matter_name == "食品经营许可（新办）", "news does not move the cursor to another case"
    assert office(keeper).lists[WorkKind.TO_SEAL].lines == ()
    reviewer.press("F9", "1", "F9")
    assert [line.matter_name for line in office(keeper).lists[WorkKind.TO_SEAL].lines] == ["社会保障卡补领"]
    assert to_decide(reviewer) == ["食品经营许可（新办）"]


def test_three_keys_decide_and_one_more_opens_the_next(qtbot, server: OfficeServer, counter: Seat) -> None:
    first = accepted(counter, "shb")
    second = accepted(counter)
    reviewer = sit(qtbot, server, "zm")
    reviewer.press("F9", "1", "F9")
    assert reviewer.count() == 3
    assert state(server, first) is CaseState.GRANTED
    assert page(reviewer).result.words.whole_text() == "准予已生效"
    assert page(reviewer).go.text() == "下一件"
    assert reviewer.focus() is page(reviewer).go
    reviewer.press("F9", "1", "F9")
    assert state(server, second) is CaseState.GRANTED
    assert page(reviewer).go.text() == "回到待办"
    reviewer.press("F9")
    assert reviewer.shell.rooms.current is office(reviewer)
    assert to_decide(reviewer) == []


def test_a_refusal_takes_its_reason(qtbot, server: OfficeServer, counter: Seat) -> None:
    case_id = accepted(counter)
    reviewer = sit(qtbot, server, "zm")
    reviewer.press("F9", "2", "F9")
    assert state(server, case_id) is CaseState.ACCEPTED
    assert "理由" in page(reviewer).form.lines["reason"].error.text()
    reviewer.press("Esc", "Enter", "1", "F9")
    assert state(server, case_id) is CaseState.REFUSED
    refused = server.acts[case_id][-1]
    assert refused.facts.decision.reason == "不符合法定条件"
    assert "第三十八条第二款" in refused.facts.decision.basis


def test_what_the_server_refuses_is_said_and_nothing_is_decided(qtbot, server: OfficeServer, counter: Seat) -> None:
    case_id = accepted(counter)
    reviewer = sit(qtbot, server, "zm")
    reviewer.press("F9", "1")
    refuse = server.store_act

    def taken(act, key):
        raise Locked("这件 10:31 已由别人决定")

    server.store_act = taken  # type: ignore[method-assign]
    reviewer.press("F9")
    assert page(reviewer).result.words.whole_text() == "准予没有生效：这件 10:31 已由别人决定"
    assert state(server, case_id) is CaseState.ACCEPTED
    assert page(reviewer).head.state.text() == "已受理"
    server.store_act = refuse  # type: ignore[method-assign]
    reviewer.press("1", "F9")
    assert state(server, case_id) is CaseState.GRANTED


def test_without_the_server_a_decision_is_not_called_effective(qtbot, server: OfficeServer, counter: Seat) -> None:
    case_id = accepted(counter)
    reviewer = sit(qtbot, server, "zm")
    reviewer.press("F9", "1")
    reviewer.counter.plan = ["lost request"] * 20
    reviewer.press("F9")
    assert "准予还没有生效" in page(reviewer).result.words.whole_text()
    assert "已生效" not in reviewer.shown()
    assert state(server, case_id) is CaseState.ACCEPTED


def test_ones_own_case_is_locked_with_the_reason(qtbot, server: OfficeServer) -> None:
    chief = sit(qtbot, server, "zwb")
    chief.counter.add_tickets(1)
    case_id = accepted(chief)
    assert chief.shell.rooms.current is None, "somebody with a counter keeps the call key"
    assert chief.focus() is chief.shell.idle.call
    chief.press("Alt+O")
    assert chief.shell.rooms.current is office(chief)
    here = office(chief).lists[WorkKind.TO_DECIDE]
    assert not here.lines[0].mine
    here.setFocus()
    chief.press("Enter")
    assert chief.toast == "这件由你受理，审批要换一个人"
    assert chief.shell.rooms.current is office(chief)
    chief.press("F9")
    assert "没有要你办的" in chief.toast
    chief.control.files.open(case_id)
    chief.settle()
    steps = page(chief).steps
    assert steps.choices[0].text() == "准予"
    assert "这件由你受理，审批要换一个人" in steps.choices[0].reason()
    chief.press("1")
    assert steps.step is None
    chief.press("Esc", "Esc")
    assert chief.shell.rooms.current is None
    assert state(server, case_id) is CaseState.ACCEPTED


def test_who_decided_does_not_seal_and_the_keeper_does(qtbot, server: OfficeServer, counter: Seat) -> None:
    case_id = accepted(counter)
    reviewer = sit(qtbot, server, "zm")
    reviewer.press("F9", "1", "F9")
    assert "用印" not in [choice.text() for choice in page(reviewer).steps.choices]
    keeper = sit(qtbot, server, "sl")
    assert office(keeper).lists[WorkKind.TO_SEAL].lines[0].state is CaseState.GRANTED
    keeper.press("F9", "1", "F9")
    sealing = server.acts[case_id][-1]
    assert sealing.step is CaseStep.SEAL
    assert sealing.facts.sealing.count == 2
    assert sealing.facts.sealing.paper_ids == tuple(paper.paper_id for paper in server.acts[case_id][0].papers)
    assert page(keeper).result.words.whole_text() == "用印已生效"


def test_time_stands_still_and_goes_on(qtbot, server: OfficeServer, counter: Seat) -> None:
    case_id = accepted(counter)
    reviewer = sit(qtbot, server, "zm")
    reviewer.press("F9", "3")
    assert reviewer.focus() is page(reviewer).form.picks["cause"]
    reviewer.press("1")
    assert "第四十五条" in page(reviewer).form.lines["basis"].value()
    reviewer.press("Enter")
    assert reviewer.focus() is page(reviewer).form.lines["expected"].edit
    reviewer.compose("10 个工作日")
    reviewer.press("F9")
    assert state(server, case_id) is CaseState.SUSPENDED
    assert page(reviewer).head.clock.text().startswith("暂停计时：听证")
    assert [stop.label for stop in page(reviewer).head.way.stops()][2] == "听证"
    assert page(reviewer).steps.choices[0].text() == "特别程序结束"
    reviewer.press("Esc")
    reviewer.clock.advance(days=3)
    reviewer.control.files.open(case_id)
    reviewer.settle()
    reviewer.press("1", "1", "F9")
    assert state(server, case_id) is CaseState.IN_REVIEW
    assert not page(reviewer).head.clock.text().startswith("暂停")


def test_an_extension_is_told_what_is_wrong_beside_the_field(qtbot, server: OfficeServer, counter: Seat) -> None:
    case_id = accepted(counter)
    reviewer = sit(qtbot, server, "zm")
    reviewer.press("F9", "4")
    assert page(reviewer).form.lines["days"].value() == "10", "as many as the law allows"
    reviewer.press("1", "Enter")
    reviewer.compose("刘局长")
    days = page(reviewer).form.lines["days"]
    days.edit.setFocus()
    days.edit.selectAll()
    reviewer.type("99")
    reviewer.press("F9")
    assert "最多延长" in days.error.text()
    assert reviewer.focus() is days.edit
    assert days.value() == "99"
    days.edit.selectAll()
    reviewer.type("5")
    reviewer.press("F9")
    assert server.acts[case_id][-1].facts.extension.days == 5
    assert "延期" in [stop.label for stop in page(reviewer).head.way.stops()]


def test_the_server_is_away_and_the_lists_say_so(qtbot, server: OfficeServer, counter: Seat) -> None:
    accepted(counter)
    reviewer = sit(qtbot, server, "zm")
    reviewer.counter.plan = ["lost request"] * 4
    reviewer.control.files.office.refresh()
    reviewer.settle()
    assert "连不上" in office(reviewer).trouble.whole_text()
    assert to_decide(reviewer) == ["食品经营许可（新办）"], "what was known stays"
    reviewer.counter.plan = []
    reviewer.find_server()
    assert office(reviewer).trouble.whole_text() == ""


def test_many_news_at_once_are_one_look(qtbot, server: OfficeServer, counter: Seat) -> None:
    reviewer = sit(qtbot, server, "zm")
    held = reviewer.hold("files")
    looks: list[WorkKind] = []
    ask = reviewer.counter.work
    reviewer.counter.work = lambda kind: (looks.append(kind), ask(kind))[1]
    for number in range(20):
        server.tell("case.acted", f"018f0000-0000-7000-8000-{number:012d}")
    reviewer.settle()
    assert len(held.waiting) == 20, "nothing was waited for"
    reviewer.release("files")
    assert looks.count(WorkKind.TO_DECIDE) == 1


def test_somebody_without_a_desk_in_the_office_is_told_so(qtbot, server: OfficeServer, counter: Seat) -> None:
    turn_to(counter)
    counter.press("Alt+O")
    assert "没有审批或用印的岗位" in counter.toast
    assert counter.shell.rooms.current is None


def test_another_person_at_the_same_pc_finds_their_own_desk(qtbot, server: OfficeServer) -> None:
    seat = sit(qtbot, server, "zm")
    assert seat.shell.rooms.current is office(seat)
    seat.control._end_session("换人登录")
    seat.settle()
    seat.shell.login_page.name.set_value("wxm")
    seat.shell.login_page.name.edit.setFocus()
    seat.press("Enter")
    seat.type(PASSWORD)
    seat.press("Enter")
    assert seat.shell.rooms.current is None
    assert seat.focus() is seat.shell.idle.call


def test_how_long_somebody_waits_grows_by_itself(qtbot, server: OfficeServer, counter: Seat) -> None:
    from clerk_app.ui.window.office.work_list import waits

    accepted(counter, "shb")
    line = server.work(WorkKind.TO_DECIDE, "nobody")[0]
    assert waits(line, line.since)[0] == "即办 · 人在等"
    assert waits(line, line.since + timedelta(minutes=4))[0] == "即办 · 人在等 4 分"


def test_a_number_is_opened_from_the_office_page(qtbot, server: OfficeServer, counter: Seat) -> None:
    accepted(counter)
    number = counter.stored[0].case_number
    keeper = sit(qtbot, server, "sl")
    keeper.press("F6")
    keeper.type(number)
    keeper.press("Enter")
    assert page(keeper).head.whose.whole_text().startswith(f"张三 · {number}")
    assert "这件没有你要办的事" in keeper.shown()
    keeper.press("Esc")
    assert keeper.shell.rooms.current is office(keeper)
