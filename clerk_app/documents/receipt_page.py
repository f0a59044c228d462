"""Thermal papers on A4: the same words, for the screen and for a broken printer."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.pdfgen.canvas import Canvas

from clerk_app.design.fontset import FontSet
from clerk_app.documents.pdf.faces import Faces
from clerk_app.documents.pdf.flow import BODY_WIDTH, DENSITIES, MM, PAGE_HEIGHT, PAGE_WIDTH, SIDE, TOP, Flow
from clerk_app.documents.pdf.text import draw_line, one_line
from clerk_app.documents.qr import qr_modules
from clerk_app.domain.papers import Column, Fact, Receipt, Span, ThermalNote, plain

_TITLE, _STATEMENT, _BODY, _SMALL = 22.0, 18.0, 11.0, 9.5
_LEADING = 18.0
_QR_SIDE = 19.5 * MM
_SEAL_ROOM = 44 * MM
"""Height that the seal (42 mm) needs below the words."""
_FOOT = 11 * MM
_COLUMNS = (
    Column("序号", 0.08, "centre"),
    Column("收到的材料", 0.52),
    Column("形式", 0.16, "centre"),
    Column("份数", 0.12, "centre"),
    Column("页数", 0.12, "centre"),
)


def render_receipt_page(receipt: Receipt, fonts: FontSet) -> bytes:
    """Return the receipt as a PDF of one copy; equal receipts give equal bytes. The seal's place is left free."""
    faces = Faces(fonts)
    flow = _placed(receipt, faces)
    return _drawn(flow, "收件凭证", receipt.case_number, receipt.hall_name, receipt.query)


def render_note_page(note: ThermalNote, fonts: FontSet) -> bytes:
    """Return a short form as a PDF of one copy; equal notes give equal bytes."""
    flow = Flow(Faces(fonts), DENSITIES[0], continued_top=TOP)
    _head(flow, note.hall_name, note.title, note.reprint)
    flow.facts((Fact("编号", (Span(note.number, bold=True),)), *note.facts))
    flow.skip(flow.density.gap)
    if note.rows:
        columns = (Column(note.list_heading, 0.7), Column("", 0.3, "centre"))
        flow.table(columns, [(row.name, row.remark or "—") for row in note.rows])
        flow.skip(flow.density.gap)
    if note.statement:
        _centred(flow, note.statement, _STATEMENT)
    for text in note.paragraphs:
        flow.paragraph(plain(text), _BODY, _LEADING, indent=2 * _BODY, justify=True)
    flow.skip(flow.density.gap)
    flow.keep_with_next(_SEAL_ROOM)
    made = f"{note.made_at:%Y-%m-%d %H:%M}"
    _desk(flow, f"{_window(note.window, note.clerk)}  {made}", note.phone, note.signs, note.seal, note.footer)
    return _drawn(flow, note.title, note.number, note.hall_name, note.query)


def _drawn(flow: Flow, title: str, number: str, author: str, query: str) -> bytes:
    faces = flow.faces
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1, lang="zh-CN")
    canvas.setTitle(f"{title} {number}")
    canvas.setAuthor(author)
    for page, steps in enumerate(flow.pages, 1):
        if page == 1 and query:
            _qr(canvas, faces, query)
        for step in steps:
            step(canvas)
        foot = one_line(faces, f"{title} {number}  第 {page} 页 共 {len(flow.pages)} 页", _SMALL)
        draw_line(canvas, faces, foot, _SMALL, SIDE + BODY_WIDTH - foot.width, _FOOT)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _head(flow: Flow, hall_name: str, title: str, reprint: int) -> None:
    flow.paragraph(plain(hall_name), _BODY, _LEADING)
    if reprint:
        flow.paragraph((Span(f"补打 {reprint}", bold=True),), _BODY, _LEADING)
    flow.y = PAGE_HEIGHT - TOP - 26 * MM
    _centred(flow, title, _TITLE)


def _placed(receipt: Receipt, faces: Faces) -> Flow:
    flow = Flow(faces, DENSITIES[0], continued_top=TOP)
    _head(flow, receipt.hall_name, "收件凭证", receipt.reprint)
    flow.facts(_facts(receipt))
    flow.skip(flow.density.gap)
    flow.table(_COLUMNS, [(str(row.number), row.name, row.form, row.pieces, row.pages) for row in receipt.rows])
    flow.skip(flow.density.gap)
    pages = f" {receipt.total_pages} 页" if receipt.total_pages else ""  # pages are not counted everywhere
    total = f"合计 {receipt.total_pieces} 份{pages}"
    flow.paragraph((Span(total, bold=True),), _BODY, _LEADING)
    flow.keep_with_next(_STATEMENT * 2 + 2 * _LEADING + _SEAL_ROOM)
    _centred(flow, receipt.statement, _STATEMENT)
    flow.paragraph(plain(receipt.explanation), _BODY, _LEADING, indent=2 * _BODY, justify=True)
    flow.skip(flow.density.gap)
    flow.keep_with_next(_SEAL_ROOM)
    _desk(flow, _window(receipt.window, receipt.clerk), receipt.phone, ("申请人签字",), receipt.seal)
    return flow


def _facts(receipt: Receipt) -> list[Fact]:
    received = plain(f"{receipt.received_at:%Y-%m-%d %H:%M}")
    facts = [
        Fact("编号", (Span(receipt.case_number, bold=True),), half=True),
        Fact("收件时间", received, half=True),
        Fact("事项", plain(receipt.matter)),
        Fact("受理机关", plain(receipt.agency)),
        Fact("申请人", plain(receipt.applicant)),
    ]
    agent = " ".join(part for part in (receipt.agent, receipt.agent_number) if part)
    return [*facts, Fact("代理人" if receipt.agent else "证件号码", plain(agent))] if agent else facts


def _centred(flow: Flow, text: str, size: float) -> None:
    faces = flow.faces
    natural = one_line(faces, text, size, bold=True)
    scale = min(1.0, BODY_WIDTH / natural.width) if natural.width else 1.0
    line = one_line(faces, text, size * scale, bold=True)
    baseline = flow.y - size
    flow.add(lambda canvas: draw_line(canvas, faces, line, size * scale, (PAGE_WIDTH - line.width) / 2, baseline))
    flow.y -= size * 2


def _window(window: str, clerk: str) -> str:
    return f"{window} 号窗口 {clerk}" if window else clerk


def _desk(flow: Flow, desk: str, phone: str, signs: Sequence[str], seal: str, last: str = "") -> None:
    """The window and the places to sign on the left, the free place of the seal on the right."""
    lines = [desk, f"电话 {phone}" if phone else "", *(line for sign in signs for line in ("", f"{sign}：{'_' * 16}"))]
    for text in lines:
        flow.paragraph(plain(text or " "), _BODY, _LEADING)
    for text in (f"（{seal}盖在右侧空白处）" if seal else "", last):
        flow.paragraph(plain(text or " "), _SMALL, _LEADING)


def _qr(canvas: Canvas, faces: Faces, query: str) -> None:
    modules = qr_modules(query)
    side = _QR_SIDE / len(modules)
    left, top = SIDE + BODY_WIDTH - _QR_SIDE, PAGE_HEIGHT - TOP
    path = canvas.beginPath()
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark:
                path.rect(left + column * side, top - (row + 1) * side, side, side)
    canvas.setFillGray(0)
    canvas.drawPath(path, stroke=0, fill=1)
    opens_page = query.startswith(("http://", "https://"))
    caption = one_line(faces, "扫码查进度" if opens_page else "查询时出示", _SMALL)
    draw_line(canvas, faces, caption, _SMALL, left + (_QR_SIDE - caption.width) / 2, top - _QR_SIDE - 13)
