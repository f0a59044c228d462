"""The neutral blocks that a receipt is made of. Widths are half-width columns, sizes are multiples of 24 dots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from clerk_app.domain.papers import Span

Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Text:
    """A paragraph, wrapped by display width. ``indent``: columns that continuation lines are moved in."""

    text: str | tuple[Span, ...]
    align: Align = "left"
    bold: bool = False
    width: int = 1
    height: int = 1
    indent: int = 0

    @property
    def spans(self) -> tuple[Span, ...]:
        """The text as spans; ``bold`` applies to a plain string only."""
        return (Span(self.text, self.bold),) if isinstance(self.text, str) else self.text


@dataclass(frozen=True)
class Cell:
    """One column of a row. ``columns`` 0 takes what the others leave; text too long wraps inside the column."""

    text: str
    columns: int = 0
    align: Align = "left"
    bold: bool = False


@dataclass(frozen=True)
class Row:
    """Two, three or four columns on one line; one column of white is kept between neighbours."""

    cells: tuple[Cell, ...]
    indent: int = 0
    """Columns that continuation lines of the first cell are moved in (under the words, not under the number)."""


@dataclass(frozen=True)
class Rule:
    """A dashed line over the whole width."""


@dataclass(frozen=True)
class Feed:
    """White space, in dots."""

    dots: int


@dataclass(frozen=True)
class QrBeside:
    """A QR code at the left with lines at its right; under it where the paper is too narrow."""

    data: str
    lines: tuple[Text, ...]
    module_dots: int = 6


@dataclass(frozen=True)
class SealBox:
    """Lines at the left and a dashed box for a seal at the right, e.g. 受理专用章."""

    label: tuple[str, ...]
    lines: tuple[Text, ...]
    columns: int = 16
    height: int = 168


Block = Text | Row | Rule | Feed | QrBeside | SealBox
