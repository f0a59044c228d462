"""A window is open from morning to evening, for days: what a visit made must be gone when the visit is over."""

from __future__ import annotations

import gc
from collections import Counter

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication

from support.shell import AGENT, APPLICANT, Seat

VISITS = 5


@pytest.fixture
def seat(qtbot) -> Seat:
    made = Seat(qtbot)
    made.log_in()
    return made


def serve(seat: Seat, citizens: int) -> None:
    """Called, both cards read, the food licence, everything is there, 受理, papers, a rating; then the free page."""
    for _ in range(citizens):
        seat.counter.add_tickets(1)
        seat.press("F2")
        seat.lay(APPLICANT)
        seat.lay(AGENT)
        seat.press("Enter")
        seat.type("spjy")
        seat.press("Enter", "1", "1", "A", "F9", "F9", "F12")
        seat.rate(1)


def living(seat: Seat) -> Counter[str]:
    """By class: what hangs in the window, all widgets, and our own Qt objects wherever they hang."""
    seat.settle()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    # Before Qt is asked: that makes a Python object for whatever has none.
    ours = Counter(f"{kind.__name__} of ours" for kind in map(type, gc.get_objects()) if _is_ours(kind))
    inside = Counter(found.metaObject().className() for found in seat.shell.findChildren(QObject))
    return ours + inside + Counter(f"{found.metaObject().className()} anywhere" for found in QApplication.allWidgets())


def _is_ours(kind: type) -> bool:
    return issubclass(kind, QObject) and kind.__module__.startswith("clerk_app.")


def test_a_window_keeps_nothing_of_the_citizens_that_were_here(seat: Seat) -> None:
    serve(seat, 2)
    before = living(seat)
    serve(seat, VISITS)
    assert len(seat.stored) == 2 + VISITS
    after = living(seat)
    assert after - before == Counter(), "more of these than after two citizens"
