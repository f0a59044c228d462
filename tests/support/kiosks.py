"""What stands around a kiosk in tests: a reader, a printer, a renderer that remembers, the sample catalogue."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

from clerk_app.design.resources import resource
from clerk_app.domain.emergency import EmergencyTicket
from clerk_app.domain.identity import IdType
from clerk_app.domain.papers import QueueTicket
from clerk_app.ports.devices import (
    CardFacts,
    DeviceFault,
    DeviceHealth,
    DeviceState,
    PrintOutcome,
    PrintResult,
    SpokenWords,
)
from support.halls import NOW

THEMES = {"企业准入": ("设立变更", "准营准办"), "不动产": ("住房保障",)}
YOUNG = CardFacts(IdType.RESIDENT, "李晓彤", "110101199003070038", date(1990, 3, 7))
OLD = CardFacts(IdType.RESIDENT, "张三", "110101195003070011", date(1950, 3, 7))


def sample_records() -> tuple[dict[str, Any], ...]:
    """The shipped sample matters."""
    return tuple(json.loads(resource("catalogue", "sample.json").read_text(encoding="utf-8"))["matters"])


class TicketNotes:
    """Draws nothing and remembers what it was asked to draw."""

    def __init__(self) -> None:
        self.drawn: list[QueueTicket] = []
        self.emergencies: list[EmergencyTicket] = []

    def ticket(self, ticket: QueueTicket) -> bytes:
        self.drawn.append(ticket)
        return ticket.number.encode()

    def emergency_ticket(self, ticket: EmergencyTicket) -> bytes:
        self.emergencies.append(ticket)
        return ticket.number.encode()


class TicketPrinter:
    """Gives the results that a test lays down, then says printed."""

    def __init__(self) -> None:
        self.jobs: list[bytes] = []
        self.results: list[PrintResult] = []
        self.open = threading.Event()
        self.open.set()

    def print(self, job: bytes) -> PrintResult:
        self.jobs.append(job)
        assert self.open.wait(10)
        return self.results.pop(0) if self.results else PrintResult(PrintOutcome.PRINTED)

    def health(self) -> DeviceHealth:
        return DeviceHealth(DeviceState.READY, NOW)


class HandReader:
    """A reader on which the test lays cards; ``ill`` is what it says instead of reading."""

    def __init__(self) -> None:
        self._cards: list[CardFacts | DeviceFault] = []
        self._laid = threading.Condition()
        self.ill: DeviceFault | None = None

    def lay(self, card: CardFacts | DeviceFault) -> None:
        with self._laid:
            self._cards.append(card)
            self._laid.notify_all()

    def picture_of(self, photo: bytes) -> bytes:
        return b""

    def wait_for_card(self, timeout_s: float, cancel: threading.Event) -> CardFacts | None:
        with self._laid:
            if self.ill is not None:
                raise self.ill
            for _ in range(100):
                if self._cards or cancel.is_set():
                    break
                self._laid.wait(0.01)
            if cancel.is_set() or not self._cards:
                return None
            found = self._cards.pop(0)
        if isinstance(found, DeviceFault):
            raise found
        return found

    def health(self) -> DeviceHealth:
        return DeviceHealth(DeviceState.READY, NOW)


class HandScanner:
    """A scanner before which the test holds codes."""

    def __init__(self) -> None:
        self._codes: list[str] = []
        self._held = threading.Condition()

    def hold(self, text: str) -> None:
        with self._held:
            self._codes.append(text)
            self._held.notify_all()

    def wait_for_code(self, timeout_s: float, cancel: threading.Event) -> str | None:
        with self._held:
            for _ in range(100):
                if self._codes or cancel.is_set():
                    break
                self._held.wait(0.01)
            return None if cancel.is_set() or not self._codes else self._codes.pop(0)

    def health(self) -> DeviceHealth:
        return DeviceHealth(DeviceState.READY, NOW)


class HandSpeaker:
    """Keeps what was said; ``state`` is what a look at it finds."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.state = DeviceState.READY

    def say(self, words: SpokenWords, started: Callable[[float], None], cancel: threading.Event) -> bool:
        self.said.append(words.text)
        started(0.0)
        return not cancel.is_set()

    def probe(self) -> DeviceHealth:
        return DeviceHealth(self.state, NOW)

    def health(self) -> DeviceHealth:
        return DeviceHealth(self.state, NOW)
