"""Abstract devices by capability. One thread at a time uses a device; ``health`` may be read from any thread."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod

from drivers.base.health import Health, HealthTracker, Now
from drivers.base.readings import CardReading, PrintReport, RatingReading
from drivers.base.sound import Sound, Started


class Device(ABC):
    """A device that is found, lost and found again without a restart of the program."""

    def __init__(self, now: Now) -> None:
        self._tracker = HealthTracker(now)

    def health(self) -> Health:
        """The last known state; does no I/O and never blocks."""
        return self._tracker.health

    @abstractmethod
    def probe(self) -> Health:
        """Ask the device how it is, connecting if need be; never raises for a device that is away or ill."""

    @abstractmethod
    def close(self) -> None:
        """Give the port back; the next use opens it again."""


class IdCardReader(Device):
    """Reads identity cards."""

    @abstractmethod
    def wait_for_card(self, timeout: float, cancel: threading.Event) -> CardReading | None:
        """Wait up to ``timeout`` seconds for a card and read it.

        Returns None when no card came or ``cancel`` was set. Raises CardError when a card was there but was not read
        (call again, the clerk is told ``advice``), ModuleFault, and NotConnected or Timeout when the reader is still
        away at the end of the time; within it the line is reopened as often as needed.
        """


class ReceiptPrinter(Device):
    """Prints a finished job of bytes."""

    @abstractmethod
    def print_job(self, job: bytes) -> PrintReport:
        """Send ``job`` once and say what became of it; never raises a DeviceError and never prints by itself again."""


class Evaluator(Device):
    """Lets the citizen rate the service."""

    @abstractmethod
    def ask_rating(self, timeout: float, cancel: threading.Event) -> RatingReading | None:
        """Ask the citizen and wait up to ``timeout`` seconds for a key.

        Returns None when nobody pressed a key or ``cancel`` was set: the service is unrated then, never satisfied.
        Raises NotConnected when the keypad is away.
        """


class Speaker(Device):
    """Makes one sound after the other heard."""

    @abstractmethod
    def play(self, sound: Sound, started: Started, cancel: threading.Event) -> bool:
        """Play ``sound`` to its end; False when ``cancel`` cut it off.

        Raises NotConnected when there is nothing to play it on, Timeout when the device stopped taking samples.
        """
