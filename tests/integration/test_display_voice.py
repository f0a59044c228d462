"""The call screen against a real server: a key at a window becomes a sentence in the hall."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.display import start_display
from clerk_app.bootstrap.enrolled import open_device
from clerk_app.bootstrap.server import open_hall
from clerk_app.bootstrap.settings import VoiceSettings
from clerk_app.domain.actor import DeviceKind
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.hall_queue import TakeTicket
from clerk_app.services.voice import StartedSaying
from support.look import dressed
from support.server import ServerProcess, clerk_at, server

PATIENCE_MS = 60_000


@pytest.fixture
def running(tmp_path: Path) -> Iterator[ServerProcess]:
    with server(tmp_path / "hall") as process:
        yield process


def test_a_called_number_is_heard_and_the_recording_is_kept(
    running: ServerProcess, tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    dressed(qapp)
    clerk, _ = clerk_at(running)
    hall = open_hall(running.folder)
    try:
        code = hall.enrol_code(DeviceKind.DISPLAY).code
    finally:
        hall.close()
    entropy = SystemEntropy()
    device = open_device(
        tmp_path / "display", DeviceKind.DISPLAY, "大厅屏", entropy, address=running.address, code=code
    )
    starts: list[StartedSaying] = []
    voice = VoiceSettings(speaker="file:voice", repeats=1)
    display = start_display(device, SystemClock(), entropy, voice=voice, folder=tmp_path, on_started=starts.append)
    try:
        display.window.show()
        group = clerk.groups()[0]
        taken = clerk.take_ticket(TakeTicket(group.group_id))
        qtbot.waitUntil(lambda: display.window.waiting_total() == 1, timeout=PATIENCE_MS)
        clerk.call_next()
        qtbot.waitUntil(lambda: bool(starts), timeout=PATIENCE_MS)
        assert (starts[0].number, starts[0].ticket_id) == (taken.ticket.number, taken.ticket.ticket_id)
        log = tmp_path / "voice" / "log.jsonl"
        qtbot.waitUntil(log.exists, timeout=PATIENCE_MS)
        (said,) = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        assert said["text"].startswith("请A零零一号到")
        assert (tmp_path / "voice" / said["file"]).stat().st_size > 22_050 * 2 * 3
    finally:
        display.close()
        clerk.close()
