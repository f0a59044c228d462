"""The collection page at the sizes that a counter has: nothing is cut, nothing makes the window grow."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.look import clipped_labels, dressed, grab
from support.people import agent, company
from support.results import Errand
from support.shell_matters import HOUSE

SIZES = [
    pytest.param(1.0, 1366, 690, id="1366x690"),
    pytest.param(1.25, 1366, 690, id="1366x690-large"),
    pytest.param(1.0, 911, 460, id="911x460"),
    pytest.param(1.0, 1920, 1080, id="1920x1080"),
]


@pytest.mark.parametrize(("factor", "width", "height"), SIZES)
def test_handing_out_fits(qtbot, qapp, tmp_path: Path, factor: float, width: int, height: int) -> None:
    dressed(qapp, factor)
    hall = Errand(qtbot, size=(width, height))
    seat, people = hall.seat, {"applicant": company(), "agent": agent()}
    owing = hall.tolerated(**people)
    hall.ready(hall.filled(owing), **people)
    hall.ready(copies=("许可证 1",), **people)
    hall.granted(code=HOUSE, **people)
    hall.told()
    count = 0

    def looked_at(name: str) -> None:
        nonlocal count
        count += 1
        seat.settle()
        grab(seat.shell, f"collect_{width}x{height}_{factor}_{count:02d}_{name}", tmp_path)
        assert seat.shell.size().toTuple() == (width, height), f"{name}: something makes the window grow"
        assert clipped_labels(seat.shell) == [], name

    seat.lay(agent().person)
    looked_at("offered")
    seat.press("Alt+L")
    looked_at("found")
    view = seat.shell.errands.collect.view
    if height >= 690 and factor == 1.0:
        assert view.area.verticalScrollBar().maximum() == 0, "three results without scrolling"
    seat.press("Space", "Space")
    looked_at("first_given")
    seat.press("3")
    looked_at("by_post")
    view.who.chips[1].click()
    seat.press("A", "F9")
    looked_at("issued")
    seat.press("F9")
    looked_at("free")
