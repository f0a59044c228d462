"""Text is cut into runs, each drawn by a font that has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from clerk_app.design import fontset
from clerk_app.design.fontset import FontSet, covers

HAS = {Path("regular"): "王小a", Path("bold"): "王小a", Path("fallback"): "𠮷𠀀"}


@pytest.fixture(autouse=True)
def small_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fontset, "codepoints", lambda path: frozenset(map(ord, HAS[path])))


FONTS = FontSet(Path("variable"), Path("regular"), Path("bold"), Path("fallback"))


def test_runs_follow_the_font_and_lose_nothing() -> None:
    text = "王𠮷𠀀小\ue000\ue001a"
    runs = list(FONTS.runs(text))
    assert runs == [
        (Path("regular"), "王"),
        (Path("fallback"), "𠮷𠀀"),
        (Path("regular"), "小"),
        (None, "\ue000\ue001"),
        (Path("regular"), "a"),
    ]
    assert "".join(piece for _, piece in runs) == text
    assert list(FONTS.runs("")) == []


def test_bold_runs_use_the_bold_file() -> None:
    assert list(FONTS.runs("王小", bold=True)) == [(Path("bold"), "王小")]


def test_a_run_of_missing_characters_at_the_start_is_kept() -> None:
    assert list(FONTS.runs("\ue000王")) == [(None, "\ue000"), (Path("regular"), "王")]


def test_missing_without_fallback() -> None:
    alone = FontSet(Path("variable"), Path("regular"), Path("bold"), None)
    assert alone.missing("王𠮷") == {"𠮷"}
    assert alone.font_for("𠮷") is None
    assert FONTS.missing("王𠮷") == set()


def test_covers_names_what_one_font_lacks() -> None:
    assert covers(Path("regular"), "王𠮷？") == {"𠮷", "？"}
