"""A whole visit at the sizes that a counter has: nothing is cut, nothing makes the window grow."""

from __future__ import annotations

from pathlib import Path

import pytest

from clerk_app.bootstrap.papers import Renderer, first_page, receipt_profile
from clerk_app.bootstrap.settings import DeviceSettings
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ports.window import Step
from clerk_app.typefaces import find
from support.look import clipped_labels, dressed, grab
from support.shell import AGENT, APPLICANT, Seat
from support.window import SeededEntropy

SIZES = [
    pytest.param(1.0, 1366, 690, id="1366x690"),
    pytest.param(1.25, 1366, 690, id="1366x690-large"),
    pytest.param(1.0, 1093, 552, id="1093x552"),
    pytest.param(1.0, 911, 460, id="911x460"),
    pytest.param(1.0, 1920, 1080, id="1920x1080"),
]


@pytest.mark.parametrize(("factor", "width", "height"), SIZES)
def test_a_visit_fits(qtbot, qapp, tmp_path: Path, factor: float, width: int, height: int) -> None:
    dressed(qapp, factor)
    papers = Renderer(find(), receipt_profile(DeviceSettings()), NationalCrypto(SeededEntropy()))
    seat = Seat(qtbot, renderer=papers, first_page=first_page, size=(width, height))
    count = 0

    def looked_at(name: str) -> None:
        nonlocal count
        count += 1
        seat.settle()
        grab(seat.shell, f"path_{width}x{height}_{factor}_{count:02d}_{name}", tmp_path)
        assert seat.shell.size().toTuple() == (width, height), f"{name}: something makes the window grow"
        assert clipped_labels(seat.shell) == [], name

    looked_at("login")
    seat.log_in()
    seat.counter.add_tickets(9)
    seat.find_server()
    looked_at("idle")
    seat.press("F2")
    looked_at("called")
    seat.lay(APPLICANT)
    seat.lay(AGENT)
    looked_at("two_cards")
    seat.press("Enter")
    looked_at("search")
    seat.type("sp")
    looked_at("found")
    seat.press("Enter")
    looked_at("questions")
    seat.press("1", "1")
    looked_at("checklist")
    seat.press("Enter", "Enter", "5", "2", "C")
    looked_at("defect")
    bar = seat.case.checklist.list.verticalScrollBar()
    if height >= 690 and factor == 1.0:
        assert bar.maximum() == 0, "seven rows, one of them open, without scrolling"
    shown = seat.case.checklist.list.visualRect(seat.case.checklist.list.currentIndex())
    assert seat.case.checklist.list.viewport().rect().contains(shown), "the open row is seen whole"
    seat.press("Enter", "4", "1")
    looked_at("owed")
    seat.press("Enter", "Enter", "F9")
    looked_at("supplement")
    seat.press("6")
    looked_at("other_body")
    seat.press("Esc", "4", "F9")
    looked_at("deficiency")
    seat.window.receipt_printer.results = [PrintResult(PrintOutcome.UNKNOWN, "小票打印机缺纸，装好纸再回答")]
    seat.press("F9")
    assert seat.work.step is Step.PAPERS
    looked_at("question")
    seat.press("1")
    looked_at("papers")
    seat.press("F9")
    seat.lose_server()
    looked_at("offline")


def test_three_columns_where_they_fit(qtbot) -> None:
    seat = Seat(qtbot, size=(1366, 690))
    seat.at_checklist("spjy", APPLICANT, AGENT)
    columns = (seat.shell.rail, seat.shell.middle, seat.shell.side)
    assert [column.width() for column in columns] == [244, 1366 - 244 - 276, 276]
    seat.press("Alt+P")
    assert seat.shell.side.isVisible(), "nothing to open or to close"


@pytest.mark.parametrize(("width", "height"), [(1093, 552), (911, 460)])
def test_the_right_column_is_a_drawer_where_it_does_not_fit(qtbot, tmp_path: Path, width: int, height: int) -> None:
    seat = Seat(qtbot, size=(width, height))
    seat.at_checklist("spjy", APPLICANT, AGENT)
    at, middle = seat.focus(), seat.shell.middle.width()
    assert not seat.shell.side.isVisible()
    assert "李晓彤" in seat.shown(), "who came stands in the bar on top"
    seat.press("Alt+P")
    assert seat.shell.side.isVisible()
    assert seat.shell.middle.width() == middle, "the checklist keeps its width"
    assert seat.focus() is at
    grab(seat.shell, f"path_drawer_{width}", tmp_path)
    seat.press("Esc")
    assert not seat.shell.side.isVisible()
    assert seat.work.step is Step.MATERIALS
    seat.press("Alt+P", "Alt+P")
    assert not seat.shell.side.isVisible()
    seat.press("Alt+P")
    seat.shell.resize(1366, 690)
    seat.settle()
    assert seat.shell.side.x() == seat.shell.width() - seat.shell.side.width()
