"""GB 18030-2022 level 3, thinned: ``make characters`` takes all 87,887 (docs/characters.md)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app import typefaces
from clerk_app.bootstrap.papers import Renderer
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.design.fontset import FontSet
from clerk_app.documents.thermal.glyphs import code_box
from clerk_app.documents.thermal.profile import PAPER_80MM
from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.window import Medium
from clerk_app.services.window.printing import PrintDesk
from support import characters
from support.character_cards import found_as_matters, pairs, through_the_hall
from support.character_papers import glyphs_in_fonts, in_pdfs, on_receipts, on_screens, read_back, same_dots, text_of
from support.people import resident
from support.window import CLERK, SeededEntropy, Window
from support.window_memory import MemoryWindowStore

THIN = characters.thinned()
RARE = "𠮷"


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    found = typefaces.find()
    if found.fallback is None:
        pytest.skip("no fallback font on this machine: what it would draw is told as lacking")
    return found


@pytest.fixture(scope="module")
def alone() -> FontSet:
    """A PC without a font for Ext B to F."""
    return replace(typefaces.find(), fallback=None)


def test_the_list_has_the_87887_of_the_standard() -> None:
    everything = characters.level_3()
    assert len(everything) == len(set(everything)) == characters.COUNT
    assert set(THIN) <= set(everything)
    assert set("一鿯㐀䶵\U00020000\U0002a6d6\U0002ebe0﨩") <= set(THIN)
    assert not set("〇鿰\U0002a6d7\U00030000") & set(everything)


def test_a_card_holds_what_the_standard_gives_it_room_for() -> None:
    made = list(pairs("一" * 100 + RARE * 48))
    assert "".join(pair.characters for pair in made) == "一" * 100 + RARE * 48
    assert len(made) == 2
    assert [len(card.name) + len(card.address) for card in (made[0].applicant, made[1].agent)] == [50, 7 + 17]


def test_from_the_card_through_both_stores_and_found_again(tmp_path: Path) -> None:
    stages = through_the_hall(THIN, tmp_path)
    assert [seen.stage for seen in stages] == ["card", "window store", "API and hall store", "search by name"]
    for seen in stages:
        assert seen.wrong == []
    assert [seen.characters for seen in stages[:3]] == [len(THIN)] * 3


def test_each_finds_the_matter_that_has_it_in_its_name() -> None:
    seen = found_as_matters(THIN)
    assert (seen.characters, seen.wrong) == (len(THIN), [])


def test_each_is_on_receipt_page_and_screen_with_a_glyph_of_its_own(fonts: FontSet, qapp: object) -> None:
    for stage in (on_receipts, in_pdfs, on_screens):
        seen = stage(THIN, fonts)
        assert (seen.characters, seen.wrong) == (len(THIN), [])
    assert glyphs_in_fonts(THIN, fonts).wrong == []
    assert same_dots(THIN, fonts) == []
    assert fonts.missing(THIN) == set()


def test_what_no_font_has_is_counted_and_never_passes_for_drawn(alone: FontSet) -> None:
    lacking = alone.missing(THIN)
    assert set(characters.by_block(sorted(lacking))) == {"Ext B", "Ext C", "Ext D", "Ext E", "Ext F"}
    assert len(glyphs_in_fonts(THIN, alone).wrong) == 2 * len(lacking)
    boxes = [wrong for wrong in on_receipts(THIN, alone).wrong if wrong.endswith("is blank or a box")]
    assert len(boxes) == len(lacking)


def test_private_and_newer_characters_are_lacking_too(alone: FontSet) -> None:
    renderer = Renderer(alone, PAPER_80MM, NationalCrypto(SeededEntropy()))
    newest = "\U00031350\U000323b0"
    assert renderer.lacking(f"王\ue863{newest}\n\u200b 〇A") == ("\ue863", *newest)


def test_a_clerk_is_told_of_a_character_that_no_font_has_and_the_paper_shows_its_code(alone: FontSet) -> None:
    window = Window(MemoryWindowStore())
    renderer = Renderer(alone, PAPER_80MM, NationalCrypto(SeededEntropy()))
    window.renderer = renderer  # type: ignore[assignment]
    window.restart()
    window.prints = PrintDesk(
        *(window.store, renderer, window.journal, window.folder),
        window.receipt_printer,
        window.page_printer,
        lacking=renderer.lacking,
    )
    intake = window.complete().with_applicant(resident(name=f"王{RARE}")).mark_all_as_required()
    case = window.cases.conclude(intake, OutcomeKind.ACCEPTED, CLERK)

    sheets = window.prints.print_case(case.case_id, CLERK)

    assert {sheet.medium for sheet in sheets} == {Medium.RECEIPT, Medium.PAGE}
    for sheet in sheets:
        assert sheet.sentence == "有 1 个字本机没有字形，纸上印成带编码的方框（U+20BB7），请在旁边手写"
    receipt, page = (window.prints.content(sheet.paper_id) for sheet in sheets)
    assert f"王{RARE}" in text_of(page)
    box = {code_box(RARE).tobytes(): RARE}
    assert RARE in read_back(receipt, box)
