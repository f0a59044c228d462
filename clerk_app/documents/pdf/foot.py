"""The foot of an A4 paper: places to sign with their times, the place of the seal, the line below the rule.

Lengths in points from the page's bottom left corner. The seal (42 mm) stands at the right with the agency and the date
in it; the places to sign stand left of it, or over the whole width where no seal is due.
"""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from clerk_app.documents.pdf.faces import Faces
from clerk_app.documents.pdf.flow import BODY_BOTTOM, BODY_WIDTH, MM, SIDE
from clerk_app.documents.pdf.text import draw_line, one_line
from clerk_app.domain.paper_parts import local
from clerk_app.domain.papers import Notice
from clerk_app.domain.signatures import PAD_RATIO, Signature, Stroke
from clerk_app.domain.wording import paper_day, paper_moment

BODY, SMALL = 11.0, 9.5
SEAL = 42 * MM
SEAL_CENTRE = SIDE + 122.5 * MM
_FOOT_RULE = 15 * MM
_SIGN_RULE = 31 * MM
_TIME_DROP = 8.2 * MM
"""The line of the time stands so much below the line to sign on."""
_SIGN_ROW = 19 * MM
_SIGN_LENGTH = 31 * MM
_SIGNED_HEIGHT = 10.5 * MM
_COLUMN_GAP = 4 * MM
_PEN = 1.1
_SEAL_RED = Color(0.702, 0.149, 0.118)


def reserved(notice: Notice) -> float:
    """Height above the body's lowest point that seal and places to sign need."""
    if notice.seal:
        return SEAL + 2 * MM
    rows = _rows(notice)
    return rows * _SIGN_ROW + 4 * MM if rows else 0.0


def _rows(notice: Notice) -> int:
    return -(-len(notice.signatures) // _columns(notice))


def _columns(notice: Notice) -> int:
    return 1 if notice.seal or len(notice.signatures) == 1 else 2


def draw_signatures(canvas: Canvas, faces: Faces, notice: Notice, signature: Signature | None) -> None:
    """Draw the places to sign; ``signature`` is written into the first one, with its time."""
    columns, rows = _columns(notice), _rows(notice)
    width = (BODY_WIDTH + _COLUMN_GAP) / columns
    canvas.setLineWidth(0.6)
    for number, label in enumerate(notice.signatures):
        left = SIDE + (number % columns) * width
        upper = _SIGN_RULE + (rows - 1 - number // columns) * _SIGN_ROW
        signed = signature if number == 0 else None
        _place(canvas, faces, label, left, upper, signed)


def _place(canvas: Canvas, faces: Faces, label: str, left: float, upper: float, signed: Signature | None) -> None:
    sign = one_line(faces, f"{label}：", BODY)
    draw_line(canvas, faces, sign, BODY, left, upper)
    start = left + sign.width
    canvas.line(start, upper - 2, start + _SIGN_LENGTH, upper - 2)
    lower = upper - _TIME_DROP
    when = "签收时间：" if "签收" in label else "签字时间："
    if signed is not None:
        _write(canvas, signed.strokes, start + 2 * MM, upper - 1)
        signed_at = one_line(faces, f"{when}{paper_moment(local(signed.signed_at))}", BODY)
        draw_line(canvas, faces, signed_at, BODY, left, lower)
        return
    x = left
    for text, blank in ((when, 12 * MM), ("年", 8 * MM), ("月", 8 * MM), ("日", 8 * MM), ("时", 0.0)):
        piece = one_line(faces, text, BODY)
        draw_line(canvas, faces, piece, BODY, x, lower)
        x += piece.width
        if blank:
            canvas.line(x, lower - 2, x + blank, lower - 2)
            x += blank


def _write(canvas: Canvas, strokes: Sequence[Stroke], left: float, bottom: float) -> None:
    """Draw strokes given in 0 … 1 of a place of ``PAD_RATIO``, from its upper left corner."""
    width, height = _SIGNED_HEIGHT * PAD_RATIO, _SIGNED_HEIGHT
    canvas.saveState()
    canvas.setLineWidth(_PEN)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    path = canvas.beginPath()
    for stroke in strokes:
        points = [(left + x * width, bottom + (1 - y) * height) for x, y in stroke]
        path.moveTo(*points[0])
        for point in points[1:] or points:
            path.lineTo(*point)
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.restoreState()


def draw_seal(canvas: Canvas, faces: Faces, notice: Notice, *, preview: bool) -> None:
    """Draw agency and date where the seal goes; its circle on previews only."""
    if not notice.seal:
        return
    middle = BODY_BOTTOM + 1 * MM + SEAL / 2
    for text, rise in ((notice.agency, 2 * MM), (paper_day(notice.issued_on), -6 * MM)):
        line = one_line(faces, text, BODY)
        left = min(SEAL_CENTRE - line.width / 2, SIDE + BODY_WIDTH - line.width)
        draw_line(canvas, faces, line, BODY, left, middle + rise)
    if not preview:
        return
    canvas.saveState()
    canvas.setStrokeColor(_SEAL_RED)
    canvas.setFillColor(_SEAL_RED)
    canvas.setLineWidth(0.9)
    canvas.setDash(3, 2)
    canvas.circle(SEAL_CENTRE, middle, SEAL / 2)
    mark = one_line(faces, notice.seal, SMALL)
    draw_line(canvas, faces, mark, SMALL, SEAL_CENTRE - mark.width / 2, middle - 12.5 * MM)
    canvas.restoreState()


def draw_foot(canvas: Canvas, faces: Faces, notice: Notice, check: str, page: str) -> None:
    """Draw the line below the rule: catalogue version, check, page."""
    canvas.setLineWidth(0.6)
    canvas.line(SIDE, _FOOT_RULE, SIDE + BODY_WIDTH, _FOOT_RULE)
    left = one_line(faces, notice.footer, SMALL)
    short = " ".join(check[start : start + 4] for start in range(0, min(len(check), 16), 4))
    middle = one_line(faces, f"校验 SM3:{short}" if check else "", SMALL)
    right = one_line(faces, page, SMALL)
    first, second = _FOOT_RULE - 13, _FOOT_RULE - 27
    crowded = left.width + middle.width + right.width + 4 * SMALL > BODY_WIDTH
    draw_line(canvas, faces, left, SMALL, SIDE, first)
    draw_line(canvas, faces, right, SMALL, SIDE + BODY_WIDTH - right.width, second if crowded else first)
    free = left.width + (BODY_WIDTH - left.width - right.width - middle.width) / 2
    draw_line(canvas, faces, middle, SMALL, SIDE if crowded else SIDE + free, second if crowded else first)
