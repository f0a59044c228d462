"""The window's audit trail: written in the transaction of the change, chained by HMAC-SM3.

A bare hash chain could be rebuilt by whoever owns the store; a keyed one needs the key as well. The chain starts anew
with each binding, because the epoch goes into every entry.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.ids import RANDOM_BYTES, uuid7
from clerk_app.ports.clock import Clock, Entropy
from clerk_app.ports.crypto import CryptoProvider
from clerk_app.ports.window import Binding, JournalRow, WindowStore, WindowUnit

_PAGE = 500


@dataclass(frozen=True, slots=True)
class JournalCheck:
    """``count`` sound entries from the start; ``broken_at`` is the number of the first one that does not fit."""

    count: int
    broken_at: int | None = None

    @property
    def sound(self) -> bool:
        return self.broken_at is None


class Journal:
    """Appends and checks entries; also gives out ids, because every entry needs one."""

    def __init__(self, crypto: CryptoProvider, key: bytes, clock: Clock, entropy: Entropy) -> None:
        """``key`` is the chain's own key, 32 bytes."""
        self._crypto = crypto
        self._key = key
        self._clock = clock
        self._entropy = entropy

    def now(self) -> datetime:
        """The present moment in Beijing time."""
        return self._clock.now()

    def new_id(self) -> str:
        """A fresh UUIDv7."""
        return uuid7(self._clock.now(), self._entropy.bytes(RANDOM_BYTES))

    def sha(self, data: bytes) -> str:
        """SM3 of ``data``, 64 hex digits."""
        return self._crypto.digest(data).hex()

    def write(
        self,
        unit: WindowUnit,
        kind: str,
        subject: str,
        actor: Actor,
        payload: dict[str, Any] | None = None,
    ) -> None:
        """Append one entry in the caller's transaction. ``payload`` holds ids, numbers and states only."""
        number, previous = unit.journal.head()
        binding = unit.binding.binding()
        row = JournalRow(
            entry_no=number + 1,
            entry_id=self.new_id(),
            kind=kind,
            subject=subject,
            at=self._clock.now(),
            user_id=actor.user_id,
            user_name=actor.user_name,
            device_id=actor.device_id,
            payload={**(payload or {}), "epoch": binding.epoch if binding else ""},
            prev_mac=previous,
            mac="",
        )
        unit.journal.append(replace(row, mac=self._mac(row)))

    def check(self, store: WindowStore) -> JournalCheck:
        """Recompute the whole chain."""
        count, previous = 0, ""
        while True:
            page = store.read(partial(_page_after, count))
            for row in page:
                fits = row.entry_no == count + 1 and row.prev_mac == previous
                if not fits or not self._crypto.same(self._mac(row).encode(), row.mac.encode()):
                    return JournalCheck(count, count + 1)
                count, previous = row.entry_no, row.mac
            if len(page) < _PAGE:
                return JournalCheck(count)

    def _mac(self, row: JournalRow) -> str:
        fields = [
            row.entry_no,
            row.entry_id,
            row.kind,
            row.subject,
            row.at.astimezone(UTC).isoformat(timespec="microseconds"),
            row.user_id,
            row.user_name,
            row.device_id,
            row.payload,
            row.prev_mac,
        ]
        text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return self._crypto.mac(self._key, text.encode()).hex()


def _page_after(number: int, unit: WindowUnit) -> list[JournalRow]:
    return unit.journal.after(number, _PAGE)


def system_actor(binding: Binding) -> Actor:
    """The window's program itself, for what nobody pressed a key for."""
    return Actor(
        hall_id=binding.hall_id,
        device_id=binding.device_id,
        user_id=Role.SYSTEM.value,
        user_name="系统",
        roles=frozenset({Role.SYSTEM}),
        window_no=binding.window_no,
    )
