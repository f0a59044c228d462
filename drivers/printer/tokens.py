"""Splits an ESC/POS byte stream into commands and characters.

Lengths of commands are those of the Epson reference and of Chinese manuals that follow it [C]/[M]. A command outside
the table is given as ``unknown`` with its two bytes, because its length cannot be known; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

DLE, ESC, FS, GS = 0x10, 0x1B, 0x1C, 0x1D
_NUL_ENDED_MOST = 64


class Token(NamedTuple):
    """One character, control byte or command.

    name: ``text`` (one or two bytes), ``control``, ``unknown``, or a command such as ``ESC a``; args: what follows the
    name; size: the number of bytes of the whole.
    """

    name: str
    args: bytes
    size: int


_ESC_LENGTHS: dict[int, int] = {
    **{ord(letter): 1 for letter in " !%-3=ACEGJMRSTUVadert{?"},
    **{ord(letter): 0 for letter in "2@LFim<"},
    **{ord(letter): 2 for letter in "$\\c"},
    ord("p"): 3,
    ord("B"): 2,
}
_GS_LENGTHS: dict[int, int] = {
    **{ord(letter): 1 for letter in "!/BEHITabfhrw"},
    **{ord(letter): 0 for letter in ":"},
    **{ord(letter): 2 for letter in "$LPW\\"},
}
_FS_LENGTHS: dict[int, int] = {
    **{ord(letter): 0 for letter in "&."},
    **{ord(letter): 1 for letter in "!-CW"},
    ord("S"): 2,
}
_FAMILIES: dict[int, tuple[str, dict[int, int]]] = {
    ESC: ("ESC", _ESC_LENGTHS),
    GS: ("GS", _GS_LENGTHS),
    FS: ("FS", _FS_LENGTHS),
}
_COUNTED = frozenset("v(Vk*D")
"""Letters of commands whose length may stand in their data."""

_SINGLE = [Token("control" if value < 0x20 or value == 0x7F else "text", bytes([value]), 1) for value in range(256)]
"""One byte alone."""


class Tokeniser:
    """Incremental. ``on_realtime`` is called with n for every DLE EOT n at once, also inside an image's data, where a
    real printer answers too [C]; there the bytes stay data.
    """

    def __init__(self, on_realtime: Callable[[int], None], double_byte_at_reset: bool = False) -> None:
        self._on_realtime = on_realtime
        self._double_byte_at_reset = double_byte_at_reset
        self._buffer = bytearray()
        self._scanned = 0
        self.double_byte = double_byte_at_reset
        self._modes = {"FS &": True, "FS .": False, "ESC @": double_byte_at_reset}

    @property
    def pending(self) -> int:
        """Bytes of a command that has not come to its end."""
        return len(self._buffer)

    def reset(self) -> None:
        """Power off and on."""
        self._buffer.clear()
        self._scanned = 0
        self.double_byte = self._double_byte_at_reset

    def feed(self, data: bytes) -> list[Token]:
        """The tokens that are complete after ``data``."""
        self._buffer += data
        tokens: list[Token] = []
        while (token := self._next()) is not None:
            name, args, size = token
            del self._buffer[:size]
            if self._scanned:
                self._scanned = max(0, self._scanned - size)
            if name == "DLE EOT":
                self._on_realtime(args[0])
                continue
            tokens.append(token)
            if name in self._modes:
                self.double_byte = self._modes[name]
        self._answer_inside_data()
        return tokens

    def _answer_inside_data(self) -> None:
        """Answer DLE EOT in the middle of a command that waits for its data."""
        at = max(self._scanned, 1)
        while 0 <= (found := self._buffer.find(b"\x10\x04", at)) <= len(self._buffer) - 3:
            if 1 <= self._buffer[found + 2] <= 4:
                self._on_realtime(self._buffer[found + 2])
            at = found + 3
        self._scanned = found if found >= 0 else max(at, len(self._buffer) - 1)

    def _next(self) -> Token | None:
        buffer = self._buffer
        if not buffer:
            return None
        first = buffer[0]
        if first in _FAMILIES:
            return self._command(first)
        if first == DLE:
            return self._dle()
        single = _SINGLE[first]
        if first < 0x80 or not self.double_byte or not 0x81 <= first <= 0xFE:
            return single
        if len(buffer) < 2:
            return None
        if 0x40 <= buffer[1] <= 0xFE and buffer[1] != 0x7F:
            return Token("text", bytes(buffer[:2]), 2)
        # half a character: the printer shows it alone and reads on behind it
        return single

    def _dle(self) -> Token | None:
        if len(self._buffer) < 3:
            return None
        second = self._buffer[1]
        if second == 4:
            return Token("DLE EOT", bytes(self._buffer[2:3]), 3)
        if second == 5:
            return Token("DLE ENQ", bytes(self._buffer[2:3]), 3)
        return Token("unknown", bytes(self._buffer[:2]), 2)

    def _command(self, first: int) -> Token | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        family, lengths = _FAMILIES[first]
        letter = chr(buffer[1])
        size = self._special_size(family, letter) if letter in _COUNTED else None
        if size is None:
            if buffer[1] not in lengths:
                return Token("unknown", bytes(buffer[:2]), 2)
            size = 2 + lengths[buffer[1]]
        if size < 0 or len(buffer) < size:
            return None
        return Token(f"{family} {letter}", bytes(buffer[2:size]), size)

    def _special_size(self, family: str, letter: str) -> int | None:
        """Size of the commands whose length stands in their data; -1 when that has not come, None for plain ones."""
        buffer = self._buffer
        match family, letter:
            case "GS", "v":
                if len(buffer) < 8:
                    return -1
                return 8 + int.from_bytes(buffer[4:6], "little") * int.from_bytes(buffer[6:8], "little")
            case (("GS" | "FS" | "ESC"), "("):
                return 5 + int.from_bytes(buffer[3:5], "little") if len(buffer) >= 5 else -1
            case "GS", "V":
                if len(buffer) < 3:
                    return -1
                return 3 if buffer[2] in (0, 1, 48, 49) else 4
            case "GS", "k":
                if len(buffer) < 4:
                    return -1
                if buffer[2] >= 65:
                    return 4 + buffer[3]
                end = buffer.find(0, 3)
                return end + 1 if end >= 0 else -1
            case "ESC", "*":
                if len(buffer) < 5:
                    return -1
                columns = int.from_bytes(buffer[3:5], "little")
                return 5 + columns * (3 if buffer[2] in (32, 33) else 1)
            case "ESC", "D":
                end = buffer.find(0, 2, _NUL_ENDED_MOST)
                return end + 1 if end >= 0 else -1
        return None
