"""A QR code on the screen."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import COLOR

Modules = tuple[tuple[bool, ...], ...]
"""Row by row, True being dark, without margin."""


class QrCode(QWidget):
    """Modules as squares of whole screen pixels; the card around it is the margin of 4 modules (ISO/IEC 18004)."""

    def __init__(self) -> None:
        super().__init__()
        self._modules: Modules = ()

    def show_code(self, modules: Modules) -> None:
        """Change the code."""
        self._modules = modules
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._modules:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(COLOR.paper))
        count = len(self._modules)
        ratio = self.devicePixelRatioF()
        side = max(1, int(min(self.width(), self.height()) * ratio) // (count + 2)) / ratio
        left = (self.width() - side * count) / 2
        top = (self.height() - side * count) / 2
        for y, row in enumerate(self._modules):
            for x, dark in enumerate(row):
                if dark:
                    painter.fillRect(QRectF(left + x * side, top + y * side, side, side), QColor(COLOR.ink9))
        painter.end()
