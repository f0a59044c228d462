"""USB printers without a driver of the system: bulk pipes of an interface of the printer class (7) [C].

For printers that the system's own driver (usblp, ``escpos-file``) does not serve. pyusb is optional (the extra
``usb-readers``) and is imported at the first use. Tried with a fake back end under pyusb [T]; no printer was at hand.
A printer without an input pipe, or whose class says protocol 1 (unidirectional), cannot answer: ``answers`` is False.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from drivers.base.errors import NotConnected, Timeout
from drivers.base.transport import ByteTransport

PRINTER_CLASS = 7
_ONE_WAY = 1
_READ_BYTES = 512
_DRAIN_S = 0.01
_SYSFS = Path("/sys/bus/usb/devices")
UDEV_RULE = 'SUBSYSTEM=="usb", ATTRS{bInterfaceClass}=="07", MODE="0660", GROUP="lp", TAG+="uaccess"\n'
"""For /etc/udev/rules.d/70-clerk-printers.rules; without it only root may open printers on Linux."""

_MISSING = "这台电脑没有装 USB 打印机要用的组件 {}，请技术员安装 usb-readers 组件，或改用系统的打印队列"
_FORBIDDEN = "没有权限打开 USB 小票打印机，请技术员装上 udev 规则（见 docs/devices/printers.md），再重新插一次"
_TAKEN = "USB 小票打印机被别的程序占着，请关掉别的打印程序，空出来后再打"
_NO_DRIVER = "Windows 没有给小票打印机装 WinUSB 驱动，请技术员改用系统的打印队列（spooler:打印机名）"
_ESCPOS_WORDS = ("ESC/POS", "ESCPOS", "EPSON")

KNOWN_IDS: dict[tuple[int, int], str] = {
    (0x04B8, 0x0202): "爱普生 TM",
    (0x04B8, 0x0E15): "爱普生 TM-T20II",
    (0x04B8, 0x0E28): "爱普生 TM-T20III",
    (0x0416, 0x5011): "58 毫米小票打印机",
    (0x0483, 0x5743): "80 毫米小票打印机",
    (0x0FE6, 0x811E): "小票打印机",
    (0x1FC9, 0x2016): "芯烨小票打印机",
    (0x6868, 0x0200): "小票打印机",
    (0x154F, 0x154F): "新北洋小票打印机",
}
"""Vendor and product of receipt printers as published by their users [M]."""


@dataclass(frozen=True, slots=True)
class UsbPrinter:
    """One printer interface in the system's own list. ``receipt``: known, or says that it speaks ESC/POS."""

    vendor: int
    product: int
    serial: str
    title: str
    receipt: bool

    @property
    def address(self) -> str:
        """As it stands in the settings."""
        serial = f":{self.serial}" if self.serial else ""
        return f"{self.vendor:04X}:{self.product:04X}{serial}"


def usb_printers(folder: Path = _SYSFS) -> Iterator[UsbPrinter]:
    """Printers by the list that Linux keeps, without any library; none on other systems."""
    for interface in sorted(folder.glob("*:*")) if folder.is_dir() else []:
        if _text(interface / "bInterfaceClass") != f"{PRINTER_CLASS:02x}":
            continue
        device = folder / interface.name.partition(":")[0]
        ids = _number(device / "idVendor"), _number(device / "idProduct")
        if ids[0] is None or ids[1] is None:
            continue
        known = KNOWN_IDS.get((ids[0], ids[1]))
        # What a printer says of itself (IEEE 1284), where the system's driver has asked it.
        itself = _text(interface / "ieee1284_id").upper()
        title = known or " ".join(filter(None, (_text(device / "manufacturer"), _text(device / "product"))))
        receipt = known is not None or any(word in itself for word in _ESCPOS_WORDS)
        yield UsbPrinter(ids[0], ids[1], _text(device / "serial"), title or "USB 打印机", receipt)


class UsbPrinterTransport(ByteTransport):
    """The bulk pipes of a printer.

    vendor, product: its numbers, both None for the only printer that hangs here; serial: tells two of one kind apart;
    backend: a back end of pyusb instead of libusb, for tests.
    """

    def __init__(
        self,
        vendor: int | None = None,
        product: int | None = None,
        serial: str = "",
        *,
        backend: object | None = None,
    ) -> None:
        super().__init__("usb" if vendor is None or product is None else f"{vendor:04X}:{product:04X}")
        self._ids = (vendor, product)
        self._serial = serial
        self._backend = backend
        self._device: Any = None
        self._out = 0
        self._in: int | None = None

    @property
    def is_open(self) -> bool:
        return self._device is not None

    def open(self) -> None:
        if self._device is not None:
            return
        core = _library("usb.core", "pyusb")
        try:
            device = self._only(core)
        except core.NoBackendError as exc:
            raise NotConnected("libusb is missing", word="no_usb_library", advice=_MISSING.format("libusb")) from exc
        except (core.USBError, ValueError) as exc:
            raise self._not_opened(exc) from exc
        try:
            self._claim(core, device)
        except (core.USBError, NotImplementedError) as exc:
            _release(device)
            raise self._not_opened(exc) from exc
        except NotConnected:
            _release(device)
            raise
        self._device = device
        while self.read(_DRAIN_S):
            pass

    def close(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            _release(device)

    def read(self, timeout: float) -> bytes:
        device = self._opened()
        if self._in is None:
            return b""
        core = _library("usb.core", "pyusb")
        try:
            return bytes(device.read(self._in, _READ_BYTES, _milliseconds(timeout)))
        except core.USBTimeoutError:
            return b""
        except core.USBError as exc:
            raise self._lost(exc) from exc

    def write(self, data: bytes, timeout: float) -> None:
        device = self._opened()
        core = _library("usb.core", "pyusb")
        try:
            taken = device.write(self._out, data, _milliseconds(timeout))
        except core.USBTimeoutError as exc:
            raise Timeout(f"{self.name} does not take bytes") from exc
        except core.USBError as exc:
            raise self._lost(exc) from exc
        if taken != len(data):
            raise Timeout(f"{self.name} took {taken} of {len(data)} bytes")

    def _only(self, core: ModuleType) -> Any:
        backend = self._backend or _libusb()
        vendor, product = self._ids
        if vendor is not None and product is not None:
            found = list(core.find(find_all=True, backend=backend, idVendor=vendor, idProduct=product))
        else:
            found = [device for device in core.find(find_all=True, backend=backend) if _is_printer(device)]
        if self._serial:
            found = [device for device in found if device.serial_number == self._serial]
        if not found:
            raise NotConnected(f"no USB printer {self.name}")
        if len(found) > 1:
            advice = "接了几台同样的 USB 打印机，分不清是哪一台，请技术员在设置里写上序列号"
            raise NotConnected("several USB printers", word="ambiguous", advice=advice)
        return found[0]

    def _claim(self, core: ModuleType, device: Any) -> None:
        """Take the printer interface, or the first with an OUT pipe where a known printer has a class of its own."""
        util = importlib.import_module("usb.util")
        try:
            configuration = device.get_active_configuration()
        except core.USBError:
            device.set_configuration()
            configuration = device.get_active_configuration()
        for interface in sorted(configuration, key=lambda one: one.bInterfaceClass != PRINTER_CLASS):
            pipes = {
                util.endpoint_direction(pipe.bEndpointAddress): pipe.bEndpointAddress
                for pipe in interface
                if util.endpoint_type(pipe.bmAttributes) == util.ENDPOINT_TYPE_BULK
            }
            if util.ENDPOINT_OUT not in pipes:
                continue
            number = interface.bInterfaceNumber
            # usblp holds it on Linux; other systems have no such thing
            with contextlib.suppress(NotImplementedError):
                if device.is_kernel_driver_active(number):
                    device.detach_kernel_driver(number)
            util.claim_interface(device, number)
            one_way = interface.bInterfaceClass == PRINTER_CLASS and interface.bInterfaceProtocol == _ONE_WAY
            self._out, self._in = pipes[util.ENDPOINT_OUT], None if one_way else pipes.get(util.ENDPOINT_IN)
            self.answers = self._in is not None
            return
        raise NotConnected("the device has no pipe to a printer")

    def _opened(self) -> Any:
        if self._device is None:
            raise NotConnected(f"{self.name} is not open")
        return self._device

    def _not_opened(self, exc: Exception) -> NotConnected:
        number = getattr(exc, "errno", None)
        detail = f"cannot open {self.name}: {number or type(exc).__name__}"
        if number in (errno.EACCES, errno.EPERM):
            return NotConnected(detail, word="not_permitted", advice=_FORBIDDEN)
        if number == errno.EBUSY:
            return NotConnected(detail, word="taken", advice=_TAKEN)
        if isinstance(exc, NotImplementedError) or number == errno.ENOSYS:
            return NotConnected(detail, word="no_usb_driver", advice=_NO_DRIVER)
        return NotConnected(detail)


def _is_printer(device: Any) -> bool:
    return any(interface.bInterfaceClass == PRINTER_CLASS for configuration in device for interface in configuration)


def _library(module: str, package: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError as exc:
        raise NotConnected(
            f"{package} is not installed", word="no_usb_library", advice=_MISSING.format(package)
        ) from exc


def _libusb() -> object | None:
    """The libusb of the package of that name; None lets pyusb look for the system's."""
    try:
        package = importlib.import_module("libusb_package")
    except ImportError:
        return None
    backend: object | None = package.get_libusb1_backend()
    return backend


def _release(device: Any) -> None:
    util = importlib.import_module("usb.util")
    # a pulled device cannot be given back any more
    with contextlib.suppress(Exception):
        util.dispose_resources(device)


def _milliseconds(timeout: float) -> int:
    return max(1, round(timeout * 1000))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _number(path: Path) -> int | None:
    try:
        return int(_text(path), 16)
    except ValueError:
        return None
