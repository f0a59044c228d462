"""The next numbers of this window: peeked before the papers are drawn, taken in the transaction that stores them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from clerk_app.domain.conclusion import Numbers
from clerk_app.domain.numbering import case_number, document_number
from clerk_app.ports.window import Binding, WindowUnit


@dataclass(frozen=True, slots=True)
class NextNumbers:
    """Numbers as printed, and the series values (series, value) that they stand for."""

    numbers: Numbers
    takes: tuple[tuple[str, int], ...]


def next_numbers(unit: WindowUnit, binding: Binding, day: date, short: str, word: str) -> NextNumbers:
    """The case number of ``day`` and, with a ``word``, the document number of the agency ``short`` for that year.

    The case sequence starts anew each day, the document sequence each year, per window and word.
    """
    window = binding.window_no
    series = f"case/{window}/{day:%Y%m%d}"
    value = unit.numbers.last(series) + 1
    case = case_number(binding.hall_code, window, day, value)
    if not word:
        return NextNumbers(Numbers(case), ((series, value),))
    papers = f"document/{window}/{day:%Y}/{word}"
    sheet = unit.numbers.last(papers) + 1
    document = document_number(short, word, day.year, window, sheet)
    return NextNumbers(Numbers(case, document), ((series, value), (papers, sheet)))
