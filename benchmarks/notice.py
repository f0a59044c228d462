"""One A4 notice, both copies, beside the same paper by reportlab's platypus.

The floor has the same words, fonts, sizes, tables and QR code in two copies; platypus breaks its lines (``wordWrap``
CJK). Its code is drawn as ours is, because reportlab's own QR widget alone would double the floor. It lends no width
between columns, sets the paper once instead of looking for the fewest pages and cannot mend a name beyond U+FFFF.
Fonts are read before, as in a window.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from html import escape
from statistics import median

import segno
from reportlab.lib.colors import black
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from benchmarks import samples
from benchmarks.measure import in_turns, milliseconds_each, spread
from benchmarks.report import Goal, Result
from clerk_app import typefaces
from clerk_app.design.fontset import FontSet
from clerk_app.documents.notice import copy_lines, render_notice
from clerk_app.documents.pdf.flow import BODY_WIDTH, MM, SIDE, TOP
from clerk_app.domain.papers import Fact, Notice, Spans
from clerk_app.domain.wording import paper_day

_ROUNDS, _REPEATS = 9, 6
_CODE_SIDE = 55
_REGULAR, _BOLD = "Bare", "Bare-Bold"
_CHECK = "5f1c" * 16
_LABEL_WIDTH = 25.5 * MM
_GRID = [("GRID", (0, 0), (-1, -1), 0.6, black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]


def run() -> list[Result]:
    fonts = typefaces.find()
    _register(fonts)

    def ours(number: int) -> bytes:
        return render_notice(samples.notice(number), fonts, check=_CHECK)

    def bare(number: int) -> bytes:
        return bare_notice(samples.notice(number), _CHECK)

    sizes = [len(ours(0)), len(bare(0))]
    values, floors = in_turns(milliseconds_each(ours, _REPEATS), milliseconds_each(bare, _REPEATS), _ROUNDS)
    detail = {"bytes": sizes, "rounds": spread(values), "floor_rounds": spread(floors), "floor": "reportlab.platypus"}
    return [Result("notice", median(values), "ms", median(floors), Goal("ratio", "<=", 1.5), detail)]


def _register(fonts: FontSet) -> None:
    for name, path in ((_REGULAR, fonts.regular), (_BOLD, fonts.bold)):
        font = TTFont(name, str(path), shapable=False)
        # Two instances of one variable font have the same PostScript name, by which reportlab keeps the subsets.
        font.face.name = name.encode("ascii")
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(_REGULAR, normal=_REGULAR, bold=_BOLD, italic=_REGULAR, boldItalic=_BOLD)


def _style(size: float, leading: float, **more: object) -> ParagraphStyle:
    return ParagraphStyle("", fontName=_REGULAR, fontSize=size, leading=leading, wordWrap="CJK", **more)


_BODY = _style(11, 18)
_INDENTED = _style(11, 18, firstLineIndent=22)
_TITLE = ParagraphStyle("", _style(22, 34, alignment=TA_CENTER), fontName=_BOLD)
_NOTE = _style(10, 16)
_CELL = _style(10.5, 15.75)
_CENTRED = _style(10.5, 15.75, alignment=TA_CENTER)
_FOOT = _style(9.5, 14)


class _Code(Flowable):
    """A QR code as one path."""

    def __init__(self, data: str) -> None:
        super().__init__()
        self.width = self.height = _CODE_SIDE
        self._modules = segno.make_qr(data, error="m", boost_error=False).matrix

    def draw(self) -> None:
        side = _CODE_SIDE / len(self._modules)
        path = self.canv.beginPath()
        for row, modules in enumerate(self._modules):
            for column, dark in enumerate(modules):
                if dark:
                    path.rect(column * side, _CODE_SIDE - (row + 1) * side, side, side)
        self.canv.drawPath(path, stroke=0, fill=1)


def bare_notice(notice: Notice, check: str) -> bytes:
    """Both copies of ``notice`` in one PDF, by platypus alone."""
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=SIDE - 6, rightMargin=SIDE - 6, topMargin=TOP - 6, bottomMargin=9 * MM, invariant=1
    )
    document.build([part for copy in copy_lines(notice.holders) for part in (*_copy(notice, copy, check), PageBreak())])
    return out.getvalue()


def _copy(notice: Notice, copy: str, check: str) -> Iterable[Flowable]:
    head = [
        Paragraph(escape(text), _NOTE) for text in (notice.document_number, f"受理单号：{notice.case_number}", copy)
    ]
    yield Table([[head, [_Code(notice.query), Paragraph("扫码查进度", _FOOT)]]], colWidths=[BODY_WIDTH - 60, 60])
    yield Paragraph(notice.title, _TITLE)
    yield Paragraph(escape(notice.addressee), _BODY)
    yield Paragraph(_marked(notice.opening), _INDENTED)
    yield Spacer(0, 8)
    yield from _facts(notice.facts)
    yield Spacer(0, 8)
    yield Paragraph(notice.list_heading, _BODY)
    widths = [column.share * BODY_WIDTH for column in notice.columns]
    rows = [[Paragraph(column.title, _CENTRED) for column in notice.columns]]
    for row in notice.rows:
        styles = [_CENTRED if column.align == "centre" else _CELL for column in notice.columns]
        rows.append([Paragraph(escape(text), style) for text, style in zip(row, styles, strict=True)])
    yield Table(rows, colWidths=widths, style=_GRID)
    for note in (notice.handler, notice.query_hint):
        yield Paragraph(escape(note), _NOTE)
    sign = [Paragraph(f"{notice.signatures[0]}：__________", _BODY), Paragraph("签收时间：____年__月__日__时", _BODY)]
    seal = [Paragraph(notice.agency, _BODY), Paragraph(paper_day(notice.issued_on), _BODY)]
    yield Table([[sign, seal]], colWidths=[BODY_WIDTH / 2] * 2)
    short = " ".join(check[start : start + 4] for start in range(0, 16, 4))
    foot = (notice.footer, f"校验 SM3:{short}", "第 1 页 共 1 页")
    yield Table([[Paragraph(text, _FOOT) for text in foot]], colWidths=[BODY_WIDTH / 3] * 3)


def _facts(facts: Iterable[Fact]) -> Iterable[Flowable]:
    rest = list(facts)
    while rest:
        pair = rest[: 2 if len(rest) > 1 and rest[0].half and rest[1].half else 1]
        rest = rest[len(pair) :]
        cells = [
            cell for fact in pair for cell in (Paragraph(fact.label, _CENTRED), Paragraph(_marked(fact.value), _CELL))
        ]
        widths = [_LABEL_WIDTH, BODY_WIDTH / len(pair) - _LABEL_WIDTH] * len(pair)
        yield Table([cells], colWidths=widths, style=_GRID)


def _marked(spans: Spans) -> str:
    return "".join(f"<b>{escape(span.text)}</b>" if span.bold else escape(span.text) for span in spans)
