"""Card readers by name: what the settings may say, and what is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.base.registry import BadAddress, Capability, Context, Found, Registry
from drivers.idcard import registered, usb_lines
from drivers.idcard.lines import BAUD_RATES, on_any_port
from drivers.idcard.reader import Ga467Reader
from drivers.idcard.registered import DRIVERS
from drivers.idcard.vendor import library
from drivers.idcard.vendor.reader import VendorReader
from drivers.serial_ports import SerialPort

REGISTRY = Registry(DRIVERS)


def made(setting: str, **options: str) -> object:
    return REGISTRY.make(Capability.ID_READER, setting, Context(options=options))


def lines(setting: str, **options: str) -> list[str]:
    reader = made(setting, **options)
    assert isinstance(reader, Ga467Reader)
    return [choice.name for choice in reader._choices()]


def test_the_names_are_those_of_the_documentation() -> None:
    assert [driver.name for driver in DRIVERS] == ["ga467-serial", "ga467-usb", "ga467-hid", "sdtapi", "termb"]
    page = (Path(__file__).parents[3] / "docs/devices/id-readers.md").read_text(encoding="utf-8")
    for driver in DRIVERS:
        assert f"`{driver.name}`" in page
        assert driver.tried


def test_a_port_without_a_rate_is_tried_at_all_of_them() -> None:
    assert lines("ga467-serial:COM3") == [f"COM3@{rate}" for rate in BAUD_RATES]
    assert lines("ga467-serial:COM3", baud="auto") == [f"COM3@{rate}" for rate in BAUD_RATES]


def test_a_rate_in_the_settings_is_the_only_one() -> None:
    assert lines("ga467-serial:/dev/ttyUSB0@9600") == ["/dev/ttyUSB0@9600"]
    assert lines("ga467-serial:COM3", baud="57600") == ["COM3@57600"]


def test_a_search_asks_usb_ports_first_and_leaves_other_devices_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = (SerialPort("COM1", "主板串口"), SerialPort("COM4", "USB", 1, 2), SerialPort("COM7", "USB", 1, 2))
    assert [choice.name for choice in on_any_port((115200, 9600), ports=lambda: ports, taken=["COM4"])()] == [
        "COM7@115200",
        "COM1@115200",
        "COM7@9600",
        "COM1@9600",
    ]


@pytest.mark.parametrize(
    ("setting", "options", "words"),
    [
        ("ga467-serial:COM3@1200", {}, "1200"),
        ("ga467-serial:COM3", {"baud": "fast"}, "fast"),
        ("ga467-serial:COM3", {"speed": "1"}, "speed"),
        ("ga467-usb:reader", {}, "0400:C35A"),
        ("ga467-hid:1:2:3", {}, "2B8B:2721"),
        ("sdtapi:LPT1", {}, "COM3"),
        ("sdtapi:17", {}, "1001"),
        ("termb", {"convention": "fastcall"}, "cdecl"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_right_one(setting: str, options: dict[str, str], words: str) -> None:
    with pytest.raises(BadAddress) as caught:
        made(setting, **options)
    assert words in str(caught.value)


@pytest.mark.parametrize(("address", "ports"), [("COM3", (3,)), ("usb1", (1001,)), ("1016", (1016,)), ("7", (7,))])
def test_a_port_of_a_library_is_read(address: str, ports: tuple[int, ...]) -> None:
    reader = made(f"sdtapi:{address}")
    assert isinstance(reader, VendorReader)
    assert reader._ports == ports


def test_without_a_port_a_library_asks_usb_before_serial() -> None:
    reader = made("termb")
    assert isinstance(reader, VendorReader)
    assert reader._ports == (*range(1001, 1017), *range(1, 17))


def test_what_hangs_on_the_pc_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(registered, "available_ports", lambda: (SerialPort("COM3", "USB，CH340 转串口线", 1, 2),))
    monkeypatch.setattr(usb_lines, "hangs_here", lambda vendor, product: (vendor, product) == usb_lines.BULK_ID)
    (tmp_path / "SDTAPI.DLL").touch()
    monkeypatch.setattr(library, "search_folders", lambda: [tmp_path])
    found = REGISTRY.discover(Context(), Capability.ID_READER)
    assert [(one.driver, one.address, one.certain) for one in found] == [
        ("ga467-serial", "COM3", False),
        ("ga467-usb", "0400:C35A", True),
        ("sdtapi", "auto", False),
    ]
    assert all(isinstance(one, Found) and one.title for one in found)
    for one in found:
        assert made(f"{one.driver}:{one.address}") is not None


def test_a_search_that_finds_nothing_says_so() -> None:
    reader = Ga467Reader(on_any_port(ports=lambda: ()), now=Context().now, searching=True)
    health = reader.probe()
    assert health.word == "not_found"
    assert "没有找到读卡器" in health.advice


def test_the_photo_codec_is_made_where_it_lies_and_refuses_unknown_options(tmp_path: Path) -> None:
    assert registered.photo_decoder(Context(options={"library": "/nowhere/libwltrs.so"})) is None
    codec = tmp_path / "libwltrs.so"
    codec.write_bytes(b"")
    decoder = registered.photo_decoder(Context(options={"library": str(codec)}))
    assert decoder is not None
    decoder.close()
    with pytest.raises(BadAddress):
        registered.photo_decoder(Context(options={"baud": "9600"}))
