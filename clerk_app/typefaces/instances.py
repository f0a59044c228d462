"""Makes one static weight out of a variable font."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

WEIGHTS = {"Regular": 400, "Bold": 700}
"""Style name → value on the ``wght`` axis (OpenType 1.9, fvar)."""

RECIPE = 1
"""Part of the cache's key; raised when the way of making changes."""

_WINDOWS_ENGLISH = (3, 1, 0x409)


def make_instance(variable: Path, style: str, target: Path) -> None:
    """Write the static TrueType font ``style`` (a key of :data:`WEIGHTS`) of ``variable`` to ``target``.

    All or nothing: a reader never sees half a file. Takes about 20 s for Noto Sans SC. Raises ``OSError`` when the
    target cannot be written.
    """
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    with TTFont(variable) as font:
        family = font["name"].getBestFamilyName()
        # Re-optimising the deltas is for partial instances; a full one has none left.
        instancer.instantiateVariableFont(font, {"wght": WEIGHTS[style]}, inplace=True, optimize=False)
        _name(font, family, style)
        partial = target.with_name(f"{target.name}.{os.getpid()}.part")
        try:
            with partial.open("wb") as file:
                font.save(file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)


def _name(font: Any, family: str, style: str) -> None:
    """The name table, OS/2 and head bits of a static Regular or Bold (OpenType 1.9, name IDs 1-6, 16, 17, 25)."""
    names = font["name"]
    postscript = f"{family.replace(' ', '')}-{style}"
    full = f"{family} {style}"
    version = str(names.getDebugName(5))
    unique = f"{version};{postscript}"
    for number, text in {1: family, 2: style, 3: unique, 4: full, 6: postscript}.items():
        names.setName(text, number, *_WINDOWS_ENGLISH)
    # Typographic names are only for families that do not fit Regular/Bold; name 25 is for variable fonts.
    for number in (16, 17, 25):
        names.removeNames(nameID=number)
    bold = style == "Bold"
    os2 = font["OS/2"]
    os2.usWeightClass = WEIGHTS[style]
    os2.fsSelection = (os2.fsSelection & ~0b1100001) | (0b100000 if bold else 0b1000000)
    font["head"].macStyle = 0b1 if bold else 0
    if "STAT" in font:
        del font["STAT"]
