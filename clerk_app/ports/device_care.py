"""What a technician does with a PC's devices: list them, look for more, try them out, follow their lines, export.

``entries`` and ``frames`` never block; the rest belongs on a lane.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from clerk_app.ports.devices import DeviceHealth


@dataclass(frozen=True, slots=True)
class CareEntry:
    """One kind of device on this PC. ``key`` is that of the settings, ``driver`` and ``address`` what is in use
    (empty when it is off), ``tried`` with what the driver was tried by its makers."""

    key: str
    name: str
    icon: str
    driver: str
    address: str
    title: str
    tried: str
    health: DeviceHealth


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """Something that hangs on this PC: ``setting`` is what goes into the settings behind ``key``. ``certain`` False: a
    bare port or queue that may be it. ``in_use``: the settings name it already."""

    key: str
    name: str
    title: str
    setting: str
    certain: bool
    in_use: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """How it went, and what to look at or to do."""

    good: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class FrameLine:
    """One frame or remark of a device's line, personal data masked. ``way`` is ``sent``, ``received`` or ``note``."""

    at: datetime
    way: str
    text: str


class DeviceCare(Protocol):
    """The devices of this PC, for the device page and ``clerk doctor``."""

    def entries(self) -> tuple[CareEntry, ...]:
        """Every kind of device, those that are off too."""
        ...

    def find(self) -> tuple[FoundDevice, ...]:
        """What hangs on this PC now; takes up to a few seconds, asks no device that might print."""
        ...

    def try_out(self, key: str) -> Trial:
        """Print a test, light up the strip, ask how it is: what this kind of device can show without a citizen."""
        ...

    def wait_for_code(self, timeout_s: float, cancel: threading.Event) -> Trial | None:
        """The next code held before the scanner, shortened; None when none came."""
        ...

    def told(self) -> int:
        """How many lines there were so far; tells a viewer that something is new."""
        ...

    def frames(self, key: str) -> tuple[FrameLine, ...]:
        """The newest lines of a device, oldest first."""
        ...

    def export(self, folder: Path) -> Path:
        """Write the archive for support, without personal data and secrets; its path. Raises ``StoreFault``."""
        ...
