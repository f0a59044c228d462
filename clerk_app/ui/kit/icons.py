"""Lucide icons: SVG text from the package, coloured by token, rendered once per size and screen ratio.

Icons are drawn on a 24 grid with stroke 2 (Lucide, ISC licence; some come from Feather, MIT).
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer


class Icons:
    """Pixmaps by (name, colour, size, ratio); to be used on the GUI thread."""

    def __init__(self) -> None:
        self._archive: ZipFile | None = None
        self._texts: dict[str, str] = {}
        self._pixmaps: dict[tuple[str, str, int, float, float], QPixmap] = {}

    def has(self, name: str) -> bool:
        """Whether Lucide has the icon."""
        return f"{name}.svg" in self._open().namelist()

    def svg(self, name: str) -> str:
        """The icon's SVG text with ``currentColor``; raises ``KeyError`` for an unknown name."""
        if name not in self._texts:
            self._texts[name] = self._open().read(f"{name}.svg").decode("utf-8")
        return self._texts[name]

    def pixmap(self, name: str, color: str, size: int, ratio: float = 1.0, stroke: float = 2.0) -> QPixmap:
        """A square pixmap of ``size`` device-independent px for a screen of this ratio, stroke on the 24 grid."""
        key = (name, color, size, ratio, stroke)
        if key not in self._pixmaps:
            self._pixmaps[key] = self._render(name, color, size, ratio, stroke)
        return self._pixmaps[key]

    def icon(self, name: str, color: str, size: int, ratio: float = 1.0) -> QIcon:
        """The same as a QIcon, for actions and views."""
        return QIcon(self.pixmap(name, color, size, ratio))

    def drop(self) -> None:
        """Forget the pixmaps: the screen has changed."""
        self._pixmaps.clear()

    def _open(self) -> ZipFile:
        if self._archive is None:
            # Finding the package is enough: importing it costs more than all icons of the first screen.
            spec = find_spec("lucide")
            if spec is None or not spec.submodule_search_locations:
                raise FileNotFoundError("the package lucide is not installed")
            self._archive = ZipFile(Path(spec.submodule_search_locations[0]) / "lucide.zip")
        return self._archive

    def _render(self, name: str, color: str, size: int, ratio: float, stroke: float) -> QPixmap:
        text = self.svg(name).replace("currentColor", color)
        if stroke != 2.0:
            text = re.sub(r'stroke-width="2"', f'stroke-width="{stroke}"', text)
        pixels = max(1, round(size * ratio))
        pixmap = QPixmap(pixels, pixels)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        QSvgRenderer(QByteArray(text.encode("utf-8"))).render(painter, QRectF(0, 0, pixels, pixels))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap
