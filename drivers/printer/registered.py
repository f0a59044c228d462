"""The receipt printers' drivers by name.

Options of all: ``profile`` (see ``profiles.read_profile``), or ``width`` (80, 58) for a plain one; with ``profile``
"auto" a printer on a byte line is asked what it is (``GS I``), and is plain until it says so. Network printers are
used by their written address only: nobody's network is searched.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterable

from drivers.base.devices import Device
from drivers.base.errors import DeviceError
from drivers.base.registry import BadAddress, Capability, Context, Driver, Found, nothing_found
from drivers.base.transport import ByteTransport, FileTransport, SerialTransport, TcpTransport
from drivers.printer.cups_raw import CupsRawPrinter, cups_queues
from drivers.printer.escpos import EscPosPrinter
from drivers.printer.profiles import Profile, of_width, read_profile
from drivers.printer.spooler import SpoolerPrinter
from drivers.printer.usb import UsbPrinterTransport, usb_printers
from drivers.printer.winspool import Spooler
from drivers.serial_ports import available_ports

AUTO = "auto"
SERIAL_BAUD, TCP_PORT = 115200, 9100
_OPTIONS = frozenset({"profile", "width"})
_USB = re.compile(r"([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?::(.+))?")
_SIMULATED = "虚拟打印机（伪终端、TCP、内存）；没有接过真机"


def profile_of(context: Context) -> Profile:
    """The profile that the options name; ``BadAddress`` for an option that is none."""
    for key in context.options:
        if key not in _OPTIONS:
            raise BadAddress(f"小票打印机没有“{key}”这个设置，只有 profile 和 width")
    text = context.options.get("profile", AUTO)
    if text != AUTO:
        return read_profile(text)
    width = context.options.get("width", "80")
    return of_width(int(width) if width.isascii() and width.isdigit() and len(width) < 4 else 0)


def over_line(connect: Callable[[], ByteTransport], context: Context) -> EscPosPrinter:
    """The driver behind a byte line; for drivers that bring a line of their own as well."""
    return EscPosPrinter(
        connect,
        now=context.now,
        profile=profile_of(context),
        ask_model=context.options.get("profile") == AUTO,
        monotonic=context.monotonic,
        trace=context.trace,
    )


def serial_address(address: str) -> tuple[str, int]:
    """``COM4`` or ``/dev/ttyS1@9600`` as port and baud; ``BadAddress``."""
    port, at, rate = address.partition("@")
    if not port or (at and not (rate.isascii() and rate.isdigit() and 0 < int(rate) <= 4_000_000)):
        raise BadAddress(f"小票打印机的串口“{address}”认不出，应像 COM4 或 /dev/ttyS1@9600")
    return port, int(rate) if rate else SERIAL_BAUD


def tcp_address(address: str) -> tuple[str, int]:
    """``192.168.1.50``, ``192.168.1.50:9100``, ``[fe80::1]:9100`` as host and port; ``BadAddress``."""
    host, colon, number = address.rpartition(":")
    if not colon or address.endswith("]") or (address.count(":") > 1 and not address.startswith("[")):
        host, number = address, str(TCP_PORT)
    host = host.strip("[]")
    if not host or not (number.isascii() and number.isdigit() and 0 < int(number) < 65536):
        raise BadAddress(f"小票打印机的网址“{address}”认不出，应像 192.168.1.50 或 192.168.1.50:9100")
    return host, int(number)


def usb_address(address: str) -> tuple[int | None, int | None, str]:
    """``04B8:0E15``, with a serial number behind another colon, or ``auto``; ``BadAddress``."""
    if address in ("", AUTO):
        return None, None, ""
    found = _USB.fullmatch(address)
    if found is None:
        raise BadAddress(f"USB 打印机“{address}”认不出，应像 04B8:0E15、04B8:0E15:序列号 或 auto")
    return int(found[1], 16), int(found[2], 16), found[3] or ""


def _make_serial(address: str, context: Context) -> Device:
    port, rate = serial_address(address)
    return over_line(lambda: SerialTransport(port, rate), context)


def _make_tcp(address: str, context: Context) -> Device:
    host, port = tcp_address(address)
    return over_line(lambda: TcpTransport(host, port), context)


def _make_usb(address: str, context: Context) -> Device:
    vendor, product, serial = usb_address(address)
    return over_line(lambda: UsbPrinterTransport(vendor, product, serial), context)


def _make_file(address: str, context: Context) -> Device:
    if not address:
        raise BadAddress("小票打印机的设备文件没有写，应像 /dev/usb/lp0")
    return over_line(lambda: FileTransport(address), context)


def _make_spooler(address: str, context: Context) -> Device:
    profile_of(context)
    return SpoolerPrinter(_queue(address), now=context.now, monotonic=context.monotonic, trace=context.trace)


def _make_cups(address: str, context: Context) -> Device:
    profile_of(context)
    return CupsRawPrinter(_queue(address), now=context.now, monotonic=context.monotonic, trace=context.trace)


def _queue(address: str) -> str:
    return "" if address == AUTO else address


def _find_serial(context: Context) -> Iterable[Found]:
    for port in available_ports():
        yield Found("escpos-serial", port.device, f"串口 {port.device}（{port.description}）", certain=False)


def _find_usb(context: Context) -> Iterable[Found]:
    for printer in usb_printers():
        # A printer of the class that nobody knows may be an A4 printer.
        yield Found("escpos-usb", printer.address, printer.title, certain=printer.receipt)


def _find_files(context: Context) -> Iterable[Found]:
    for path in sorted(glob.glob("/dev/usb/lp*")) if os.name == "posix" else []:
        yield Found("escpos-file", path, f"USB 打印机 {path}", certain=False)


def _find_spooled(context: Context) -> Iterable[Found]:
    try:
        for name in Spooler().printers():
            yield Found("escpos-spooler", name, f"打印队列 {name}", certain=False)
    except DeviceError:
        return


def _find_queued(context: Context) -> Iterable[Found]:
    for name, receipt in cups_queues():
        yield Found("escpos-cups", name, f"打印队列 {name}", certain=receipt)


def _driver(
    name: str,
    title: str,
    make: Callable[[str, Context], Device],
    discover: Callable[[Context], Iterable[Found]] = nothing_found,
    tried: str = _SIMULATED,
) -> Driver:
    return Driver(name, Capability.RECEIPT_PRINTER, title, make, discover, tried)


DRIVERS: tuple[Driver, ...] = (
    _driver("escpos-serial", "串口小票打印机", _make_serial, _find_serial),
    _driver("escpos-tcp", "网口小票打印机", _make_tcp),
    _driver("escpos-usb", "USB 小票打印机", _make_usb, _find_usb, "pyusb 下的模拟后端；没有接过真机"),
    _driver("escpos-file", "USB 小票打印机（设备文件）", _make_file, _find_files, "管道；没有接过真机"),
    _driver(
        "escpos-spooler",
        "Windows 打印队列里的小票打印机",
        _make_spooler,
        _find_spooled,
        "模拟的 winspool；没有在 Windows 上试过",
    ),
    _driver("escpos-cups", "CUPS 打印队列里的小票打印机", _make_cups, _find_queued, "模拟的 CUPS；没有接过真机"),
)
