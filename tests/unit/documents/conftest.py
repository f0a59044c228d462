from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from clerk_app import typefaces
from clerk_app.design.fontset import FontSet


@pytest.fixture(scope="session")
def rare_font(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A font with U+20BB7 only, so that tests need no system font for Ext B: a broad bar, a hairline above it.

    It bears the PostScript name of another font, as instances of one variable font do.
    """
    pen = TTGlyphPen(None)
    for bottom, top in ((200, 400), (650, 670)):
        pen.moveTo((100, bottom))
        for point in ((100, top), (900, top), (900, bottom)):
            pen.lineTo(point)
        pen.closePath()
    bar = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "space", "u20BB7"])
    builder.setupCharacterMap({0x20: "space", 0x20BB7: "u20BB7"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "space": TTGlyphPen(None).glyph(), "u20BB7": bar})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "space": (500, 0), "u20BB7": (1000, 100)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Rare", "styleName": "Regular", "psName": "NotoSansSC-Regular"})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120)
    builder.setupPost()
    path = tmp_path_factory.mktemp("fonts") / "Rare-Regular.ttf"
    builder.save(path)
    return path


@pytest.fixture(scope="session")
def fonts(rare_font: Path) -> FontSet:
    return replace(typefaces.find(), fallback=rare_font)


@pytest.fixture(scope="session")
def fonts_without_fallback(fonts: FontSet) -> FontSet:
    return replace(fonts, fallback=None)
