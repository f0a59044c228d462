"""Settings of devices: what is off is None, a slip is named."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from clerk_app.bootstrap.devices import PortHunt, device_health, open_devices, print_result, printer_line
from clerk_app.bootstrap.papers import receipt_profile
from clerk_app.bootstrap.settings import DeviceSettings, load
from clerk_app.domain.errors import Rejected
from clerk_app.ports.clock import BEIJING, SystemClock
from clerk_app.ports.devices import DeviceState, PrintOutcome
from drivers.base import health, readings
from drivers.base.errors import NotConnected, PaperOut
from drivers.base.transport import ByteTransport, FileTransport, SerialTransport, TcpTransport
from drivers.serial_ports import SerialPort

NOW = datetime(2026, 11, 23, 10, 24, tzinfo=BEIJING)


def test_what_is_off_does_not_exist() -> None:
    devices = open_devices(DeviceSettings(id_reader="off", receipt_printer="off", evaluator="off"), SystemClock())
    assert (devices.reader, devices.receipt_printer, devices.evaluator) == (None, None, None)
    devices.close()


@pytest.mark.parametrize(
    ("address", "kind", "name"),
    [
        ("serial:COM4", SerialTransport, "COM4"),
        ("serial:/dev/ttyS1@9600", SerialTransport, "/dev/ttyS1"),
        ("tcp:192.168.1.50:9100", TcpTransport, "192.168.1.50:9100"),
        ("tcp:printer.hall", TcpTransport, "printer.hall:9100"),
        ("tcp:[fe80::1]:9101", TcpTransport, "fe80::1:9101"),
        ("file:/dev/usb/lp0", FileTransport, "/dev/usb/lp0"),
    ],
)
def test_the_address_of_a_printer_names_its_line(address: str, kind: type[ByteTransport], name: str) -> None:
    line = printer_line(address)()
    assert type(line) is kind
    assert line.name == name
    assert not line.is_open


def test_the_baud_rate_stands_behind_the_port() -> None:
    asked: list[tuple[str, int]] = []

    def serial(port: str, baud: int) -> ByteTransport:
        asked.append((port, baud))
        return SerialTransport(port, baud)

    printer_line("serial:COM4@9600", serial)()
    printer_line("serial:COM4", serial)()
    assert asked == [("COM4", 9600), ("COM4", 115200)]


@pytest.mark.parametrize(
    "address", ["COM4", "serial:", "serial:COM4@fast", "tcp:", "tcp:host:port", "tcp:h:70000", "usb:1"]
)
def test_an_address_that_cannot_be_read_is_named_with_examples(address: str) -> None:
    with pytest.raises(Rejected) as refusal:
        printer_line(address)
    assert refusal.value.field == "receipt_printer"
    assert f"“{address}”" in str(refusal.value)
    assert "serial:COM4" in str(refusal.value)


def test_a_keypad_with_another_number_of_keys_is_refused() -> None:
    with pytest.raises(Rejected, match="evaluator_levels"):
        open_devices(DeviceSettings(id_reader="off", evaluator="COM5", evaluator_levels=3), SystemClock())


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


def test_the_hunt_asks_usb_first_leaves_out_taken_ports_and_goes_round() -> None:
    usb = SerialPort("COM7", "USB，CH340 转串口线", 0x1A86, 0x7523)
    listed = [SerialPort("COM1", "主板串口"), SerialPort("COM4", "USB", 0x0403, 1), usb]
    hunt = PortHunt(SerialTransport, ["COM4", "off"], lambda: tuple(listed))
    assert hunt.candidates() == 2
    assert [hunt(115200).name for _ in range(3)] == ["COM7", "COM1", "COM7"]
    hunt(115200)
    hunt.stay()
    assert hunt.found == "COM1"
    assert [hunt(115200).name for _ in range(2)] == ["COM1", "COM7"]
    listed.clear()
    assert hunt.candidates() == 1
    with pytest.raises(NotConnected):
        hunt(115200)


def test_the_settings_file_names_the_devices(tmp_path: Path) -> None:
    (tmp_path / "clerk.toml").write_text('[devices]\nid_reader = "COM3"\nevaluator = "off"\n', encoding="utf-8")
    devices = open_devices(load(tmp_path).devices, SystemClock())
    assert devices.reader is not None
    assert devices.reader.port is None
    assert devices.evaluator is None
