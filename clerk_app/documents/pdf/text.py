"""Running text on an A4 page: spans into lines, lines onto the canvas. All lengths in points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from reportlab.pdfgen.canvas import Canvas

from clerk_app.documents.codebox import SIDE, box_dots
from clerk_app.documents.linebreak import break_lines
from clerk_app.documents.pdf.faces import Face, Faces
from clerk_app.domain.papers import Span

ASCENT = 0.88
"""Part of the em above the baseline in the ideographic em box."""
_STRETCH = 0.06
"""Most white, in em per gap, that a line may be opened by to reach the right edge."""


@dataclass(frozen=True)
class Line:
    """One line of wrapped text: its spans, its natural width and the white to put after each character."""

    spans: tuple[Span, ...]
    width: float
    spread: float = 0.0
    indent: float = 0.0


@dataclass(frozen=True)
class Block:
    """Wrapped text: ``height`` is lines times leading."""

    lines: tuple[Line, ...]
    size: float
    leading: float

    @property
    def height(self) -> float:
        return len(self.lines) * self.leading


def wrap(
    faces: Faces,
    spans: Sequence[Span],
    size: float,
    leading: float,
    width: float,
    *,
    indent: float = 0.0,
    justify: bool = False,
) -> Block:
    """Break ``spans`` into lines of at most ``width``; ``indent`` is the first line's, ``justify`` fills full lines."""
    text = "".join(span.text for span in spans)
    weights = [span.bold for span in spans for _ in span.text]
    widths: dict[str, float] = {
        char: max(faces.em_width(char, bold=bold) for bold in ({True, False} if any(weights) else {False})) * size
        for char in set(text)
    }
    lines = []
    ranges = break_lines(text, widths.__getitem__, width, width - indent)
    for number, (start, end) in enumerate(ranges):
        pieces = tuple(
            Span("".join(char for char, _ in group), bold)
            for bold, group in groupby(zip(text[start:end], weights[start:end], strict=True), key=lambda pair: pair[1])
        )
        natural = sum(faces.em_width(char, bold=span.bold) for span in pieces for char in span.text) * size
        own_indent = indent if number == 0 else 0.0
        last = number == len(ranges) - 1 or text[end : end + 1] == "\n"
        spread = _spread(end - start, width - own_indent - natural, size) if justify and not last else 0.0
        lines.append(Line(pieces, natural, spread, own_indent))
    return Block(tuple(lines), size, leading)


def _spread(characters: int, missing: float, size: float) -> float:
    gaps = characters - 1
    if gaps < 1 or missing > gaps * size * _STRETCH:
        return 0.0
    return missing / gaps


def draw_line(canvas: Canvas, faces: Faces, line: Line, size: float, x: float, baseline: float) -> None:
    """Draw one line with its left end at ``x``."""
    at = x + line.indent
    for span in line.spans:
        for face, text in faces.runs(span.text, bold=span.bold):
            if face is None:
                _code_box(canvas, faces, text, size, at, baseline)
                at += size + line.spread
                continue
            # the fallback has one weight, a light one: its outline is drawn too, broader where the text is bold
            stroke = size * (0.03 if span.bold else 0.01) if face is faces.fallback else 0.0
            _show(canvas, face, text, size, at, baseline, line.spread, stroke)
            at += sum(map(face.em_width, text)) * size + len(text) * line.spread


def draw_block(
    canvas: Canvas, faces: Faces, block: Block, x: float, top: float, *, width: float = 0.0, align: str = "left"
) -> None:
    """Draw wrapped text below ``top``; with ``align`` centre or right, inside ``width``."""
    for number, line in enumerate(block.lines):
        free = width - line.width
        shift = {"left": 0.0, "centre": free / 2, "right": free}[align]
        baseline = top - number * block.leading - (block.leading - block.size) / 2 - ASCENT * block.size
        draw_line(canvas, faces, line, block.size, x + shift, baseline)


def one_line(faces: Faces, text: str, size: float, *, bold: bool = False, spread: float = 0.0) -> Line:
    """Return ``text`` as one line that is not wrapped; ``spread`` is letter spacing."""
    width = sum(faces.em_width(char, bold=bold) for char in text) * size + max(len(text) - 1, 0) * spread
    return Line((Span(text, bold),), width, spread)


def _show(
    canvas: Canvas, face: Face, text: str, size: float, x: float, baseline: float, spread: float, stroke: float
) -> None:
    # text state outlives a text object: what is set here is set back
    piece = canvas.beginText(x, baseline)
    piece.setFont(face.fontName, size)
    if spread:
        piece.setCharSpace(spread)
    if stroke:
        canvas.setLineWidth(stroke)
        piece.setTextRenderMode(2)
    piece.textOut(text)
    if spread:
        piece.setCharSpace(0)
    if stroke:
        piece.setTextRenderMode(0)
    canvas.drawText(piece)


def _code_box(canvas: Canvas, faces: Faces, char: str, size: float, x: float, baseline: float) -> None:
    """Draw a box with the code point in it, and over it the unseen character itself, so that text copies right."""
    top = baseline + ASCENT * size
    dot = size / SIDE
    path = canvas.beginPath()
    for row, start, end in box_dots(char):
        path.rect(x + start * dot, top - (row + 1) * dot, (end - start) * dot, dot)
    canvas.drawPath(path, stroke=0, fill=1)
    faces.regular.lend_code(char)
    unseen = canvas.beginText(x, baseline)
    unseen.setFont(faces.regular.fontName, size)
    unseen.setTextRenderMode(3)
    unseen.textOut(char)
    unseen.setTextRenderMode(0)
    canvas.drawText(unseen)
