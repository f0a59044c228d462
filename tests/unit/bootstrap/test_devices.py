"""Settings of devices: what is off is None, a slip is named."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from clerk_app.bootstrap.devices import (
    device_health,
    open_devices,
    open_receipt_printer,
    print_result,
    workshop_of,
)
from clerk_app.bootstrap.papers import receipt_profile
from clerk_app.bootstrap.settings import DeviceSettings, load
from clerk_app.domain.errors import Rejected
from clerk_app.ports.clock import BEIJING, SystemClock
from clerk_app.ports.devices import DeviceState, PrintOutcome
from drivers.base import health, readings
from drivers.base.devices import Device
from drivers.base.errors import PaperOut
from drivers.base.registry import Capability, Context, Driver, Found, Registry

NOW = datetime(2026, 11, 23, 10, 24, tzinfo=BEIJING)


def test_what_is_off_does_not_exist() -> None:
    devices = open_devices(DeviceSettings(id_reader="off", receipt_printer="off", evaluator="off"), SystemClock())
    assert (devices.reader, devices.receipt_printer, devices.evaluator) == (None, None, None)
    devices.close()


@pytest.mark.parametrize(
    ("key", "written", "named"),
    [
        ("id_reader", "auto", "auto"),
        ("id_reader", "off", "off"),
        ("id_reader", "COM3", "ga467-serial:COM3"),
        ("id_reader", "/dev/ttyUSB0", "ga467-serial:/dev/ttyUSB0"),
        ("id_reader", "sdtapi:USB1", "sdtapi:USB1"),
        ("receipt_printer", "serial:COM4@9600", "escpos-serial:COM4@9600"),
        ("receipt_printer", "tcp:[fe80::1]:9101", "escpos-tcp:[fe80::1]:9101"),
        ("receipt_printer", "file:/dev/usb/lp0", "escpos-file:/dev/usb/lp0"),
        ("receipt_printer", "escpos-usb:04B8:0E15", "escpos-usb:04B8:0E15"),
        ("evaluator", "COM5", "ff68-evaluator:COM5"),
        ("code_scanner", "scan-serial:COM7", "scan-serial:COM7"),
    ],
)
def test_short_forms_from_before_there_were_names_go_on(key: str, written: str, named: str) -> None:
    settings = DeviceSettings(**{key: written})  # type: ignore[arg-type]
    assert settings.named(key) == named
    open_devices(settings, SystemClock()).close()


@pytest.mark.parametrize(
    ("key", "written", "shown"),
    [
        ("receipt_printer", "COM4", "没有叫 COM4 的驱动，小票打印机可用的有 escpos-serial"),
        ("receipt_printer", "serial:", "应像 COM4"),
        ("receipt_printer", "serial:COM4@fast", "应像 COM4"),
        ("receipt_printer", "tcp:", "应像 192.168.1.50"),
        ("receipt_printer", "tcp:h:70000", "应像 192.168.1.50"),
        ("receipt_printer", "ga467-usb", "ga467-usb 是USB 身份证读卡器，不是小票打印机"),
        ("id_reader", "ga467-serail:COM3", "没有叫 ga467-serail 的驱动，身份证读卡器可用的有 ga467-serial"),
        ("id_reader", "ga467-serial:COM3@777", "没有 777 这个波特率"),
        ("code_scanner", "scan-serial:", "应像 COM5"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named_with_what_would_be_right(key: str, written: str, shown: str) -> None:
    with pytest.raises(Rejected) as refusal:
        open_devices(DeviceSettings(**{key: written}), SystemClock())  # type: ignore[arg-type]
    assert refusal.value.field == key
    assert f"[devices] {key} 写的“{written}”" in str(refusal.value)
    assert shown in str(refusal.value)


def test_options_stand_in_a_table_of_the_device(tmp_path: Path) -> None:
    (tmp_path / "clerk.toml").write_text(
        '[devices.receipt_printer]\ndriver = "escpos-tcp:192.168.1.50"\nprofile = "gprinter-58 quirks=no_fence"\n'
        '[devices.id_reader]\ndriver = "ga467-serial:COM3"\nbaud = 9600\nnewest_address = false\n',
        encoding="utf-8",
    )
    settings = load(tmp_path).devices
    assert settings.named("receipt_printer") == "escpos-tcp:192.168.1.50"
    assert settings.options_of("receipt_printer") == {"profile": "gprinter-58 quirks=no_fence"}
    assert settings.options_of("id_reader") == {"baud": "9600", "newest_address": "off"}
    profile = receipt_profile(settings)
    assert (profile.dots, profile.columns, profile.cutter) == (384, 32, False)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[devices]\nid_reeder = 'auto'\n", "不认识 id_reeder"),
        ("[devices]\nevaluator_levels = 'four'\n", "evaluator_levels 写错了类型，应为 int"),
        ("[devices]\nid_reader_baud = true\n", "id_reader_baud 写错了类型，应为 int 或 auto"),
        ("[devices.id_reader]\nbaud = 9600\n", "[devices.id_reader] 里要有 driver"),
        ("[devices.id_reader]\ndriver = 'auto'\nbaud = [1]\n", "[devices.id_reader] baud 写错了类型"),
        ("[devices.page_printer]\ndriver = 'auto'\n", "page_printer 不能写成 [devices.page_printer]"),
    ],
)
def test_a_slip_in_the_section_is_named(text: str, shown: str, tmp_path: Path) -> None:
    (tmp_path / "clerk.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Rejected) as refusal:
        load(tmp_path)
    assert shown in str(refusal.value)


def test_an_option_that_the_driver_does_not_know_is_named() -> None:
    settings = DeviceSettings(code_scanner="scan-serial:COM7", options={"code_scanner": {"sufix": "none"}})
    with pytest.raises(Rejected, match="不认识选项 sufix"):
        open_devices(settings, SystemClock())


def test_the_baud_rate_is_searched_unless_it_is_set() -> None:
    assert "baud" not in DeviceSettings(id_reader="COM3").options_of("id_reader")
    assert DeviceSettings(id_reader="COM3", id_reader_baud=9600).options_of("id_reader") == {"baud": "9600"}
    with pytest.raises(Rejected, match="777"):
        open_devices(DeviceSettings(id_reader="COM3", id_reader_baud=777), SystemClock())


def test_a_search_leaves_the_ports_of_other_devices_alone(tmp_path: Path) -> None:
    link = tmp_path / "by-id"
    link.symlink_to("/dev/ttyUSB7")
    settings = DeviceSettings(receipt_printer=f"serial:{link}@9600", evaluator="COM5", call_board="led-sum:COM6#3")
    wanted = workshop_of(settings, SystemClock()).wanted("id_reader")
    assert wanted is not None
    assert wanted.options["taken"].split(",") == sorted([str(link), "/dev/ttyUSB7", "COM5", "COM6"])


def test_a_keypad_with_another_number_of_keys_is_refused() -> None:
    with pytest.raises(Rejected, match="evaluator_levels"):
        open_devices(DeviceSettings(id_reader="off", evaluator="COM5", evaluator_levels=3), SystemClock())


class Jammed(Device):
    """A driver of a third party with a mistake in it."""

    def __init__(self, address: str, context: Context) -> None:
        raise RuntimeError("no library here")

    def probe(self) -> health.Health:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def test_a_driver_that_falls_over_at_once_does_not_keep_the_window_from_opening() -> None:
    drivers = Registry([Driver("jammed", Capability.ID_READER, "坏的", Jammed)])
    devices = open_devices(DeviceSettings(id_reader="jammed:1"), SystemClock(), drivers=drivers)
    assert devices.reader is not None
    assert devices.reader.probe().state is DeviceState.FAULTY
    assert "驱动程序出了错" in devices.reader.health().advice
    devices.close()


def test_the_paper_is_80_or_58_mm_wide() -> None:
    assert receipt_profile(DeviceSettings(receipt_width_mm=80)).dots == 576
    assert receipt_profile(DeviceSettings(receipt_width_mm=58)).dots == 384
    with pytest.raises(Rejected, match="receipt_width_mm"):
        receipt_profile(DeviceSettings(receipt_width_mm=76))


def test_opening_does_not_touch_any_port(tmp_path: Path) -> None:
    settings = DeviceSettings(
        id_reader=str(tmp_path / "reader"),
        receipt_printer=f"file:{tmp_path / 'printer'}",
        evaluator=str(tmp_path / "keypad"),
    )
    devices = open_devices(settings, SystemClock())
    assert devices.reader is not None
    assert devices.reader.health().state is DeviceState.ABSENT
    assert list(tmp_path.iterdir()) == []
    devices.close()


@pytest.mark.parametrize("state", list(health.HealthState))
def test_every_state_of_a_driver_has_its_light(state: health.HealthState) -> None:
    shown = device_health(health.Health(state, NOW, "word", "先看电源"))
    assert (shown.state.value, shown.since, shown.advice) == (state.value, NOW, "先看电源")


@pytest.mark.parametrize("outcome", list(readings.PrintOutcome))
def test_every_fate_of_a_job_is_told(outcome: readings.PrintOutcome) -> None:
    cause = None if outcome is readings.PrintOutcome.PRINTED else PaperOut()
    result = print_result(readings.PrintReport(outcome, cause))
    assert result.outcome.value == outcome.value
    assert result.sentence == ("" if cause is None else PaperOut.default_advice)
    assert result.outcome in PrintOutcome


@pytest.mark.parametrize(
    ("hanging", "first"),
    [
        ((), "ga467-serial:auto"),
        ((Found("ga467-serial", "COM1", "", certain=False),), "ga467-serial:auto"),
        ((Found("ga467-hid", "2B8B:2721", ""),), "ga467-hid:2B8B:2721"),
    ],
)
def test_auto_takes_what_was_found_for_certain_and_else_searches_the_serial_ports(
    hanging: tuple[Found, ...], first: str
) -> None:
    tried: list[str] = []

    def make(address: str, context: Context) -> Device:
        tried.append(address)
        raise RuntimeError("only what is made counts")

    drivers = [Driver(name, Capability.ID_READER, "", make) for name in ("ga467-serial", "ga467-hid")]
    workshop = workshop_of(DeviceSettings(), SystemClock(), Registry(drivers))
    workshop.look = lambda capability: hanging
    host = workshop.host("id_reader")
    assert host is not None
    host.probe()
    assert tried[0] == first.partition(":")[2]


def test_nothing_found_for_auto_says_what_to_do() -> None:
    workshop = workshop_of(DeviceSettings(receipt_printer="auto"), SystemClock())
    workshop.look = lambda capability: ()
    printer = open_receipt_printer(workshop)
    assert printer is not None
    assert printer.probe().advice == "没有找到小票打印机，请检查电源和连线；先打 A4，接好后自动恢复"
    assert printer.print(b"x").outcome is PrintOutcome.REFUSED


def test_the_settings_file_names_the_devices(tmp_path: Path) -> None:
    (tmp_path / "clerk.toml").write_text('[devices]\nid_reader = "COM3"\nevaluator = "off"\n', encoding="utf-8")
    devices = open_devices(load(tmp_path).devices, SystemClock())
    assert devices.reader is not None
    assert devices.evaluator is None
    assert devices.evaluator is None
