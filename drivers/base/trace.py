"""What went over a device's line, for the device page and for support: frames as hex, personal data masked.

A trace is a callable; drivers call it with what they send and receive. ``TraceLog`` keeps the newest lines of one
device. Whoever knows the protocol masks (``Masked`` spans), because only the driver knows where a name stands.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_LONGEST = 96


class Direction(StrEnum):
    """Which way, or a remark of the driver."""

    SENT = "sent"
    RECEIVED = "received"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Masked:
    """Bytes ``start`` … ``end`` (excluded) of a frame are personal data."""

    start: int
    end: int


Trace = Callable[[Direction, bytes | str, Sequence[Masked]], None]
"""Told of a frame, or of a remark as text (which holds no personal data)."""


def no_trace(direction: Direction, content: bytes | str, masked: Sequence[Masked] = ()) -> None:
    """For devices that nobody watches."""


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One line as it is shown: ``30 01 .. .. [256 字节已遮]``."""

    at: datetime
    direction: Direction
    text: str


class TraceLog:
    """The newest ``keep`` lines of one device; safe from any thread."""

    def __init__(self, now: Callable[[], datetime], keep: int = 500) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._lines: deque[TraceLine] = deque(maxlen=keep)
        self.told = 0
        """How many lines there ever were; tells a viewer that something is new."""

    def __call__(self, direction: Direction, content: bytes | str, masked: Sequence[Masked] = ()) -> None:
        text = content if isinstance(content, str) else hex_text(content, masked)
        with self._lock:
            self._lines.append(TraceLine(self._now(), direction, text))
            self.told += 1

    def lines(self) -> tuple[TraceLine, ...]:
        """Oldest first."""
        with self._lock:
            return tuple(self._lines)


def hex_text(frame: bytes, masked: Sequence[Masked] = ()) -> str:
    """Hex with masked spans as a count; long frames are cut in the middle."""
    parts: list[str] = []
    at = 0
    for span in sorted(masked, key=lambda one: one.start):
        start, end = max(at, span.start), min(len(frame), span.end)
        if start >= end:
            continue
        parts.append(_hex(frame[at:start]))
        parts.append(f"[{end - start} 字节已遮]")
        at = end
    parts.append(_hex(frame[at:]))
    return " ".join(part for part in parts if part)


def _hex(data: bytes) -> str:
    if len(data) <= _LONGEST:
        return data.hex(" ").upper()
    return f"{data[: _LONGEST // 2].hex(' ').upper()} …（共 {len(data)} 字节）… {data[-8:].hex(' ').upper()}"
