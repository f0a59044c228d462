"""Numbers of papers and of the seal register, as a window's store and the office give them out: a series per desk, word
and year. ``desk`` is the window's number, or ``OFFICE_DESK`` for the office."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from clerk_app.domain.numbering import document_number
from clerk_app.domain.papers import DOCUMENT_WORDS, PaperKind

NextOf = Callable[[str], int]
"""series → the value that comes next in it; nothing is taken by asking."""

Take = tuple[str, int]
"""A series with the value that a number stands for."""


def document_numbers(
    next_of: NextOf, desk: str, year: int, short: str, kinds: Sequence[PaperKind]
) -> tuple[dict[PaperKind, str], tuple[Take, ...]]:
    """A document number of the agency ``short`` for each kind, and the series values that they stand for."""
    numbers: dict[PaperKind, str] = {}
    takes: list[Take] = []
    for kind in kinds:
        word = DOCUMENT_WORDS[kind]
        series = f"document/{desk}/{year}/{word}"
        sheet = next_of(series)
        numbers[kind] = document_number(short, word, year, desk, sheet)
        takes.append((series, sheet))
    return numbers, tuple(takes)


def seal_number(next_of: NextOf, desk: str, year: int) -> tuple[str, Take]:
    """用印登记号 of this desk and year, 「印〔2026〕3-0012」."""
    series = f"seal/{desk}/{year}"
    value = next_of(series)
    return f"印〔{year}〕{desk}-{value:04d}", (series, value)
