"""Every state of the queue at this window, at the sizes that a counter has: nothing is cut, nothing makes it grow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clerk_app.domain.errors import Unreachable
from clerk_app.domain.queue import AwayReason, HoldKind, Lane, PriorityClass, TicketState, VisitReason, WindowState
from clerk_app.ports.feed import FeedEntry
from clerk_app.ports.hall_queue import CounterStatus
from support.look import clipped_labels, dressed, grab
from support.shell import APPLICANT, Seat
from support.window_views import at

SIZES = [
    pytest.param(1.0, 1366, 690, id="1366x690"),
    pytest.param(1.25, 1366, 690, id="1366x690-large"),
    pytest.param(1.0, 1920, 1000, id="1920x1000"),
    pytest.param(1.0, 911, 460, id="911x460"),
]
HALL = (
    CounterStatus("1", WindowState.FREE, at(10, 1), user_name="赵琳", user_id="u-1"),
    CounterStatus("2", WindowState.BUSY, at(10, 2), number="B016", user_name="周强", user_id="u-2"),
    CounterStatus("3", WindowState.AWAY, at(10, 3), AwayReason.BACK_OFFICE, user_name="吴江", user_id="u-3"),
    CounterStatus("5", WindowState.OFF, at(10, 5), user_name="郑敏", user_id="u-5"),
    CounterStatus("7", WindowState.CALLING, at(10, 7), number="C021", user_name="钱进", user_id="u-7"),
    CounterStatus("9", WindowState.BUSY, at(10, 9), user_name="孙莉", user_id="u-9"),
    CounterStatus("12", WindowState.BUSY, at(10, 12), number="A001", user_name="王晓梅", user_id="u-12"),
)
EVERYTHING = {
    "priority": PriorityClass.DISABLED,
    "lane": Lane.RETURN,
    "reason": VisitReason.SUPPLEMENT,
    "guidance": "ZX-1",
    "case_number": "MH-12-20261120-0007",
    "from_window": "7",
}


@pytest.mark.parametrize(("factor", "width", "height"), SIZES)
def test_every_state_fits(qtbot, qapp, tmp_path: Path, factor: float, width: int, height: int) -> None:
    dressed(qapp, factor)
    seat = Seat(qtbot, size=(width, height))
    seat.log_in()
    counter = seat.counter
    counter.windows, counter.notices = HALL, ("下午 3 号机维护", "14:00 起医保系统升级，社保转移暂停")

    def looked_at(name: str) -> None:
        seat.settle()
        grab(seat.shell, f"queue_{width}x{height}_{factor}_{name}", tmp_path)
        assert clipped_labels(seat.shell) == [], name
        assert seat.shell.size().toTuple() == (width, height), f"{name}: something makes the window grow"

    def news() -> None:
        entry = FeedEntry(7, "m7", "ticket.called", "t", at(10, 24), window_no="12")
        seat.control.on_entries((entry,))
        seat.settle()

    news()
    looked_at("ready")
    seat.press("F2")
    looked_at("free")
    seat.press("Alt+W")
    looked_at("standing")
    seat.press("4")
    looked_at("away")
    seat.press("Alt+W", "7")
    looked_at("closed")
    seat.press("F2")
    counter.add_tickets(1)
    counter.tickets[-1] = replace(counter.tickets[-1], **EVERYTHING)
    news()
    looked_at("called")
    if width < 1280 * factor:
        seat.press("Alt+Q")
        looked_at("called_queue")
        seat.press("Alt+Q")
    seat.lay(APPLICANT)
    seat.press("Enter")
    seat.type("spjy")
    seat.press("Enter")
    looked_at("serving")
    seat.press("F8")
    looked_at("hold")
    seat.press("Tab")
    seat.compose("差法人签字，盖章在分公司")
    seat.press("Enter", "2")
    looked_at("held")
    counter.add_tickets(3)
    for number, kind in ((1, HoldKind.PAPERS_KEPT), (2, HoldKind.OTHER_STEP)):
        since = seat.clock.now() - timedelta(minutes=7 * number)
        held = replace(counter.tickets[-number], state=TicketState.HELD, hold=kind, held_at=since)
        counter.tickets[-number] = held
    missed = {"state": TicketState.MISSED, "last_call_at": at(10, 12), "missed_returns": 1}
    counter.tickets[-3] = replace(counter.tickets[-3], **missed)
    news()
    looked_at("aside")
    counter.add_tickets(1)
    seat.press("F2", "Alt+T")
    looked_at("transfer_groups")
    seat.press("Right", "5")
    looked_at("transfer_windows")
    seat.press("Right")
    looked_at("transfer_people")
    counter.serves = ("g-A", "g-B", "g-C")
    seat.press("Esc", "F8", "1")
    news()
    seat.press("F5")
    looked_at("walk_in")
    seat.press("Esc")
    counter.refusal = Unreachable("服务器连不上")
    seat.lose_server()
    looked_at("offline")
