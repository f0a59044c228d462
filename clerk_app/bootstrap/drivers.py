"""The one registry of this installation: our drivers, then those that third parties' packages bring.

Here a setting becomes a device: ``auto`` looks for what hangs on this PC, ``driver:address`` names it. Making a device
does no I/O; whatever cannot be read is refused with a sentence that names the key.
"""

from __future__ import annotations

import importlib
import logging
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from clerk_app.bootstrap.device_settings import AUTO, OFF, DeviceSettings
from clerk_app.domain.errors import Rejected
from clerk_app.ports.clock import Clock
from drivers.base.devices import Device
from drivers.base.host import Host
from drivers.base.registry import BadAddress, Capability, Context, Driver, Found, Registry
from drivers.base.trace import TraceLog
from drivers.base.watch import Changed, PlugWatch

_LOG = logging.getLogger(__name__)

OURS = ("idcard", "printer", "evaluator", "caller", "board", "scanner", "camera", "pad", "speaker")
"""The packages below ``drivers`` that have a module ``registered``."""

ABSENT: dict[Capability, str] = {
    Capability.ID_READER: "没有找到读卡器，请检查连线；先手工录入，插好后自动恢复",
    Capability.RECEIPT_PRINTER: "没有找到小票打印机，请检查电源和连线；先打 A4，接好后自动恢复",
    Capability.EVALUATOR: "没有找到评价器，请检查连线；这次可以请办事人扫码评价",
    Capability.CALLER_KEYPAD: "没有找到叫号键盘，请检查连线；先用电脑的 F2 叫号",
    Capability.CALL_BOARD: "没有找到窗口屏，请检查连线；大厅屏和语音照常",
    Capability.CODE_SCANNER: "没有找到扫码枪，请检查连线；编号可以用键盘输入",
    Capability.DOCUMENT_CAMERA: "没有找到高拍仪，请检查连线；可以把扫描件拖进来",
    Capability.SIGNATURE_PAD: "没有找到签字板，请检查连线；可以打印出来签",
    Capability.SPEAKER: "没有找到音箱，叫号只显示、不出声；接好后自动恢复",
}
"""What the clerk is told while "auto" finds nothing."""

_FALLBACK: dict[Capability, tuple[str, ...]] = {
    Capability.ID_READER: ("ga467-serial:auto",),
    Capability.DOCUMENT_CAMERA: ("camera-qt:",),
}
"""Tried under "auto" behind everything that was found for certain: a bare serial port does not say what hangs on it,
and away from Linux cameras are not listed before one is opened."""

Look = Callable[[Capability], Iterable[Found]]


def our_drivers() -> tuple[Driver, ...]:
    """The drivers of this distribution; Qt's cameras come from our own side, because no driver may know Qt."""
    named = (*(f"drivers.{name}.registered" for name in OURS), "clerk_app.bootstrap.qt_camera")
    return tuple(driver for module in named for driver in importlib.import_module(module).DRIVERS)


@cache
def installed() -> Registry:
    """Ours and the third parties'; made once for a process."""
    registry = Registry(our_drivers())
    registry.load_plugins()
    return registry


@dataclass(frozen=True, slots=True)
class Wanted:
    """One device of the settings: ``setting`` is ``auto`` or ``driver:address``."""

    key: str
    capability: Capability
    setting: str
    options: dict[str, str]


@dataclass
class Workshop:
    """Makes the devices of one PC. ``look`` is asked what hangs here; a plug watch puts its own in its place."""

    settings: DeviceSettings
    clock: Clock
    registry: Registry = field(default_factory=installed)
    look: Look | None = None
    traces: dict[str, TraceLog] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wanted(self, key: str) -> Wanted | None:
        """What the settings want of a device, None when it is off; ``Rejected`` for a slip."""
        setting = self.settings.named(key)
        if setting == OFF:
            return None
        return Wanted(key, Capability(key), setting, self._options(key))

    def host(self, key: str) -> Host[Any] | None:
        """The device of a key, None when it is off; ``Rejected(key)`` when the setting cannot be read."""
        wanted = self.wanted(key)
        if wanted is None:
            return None
        context = self.context(key, wanted.options)

        def make(setting: str) -> Device:
            try:
                return self.registry.make(wanted.capability, setting, context)
            except BadAddress:
                if wanted.setting != AUTO:
                    raise
                # What "auto" found may be of another driver than the options were written for.
                return self.registry.make(wanted.capability, setting, self.context(key))

        if wanted.setting != AUTO:
            try:
                make(wanted.setting).close()
            except BadAddress as exc:
                written = getattr(self.settings, key)
                raise Rejected(key, f"设置里 [devices] {key} 写的“{written}”不行：{exc}") from exc
            except Exception:  # noqa: BLE001 - a driver's own mistake: the host shows it on the light
                _LOG.exception("the driver of %s fell over at once", key)
        candidates = self._found(wanted.capability) if wanted.setting == AUTO else lambda: (wanted.setting,)
        return Host(make, candidates, now=self.clock.now, absent=ABSENT[wanted.capability])

    def watch(self, changed: Changed) -> PlugWatch:
        """A watch, not started, of everything that can be looked for quickly; from now on "auto" asks it."""
        context = Context(self.clock.now, self.clock.monotonic)
        quick = tuple(one for one in Capability if one is not Capability.SPEAKER)

        def look() -> tuple[Found, ...]:
            return tuple(found for one in quick for found in self.registry.discover(context, one))

        watch = PlugWatch(look, changed)
        watch.look_now()
        self.look = lambda wanted: (one for one in watch.known if self.registry.get(one.driver).capability is wanted)
        return watch

    def context(self, key: str, options: dict[str, str] | None = None) -> Context:
        """What a driver is given; the trace is kept for the device page."""
        return Context(self.clock.now, self.clock.monotonic, self.trace(key), options or {})

    def trace(self, key: str) -> TraceLog:
        """The newest frames of a device."""
        with self._lock:
            return self.traces.setdefault(key, TraceLog(self.clock.now))

    def find(self, capability: Capability) -> tuple[Found, ...]:
        """What hangs on this PC now."""
        if self.look is not None:
            return tuple(self.look(capability))
        return self.registry.discover(Context(self.clock.now, self.clock.monotonic), capability)

    def _found(self, capability: Capability) -> Callable[[], Sequence[str]]:
        def candidates() -> Sequence[str]:
            certain = (f"{one.driver}:{one.address}" for one in self.find(capability) if one.certain)
            return (*certain, *_FALLBACK.get(capability, ()))

        return candidates

    def _options(self, key: str) -> dict[str, str]:
        options = self.settings.options_of(key)
        if key == "id_reader" and self.settings.named(key) in (AUTO, "ga467-serial", "ga467-serial:auto"):
            taken = self.settings.serial_ports(without=key)
            # A port may be named by a link (/dev/serial/by-id/…) and listed by its own name.
            both = {*taken, *(os.path.realpath(port) for port in taken if port.startswith("/"))}
            if both:
                options.setdefault("taken", ",".join(sorted(both)))
        return options
