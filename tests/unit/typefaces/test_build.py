"""Static weights are made once, named rightly, and never half."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.TupleVariation import TupleVariation

from clerk_app.typefaces import TypefaceFault, finder
from clerk_app.typefaces.instances import make_instance


@pytest.fixture
def variable(tmp_path: Path) -> Path:
    """A font of one bar, 100 units wide at weight 100 and 900 at weight 900, whose default is Thin."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for point in ((0, 100), (100, 100), (100, 0)):
        pen.lineTo(point)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "bar"])
    builder.setupCharacterMap({ord("一"): "bar"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "bar": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "bar": (1000, 0)})
    builder.setupHorizontalHeader()
    builder.setupNameTable({"familyName": "Small Sans Thin", "styleName": "Regular", "version": "Version 1.0"})
    for number, text in {16: "Small Sans", 17: "Thin"}.items():
        builder.font["name"].setName(text, number, 3, 1, 0x409)
    builder.setupOS2(usWeightClass=100)
    builder.setupPost()
    builder.setupFvar([("wght", 100, 100, 900, "Weight")], [])
    right = [(0, 0), (0, 0), (800, 0), (800, 0), (0, 0), (0, 0), (0, 0), (0, 0)]
    builder.setupGvar({"bar": [TupleVariation({"wght": (0.0, 1.0, 1.0)}, right)]})
    path = tmp_path / "Small[wght].ttf"
    builder.save(path)
    return path


@pytest.mark.parametrize(("style", "weight"), [("Regular", 400), ("Bold", 700)])
def test_instance_has_its_weight_and_its_name(variable: Path, tmp_path: Path, style: str, weight: int) -> None:
    target = tmp_path / "made.ttf"
    make_instance(variable, style, target)
    with TTFont(target) as font:
        assert font["glyf"]["bar"].xMax == weight
        assert font["OS/2"].usWeightClass == weight
        assert bool(font["head"].macStyle & 1) == (style == "Bold")
        names = [font["name"].getDebugName(number) for number in (1, 2, 4, 6)]
    assert names == ["Small Sans", style, f"Small Sans {style}", f"SmallSans-{style}"]


def test_a_failed_save_leaves_nothing(variable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(self: TTFont, file: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(TTFont, "save", full_disk)
    folder = tmp_path / "cache"
    folder.mkdir()
    with pytest.raises(OSError, match="No space left"):
        make_instance(variable, "Regular", folder / "made.ttf")
    assert list(folder.iterdir()) == []


def test_two_who_ask_at_once_build_once(variable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLERK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(finder, "variable_font", lambda: variable)
    told: list[tuple[int, int]] = []
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: finder.find(lambda *step: told.append(step)), range(2))
    assert first == second
    assert first.regular.is_relative_to(tmp_path / "cache")
    assert first.regular.stat().st_size > 0
    assert told == [(0, 2), (1, 2), (2, 2)]
    finder.find(lambda *step: pytest.fail("built again"))


def test_a_cache_that_cannot_be_written_is_said_plainly(
    variable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    monkeypatch.setenv("CLERK_CACHE", str(in_the_way))
    monkeypatch.setattr(finder, "variable_font", lambda: variable)
    with pytest.raises(TypefaceFault, match="请检查磁盘空间"):
        finder.find()


def test_fallback_in_the_cache_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLERK_CACHE", str(tmp_path))
    monkeypatch.setattr(finder, "_FALLBACK_PLACES", ())
    assert finder.find_fallback() is None
    font = finder.cache_folder() / "HanaMinB.ttf"
    font.parent.mkdir()
    font.write_bytes(b"")
    assert finder.find_fallback() == font
