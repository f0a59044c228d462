"""Profiles as they stand in the settings, and addresses of printers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from drivers.base.registry import BadAddress, Capability, Context, Registry
from drivers.printer import registered, usb
from drivers.printer.profiles import FAMILIES, Cutter, Profile, Quirk, of_model, of_width, read_profile
from drivers.printer.registered import DRIVERS, serial_address, tcp_address, usb_address


def context(**options: str) -> Context:
    return Context(now=lambda: datetime(2026, 11, 23).astimezone(), options=options)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_holds_its_columns_and_can_be_named(family: Profile) -> None:
    assert family.dots % 8 == 0
    assert family.columns * 12 <= family.dots
    assert read_profile(family.name) == family


def test_a_profile_of_ones_own_is_a_family_and_what_differs() -> None:
    profile = read_profile("generic-80 encoding=gb2312 cutter=none quirks=no_fence,slow raster_rows=128")
    assert (profile.dots, profile.encoding, profile.cutter, profile.raster_rows) == (576, "gb2312", Cutter.NONE, 128)
    assert profile.quirks == {Quirk.NO_FENCE, Quirk.SLOW}
    assert read_profile("generic-80 dots=512 columns=42").columns == 42


@pytest.mark.parametrize(
    "text",
    ["", "generic-90", "generic-80 dots=575", "generic-80 columns=60", "generic-80 encoding=utf-8",
     "generic-80 quirks=strange", "generic-80 cutter=", "generic-80 cutter", "generic-80 dots=99999", "x" * 5000],
)  # fmt: skip
def test_a_slip_in_a_profile_is_named_with_a_right_one_beside_it(text: str) -> None:
    with pytest.raises(BadAddress) as told:
        read_profile(text)
    assert "generic-80" in str(told.value) or "dots" in str(told.value)


@pytest.mark.parametrize(
    ("answer", "name"),
    [("TM-T88V", "epson-t88"), ("TM-T20II", "epson-t82"), ("XP-80C", "xprinter-80"), ("xp-58iih", "xprinter-58"),
     ("BTP-R880NP", "snbc-80")],
)  # fmt: skip
def test_a_printer_that_says_its_name_gets_its_profile(answer: str, name: str) -> None:
    found = of_model(answer)
    assert found is not None
    assert found.name == name


def test_a_stranger_gets_no_profile() -> None:
    assert of_model("ACME-1") is None
    assert of_model("") is None


def test_plain_paper_has_a_profile_and_other_widths_are_refused() -> None:
    assert (of_width(80).dots, of_width(58).dots) == (576, 384)
    with pytest.raises(BadAddress):
        of_width(76)


@pytest.mark.parametrize(
    ("written", "read"),
    [("192.168.1.50", ("192.168.1.50", 9100)), ("printer.hall:9101", ("printer.hall", 9101)),
     ("[fe80::1]:9100", ("fe80::1", 9100)), ("[fe80::1]", ("fe80::1", 9100))],
)  # fmt: skip
def test_network_addresses(written: str, read: tuple[str, int]) -> None:
    assert tcp_address(written) == read


@pytest.mark.parametrize("written", ["", ":9100", "host:", "host:0", "host:99999", "host:x"])
def test_a_network_address_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(BadAddress, match=r"192\.168"):
        tcp_address(written)


def test_serial_and_usb_addresses() -> None:
    assert serial_address("COM4") == ("COM4", 115200)
    assert serial_address("/dev/ttyS1@9600") == ("/dev/ttyS1", 9600)
    assert usb_address("04b8:0E15") == (0x04B8, 0x0E15, "")
    assert usb_address("04B8:0E15:AB:1") == (0x04B8, 0x0E15, "AB:1")
    assert usb_address("auto") == (None, None, "")
    for read, slip in ((serial_address, "@9600"), (serial_address, "COM4@fast"), (usb_address, "04B8")):
        with pytest.raises(BadAddress):
            read(slip)  # type: ignore[operator]


def test_every_driver_makes_a_printer_without_touching_anything() -> None:
    registry = Registry(DRIVERS)
    places = {
        "escpos-serial": "COM4",
        "escpos-tcp": "192.0.2.1",
        "escpos-usb": "auto",
        "escpos-file": "/dev/usb/lp0",
        "escpos-spooler": "Receipts",
        "escpos-cups": "Receipts",
    }
    assert {driver.name for driver in DRIVERS} == set(places)
    for driver in DRIVERS:
        assert driver.capability is Capability.RECEIPT_PRINTER
        assert driver.tried
        device = registry.get(driver.name).make(places[driver.name], context(profile="generic-58"))
        assert not device.health().usable
        device.close()


def test_an_option_that_is_none_is_named() -> None:
    with pytest.raises(BadAddress, match="paper"):
        registered.profile_of(context(paper="80"))
    with pytest.raises(BadAddress):
        registered.profile_of(context(width="wide"))


def test_usb_printers_are_found_in_the_systems_own_list(tmp_path: Path) -> None:
    def device(name: str, vendor: str, product: str, kind: str, itself: str = "") -> None:
        (tmp_path / name).mkdir()
        for file, text in (("idVendor", vendor), ("idProduct", product), ("product", "Printer"), ("serial", "A1")):
            (tmp_path / name / file).write_text(text)
        interface = tmp_path / f"{name}:1.0"
        interface.mkdir()
        (interface / "bInterfaceClass").write_text(kind)
        (interface / "ieee1284_id").write_text(itself)

    device("1-1", "04b8", "0e15", "07")
    device("1-2", "1234", "5678", "07", "MFG:ACME;CMD:ESC/POS;CLS:PRINTER;")
    device("1-3", "03f0", "1111", "07", "MFG:HP;CMD:PCL;CLS:PRINTER;")
    device("1-4", "046d", "c31c", "03")
    (tmp_path / "1-5:1.0").mkdir()
    found = {printer.address: printer.receipt for printer in usb.usb_printers(tmp_path)}
    assert found == {"04B8:0E15:A1": True, "1234:5678:A1": True, "03F0:1111:A1": False}
    assert list(usb.usb_printers(tmp_path / "nowhere")) == []
