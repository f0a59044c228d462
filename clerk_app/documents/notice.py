"""A4 papers: every kind of notice, decision, letter and sheet.

One PDF holds every copy (第一联 for the applicant, 第二联 for the file), each numbered by itself. The place of the
dedicated seal (42 mm) is left free on the print; previews show its circle.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

from reportlab.pdfgen.canvas import Canvas

from clerk_app.design.fontset import FontSet
from clerk_app.documents.pdf.codes import BAR_HEIGHT, QR_SIDE, define_codes, draw_barcode, draw_qr
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
from clerk_app.documents.pdf.foot import (
    BODY,
    SEAL,
    SEAL_CENTRE,
    SMALL,
    draw_foot,
    draw_seal,
    draw_signatures,
    reserved,
)
from clerk_app.documents.pdf.text import draw_block, draw_line, one_line, wrap
from clerk_app.domain.papers import Notice, PaperKind, Span
from clerk_app.domain.signatures import Signature
from clerk_app.domain.wording import paper_day

_COUNT = "一二三四"
_TITLE, _NOTE = 22.0, 10.0
_TITLE_SPACING = 5.5
_CODE_GAP = 4 * MM
_RECEIVED_KINDS = frozenset({PaperKind.SUPPLEMENT_NOTICE, PaperKind.NON_ACCEPTANCE_NOTICE, PaperKind.RETURN_NOTICE})
"""Before acceptance the case's number is that of the receipt."""


def notice_content(notice: Notice) -> bytes:
    """Return the canonical content of a notice, the input of the check that its footer prints.

    UTF-8 JSON with sorted keys: equal notices give equal bytes on every machine. A signature is no part of it.
    """
    return json.dumps(asdict(notice), ensure_ascii=False, sort_keys=True, default=str).encode("utf-8", "surrogatepass")


def copy_lines(holders: Sequence[str]) -> tuple[str, ...]:
    """Return the line of each copy: which it is, who keeps it, and how many there are (第一联：存档（共两联）)."""
    if len(holders) == 1:
        return (f"共一联：{holders[0]}",)
    total = "两" if len(holders) == 2 else _COUNT[len(holders) - 1]
    return tuple(f"第{ordinal}联：{holder}（共{total}联）" for ordinal, holder in zip(_COUNT, holders, strict=False))


def render_notice(
    notice: Notice,
    fonts: FontSet,
    *,
    check: str = "",
    preview: bool = False,
    signature: Signature | None = None,
    reprint: int = 0,
) -> bytes:
    """Return the PDF with every copy; equal arguments give equal bytes.

    ``check`` is the hexadecimal SM3 value of ``notice_content`` (its first 16 digits are printed); ``preview`` draws
    the seal's place and only the first copy. ``signature`` is written into the first place to sign; ``reprint`` > 0
    marks the copies as printed again.
    """
    faces = Faces(fonts)
    flow = _fewest_pages(notice, faces)
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1, lang="zh-CN")
    canvas.setTitle(f"{notice.title} {notice.document_number}")
    canvas.setAuthor(notice.agency)
    bars = define_codes(canvas, notice.query, notice.case_number)
    mark = f"  补打 {reprint}" if reprint else ""
    for copy in copy_lines(notice.holders)[: 1 if preview else None]:
        for number, steps in enumerate(flow.pages):
            _head(canvas, faces, notice, copy + mark, bars, first=number == 0)
            for step in steps:
                step(canvas)
            if number == len(flow.pages) - 1:
                draw_signatures(canvas, faces, notice, signature)
                draw_seal(canvas, faces, notice, preview=preview)
            draw_foot(canvas, faces, notice, check, f"第 {number + 1} 页 共 {len(flow.pages)} 页")
            canvas.showPage()
    canvas.save()
    return stream.getvalue()


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
    if notice.addressee:
        flow.paragraph((Span(notice.addressee),), BODY, 18.0)
        flow.skip(density.gap / 2)
    if notice.opening:
        flow.paragraph(notice.opening, BODY, 18.5, indent=2 * BODY, justify=True)
        flow.skip(density.gap)
    if notice.facts:
        flow.facts(notice.facts)
    if notice.rows:
        flow.skip(density.gap)
        flow.keep_with_next(18 + 5 * TABLE_SIZE)
        flow.paragraph((Span(notice.list_heading),), BODY, 18.0)
        flow.skip(density.gap / 4)
        flow.table(notice.columns, notice.rows)
    flow.skip(density.gap)
    for paragraph in notice.closing:
        flow.paragraph(paragraph, BODY, 17.5, indent=2 * BODY, justify=True)
        flow.skip(density.gap / 4)
    _notes(flow, faces, notice)
    return flow


def _notes(flow: Flow, faces: Faces, notice: Notice) -> None:
    """Place handler and query hint, and see that seal and signatures stand below or beside them on the same page."""
    made_by = "" if notice.seal else f"制发：{notice.agency}  {paper_day(notice.issued_on)}"
    flow.skip(flow.density.gap / 4)
    notes = [note for note in (notice.handler, notice.query_hint, made_by) if note]
    foot = reserved(notice)
    if not (flow.density.notes_aside and notice.seal):
        flow.keep_with_next(foot + len(notes) * 16.0)
        for note in notes:
            flow.paragraph((Span(note),), _NOTE, 16.0)
        return
    flow.keep_with_next(foot)
    top = BODY_BOTTOM + foot
    for note in notes:
        block = wrap(faces, (Span(note),), _NOTE, 15.0, SEAL_CENTRE - SEAL / 2 - SIDE - 3 * MM)
        flow.add(partial(draw_block, faces=faces, block=block, x=SIDE, top=top))
        top -= block.height


def _title(flow: Flow, faces: Faces, title: str) -> None:
    natural = one_line(faces, title, _TITLE, bold=True, spread=_TITLE_SPACING)
    scale = min(1.0, BODY_WIDTH / natural.width)
    line = one_line(faces, title, _TITLE * scale, bold=True, spread=_TITLE_SPACING * scale)
    baseline = flow.y - _TITLE - 4
    flow.add(lambda canvas: draw_line(canvas, faces, line, _TITLE * scale, (PAGE_WIDTH - line.width) / 2, baseline))
    flow.y -= _TITLE + 18


def _head(canvas: Canvas, faces: Faces, notice: Notice, copy: str, bars: float, *, first: bool) -> None:
    if not first:
        _head_line(canvas, faces, f"{notice.title}（续） {notice.document_number} {copy}", 0, BODY_WIDTH)
        return
    top = PAGE_HEIGHT - TOP
    right = SIDE + BODY_WIDTH - QR_SIDE
    draw_qr(canvas, right, top - QR_SIDE)
    caption = one_line(faces, "扫码查进度" if _opens_page(notice.query) else "查询时出示", SMALL)
    draw_line(canvas, faces, caption, SMALL, right + (QR_SIDE - caption.width) / 2, top - QR_SIDE - 13)
    room = right - _CODE_GAP - SIDE
    if bars:
        draw_barcode(canvas, right - _CODE_GAP - bars, top - BAR_HEIGHT)
        room -= bars + _CODE_GAP
    label = "收件编号" if notice.kind in _RECEIVED_KINDS else "受理单号"
    lines = [notice.document_number, f"{label}：{notice.case_number}" if notice.case_number else "", copy]
    for number, text in enumerate(filter(None, lines)):
        _head_line(canvas, faces, text, number, room)


def _head_line(canvas: Canvas, faces: Faces, text: str, number: int, room: float) -> None:
    """Draw a line of the head, smaller where its text is longer than the room."""
    line = one_line(faces, text, _NOTE)
    size = _NOTE * min(1.0, room / line.width) if line.width else _NOTE
    draw_line(canvas, faces, one_line(faces, text, size), size, SIDE, PAGE_HEIGHT - TOP - 11 - 16 * number)


def _opens_page(query: str) -> bool:
    return query.startswith(("http://", "https://"))
