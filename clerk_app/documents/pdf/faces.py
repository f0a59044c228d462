"""Embedded TrueType fonts for papers: one face per weight, a fallback per character, copyable text.

reportlab knows no font fallback and writes characters beyond U+FFFF into its ToUnicode map with five hexadecimal
digits, where ISO 32000-1 9.10.3 asks for UTF-16BE: such a name prints right but copies and searches wrong. ``Face``
writes that map itself, for its own fonts only; nothing in reportlab is replaced.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont

from clerk_app.design.fontset import FontSet

_ENTRIES_PER_BLOCK = 100
"""Most entries that one beginbfchar block may have (Adobe Technical Note 5014)."""


def to_unicode_map(name: str, subset: Sequence[int]) -> str:
    """Return the ToUnicode CMap of a one-byte subset font; ``subset[i]`` is the code point behind byte i (0: none)."""
    entries = [
        f"<{code:02X}> <{chr(point).encode('utf-16-be', 'surrogatepass').hex().upper()}>"
        for code, point in enumerate(subset)
        if point
    ]
    blocks = [entries[start : start + _ENTRIES_PER_BLOCK] for start in range(0, len(entries), _ENTRIES_PER_BLOCK)]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo",
        f"<< /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
        f"/CMapName /{name} def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
    ]
    for block in blocks:
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join([*lines, "endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"])


class Face(TTFont):
    """One embedded font file, registered with reportlab under a name of its own."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name, str(path), shapable=False)
        # instances of one variable font share a PostScript name, and reportlab keys embedded subsets by it
        self.face.name = name.encode("ascii")
        self._widths: dict[int, float] = self.face.charWidths
        self._default_width = float(self.face.defaultWidth or 1000)
        self._glyphs = frozenset(self.face.charToGlyph)

    def has(self, char: str) -> bool:
        """Whether the font has a glyph for ``char``."""
        return ord(char) in self._glyphs

    def lend_code(self, char: str) -> None:
        """Let text in this font carry ``char`` although it has no glyph: drawn unseen, it is copied and searched."""
        self.face.charToGlyph.setdefault(ord(char), 0)
        self._widths.setdefault(ord(char), 1000)

    def em_width(self, char: str) -> float:
        """Return the advance of ``char`` in em."""
        return self._widths.get(ord(char), self._default_width) / 1000

    def addObjects(self, doc: Any) -> None:
        """Write the subsets into the document, then put right their ToUnicode maps."""
        subsets = list(self.state[doc].subsets)
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            name = (SUBSETN(number) + b"+" + self.face.name + self.face.subfontNameX).decode("ascii")
            doc.idToObject[f"toUnicodeCMap:{name}"].content = to_unicode_map(name, subset)


_load_lock = Lock()


def load_face(path: Path) -> Face:
    """Return the face of a font file, read once per process (half a second for a full Chinese font)."""
    with _load_lock:
        return _load(path)


@lru_cache(maxsize=8)
def _load(path: Path) -> Face:
    digest = hashlib.sha256(path.name.encode()).hexdigest()[:6]
    stem = "".join(char for char in path.stem if char.isascii() and char.isalnum()) or "Font"
    face = Face(f"{stem}-{digest}", path)
    pdfmetrics.registerFont(face)
    return face


class Faces:
    """The fonts of a paper; picks one per character."""

    def __init__(self, fonts: FontSet) -> None:
        self.regular = load_face(fonts.regular)
        self.bold = load_face(fonts.bold)
        self.fallback = load_face(fonts.fallback) if fonts.fallback is not None else None

    def face_for(self, char: str, *, bold: bool) -> Face | None:
        """Return the font to print ``char`` with, or None if none has it."""
        own = self.bold if bold else self.regular
        if own.has(char):
            return own
        if self.fallback is not None and self.fallback.has(char):
            return self.fallback
        return None

    def em_width(self, char: str, *, bold: bool) -> float:
        """Return the advance of ``char`` in em; a character without glyph takes a full-width box."""
        face = self.face_for(char, bold=bold)
        return 1.0 if face is None else face.em_width(char)

    def runs(self, text: str, *, bold: bool) -> Iterator[tuple[Face | None, str]]:
        """Yield the longest pieces of ``text`` that one font prints; without a font each character stands alone."""
        pending: Face | None = None
        piece = ""
        for char in text:
            face = self.face_for(char, bold=bold)
            if piece and (face is not pending or face is None):
                yield pending, piece
                piece = ""
            pending = face
            piece += char
        if piece:
            yield pending, piece
