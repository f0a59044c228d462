"""A USB printer in memory: a back end under pyusb with one interface of the printer class and a simulator behind it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from drivers.base.transport import ByteTransport
from drivers.printer.usb import PRINTER_CLASS, UsbPrinterTransport
from support.card_usb import UsbBackend, UsbPort

IDS = (0x0483, 0x5743)
_OUT, _IN = 0x02, 0x81


class UsbPrinterPort(UsbPort):
    """``one_way``: the printer has no pipe back."""

    def __init__(self, *, one_way: bool = False) -> None:
        super().__init__()
        self.port = "0483:5743"
        self.one_way = one_way
        self.others = 0
        """So many more printers of the same kind hang here."""

    def transport(self, baud: int = 115200) -> ByteTransport:
        return self.by_id(*IDS)

    def by_id(self, vendor: int | None = None, product: int | None = None, serial: str = "") -> UsbPrinterTransport:
        return UsbPrinterTransport(vendor, product, serial, backend=PrinterBackend(self))


class PrinterBackend(UsbBackend):
    """What pyusb asks of libusb, of a printer."""

    _port: UsbPrinterPort

    def enumerate_devices(self) -> Any:
        return iter([self._port] * (1 + self._port.others) if self._port.plugged else [])

    def get_device_descriptor(self, dev: Any) -> Any:
        descriptor = super().get_device_descriptor(dev)
        descriptor.idVendor, descriptor.idProduct = IDS
        return descriptor

    def get_interface_descriptor(self, dev: Any, intf: int, alt: int, config: int) -> Any:
        if intf or alt or config:
            raise IndexError(intf)
        one_way = self._port.one_way
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=1 if one_way else 2,
            bInterfaceClass=PRINTER_CLASS, bInterfaceSubClass=1, bInterfaceProtocol=1 if one_way else 2, iInterface=0,
            extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: Any, ep: int, intf: int, alt: int, config: int) -> Any:
        descriptor = super().get_endpoint_descriptor(dev, ep, intf, alt, config)
        descriptor.bEndpointAddress = (_OUT, _IN)[ep]
        return descriptor
