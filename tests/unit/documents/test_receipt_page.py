from __future__ import annotations

import pypdfium2
import pytest

from clerk_app.design.fontset import FontSet
from clerk_app.documents.receipt_page import render_receipt_page
from clerk_app.domain.papers import ReceiptRow
from support.papers import RARE, a_receipt


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def test_the_page_says_what_the_thermal_receipt_says(fonts: FontSet) -> None:
    receipt = a_receipt()
    (text,) = pages(render_receipt_page(receipt, fonts))
    for piece in (
        receipt.hall_name,
        receipt.case_number,
        "2026-11-2310:26",
        receipt.matter.replace(" ", ""),
        receipt.agency,
        receipt.applicant,
        receipt.agent,
        receipt.agent_number,
        *(row.name for row in receipt.rows),
        "合计2份16页",
        receipt.statement,
        receipt.explanation.replace(" ", ""),
        "12号窗口王晓梅",
        receipt.phone,
    ):
        assert piece in text
    assert "补打" not in text


def test_a_reprint_is_told_from_the_first_print(fonts: FontSet) -> None:
    (text,) = pages(render_receipt_page(a_receipt(reprint=2), fonts))
    assert "补打2" in text


def test_equal_receipts_give_equal_bytes(fonts: FontSet) -> None:
    assert render_receipt_page(a_receipt(), fonts) == render_receipt_page(a_receipt(), fonts)


def test_a_rare_name_copies_right(fonts: FontSet) -> None:
    (text,) = pages(render_receipt_page(a_receipt(applicant=RARE), fonts))
    assert RARE in text


@pytest.mark.parametrize("materials", [30, 80])
def test_a_long_list_goes_on_and_the_signature_stays_with_words(materials: int, fonts: FontSet) -> None:
    rows = tuple(ReceiptRow(n, f"第{n}号材料", "复印件", "1", "2") for n in range(1, materials + 1))
    found = pages(render_receipt_page(a_receipt(rows=rows), fonts))
    text = "".join(found)
    assert all(f"第{n}号材料" in text for n in range(1, materials + 1))
    assert "申请人签字" in found[-1]
    assert "收件不等于受理" in text
    assert f"第{len(found)}页共{len(found)}页" in found[-1]
