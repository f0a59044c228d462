"""Frames of a caller and evaluator family in production [C]: 9600 8N1, ``FF 68 L L 68 ADDR FUNC DATA CHK 16``.

L = 2 + length of DATA, sent twice; CHK = (ADDR + FUNC + sum of DATA) mod 256.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.base.readings import CallerKey

_START, _HEAD, _TAIL = 0xFF, 0x68, 0x16
_LONGEST_DATA = 64

FUNC_COMMAND = 0x01
FUNC_DISPLAY = 0x02
FUNC_BEEP = 0x03
FUNC_RATING = 0x11
_START_RATING = 0x0B
_BLANK = 0x0A
_DIGITS = 3
_NOTHING = bytes([_BLANK] * _DIGITS)
"""In place of three digits; what the display shows there, blanks or what stood there before, is not documented [M]."""


_KEYS_BY_LAST = {
    0x0C: CallerKey.CALL,
    0x0D: CallerKey.RECALL,
    0x0B: CallerKey.RATE,
    0x12: CallerKey.PAUSE,
    0x13: CallerKey.TRANSFER,
}
_KEYS_BY_PAIR = {b"\x06\x0f": CallerKey.MISS, b"\x00\x0f": CallerKey.HOLD, b"\x03\x0f": CallerKey.TAKE_BACK}


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame whose checksum holds."""

    address: int
    function: int
    data: bytes = b""

    def to_bytes(self) -> bytes:
        """The frame as it goes over the line."""
        length = 2 + len(self.data)
        counted = bytes([self.address, self.function]) + self.data
        return bytes([_START, _HEAD, length, length, _HEAD]) + counted + bytes([sum(counted) % 256, _TAIL])


class FrameParser:
    """Finds frames in a stream that may come in any pieces, with noise between them."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.damaged = 0

    def reset(self) -> None:
        """Forget everything."""
        self._buffer.clear()

    def feed(self, data: bytes) -> list[Frame]:
        """The whole frames after ``data``; those with a wrong checksum or tail are counted in ``damaged``."""
        self._buffer += data
        frames: list[Frame] = []
        while (start := self._buffer.find(_START)) >= 0:
            del self._buffer[:start]
            size = self._size()
            if size < 0:
                break
            if size == 0:
                del self._buffer[0]
                continue
            frame = self._frame(size)
            if frame is None:
                self.damaged += 1
                del self._buffer[0]
            else:
                frames.append(frame)
                del self._buffer[:size]
        else:
            self._buffer.clear()
        return frames

    def flush(self) -> list[Frame]:
        """Called when the line is quiet: give up a frame that never ended and look inside it."""
        frames: list[Frame] = []
        while self._buffer:
            del self._buffer[0]
            frames += self.feed(b"")
        return frames

    def _size(self) -> int:
        """Bytes of the frame at the front; 0 when there is none, -1 when more has to come to tell, or to fill it."""
        head, there = self._buffer, len(self._buffer)
        if (there > 1 and head[1] != _HEAD) or (there > 4 and head[4] != _HEAD):
            return 0
        if there > 3 and head[2] != head[3]:
            return 0
        if there > 2 and not 2 <= head[2] <= 2 + _LONGEST_DATA:
            return 0
        if there < 5 or there < head[2] + 7:
            return -1
        return head[2] + 7

    def _frame(self, size: int) -> Frame | None:
        counted = bytes(self._buffer[5 : size - 2])
        if self._buffer[size - 1] != _TAIL or sum(counted) % 256 != self._buffer[size - 2]:
            return None
        return Frame(counted[0], counted[1], counted[2:])


def start_rating(address: int) -> Frame:
    """Asks the citizen to press a key."""
    return Frame(address, FUNC_COMMAND, bytes([_START_RATING]))


def is_start_rating(frame: Frame) -> bool:
    """Whether the PC asks for a rating."""
    return frame.function == FUNC_COMMAND and frame.data == bytes([_START_RATING])


def rating(address: int, value: int) -> Frame:
    """A key press, as the keypad sends it."""
    return Frame(address, FUNC_RATING, bytes([value]))


def rating_value(frame: Frame) -> int | None:
    """The byte of a key press; None for any other frame."""
    return frame.data[0] if frame.function == FUNC_RATING and len(frame.data) == 1 else None


def acknowledge_rating(frame: Frame) -> Frame:
    """The PC's answer to a key press: the same frame with FUNC 01."""
    return Frame(frame.address, FUNC_COMMAND, frame.data)


def beep(address: int) -> Frame:
    """A short tone."""
    return Frame(address, FUNC_BEEP)


def show_ticket(address: int, digits: str) -> Frame:
    """Shows a ticket's three digits, e.g. ``"035"``, nothing for ``""``; ValueError for anything else."""
    number = _digits(digits) if digits else _NOTHING
    return Frame(address, FUNC_DISPLAY, _NOTHING + number)


def show_waiting(address: int, waiting: int) -> Frame:
    """Shows how many people wait, 0 to 999; ValueError beyond."""
    return Frame(address, FUNC_DISPLAY, _digits(f"{waiting:03d}") + _NOTHING)


def key_of(frame: Frame) -> CallerKey | None:
    """The caller's key in a frame from the device; None when it is none.

    The last data byte says it, for three keys the last two. What a citizen rated is never a key of the caller's.
    """
    if frame.function == FUNC_RATING or not frame.data:
        return None
    return _KEYS_BY_PAIR.get(frame.data[-2:]) or _KEYS_BY_LAST.get(frame.data[-1])


def key_frame(address: int, key: CallerKey) -> Frame:
    """What the keypad sends for a key; the PC sends the same back as its acknowledgement."""
    for data, known in (*_KEYS_BY_PAIR.items(), *((bytes([last]), one) for last, one in _KEYS_BY_LAST.items())):
        if known is key:
            return Frame(address, FUNC_COMMAND, data)
    raise ValueError(f"the family has no key for {key}")


def _digits(words: str) -> bytes:
    if len(words) != _DIGITS or not (words.isascii() and words.isdigit()):
        raise ValueError(f"{words!r} is not three digits")
    return bytes(int(digit) for digit in words)
