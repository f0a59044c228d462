"""The contract over USB: pyusb and hidapi's interface with back ends in memory; what is told when nothing opens."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import pytest

from drivers.base.errors import NotConnected
from drivers.base.simports import SimulatedPort
from drivers.idcard import usb_lines
from drivers.idcard.usb_lines import BULK_ID, HID_ID, UDEV_RULES, HidTransport, UsbBulkTransport, hangs_here
from support.card_contract import Ga467Contract
from support.card_usb import FakeHid, HidPort, UsbBackend, UsbPort


class TestOverUsbBulk(Ga467Contract):
    def make_port(self) -> SimulatedPort:
        return UsbPort()


class TestOverUsbBulkInShortTransfers(Ga467Contract):
    def make_port(self) -> SimulatedPort:
        return UsbPort(largest=7)


class TestOverHid(Ga467Contract):
    def make_port(self) -> SimulatedPort:
        return HidPort()


class TestOverHidWithReportsSplitAnywhere(Ga467Contract):
    def make_port(self) -> SimulatedPort:
        return HidPort(largest=5)


@pytest.mark.parametrize(
    ("number", "word", "words"),
    [
        (errno.EACCES, "not_permitted", "udev"),
        (errno.EPERM, "not_permitted", "udev"),
        (errno.EBUSY, "taken", "关掉厂家"),
        (errno.ENOSYS, "no_usb_driver", "WinUSB"),
        (errno.EIO, "not_connected", "检查"),
    ],
)
def test_why_a_usb_reader_cannot_be_opened_is_told(number: int, word: str, words: str) -> None:
    port = UsbPort()
    port.refusal = number
    line = UsbBulkTransport(backend=UsbBackend(port))
    with pytest.raises(NotConnected) as caught:
        line.open()
    assert caught.value.word == word
    assert words in caught.value.advice
    assert not line.is_open
    port.refusal = None
    line.open()
    assert line.is_open


def test_a_usb_reader_that_another_program_holds_is_told() -> None:
    port = UsbPort()
    port.stolen = True
    with pytest.raises(NotConnected) as caught:
        UsbBulkTransport(backend=UsbBackend(port)).open()
    assert caught.value.word == "taken"


def test_a_hid_reader_that_may_not_be_opened_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = HidPort()
    port.refusal = OSError("open failed")
    line = HidTransport(library=FakeHid(port))
    with pytest.raises(NotConnected) as caught:
        line.open()
    assert caught.value.word == "not_connected"
    monkeypatch.setattr(usb_lines.os.path, "exists", lambda path: True)
    monkeypatch.setattr(usb_lines.os, "access", lambda path, mode: False)
    with pytest.raises(NotConnected) as caught:
        line.open()
    assert caught.value.word == "not_permitted"
    assert "udev" in caught.value.advice


@pytest.mark.parametrize(
    ("make", "package"), [(UsbBulkTransport, "pyusb"), (HidTransport, "hidapi")], ids=["bulk", "hid"]
)
def test_a_missing_library_is_named(
    make: type[UsbBulkTransport | HidTransport], package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "usb.core", None)
    monkeypatch.setitem(sys.modules, "hid", None)
    with pytest.raises(NotConnected) as caught:
        make().open()
    assert caught.value.word == "no_usb_library"
    assert package in caught.value.advice
    assert "手工录入" in caught.value.advice


def test_closing_gives_the_usb_device_back() -> None:
    port = UsbPort()
    line = UsbBulkTransport(backend=UsbBackend(port))
    line.open()
    line.close()
    line.close()
    assert port.released == 1


def test_hidapi_has_the_calls_that_the_driver_makes() -> None:
    hid = pytest.importorskip("hid")
    assert HidTransport(library=hid).is_open is False
    with pytest.raises(NotConnected):
        HidTransport(0xFFFE, 0xFFFE, library=hid).open()
    device = hid.device()
    for call in ("open_path", "set_nonblocking", "read", "write", "close"):
        assert callable(getattr(device, call))


def test_a_reader_is_seen_in_the_systems_list_without_any_library(tmp_path: Path) -> None:
    assert hangs_here(0x0400, 0xC35A, tmp_path / "no such list") is None
    assert hangs_here(0x0400, 0xC35A, tmp_path) is False
    for name, vendor, product in (("1-1", "1d6b", "0002"), ("1-2", "0400", "c35a")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "idVendor").write_text(vendor + "\n")
        (tmp_path / name / "idProduct").write_text(product + "\n")
    (tmp_path / "1-2:1.0").mkdir()
    assert hangs_here(0x0400, 0xC35A, tmp_path) is True
    assert hangs_here(0x2B8B, 0x2721, tmp_path) is False


def test_the_rules_for_linux_stand_in_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs/devices/id-readers.md").read_text(encoding="utf-8")
    assert UDEV_RULES in page
    assert f"{BULK_ID[0]:04x}" in UDEV_RULES
    assert f"{HID_ID[1]:04x}" in UDEV_RULES
