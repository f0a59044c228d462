"""Devices around the counter that some windows have: the caller's keypad, the strip of lamps, the pad with a pen, the
tablet that rates. As in ``ports.devices``: one lane uses a device, ``health`` is read from any thread.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from clerk_app.domain.signatures import Strokes
from clerk_app.ports.devices import DeviceHealth


class CallerKey(StrEnum):
    """What a key of the keypad on the clerk's desk asks for."""

    CALL = "call"
    RECALL = "recall"
    MISS = "miss"
    HOLD = "hold"
    TAKE_BACK = "take_back"
    TRANSFER = "transfer"
    RATE = "rate"
    PAUSE = "pause"


class CallerKeypad(Protocol):
    """The keypad on the clerk's desk, with a few digits."""

    def wait_for_key(self, timeout_s: float, cancel: threading.Event) -> str | None:
        """The next key as the value of its ``CallerKey``; None when none came or on ``cancel``; ``DeviceFault``."""
        ...

    def show_number(self, number: str) -> None:
        """The ticket that is served, as far as the digits can show it; ``DeviceFault``."""
        ...

    def show_waiting(self, count: int) -> None:
        """How many people wait; ``DeviceFault``."""
        ...

    def health(self) -> DeviceHealth: ...


class CallBoard(Protocol):
    """The strip of lamps over the window. What was sent may not be shown: it never answers."""

    def send(self, text: str) -> None:
        """One line; ``DeviceFault`` when it could not be sent, or has a character that the strip lacks."""
        ...

    def health(self) -> DeviceHealth: ...


class SignaturePad(Protocol):
    """A pad with a pen for the citizen."""

    def ask_signature(self, timeout_s: float, cancel: threading.Event) -> Strokes | None:
        """What the signer confirmed with the pad's own key, in parts of a place of ``PAD_RATIO``; None when nobody did
        or ``cancel`` was set. ``DeviceFault`` when the pad is away."""
        ...

    def health(self) -> DeviceHealth: ...


@dataclass(frozen=True, slots=True)
class PairingOffer:
    """How a tablet becomes this window's evaluator: the page's ``address``, a one-time ``code`` of eight digits, and a
    ``link`` with both for a QR code."""

    address: str
    code: str = field(repr=False)
    link: str = field(repr=False)
    good_for_s: float
