"""Dots of single characters for what a printer's own font lacks, and a box with the code point as the last resort."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

from clerk_app.design.fontset import FontSet
from clerk_app.documents.codebox import SIDE, box_dots
from clerk_app.documents.thermal.layout import char_columns
from clerk_app.documents.thermal.profile import CELL, COLUMN

_BASELINE = 21
"""Dots from the top of a 24-dot cell to the baseline: the ideographs of the font stand in the middle."""
_INK = 128
"""Grey level from which a dot is burnt."""
_REGULAR_INK, _BOLD_INK = 0.22, 0.36
"""Share of burnt dots in light characters of the main font, regular and bold."""
_HAIRLINE_INK = 48
"""The same for the fallback, a Ming face: at 24 dots its horizontal strokes are thinner than half a dot, and a name
that loses a stroke is another name."""


@lru_cache(maxsize=32)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def glyph(char: str, fonts: FontSet, bold: bool, width: int = 1, height: int = 1) -> Image.Image:
    """Return ``char`` as a 1-bit picture (white dots burn) that fills its cell.

    The cell is 12 or 24 dots wide by 24 high, times ``width`` and ``height``. A character that no font has is a
    box with its code point.
    """
    columns = char_columns(char)
    cell_width, cell_height = max(columns, 1) * COLUMN * width, CELL * height
    path = fonts.font_for(char, bold)
    if path is None:
        if columns == 0 or char.isspace():
            return Image.new("1", (cell_width, cell_height))
        return code_box(char).resize((CELL * width, cell_height), Image.Resampling.NEAREST)
    size = CELL * height if columns != 1 else CELL * height * 11 // 12
    face = _font(path, size)
    advance = max(int(face.getlength(char) + 0.5), 1)
    natural = Image.new("L", (advance, cell_height))
    ImageDraw.Draw(natural).text((0, _BASELINE * height), char, font=face, fill=255, anchor="ls")
    if (columns == 1 and advance > COLUMN * height) or width != height:
        target = min(advance * width // height, cell_width)
        natural = natural.resize((max(target, 1), cell_height), Image.Resampling.BOX)
    cell = Image.new("L", (cell_width, cell_height))
    cell.paste(natural, ((cell_width - natural.width) // 2, 0))
    if path != fonts.fallback:
        return _burnt(cell, _INK)
    return _in_weight(_burnt(cell, _HAIRLINE_INK), bold, height)


def _burnt(cell: Image.Image, ink: int) -> Image.Image:
    return cell.point(lambda level: 255 if level >= ink else 0).convert("1")


def _in_weight(cell: Image.Image, bold: bool, dot: int) -> Image.Image:
    """The fallback has one weight, a light one: hairlines are made a dot higher, and for bold every stroke a dot wider.
    What has as much ink as the characters beside it is left as it is; more would close the white between strokes."""
    for step in ((dot, 0), (0, dot), (dot, dot)) if bold else ((0, dot),):
        if cell.histogram()[-1] > (_BOLD_INK if bold else _REGULAR_INK) * cell.width * cell.height:
            break
        shifted = Image.new("1", cell.size)
        shifted.paste(cell, step)
        cell = ImageChops.logical_or(cell, shifted)
    return cell


def code_box(char: str) -> Image.Image:
    """Return a 24x24 box with the code point of ``char`` in it."""
    box = Image.new("1", (SIDE, SIDE))
    for row, start, end in box_dots(char):
        box.paste(255, (start, row, end, row + 1))
    return box
