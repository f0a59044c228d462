"""Random dispatch (随机分派) that nobody can rig: the day's seed, the draw, and what a log of it must hold.

Morning: the hall publishes ``commitment(secret, day)`` and only then mixes in a word from outside (``outside``, e.g. a
published index of the day before) that the hall does not make and that nobody outside can choose after the secret is
known. Night: secret and word are published. Every draw is HMAC-SM3 under the mixed key over the window or ticket that
stands fast and the list of candidates, all by the numbers that everybody sees; nothing in it can be chosen by whoever
presses the key, so the same situation always gives the same draw and pressing again changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

Mac = Callable[[bytes, bytes], bytes]
"""(key, message) → HMAC-SM3, 32 bytes; passed in, the domain knows no library."""

Digest = Callable[[bytes], bytes]
"""message → SM3, 32 bytes."""

RULE = "clerk-dispatch-1"
"""Names the way of drawing; another way gets another name, so that old logs stay checkable."""


class DrawKind(StrEnum):
    """What was drawn. ``TICKET``: one free window and a queue. ``WINDOW``: one ticket and several free windows."""

    TICKET = "ticket"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw as it is logged. ``fixed`` is the window's or the ticket's number, ``candidates`` the numbers it was
    drawn among, ``chosen`` the index into them, ``mac`` 64 hex digits."""

    kind: DrawKind
    fixed: str
    candidates: tuple[str, ...]
    chosen: int
    mac: str

    @property
    def winner(self) -> str:
        return self.candidates[self.chosen]

    def to_json(self) -> dict[str, object]:
        """As it stands in the journal."""
        return {
            "kind": self.kind.value,
            "fixed": self.fixed,
            "candidates": list(self.candidates),
            "chosen": self.chosen,
            "mac": self.mac,
        }


def commitment(secret: bytes, hall_id: str, day: date, digest: Digest) -> str:
    """What is published in the morning, 64 hex digits; it tells nothing of the secret (32 random bytes)."""
    return digest(_text(RULE, "commitment", hall_id, day.isoformat(), secret.hex())).hex()


def day_key(secret: bytes, outside: str, hall_id: str, day: date, mac: Mac) -> bytes:
    """The key of the day's draws: the secret mixed with the word from outside (empty when there was none)."""
    return mac(secret, _text(RULE, "key", hall_id, day.isoformat(), outside.strip()))


def draw(key: bytes, kind: DrawKind, fixed: str, candidates: Sequence[str], day: date, mac: Mac) -> Draw:
    """Draw one of ``candidates`` (at least one, in the order of the rule). The modulo's bias is below 2^-120."""
    if not candidates:
        raise ValueError("a draw needs candidates")
    result = mac(key, _text(RULE, "draw", day.isoformat(), kind.value, fixed, list(candidates)))
    return Draw(kind, fixed, tuple(candidates), int.from_bytes(result[:16]) % len(candidates), result.hex())


def _text(*parts: object) -> bytes:
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
