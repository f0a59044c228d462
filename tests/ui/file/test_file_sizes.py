"""Case file, arrival, office desk and instant case at the sizes of a counter: nothing is cut, nothing grows."""

from __future__ import annotations

from pathlib import Path

import pytest

from clerk_app.bootstrap.papers import Renderer, first_page, receipt_profile
from clerk_app.bootstrap.settings import DeviceSettings
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.typefaces import find
from support.look import clipped_labels, dressed, grab
from support.office import OfficeServer, sit, turn_to, upload
from support.shell import APPLICANT, Seat
from support.window import SeededEntropy

SIZES = [
    pytest.param(1.0, 1366, 690, id="1366x690"),
    pytest.param(1.25, 1366, 690, id="1366x690-large"),
    pytest.param(1.0, 911, 460, id="911x460"),
    pytest.param(1.0, 1920, 1080, id="1920x1080"),
]


@pytest.mark.parametrize(("factor", "width", "height"), SIZES)
def test_everything_after_the_conclusion_fits(
    qtbot, qapp, tmp_path: Path, factor: float, width: int, height: int
) -> None:
    dressed(qapp, factor)
    papers = Renderer(find(), receipt_profile(DeviceSettings()), NationalCrypto(SeededEntropy()))
    server = OfficeServer()
    count = 0

    def somebody(who: str) -> Seat:
        return sit(qtbot, server, who, renderer=papers, first_page=first_page, size=(width, height))

    def looked_at(seat: Seat, name: str) -> None:
        nonlocal count
        count += 1
        seat.settle()
        grab(seat.shell, f"file_{width}x{height}_{factor}_{count:02d}_{name}", tmp_path)
        assert seat.shell.size().toTuple() == (width, height), f"{name}: something makes the window grow"
        assert clipped_labels(seat.shell) == [], name

    clerk = somebody("wxm")
    clerk.counter.add_tickets(3)
    clerk.press("F2")
    clerk.lay(APPLICANT)
    clerk.press("Enter")
    clerk.type("shb")
    clerk.press("Enter", "A", "F9", "F9")
    upload(clerk)
    looked_at(clerk, "instant_deciding")
    if height >= 690 and factor == 1.0:
        assert clerk.case.papers.area.verticalScrollBar().maximum() == 0
    reviewer = somebody("zm")
    looked_at(reviewer, "office")
    reviewer.press("F9")
    looked_at(reviewer, "file")
    reviewer.press("2")
    looked_at(reviewer, "refuse")
    reviewer.press("Esc", "Esc", "3", "1")
    looked_at(reviewer, "suspend")
    reviewer.press("Esc", "Esc", "1")
    looked_at(reviewer, "grant")
    reviewer.press("F9")
    looked_at(reviewer, "granted")
    keeper = somebody("sl")
    keeper.press("F9", "1")
    looked_at(keeper, "seal")
    keeper.press("F9")
    turn_to(clerk)
    looked_at(clerk, "instant_ready")
    clerk.press("F9")
    clerk.rate(None)
    looked_at(clerk, "instant_issued")
    if height >= 690 and factor == 1.0:
        assert clerk.case.papers.area.verticalScrollBar().maximum() == 0, "five sheets without scrolling"
    clerk.press("F12")
    clerk.lay(APPLICANT)
    clerk.press("Enter")
    clerk.type("spjy")
    clerk.press("Enter", "1", "1", "Enter", "5", "2", "Enter", "5", "1", "Enter", "Enter", "F9", "F9")
    upload(clerk)
    number = max(row.case_number for row in clerk.stored)
    clerk.press("F9", "F6")
    clerk.type(number[-4:])
    clerk.press("Enter")
    looked_at(clerk, "supplement_file")
    clerk.press("1", "Enter", "5")
    looked_at(clerk, "arrival")
    clerk.press("Esc", "Esc", "2", "5")
    looked_at(clerk, "again")
    clerk.press("F9")
    looked_at(clerk, "approval")
    clerk.press("Esc", "Esc", "Esc", "5", "1")
    looked_at(clerk, "void")
