"""One receipt (收件凭证) beside the same paper written by hand with python-escpos and Pillow.

The floor prints the same lines with the same weights and sizes, the same QR code with the same four lines beside it
and the same seal box. Line breaks and columns are known to it beforehand, so it saves the layout, the checks and the
choice between the printer's own characters and dots. Both draw with the same font, loaded before.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import segno
from PIL import Image, ImageDraw, ImageFont

from benchmarks import samples
from benchmarks.measure import in_turns, milliseconds_each, spread
from benchmarks.report import Goal, Result
from clerk_app import typefaces
from clerk_app.documents.thermal.blocks import QrBeside, Row, Rule, SealBox, Text
from clerk_app.documents.thermal.layout import PrintedLine, row_lines, text_lines
from clerk_app.documents.thermal.library import dummy_printer
from clerk_app.documents.thermal.profile import PAPER_80MM
from clerk_app.documents.thermal_receipt import receipt_blocks, render_receipt
from clerk_app.domain.papers import Receipt

_ROUNDS, _REPEATS = 9, 30
_PITCH = 32
_MODULE_DOTS = 6
_SEAL_WIDTH, _SEAL_HEIGHT = 204, 168
_ALIGN = {"left": b"\x1ba\x00", "center": b"\x1ba\x01", "right": b"\x1ba\x02"}

Lines = Sequence[PrintedLine]


def run() -> list[Result]:
    fonts = typefaces.find()
    papers = [samples.receipt(number) for number in range(_REPEATS)]
    known = [_laid_out(paper) for paper in papers]
    face = ImageFont.truetype(str(fonts.regular), 24, layout_engine=ImageFont.Layout.BASIC)

    def ours(number: int) -> bytes:
        return render_receipt(papers[number % _REPEATS], PAPER_80MM, fonts)

    def bare(number: int) -> bytes:
        place = number % _REPEATS
        return bare_receipt(*known[place], papers[place], face)

    sizes = [len(ours(0)), len(bare(0))]
    values, floors = in_turns(milliseconds_each(ours, _REPEATS), milliseconds_each(bare, _REPEATS), _ROUNDS)
    detail = {
        "bytes": sizes,
        "rounds": spread(values),
        "floor_rounds": spread(floors),
        "floor": "python-escpos, Pillow",
    }
    return [Result("receipt", median(values), "ms", median(floors), Goal("ratio", "<=", 1.5), detail)]


def _laid_out(paper: Receipt) -> tuple[Lines, Lines, Lines]:
    """The text of a receipt, of the right side of its code and of the left side of its seal, as lines."""
    text: list[PrintedLine] = []
    beside: list[PrintedLine] = []
    seal: list[PrintedLine] = []
    for block in receipt_blocks(paper, PAPER_80MM):
        match block:
            case Text():
                text += text_lines(block, PAPER_80MM.columns)
            case Row():
                text += row_lines(block, PAPER_80MM.columns)
            case Rule():
                text += text_lines(Text("-" * PAPER_80MM.columns), PAPER_80MM.columns)
            case QrBeside():
                beside = [line for part in block.lines for line in text_lines(part, 26)]
            case SealBox():
                seal = [line for part in block.lines for line in text_lines(part, 30)]
    return text, beside, seal


def bare_receipt(text: Lines, beside: Lines, seal: Lines, paper: Receipt, face: ImageFont.FreeTypeFont) -> bytes:
    """The same paper without anything of ours but the printer that collects bytes."""
    printer = dummy_printer(PAPER_80MM.dots)
    printer._raw(b"\x1b@\x1c&")
    for line in text:
        printer._raw(_ALIGN[line.align])
        printer._raw(b"\x1d!" + bytes([(line.width - 1) << 4 | (line.height - 1)]))
        printer._raw(b"\x1b3" + bytes([24 * line.height + 8]))
        for span in line.spans:
            printer._raw(b"\x1bE\x01" if span.bold else b"\x1bE\x00")
            printer._raw(span.text.encode("gbk"))
        printer._raw(b"\n")
    printer._raw(b"\x1ba\x00\x1d!\x00\x1bE\x00")
    printer.image(_code(paper.query, beside, face), impl="bitImageRaster")
    printer.image(_seal_box(paper.seal, seal, face), impl="bitImageRaster")
    printer._raw(b"\x1dVB\x00")
    return bytes(printer.output)


def _code(data: str, lines: Lines, face: ImageFont.FreeTypeFont) -> Image.Image:
    modules = segno.make_qr(data, error="m", boost_error=False).matrix
    small = Image.new("1", (len(modules), len(modules)))
    small.putdata([0 if module else 255 for row in modules for module in row])
    side = len(modules) * _MODULE_DOTS
    picture = Image.new("1", (PAPER_80MM.dots, side + 4 * _MODULE_DOTS), 255)
    picture.paste(small.resize((side, side), Image.Resampling.NEAREST), (2 * _MODULE_DOTS, 2 * _MODULE_DOTS))
    _write(picture, side + 6 * _MODULE_DOTS, lines, face)
    return picture


def _seal_box(seal: str, lines: Lines, face: ImageFont.FreeTypeFont) -> Image.Image:
    picture = Image.new("1", (PAPER_80MM.dots, max(_SEAL_HEIGHT, _PITCH * len(lines))), 255)
    draw = ImageDraw.Draw(picture)
    left, right = PAPER_80MM.dots - _SEAL_WIDTH, PAPER_80MM.dots - 2
    for x in range(left, right, 10):
        draw.rectangle((x, 0, x + 5, 1), fill=0)
        draw.rectangle((x, _SEAL_HEIGHT - 2, x + 5, _SEAL_HEIGHT - 1), fill=0)
    for y in range(0, _SEAL_HEIGHT, 10):
        draw.rectangle((left, y, left + 1, y + 5), fill=0)
        draw.rectangle((right, y, right + 1, y + 5), fill=0)
    draw.text((left + 66, 52), seal[:-3], font=face, fill=0)
    draw.text((left + 66, 84), seal[-3:], font=face, fill=0)
    _write(picture, 0, lines, face)
    return picture


def _write(picture: Image.Image, x: int, lines: Lines, face: ImageFont.FreeTypeFont) -> None:
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((x, number * _PITCH), line.text, font=face, fill=0)
