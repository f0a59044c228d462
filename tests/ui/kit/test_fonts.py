"""The typeface is proved before the first word is shown."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtGui import QFontInfo, QFontMetricsF, QRawFont

from clerk_app.design.tokens import TYPE
from clerk_app.typefaces import find
from clerk_app.ui.kit.fonts import FontFault, load
from clerk_app.ui.kit.theme import Theme


def test_every_role_has_its_size_weight_and_chinese(look: Theme) -> None:
    for name, role in TYPE.items():
        info = QFontInfo(look.fonts[name])
        assert (info.family(), info.pixelSize(), info.weight()) == ("Noto Sans SC", role.px, role.weight)
        assert QRawFont.fromFont(look.fonts[name]).supportsCharacter("明")


def test_bold_is_drawn_by_the_bold_file(look: Theme) -> None:
    regular, bold = QFontMetricsF(look.fonts["item"]), QFontMetricsF(look.fonts.bold("item"))
    assert bold.horizontalAdvance("0123456789") > regular.horizontalAdvance("0123456789")
    # A smeared regular would be bold in name only; its outlines stay those of the regular file.
    glyphs = [
        QRawFont.fromFont(font).glyphIndexesForString("明") for font in (look.fonts["item"], look.fonts.bold("item"))
    ]
    paths = [
        QRawFont.fromFont(font).pathForGlyph(glyph[0])
        for font, glyph in zip((look.fonts["item"], look.fonts.bold("item")), glyphs, strict=True)
    ]
    assert paths[0] != paths[1]


def test_digits_stand_below_each_other(look: Theme) -> None:
    metrics = QFontMetricsF(look.fonts["item"])
    assert {metrics.horizontalAdvance(digit) for digit in "0123456789"} == {metrics.horizontalAdvance("0")}


def test_a_missing_file_is_said_at_once(look: Theme, tmp_path: Path) -> None:
    with pytest.raises(FontFault, match="没有找到界面字体"):
        load(dataclasses.replace(find(), bold=tmp_path / "gone.ttf"))


def test_one_weight_twice_is_no_bold(look: Theme) -> None:
    fonts = find()
    from PySide6.QtGui import QFontDatabase

    QFontDatabase.removeAllApplicationFonts()
    try:
        with pytest.raises(FontFault, match="粗体"):
            load(dataclasses.replace(fonts, bold=fonts.regular))
    finally:
        QFontDatabase.removeAllApplicationFonts()
        assert load(fonts)[0] == "Noto Sans SC"
