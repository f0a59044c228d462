"""Devices as the window's services see them; bootstrap maps the drivers to these.

One thread at a time uses a device (its lane); ``health`` may be read from any thread and never blocks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from clerk_app.domain.errors import Fault
from clerk_app.domain.identity import IdType
from clerk_app.domain.persons import CheckedPerson, from_card


class DeviceFault(Fault):
    """A device is away or ill; ``str()`` says what to do (卡拿早了，请再放一次，停 1 秒). ``word`` is for logs."""

    def __init__(self, sentence: str, word: str = "device_error") -> None:
        super().__init__(sentence)
        self.word = word


class DeviceState(StrEnum):
    """What a device's light can say."""

    READY = "ready"
    BUSY = "busy"
    NEEDS_PAPER = "needs_paper"
    ABSENT = "absent"
    FAULTY = "faulty"
    NOT_CONFIGURED = "not_configured"


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """State, since when, and what to do about it in Chinese (empty when nothing is to do)."""

    state: DeviceState
    since: datetime
    word: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class CardFacts:
    """One identity card as read; personal fields stay out of ``repr``.

    ``sex_code`` as in GB/T 2261.1, ``ethnic`` the GB/T 3304 code (empty where the card has none), ``address`` the
    newest one; ``valid_to`` None means 长期. ``photo`` is what the reader gave (WLT), empty when nothing; ``picture``
    the same as BMP where the maker's library handed that over.
    """

    id_type: IdType
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    birth: date = field(repr=False)
    sex_code: str = field(default="0", repr=False)
    ethnic: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    english_name: str = field(default="", repr=False)
    issuer: str = field(default="", repr=False)
    valid_from: date | None = field(default=None, repr=False)
    valid_to: date | None = field(default=None, repr=False)
    photo: bytes = field(default=b"", repr=False)
    picture: bytes = field(default=b"", repr=False)

    def person(self, today: date) -> CheckedPerson:
        """The person with the doubts that ask for a second look; ``Rejected("name")`` for a card without a name."""
        return from_card(
            id_type=self.id_type,
            name=self.name,
            id_number=self.id_number,
            sex_code=self.sex_code,
            birth=self.birth,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            today=today,
            ethnic=self.ethnic,
            address=self.address,
            english_name=self.english_name,
        )


class PrintOutcome(StrEnum):
    """The four fates of a job; there is no fifth."""

    PRINTED = "printed"
    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PrintResult:
    """What became of one job. SENT: all of it was taken by a printer that cannot say what it printed. REFUSED: nothing
    reached the paper, the same job may be sent again. UNKNOWN: something may stand on the paper, only a person sees.
    ``sentence`` is for the clerk: what is the matter, then what to do; empty when all is well."""

    outcome: PrintOutcome
    sentence: str = ""


class CardReader(Protocol):
    """Reads identity cards."""

    def wait_for_card(self, timeout_s: float, cancel: threading.Event) -> CardFacts | None:
        """The next card laid down, None when none came or ``cancel`` was set; ``DeviceFault`` when it was not read."""
        ...

    def picture_of(self, photo: bytes) -> bytes:
        """The photo of a card as BMP; empty when nothing here decodes it. Takes up to 3 s; on a lane of its own."""
        ...

    def health(self) -> DeviceHealth: ...


class CodeScanner(Protocol):
    """Reads bar codes and QR codes."""

    def wait_for_code(self, timeout_s: float, cancel: threading.Event) -> str | None:
        """The text of the next code held before it, None when none came or ``cancel`` was set; ``DeviceFault``."""
        ...

    def health(self) -> DeviceHealth: ...


class ReceiptPrinter(Protocol):
    """The thermal printer."""

    def print(self, job: bytes) -> PrintResult:
        """Send an ESC/POS job once; never prints again by itself."""
        ...

    def health(self) -> DeviceHealth: ...


class PagePrinter(Protocol):
    """The A4 printer."""

    def print(self, pdf: bytes, copies: int, title: str) -> PrintResult:
        """Hand a PDF to the printer; ``title`` names the job in its queue and holds no personal data."""
        ...

    def health(self) -> DeviceHealth: ...


class Evaluator(Protocol):
    """The keypad on which the citizen rates."""

    def ask_rating(self, timeout_s: float, cancel: threading.Event) -> int | None:
        """1 (非常满意) … 5 (非常不满意) as in GB/T 39046-2020 A.8; None when nobody pressed a key.

        Raises ``DeviceFault`` when the keypad is away.
        """
        ...

    def health(self) -> DeviceHealth: ...


@dataclass(frozen=True, slots=True)
class SpokenWords:
    """One reading of a call. ``before`` is the clip of a chime, empty for none; ``clips`` say the sentence, none when
    one of its characters has no clip, then ``text`` is for a voice that reads. ``volume`` in percent."""

    before: str
    clips: tuple[str, ...]
    text: str
    volume: int


class Speaker(Protocol):
    """The hall's loudspeaker."""

    def say(self, words: SpokenWords, started: Callable[[float], None], cancel: threading.Event) -> bool:
        """Say it to its end; False when ``cancel`` cut it off. ``started`` is told the monotonic time at which the
        first sound went out. Raises ``DeviceFault`` when nothing can be heard."""
        ...

    def probe(self) -> DeviceHealth:
        """Look for the loudspeaker; never raises for one that is away."""
        ...

    def health(self) -> DeviceHealth: ...
