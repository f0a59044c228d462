"""USB readers without a serial port: frames over a bulk pipe (0400:C35A) and in HID reports (2B8B:2721) [C].

Tried with fake back ends under pyusb and in place of hidapi [T]; no reader was at hand. Both libraries are optional
(the extra ``usb-readers``) and are imported at the first use. Facts behind the code [T]: a time-out of 0 means "for
ever" to pyusb, and hidapi's ``read`` waits for ever without a time-out; hidapi takes the number of the report (0) in
front of what it sends, and does not give it back; a device that was pulled reads as an empty HID list on some systems,
so the next write is what tells. What stands behind a frame in its last report is padding, which the frame parser
skips: reports are put together by LEN + 7 there.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
from pathlib import Path
from types import ModuleType
from typing import Any

from drivers.base.errors import NotConnected, Timeout
from drivers.base.transport import ByteTransport

BULK_ID = (0x0400, 0xC35A)
HID_ID = (0x2B8B, 0x2721)
REPORT_BYTES = 64
UDEV_RULES = """\
SUBSYSTEM=="usb", ATTR{idVendor}=="0400", ATTR{idProduct}=="c35a", MODE="0660", GROUP="plugdev", TAG+="uaccess"
SUBSYSTEM=="hidraw", ATTRS{idVendor}=="2b8b", ATTRS{idProduct}=="2721", MODE="0660", GROUP="plugdev", TAG+="uaccess"
"""
"""For /etc/udev/rules.d/70-clerk-id-readers.rules; without it only root may open these readers on Linux."""

_MISSING = "这台电脑没有装 USB 读卡器要用的组件 {}，请技术员安装 usb-readers 组件，或改接串口；先手工录入"
_FORBIDDEN = (
    "没有权限打开 USB 读卡器，请技术员装上 udev 规则（见 docs/devices/id-readers.md），再重新插一次；先手工录入"
)
_TAKEN = "USB 读卡器被别的程序占着，请关掉厂家的读卡程序；先手工录入，空出来后自动恢复"
_NO_DRIVER = "Windows 没有给 USB 读卡器装 WinUSB 驱动，请技术员安装，或改用厂家的 sdtapi；先手工录入"
_READ_BYTES = 4096
"""A multiple of every packet size, above every frame: a smaller buffer would overflow."""
_DRAIN_S = 0.01
_SYSFS = Path("/sys/bus/usb/devices")


def format_id(vendor: int, product: int) -> str:
    """``0400:C35A``, as it stands in the settings."""
    return f"{vendor:04X}:{product:04X}"


def hangs_here(vendor: int, product: int, folder: Path = _SYSFS) -> bool | None:
    """Whether such a USB device hangs on this PC by the system's own list, without any library; None when the system
    has no such list (everything but Linux)."""
    if not folder.is_dir():
        return None
    return any(
        _id_in(device, "idVendor") == vendor and _id_in(device, "idProduct") == product for device in folder.iterdir()
    )


def is_attached(vendor: int, product: int) -> bool:
    """Whether such a USB device hangs on this PC, asked of the system's list, else of the optional libraries."""
    listed = hangs_here(vendor, product)
    if listed is not None:
        return listed
    with contextlib.suppress(NotConnected):
        if _library("hid", "hidapi").enumerate(vendor, product):
            return True
    with contextlib.suppress(NotConnected, ValueError, OSError):
        core = _library("usb.core", "pyusb")
        return core.find(idVendor=vendor, idProduct=product, backend=_libusb()) is not None
    return False


class UsbBulkTransport(ByteTransport):
    """One bulk OUT and one bulk IN pipe, whole frames each way.

    backend: a back end of pyusb instead of libusb, for tests.
    """

    def __init__(self, vendor: int = BULK_ID[0], product: int = BULK_ID[1], *, backend: object | None = None) -> None:
        super().__init__(format_id(vendor, product))
        self._ids = (vendor, product)
        self._backend = backend
        self._device: Any = None
        self._pipes: tuple[int, int] = (0, 0)

    @property
    def is_open(self) -> bool:
        return self._device is not None

    def open(self) -> None:
        if self._device is not None:
            return
        core = _library("usb.core", "pyusb")
        backend = self._backend or _libusb()
        try:
            device = core.find(idVendor=self._ids[0], idProduct=self._ids[1], backend=backend)
        except core.NoBackendError as exc:
            raise NotConnected("libusb is missing", word="no_usb_library", advice=_MISSING.format("libusb")) from exc
        except core.USBError as exc:
            raise self._not_opened(exc) from exc
        if device is None:
            raise NotConnected(f"no USB device {self.name}")
        try:
            self._pipes = _claim(device)
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
        core = _library("usb.core", "pyusb")
        try:
            return bytes(device.read(self._pipes[1], _READ_BYTES, _milliseconds(timeout)))
        except core.USBTimeoutError:
            return b""
        except core.USBError as exc:
            raise self._lost(exc) from exc

    def write(self, data: bytes, timeout: float) -> None:
        device = self._opened()
        core = _library("usb.core", "pyusb")
        try:
            taken = device.write(self._pipes[0], data, _milliseconds(timeout))
        except core.USBTimeoutError as exc:
            raise Timeout(f"{self.name} does not take bytes") from exc
        except core.USBError as exc:
            raise self._lost(exc) from exc
        if taken != len(data):
            raise Timeout(f"{self.name} took {taken} of {len(data)} bytes")

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


class HidTransport(ByteTransport):
    """Reports of 64 bytes each way. ``library``: what stands for hidapi's module ``hid``, for tests."""

    def __init__(self, vendor: int = HID_ID[0], product: int = HID_ID[1], *, library: Any = None) -> None:
        super().__init__(format_id(vendor, product))
        self._ids = (vendor, product)
        self._library = library
        self._device: Any = None

    @property
    def is_open(self) -> bool:
        return self._device is not None

    def open(self) -> None:
        if self._device is not None:
            return
        hid = self._library or _library("hid", "hidapi")
        found = hid.enumerate(*self._ids)
        if not found:
            raise NotConnected(f"no HID device {self.name}")
        device = hid.device()
        path = found[0]["path"]
        try:
            device.open_path(path)
            device.set_nonblocking(1)
        except (OSError, ValueError) as exc:
            node = os.fsdecode(path)
            if os.path.exists(node) and not os.access(node, os.R_OK | os.W_OK):
                raise NotConnected(f"{node} may not be opened", word="not_permitted", advice=_FORBIDDEN) from exc
            raise NotConnected(f"cannot open {self.name}: {type(exc).__name__}") from exc
        self._device = device
        while self.read(0):
            pass

    def close(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            with contextlib.suppress(OSError, ValueError):
                device.close()

    def read(self, timeout: float) -> bytes:
        device = self._opened()
        try:
            return bytes(device.read(REPORT_BYTES, _milliseconds(timeout)))
        except (OSError, ValueError) as exc:
            raise self._lost(exc) from exc

    def write(self, data: bytes, timeout: float) -> None:
        """The system's HID driver has a time-out of its own for a report (a second on Linux [M])."""
        device = self._opened()
        for start in range(0, len(data), REPORT_BYTES):
            report = data[start : start + REPORT_BYTES].ljust(REPORT_BYTES, b"\0")
            try:
                taken = device.write(b"\0" + report)
            except (OSError, ValueError) as exc:
                raise self._lost(exc) from exc
            if taken < 0:
                raise self._lost(OSError("report not taken"))

    def _opened(self) -> Any:
        if self._device is None:
            raise NotConnected(f"{self.name} is not open")
        return self._device


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


def _claim(device: Any) -> tuple[int, int]:
    """Addresses of the bulk OUT and the bulk IN pipe of the first interface that has both, claimed for us."""
    util = importlib.import_module("usb.util")
    try:
        configuration = device.get_active_configuration()
    except importlib.import_module("usb.core").USBError:
        device.set_configuration()
        configuration = device.get_active_configuration()
    for interface in configuration:
        pipes = {
            util.endpoint_direction(pipe.bEndpointAddress): pipe.bEndpointAddress
            for pipe in interface
            if util.endpoint_type(pipe.bmAttributes) == util.ENDPOINT_TYPE_BULK
        }
        if len(pipes) == 2:
            number = interface.bInterfaceNumber
            # other systems than Linux have no such thing
            with contextlib.suppress(NotImplementedError):
                if device.is_kernel_driver_active(number):
                    device.detach_kernel_driver(number)
            util.claim_interface(device, number)
            return pipes[util.ENDPOINT_OUT], pipes[util.ENDPOINT_IN]
    raise NotConnected("the device has no pair of bulk pipes")


def _release(device: Any) -> None:
    util = importlib.import_module("usb.util")
    # a pulled device cannot be given back any more
    with contextlib.suppress(Exception):
        util.dispose_resources(device)


def _milliseconds(timeout: float) -> int:
    return max(1, round(timeout * 1000))


def _id_in(device: Path, name: str) -> int | None:
    try:
        return int((device / name).read_text(encoding="ascii"), 16)
    except (OSError, ValueError):
        return None
