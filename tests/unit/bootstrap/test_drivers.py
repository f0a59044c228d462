"""The registry of this installation, and what is plugged in while the program runs."""

from __future__ import annotations

import importlib
import re
import threading
from pathlib import Path

import drivers
from clerk_app.bootstrap.device_settings import DRIVEN, DeviceSettings
from clerk_app.bootstrap.devices import open_devices
from clerk_app.bootstrap.drivers import OURS, our_drivers
from clerk_app.ports.clock import SystemClock
from clerk_app.ports.devices import DeviceState
from drivers.base.registry import Capability, Context, Driver, Found, Registry
from drivers.base.simports import MemoryPort
from drivers.scanner.serial_scanner import SerialScanner
from drivers.scanner.simulator import ScannerSimulator

ROOT = Path(drivers.__file__).parent


def test_every_package_with_drivers_is_registered() -> None:
    assert sorted(OURS) == sorted(path.parent.name for path in ROOT.glob("*/registered.py"))


def test_names_are_unique_and_every_driver_says_what_it_was_tried_with() -> None:
    offered = our_drivers()
    assert len({driver.name for driver in offered}) == len(offered)
    assert all(driver.tried for driver in offered), [driver.name for driver in offered if not driver.tried]
    assert Registry(offered).broken == []


def test_every_key_of_the_settings_has_a_driver() -> None:
    registry = Registry(our_drivers())
    assert all(registry.of(Capability(key)) for key in DRIVEN)


def test_the_page_of_drivers_names_them_all() -> None:
    page = (ROOT.parent / "docs" / "drivers.md").read_text(encoding="utf-8")
    table = set(re.findall(r"`([a-z0-9-]+)`", page))
    assert {driver.name for driver in our_drivers() if driver.capability is not Capability.SPEAKER} <= table
    for contract in re.findall(r"`(drivers\.contract\.\w+)\.(\w+)`", page):
        assert hasattr(importlib.import_module(contract[0]), contract[1])


def test_a_scanner_plugged_in_later_is_used_without_a_restart_and_a_pulled_one_is_told() -> None:
    with ScannerSimulator(MemoryPort("scanner")) as simulator:
        hanging: list[Found] = []

        def make(address: str, context: Context) -> SerialScanner:
            return SerialScanner(lambda: simulator.line.transport(9600), now=context.now, reconnect_interval=0.02)

        driver = Driver("usb-scanner", Capability.CODE_SCANNER, "", make, lambda context: tuple(hanging))
        devices = open_devices(
            DeviceSettings(id_reader="off", code_scanner="auto"), SystemClock(), drivers=Registry([driver])
        )
        told: list[tuple[tuple[Found, ...], tuple[Found, ...]]] = []
        watch = devices.workshop.watch(lambda came, went: told.append((came, went)))
        scanner = devices.scanner
        assert scanner is not None
        assert scanner.probe().state is DeviceState.ABSENT
        assert "没有找到扫码枪" in scanner.health().advice
        hanging.append(Found("usb-scanner", "1", "扫码枪"))
        watch.look_now()
        assert told == [((hanging[0],), ())]
        assert scanner.probe().state is DeviceState.READY
        assert scanner.setting == "usb-scanner:1"
        simulator.hold("A035")
        assert scanner.wait_for_code(5, threading.Event()) == "A035"
        gone = hanging.pop()
        simulator.unplug()
        watch.look_now()
        assert told[-1] == ((), (gone,))
        assert scanner.probe().state is DeviceState.ABSENT
        since = scanner.health().since
        assert scanner.probe().since == since
        hanging.append(gone)
        simulator.replug()
        watch.look_now()
        assert scanner.probe().state is DeviceState.READY
        devices.close()


def test_a_look_that_hangs_does_not_keep_the_program_from_ending() -> None:
    from drivers.base import watch as module

    leave, inside = threading.Event(), threading.Event()

    def look() -> tuple[Found, ...]:
        inside.set()
        leave.wait(20)
        return ()

    watch = module.PlugWatch(look, lambda came, went: None)
    watch.start()
    assert inside.wait(5)
    module._STOPPING_PATIENCE, before = 0.05, module._STOPPING_PATIENCE
    try:
        watch.stop()
    finally:
        module._STOPPING_PATIENCE = before
        leave.set()
