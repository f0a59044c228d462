"""QR code and barcode of an A4 paper. Each is put into the document once and shown on every copy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from reportlab.graphics.barcode.code128 import Code128
from reportlab.pdfgen.canvas import Canvas

from clerk_app.documents.pdf.flow import MM
from clerk_app.documents.qr import qr_modules

QR_SIDE = 19.5 * MM
BAR_HEIGHT = 10 * MM
WIDEST_BARCODE = 52 * MM
_MODULE = 0.25 * MM
"""Width of a bar's module where there is room; scanners at a counter read 0.19 mm and more (ISO/IEC 15417)."""
_QR_FORM, _BAR_FORM = "qr", "barcode"


def barcode_bars(text: str) -> list[tuple[int, int]]:
    """Return the dark bars of ``text`` in Code 128 as (start, width) in modules.

    Nothing is returned for text that Code 128 cannot hold: outside of ASCII, or empty.
    """
    if not text or not text.isascii() or not text.isprintable():
        return []
    code: Any = Code128(text, quiet=0)
    code.validate()
    code.encode()
    code.decompose()
    bars: list[tuple[int, int]] = []
    at = 0
    for element in code.decomposed:
        width = ord(element.upper()) - ord("A") + 1
        if element.isupper():
            bars.append((at, width))
        at += width
    return bars


def define_codes(canvas: Canvas, query: str, number: str) -> float:
    """Put both codes into the document; returns the barcode's width in points, 0 for none."""
    modules = qr_modules(query)
    side = QR_SIDE / len(modules)
    canvas.beginForm(_QR_FORM, 0, 0, QR_SIDE, QR_SIDE)
    _fill(
        canvas,
        (
            (start * side, QR_SIDE - (row + 1) * side, length * side, side)
            for row, line in enumerate(modules)
            for start, length in _runs(line)
        ),
    )
    canvas.endForm()
    bars = barcode_bars(number)
    if not bars:
        return 0.0
    total = bars[-1][0] + bars[-1][1]
    module = min(_MODULE, WIDEST_BARCODE / total)
    canvas.beginForm(_BAR_FORM, 0, 0, total * module, BAR_HEIGHT)
    _fill(canvas, ((start * module, 0.0, width * module, BAR_HEIGHT) for start, width in bars))
    canvas.endForm()
    return total * module


def draw_qr(canvas: Canvas, left: float, bottom: float) -> None:
    _show(canvas, _QR_FORM, left, bottom)


def draw_barcode(canvas: Canvas, left: float, bottom: float) -> None:
    _show(canvas, _BAR_FORM, left, bottom)


def _show(canvas: Canvas, form: str, left: float, bottom: float) -> None:
    canvas.saveState()
    canvas.translate(left, bottom)
    canvas.doForm(form)
    canvas.restoreState()


def _fill(canvas: Canvas, boxes: Iterable[tuple[float, float, float, float]]) -> None:
    path = canvas.beginPath()
    for box in boxes:
        path.rect(*box)
    canvas.setFillGray(0)
    canvas.drawPath(path, stroke=0, fill=1)


def _runs(line: Sequence[bool]) -> Iterable[tuple[int, int]]:
    at = 0
    for dark, group in groupby(line):
        length = len(list(group))
        if dark:
            yield at, length
        at += length
