"""A4 notices: the acceptance notice, the one-time supplement notice and the non-acceptance notice.

One PDF holds both copies (第一联 for the applicant, 第二联 for the file), each numbered by itself. The place of the
dedicated seal (42 mm) is left free on the print; previews show its circle.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from clerk_app.design.fontset import FontSet
from clerk_app.documents.pdf.faces import Faces
from clerk_app.documents.pdf.flow import (
    BODY_BOTTOM,
    BODY_WIDTH,
    DENSITIES,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    SIDE,
    TABLE_SIZE,
    TOP,
    Density,
    Flow,
)
from clerk_app.documents.pdf.text import draw_block, draw_line, one_line, wrap
from clerk_app.documents.qr import qr_modules
from clerk_app.domain.papers import Notice, PaperKind, Span
from clerk_app.domain.wording import paper_day

_COUNT = {1: "一", 2: "两", 3: "三"}
_TITLE, _BODY, _NOTE = 22.0, 11.0, 10.0
_SMALL = 9.5
_TITLE_SPACING = 5.5
_QR_SIDE = 19.5 * MM
_QR_FORM = "qr"
_SEAL = 42 * MM
_SEAL_CENTRE = SIDE + 122.5 * MM
_FOOT_RULE = 15 * MM
_SIGN_RULE = 31 * MM
_SEAL_RED = Color(0.702, 0.149, 0.118)
_CASE_LABELS = {PaperKind.ACCEPTANCE_NOTICE: "受理单号"}


def notice_content(notice: Notice) -> bytes:
    """Return the canonical content of a notice, the input of the check that its footer prints.

    UTF-8 JSON with sorted keys: equal notices give equal bytes on every machine.
    """
    return json.dumps(asdict(notice), ensure_ascii=False, sort_keys=True, default=str).encode("utf-8", "surrogatepass")


def render_notice(notice: Notice, fonts: FontSet, *, check: str = "", preview: bool = False) -> bytes:
    """Return the PDF with both copies; equal arguments give equal bytes.

    ``check`` is the hexadecimal SM3 value of ``notice_content`` (its first 16 digits are printed); ``preview`` draws
    the seal's place and only the first copy.
    """
    faces = Faces(fonts)
    flow = _fewest_pages(notice, faces)
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1, lang="zh-CN")
    canvas.setTitle(f"{notice.title} {notice.document_number}")
    canvas.setAuthor(notice.agency)
    _define_qr(canvas, notice.query)
    for copy in copy_lines(notice.holders)[: 1 if preview else None]:
        for number, steps in enumerate(flow.pages):
            _head(canvas, faces, notice, copy, first=number == 0)
            for step in steps:
                step(canvas)
            if number == len(flow.pages) - 1:
                _signatures(canvas, faces, notice)
                _seal(canvas, faces, notice, preview=preview)
            _foot(canvas, faces, notice, check, f"第 {number + 1} 页 共 {len(flow.pages)} 页")
            canvas.showPage()
    canvas.save()
    return stream.getvalue()


def copy_lines(holders: Sequence[str]) -> tuple[str, ...]:
    """The line of each copy: which it is, who keeps it, and how many there are."""
    if len(holders) == 1:
        return (f"共一联：{holders[0]}",)
    total = _COUNT[len(holders)]
    return tuple(f"第{_COUNT[n] if n != 2 else '二'}联：{holder}（共{total}联）" for n, holder in enumerate(holders, 1))


def _fewest_pages(notice: Notice, faces: Faces) -> Flow:
    best = _place(notice, faces, DENSITIES[0])
    for density in DENSITIES[1:]:
        if len(best.pages) == 1:
            break
        tighter = _place(notice, faces, density)
        best = tighter if len(tighter.pages) < len(best.pages) else best
    return best


def _place(notice: Notice, faces: Faces, density: Density) -> Flow:
    flow = Flow(faces, density, continued_top=TOP + 12 * MM)
    flow.y = PAGE_HEIGHT - TOP - 26 * MM
    _title(flow, faces, notice.title)
    flow.paragraph((Span(notice.addressee),), _BODY, 18.0)
    flow.skip(density.gap / 2)
    flow.paragraph(notice.opening, _BODY, 18.5, indent=2 * _BODY, justify=True)
    if notice.facts:
        flow.skip(density.gap)
        flow.facts(notice.facts)
    if notice.rows:
        flow.skip(density.gap)
        flow.keep_with_next(18 + 5 * TABLE_SIZE)
        flow.paragraph((Span(notice.list_heading),), _BODY, 18.0)
        flow.skip(density.gap / 4)
        flow.table(notice.columns, notice.rows)
    flow.skip(density.gap)
    for paragraph in notice.closing:
        flow.paragraph(paragraph, _BODY, 17.5, indent=2 * _BODY, justify=True)
        flow.skip(density.gap / 4)
    _notes(flow, faces, notice)
    return flow


def _notes(flow: Flow, faces: Faces, notice: Notice) -> None:
    """Place handler and query hint, and see that the seal stands below or beside them on the same page."""
    notes = (notice.handler, notice.query_hint)
    if not flow.density.notes_aside:
        flow.keep_with_next(_SEAL + 2 * MM + 2 * 16.0)
        for note in notes:
            flow.paragraph((Span(note),), _NOTE, 16.0)
        return
    flow.keep_with_next(_SEAL + 2 * MM)
    top = BODY_BOTTOM + _SEAL + 2 * MM
    for note in notes:
        block = wrap(faces, (Span(note),), _NOTE, 15.0, _SEAL_CENTRE - _SEAL / 2 - SIDE - 3 * MM)
        flow.add(partial(draw_block, faces=faces, block=block, x=SIDE, top=top))
        top -= block.height


def _title(flow: Flow, faces: Faces, title: str) -> None:
    natural = one_line(faces, title, _TITLE, bold=True, spread=_TITLE_SPACING)
    scale = min(1.0, BODY_WIDTH / natural.width)
    line = one_line(faces, title, _TITLE * scale, bold=True, spread=_TITLE_SPACING * scale)
    baseline = flow.y - _TITLE - 4
    flow.add(lambda canvas: draw_line(canvas, faces, line, _TITLE * scale, (PAGE_WIDTH - line.width) / 2, baseline))
    flow.y -= _TITLE + 18


def _head(canvas: Canvas, faces: Faces, notice: Notice, copy: str, *, first: bool) -> None:
    label = _CASE_LABELS.get(notice.kind, "收件编号")
    lines = [notice.document_number, f"{label}：{notice.case_number}", copy]
    if not first:
        lines = [f"{notice.title}（续） {notice.document_number} {copy}"]
    for number, text in enumerate(lines):
        draw_line(canvas, faces, one_line(faces, text, _NOTE), _NOTE, SIDE, PAGE_HEIGHT - TOP - 11 - 16 * number)
    if first:
        _qr(canvas, faces, notice.query)


def _define_qr(canvas: Canvas, data: str) -> None:
    """Put the code into the document once; both copies show it."""
    modules = qr_modules(data)
    side = _QR_SIDE / len(modules)
    canvas.beginForm(_QR_FORM, 0, 0, _QR_SIDE, _QR_SIDE)
    path = canvas.beginPath()
    for row, line in enumerate(modules):
        start = 0
        while start < len(line):
            end = start
            while end < len(line) and line[end]:
                end += 1
            if end > start:
                path.rect(start * side, _QR_SIDE - (row + 1) * side, (end - start) * side, side)
            start = end + 1
    canvas.setFillGray(0)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.endForm()


def _qr(canvas: Canvas, faces: Faces, data: str) -> None:
    left, top = SIDE + BODY_WIDTH - _QR_SIDE, PAGE_HEIGHT - TOP
    canvas.saveState()
    canvas.translate(left, top - _QR_SIDE)
    canvas.doForm(_QR_FORM)
    canvas.restoreState()
    opens_page = data.startswith(("http://", "https://"))
    caption = one_line(faces, "扫码查进度" if opens_page else "查询时出示", _SMALL)
    draw_line(canvas, faces, caption, _SMALL, left + (_QR_SIDE - caption.width) / 2, top - _QR_SIDE - 13)


def _signatures(canvas: Canvas, faces: Faces, notice: Notice) -> None:
    canvas.setLineWidth(0.6)
    upper, lower = _SIGN_RULE, _SIGN_RULE - 8.2 * MM
    sign = one_line(faces, f"{notice.signatures[0]}：", _BODY)
    draw_line(canvas, faces, sign, _BODY, SIDE, upper)
    canvas.line(SIDE + sign.width, upper - 2, SIDE + sign.width + 31 * MM, upper - 2)
    x = SIDE
    for text, blank in (("签收时间：", 13 * MM), ("年", 9 * MM), ("月", 9 * MM), ("日", 9 * MM), ("时", 0.0)):
        piece = one_line(faces, text, _BODY)
        draw_line(canvas, faces, piece, _BODY, x, lower)
        x += piece.width
        if blank:
            canvas.line(x, lower - 2, x + blank, lower - 2)
            x += blank


def _seal(canvas: Canvas, faces: Faces, notice: Notice, *, preview: bool) -> None:
    middle = BODY_BOTTOM + 1 * MM + _SEAL / 2
    for text, rise in ((notice.agency, 2 * MM), (paper_day(notice.issued_on), -6 * MM)):
        line = one_line(faces, text, _BODY)
        left = min(_SEAL_CENTRE - line.width / 2, SIDE + BODY_WIDTH - line.width)
        draw_line(canvas, faces, line, _BODY, left, middle + rise)
    if not preview:
        return
    canvas.saveState()
    canvas.setStrokeColor(_SEAL_RED)
    canvas.setFillColor(_SEAL_RED)
    canvas.setLineWidth(0.9)
    canvas.setDash(3, 2)
    canvas.circle(_SEAL_CENTRE, middle, _SEAL / 2)
    mark = one_line(faces, notice.seal, _SMALL)
    draw_line(canvas, faces, mark, _SMALL, _SEAL_CENTRE - mark.width / 2, middle - 12.5 * MM)
    canvas.restoreState()


def _foot(canvas: Canvas, faces: Faces, notice: Notice, check: str, page: str) -> None:
    canvas.setLineWidth(0.6)
    canvas.line(SIDE, _FOOT_RULE, SIDE + BODY_WIDTH, _FOOT_RULE)
    left = one_line(faces, notice.footer, _SMALL)
    short = " ".join(check[start : start + 4] for start in range(0, min(len(check), 16), 4))
    middle = one_line(faces, f"校验 SM3:{short}" if check else "", _SMALL)
    right = one_line(faces, page, _SMALL)
    first, second = _FOOT_RULE - 13, _FOOT_RULE - 27
    crowded = left.width + middle.width + right.width + 4 * _SMALL > BODY_WIDTH
    draw_line(canvas, faces, left, _SMALL, SIDE, first)
    draw_line(canvas, faces, right, _SMALL, SIDE + BODY_WIDTH - right.width, second if crowded else first)
    free = left.width + (BODY_WIDTH - left.width - right.width - middle.width) / 2
    draw_line(canvas, faces, middle, _SMALL, SIDE if crowded else SIDE + free, second if crowded else first)
