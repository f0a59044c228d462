"""The QR code of a case's papers: public address and case number, nothing of a person, for phone and window alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pypdfium2
import pytest
from PIL import Image

from clerk_app.design.fontset import FontSet
from clerk_app.documents.notice import render_notice
from clerk_app.documents.qr import qr_modules
from clerk_app.documents.receipt_page import render_receipt_page
from clerk_app.documents.thermal.profile import PAPER_80MM
from clerk_app.documents.thermal_receipt import render_receipt
from clerk_app.domain.conclusion import Conclusion
from clerk_app.domain.notices import notices_for
from clerk_app.domain.papers import Notice, PaperKind, Receipt
from clerk_app.domain.progress_access import TAIL
from clerk_app.domain.receipts import receipt_for
from clerk_app.services.codes import CodeKind, ScannedCode, own_code
from support.casepapers import NUMBER, accepted, asked
from support.papers import printed as thermal_paper

PUBLIC = "https://www.example.gov.cn/q/"
CODE = PUBLIC + NUMBER


def _case(make: Callable[[], Conclusion], query_url: str) -> Conclusion:
    found = make()
    return replace(found, hall=replace(found.hall, query_url=query_url))


def _papers(make: Callable[[], Conclusion], query_url: str) -> tuple[Receipt, tuple[Notice, ...]]:
    found = _case(make, query_url)
    receipt = receipt_for(found)
    assert receipt is not None
    return receipt, tuple(notices_for(found))


@pytest.mark.parametrize("make", [accepted, asked])
def test_the_code_is_the_public_address_and_the_case_number_and_nothing_else(make: Callable[[], Conclusion]) -> None:
    receipt, notices = _papers(make, PUBLIC)
    assert {receipt.query, *(notice.query for notice in notices)} == {CODE}
    intake = make().intake
    numbers = [party.document_no for party in intake.people if getattr(party, "document_no", "")]
    numbers += [intake.agent.person.id_number] if intake.agent else []
    assert numbers
    assert [one for one in numbers if one[-TAIL:] in receipt.query] == []


@pytest.mark.parametrize("make", [accepted, asked])
def test_without_a_public_address_the_code_is_the_number_alone(make: Callable[[], Conclusion]) -> None:
    receipt, notices = _papers(make, "")
    assert {receipt.query, *(notice.query for notice in notices)} == {NUMBER}


def test_the_scanner_at_the_window_still_opens_the_case() -> None:
    assert own_code(CODE) == own_code(NUMBER) == ScannedCode(CodeKind.CASE, NUMBER)


def test_the_thermal_receipt_carries_it(fonts: FontSet) -> None:
    receipt, _ = _papers(accepted, PUBLIC)
    ticket = thermal_paper(render_receipt(receipt, PAPER_80MM, fonts), fonts.variable)
    picture = ticket.image.convert("L").point(lambda level: 255 - level)
    side = 6 * len(qr_modules(CODE))
    rows = [picture.crop((0, y, picture.width, y + 1)).tobytes() for y in range(picture.height - side)]
    corners = [(row.find(b"\xff" * 42), y) for y, row in enumerate(rows) if b"\xff" * 42 in row]
    codes = [picture.crop((left, top, left + side, top + side)) for left, top in corners]
    assert qr_modules(CODE) in [_read(code, len(qr_modules(CODE))) for code in codes]


@pytest.mark.parametrize("kind", ["receipt", PaperKind.ACCEPTANCE_NOTICE])
def test_the_sheet_carries_it(kind: str, fonts: FontSet, words: Callable[[bytes], list[str]]) -> None:
    receipt, notices = _papers(accepted, PUBLIC)
    if kind == "receipt":
        pdf = render_receipt_page(receipt, fonts)
    else:
        pdf = render_notice(next(one for one in notices if one.kind is kind), fonts, check="5c1e" * 16)
    assert all("扫码查进度" in page for page in words(pdf)[:1])
    document = pypdfium2.PdfDocument(pdf)
    page = document[0].render(scale=600 / 72).to_pil().convert("L").point(lambda level: 255 if level < 128 else 0)
    document.close()
    corner = page.crop((page.width * 163 // 210, 0, page.width, page.height // 8))
    left, top, right, _ = corner.getbbox() or (0, 0, 0, 0)
    code = corner.crop((left, top, right, top + right - left))
    assert _read(code, len(qr_modules(CODE))) == qr_modules(CODE)


def _read(picture: Image.Image, count: int) -> tuple[tuple[bool, ...], ...]:
    """The modules of a code that fills the picture; ink is 255."""
    side = picture.width / count
    middle = [int((at + 0.5) * side) for at in range(count)]
    return tuple(tuple(picture.getpixel((x, y)) == 255 for x in middle) for y in middle)
