"""Papers as the programs draw them."""

from __future__ import annotations

import io
import subprocess
import sys

import pypdfium2
import pytest
from PIL import Image

from clerk_app import typefaces
from clerk_app.bootstrap.papers import Renderer, first_page, receipt_profile
from clerk_app.bootstrap.settings import DeviceSettings
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.design.fontset import FontSet
from clerk_app.documents.notice import notice_content
from clerk_app.ports.clock import SystemEntropy
from support.papers import a_receipt, a_ticket, an_acceptance, printed

CRYPTO = NationalCrypto(SystemEntropy())


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return typefaces.find()


@pytest.fixture
def renderer(fonts: FontSet) -> Renderer:
    return Renderer(fonts, receipt_profile(DeviceSettings()), CRYPTO)


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def reds(png: bytes) -> int:
    with Image.open(io.BytesIO(png)) as picture:
        colours = picture.convert("RGB").getcolors(1 << 24) or []
    return sum(count for count, (r, g, b) in colours if r > g + 60 and r > b + 60)


def test_starting_loads_no_paper_engine() -> None:
    program = (
        "import sys, clerk_app.bootstrap.papers, clerk_app.bootstrap.devices, clerk_app.bootstrap.page_printing\n"
        "heavy = {'reportlab', 'escpos', 'PIL', 'segno', 'pypdfium2', 'fontTools'} & set(sys.modules)\n"
        "print(*sorted(heavy), end='')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_the_fonts_are_looked_for_by_the_first_paper_and_only_once(fonts: FontSet) -> None:
    asked: list[int] = []

    def find() -> FontSet:
        asked.append(1)
        return fonts

    renderer = Renderer(find, receipt_profile(DeviceSettings()), CRYPTO)
    assert asked == []
    renderer.receipt(a_receipt())
    renderer.receipt(a_receipt())
    renderer.warm_up()
    assert asked == [1]


@pytest.mark.parametrize(("width_mm", "dots"), [(80, 576), (58, 384)])
def test_receipt_and_ticket_are_printed_on_the_paper_of_the_settings(width_mm: int, dots: int, fonts: FontSet) -> None:
    renderer = Renderer(fonts, receipt_profile(DeviceSettings(receipt_width_mm=width_mm)), CRYPTO)
    assert "MH-12-20261123-0031" in printed(renderer.receipt(a_receipt()), fonts.regular, dots).text
    assert "A047" in printed(renderer.ticket(a_ticket()), fonts.regular, dots).text


def test_equal_papers_give_equal_bytes(renderer: Renderer) -> None:
    for draw, paper in (
        (renderer.receipt, a_receipt()),
        (renderer.receipt_page, a_receipt()),
        (renderer.notice, an_acceptance()),
        (renderer.preview, an_acceptance()),
    ):
        assert draw(paper) == draw(paper)  # type: ignore[operator]


def test_the_notice_bears_the_check_value_of_its_own_content_on_both_copies(renderer: Renderer) -> None:
    notice = an_acceptance()
    check = CRYPTO.digest(notice_content(notice)).hex()[:16]
    copies = pages(renderer.notice(notice))
    assert len(copies) == 2
    assert all(check in text for text in copies)
    (shown,) = pages(renderer.preview(notice))
    assert check in shown
    assert check not in "".join(pages(renderer.notice(an_acceptance(case_number="MH-12-20261123-0033"))))


def test_only_the_preview_shows_the_seals_place(renderer: Renderer) -> None:
    assert reds(first_page(renderer.notice(an_acceptance()), 600)) == 0
    assert reds(first_page(renderer.preview(an_acceptance()), 600)) > 0


@pytest.mark.parametrize("width", [1, 333, 794, 1999])
def test_the_picture_of_a_page_is_as_wide_as_asked_for(width: int, renderer: Renderer) -> None:
    with Image.open(io.BytesIO(first_page(renderer.receipt_page(a_receipt()), width))) as picture:
        assert picture.width == width
        assert abs(picture.height - width * 297 / 210) < 2


def test_a_picture_without_width_is_an_error_of_the_caller(renderer: Renderer) -> None:
    with pytest.raises(ValueError, match="at least one pixel"):
        first_page(renderer.receipt_page(a_receipt()), 0)
