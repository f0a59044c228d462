"""Characters as dot cells: 12x24 half-width, 24x24 full-width, times whole multiples."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

CELL_HEIGHT = 24
HALF_WIDTH = 12
FULL_WIDTH = 24
_BASELINE = 0.88
"""Of the em: where CJK typefaces put the baseline."""
_REGULAR, _BOLD = 400, 700
_INK_FROM = 110
_NO_SUCH_CHARACTER = "\U0010fffd"

Key = tuple[str, bool, int, int, bool]


class GlyphSource:
    """Draws cells from one TrueType or OpenType file; a variable one is used at weights 400 and 700."""

    def __init__(self, font_path: str | Path) -> None:
        self._path = str(font_path)
        self._fonts: dict[tuple[int, bool], tuple[ImageFont.FreeTypeFont, bool]] = {}
        self._cells: dict[Key, Image.Image] = {}

    def cell(self, character: str, full: bool, across: int, down: int, bold: bool) -> Image.Image:
        """The character ``across`` times as wide and ``down`` times as high as its cell, mode ``1``, ink set."""
        key = (character, full, across, down, bold)
        if key not in self._cells:
            self._cells[key] = self._draw(*key)
        return self._cells[key]

    def has(self, character: str) -> bool:
        """Whether the font has a glyph for ``character``."""
        missing = self.cell(_NO_SUCH_CHARACTER, True, 1, 1, False)
        return self.cell(character, True, 1, 1, False).tobytes() != missing.tobytes()

    def _font(self, em: int, bold: bool) -> tuple[ImageFont.FreeTypeFont, bool]:
        """The font at ``em`` dots, and whether bold has to be made by a second strike."""
        if (em, bold) not in self._fonts:
            font = ImageFont.truetype(self._path, em)
            strike_twice = False
            try:
                font.set_variation_by_axes([_BOLD if bold else _REGULAR])
            except OSError:
                # a font of one weight
                strike_twice = bold
            self._fonts[em, bold] = (font, strike_twice)
        return self._fonts[em, bold]

    def _draw(self, character: str, full: bool, across: int, down: int, bold: bool) -> Image.Image:
        em = CELL_HEIGHT * down
        font, strike_twice = self._font(em, bold)
        natural = (FULL_WIDTH if full else HALF_WIDTH) * down
        advance = max(1, round(font.getlength(character)))
        box = Image.new("L", (max(advance, natural), em), 0)
        pen = ImageDraw.Draw(box)
        for shift in (0, 1) if strike_twice else (0,):
            at = ((box.width - advance) // 2 + shift, round(em * _BASELINE))
            pen.text(at, character, font=font, fill=255, anchor="ls")
        width = (FULL_WIDTH if full else HALF_WIDTH) * across
        if box.width != width:
            box = box.resize((width, em), Image.Resampling.BICUBIC)
        return box.point(lambda ink: 255 if ink >= _INK_FROM else 0).convert("1", dither=Image.Dither.NONE)


def empty_box(full: bool, across: int, down: int) -> Image.Image:
    """The cell for bytes that are no character: a hollow box, mode ``1``."""
    width, height = (FULL_WIDTH if full else HALF_WIDTH) * across, CELL_HEIGHT * down
    cell = Image.new("1", (width, height), 0)
    ImageDraw.Draw(cell).rectangle((1, 2, width - 2, height - 3), outline=1)
    return cell
