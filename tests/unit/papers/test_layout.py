"""Papers with what is longest, most and rarest: all of it is read back, and nothing leaves the page."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import pypdfium2
import pytest
from PIL import Image

from clerk_app import typefaces
from clerk_app.bootstrap.papers import Renderer, receipt_profile
from clerk_app.bootstrap.settings import DeviceSettings
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.design.fontset import FontSet
from clerk_app.documents.notice import notice_content, render_notice
from clerk_app.documents.raster import pdf_page_count, pdf_to_png
from clerk_app.domain.catalogue import Material, MaterialForm, Necessity
from clerk_app.domain.checklist import toggle_phrase
from clerk_app.domain.errors import Rejected
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.notices import notices_for
from clerk_app.domain.papers import Notice, PaperKind
from clerk_app.domain.persons import Applicant
from clerk_app.domain.signatures import Signature
from clerk_app.ports.clock import SystemEntropy
from support.casepapers import NOW, all_papers, concluded, intake, licence, sheet
from support.papers import RARE
from support.people import company, resident

MM = 72 / 25.4
LONG_PERSON = ("买买提·" * 14 + "阿不都拉" + RARE)[:60]
LONG_COMPANY = "明河市" + "禾间餐饮管理" * 32 + "有限公司" + RARE[0]

FORTY = tuple(
    Material(
        f"m{n}",
        f"第{n}项材料：经营场所平面图、设备布局图和操作流程图",
        MaterialForm(1, 0, "留存"),
        Necessity.REQUIRED,
        f"标明第{n}处功能间的名称和面积，注明操作流向，加盖公章。",
    )
    for n in range(1, 41)
)


def with_forty(applicant: Applicant, kind: OutcomeKind) -> Notice:
    taken = intake(licence(materials=FORTY, situations=()), applicant, with_agent=False)
    if kind is OutcomeKind.SUPPLEMENT_REQUESTED:
        for material in FORTY:
            taken = taken.with_check(toggle_phrase(taken.checks[material.id], "没有签名或盖章"))
    return notices_for(concluded(taken.mark_all_as_required(), kind))[0]


def everything_said(notice: Notice) -> list[str]:
    texts = [notice.title, notice.addressee, "".join(span.text for span in notice.opening), notice.handler]
    texts += [fact.label for fact in notice.facts] + ["".join(s.text for s in fact.value) for fact in notice.facts]
    texts += [cell for row in notice.rows for cell in row]
    texts += ["".join(span.text for span in line) for line in notice.closing]
    return ["".join(text.split()) for text in [*texts, *notice.signatures]]


LONGEST = {
    "a company's acceptance": lambda: with_forty(
        replace(company(), name=LONG_COMPANY, legal_representative="欧阳" + RARE), OutcomeKind.ACCEPTED
    ),
    "a person's supplement": lambda: with_forty(resident(name=LONG_PERSON), OutcomeKind.SUPPLEMENT_REQUESTED),
    "a hand-over of forty cases": lambda: sheet(40),
}


@pytest.mark.parametrize("name", LONGEST)
def test_what_is_longest_is_read_back_whole(name: str, fonts: FontSet, words: Callable[[bytes], list[str]]) -> None:
    notice = LONGEST[name]()
    pages = words(render_notice(notice, fonts))
    assert len(pages) >= 4
    applicant = "".join(pages[: len(pages) // 2])
    assert "".join(notice.addressee.split()) in applicant
    for text in everything_said(notice):
        for part in [text] if text in applicant else [text[:8], text[-8:]]:
            # a cell that wraps beside another is read line by line
            assert part in applicant, text
    assert all(f"第{n + 1}页共{len(pages) // 2}页" in text for n, text in enumerate(pages[: len(pages) // 2]))


@pytest.mark.parametrize("name", [*LONGEST, *(f"{kind.value} {situation}" for kind, situation in all_papers())])
def test_nothing_leaves_the_margins(name: str, fonts: FontSet, printed: Mapping[tuple[PaperKind, str], bytes]) -> None:
    found = {f"{kind.value} {situation}": pdf for (kind, situation), pdf in printed.items()}
    pdf = found[name] if name in found else render_notice(LONGEST[name](), fonts, check="5c1e" * 16)
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        text = page.get_textpage()
        for index in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(index)
            assert left >= 25 * MM - 1, text.get_text_range(index, 1)
            assert right <= 185 * MM + 1, text.get_text_range(index, 1)
            assert bottom >= 5 * MM
            assert top <= (297 - 17) * MM + 1
    document.close()


@pytest.mark.parametrize("key", all_papers(), ids=lambda key: f"{key[0].value} {key[1]}")
def test_no_text_is_set_over_another(
    key: tuple[PaperKind, str], printed: Mapping[tuple[PaperKind, str], bytes]
) -> None:
    document = pypdfium2.PdfDocument(printed[key])
    text = document[0].get_textpage()
    boxes = sorted(box for box in map(text.get_charbox, range(text.count_chars())) if box[2] > box[0])
    for number, (left, bottom, right, top) in enumerate(boxes):
        for other_left, other_bottom, other_right, other_top in boxes[number + 1 :]:
            if other_left >= right - 1:
                break
            across = min(right, other_right) - max(left, other_left)
            down = min(top, other_top) - max(bottom, other_bottom)
            assert across < 1 or down < 1
    document.close()


def test_the_usual_papers_take_one_page(printed: Mapping[tuple[PaperKind, str], bytes]) -> None:
    for (kind, situation), pdf in printed.items():
        if situation == "usual":
            assert pdf_page_count(pdf) == len(all_papers()[kind, situation].holders), kind


# --- the signature ------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(typefaces.find(), receipt_profile(DeviceSettings()), NationalCrypto(SystemEntropy()))


def signed(check: str, strokes: int = 3) -> Signature:
    lines = tuple(
        tuple((0.05 + 0.9 * step / 30, 0.5 + 0.4 * math.sin(step / 3 + line)) for step in range(31))
        for line in range(strokes)
    )
    return Signature("s", "case-1", "p", check, "张三", NOW, lines)


def ink(pdf: bytes, left: float, top: float, right: float, bottom: float, page: int = 0) -> int:
    """Dark dots of a part of the page, in millimetres from its upper left corner."""
    with Image.open(io.BytesIO(pdf_to_png(pdf, dpi=150, page=page))) as picture:
        dots = 150 / 25.4
        part = picture.convert("L").crop((int(left * dots), int(top * dots), int(right * dots), int(bottom * dots)))
    return sum(part.histogram()[:128])


def test_a_signature_is_drawn_in_the_first_place_to_sign_of_every_copy(
    renderer: Renderer, words: Callable[[bytes], list[str]]
) -> None:
    notice = all_papers()[PaperKind.COLLECTION_SLIP, "usual"]
    check = renderer.check(notice)
    bare, with_hand = renderer.notice(notice), renderer.notice(notice, signature=signed(check))
    for page in (0, 1):
        first = [ink(pdf, 42, 254, 70, 265.5, page) for pdf in (bare, with_hand)]
        assert first[1] > first[0] + 300
        elsewhere = [ink(pdf, 110, 40, 185, 265, page) for pdf in (bare, with_hand)]
        assert elsewhere[0] == elsewhere[1]
    assert "签字时间：2026年11月23日10时28分" in words(with_hand)[0]
    assert "签字时间：2026" not in words(bare)[0]


def test_the_signature_is_no_part_of_the_content_that_it_is_bound_to(
    renderer: Renderer, words: Callable[[bytes], list[str]]
) -> None:
    notice = all_papers()[PaperKind.ACCEPTANCE_NOTICE, "usual"]
    check = renderer.check(notice)
    shown = "".join(words(renderer.preview(notice, signature=signed(check))))
    assert check[:16] in shown
    assert renderer.check(notice) == check
    assert b"strokes" not in notice_content(notice)


def test_a_signature_for_another_content_is_refused(renderer: Renderer) -> None:
    notice = all_papers()[PaperKind.ACCEPTANCE_NOTICE, "usual"]
    elsewhere = renderer.check(all_papers()[PaperKind.ACCEPTANCE_NOTICE, "typed"])
    for draw in (renderer.notice, renderer.preview):
        with pytest.raises(Rejected, match="不是为这份文书签的"):
            draw(notice, signature=signed(elsewhere))


def test_a_sheet_printed_again_says_so_and_keeps_its_check(
    renderer: Renderer, words: Callable[[bytes], list[str]]
) -> None:
    notice = all_papers()[PaperKind.ACCEPTANCE_NOTICE, "usual"]
    first, again = words(renderer.notice(notice)), words(renderer.notice(notice, reprint=2))
    assert all("补打2" in text for text in again)
    assert not any("补打" in text for text in first)
    assert all(renderer.check(notice)[:16] in text for text in again)
