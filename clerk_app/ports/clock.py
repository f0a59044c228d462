"""Time and randomness are passed in, so that a simulator can drive them (see docs/architecture.md, "Seams")."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Wall time and a monotonic one."""

    def now(self) -> datetime:
        """The present moment, timezone-aware, in Beijing time (the legal time of every paper)."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes back."""
        ...


class Entropy(Protocol):
    """A source of random bytes."""

    def bytes(self, count: int) -> bytes:
        """``count`` unpredictable bytes."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC).astimezone(BEIJING)

    def monotonic(self) -> float:
        return time.monotonic()


class SystemEntropy:
    """The operating system's randomness."""

    def bytes(self, count: int) -> bytes:
        return os.urandom(count)
