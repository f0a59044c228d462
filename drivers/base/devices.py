"""Abstract devices by capability. One thread at a time uses a device; ``health`` may be read from any thread."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

from drivers.base.health import Health, HealthTracker, Now
from drivers.base.readings import CardReading, KeyPress, PrintReport, RatingReading, SignatureReading
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


class CallerKeypad(Device):
    """The keypad on the clerk's desk: calls, recalls, holds without the PC's keyboard, and shows a few digits."""

    @abstractmethod
    def wait_for_key(self, timeout: float, cancel: threading.Event) -> KeyPress | None:
        """The next key, acknowledged to the keypad; None when none came in ``timeout`` seconds or ``cancel`` was set.

        Raises NotConnected and Timeout when the keypad is still away at the end of the time.
        """

    @abstractmethod
    def show_number(self, number: str) -> None:
        """The ticket that is served, as far as the keypad's digits can show it; raises DeviceError."""

    @abstractmethod
    def show_waiting(self, count: int) -> None:
        """How many people wait; raises DeviceError."""


class CallBoard(Device):
    """A strip of lamps over a window. It never answers: what was sent may not be shown, and nobody may say it is."""

    @abstractmethod
    def send(self, text: str) -> None:
        """Send one line (请A035到3号窗口). Raises NotConnected, Timeout, and Unprintable for what the strip's character
        set does not have."""


class CodeScanner(Device):
    """Reads bar codes and QR codes."""

    @abstractmethod
    def wait_for_code(self, timeout: float, cancel: threading.Event) -> str | None:
        """The text of the next code; None when none came or ``cancel`` was set.

        Raises NotConnected when the scanner is still away at the end of the time, ProtocolError for what is no text.
        """


class DocumentCamera(Device):
    """A camera over the desk. Frames are encoded pictures (JPEG or PNG)."""

    @abstractmethod
    def start(self, preview: Callable[[bytes], None]) -> None:
        """Show what is under the camera: ``preview`` is told small frames from the camera's thread until ``stop``.

        Raises NotConnected when there is no camera.
        """

    @abstractmethod
    def stop(self) -> None:
        """No more frames; never raises. No effect when not started."""

    @abstractmethod
    def capture(self, timeout: float) -> bytes:
        """One picture in full size. Raises NotConnected, Timeout."""


class SignaturePad(Device):
    """A pad with a pen. Points are in the pad's own dots with the time, so that the signature can be drawn again."""

    @abstractmethod
    def ask_signature(self, timeout: float, cancel: threading.Event) -> SignatureReading | None:
        """Wait for a signature that the signer confirms with the pad's key; None when none came, it was cleared for
        good, or ``cancel`` was set. Never confirmed by time alone. Raises NotConnected."""
