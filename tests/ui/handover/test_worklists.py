"""The work lists with the keyboard: counted on the free page, opened by Alt+B, a case by Enter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from clerk_app.ports.hall_cases import OnlineSupplement, SuppliedMaterial
from support.people import resident
from support.results import Errand
from support.window import NOW


def _room(hall: Errand) -> Any:
    assert hall.seat.shell.errands is not None
    return hall.seat.shell.errands.work


def _counts(hall: Errand) -> dict[str, str]:
    """Name of the list → what stands beside it on the free page."""
    labels = [label.text() for label in hall.seat.shell.idle.cases.findChildren(type(hall.seat.shell.idle.hero.note))]
    names = ("待补正", "待容缺补齐", "补齐待受理", "可出件", "待交接")
    return {name: labels[labels.index(name) + 1] for name in names}


def _supplement(hall: Errand, case_number: str, *materials: str) -> None:
    found = OnlineSupplement(
        "s-1",
        case_number,
        "WSBJ-2026-0001",
        NOW - timedelta(hours=2),
        tuple(SuppliedMaterial(one, one, 1, "0" * 64) for one in materials),
    )
    hall.seat.counter.supplements = lambda: (found,)  # type: ignore[method-assign]


def test_the_free_page_counts_what_waits_in_the_hall(qtbot) -> None:
    hall = Errand(qtbot)
    hall.asked_back()
    hall.tolerated()
    hall.ready()
    hall.told()
    assert _counts(hall) == {
        "待补正": "1",
        "待容缺补齐": "1",
        "补齐待受理": "0",
        "可出件": "1",
        "待交接": "1",
    }


def test_alt_b_opens_the_first_list_with_something_in_it_and_enter_the_case(qtbot) -> None:
    hall = Errand(qtbot)
    hall.tolerated()
    hall.told()
    seat = hall.seat
    seat.press("Alt+B")
    assert [entry.title for entry in _room(hall).entries()] == ["食品经营许可（新办）"]
    assert "张* · MH-12-20261123-0001" in _room(hall).entries()[0].line
    seat.press("Enter")
    assert seat.shell.files is not None
    assert seat.shell.rooms.current is seat.shell.files.file
    seat.press("Esc")
    assert seat.shell.rooms.current is _room(hall), "back to the list, not to the beginning"
    seat.press("Esc")
    assert seat.focus() is seat.shell.idle.call


def test_digits_change_the_list_and_arrows_the_line(qtbot) -> None:
    hall = Errand(qtbot)
    first, second = hall.asked_back(), hall.asked_back(applicant=resident(name="李四"))
    hall.told()
    seat = hall.seat
    seat.press("Alt+B", "4")
    assert _room(hall).entries() == ()
    assert "没有等人来领的结果" in seat.shown()
    seat.press("1", "Down", "Enter")
    opened = seat.control.files.opened
    assert opened is not None
    assert opened.file.case_id in {first.file.case_id, second.file.case_id}
    assert opened.file.case_id == _room(hall).entries()[1].reference


def test_a_supplement_that_came_online_stands_in_front(qtbot) -> None:
    hall = Errand(qtbot)
    hall.asked_back()
    second = hall.asked_back(applicant=resident(name="李四"))
    _supplement(hall, second.file.opening.case_number, "layout")
    hall.told()
    hall.seat.press("Alt+B")
    entries = _room(hall).entries()
    assert entries[0].reference == second.file.case_id
    assert entries[0].pill == "网上补件到了 1 份"
    assert entries[1].pill != entries[0].pill
    hall.seat.press("Esc")
    assert "1 件网上补件到了" in hall.seat.shown(), "the free page says it too"


def test_papers_to_hand_over_have_a_page_of_their_own(qtbot) -> None:
    hall = Errand(qtbot)
    hall.accepted()
    hall.told()
    hall.seat.press("Alt+B", "5")
    assert hall.seat.shell.errands is not None
    assert hall.seat.shell.rooms.current is hall.seat.shell.errands.hand_over
    hall.seat.press("F9", "Esc")
    assert hall.seat.shell.rooms.current is _room(hall)


def test_the_lists_follow_the_feed(qtbot) -> None:
    hall = Errand(qtbot)
    opened = hall.ready()
    hall.told()
    assert _counts(hall)["可出件"] == "1"
    hall.seat.lay(resident())
    hall.seat.press("Alt+L", "A", "F9", "F9")
    hall.told()
    assert hall.state_of(opened) == "delivered"
    assert _counts(hall)["可出件"] == "0"


def test_without_the_server_the_lists_of_before_stay(qtbot) -> None:
    hall = Errand(qtbot)
    hall.asked_back()
    hall.told()
    hall.seat.counter.plan = ["lost request"] * 30
    hall.seat.press("Alt+B")
    assert len(_room(hall).entries()) == 1
    assert "服务器连不上" in hall.seat.shown()
