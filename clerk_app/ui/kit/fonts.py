"""Loads the shipped typeface and hands out one QFont per type role.

Fonts come from files, never from the system: a missing CJK font shows blanks without an error, so ``load`` proves
by glyphs that the text will be there, and by advances that bold is bold.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QGuiApplication, QRawFont

from clerk_app.design.tokens import BOLD, REGULAR, TYPE, scaled
from clerk_app.domain.errors import Fault

PROBE = "明河区"


class FontFault(Fault):
    """The typeface is missing or lacks what the screens show."""


class FontFiles(Protocol):
    """Paths of the shipped fonts; ``fallback`` covers rare characters."""

    @property
    def regular(self) -> Path: ...
    @property
    def bold(self) -> Path: ...
    @property
    def fallback(self) -> Path | None: ...


def load(files: FontFiles) -> list[str]:
    """Register the fonts with Qt, before the first widget; returns the family names, the typeface first.

    The two static weights are taken: from the variable file Qt draws its default, Thin, with a smeared bold.
    Raises ``FontFault`` when a weight is missing, bold is not bold, or 「明河区」 has no glyphs.
    """
    names = [name for path in (files.regular, files.bold) for name in _add(path)[:1]]
    if len(names) < 2 or names[0] != names[1] or not _bold_is_bold(names[0]):
        raise FontFault("没有找到界面字体（常规和粗体两个文件），屏幕会显示空白。请运行 clerk doctor 查看缺什么")
    family = names[0]
    regular = QRawFont.fromFont(_font([family], 16, REGULAR))
    lacking = [char for char in PROBE if not regular.supportsCharacter(char)]
    if lacking:
        raise FontFault(f"字体 {family} 里没有「{''.join(lacking)}」，屏幕会显示空白。请重新安装字体后再启动")
    return [family, *(_add(files.fallback)[:1] if files.fallback is not None else [])]


def _add(path: Path) -> list[str]:
    number = QFontDatabase.addApplicationFont(str(path)) if path.is_file() else -1
    return QFontDatabase.applicationFontFamilies(number) if number >= 0 else []


def _bold_is_bold(family: str) -> bool:
    """Bold must have other advances than regular: a smeared regular keeps them."""
    advances = []
    for weight in (REGULAR, BOLD):
        raw = QRawFont.fromFont(_font([family], 64, weight))
        glyphs = raw.glyphIndexesForString("1")
        if not glyphs:
            return False
        advances.append(raw.advancesForGlyphIndexes(glyphs)[0].x())
    return advances[1] > advances[0]


def _font(families: list[str], pixels: int, weight: int) -> QFont:
    font = QFont()
    font.setFamilies(families)
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight(weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


class Fonts:
    """One QFont per type role at the clerk's factor; ``fonts["item"]``, ``fonts.bold("item")``."""

    def __init__(self, families: list[str], factor: float) -> None:
        self.families = families
        self.factor = factor
        self._cache: dict[tuple[str, int], QFont] = {}

    def __getitem__(self, role: str) -> QFont:
        return self._get(role, TYPE[role].weight)

    def bold(self, role: str) -> QFont:
        """The role in bold, for what stands out inside a line."""
        return self._get(role, BOLD)

    def regular(self, role: str) -> QFont:
        """The role in regular, for the unit after a figure."""
        return self._get(role, REGULAR)

    def line(self, role: str) -> int:
        """Line height of the role in px."""
        return scaled(TYPE[role].line, self.factor)

    def width(self, role: str, text: str, *, bold: bool = False) -> int:
        """Width of one line of text in px, rounded up."""
        font = self.bold(role) if bold else self[role]
        return int(QFontMetricsF(font).horizontalAdvance(text)) + 1

    def custom(self, pixels: int, *, bold: bool = False) -> QFont:
        """A font of any size, for screens that scale with their panel (display, kiosk)."""
        return _font(self.families, pixels, BOLD if bold else REGULAR)

    def _get(self, role: str, weight: int) -> QFont:
        key = (role, weight)
        if key not in self._cache:
            self._cache[key] = _font(self.families, scaled(TYPE[role].px, self.factor), weight)
        return QFont(self._cache[key])


def use_as_default(fonts: Fonts) -> None:
    """Make the body role the application's font."""
    QGuiApplication.setFont(fonts["body"])
