"""收件凭证 on A4: the same words as the thermal receipt, for the screen and for a broken printer."""

from __future__ import annotations

import io

from reportlab.pdfgen.canvas import Canvas

from clerk_app.design.fontset import FontSet
from clerk_app.documents.pdf.faces import Faces
from clerk_app.documents.pdf.flow import BODY_WIDTH, DENSITIES, MM, PAGE_HEIGHT, PAGE_WIDTH, SIDE, TOP, Flow
from clerk_app.documents.pdf.text import draw_line, one_line
from clerk_app.documents.qr import qr_modules
from clerk_app.domain.papers import Column, Fact, Receipt, Span, plain

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
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1, lang="zh-CN")
    canvas.setTitle(f"收件凭证 {receipt.case_number}")
    canvas.setAuthor(receipt.hall_name)
    for number, steps in enumerate(flow.pages, 1):
        if number == 1:
            _qr(canvas, faces, receipt)
        for step in steps:
            step(canvas)
        foot = one_line(faces, f"收件凭证 {receipt.case_number}  第 {number} 页 共 {len(flow.pages)} 页", _SMALL)
        draw_line(canvas, faces, foot, _SMALL, SIDE + BODY_WIDTH - foot.width, _FOOT)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _placed(receipt: Receipt, faces: Faces) -> Flow:
    flow = Flow(faces, DENSITIES[0], continued_top=TOP)
    flow.paragraph(plain(receipt.hall_name), _BODY, _LEADING)
    if receipt.reprint:
        flow.paragraph((Span(f"补打 {receipt.reprint}", bold=True),), _BODY, _LEADING)
    flow.y = PAGE_HEIGHT - TOP - 26 * MM
    _centred(flow, "收件凭证", _TITLE)
    flow.facts(_facts(receipt))
    flow.skip(flow.density.gap)
    flow.table(_COLUMNS, [(str(row.number), row.name, row.form, row.pieces, row.pages) for row in receipt.rows])
    flow.skip(flow.density.gap)
    total = f"合计 {receipt.total_pieces} 份 {receipt.total_pages} 页"
    flow.paragraph((Span(total, bold=True),), _BODY, _LEADING)
    flow.keep_with_next(_STATEMENT * 2 + 2 * _LEADING + _SEAL_ROOM)
    _centred(flow, receipt.statement, _STATEMENT)
    flow.paragraph(plain(receipt.explanation), _BODY, _LEADING, indent=2 * _BODY, justify=True)
    flow.skip(flow.density.gap)
    flow.keep_with_next(_SEAL_ROOM)
    _hand_over(flow, receipt)
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


def _hand_over(flow: Flow, receipt: Receipt) -> None:
    """The window and the applicant's signature on the left, the free place of the seal on the right."""
    desk = f"{receipt.window} 号窗口 {receipt.clerk}" if receipt.window else receipt.clerk
    for text in (desk, f"电话 {receipt.phone}" if receipt.phone else "", "", "申请人签字：________________"):
        flow.paragraph(plain(text or " "), _BODY, _LEADING)
    note = f"（{receipt.seal}盖在右侧空白处）" if receipt.seal else " "
    flow.paragraph(plain(note), _SMALL, _LEADING)


def _qr(canvas: Canvas, faces: Faces, receipt: Receipt) -> None:
    modules = qr_modules(receipt.query)
    side = _QR_SIDE / len(modules)
    left, top = SIDE + BODY_WIDTH - _QR_SIDE, PAGE_HEIGHT - TOP
    path = canvas.beginPath()
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark:
                path.rect(left + column * side, top - (row + 1) * side, side, side)
    canvas.setFillGray(0)
    canvas.drawPath(path, stroke=0, fill=1)
    opens_page = receipt.query.startswith(("http://", "https://"))
    caption = one_line(faces, "扫码查进度" if opens_page else "查询时出示", _SMALL)
    draw_line(canvas, faces, caption, _SMALL, left + (_QR_SIDE - caption.width) / 2, top - _QR_SIDE - 13)
