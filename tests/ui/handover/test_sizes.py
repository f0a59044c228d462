"""Hand-over and work lists at the sizes that a counter has: nothing is cut, nothing makes the window grow."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from clerk_app.ports.hall_cases import OnlineSupplement, SuppliedMaterial
from support.look import clipped_labels, dressed, grab
from support.people import company, resident
from support.results import Errand
from support.shell_matters import HOUSE
from support.window import NOW

SIZES = [
    pytest.param(1.0, 1366, 690, id="1366x690"),
    pytest.param(1.25, 1366, 690, id="1366x690-large"),
    pytest.param(1.0, 911, 460, id="911x460"),
    pytest.param(1.0, 1920, 1080, id="1920x1080"),
]


@pytest.mark.parametrize(("factor", "width", "height"), SIZES)
def test_lists_fit(qtbot, qapp, tmp_path: Path, factor: float, width: int, height: int) -> None:
    dressed(qapp, factor)
    hall = Errand(qtbot, size=(width, height))
    seat = hall.seat
    waits = hall.asked_back()
    hall.asked_back(applicant=resident(name="欧阳清河"))
    for _ in range(3):
        hall.accepted(applicant=company())
    hall.accepted(code=HOUSE)
    hall.tolerated()
    hall.ready()
    came = OnlineSupplement(
        "s-1",
        waits.file.opening.case_number,
        "WSBJ-2026-0001",
        NOW - timedelta(hours=2),
        (SuppliedMaterial("layout", "平面图", 1, "0" * 64),),
    )
    seat.counter.supplements = lambda: (came,)  # type: ignore[method-assign]
    hall.told()
    count = 0

    def looked_at(name: str) -> None:
        nonlocal count
        count += 1
        seat.settle()
        grab(seat.shell, f"lists_{width}x{height}_{factor}_{count:02d}_{name}", tmp_path)
        assert seat.shell.size().toTuple() == (width, height), f"{name}: something makes the window grow"
        assert clipped_labels(seat.shell) == [], name

    looked_at("free")
    seat.press("Alt+B")
    looked_at("work")
    seat.press("6")
    looked_at("empty")
    seat.press("5")
    looked_at("hand_over")
    seat.press("Space")
    looked_at("one_left_out")
