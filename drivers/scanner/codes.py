"""From the bytes of a scanner to codes: lines that end with CR or LF, in UTF-8 or GBK, in any pieces.

What scanners add is taken off: STX and ETX around a code, and the AIM identifier (``]Q1``) in front of it where it is
switched on. A line that is no text, or longer than any code, is refused whole: half a number is another number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

ENCODINGS = ("utf-8", "gb18030")
"""GB 18030 reads every GBK code. Two Chinese characters of GBK may by chance be two letters of UTF-8; a scanner that
sends GBK is better set to it."""

LONGEST = 4_096
"""Bytes; the largest QR code holds 2,953."""

_ENDS = re.compile(rb"[\r\n]")
_AIM = re.compile(rb"^\][A-Za-z][0-9A-Za-z]")
_FRAME = b"\x02\x03\x00"


@dataclass(frozen=True, slots=True)
class Code:
    """One line. ``text`` is None for what is no code; ``why`` is then ``no_text`` or ``too_long``."""

    text: str | None = field(repr=False)
    size: int
    why: str = ""


class CodeParser:
    """``feed`` in any pieces; ``waiting`` tells how many bytes of an unfinished line there are."""

    def __init__(self, encodings: Sequence[str] = ENCODINGS) -> None:
        self._encodings = tuple(encodings)
        self._buffer = bytearray()
        self._overlong = 0

    @property
    def waiting(self) -> int:
        """Bytes of a line whose end has not come."""
        return len(self._buffer) + self._overlong

    def reset(self) -> None:
        """Forget what was begun."""
        self._buffer.clear()
        self._overlong = 0

    def feed(self, data: bytes) -> list[Code]:
        """The codes that ended in ``data``; empty lines are none."""
        found = []
        *ended, rest = _ENDS.split(data)
        for piece in ended:
            self._add(piece)
            if code := self._end():
                found.append(code)
        self._add(rest)
        return found

    def flush(self) -> Code | None:
        """The line is quiet: what is there was all, for a scanner that ends its codes with nothing."""
        return self._end()

    def _add(self, piece: bytes) -> None:
        if self._overlong or len(self._buffer) + len(piece) > LONGEST:
            self._overlong += len(self._buffer) + len(piece)
            self._buffer.clear()
        else:
            self._buffer += piece

    def _end(self) -> Code | None:
        line, overlong = bytes(self._buffer), self._overlong
        self.reset()
        if overlong:
            return Code(None, overlong, "too_long")
        plain = _AIM.sub(b"", line.strip(_FRAME + b" \t"))
        if not plain:
            return None
        text = decode(plain, self._encodings)
        return Code(text, len(line), "" if text is not None else "no_text")


def decode(line: bytes, encodings: Sequence[str] = ENCODINGS) -> str | None:
    """The first reading of ``encodings`` in turn; None for none and for control characters."""
    for encoding in encodings:
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Noise can be decoded as something; it hardly ever does so without a control character or an unassigned one.
        return text if text.replace("\t", "").isprintable() else None
    return None
