"""The guide desk at the sizes that a counter has: nothing is cut, nothing makes the window grow."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from clerk_app.ports.hall_running import Slot
from support.guide_seat import GuideSeat
from support.halls import NOW
from support.look import clipped_labels, dressed, grab
from support.shell import APPLICANT

SIZES = [
    pytest.param(1.0, 1366, 690, id="1366x690"),
    pytest.param(1.25, 1366, 690, id="1366x690-large"),
    pytest.param(1.0, 1093, 552, id="1093x552"),
    pytest.param(1.0, 911, 460, id="911x460"),
]


@pytest.mark.parametrize(("factor", "width", "height"), SIZES)
def test_the_guide_desk_fits(
    qtbot: Any, qapp: QApplication, tmp_path: Path, factor: float, width: int, height: int
) -> None:
    dressed(qapp, factor)
    desk = GuideSeat(qtbot, size=(width, height))
    half = timedelta(minutes=30)
    slots = tuple(Slot("g-A", NOW + half * at, NOW + half * (at + 1), 4) for at in range(13))
    desk.hall.slots_of = {NOW.date(): slots}

    def looked_at(name: str) -> None:
        desk.seat.settle()
        grab(desk.seat.shell, f"guide_{width}x{height}_{factor}_{name}", tmp_path)
        assert desk.seat.shell.size().toTuple() == (width, height), f"{name}: something makes the window grow"
        assert clipped_labels(desk.seat.shell) == [], name

    desk.press("Alt+Y", "1", "M")
    desk.seat.type("spjy")
    looked_at("search")
    desk.press("Enter")
    desk.seat.lay(APPLICANT)
    looked_at("wish")
    desk.press("B")
    looked_at("slots")
    desk.press("B", "F9")
    looked_at("taken")
