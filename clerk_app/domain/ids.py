"""Client-made keys: UUID version 7 (RFC 9562 section 5.7), so that records sort roughly by their birth."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

RANDOM_BYTES = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def uuid7(now: datetime, random_bytes: bytes) -> str:
    """A new key, 36 characters: the milliseconds of ``now`` (timezone-aware) and 74 of 80 random bits.

    Two keys of one millisecond have no order. Raises ``ValueError`` for a naive time, one before 1970
    or fewer than ``RANDOM_BYTES`` bytes.
    """
    if len(random_bytes) < RANDOM_BYTES:
        raise ValueError(f"{RANDOM_BYTES} random bytes are needed")
    milliseconds = _since_epoch(now)
    if milliseconds < 0:
        raise ValueError("a key needs a time after 1970")
    chance = int.from_bytes(random_bytes[:RANDOM_BYTES], "big")
    value = milliseconds << 80
    value |= 0x7 << 76 | (chance >> 68) << 64
    value |= 0b10 << 62 | (chance & ((1 << 62) - 1))
    return str(uuid.UUID(int=value))


def _since_epoch(now: datetime) -> int:
    if now.tzinfo is None:
        raise ValueError("a key needs a time with its zone")
    return (now - _EPOCH) // _MILLISECOND


def uuid7_time(key: str) -> datetime:
    """When a key was made by its maker's clock, UTC, in whole milliseconds.

    Raises ``ValueError`` when the text is no UUID of version 7.
    """
    value = uuid.UUID(key)
    if value.version != 7:
        raise ValueError("not a UUID of version 7")
    return _EPOCH + _MILLISECOND * (value.int >> 80)
