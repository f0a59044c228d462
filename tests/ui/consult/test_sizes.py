"""A consultation at the sizes that a counter has: nothing is cut, nothing makes the window grow."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.look import clipped_labels, dressed, grab
from support.shell import APPLICANT, Seat

SIZES = [
    pytest.param(1.0, 1366, 690, id="1366x690"),
    pytest.param(1.25, 1366, 690, id="1366x690-large"),
    pytest.param(1.0, 911, 460, id="911x460"),
    pytest.param(1.0, 1920, 1080, id="1920x1080"),
]


@pytest.mark.parametrize(("factor", "width", "height"), SIZES)
def test_advice_fits(qtbot, qapp, tmp_path: Path, factor: float, width: int, height: int) -> None:
    dressed(qapp, factor)
    seat = Seat(qtbot, size=(width, height))
    seat.called(APPLICANT)
    count = 0

    def looked_at(name: str) -> None:
        nonlocal count
        count += 1
        seat.settle()
        grab(seat.shell, f"consult_{width}x{height}_{factor}_{count:02d}_{name}", tmp_path)
        assert seat.shell.size().toTuple() == (width, height), f"{name}: something makes the window grow"
        assert clipped_labels(seat.shell) == [], name

    seat.press("Alt+C")
    looked_at("search")
    seat.type("spjy")
    seat.press("Enter")
    looked_at("questions")
    seat.press("1", "1")
    looked_at("list")
    listed = seat.shell.errands.consult.list.list
    if height >= 690 and factor == 1.0:
        assert listed.verticalScrollBar().maximum() == 0, "all materials without scrolling"
    seat.press("Space", "Down", "Space")
    looked_at("looked_through")
    seat.press("D")
    looked_at("by_agent")
    seat.press("3", "F9")
    looked_at("phone")
    seat.press("F9")
    looked_at("free")
    seat.press("Alt+C")
    seat.type("spjy")
    seat.press("Enter", "2")
    looked_at("other_matter")
    seat.press("Esc", "4")
    looked_at("other_body")
