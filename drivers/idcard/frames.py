"""Frames of the GA 467 serial protocol [C].

Request ``AA AA AA 96 69 | LEN | CMD PARA | data | CHK``, reply ``AA AA AA 96 69 | LEN | SW1 SW2 SW3 | data | CHK``.
LEN is two bytes, big-endian, and counts every byte after itself, CHK included; CHK is the XOR of everything from LEN to
the last data byte. A receiver synchronises on ``AA AA 96 69``: a lost first AA must not lose the card.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import xor

PREAMBLE = b"\xaa\xaa\xaa\x96\x69"
_MARKER = b"\xaa\xaa\x96\x69"
_SHORTEST = 3
_LONGEST = 4096
"""Above every real frame (2,321 bytes with two fingerprints); a longer LEN is noise."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame whose checksum holds; ``body`` is what stands between LEN and CHK."""

    body: bytes


@dataclass(frozen=True, slots=True)
class DamagedFrame:
    """A frame-shaped run of bytes whose checksum does not hold."""

    length: int


@dataclass(frozen=True, slots=True)
class Reply:
    """A reader's answer: the status byte SW3 and the data behind it."""

    status: int
    data: bytes

    @classmethod
    def from_frame(cls, frame: Frame) -> Reply | None:
        """The reply in a frame; None when it is too short to be one (a request has two bytes at least)."""
        if len(frame.body) < 3:
            return None
        return cls(frame.body[2], frame.body[3:])


def checksum(counted: bytes) -> int:
    """XOR of ``counted``, which runs from LEN to the last data byte."""
    return reduce(xor, counted, 0)


def build_frame(body: bytes) -> bytes:
    """The whole frame around ``body``; ValueError when it is longer than any receiver takes."""
    if not _SHORTEST - 1 <= len(body) < _LONGEST:
        raise ValueError(f"body of {len(body)} bytes does not fit a frame")
    counted = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + counted + bytes([checksum(counted)])


def build_request(command: int, parameter: int, data: bytes = b"") -> bytes:
    """A request frame, e.g. ``build_request(0x20, 0x01)`` for "find a card"."""
    return build_frame(bytes([command, parameter]) + data)


def build_reply(status: int, data: bytes = b"") -> bytes:
    """A reply frame with SW1 = SW2 = 0."""
    return build_frame(bytes([0, 0, status]) + data)


class FrameParser:
    """Finds frames in a stream that may come in any pieces, with noise between them."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def unfinished(self) -> bool:
        """Whether a frame has begun and not ended."""
        return self._buffer.startswith(_MARKER)

    def reset(self) -> None:
        """Forget everything."""
        self._buffer.clear()

    def feed(self, data: bytes) -> list[Frame | DamagedFrame]:
        """What is complete after ``data``, in order."""
        self._buffer += data
        found: list[Frame | DamagedFrame] = []
        while (item := self._next()) is not None:
            found.append(item)
        return found

    def flush(self) -> list[Frame | DamagedFrame]:
        """Called when the line has gone quiet: give up the frame that never came to its end.

        Noise that looks like a preamble with a large LEN swallows what follows; a true frame inside it comes out here.
        """
        found: list[Frame | DamagedFrame] = []
        while self._synchronise():
            del self._buffer[: len(_MARKER)]
            found += self.feed(b"")
        return found

    def _synchronise(self) -> bool:
        start = self._buffer.find(_MARKER)
        if start < 0:
            # the end of the buffer may be the beginning of a marker
            del self._buffer[: -(len(_MARKER) - 1)]
            return False
        del self._buffer[:start]
        return True

    def _next(self) -> Frame | DamagedFrame | None:
        while self._synchronise():
            head = len(_MARKER) + 2
            if len(self._buffer) < head:
                return None
            length = int.from_bytes(self._buffer[head - 2 : head], "big")
            if not _SHORTEST <= length <= _LONGEST:
                del self._buffer[: len(_MARKER)]
                continue
            if len(self._buffer) < head + length:
                return None
            counted = bytes(self._buffer[head - 2 : head + length - 1])
            if checksum(counted) == self._buffer[head + length - 1]:
                del self._buffer[: head + length]
                return Frame(counted[2:])
            # keep the inside: a false preamble may have been taken for a frame's beginning
            del self._buffer[: len(_MARKER)]
            return DamagedFrame(length)
        return None
