"""Kiosk and display against a real server: a card on a virtual reader becomes a paper and a call on the screen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.display import start_display
from clerk_app.bootstrap.enrolled import Device, open_device
from clerk_app.bootstrap.kiosk import start_kiosk
from clerk_app.bootstrap.server import open_hall
from clerk_app.bootstrap.settings import DeviceSettings
from clerk_app.bootstrap.virtual_devices import VirtualStation
from clerk_app.design.fontset import FontSet
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.queue import PrintState
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.typefaces import find
from drivers.idcard import samples
from support.kiosks import sample_records
from support.look import dressed
from support.server import ROOT, ServerProcess, clerk_at, close_pipes, eventually, server, start_server

PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return find()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[ServerProcess]:
    with server(tmp_path / "hall") as process:
        yield process


def enrolled(running: ServerProcess, folder: Path, kind: DeviceKind) -> Device:
    hall = open_hall(running.folder)
    try:
        code = hall.enrol_code(kind).code
    finally:
        hall.close()
    return open_device(folder, kind, kind.value, SystemEntropy(), address=running.address, code=code)


def test_from_the_card_to_the_call(
    running: ServerProcess, tmp_path: Path, qtbot: QtBot, qapp: QApplication, fonts: FontSet
) -> None:
    dressed(qapp)
    clerk, _ = clerk_at(running)
    clerk.publish_catalogue(sample_records())
    clock, entropy = SystemClock(), SystemEntropy()
    display = start_display(enrolled(running, tmp_path / "display", DeviceKind.DISPLAY), clock, entropy)
    with VirtualStation("kiosk", fonts.regular, evaluator=False) as station:
        device = enrolled(running, tmp_path / "kiosk", DeviceKind.KIOSK)
        drivers, scanner = station.drivers(), station.scanner
        kiosk = start_kiosk(device, station.settings, fonts, clock, entropy, drivers=drivers, scanner=scanner)
        window = kiosk.window
        try:
            window.show()
            display.window.show()
            qtbot.waitUntil(window.is_ready, timeout=PATIENCE_MS)
            station.place_card(samples.RESIDENT)
            qtbot.waitUntil(lambda: window.page_name() == "choose", timeout=PATIENCE_MS)
            station.lift_card()
            qtbot.waitUntil(lambda: bool(window.offered("A")), timeout=PATIENCE_MS)
            window.touch_group("A")
            qtbot.waitUntil(lambda: window.page_name() == "matter", timeout=PATIENCE_MS)
            assert window.touch_matter("食品经营许可")
            qtbot.waitUntil(lambda: window.ticket_number() == "A001", timeout=PATIENCE_MS)
            (paper,) = station.wait_for_papers(1, 30)
            assert "A001" in paper.text
            window.go_home()
            station.scanner.hold("A001")
            qtbot.waitUntil(lambda: window.pages.notice.title.text() == "正在排队", timeout=PATIENCE_MS)
            assert "食品经营许可申请书" in paper.text
            assert samples.RESIDENT.name not in paper.text
            qtbot.waitUntil(lambda: display.window.waiting_total() == 1, timeout=PATIENCE_MS)
            called = clerk.call_next().ticket
            assert called is not None
            assert called.person == "张*"
            qtbot.waitUntil(lambda: display.window.current_number() == "A001", timeout=PATIENCE_MS)
            assert display.window.waiting_total() == 0
            qtbot.waitUntil(
                lambda: clerk.ticket(called.ticket_id).ticket.print_state is PrintState.PRINTED, timeout=PATIENCE_MS
            )
        finally:
            kiosk.close()
            display.close()
    clerk.close()


def test_the_kiosk_goes_on_with_its_own_numbers_and_the_server_knows_them_afterwards(
    running: ServerProcess, tmp_path: Path, qtbot: QtBot, qapp: QApplication, fonts: FontSet
) -> None:
    dressed(qapp)
    device = enrolled(running, tmp_path / "kiosk", DeviceKind.KIOSK)
    kiosk = start_kiosk(device, DeviceSettings(id_reader="off"), fonts, SystemClock(), SystemEntropy())
    kiosk.window.show()
    again = None
    try:
        qtbot.waitUntil(kiosk.window.is_ready, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: bool(kiosk.window._desk.without_server()), timeout=PATIENCE_MS)
        running.kill()
        home = kiosk.window.pages.home
        qtbot.waitUntil(lambda: home.title.text() == "先取应急号", timeout=PATIENCE_MS)
        kiosk.window.touch_group("F")
        qtbot.waitUntil(lambda: kiosk.window.ticket_number().startswith("Y"), timeout=PATIENCE_MS)
        number = kiosk.window.ticket_number()
        qtbot.waitUntil(lambda: not kiosk.window._paper.printing, timeout=PATIENCE_MS)
        kiosk.window.go_home()
        again = start_server(running.folder, running.port)
        qtbot.waitUntil(kiosk.window.is_ready, timeout=PATIENCE_MS)
        kiosk.window.touch_group("F")
        qtbot.waitUntil(lambda: kiosk.window.ticket_number() == "F001", timeout=PATIENCE_MS)
        kiosk.window.go_home()
        kiosk.window.pages.home.own.click()
        kiosk.window.pages.mine.type_all(number)
        qtbot.waitUntil(lambda: kiosk.window.pages.notice.title.text() == "正在排队", timeout=PATIENCE_MS)
    finally:
        kiosk.close()
        if again is not None:
            again.kill()
            close_pipes(again)


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM ends programs on POSIX systems")
@pytest.mark.parametrize("program", ["kiosk", "display"])
def test_the_programs_start_enrol_and_end_when_told(running: ServerProcess, tmp_path: Path, program: str) -> None:
    hall = open_hall(running.folder)
    try:
        code = hall.enrol_code(DeviceKind(program)).code
    finally:
        hall.close()
    folder = tmp_path / "pc"
    folder.mkdir()
    (folder / "clerk.toml").write_text('[devices]\nid_reader = "off"\n', encoding="utf-8")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "clerk_app.cli", program, "--data", str(folder)),
            *("--server", running.address, "--code", code),
        ],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
    )
    try:
        log = folder / "log" / f"{program}.log"
        eventually(lambda: log.exists() and f"showing {program}" in log.read_text(encoding="utf-8"), 60)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
        assert errors.decode() == ""
        assert process.returncode == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    told = log.read_text(encoding="utf-8")
    assert "CRITICAL" not in told
    assert "ERROR" not in told
