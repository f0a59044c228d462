"""The clerk goes on without the server: F2 and the number on the citizen's paper, F5 for who has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from clerk_app.domain.emergency import read_number
from clerk_app.domain.queue import TicketState, VisitReason
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ports.feed import ConnectionChange, ConnectionState
from clerk_app.ports.hall_queue import ServiceGroup
from clerk_app.ports.hall_running import EmergencyMerged, EmergencyVisit, NumberBlock
from clerk_app.ports.window import OutboxKind, Step
from clerk_app.services.window.emergency import EmergencyDesk
from clerk_app.services.window.outbox import Outbox
from clerk_app.ui.window.emergency_section import EmergencySection
from support import window_views
from support.emergency import Papers
from support.look import clipped_labels, grab
from support.shell import HallCounter, Seat
from support.window import NOW, FakeClock, FakeReceiptPrinter
from support.window_memory import MemoryWindowStore

GROUPS = (ServiceGroup("g-A", "A", "企业准入", "", "", 1), ServiceGroup("g-B", "B", "社保医保", "", "", 2))


class HallWithoutPower(HallCounter):
    """The hall's server, which may be away, and takes in what the window did meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.merged: list[EmergencyVisit] = []

    def groups(self) -> tuple[ServiceGroup, ...]:
        return self._over_the_network(lambda: GROUPS)

    def reserve_block(self, *, key: str | None = None) -> NumberBlock:
        return self._over_the_network(lambda: NumberBlock(12, "Y", 1201, 1299))

    def hold_blocks(self, block_nos: tuple[int, ...], *, key: str | None = None) -> tuple[NumberBlock, ...]:
        return self._over_the_network(lambda: tuple(NumberBlock(one, "Y", 0, 0) for one in block_nos))

    def merge_visit(self, visit: EmergencyVisit, *, key: str | None = None) -> EmergencyMerged:
        def do() -> EmergencyMerged:
            self.merged.append(visit)
            state = TicketState.FINISHED if visit.ended_at else TicketState.SERVING
            state = state if visit.called_at else TicketState.WAITING
            for ticket in self.tickets:
                if ticket.number == str(read_number(visit.number)):
                    return EmergencyMerged(self._put(replace(ticket, state=state, window_no="12")))
            made = replace(
                window_views.ticket(), ticket_id=visit.ticket_id, number=visit.number, state=state, taken_at=NOW
            )
            self.tickets.append(made)
            return EmergencyMerged(made)

        return self._over_the_network(do)


def seat_at(
    qtbot: QtBot,
    *,
    store: MemoryWindowStore | None = None,
    counter: HallWithoutPower | None = None,
    clock: FakeClock | None = None,
    size: tuple[int, int] = (1366, 768),
    printer: Any = None,
    seed: int = 1,
) -> Seat:
    """A window with a block of numbers, logged in."""
    seat = Seat(qtbot, store, counter=counter or HallWithoutPower(), clock=clock, size=size, attached=False, seed=seed)
    made: Any = seat.counter
    desk = EmergencyDesk(
        seat.store,
        made,
        seat.window.binding,
        seat.window.journal,
        Papers(),
        printer or FakeReceiptPrinter(),
        seat.hall,
    )
    seat.desk = replace(seat.desk, emergency=desk, outbox=Outbox(seat.store, made, seat.window.journal))
    seat.desk.outbox.push_once()
    desk.keep_blocks()
    seat.shell.attach(seat)
    seat.log_in()
    return seat


@pytest.fixture
def away(qtbot: QtBot) -> Seat:
    """The server has been away for seven minutes."""
    seat = seat_at(qtbot)
    seat.counter.add_tickets(3)
    lose(seat)
    return seat


def lose(seat: Seat, seconds: float = 420) -> None:
    seat.counter.plan = ["lost request"] * 500
    change = ConnectionChange(ConnectionState.OFFLINE, seat.clock.now() - timedelta(seconds=seconds), "")
    seat.control.on_connection(change)
    seat.settle()
    tick(seat)


def find(seat: Seat) -> None:
    """The server answers again; the outbox runs as its thread would."""
    seat.counter.plan.clear()
    seat.find_server()
    seat.desk.outbox.push_once()
    seat.control.on_sync(seat.desk.outbox.status())
    seat.settle()
    tick(seat)


def tick(seat: Seat) -> None:
    seat.shell._ticked()
    seat.settle()


def section(seat: Seat) -> EmergencySection:
    assert seat.shell.screens is not None
    return seat.shell.screens.emergency.section


def merged(seat: Seat) -> list[EmergencyVisit]:
    hall = seat.counter
    assert isinstance(hall, HallWithoutPower)
    return hall.merged


def call(seat: Seat, number: str) -> None:
    seat.press("F2")
    seat.type(number)
    seat.press("Enter")


def test_a_restart_of_the_server_changes_nothing(qtbot: QtBot) -> None:
    seat = seat_at(qtbot)
    lose(seat, seconds=3)
    assert not section(seat).isVisible()
    seat.clock.advance(seconds=6)
    tick(seat)
    assert not section(seat).isVisible()
    find(seat)
    seat.clock.advance(seconds=60)
    tick(seat)
    assert not section(seat).isVisible()


def test_after_ten_seconds_numbers_are_called_by_hand(qtbot: QtBot) -> None:
    seat = seat_at(qtbot)
    lose(seat, seconds=1)
    seat.clock.advance(seconds=9)
    tick(seat)
    assert section(seat).isVisible()
    assert "请按纸票先后叫号" in seat.shown()
    assert "系统断开，按纸票先后手工叫号" in seat.shown()


def test_the_number_on_the_paper_opens_the_case(away: Seat) -> None:
    call(away, "a047")
    assert away.work.intake is not None
    assert away.work.intake.ticket is not None
    assert (away.work.intake.ticket.number, away.work.intake.ticket.group_name) == ("A047", "企业准入")
    assert "A047" in away.shown()
    assert not section(away).edit.isEnabled()
    assert "办结后可叫" in away.shown()


def test_what_is_no_number_is_said_below_the_field_and_nothing_is_lost(away: Seat) -> None:
    call(away, "047")
    assert "例如 A047" in section(away).error.text()
    assert section(away).edit.text() == "047"
    assert away.work.intake is None
    away.type("x")
    assert section(away).error.text() == ""


def test_who_has_no_number_gets_one_of_this_windows_block_and_is_served(away: Seat) -> None:
    away.press("F5")
    assert away.work.intake is not None
    assert away.work.intake.ticket is not None
    assert away.work.intake.ticket.number == "Y1201"


def test_a_number_on_paper_for_who_waits(away: Seat) -> None:
    place = section(away)
    place.give.click()
    away.settle()
    assert [button.text() for button in place.group_buttons] == ["企业准入", "社保医保"]
    place.group_buttons[1].click()
    away.settle()
    assert away.toast == "应急号 Y1201，请给申请人"
    assert "Y1201" in away.shown()
    assert "还有 98 个" in away.shown()
    call(away, "Y1201")
    assert away.work.intake is not None
    assert away.work.intake.ticket is not None
    assert away.work.intake.ticket.group_name == "社保医保"


def test_a_paper_that_did_not_come_out_is_said(qtbot: QtBot) -> None:
    seat = seat_at(qtbot, printer=FakeReceiptPrinter(PrintResult(PrintOutcome.REFUSED, "缺纸")))
    lose(seat)
    section(seat).give.click()
    section(seat).group_buttons[0].click()
    seat.settle()
    assert seat.toast == "应急号 Y1201，小票没打出来，请把号写给申请人"


def test_back_online_in_the_middle_of_a_visit_nothing_jumps(away: Seat) -> None:
    call(away, "A001")
    before = away.work.intake
    find(away)
    assert away.work.intake == before
    assert not section(away).isVisible()
    assert [(one.number, one.window_no, one.ended_at) for one in merged(away)] == [("A001", "12", None)]
    assert away.counter.active is not None
    away.control.finish_without_case("consulted", then_call=True)
    away.settle()
    assert [one.outcome for one in merged(away)] == ["", "consulted"]
    # The next one is called as ever, and the one who was served by hand does not come up again.
    assert away.control.ticket is not None
    assert away.control.ticket.number == "A002"


def test_what_was_ended_without_the_server_is_told_and_does_not_come_up_again(away: Seat) -> None:
    call(away, "A001")
    away.control.finish_without_case("consulted", then_call=False)
    away.settle()
    assert away.work.intake is None
    call(away, "A002")
    away.control.finish_without_case("consulted", then_call=True)
    away.settle()
    assert section(away).edit.hasFocus()
    find(away)
    assert [(one.number, one.outcome) for one in merged(away) if one.outcome] == [
        ("A001", "consulted"),
        ("A002", "consulted"),
    ]
    assert away.work.intake is None


def test_the_visit_is_reported_under_the_ticket_that_the_papers_name(away: Seat) -> None:
    call(away, "A001")
    ticket = away.control.emergency.current
    assert ticket is not None
    away.desk.visits.note(ticket.ticket_id, VisitReason.CONSULT)
    away.control.finish_without_case("consulted", then_call=False)
    away.settle()
    (visit,) = [one for one in away.store.state.outbox.values() if one.kind is OutboxKind.VISIT]
    assert visit.payload["ticket_id"] == ticket.ticket_id


def test_a_number_cannot_be_served_twice_at_one_window(away: Seat) -> None:
    call(away, "A047")
    away.control.finish_without_case("consulted", then_call=False)
    away.settle()
    call(away, "A047")
    assert "在本窗口办过了" in section(away).error.text()


def test_the_end_of_a_called_ticket_is_kept_beyond_a_restart(qtbot: QtBot) -> None:
    seat = seat_at(qtbot)
    seat.counter.add_tickets(2)
    seat.press("F2")
    ticket = seat.control.ticket
    assert ticket is not None
    lose(seat)
    seat.control.finish_without_case("consulted", then_call=False)
    seat.settle()
    assert seat.toast == "这一位已办结，服务器恢复后自动登记，不用再按"
    again = seat_at_again(qtbot, seat)
    assert again.work.intake is None
    find(again)
    assert [(one.ticket_id, one.outcome) for one in merged(again)] == [(ticket.ticket_id, "consulted")]
    assert again.work.intake is None


def seat_at_again(qtbot: QtBot, seat: Seat) -> Seat:
    """The program was killed and starts over the same store, the server still away."""
    hall = seat.counter
    assert isinstance(hall, HallWithoutPower)
    hall.plan.clear()
    seat.shell.close()
    plan: list[str] = []
    again = Seat(qtbot, seat.store, counter=hall, clock=seat.clock, attached=False, seed=9)
    made: Any = hall
    desk = EmergencyDesk(
        again.store, made, again.window.binding, again.window.journal, Papers(), FakeReceiptPrinter(), again.hall
    )
    again.desk = replace(again.desk, emergency=desk, outbox=Outbox(again.store, made, again.window.journal))
    again.shell.attach(again)
    hall.plan = plan
    again.log_in()
    lose(again)
    return again


def test_a_window_that_was_killed_goes_on_with_whom_it_served(away: Seat, qtbot: QtBot) -> None:
    call(away, "A047")
    again = seat_at_again(qtbot, away)
    assert again.work.intake is not None
    assert again.work.intake.ticket is not None
    assert again.work.intake.ticket.number == "A047"
    assert again.work.step is Step.APPLICANT


def test_the_section_in_pictures(away: Seat, tmp_path: Path) -> None:
    grab(away.shell, "emergency-free", tmp_path)
    assert clipped_labels(section(away)) == []
    section(away).give.click()
    away.settle()
    grab(away.shell, "emergency-give", tmp_path)
    section(away).group_buttons[0].click()
    away.settle()
    call(away, "048")
    grab(away.shell, "emergency-wrong", tmp_path)
    assert clipped_labels(section(away)) == []
    away.press("F2")
    away.type("A048")
    away.press("Enter")
    grab(away.shell, "emergency-serving", tmp_path)
    assert clipped_labels(section(away)) == []


def test_in_a_narrow_window_the_field_is_still_there(qtbot: QtBot, tmp_path: Path) -> None:
    seat = seat_at(qtbot, size=(1024, 700))
    lose(seat)
    assert section(seat).edit.isVisible()
    grab(seat.shell, "emergency-narrow", tmp_path)
    assert clipped_labels(section(seat)) == []
    call(seat, "A047")
    assert seat.work.intake is not None
