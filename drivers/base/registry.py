"""Drivers by name: what each makes, what it finds by itself, and drivers that third parties bring as a package.

A package offers drivers by an entry point in the group ``clerk.drivers`` that names a tuple of ``Driver``::

    [project.entry-points."clerk.drivers"]
    acme = "acme_reader:DRIVERS"

A driver that cannot be loaded is reported and left out; it never keeps the others from working.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points

from drivers.base.devices import Device
from drivers.base.health import Now
from drivers.base.trace import Trace, no_trace

_LOG = logging.getLogger(__name__)
GROUP = "clerk.drivers"


class Capability(StrEnum):
    """What a device can do for a counter; the abstract classes of ``drivers.base.devices``."""

    ID_READER = "id_reader"
    RECEIPT_PRINTER = "receipt_printer"
    EVALUATOR = "evaluator"
    CALLER_KEYPAD = "caller_keypad"
    CALL_BOARD = "call_board"
    CODE_SCANNER = "code_scanner"
    DOCUMENT_CAMERA = "document_camera"
    SIGNATURE_PAD = "signature_pad"
    SPEAKER = "speaker"


CAPABILITY_WORDS: dict[Capability, str] = {
    Capability.ID_READER: "身份证读卡器",
    Capability.RECEIPT_PRINTER: "小票打印机",
    Capability.EVALUATOR: "评价器",
    Capability.CALLER_KEYPAD: "叫号键盘",
    Capability.CALL_BOARD: "窗口屏",
    Capability.CODE_SCANNER: "扫码枪",
    Capability.DOCUMENT_CAMERA: "高拍仪",
    Capability.SIGNATURE_PAD: "签字板",
    Capability.SPEAKER: "音箱",
}


def _local_now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class Context:
    """What a driver is given besides its address: clocks, the trace of its line, and its options as text.

    ``options`` are the driver's own keys of the settings (``baud``, ``levels``, ``profile`` …); an unknown key is the
    driver's to refuse with ``BadAddress``.
    """

    now: Now = _local_now
    monotonic: Callable[[], float] = time.monotonic
    trace: Trace = no_trace
    options: Mapping[str, str] = field(default_factory=dict)


class BadAddress(ValueError):
    """An address or option that the driver cannot read; ``str`` is a Chinese sentence that shows a right one."""


@dataclass(frozen=True, slots=True)
class Found:
    """A device that ``discover`` found. ``address`` goes into the settings behind the driver's name
    (``ga467-usb:0400:C35A``); ``certain`` False: something hangs there that may be it (a bare serial port)."""

    driver: str
    address: str
    title: str
    certain: bool = True


def nothing_found(context: Context) -> Iterable[Found]:
    """For drivers whose devices cannot be looked for."""
    return ()


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver. ``make`` does no I/O; ``discover`` is quick, asks the system for its devices and never a device that
    might print or move. ``tried`` says with what it was tried: hardware, simulator, or nothing yet."""

    name: str
    capability: Capability
    title: str
    make: Callable[[str, Context], Device]
    discover: Callable[[Context], Iterable[Found]] = nothing_found
    tried: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """An entry point that gave no drivers, with why."""

    name: str
    why: str


class Registry:
    """All drivers of this installation by name. A name belongs to who came first; ours come before third parties'."""

    def __init__(self, drivers: Iterable[Driver] = ()) -> None:
        self._drivers: dict[str, Driver] = {}
        self.broken: list[Broken] = []
        for driver in drivers:
            self.add(driver)

    def add(self, driver: Driver, source: str = "") -> None:
        """Enter a driver; a name that is taken is reported in ``broken``."""
        if driver.name in self._drivers:
            self.broken.append(Broken(source or driver.name, f"驱动名 {driver.name} 已经有了，没有装上"))
            return
        self._drivers[driver.name] = driver

    def load_plugins(self, points: Iterable[EntryPoint] | None = None) -> None:
        """Add what third parties' packages offer; what cannot be loaded goes to ``broken`` and to the log."""
        for point in entry_points(group=GROUP) if points is None else points:
            try:
                offered = tuple(point.load())
            except Exception as error:  # noqa: BLE001 - another's package must not stop the counter
                _LOG.exception("drivers of %s could not be loaded", point.name)
                self.broken.append(Broken(point.name, f"驱动包装不上：{type(error).__name__}"))
                continue
            for driver in offered:
                if isinstance(driver, Driver):
                    self.add(driver, point.name)
                else:
                    self.broken.append(Broken(point.name, "驱动包里有一项不是驱动"))

    def get(self, name: str) -> Driver:
        """The driver of that name; ``BadAddress`` lists what there is."""
        try:
            return self._drivers[name]
        except KeyError:
            known = "、".join(sorted(self._drivers))
            raise BadAddress(f"没有叫 {name} 的驱动，现有：{known}") from None

    def of(self, capability: Capability) -> tuple[Driver, ...]:
        """All drivers of a kind, ours first."""
        return tuple(driver for driver in self._drivers.values() if driver.capability is capability)

    def knows(self, name: str) -> bool:
        """Whether there is a driver of that name."""
        return name in self._drivers

    def make(self, capability: Capability, setting: str, context: Context) -> Device:
        """The device of a setting ``driver:address``; ``BadAddress`` when the driver is unknown or of another kind."""
        name, _, address = setting.partition(":")
        driver = self._drivers.get(name)
        word = CAPABILITY_WORDS[capability]
        if driver is None:
            known = "、".join(one.name for one in self.of(capability))
            raise BadAddress(f"没有叫 {name} 的驱动，{word}可用的有 {known}")
        if driver.capability is not capability:
            raise BadAddress(f"{name} 是{driver.title}，不是{word}")
        return driver.make(address, context)

    def discover(self, context: Context, capability: Capability | None = None) -> tuple[Found, ...]:
        """What hangs on this PC now, by every driver's own look; a look that fails is logged and skipped."""
        found: list[Found] = []
        for driver in self._drivers.values():
            if capability is not None and driver.capability is not capability:
                continue
            try:
                found.extend(driver.discover(context))
            except Exception:  # noqa: BLE001 - the others are looked for all the same
                _LOG.exception("looking for %s failed", driver.name)
        return tuple(found)
