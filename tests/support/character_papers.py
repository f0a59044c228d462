"""Ideographs on receipts, in PDFs and on screens: drawn by a font that has them, and read back where that can be."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache, partial

import pypdfium2
from fontTools.ttLib import TTFont
from PIL import Image

from benchmarks import samples
from clerk_app.design.fontset import FontSet
from clerk_app.documents.notice import render_notice
from clerk_app.documents.thermal.glyphs import code_box, glyph
from clerk_app.documents.thermal.profile import CELL, COLUMN, LEADING, PAPER_80MM
from clerk_app.documents.thermal_receipt import render_receipt
from clerk_app.domain.papers import plain
from drivers.printer.tokens import Token, Tokeniser
from support.character_cards import Seen
from support.characters import in_pieces

_ON_A_RECEIPT = 960
_IN_A_NOTICE = 1_000
_ON_A_LINE = 200
_BLANK = re.compile(r"\s")


# --- receipts ------------------------------------------------------------------------------------------------------
def on_receipts(characters: str, fonts: FontSet) -> Seen:
    """Each in the explanation of a receipt, whose ESC/POS bytes are read back: text as GBK, pictures by their dots,
    which are neither blank nor the box with a code.

    Characters that look the same at 24 dots cannot be told apart in a picture; ``same_dots`` says which they are.
    """
    seen = Seen("receipt")
    for piece in in_pieces(characters, _ON_A_RECEIPT):
        drawn = _dots(piece, fonts)
        seen.wrong += [f"receipt: {char!r} is blank or a box" for char in piece if _is_nothing(char, fonts)]
        job = render_receipt(replace(samples.receipt(1), explanation=piece), PAPER_80MM, fonts)
        printed = read_back(job, drawn)
        at = printed.find("已受理")
        lines = _BLANK.sub("", printed[at + len("已受理") :])
        for place, char in enumerate(piece):
            found = lines[place : place + 1]
            if found != char and _key(glyph(found or " ", fonts, False)) != _key(glyph(char, fonts, False)):
                seen.wrong.append(f"receipt: {char!r} became {found!r}")
        seen.characters += len(piece)
    return seen


def read_back(job: bytes, drawn: dict[bytes, str]) -> str:
    """The text of a job: GBK where the printer's own characters are used, ``drawn`` (dots to character) in pictures of
    one line; other pictures (codes, seal) are left out."""
    words: list[str] = []
    for token in Tokeniser(lambda kind: None).feed(job):
        if token.name == "text":
            words.append(token.args.decode("gbk"))
        elif token.name == "control" and token.args == b"\n":
            words.append("\n")
        elif token.name == "GS v" and int.from_bytes(token.args[4:6], "little") == CELL + LEADING:
            words.append(_line_of(token, drawn))
    return "".join(words)


def _line_of(token: Token, drawn: dict[bytes, str]) -> str:
    width = int.from_bytes(token.args[2:4], "little") * 8
    picture = Image.frombytes("1", (width, CELL + LEADING), token.args[6:])
    text, x = "", 0
    while x < width:
        cell = picture.crop((x, 0, x + 2 * COLUMN, CELL))
        found = drawn.get(cell.tobytes())
        if found is None and picture.crop((x, 0, width, CELL)).getbbox() is None:
            break
        text += found or "\N{REPLACEMENT CHARACTER}"
        x += 2 * COLUMN
    return text


def _dots(characters: str, fonts: FontSet) -> dict[bytes, str]:
    return {_key(glyph(char, fonts, False)): char for char in characters}


def _key(cell: Image.Image) -> bytes:
    return cell.tobytes()


def _is_nothing(char: str, fonts: FontSet) -> bool:
    dots = _key(glyph(char, fonts, False))
    return dots in (bytes(CELL * CELL // 8), _key(code_box(char)))


def same_dots(characters: str, fonts: FontSet) -> list[str]:
    """Groups of characters with the very same dots."""
    groups: dict[bytes, str] = {}
    for char in characters:
        key = _key(glyph(char, fonts, False))
        groups[key] = groups.get(key, "") + char
    return [group for group in groups.values() if len(group) > 1]


# --- PDFs ----------------------------------------------------------------------------------------------------------
def in_pdfs(characters: str, fonts: FontSet) -> Seen:
    """Each in the opening of a notice, whose text PDFium reads back."""
    seen = Seen("PDF")
    for piece in in_pieces(characters, _IN_A_NOTICE):
        pdf = render_notice(replace(samples.notice(1), opening=plain(piece)), fonts, check="5f1c" * 16)
        text = _BLANK.sub("", text_of(pdf))
        if piece not in text:
            lost = [char for char in piece if char not in text]
            seen.wrong.append(f"PDF: {lost[:20]} of {piece[:10]!r}… are not in its text")
        seen.characters += len(piece)
    return seen


def text_of(pdf: bytes) -> str:
    """The text of a PDF as a reader copies it."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        return "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def glyphs_in_fonts(characters: str, fonts: FontSet) -> Seen:
    """The font that papers take has a glyph of its own for each, which is neither .notdef nor without an outline."""
    seen = Seen("glyphs of the papers' fonts")
    open_font = cache(partial(TTFont, lazy=True))
    for bold in (False, True):
        by_font: dict[object, str] = {}
        for char in characters:
            path = fonts.font_for(char, bold)
            by_font[path] = by_font.get(path, "") + char
        for path, text in by_font.items():
            if path is None:
                seen.wrong += [f"no font has U+{ord(char):04X}" for char in text]
                continue
            font = open_font(path)
            names, outlines = font.getBestCmap(), font["glyf"]
            for char in text:
                name = names[ord(char)]
                if font.getGlyphID(name) == 0 or not outlines[name].numberOfContours:
                    seen.wrong.append(f"{path}: U+{ord(char):04X} has no outline")
            seen.characters += len(text)
    return seen


# --- screens -------------------------------------------------------------------------------------------------------
def on_screens(characters: str, fonts: FontSet) -> Seen:
    """Laid out by Qt in the program's own typefaces, as a label does it: no glyph is the missing one, and none comes
    from a font that happens to lie on this PC. Needs a QGuiApplication."""
    from PySide6.QtGui import QTextLayout

    from clerk_app.ui.kit.fonts import Fonts, load

    seen = Seen("screen")
    families = load(fonts)
    font = Fonts(families, 1.0)["body"]
    for piece in in_pieces(characters, _ON_A_LINE):
        layout = QTextLayout(piece, font)
        layout.beginLayout()
        while layout.createLine().isValid():
            pass
        layout.endLayout()
        shown = 0
        for run in layout.glyphRuns():
            glyphs, family = run.glyphIndexes(), run.rawFont().familyName()
            shown += len(glyphs)
            if 0 in glyphs:
                seen.wrong.append(f"screen: a glyph is missing in {piece[:10]!r}…")
            if family not in families:
                seen.wrong.append(f"screen: {piece[:10]!r}… is shown in {family}")
        if shown != len(piece):
            seen.wrong.append(f"screen: {len(piece)} characters became {shown} glyphs")
        seen.characters += len(piece)
    return seen
