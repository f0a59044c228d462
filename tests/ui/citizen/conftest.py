"""The citizen's screen beside the whole window, in the program's look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from clerk_app.ui.kit.theme import Theme
from support.citizen import CitizenSeat
from support.look import clear_screen, dressed


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> Iterator[Theme]:
    """Factor 1.0 before and after each test."""
    yield dressed(qapp)
    clear_screen(qapp)
    dressed(qapp)


@pytest.fixture
def seat(qtbot) -> CitizenSeat:
    """A clerk who has logged in and a citizen's screen; no keypad for ratings."""
    made = CitizenSeat(qtbot)
    made.log_in()
    return made
