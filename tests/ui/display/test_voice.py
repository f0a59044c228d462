"""What the call screen shows is said, what it takes back is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.voice import OpenSpeaker
from clerk_app.design.resources import resource
from clerk_app.domain.announcing import VoiceRules
from clerk_app.domain.queue import TicketState
from clerk_app.ports.clock import SystemClock
from clerk_app.services.voice import HallVoice, StartedSaying
from clerk_app.ui.display.voice import SpokenDisplay
from clerk_app.ui.display.window import DisplayWindow
from clerk_app.ui.ending import dispose
from clerk_app.ui.lanes import Lanes
from clerk_app.ui.live import LiveHall
from drivers.speaker.clips import ClipFolders
from drivers.speaker.recorder import RecordingSpeaker
from support.halls import CALLS, NOW, HallInMemory, HandClock, entry
from support.look import dressed


@dataclass
class Hall:
    live: LiveHall
    window: DisplayWindow
    voice: HallVoice
    recorder: RecordingSpeaker
    starts: list[StartedSaying]

    def tell(self, feed_no: int, kind: str, number: str, window: str, seconds: int, state: TicketState) -> None:
        at = NOW + timedelta(seconds=seconds)
        self.live.on_entries((entry(feed_no, kind, number, window_no=window, state=state, at=at),))
        QApplication.processEvents()

    def texts(self, count: int) -> list[str]:
        return [one.text for one in self.recorder.wait_for(count, 20)]


@pytest.fixture
def hall(qtbot: QtBot, qapp: QApplication) -> Iterator[Hall]:
    dressed(qapp)
    clock, system = HandClock(), SystemClock()
    lanes = Lanes(lambda: "7Q4K", lambda failure: None)
    live = LiveHall(lanes, HallInMemory(clock).snapshot)
    window = DisplayWindow(live, clock)
    recorder = RecordingSpeaker(system.now, pace=0.1)
    starts: list[StartedSaying] = []
    speaker = OpenSpeaker(recorder, None, ClipFolders([resource("voice")]))
    voice = HallVoice(speaker, VoiceRules(), system, on_started=starts.append)
    SpokenDisplay(voice, live, window)
    voice.start()
    live.on_reset()
    QApplication.processEvents()
    yield Hall(live, window, voice, recorder, starts)
    voice.stop()
    lanes.shutdown().join()
    QApplication.processEvents()
    dispose(window, live, lanes.mailbox)


def test_what_hung_there_at_the_start_is_not_said_again(hall: Hall) -> None:
    hall.tell(101, "called", "A048", "7", 20, TicketState.CALLED)
    assert hall.texts(2) == ["请A零四八号到七号窗口"] * 2
    assert not {call.number for call in CALLS} & {one.number for one in hall.starts}


def test_somebody_who_comes_is_not_called_a_second_time(hall: Hall, qtbot: QtBot) -> None:
    hall.tell(101, "called", "A048", "7", 20, TicketState.CALLED)
    qtbot.waitUntil(lambda: len(hall.starts) == 1)
    hall.tell(102, "started", "A048", "7", 21, TicketState.SERVING)
    hall.tell(103, "called", "A049", "8", 22, TicketState.CALLED)
    assert hall.texts(3) == ["请A零四八号到七号窗口", *["请A零四九号到八号窗口"] * 2]


def test_a_recall_is_said_as_one(hall: Hall) -> None:
    hall.tell(101, "called", "A048", "7", 20, TicketState.CALLED)
    assert len(hall.texts(2)) == 2
    at = NOW + timedelta(seconds=32)
    again = entry(102, "recalled", "A048", window_no="7", state=TicketState.CALLED, at=at)
    hall.live.on_entries((replace(again, recalls=1),))
    QApplication.processEvents()
    assert hall.texts(4)[2:] == ["再次请A零四八号到七号窗口"] * 2


def test_the_key_m_silences_the_hall_and_the_title_says_so(hall: Hall, qtbot: QtBot) -> None:
    with qtbot.waitActive(hall.window):
        hall.window.show()
        hall.window.activateWindow()
    qtbot.keyClick(hall.window, Qt.Key.Key_M)
    assert "静音" in hall.window.windowTitle()
    hall.tell(101, "called", "A048", "7", 20, TicketState.CALLED)
    qtbot.waitUntil(lambda: not hall.voice.waiting)
    qtbot.keyClick(hall.window, Qt.Key.Key_M)
    assert "静音" not in hall.window.windowTitle()
    hall.tell(102, "called", "A049", "8", 22, TicketState.CALLED)
    assert hall.texts(1)[0] == "请A零四九号到八号窗口"
