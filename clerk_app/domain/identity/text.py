"""Typed numbers made comparable, and the sentences about what is plainly wrong with them."""

from __future__ import annotations

import unicodedata

from clerk_app.domain.errors import Rejected

_DROPPED = dict.fromkeys(map(ord, "-－—–‐·."))
LOOK_ALIKE = {"O": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8"}


def normalised(text: str) -> str:
    """Half-width capitals without blanks and dashes (numbers are shown in groups of 6-8-4)."""
    plain = unicodedata.normalize("NFKC", text).upper().replace("×", "X")
    kept = "".join(plain.split()).translate(_DROPPED)
    if not kept.isprintable():
        kept = "".join(filter(str.isprintable, kept))
    # a mark that stood on a blank may stand on a letter now
    return unicodedata.normalize("NFKC", kept)


def refuse_masked_or_empty(number: str, field: str, name: str) -> None:
    """Raise ``Rejected`` for nothing at all and for a number with stars in it."""
    if not number:
        raise Rejected(field, f"还没有填{name}")
    if "*" in number:
        raise Rejected(field, f"这是遮盖过的{name}，请按证件输全")


def expect_digits(number: str, length: int, field: str, name: str) -> None:
    """Raise ``Rejected`` that points at the first of the first ``length`` characters that is no digit."""
    for place, char in enumerate(number[:length], 1):
        if not (char.isascii() and char.isdigit()):
            hint = f"，请看是不是数字 {LOOK_ALIKE[char]}" if char in LOOK_ALIKE else "，请再看一遍证件"
            raise Rejected(field, f"{name}第 {place} 位应是数字，现在是“{char}”{hint}")
