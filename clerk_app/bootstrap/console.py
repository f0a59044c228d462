"""Lines for a technician at a console, whatever characters that console knows."""

from __future__ import annotations

import sys
from typing import TextIO

_STAND_INS = str.maketrans({"✓": "√", "✗": "×"})
"""Marks that GBK has, for those that it has not (Windows consoles in China)."""


def say(line: str, stream: TextIO | None = None) -> None:
    """Print a line at once; a character that the console lacks is shown by its code point, never an error."""
    out = stream or sys.stdout
    encoding = out.encoding or "utf-8"
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        line = line.translate(_STAND_INS).encode(encoding, "backslashreplace").decode(encoding)
    print(line, file=out, flush=True)
