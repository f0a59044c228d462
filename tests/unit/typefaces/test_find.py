"""The fonts of this installation draw every character that a name or an address may hold."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from clerk_app.design.fontset import FontSet, covers
from clerk_app.typefaces import find

# GB 18030-2022, implementation level 3: 87,887 ideographs.
LEVEL_3 = (
    range(0x4E00, 0x9FF0),
    range(0x3400, 0x4DB6),
    range(0x20000, 0x2A6D7),
    range(0x2A700, 0x2B735),
    range(0x2B740, 0x2B81E),
    range(0x2B820, 0x2CEA2),
    range(0x2CEB0, 0x2EBE1),
    (0xFA0E, 0xFA0F, 0xFA11, 0xFA13, 0xFA14, 0xFA1F, 0xFA21, 0xFA23, 0xFA24, 0xFA27, 0xFA28, 0xFA29),
)


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return find()


def gbk() -> str:
    """Every character of two-byte GBK."""
    pairs = (bytes([high, low]).decode("gbk", "replace") for high in range(0x81, 0xFF) for low in range(0x40, 0xFF))
    return "".join(char for char in pairs if len(char) == 1 and char != "\N{REPLACEMENT CHARACTER}")


def outline(path: Path, char: str) -> tuple[float, float, float, float] | None:
    font = TTFont(path, lazy=True)
    glyphs = font.getGlyphSet()
    pen = BoundsPen(glyphs)
    glyphs[font.getBestCmap()[ord(char)]].draw(pen)
    return pen.bounds


@pytest.mark.parametrize("bold", [False, True])
def test_gbk_is_covered(fonts: FontSet, bold: bool) -> None:
    characters = gbk()
    assert len(characters) == 21_791
    # ≒ (approximately equal) is the one GBK sign that Noto Sans SC lacks; no name or address has it.
    assert covers(fonts.bold if bold else fonts.regular, characters) == {"≒"}


@pytest.mark.parametrize("char", "〇（㐂䶮王Xx9")
def test_common_and_ext_a_characters_come_from_the_main_font(fonts: FontSet, char: str) -> None:
    assert fonts.font_for(char) == fonts.regular
    assert fonts.font_for(char, bold=True) == fonts.bold
    assert outline(fonts.regular, char) is not None


def test_level_3_is_covered_with_the_fallback_and_known_to_be_missing_without(fonts: FontSet) -> None:
    ideographs = "".join(map(chr, chain.from_iterable(LEVEL_3)))
    assert len(ideographs) == 87_887
    without = FontSet(fonts.variable, fonts.regular, fonts.bold, fallback=None)
    assert all(ord(char) >= 0x20000 for char in without.missing(ideographs))
    assert "𠮷" in without.missing(ideographs)
    if fonts.fallback is None:
        # Set-up said so; the papers then show a box with the code point.
        assert fonts.missing(ideographs) == without.missing(ideographs)
    else:
        assert fonts.missing(ideographs) == set()
        assert outline(fonts.fallback, "𠮷") is not None


def test_private_use_characters_are_nobodys(fonts: FontSet) -> None:
    assert fonts.font_for("\ue000") is None


def test_bold_is_bolder_than_regular(fonts: FontSet) -> None:
    with TTFont(fonts.regular) as regular, TTFont(fonts.bold) as bold:
        assert (regular["OS/2"].usWeightClass, bold["OS/2"].usWeightClass) == (400, 700)
        assert "fvar" not in regular
        assert "glyf" in regular
    thin, thick = outline(fonts.regular, "一"), outline(fonts.bold, "一")
    assert thin is not None
    assert thick is not None
    assert thick[3] - thick[1] > thin[3] - thin[1]
