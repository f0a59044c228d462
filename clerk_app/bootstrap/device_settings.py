"""The section ``[devices]`` of ``clerk.toml``: one line for each device, or a table where its driver takes options.

::

    [devices]
    id_reader = "auto"                                 # whatever hangs here, found by itself
    code_scanner = "scan-serial:COM7"                  # driver:address, see docs/drivers.md

    [devices.receipt_printer]                          # the same with the driver's own options
    driver = "escpos-tcp:192.168.1.50"
    profile = "generic-80 quirks=no_fence"

Short forms from before there were names go on: a bare port for ``id_reader`` and ``evaluator``, ``serial:``, ``tcp:``
and ``file:`` for ``receipt_printer``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from clerk_app.domain.errors import Rejected

OFF = "off"
AUTO = "auto"
DRIVEN = (
    "id_reader",
    "receipt_printer",
    "evaluator",
    "caller_keypad",
    "call_board",
    "code_scanner",
    "document_camera",
    "signature_pad",
)
"""Keys whose value names a driver. Each may be a table instead."""

_OLD_PRINTERS = {"serial": "escpos-serial", "tcp": "escpos-tcp", "file": "escpos-file"}
_OLD_PORTS = {"id_reader": "ga467-serial", "evaluator": "ff68-evaluator"}
_LEVELS = (4, 5)


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """Where the devices are plugged in. ``options`` are the tables' other keys, by device."""

    id_reader: str = AUTO
    id_reader_baud: int | str = AUTO
    receipt_printer: str = OFF
    receipt_width_mm: int = 80
    evaluator: str = OFF
    evaluator_levels: int = 4
    caller_keypad: str = OFF
    call_board: str = OFF
    code_scanner: str = OFF
    document_camera: str = OFF
    signature_pad: str = OFF
    page_printer: str = AUTO
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def named(self, key: str) -> str:
        """``off``, ``auto`` or ``driver:address``, whatever form was written."""
        written: str = getattr(self, key)
        if written in (OFF, AUTO):
            return written
        if key in _OLD_PORTS and is_port(written):
            return f"{_OLD_PORTS[key]}:{written}"
        kind, colon, place = written.partition(":")
        if key == "receipt_printer" and colon and kind in _OLD_PRINTERS:
            return f"{_OLD_PRINTERS[kind]}:{place}"
        return written

    def options_of(self, key: str) -> dict[str, str]:
        """The options of a device's driver, those from before there were tables among them.

        Raises ``Rejected("evaluator_levels")``.
        """
        options = dict(self.options.get(key, {}))
        driver = self.named(key).partition(":")[0]
        if key == "id_reader" and driver in (AUTO, "ga467-serial") and self.id_reader_baud != AUTO:
            options.setdefault("baud", str(self.id_reader_baud))
        elif key == "receipt_printer" and (driver == AUTO or driver.startswith("escpos-")) and "profile" not in options:
            options.setdefault("width", str(self.receipt_width_mm))
        elif key == "evaluator" and driver == "ff68-evaluator" and "levels" not in options:
            if self.evaluator_levels not in _LEVELS:
                raise Rejected("evaluator_levels", "设置里 evaluator_levels 应为 4 或 5，照评价器的键数填")
            options["levels"] = str(self.evaluator_levels)
        return options

    def serial_ports(self, *, without: str) -> tuple[str, ...]:
        """Ports of the other devices: no question of another protocol may go there."""
        named = (self.named(key) for key in DRIVEN if key != without)
        ports = (port_of(setting) for setting in named)
        return tuple(port for port in ports if port)


def is_port(words: str) -> bool:
    """Whether a value is a bare serial port: ``COM3``, ``/dev/ttyUSB0``."""
    return words.startswith("/") or (words[:3].upper() == "COM" and words[3:].isdigit())


def port_of(setting: str) -> str:
    """The serial port in ``driver:port@rate#number``, empty where there is none."""
    address = setting.partition(":")[2].partition("#")[0].partition("@")[0]
    return address if is_port(address) else ""


def read_devices(values: Mapping[str, Any], where: str) -> DeviceSettings:
    """The section as it was read from the file ``where``; ``Rejected("settings")`` names the key."""
    known = {one.name: one for one in fields(DeviceSettings) if one.name != "options"}
    made: dict[str, Any] = {}
    options: dict[str, dict[str, str]] = {}
    for key, value in values.items():
        if key not in known:
            raise _refused(where, f"[devices] 里不认识 {key}，可用的有 {'、'.join(known)}")
        if isinstance(value, dict):
            if key not in DRIVEN:
                raise _refused(where, f"[devices] {key} 不能写成 [devices.{key}]，请写成一行")
            made[key], options[key] = _table(key, value, where)
            continue
        wanted = known[key].type
        if key == "id_reader_baud":
            fits = value == AUTO or (isinstance(value, int) and not isinstance(value, bool))
            wanted = "int 或 auto"
        else:
            fits = isinstance(value, int if wanted == "int" else str) and not isinstance(value, bool)
        if not fits:
            raise _refused(where, f"[devices] {key} 写错了类型，应为 {wanted}")
        made[key] = value
    return DeviceSettings(**made, options=options)


def _table(key: str, table: Mapping[str, Any], where: str) -> tuple[str, dict[str, str]]:
    driver = table.get("driver")
    if not isinstance(driver, str) or not driver:
        raise _refused(where, f'[devices.{key}] 里要有 driver，如 driver = "auto"')
    options = {}
    for name, value in table.items():
        if name == "driver":
            continue
        if isinstance(value, bool):
            options[name] = "on" if value else OFF
        elif isinstance(value, (str, int)):
            options[name] = str(value)
        else:
            raise _refused(where, f"[devices.{key}] {name} 写错了类型，应为文字或整数")
    return driver, options


def _refused(where: str, sentence: str) -> Rejected:
    return Rejected("settings", f"设置文件 {where} 的 {sentence}")
