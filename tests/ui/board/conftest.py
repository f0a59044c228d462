"""Tests of the manager's window run in the program's own look, on the hall's real services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.ui.board.live import BoardLive
from clerk_app.ui.board.window import BoardView, BoardWindow
from clerk_app.ui.ending import dispose
from clerk_app.ui.keys import InputMethodGuard
from clerk_app.ui.lanes import Lanes
from support.hall import PROFILE, HallInHand, hall_in_hand
from support.look import dressed
from support.running_hall import RunningInHand


class Answers(QObject):
    """Emitted when the lane has come to an end of what it was asked."""

    answered = Signal()


@dataclass
class Manager:
    """The window with the hall behind it."""

    window: BoardWindow
    view: BoardView
    live: BoardLive
    run: RunningInHand
    hall: HallInHand
    lanes: Lanes
    bot: QtBot
    answers: Answers = field(default_factory=Answers)

    def settle(self) -> None:
        """Until everything that was asked is answered and shown."""
        for _ in range(4):
            with self.bot.waitSignal(self.answers.answered, timeout=10_000):
                self.lanes.lane("board").run(lambda: None, done=lambda _: self.answers.answered.emit())

    def look(self) -> None:
        """Look at the hall now."""
        self.live.refresh()
        self.settle()

    def go(self, place: int) -> None:
        self.view.go(place)
        self.settle()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target = QApplication.focusWidget() or self.window
        QTest.keyClick(target, key, modifier)
        QApplication.processEvents()
        self.settle()


@pytest.fixture
def manager(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Manager]:
    dressed(qapp)
    guard = InputMethodGuard(qapp)
    with hall_in_hand(tmp_path) as hall:
        hall.sequence()
        run = RunningInHand(hall)
        lanes = Lanes(lambda: "7Q4K", lambda failure: pytest.fail(failure.text))
        live = BoardLive(lanes, run.board)
        view = BoardView(run, live, lanes, hall.clock)
        window = BoardWindow(view)
        window.show()
        window.activateWindow()
        view.start(PROFILE)
        found = Manager(window, view, live, run, hall, lanes, qtbot)
        found.settle()
        yield found
        window.close()
        lanes.shutdown().join()
        dispose(window, live, lanes.mailbox)
    guard.stop()
