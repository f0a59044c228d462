"""The card readers by name, as they stand in the settings::

    ga467-serial            any free serial port at any rate      ga467-usb     0400:C35A, bulk pipes
    ga467-serial:COM3       that port, the rate is found          ga467-hid     2B8B:2721, HID reports
    ga467-serial:COM3@9600  that port at that rate                sdtapi        the maker's SDT_* library, any port
    ga467-serial:tcp:192.168.1.20:4196  a serial server in the network
    termb                   the maker's CVR_* library             sdtapi:COM3, sdtapi:USB1, sdtapi:1001   one port

Options: ``baud`` (a rate, or ``auto``), ``taken`` (ports of other devices, with commas; only they are left out of a
search) for serial lines; ``newest_address`` (``off`` for a module that does not know the question) for all three
lines; ``library``, ``helper`` (paths) and ``convention`` (``stdcall`` or ``cdecl``) for libraries, the photo codec
among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from drivers.base.registry import BadAddress, Capability, Context, Driver, Found
from drivers.idcard import usb_lines
from drivers.idcard.lines import BAUD_RATES, Choices, on_any_port, on_port, only
from drivers.idcard.reader import Ga467Reader
from drivers.idcard.usb_lines import BULK_ID, HID_ID, HidTransport, UsbBulkTransport, format_id
from drivers.idcard.vendor import sdtapi, termb, wlt
from drivers.idcard.vendor.library import VendorLibrary
from drivers.idcard.vendor.sdtapi import SdtReader
from drivers.idcard.vendor.termb import TermbReader
from drivers.idcard.vendor.wlt import PhotoDecoder
from drivers.serial_place import parse_place
from drivers.serial_ports import available_ports

AUTO = "auto"
_ANYWHERE = ("", AUTO)
_SIMULATED = "模拟器（pty、内存），没有实物"
_USB_SIMULATED = "内存里的 USB 后端加模拟器，没有实物"
_FAKE_LIBRARY = "自编的同名函数库（Linux 64 位）；stdcall 和 32 位没有试过，没有实物"


def _make_serial(address: str, context: Context) -> Ga467Reader:
    _refuse_unknown(context, ("baud", "taken", "newest_address"))
    if address.startswith("tcp:"):
        return _ga467(only(address, parse_place(address, baud=BAUD_RATES[0]).transport), context)
    port, at, rate = address.partition("@")
    rates = _rates(rate if at else context.options.get("baud", AUTO))
    searching = port in _ANYWHERE
    choices = on_any_port(rates, taken=_list(context.options.get("taken", ""))) if searching else on_port(port, rates)
    return _ga467(choices, context, searching=searching)


def _make_bulk(address: str, context: Context) -> Ga467Reader:
    ids = _usb_id(address, BULK_ID, context)
    return _ga467(only(format_id(*ids), lambda: UsbBulkTransport(*ids)), context)


def _make_hid(address: str, context: Context) -> Ga467Reader:
    ids = _usb_id(address, HID_ID, context)
    return _ga467(only(format_id(*ids), lambda: HidTransport(*ids)), context)


def _make_sdtapi(address: str, context: Context) -> SdtReader:
    return SdtReader(
        _library(sdtapi.NAMES, context),
        ports=_vendor_ports(address),
        now=context.now,
        monotonic=context.monotonic,
        trace=context.trace,
    )


def _make_termb(address: str, context: Context) -> TermbReader:
    return TermbReader(
        _library(termb.NAMES, context),
        ports=_vendor_ports(address),
        now=context.now,
        monotonic=context.monotonic,
        trace=context.trace,
    )


def photo_decoder(context: Context) -> PhotoDecoder | None:
    """The decoder of photos by the maker's codec, None where that is not on this PC; the options are those of the
    libraries."""
    library = _library(wlt.NAMES, context)
    return PhotoDecoder(library) if library.there else None


def _ga467(choices: Choices, context: Context, *, searching: bool = False) -> Ga467Reader:
    return Ga467Reader(choices, now=context.now, monotonic=context.monotonic, trace=context.trace, searching=searching)


def _discover_serial(context: Context) -> Iterable[Found]:
    """Every serial port: only a question tells what hangs there, and that is asked by the driver, not by a look."""
    for port in available_ports():
        yield Found("ga467-serial", port.device, f"{port.device}（{port.description}），可能接着读卡器", certain=False)


def _discover_bulk(context: Context) -> Iterable[Found]:
    return _on_usb("ga467-usb", BULK_ID, "USB 身份证读卡器")


def _discover_hid(context: Context) -> Iterable[Found]:
    return _on_usb("ga467-hid", HID_ID, "USB HID 身份证读卡器")


def _discover_library(name: str, names: Sequence[str]) -> Callable[[Context], Iterable[Found]]:
    def discover(context: Context) -> Iterable[Found]:
        if VendorLibrary(tuple(names)).there:
            yield Found(name, AUTO, f"装有厂家的 {names[0]}，读卡器可能由它来读", certain=False)

    return discover


def _on_usb(driver: str, ids: tuple[int, int], title: str) -> Iterable[Found]:
    if usb_lines.is_attached(*ids):
        yield Found(driver, format_id(*ids), title)


def _rates(words: str) -> Sequence[int]:
    if words in _ANYWHERE:
        return BAUD_RATES
    if words.isascii() and words.isdigit() and int(words) in BAUD_RATES:
        return (int(words),)
    known = "、".join(str(rate) for rate in BAUD_RATES)
    raise BadAddress(f"读卡器没有 {words} 这个波特率，可以写 auto 或 {known}")


def _usb_id(address: str, usual: tuple[int, int], context: Context) -> tuple[int, int]:
    _refuse_unknown(context, ("newest_address",))
    if address in _ANYWHERE:
        return usual
    try:
        vendor, product = (int(part, 16) for part in address.split(":"))
    except ValueError:
        raise BadAddress(f"读卡器的 USB 编号“{address}”认不出，应像 {format_id(*usual)}") from None
    return vendor, product


def _vendor_ports(address: str) -> tuple[int, ...]:
    words = address.upper()
    if words.lower() in _ANYWHERE:
        return ()
    for prefix, start in (("COM", 0), ("USB", 1000), ("", 0)):
        number = words.removeprefix(prefix)
        if words.startswith(prefix) and number.isascii() and number.isdigit():
            port = start + int(number)
            if 1 <= port <= 16 or 1001 <= port <= 1016:
                return (port,)
    raise BadAddress(f"厂家库的端口“{address}”认不出，应像 auto、USB1、COM3 或 1001")


def _library(names: tuple[str, ...], context: Context) -> VendorLibrary:
    _refuse_unknown(context, ("library", "helper", "convention"))
    options = context.options
    usual = VendorLibrary(names)
    convention = options.get("convention", usual.convention)
    if convention not in ("stdcall", "cdecl"):
        raise BadAddress(f"convention 写的“{convention}”认不出，应是 stdcall 或 cdecl")
    return VendorLibrary(
        names,
        path=Path(options["library"]) if options.get("library") else None,
        helper=Path(options["helper"]) if options.get("helper") else None,
        convention=convention,
    )


def _refuse_unknown(context: Context, known: Sequence[str]) -> None:
    unknown = sorted(set(context.options) - set(known))
    if unknown:
        raise BadAddress(f"读卡器的驱动不认识选项 {'、'.join(unknown)}，它的选项：{'、'.join(known)}")


def _list(words: str) -> list[str]:
    return [one.strip() for one in words.split(",") if one.strip()]


DRIVERS: tuple[Driver, ...] = (
    Driver("ga467-serial", Capability.ID_READER, "串口身份证读卡器", _make_serial, _discover_serial, _SIMULATED),
    Driver("ga467-usb", Capability.ID_READER, "USB 身份证读卡器", _make_bulk, _discover_bulk, _USB_SIMULATED),
    Driver("ga467-hid", Capability.ID_READER, "USB HID 身份证读卡器", _make_hid, _discover_hid, _USB_SIMULATED),
    Driver(
        "sdtapi",
        Capability.ID_READER,
        "厂家库 sdtapi 的身份证读卡器",
        _make_sdtapi,
        _discover_library("sdtapi", sdtapi.NAMES),
        _FAKE_LIBRARY,
    ),
    Driver(
        "termb",
        Capability.ID_READER,
        "厂家库 Termb 的身份证读卡器",
        _make_termb,
        _discover_library("termb", termb.NAMES),
        _FAKE_LIBRARY,
    ),
)
