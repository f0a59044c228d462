"""Ports are described in words for a technician."""

from __future__ import annotations

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from drivers.serial_ports import SerialPort, available_ports, describe


@pytest.mark.parametrize(
    ("vendor", "product", "name", "expected"),
    [
        (None, None, "ttyS0", "主板串口"),
        (0x1A86, 0x7523, "USB2.0-Serial", "USB，CH340 转串口线"),
        (0x10C4, 0xEA60, None, "USB，CP210x 转串口线"),
        (0x0400, 0xC35A, "n/a", "USB，身份证读卡器"),
        (0x9999, 0x0001, "Acme Pinpad", "USB，Acme Pinpad"),
        (0x9999, 0x0001, "n/a", "USB，未知设备"),
    ],
)
def test_descriptions(vendor: int | None, product: int | None, name: str | None, expected: str) -> None:
    assert describe(vendor, product, name) == expected


def test_ports_are_listed_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    second, first = ListPortInfo("/dev/ttyUSB0", True), ListPortInfo("/dev/ttyS0", True)
    second.vid, second.pid = 0x1A86, 0x7523
    monkeypatch.setattr(list_ports, "comports", lambda: [second, first])
    assert available_ports() == (
        SerialPort("/dev/ttyS0", "主板串口"),
        SerialPort("/dev/ttyUSB0", "USB，CH340 转串口线", 0x1A86, 0x7523),
    )
