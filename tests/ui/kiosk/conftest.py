"""A kiosk on a hall in memory, in the program's look, driven by touches and cards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.ui.ending import dispose
from support.kiosk_window import Kiosk, a_kiosk
from support.look import dressed


@pytest.fixture
def cold(qtbot: QtBot, qapp: QApplication) -> Iterator[Kiosk]:
    """A kiosk that has just been switched on."""
    dressed(qapp)
    kiosk, lanes = a_kiosk(qtbot)
    yield kiosk
    kiosk.window.stop()
    kiosk.printer.open.set()
    lanes.shutdown().join()
    QApplication.processEvents()
    dispose(kiosk.window, kiosk.live, lanes.mailbox)
    assert [failure for failure in kiosk.failures if failure.quotable] == []


@pytest.fixture
def kiosk(cold: Kiosk) -> Kiosk:
    """A kiosk with its first page and the catalogue."""
    cold.connect()
    cold.bot.waitUntil(lambda: cold.window.is_ready() and bool(cold.desk.matters.of_group("企业准入")))
    return cold


@pytest.fixture
def bare(qtbot: QtBot, qapp: QApplication) -> Iterator[Kiosk]:
    """A kiosk without reader and printer."""
    dressed(qapp)
    made, lanes = a_kiosk(qtbot, reader=False, printer=False)
    made.connect()
    qtbot.waitUntil(made.window.is_ready)
    yield made
    made.window.stop()
    lanes.shutdown().join()
    dispose(made.window, made.live, lanes.mailbox)
