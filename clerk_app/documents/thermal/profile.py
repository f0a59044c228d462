"""What a receipt printer can do."""

from __future__ import annotations

from dataclasses import dataclass

CELL = 24
"""Height in dots of a character at 1x, and width of a full-width one."""
COLUMN = 12
"""Width in dots of a half-width column."""
LEADING = 8
"""Dots of white between two lines."""
_EXT_A = ("\u3400", "\u4db5")


@dataclass(frozen=True)
class PrinterProfile:
    """A printer's paper and dialect.

    ``dots``: printable width; ``columns``: half-width characters per line at 1x (12 dots each); ``encoding``: the
    double-byte set behind ``FS &`` ("gbk" or "gb2312", taken strictly; "gb18030" for a printer that has Ext A too;
    "ascii" for one without Chinese characters); ``units_per_dot``: vertical motion units per dot for ``ESC 3`` (1 on
    203 dpi printers, 2 on those that count in 1/406 inch); ``cutter``: has one; ``full_cut``: it cuts through;
    ``plain_cut``: it knows no cut that feeds first; ``double_byte_switch``: understands ``FS &``; ``raster_rows``: the
    most rows that one picture may have, 0 for as many as the command takes.
    """

    dots: int = 576
    columns: int = 48
    encoding: str = "gbk"
    units_per_dot: int = 1
    cutter: bool = True
    full_cut: bool = False
    plain_cut: bool = False
    double_byte_switch: bool = True
    raster_rows: int = 0

    def __post_init__(self) -> None:
        if self.dots % 8 or self.dots < self.columns * COLUMN:
            raise ValueError("dots must be a multiple of 8 and hold all columns")

    def encoded(self, text: str) -> bytes:
        """``text`` in the printer's own characters; ``UnicodeEncodeError`` when it lacks one."""
        if self.encoding != "gb18030":
            return text.encode(self.encoding)
        # The codec takes every character there is; printers have GBK and the 6,582 of Ext A (GB 18030-2000).
        return b"".join(char.encode("gb18030" if _EXT_A[0] <= char <= _EXT_A[1] else "gbk") for char in text)


PAPER_80MM = PrinterProfile()
PAPER_58MM = PrinterProfile(dots=384, columns=32)
