"""The fonts that screens, papers and raster images share, and which of them has a character.

No single font covers the 87,887 ideographs of GB 18030-2022 level 3: Noto Sans SC has GBK and Ext A, the fallback
(HanaMinB on Linux, SimSun-ExtB on Windows) Ext B to F. Whoever draws text without Qt's own font merging (reportlab,
Pillow) splits it with :meth:`FontSet.runs` and draws a visible box with the code point where nothing has the glyph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

MISSING_GLYPH = "囗"
"""Drawn, with the code point inside or beside it, where no font has the character; never ``?``."""


@lru_cache(maxsize=8)
def codepoints(path: Path) -> frozenset[int]:
    """All code points that a TrueType/OpenType file maps to a glyph; read once per process.

    Raises ``OSError`` when the file cannot be read.
    """
    # fontTools takes 0.1 s to import: not on the way to the first paint.
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


def covers(path: Path, text: str) -> set[str]:
    """Characters of ``text`` that the font at ``path`` lacks; empty when it covers all."""
    known = codepoints(path)
    return {char for char in text if ord(char) not in known}


@dataclass(frozen=True, slots=True)
class FontSet:
    """Where the fonts lie. ``variable`` is for Qt; ``regular`` and ``bold`` are static TrueType for papers and images.

    ``fallback`` is ``None`` on a machine that has no font for Ext B to F.
    """

    variable: Path
    regular: Path
    bold: Path
    fallback: Path | None

    def font_for(self, char: str, bold: bool = False) -> Path | None:
        """The font file that draws ``char``, or ``None``: draw :data:`MISSING_GLYPH` with its code point."""
        main = self.bold if bold else self.regular
        if ord(char) in codepoints(main):
            return main
        if self.fallback is not None and ord(char) in codepoints(self.fallback):
            return self.fallback
        return None

    def runs(self, text: str, bold: bool = False) -> Iterator[tuple[Path | None, str]]:
        """``text`` in order, cut where the font changes: pairs of font file (``None``: no glyph) and piece."""
        piece, piece_font = "", None
        for char in text:
            font = self.font_for(char, bold)
            if piece and font != piece_font:
                yield piece_font, piece
                piece = ""
            piece, piece_font = piece + char, font
        if piece:
            yield piece_font, piece

    def missing(self, text: str) -> set[str]:
        """Characters of ``text`` that none of the fonts has."""
        return {char for char in text if self.font_for(char) is None}
