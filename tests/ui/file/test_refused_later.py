"""A step that was done while the server was away and that it refuses afterwards: the free page says so."""

from __future__ import annotations

from support.office import OfficeServer, sit, turn_to, upload
from support.shell import APPLICANT, Seat
from support.window_views import shown


def step(seat: Seat, name: str) -> str:
    """The digit of a step in the open case file."""
    return str([choice.text() for choice in seat.shell.files.file.steps.choices].index(name) + 1)


def test_it_stands_on_the_free_page_until_the_case_was_looked_at(qtbot) -> None:
    server = OfficeServer()
    seat, other = sit(qtbot, server, "wxm"), sit(qtbot, server, "wxm")
    turn_to(seat)
    seat.counter.add_tickets(1)
    seat.press("F2")
    seat.lay(APPLICANT)
    seat.press("Enter")
    seat.type("spjy")
    seat.press("Enter", "1", "1", "A", "F9", "F9")
    upload(seat)
    seat.press("F9", "F6")
    seat.type(seat.stored[0].case_number[-4:])
    seat.press("Enter")
    seat.counter.plan = ["lost request"] * 50
    seat.press(step(seat, "终止办理"), "1", "F9")
    assert seat.shell.files.file.head.state.text() == "已终止"
    turn_to(other)
    other.press("F6")
    other.type(seat.stored[0].case_number)
    other.press("Enter")
    other.press(step(other, "撤回申请"), "1", "F9")
    turn_to(seat)
    seat.press("Esc", "Esc")
    assert seat.shell.rooms.current is None
    seat.counter.plan = []
    upload(seat)
    seat.control.refresh_overview()
    seat.settle()
    todo = seat.shell.idle.todo
    assert "服务器没有接受：终止办理" in shown(todo)
    assert "已撤回" in shown(todo)
    look = next(one for one in seat.shell.idle.looks if one.accessibleName().startswith("打开 张*"))
    look.setFocus()
    seat.press("Enter")
    assert seat.shell.rooms.current is seat.shell.files.file
    assert seat.shell.files.file.head.state.text() == "已撤回"
    assert "终止办理没有生效" in seat.shown(), "the case itself goes on saying so"
    seat.press("Esc")
    seat.control.refresh_overview()
    seat.settle()
    assert "服务器没有接受" not in shown(todo)
