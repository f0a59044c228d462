"""USB back ends in memory with the card reader's simulator behind them: one under pyusb, one in place of hidapi.

They fail as the libraries do: a time-out, a pulled device, a device that may not be opened.
"""

from __future__ import annotations

import errno
from array import array
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core

from drivers.base.simports import MemoryPort
from drivers.base.transport import ByteTransport
from drivers.idcard.usb_lines import BULK_ID, HID_ID, REPORT_BYTES, HidTransport, UsbBulkTransport

_OUT, _IN = 0x02, 0x81
_BULK = 2


class UsbPort(MemoryPort):
    """A reader with bulk pipes. ``largest`` bounds one transfer; ``refusal`` is the errno that opening gives."""

    def __init__(self, largest: int = 4096) -> None:
        super().__init__("0400:C35A")
        self.largest = largest
        self.refusal: int | None = None
        self.stolen = False
        self.released = 0

    def baud(self) -> int | None:
        return None

    def transport(self, baud: int = 115200) -> ByteTransport:
        return UsbBulkTransport(*BULK_ID, backend=UsbBackend(self))


class UsbBackend(usb.backend.IBackend):
    """What pyusb asks of libusb, of one device with one interface."""

    def __init__(self, port: UsbPort) -> None:
        self._port = port

    def enumerate_devices(self) -> Any:
        return iter([self._port] if self._port.plugged else [])

    def get_parent(self, dev: Any) -> None:
        return None

    def get_device_descriptor(self, dev: Any) -> Any:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x0110, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=BULK_ID[0], idProduct=BULK_ID[1], bcdDevice=0x0100, iManufacturer=0,
            iProduct=0, iSerialNumber=0, bNumConfigurations=1, bus=1, address=5, port_number=1, port_numbers=(1,),
            speed=2,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: Any, config: int) -> Any:
        if config:
            raise IndexError(config)
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1, iConfiguration=0,
            bmAttributes=0x80, bMaxPower=50, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev: Any, intf: int, alt: int, config: int) -> Any:
        if intf or alt or config:
            raise IndexError(intf)
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=2,
            bInterfaceClass=0xFF, bInterfaceSubClass=0, bInterfaceProtocol=0, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: Any, ep: int, intf: int, alt: int, config: int) -> Any:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=(_OUT, _IN)[ep], bmAttributes=_BULK, wMaxPacketSize=64,
            bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, dev: Any) -> int:
        port = self._port
        if port.refusal is not None:
            raise usb.core.USBError("refused", None, port.refusal)
        with port.changed:
            port.to_host.clear()
            port.host_baud = 0
        return port.session

    def close_device(self, dev_handle: int) -> None:
        self._port.released += 1
        if dev_handle == self._port.session:
            self._port.host_baud = None

    def get_configuration(self, dev_handle: int) -> int:
        return 1

    def is_kernel_driver_active(self, dev_handle: int, intf: int) -> bool:
        return False

    def claim_interface(self, dev_handle: int, intf: int) -> None:
        if self._port.stolen:
            raise usb.core.USBError("busy", None, errno.EBUSY)

    def release_interface(self, dev_handle: int, intf: int) -> None:
        self._there(dev_handle)

    def bulk_write(self, dev_handle: int, ep: int, intf: int, data: Any, timeout: int) -> int:
        assert timeout > 0, "0 means for ever"
        assert ep == _OUT
        port = self._port
        with port.changed:
            self._there(dev_handle)
            port.to_device += bytes(data)
            port.changed.notify_all()
        return len(data)

    def bulk_read(self, dev_handle: int, ep: int, intf: int, buff: array[int], timeout: int) -> int:
        assert timeout > 0, "0 means for ever"
        assert ep == _IN
        port = self._port
        with port.changed:
            port.changed.wait_for(lambda: bool(port.to_host) or dev_handle != port.session, timeout / 1000)
            self._there(dev_handle)
            if not port.to_host:
                raise usb.core.USBTimeoutError("timed out", None, errno.ETIMEDOUT)
            count = min(port.largest, len(port.to_host), len(buff))
            buff[:count] = array("B", port.to_host[:count])
            del port.to_host[:count]
            return count

    def _there(self, handle: int) -> None:
        if handle != self._port.session:
            raise usb.core.USBError("no such device", None, errno.ENODEV)


class HidPort(MemoryPort):
    """A reader with HID reports. Whole frames come in padded reports of 64 bytes; ``largest`` cuts them smaller."""

    def __init__(self, largest: int = REPORT_BYTES) -> None:
        super().__init__("2B8B:2721")
        self.largest = largest
        self.reports: list[bytes] = []
        self.refusal: Exception | None = None

    def baud(self) -> int | None:
        return None

    def write(self, data: bytes) -> None:
        with self.changed:
            if self.plugged and self.host_baud is not None:
                padding = -len(data) % REPORT_BYTES if len(data) > 8 else 0
                padded = data + b"\0" * padding
                self.reports += [padded[at : at + self.largest] for at in range(0, len(padded), self.largest)]
                self.changed.notify_all()

    def unplug(self) -> None:
        with self.changed:
            self.reports.clear()
            super().unplug()

    def transport(self, baud: int = 115200) -> ByteTransport:
        return HidTransport(*HID_ID, library=FakeHid(self))


class FakeHid:
    """The module ``hid``."""

    def __init__(self, port: HidPort) -> None:
        self._port = port

    def enumerate(self, vendor_id: int = 0, product_id: int = 0) -> list[dict[str, Any]]:
        here = self._port.plugged and (vendor_id, product_id) == HID_ID
        return [{"path": b"/nowhere/hidraw0", "vendor_id": vendor_id, "product_id": product_id}] if here else []

    def device(self) -> FakeHidDevice:
        return FakeHidDevice(self._port)


class FakeHidDevice:
    """``hid.device``."""

    def __init__(self, port: HidPort) -> None:
        self._port = port
        self._session: int | None = None
        self._waits = True

    def open_path(self, path: bytes) -> None:
        port = self._port
        if port.refusal is not None:
            raise port.refusal
        with port.changed:
            if not port.plugged:
                raise OSError("open failed")
            port.reports.clear()
            port.host_baud = 0
            self._session = port.session

    def set_nonblocking(self, value: int) -> int:
        self._waits = not value
        return 0

    def read(self, max_length: int, timeout_ms: int = 0) -> list[int]:
        port = self._port
        assert timeout_ms > 0 or not self._waits, "would wait for ever"
        with port.changed:
            self._there()
            port.changed.wait_for(lambda: bool(port.reports) or self._session != port.session, timeout_ms / 1000)
            if self._session != port.session:
                raise OSError("read error")
            return list(port.reports.pop(0)[:max_length]) if port.reports else []

    def write(self, data: bytes) -> int:
        port = self._port
        self._there()
        assert len(data) == REPORT_BYTES + 1, "the number of the report and the report"
        assert data[0] == 0
        with port.changed:
            if self._session != port.session:
                return -1
            port.to_device += data[1:]
            port.changed.notify_all()
        return len(data)

    def close(self) -> None:
        if self._session == self._port.session:
            self._port.host_baud = None
        self._session = None

    def _there(self) -> None:
        if self._session is None:
            raise ValueError("not open")
