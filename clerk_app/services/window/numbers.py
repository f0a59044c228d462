"""The next numbers of this window: peeked before the papers are drawn, taken in the transaction that stores them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clerk_app.domain.conclusion import Numbers
from clerk_app.domain.numbering import case_number
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.window import Binding, WindowUnit
from clerk_app.services.steps.numbers import document_numbers


@dataclass(frozen=True, slots=True)
class NextNumbers:
    """Numbers as printed, and the series values (series, value) that they stand for."""

    numbers: Numbers
    takes: tuple[tuple[str, int], ...]


def next_numbers(unit: WindowUnit, binding: Binding, day: date, short: str, kinds: Sequence[PaperKind]) -> NextNumbers:
    """The case number of ``day`` and a document number of the agency ``short`` for each kind of paper.

    The case sequence starts anew each day, the document sequences each year, per window and word.
    """
    window = binding.window_no
    series = f"case/{window}/{day:%Y%m%d}"
    value = unit.numbers.last(series) + 1
    documents, takes = next_documents(unit, binding, day, short, kinds)
    case = case_number(binding.hall_code, window, day, value)
    return NextNumbers(Numbers(case, documents), ((series, value), *takes))


def take_documents(
    unit: WindowUnit, binding: Binding, day: date, short: str, kinds: Sequence[PaperKind]
) -> dict[PaperKind, str]:
    """A document number for each kind, given out in the caller's transaction."""
    numbers, takes = next_documents(unit, binding, day, short, kinds)
    for series, value in takes:
        unit.numbers.take(series, value)
    return numbers


def next_documents(
    unit: WindowUnit, binding: Binding, day: date, short: str, kinds: Sequence[PaperKind]
) -> tuple[dict[PaperKind, str], tuple[tuple[str, int], ...]]:
    """A document number for each kind, and the series values that they stand for."""
    return document_numbers(lambda series: unit.numbers.last(series) + 1, binding.window_no, day.year, short, kinds)
