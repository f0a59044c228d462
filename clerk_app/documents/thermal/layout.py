"""Blocks into printed lines: wrapping and columns by display width. Pure, needs no font and no printer."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from clerk_app.documents.linebreak import break_lines
from clerk_app.documents.thermal.blocks import Align, Cell, Row, Text
from clerk_app.domain.papers import Span


@dataclass(frozen=True)
class PrintedLine:
    """One line as the paper shows it; spaces stand for the white between columns."""

    spans: tuple[Span, ...]
    align: Align = "left"
    width: int = 1
    height: int = 1

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


@lru_cache(maxsize=8192)
def char_columns(char: str) -> int:
    """Return how many half-width columns a printer gives to ``char``: 0, 1 or 2.

    ASCII takes one, whatever the double-byte set holds takes two, which differs from Unicode's East Asian Width
    for "·", "—", "×" and Greek. What is outside the set is drawn by us in one or two columns.
    """
    if char.isascii():
        return 1 if char.isprintable() else 2
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2


def display_columns(text: str) -> int:
    """Return the width of ``text`` in half-width columns at 1x."""
    return sum(map(char_columns, text))


def text_lines(block: Text, columns: int) -> list[PrintedLine]:
    """Wrap a paragraph into lines of at most ``columns`` half-width columns."""
    text = "".join(span.text for span in block.spans)
    weights = [span.bold for span in block.spans for _ in span.text]
    room = columns // block.width
    pad = " " * block.indent
    lines: list[PrintedLine] = []
    for start, end in break_lines(text, char_columns, room - block.indent, room):
        spans = _spans(text[start:end], weights[start:end])
        if lines and pad:
            spans = (Span(pad), *spans)
        lines.append(PrintedLine(spans, block.align, block.width, block.height))
    return lines


def row_lines(row: Row, columns: int) -> list[PrintedLine]:
    """Lay out columns side by side; each cell wraps in its own width and the row is as high as its longest cell."""
    fixed = sum(cell.columns for cell in row.cells)
    elastic = [cell for cell in row.cells if not cell.columns]
    widths = [cell.columns or (columns - fixed) // len(elastic) for cell in row.cells]
    if sum(widths) > columns or min(widths) < 3:
        raise ValueError("the columns of a row do not fit the paper")
    wrapped = []
    for index, (cell, width) in enumerate(zip(row.cells, widths, strict=True)):
        room = width - 1 if index < len(row.cells) - 1 else width
        wrapped.append(_cell_lines(cell, room, row.indent if index == 0 else 0))
    lines = []
    for level in range(max(map(len, wrapped))):
        spans: list[Span] = []
        for index, (cell, width) in enumerate(zip(row.cells, widths, strict=True)):
            text = wrapped[index][level] if level < len(wrapped[index]) else ""
            spans.extend(_placed(text, cell, width, last=index == len(row.cells) - 1))
        lines.append(PrintedLine(_merged(spans)))
    return lines


def _cell_lines(cell: Cell, room: int, indent: int) -> list[str]:
    ranges = break_lines(cell.text, char_columns, room - indent, room)
    return [(" " * indent if index else "") + cell.text[start:end] for index, (start, end) in enumerate(ranges)]


def _placed(text: str, cell: Cell, width: int, *, last: bool) -> list[Span]:
    gap = 0 if last else 1
    free = width - gap - display_columns(text)
    left = {"left": 0, "center": free // 2, "right": free}[cell.align]
    return [Span(" " * left), Span(text, cell.bold), Span(" " * (free - left + gap))]


def _spans(text: str, weights: list[bool]) -> tuple[Span, ...]:
    return _merged([Span(char, bold) for char, bold in zip(text, weights, strict=True)])


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in spans:
        if not span.text:
            continue
        if merged and (merged[-1].bold == span.bold or not span.text.strip()):
            merged[-1] = Span(merged[-1].text + span.text, merged[-1].bold)
        else:
            merged.append(span)
    if merged:
        merged[-1] = Span(merged[-1].text.rstrip(" "), merged[-1].bold)
    return tuple(merged)
