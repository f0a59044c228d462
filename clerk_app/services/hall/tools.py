"""What all services of the hall share: time, randomness, keys, and the writing of journal entries."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Rejected
from clerk_app.domain.ids import RANDOM_BYTES, uuid7
from clerk_app.ports.clock import Clock, Entropy
from clerk_app.ports.crypto import CryptoProvider, Keyring
from clerk_app.ports.stores_hall import HallUnit, JournalEntry

OUT_OF_RANGE = "上传的记录里有时间超出了日历，没有存（程序错误，请报技术员）"


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_ATOMS = frozenset({str, int, float, bool, type(None)})
"""What JSON holds as it is."""


class Tools:
    """Passed to every service."""

    def __init__(self, clock: Clock, entropy: Entropy, crypto: CryptoProvider, keys: Keyring) -> None:
        self.clock = clock
        self.crypto = crypto
        self._entropy = entropy
        self._lock = threading.Lock()
        self._last_id = ""
        self._chain_key = keys.key("journal-chain")
        self._person_key = keys.key("person-digest")
        self._token_key = keys.key("token-digest")
        self.file_key = keys.key("files", 16)

    def now(self) -> datetime:
        """The present moment, Beijing time."""
        return self.clock.now()

    def today(self) -> date:
        """The day by Beijing time, whatever the server's zone."""
        return self.clock.now().date()

    def go_on_from(self, newest_id: str) -> None:
        """The newest id that the store holds: what follows is greater, also when the clock was set back meanwhile."""
        with self._lock:
            self._last_id = max(self._last_id, newest_id)

    def new_id(self) -> str:
        """A fresh UUIDv7, greater than all before it in this process: a coarse or corrected clock must not turn the
        order of what happened."""
        fresh = uuid7(self.clock.now(), self._entropy.bytes(RANDOM_BYTES))
        with self._lock:
            if fresh <= self._last_id:
                fresh = str(UUID(int=UUID(self._last_id).int + 1))
            self._last_id = fresh
        return fresh

    def secret(self, count: int = 32) -> bytes:
        """Unpredictable bytes."""
        return self._entropy.bytes(count)

    def digest(self, text: str) -> str:
        """SM3 as 64 hex digits."""
        return self.crypto.digest(text.encode()).hex()

    def token_digest(self, token: str) -> str:
        """How a token or code is kept: keyed, so that a copy of the store gives nothing to try against."""
        return self.crypto.mac(self._token_key, token.encode()).hex()

    def person_digest(self, id_number: str) -> str:
        """Tells two cards apart without keeping the number (HMAC-SM3 under the store's own key)."""
        return self.crypto.mac(self._person_key, id_number.strip().upper().encode()).hex()

    def chain_mac(self, hall_id: str, entry: JournalEntry, feed_no: int, prev_mac: str) -> str:
        """HMAC-SM3 over the previous mac and every column of the entry, as 64 hex digits."""
        content = [
            prev_mac,
            hall_id,
            entry.entry_id,
            feed_no,
            entry.kind,
            entry.subject,
            plain(entry.at),
            entry.user_id,
            entry.user_name,
            entry.device_id,
            entry.payload,
        ]
        return self.crypto.mac(self._chain_key, canonical(content).encode()).hex()

    def record(self, unit: HallUnit, actor: Actor, kind: str, subject: str, payload: dict[str, Any]) -> None:
        """Append a journal entry in the transaction of the change. ``payload`` holds no personal data."""
        unit.journal.append(self.entry(unit, actor, kind, subject, payload))

    def entry(
        self,
        unit: HallUnit,
        actor: Actor,
        kind: str,
        subject: str,
        payload: dict[str, Any],
        at: datetime | None = None,
    ) -> JournalEntry:
        """A journal entry of now, or of ``at``, to be appended in the transaction of the change."""
        self.go_on_from(unit.newest)
        return JournalEntry(
            entry_id=self.new_id(),
            kind=kind,
            subject=subject,
            at=at or self.now(),
            user_id=actor.user_id,
            user_name=actor.user_name,
            device_id=actor.device_id,
            payload=payload,
        )


def system_actor(hall_id: str) -> Actor:
    """The server itself: its timers and its starter."""
    return Actor(hall_id, "server", Role.SYSTEM.value, "系统", frozenset({Role.SYSTEM}))


def plain(value: Any) -> Any:
    """Records, moments and enums as JSON values; moments in UTC, so that one instant has one form."""
    # Most of a record is JSON already, and windows upload ten thousand of them after an outage: by type, not by asking.
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is dict:
        return {str(key): item if type(item) in _ATOMS else plain(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [item if type(item) in _ATOMS else plain(item) for item in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        try:
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        except (OverflowError, ValueError):
            raise Rejected("at", OUT_OF_RANGE) from None
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in field_names(type(value))}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def canonical(value: Any) -> str:
    """JSON text that is the same for the same content."""
    return canonical_json(plain(value))


def canonical_json(value: Any) -> str:
    """The same for what is made of JSON values only."""
    return _ENCODER.encode(value)


def canonical_fields(body: dict[str, Any]) -> dict[str, str]:
    """Each field of a record with its canonical text, in order; ``joined`` makes the record's text of some of them."""
    return {name: f"{_ENCODER.encode(name)}:{_ENCODER.encode(body[name])}" for name in sorted(body)}


def joined(fields_text: Iterable[str]) -> str:
    """The canonical text of a record out of its fields'."""
    return "{" + ",".join(fields_text) + "}"


@cache
def field_names(kind: type[Any]) -> tuple[str, ...]:
    """The names of a record's fields, in order."""
    return tuple(item.name for item in fields(kind))
