"""What a receipt printer can do."""

from __future__ import annotations

from dataclasses import dataclass

CELL = 24
"""Height in dots of a character at 1x, and width of a full-width one."""
COLUMN = 12
"""Width in dots of a half-width column."""
LEADING = 8
"""Dots of white between two lines."""


@dataclass(frozen=True)
class PrinterProfile:
    """A printer's paper and dialect.

    ``dots``: printable width; ``columns``: half-width characters per line at 1x (12 dots each); ``encoding``: the
    double-byte set behind ``FS &`` ("gbk" or "gb2312", taken strictly); ``units_per_dot``: vertical motion units
    per dot for ``ESC 3`` (1 on 203 dpi printers, 2 on those that count in 1/406 inch); ``cutter``: has one.
    """

    dots: int = 576
    columns: int = 48
    encoding: str = "gbk"
    units_per_dot: int = 1
    cutter: bool = True

    def __post_init__(self) -> None:
        if self.dots % 8 or self.dots < self.columns * COLUMN:
            raise ValueError("dots must be a multiple of 8 and hold all columns")


PAPER_80MM = PrinterProfile()
PAPER_58MM = PrinterProfile(dots=384, columns=32)
