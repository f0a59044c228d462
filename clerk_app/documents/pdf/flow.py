"""Blocks down the pages of an A4 paper: paragraphs, a table of facts, a list that goes on with its head repeated.

A ``Flow`` first places everything (pages are lists of drawing steps), so that the number of pages is known before
anything is drawn. All lengths in points; the origin of a page is its bottom left corner.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from clerk_app.documents.pdf.faces import Faces
from clerk_app.documents.pdf.text import Block, draw_block, one_line, wrap
from clerk_app.domain.papers import Column, Fact, Span

MM = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 210 * MM, 297 * MM
SIDE = 25 * MM
TOP = 17 * MM
BODY_WIDTH = PAGE_WIDTH - 2 * SIDE
BODY_BOTTOM = 19 * MM
"""Lowest point of the body: the rule above the footer stands below it."""

TABLE_SIZE = 10.5
_LABEL_WIDTH = 25.5 * MM
_FIRST_HALF = 0.602
"""Part of a line of two facts that the first pair takes."""
_TINT = Color(0.949, 0.949, 0.949)
_LINE = 0.6
_CELL_SIDE = 5.0
_LEAST_PART = 0.85
"""Part of its share that the column with the longest texts keeps at least."""

Step = Callable[[Canvas], None]


@dataclass(frozen=True)
class Density:
    """White inside the tables (above and below the text of a cell) and between blocks.

    ``leading`` is that of cells, in em; ``notes_aside`` puts the last notes beside the seal instead of above it.
    """

    fact_padding: float
    row_padding: float
    gap: float
    leading: float = 1.5
    notes_aside: bool = False


DENSITIES = (
    Density(3.2, 2.0, 8.0),
    Density(2.2, 1.2, 6.0),
    Density(1.4, 0.6, 4.0, leading=1.42),
    Density(1.4, 0.6, 4.0, leading=1.36, notes_aside=True),
)
"""From roomy to tight; a paper takes the first with which it needs the fewest pages."""


@dataclass(frozen=True)
class _Box:
    """A cell: wrapped text, the cell's left edge and width, the white at its sides and how the text stands in it."""

    block: Block
    left: float
    width: float
    side: float
    align: str = "left"
    tinted: bool = False


class Flow:
    """Places blocks from the top down and opens pages as needed."""

    def __init__(self, faces: Faces, density: Density, continued_top: float) -> None:
        self.faces = faces
        self.density = density
        self.pages: list[list[Step]] = [[]]
        self._continued_top = continued_top
        self.y = PAGE_HEIGHT - TOP

    @property
    def room(self) -> float:
        """What is left of the page."""
        return self.y - BODY_BOTTOM

    def add(self, step: Step) -> None:
        """Draw something on the present page; the cursor stays."""
        self.pages[-1].append(step)

    def skip(self, height: float) -> None:
        """Leave white, but none at the head of a new page."""
        if self.room < height:
            self.new_page()
        else:
            self.y -= height

    def new_page(self) -> None:
        self.pages.append([])
        self.y = PAGE_HEIGHT - self._continued_top

    def paragraph(
        self, spans: Sequence[Span], size: float, leading: float, *, indent: float = 0.0, justify: bool = False
    ) -> None:
        """Place running text; a paragraph may go on over the page."""
        self._text(wrap(self.faces, spans, size, leading, BODY_WIDTH, indent=indent, justify=justify))

    def _text(self, block: Block) -> None:
        lines = list(block.lines)
        while lines:
            fits = int(self.room // block.leading)
            if fits < min(2, len(lines)):
                self.new_page()
                continue
            part = Block(tuple(lines[:fits]), block.size, block.leading)
            self.add(self._drawn(part, self.y))
            self.y -= part.height
            lines = lines[fits:]

    def _drawn(self, block: Block, top: float) -> Step:
        return lambda canvas: draw_block(canvas, self.faces, block, SIDE, top)

    def facts(self, facts: Sequence[Fact]) -> None:
        """Place the table of facts: label and value, two neighbouring half facts on one line."""
        rows: list[list[Fact]] = []
        for fact in facts:
            if fact.half and rows and len(rows[-1]) == 1 and rows[-1][0].half:
                rows[-1].append(fact)
            else:
                rows.append([fact])
        for row in rows:
            self._row(self._fact_boxes(row), self.density.fact_padding)

    def _fact_boxes(self, row: Sequence[Fact]) -> list[_Box]:
        widths = [BODY_WIDTH] if len(row) == 1 else [BODY_WIDTH * _FIRST_HALF, BODY_WIDTH * (1 - _FIRST_HALF)]
        boxes: list[_Box] = []
        x = SIDE
        for fact, width in zip(row, widths, strict=True):
            label = self._cell((Span(fact.label),), x, _LABEL_WIDTH, "centre")
            value = self._cell(fact.value, x + _LABEL_WIDTH, width - _LABEL_WIDTH, "left", side=7.0)
            boxes += [replace(label, tinted=True), value]
            x += width
        return boxes

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Place a list with a head, which is repeated on every page that the list goes on to."""
        widths = self._column_widths(columns, rows)
        lefts = [SIDE + sum(widths[:number]) for number in range(len(widths))]
        head = [
            replace(self._cell((Span(column.title),), x, width, "centre"), tinted=True)
            for column, x, width in zip(columns, lefts, widths, strict=True)
        ]
        padding = self.density.row_padding
        self.keep_with_next(_height(head, padding) + 3 * TABLE_SIZE)
        self._row(head, padding)
        for row in rows:
            boxes = [
                self._cell((Span(text),), x, width, column.align)
                for text, column, x, width in zip(row, columns, lefts, widths, strict=True)
            ]
            self._row(boxes, padding, head)

    def _column_widths(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[float]:
        """Return the columns' shares of the width, but lend what some have to spare to those that need it.

        Where that is not enough, the column with the longest texts is the one that wraps.
        """
        total = sum(column.share for column in columns)
        shares = [BODY_WIDTH * column.share / total for column in columns]
        needs = [
            max(one_line(self.faces, text, TABLE_SIZE).width for text in (column.title, *texts)) + 2 * _CELL_SIDE + 0.5
            for column, texts in zip(columns, zip(*rows, strict=True), strict=True)
        ]
        lacking, spare = _balance(needs, shares)
        if lacking > spare:
            longest = needs.index(max(needs))
            needs[longest] = min(needs[longest], shares[longest] * _LEAST_PART)
            lacking, spare = _balance(needs, shares)
        if not 0 < lacking <= spare:
            return shares
        lent = lacking / spare
        return [
            need if need > share else share - (share - need) * lent for need, share in zip(needs, shares, strict=True)
        ]

    def keep_with_next(self, height: float) -> None:
        """Open a page unless ``height`` more points fit: a heading never stands alone at the foot."""
        if self.room < height:
            self.new_page()

    def _cell(self, spans: Sequence[Span], x: float, width: float, align: str, side: float = _CELL_SIDE) -> _Box:
        block = wrap(self.faces, spans, TABLE_SIZE, TABLE_SIZE * self.density.leading, width - 2 * side)
        return _Box(block, x, width, side, align)

    def _row(self, boxes: Sequence[_Box], padding: float, head: Sequence[_Box] = ()) -> None:
        while True:
            height = _height(boxes, padding)
            if height <= self.room:
                self._draw_row(boxes, height)
                return
            page = PAGE_HEIGHT - self._continued_top - BODY_BOTTOM - (_height(head, padding) if head else 0.0)
            if height > page and (fits := int((self.room - 2 * padding) // (TABLE_SIZE * self.density.leading))) >= 2:
                self._draw_row([_part(box, 0, fits) for box in boxes], self.room)
                boxes = [_part(box, fits, None) for box in boxes]
            self.new_page()
            if head:
                self._draw_row(head, _height(head, padding))

    def _draw_row(self, boxes: Sequence[_Box], height: float) -> None:
        top = self.y

        def draw(canvas: Canvas) -> None:
            canvas.setLineWidth(_LINE)
            for box in boxes:
                if box.tinted:
                    canvas.setFillColor(_TINT)
                    canvas.rect(box.left, top - height, box.width, height, stroke=0, fill=1)
                canvas.setFillGray(0)
                canvas.rect(box.left, top - height, box.width, height)
                text_top = top - (height - box.block.height) / 2
                inner = box.width - 2 * box.side
                draw_block(canvas, self.faces, box.block, box.left + box.side, text_top, width=inner, align=box.align)

        self.add(draw)
        self.y -= height


def _balance(needs: Sequence[float], shares: Sequence[float]) -> tuple[float, float]:
    """Return what columns lack and what others have to spare."""
    pairs = list(zip(needs, shares, strict=True))
    return sum(max(need - share, 0.0) for need, share in pairs), sum(max(share - need, 0.0) for need, share in pairs)


def _height(boxes: Sequence[_Box], padding: float) -> float:
    return max(box.block.height for box in boxes) + 2 * padding


def _part(box: _Box, start: int, end: int | None) -> _Box:
    return replace(box, block=replace(box.block, lines=box.block.lines[start:end]))
