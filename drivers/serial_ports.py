"""The serial ports of this PC, in words that a technician at the counter understands."""

from __future__ import annotations

from dataclasses import dataclass

from serial.tools import list_ports

_BRIDGES: dict[tuple[int, int | None], str] = {
    (0x1A86, None): "CH340 转串口线",
    (0x10C4, 0xEA60): "CP210x 转串口线",
    (0x0403, None): "FTDI 转串口线",
    (0x067B, None): "PL2303 转串口线",
    (0x0400, 0xC35A): "身份证读卡器",
    (0x2B8B, 0x2721): "身份证读卡器",
}


@dataclass(frozen=True, slots=True)
class SerialPort:
    """One port: what to write in the settings, and what it is in plain Chinese; USB ids where it hangs on USB."""

    device: str
    description: str
    vendor_id: int | None = None
    product_id: int | None = None


def describe(vendor_id: int | None, product_id: int | None, system_name: str | None) -> str:
    """A plain Chinese description of a port from its USB ids and the system's own words (``"n/a"`` or None: none)."""
    if vendor_id is None:
        return "主板串口"
    known = _BRIDGES.get((vendor_id, product_id)) or _BRIDGES.get((vendor_id, None))
    if known:
        return f"USB，{known}"
    words = system_name if system_name and system_name != "n/a" else "未知设备"
    return f"USB，{words}"


def available_ports() -> tuple[SerialPort, ...]:
    """Every serial port that the system lists, sorted by name; empty when there is none."""
    ports = (
        SerialPort(port.device, describe(port.vid, port.pid, port.description), port.vid, port.pid)
        for port in list_ports.comports()
    )
    return tuple(sorted(ports, key=lambda port: port.device))
