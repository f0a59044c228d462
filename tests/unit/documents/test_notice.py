from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import replace

import pypdfium2
import pytest
from PIL import Image

from clerk_app.design.fontset import FontSet
from clerk_app.documents.notice import notice_content, render_notice
from clerk_app.documents.pdf.faces import to_unicode_map
from clerk_app.documents.qr import qr_modules
from clerk_app.documents.raster import pdf_page_count, pdf_to_png
from clerk_app.domain.papers import Fact, Notice, PaperKind, plain
from support.papers import RARE, a_supplement, an_acceptance

MM = 72 / 25.4


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def words(text: str) -> str:
    return "".join(text.split())


def seal_red(pdf: bytes) -> int:
    picture = Image.open(io.BytesIO(pdf_to_png(pdf, dpi=60))).convert("RGB")
    return sum(count for count, (r, g, b) in picture.getcolors(1 << 24) or [] if r > g + 60 and r > b + 60)


def stands_in_order(notice: Notice, text: str) -> None:
    for piece in (
        notice.document_number,
        notice.case_number,
        notice.title,
        notice.addressee,
        "".join(span.text for span in notice.opening),
        *("".join(span.text for span in fact.value) for fact in notice.facts),
        *(cell for row in notice.rows for cell in row),
        *("".join(span.text for span in paragraph) for paragraph in notice.closing),
        notice.handler,
        notice.query_hint,
        notice.agency,
        *notice.signatures,
        notice.footer,
    ):
        assert words(piece) in words(text), piece


@pytest.mark.parametrize("notice", [an_acceptance(), a_supplement()], ids=["acceptance", "supplement"])
def test_every_word_of_the_notice_is_on_both_copies_and_copies_right(notice: Notice, fonts: FontSet) -> None:
    applicant, file = pages(render_notice(notice, fonts, check="5c1e09d7a2b477f0" * 4))
    stands_in_order(notice, applicant)
    stands_in_order(notice, file)
    assert "第一联：申请人留存（共两联）" in applicant
    assert "第二联：存档（共两联）" in file
    for text in (applicant, file):
        assert "2026年11月23日" in text
        assert "校验 SM3:5c1e 09d7 a2b4 77f0" in text
        assert "第 1 页 共 1 页" in text


@pytest.mark.parametrize("materials", [1, 7, 10])
def test_up_to_ten_materials_fit_on_one_page(materials: int, fonts: FontSet) -> None:
    assert pdf_page_count(render_notice(an_acceptance(materials), fonts)) == 2


def test_long_lists_are_set_tighter_before_they_need_a_second_page(fonts: FontSet) -> None:
    assert [pdf_page_count(render_notice(an_acceptance(count), fonts)) // 2 for count in (13, 25)] == [1, 2]


def test_short_results_stay_on_one_line_where_a_long_name_can_wrap(fonts: FontSet) -> None:
    row = (
        "1",
        "食品安全自查、从业人员健康管理、进货查验记录、食品安全事故处置等规章制度",
        "原件",
        "1",
        "2",
        "免交（电子证照核验）",
    )
    text = pages(render_notice(replace(an_acceptance(1), rows=(row,)), fonts))[0]
    assert "免交（电子证照核验）" in text


def test_a_long_list_goes_on_with_its_head_repeated_and_pages_counted_per_copy(fonts: FontSet) -> None:
    notice = a_supplement(30)
    applicant = pages(render_notice(notice, fonts))
    count = len(applicant) // 2
    assert count > 1
    for number, text in enumerate(applicant):
        assert f"第 {number % count + 1} 页 共 {count} 页" in text
        assert notice.document_number in text
    listed = "".join(map(words, applicant[:count]))
    assert [f"（第{n}项）" in listed for n in range(1, 31)] == [True] * 30
    with_rows = [text for text in applicant[:count] if "（第" in text]
    assert all("需要补正的内容与标准" in text for text in with_rows)
    assert notice.agency in applicant[count - 1]
    assert notice.signatures[0] in applicant[count - 1]
    assert notice.handler.split()[0] in applicant[count - 1]


def test_a_row_longer_than_a_page_is_continued_without_losing_a_word(fonts: FontSet) -> None:
    sentence = "".join(f"第{n}处没有标注操作流向。" for n in range(400))
    notice = replace(a_supplement(), rows=(("1", "平面图", sentence, "复印件1份"),))
    document = pypdfium2.PdfDocument(render_notice(notice, fonts))
    column = (25 + 0.36 * 160) * MM, (25 + 0.82 * 160) * MM
    text = "".join(
        page.get_textpage().get_text_bounded(left=column[0], right=column[1], bottom=60, top=750)
        for page in list(document)[: len(document) // 2]
    )
    document.close()
    assert sentence in words(text).replace("需要补正的内容与标准", "")


@pytest.mark.parametrize("name", [*RARE, "欧阳\U00030000", RARE])
def test_rare_names_copy_as_themselves(name: str, fonts: FontSet) -> None:
    notice = replace(an_acceptance(2), addressee=f"{name}：", facts=(Fact("法定代表人", plain(f"张{name}")),))
    text = words(pages(render_notice(notice, fonts))[0])
    assert f"{name}：" in text
    assert f"张{name}" in text


@pytest.mark.parametrize("name", ["张\x00三", "张\t三", "张\x1b三", "张\ud842三", "张\xa0三", "张\u200b三", "👨‍👩‍👧"])
def test_no_name_stops_a_notice(name: str, fonts: FontSet) -> None:
    notice = replace(an_acceptance(1), addressee=name, facts=(Fact(name, plain(name)),))
    assert "三" in pages(render_notice(notice, fonts))[0] or "三" not in name
    assert notice_content(notice)


@pytest.mark.parametrize("query", ["MH-12-20261123-0032", "https://hall.example/q/MH-12-20261123-0032"])
def test_the_code_on_the_notice_is_whole_and_named_for_what_it_does(query: str, fonts: FontSet) -> None:
    pdf = render_notice(an_acceptance(query=query), fonts)
    modules = qr_modules(query)
    picture = Image.open(io.BytesIO(pdf_to_png(pdf, dpi=600))).convert("L")
    corner = picture.crop((picture.width * 163 // 210, 0, picture.width, picture.height // 8))
    left, top, right, _ = corner.point(lambda level: 255 - level).getbbox() or (0, 0, 0, 0)
    side = (right - left) / len(modules)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            level = corner.getpixel((int(left + (x + 0.5) * side), int(top + (y + 0.5) * side)))
            assert level == (0 if dark else 255)
    for text in pages(pdf):
        assert ("扫码查进度" in text) == query.startswith("https")


def test_a_name_that_no_font_has_is_a_visible_box(fonts_without_fallback: FontSet) -> None:
    def name_area(name: str) -> bytes:
        pdf = render_notice(replace(an_acceptance(1), addressee=name), fonts_without_fallback)
        picture = Image.open(io.BytesIO(pdf_to_png(pdf, dpi=144))).convert("L")
        return picture.crop((int(50 * MM), 300, int(110 * MM), 400)).tobytes()

    nothing, one, other = name_area(" "), name_area("\ue000"), name_area("\ue001")
    assert len({nothing, one, other}) == 3
    assert min(one) < 128


def test_the_to_unicode_map_writes_surrogate_pairs_and_blocks_of_a_hundred() -> None:
    cmap = to_unicode_map("ABCDEF+Test", [0, 0x20BB7, *range(0x4E00, 0x4E00 + 150)])
    assert "<01> <D842DFB7>" in cmap
    assert "<00>" not in cmap.split("endcodespacerange")[1]
    assert re.findall(r"(\d+) beginbfchar", cmap) == ["100", "51"]


def test_equal_notices_give_equal_bytes_and_others_do_not(fonts: FontSet) -> None:
    first, again = render_notice(an_acceptance(), fonts), render_notice(an_acceptance(), fonts)
    assert first == again
    assert render_notice(an_acceptance(case_number="MH-12-20261123-0033"), fonts) != first


def test_the_seal_is_drawn_on_previews_only(fonts: FontSet) -> None:
    preview = render_notice(an_acceptance(), fonts, preview=True)
    print_out = render_notice(an_acceptance(), fonts)
    assert seal_red(preview) > 100
    assert seal_red(print_out) == 0
    assert pdf_page_count(preview) == 1
    assert "受理专用章" in pages(preview)[0]
    assert "受理专用章" not in pages(print_out)[0]


def test_nothing_leaves_the_margins(fonts: FontSet) -> None:
    long = "12441500196720244T3442199806003" * 6
    notice = an_acceptance(
        12,
        title="不予受理（一次性补正）告知书",
        addressee="明河市" * 40,
        agency="明河区综合行政审批服务管理局第一分局",
        footer=f"目录第 418 版 · 事项编码 {long[:55]}",
        facts=(Fact("不予受理的事实和理由", plain(long)), Fact("应当申请的机关", plain("明河市" * 30))),
    )
    document = pypdfium2.PdfDocument(render_notice(notice, fonts, check="5c1e09d7a2b477f0"))
    for page in document:
        text = page.get_textpage()
        for index in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(index)
            assert left >= 25 * MM - 1
            assert right <= 185 * MM + 1
            assert top <= (297 - 17) * MM + 1
            assert bottom >= 5 * MM
    document.close()


def test_cells_hold_their_text(fonts: FontSet) -> None:
    """Text of neighbouring columns never overlaps: characters on one line stand one after another."""
    document = pypdfium2.PdfDocument(render_notice(a_supplement(6), fonts))
    text = document[0].get_textpage()
    boxes = [text.get_charbox(index) for index in range(text.count_chars())]
    inked = [box for box in boxes if box[2] > box[0]]
    for number, (left, bottom, right, top) in enumerate(inked):
        for other_left, other_bottom, other_right, other_top in inked[number + 1 :]:
            across = min(right, other_right) - max(left, other_left)
            down = min(top, other_top) - max(bottom, other_bottom)
            assert across < 1 or down < 1
    document.close()


def test_headings_name_the_number_of_each_kind(fonts: FontSet) -> None:
    assert "受理单号：" in pages(render_notice(an_acceptance(), fonts))[0]
    refusal = an_acceptance(0, kind=PaperKind.NON_ACCEPTANCE_NOTICE, title="不予受理通知书", columns=(), rows=())
    text = pages(render_notice(refusal, fonts))[0]
    assert "收件编号：" in text
    assert "收到的材料" not in text


def test_the_content_to_be_checked_changes_with_every_word() -> None:
    notice = an_acceptance()
    assert notice_content(notice) == notice_content(an_acceptance())
    assert notice_content(replace(notice, handler="经办：李四")) != notice_content(notice)
    assert unicodedata.is_normalized("NFC", notice_content(notice).decode())


def test_a_page_that_does_not_exist_is_refused(fonts: FontSet) -> None:
    with pytest.raises(IndexError):
        pdf_to_png(render_notice(an_acceptance(), fonts), page=2)
