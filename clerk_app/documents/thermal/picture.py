"""Lines, QR codes and seal boxes as 1-bit pictures (255 = burnt dot), as wide as the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PIL import Image, ImageDraw

from clerk_app.design.fontset import FontSet
from clerk_app.documents.linebreak import clusters
from clerk_app.documents.qr import QUIET_MODULES, qr_modules
from clerk_app.documents.thermal.blocks import QrBeside, SealBox, Text
from clerk_app.documents.thermal.glyphs import glyph
from clerk_app.documents.thermal.layout import PrintedLine, char_columns, display_columns, text_lines
from clerk_app.documents.thermal.profile import CELL, COLUMN, LEADING, PrinterProfile

_INK = 255
_NARROWEST_SIDE = 16
"""Columns that text beside a QR code needs; with fewer it goes under the code."""


def line_picture(line: PrintedLine, dots: int, fonts: FontSet) -> Image.Image:
    """Return one line drawn at its place on ``dots`` of paper, its leading included."""
    picture = Image.new("1", (dots, CELL * line.height + LEADING))
    free = dots - display_columns(line.text) * COLUMN * line.width
    x = max({"left": 0, "center": free // 2, "right": free}[line.align], 0)
    for span in line.spans:
        for char in span.text:
            cell = glyph(char, fonts, span.bold, line.width, line.height)
            columns = char_columns(char)
            at = x if columns else max(x - cell.width, 0)
            picture.paste(_INK, (at, 0), cell)
            x += columns * COLUMN * line.width
    return picture


def _stack(lines: Sequence[Text], columns: int, fonts: FontSet) -> Image.Image:
    dots = columns * COLUMN
    pictures = [line_picture(line, dots, fonts) for text in lines for line in text_lines(text, columns)]
    picture = Image.new("1", (dots, sum(part.height for part in pictures)))
    y = 0
    for part in pictures:
        picture.paste(part, (0, y))
        y += part.height
    return picture


def _widest_word(text: Text) -> int:
    words = "".join(span.text for span in text.spans)
    return max((display_columns(words[start:end]) * text.width for start, end in clusters(words)), default=0)


def qr_picture(data: str, module_dots: int) -> Image.Image:
    """Return the code with its quiet margin."""
    modules = qr_modules(data)
    side = len(modules) + 2 * QUIET_MODULES
    small = Image.new("1", (side, side))
    small.putdata(
        [0] * side * QUIET_MODULES
        + [_INK * dark for row in modules for dark in (*[False] * QUIET_MODULES, *row, *[False] * QUIET_MODULES)]
        + [0] * side * QUIET_MODULES
    )
    return small.resize((side * module_dots, side * module_dots), Image.Resampling.NEAREST)


def qr_beside_picture(block: QrBeside, profile: PrinterProfile, fonts: FontSet) -> Image.Image:
    """Return the code with its lines at the right, or under it on narrow paper."""
    code = qr_picture(block.data, block.module_dots)
    # the lines above and below are mostly white: half the quiet margin is there already
    spare = QUIET_MODULES * block.module_dots // 2
    code = code.crop((0, spare, code.width, code.height - spare))
    if code.width > profile.dots:
        raise ValueError("the QR code is wider than the paper")
    columns = (profile.dots - code.width) // COLUMN
    if columns < max(_NARROWEST_SIDE, *map(_widest_word, block.lines)):
        side = _stack([replace(line, align="center") for line in block.lines], profile.columns, fonts)
        picture = Image.new("1", (profile.dots, code.height + side.height))
        picture.paste(code, ((profile.dots - code.width) // 2, 0))
        picture.paste(side, (0, code.height))
        return picture
    side = _stack(block.lines, columns, fonts)
    height = max(code.height, side.height)
    picture = Image.new("1", (profile.dots, height))
    # so is the margin of the paper: the code stands flush with the text above, as printed forms do
    picture.paste(code.crop((spare, 0, code.width, code.height)), (0, (height - code.height) // 2))
    picture.paste(side, (code.width, (height - side.height) // 2))
    return picture


def seal_box_picture(block: SealBox, profile: PrinterProfile, fonts: FontSet) -> Image.Image:
    """Return the lines at the left and the dashed box at the right."""
    width = block.columns * COLUMN
    left = _stack(block.lines, (profile.dots - width) // COLUMN - 1, fonts)
    height = max(block.height, left.height)
    picture = Image.new("1", (profile.dots, height))
    picture.paste(left, (0, 0))
    _dashed_frame(picture, profile.dots - width, 0, profile.dots - 1, block.height - 1)
    label = _stack([Text(line, align="center") for line in block.label], block.columns - 1, fonts)
    picture.paste(label, (profile.dots - width + COLUMN // 2, (block.height - label.height) // 2))
    return picture


def _dashed_frame(picture: Image.Image, left: int, top: int, right: int, bottom: int) -> None:
    draw = ImageDraw.Draw(picture)
    for x in range(left, right, 10):
        for y in (top, bottom - 1):
            draw.rectangle((x, y, min(x + 5, right), y + 1), fill=_INK)
    for y in range(top, bottom, 10):
        for x in (left, right - 1):
            draw.rectangle((x, y, x + 1, min(y + 5, bottom)), fill=_INK)
