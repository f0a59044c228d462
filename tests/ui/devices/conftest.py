"""The device page in the program's own look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from clerk_app.ui.kit.theme import Theme
from support.look import clear_screen, dressed


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> Iterator[Theme]:
    """Factor 1.0 before and after each test."""
    yield dressed(qapp)
    clear_screen(qapp)
    dressed(qapp)
