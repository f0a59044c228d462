"""The devices around the counter from the settings down to the line: real drivers, serial devices (pty) and sockets,
simulators at the other end."""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clerk_app.bootstrap.counter_devices import for_window
from clerk_app.bootstrap.device_settings import DeviceSettings
from clerk_app.bootstrap.devices import open_devices
from clerk_app.crypto.certificates import server_identity
from clerk_app.ports.clock import SystemClock
from clerk_app.ports.devices import DeviceFault, DeviceState
from drivers.base.readings import CallerKey
from drivers.base.simports import PtyPort
from drivers.board.simulator import BoardSimulator
from drivers.caller.simulator import CallerSimulator
from drivers.contract.benches import often
from drivers.evaluator.tablet.evaluator import TabletEvaluator
from drivers.scanner.simulator import ScannerSimulator
from support.lines import now

PATIENCE = 20.0

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo terminals are a POSIX matter")


def never() -> threading.Event:
    return threading.Event()


def test_keypad_rating_strip_and_scanner_work_side_by_side_from_the_settings() -> None:
    with (
        CallerSimulator(PtyPort("box")) as box,
        BoardSimulator(PtyPort("strip")) as strip,
        ScannerSimulator(PtyPort("scanner")) as scanner,
    ):
        settings = DeviceSettings(
            id_reader="off",
            evaluator=f"ff68-evaluator:{box.port}",
            caller_keypad=f"ff68-keypad:{box.port}",
            call_board=f"led-sum:{strip.port}#3",
            code_scanner=f"scan-serial:{scanner.port}",
            options={"evaluator": {"levels": "0=1 1=2 2=3 3=4 4=5"}},
        )
        devices = open_devices(settings, SystemClock())
        assert devices.evaluator is not None
        assert devices.caller is not None
        assert devices.board is not None
        assert devices.scanner is not None
        try:
            assert devices.caller.probe().state is DeviceState.READY
            box.press_key(CallerKey.CALL)
            assert devices.caller.wait_for_key(PATIENCE, never()) == "call"
            devices.caller.show_number("A035")
            assert box.wait_until_shown("   035", PATIENCE)
            devices.board.send("请A035到3号窗口")
            assert strip.wait_until_shown(3, "请A035到3号窗口", PATIENCE)
            devices.scanner.probe()
            scanner.hold("MH-12-20261123-0031")
            assert devices.scanner.wait_for_code(PATIENCE, never()) == "MH-12-20261123-0031"
            box.press(4)
            assert devices.evaluator.ask_rating(PATIENCE, never()) == 4
            with pytest.raises(DeviceFault, match="没有发送"):
                devices.board.send("请𠮷先生到3号窗口")
            told = [line.text for line in devices.workshop.trace("caller_keypad").lines()]
            assert any("FF 68" in line for line in told)
        finally:
            devices.close()
        assert [list(one.errors) for one in (box, strip, scanner)] == [[], [], []]


def test_a_box_that_is_pulled_and_plugged_in_again_goes_on_at_both_keypads() -> None:
    with CallerSimulator(PtyPort("box")) as box:
        settings = DeviceSettings(
            id_reader="off",
            evaluator=f"ff68-evaluator:{box.port}",
            evaluator_levels=5,
            caller_keypad=f"ff68-keypad:{box.port}",
        )
        devices = open_devices(settings, SystemClock())
        assert devices.evaluator is not None
        assert devices.caller is not None
        try:
            assert devices.caller.probe().state is DeviceState.READY
            box.unplug()
            with pytest.raises(DeviceFault):
                often(lambda: devices.caller.wait_for_key(0.3, never()), 10)
            assert devices.evaluator.probe().state is DeviceState.ABSENT
            box.replug()
            until = time.monotonic() + PATIENCE
            while devices.caller.probe().state is not DeviceState.READY and time.monotonic() < until:
                time.sleep(0.1)
            box.press_key(CallerKey.HOLD)
            assert devices.caller.wait_for_key(PATIENCE, never()) == "hold"
            box.press(2)
            assert devices.evaluator.ask_rating(PATIENCE, never()) == 2
        finally:
            devices.close()


def test_a_tablet_over_https_is_not_kept_out_by_who_says_nothing(tmp_path: Path) -> None:
    identity = server_identity(tmp_path, datetime.now(UTC))
    evaluator = TabletEvaluator(
        "127.0.0.1", 0, now=now, certificate=identity.certificate, key=identity.private_key, look_s=0.5
    )
    offer = evaluator.offer_pairing()
    assert offer.address.startswith("https://")
    silent = [socket.create_connection(("127.0.0.1", evaluator.port)) for _ in range(4)]
    context = ssl.create_default_context(cadata=identity.ca_pem)
    context.check_hostname = False
    with (
        socket.create_connection(("127.0.0.1", evaluator.port), timeout=PATIENCE) as line,
        context.wrap_socket(line) as sealed,
    ):
        sealed.sendall(b"GET /state HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = sealed.recv(4096)
    assert answer.startswith(b"HTTP/1.1 401")
    for one in silent:
        one.close()
    evaluator.close()


def test_a_certificate_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    settings = DeviceSettings(
        id_reader="off",
        evaluator="tablet:127.0.0.1:58462",
        options={"evaluator": {"certificate": str(tmp_path / "no.pem"), "key": str(tmp_path / "no.key")}},
    )
    devices = open_devices(for_window(settings, "3", tmp_path), SystemClock())
    assert devices.evaluator is not None
    assert "证书" in devices.evaluator.probe().advice
    with pytest.raises(DeviceFault, match="证书"):
        devices.evaluator.offer_pairing()
    devices.close()
