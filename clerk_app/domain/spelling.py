"""How a name sounds, written so that the search can use it.

``ShiPinJingYingXuKe``: toneless pinyin without spaces, every syllable begins with a capital letter; digits and Latin
letters (and characters without a reading) stand for themselves, punctuation is left out. A catalogue record carries
``pinyin`` and ``initials``: readings of the name joined by ``/`` (a name with 行 or 重 may have two), then ``|`` and
the department's, which may be missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_READINGS = "/"
_DEPARTMENT = "|"


_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def folded(text: str) -> str:
    """Half-width and lower case, letter by letter, so that places stay the same."""
    text = text.translate(_HALF_WIDTH)
    lower = text.lower()
    return lower if len(lower) == len(text) else text


def spoken_places(name: str) -> tuple[int, ...]:
    """Indices of the characters that have a syllable or stand for one, in order."""
    return tuple(index for index, letter in enumerate(name) if letter.isalnum())


def written_reading(syllables: Iterable[str]) -> str:
    """``["shi", "pin"]`` → ``ShiPin``."""
    return "".join(syllable[:1].upper() + syllable[1:].lower() for syllable in syllables)


def initials_of(reading: str) -> str:
    """``ShiPin`` → ``sp``: one letter per syllable, as many as the name has spoken places."""
    return "".join(letter for letter in reading if not letter.islower()).lower()


@dataclass(frozen=True, slots=True)
class Sounds:
    """Readings of a name, the likeliest first, and of its department (empty when unknown)."""

    readings: tuple[str, ...]
    department: str = ""

    @property
    def pinyin(self) -> str:
        """As a record carries it."""
        return _joined(self.readings, self.department)

    @property
    def initials(self) -> str:
        """As a record carries it."""
        letters = dict.fromkeys(initials_of(reading) for reading in self.readings)
        return _joined(tuple(letters), initials_of(self.department))


def split_sounds(text: str) -> tuple[tuple[str, ...], str]:
    """(readings, department) of a record's ``pinyin`` or ``initials``."""
    names, _, department = text.partition(_DEPARTMENT)
    return tuple(part for part in names.split(_READINGS) if part), department


def _joined(names: Sequence[str], department: str) -> str:
    return _READINGS.join(names) + (_DEPARTMENT + department if department else "")
