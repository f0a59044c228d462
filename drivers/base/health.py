"""The state of one device, as the lights of the status bar show it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from drivers.base.errors import DeviceError, NotConnected, PaperOut

Now = Callable[[], datetime]
"""Gives the present moment; passed in, so that a simulator can drive it."""


class HealthState(StrEnum):
    """What a light can say."""

    READY = "ready"
    BUSY = "busy"
    NEEDS_PAPER = "needs_paper"
    ABSENT = "absent"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class Health:
    """State, since when, a short machine word, and what to do about it in Chinese (empty when nothing is to do)."""

    state: HealthState
    since: datetime
    word: str
    advice: str = ""

    @property
    def usable(self) -> bool:
        """Whether the next job may be given to the device."""
        return self.state in (HealthState.READY, HealthState.BUSY)


class HealthTracker:
    """Keeps a device's health; safe to read from any thread, never does I/O.

    ``since`` moves only when the state or the word changes.
    """

    def __init__(self, now: Now) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._health = Health(HealthState.ABSENT, now(), "not_opened", "设备还没有连接")

    @property
    def health(self) -> Health:
        """The last known health."""
        with self._lock:
            return self._health

    def set(self, state: HealthState, word: str, advice: str = "") -> Health:
        """Record a state; returns the health that is now current."""
        with self._lock:
            known = self._health
            unchanged = known.state is state and known.word == word
            self._health = Health(state, known.since if unchanged else self._now(), word, advice)
            return self._health

    def fail(self, error: DeviceError) -> Health:
        """Record the state that ``error`` puts the device in."""
        if isinstance(error, NotConnected):
            state = HealthState.ABSENT
        elif isinstance(error, PaperOut):
            state = HealthState.NEEDS_PAPER
        else:
            state = HealthState.FAULTY
        return self.set(state, error.word, error.advice)
