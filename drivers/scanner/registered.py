"""Scanners by name: ``scan-serial:COM7``, ``scan-serial:/dev/ttyACM0``, ``scan-serial:COM7@115200``.

9600 unless the address names another rate; a CDC scanner takes any. Option ``suffix``: ``crlf`` (the usual: a code ends
with CR or LF) or ``none`` (a pause ends it). Option ``encoding``: ``auto`` (UTF-8, else GBK), ``utf-8`` or ``gbk``.
"""

from __future__ import annotations

from collections.abc import Iterable

from drivers.base.registry import BadAddress, Capability, Context, Driver, Found
from drivers.scanner.codes import ENCODINGS
from drivers.scanner.serial_scanner import BAUD, SerialScanner
from drivers.serial_place import parse_place
from drivers.serial_ports import available_ports

_MAKERS = {0x05E0: "Zebra", 0x0C2E: "Honeywell", 0x05F9: "Datalogic", 0x1EAB: "新大陆"}
"""USB vendors whose serial devices are scanners [M]."""

_ENCODINGS = {"auto": ENCODINGS, "utf-8": ("utf-8",), "gbk": ("gb18030",)}
_SUFFIXES = {"crlf": False, "none": True}


def _make(address: str, context: Context) -> SerialScanner:
    unknown = sorted(set(context.options) - {"suffix", "encoding"})
    if unknown:
        raise BadAddress(f"扫码枪的驱动不认识选项 {'、'.join(unknown)}，它的选项：suffix、encoding")
    suffix = context.options.get("suffix", "crlf")
    if suffix not in _SUFFIXES:
        raise BadAddress(f"suffix 写的“{suffix}”认不出，应是 crlf（码后面有回车）或 none（没有）")
    encoding = context.options.get("encoding", "auto")
    if encoding not in _ENCODINGS:
        raise BadAddress(f"encoding 写的“{encoding}”认不出，应是 {'、'.join(_ENCODINGS)}")
    place = parse_place(address, baud=BAUD)
    return SerialScanner(
        place.transport,
        now=context.now,
        monotonic=context.monotonic,
        trace=context.trace,
        ends_with_quiet=_SUFFIXES[suffix],
        encodings=_ENCODINGS[encoding],
    )


def _discover(context: Context) -> Iterable[Found]:
    for port in available_ports():
        maker = _MAKERS.get(port.vendor_id or 0)
        if maker is not None:
            yield Found("scan-serial", port.device, f"{port.device}（{maker}扫码枪）")


DRIVERS: tuple[Driver, ...] = (
    Driver("scan-serial", Capability.CODE_SCANNER, "串口扫码枪", _make, _discover, "模拟器（pty、内存），没有实物"),
)
