"""The photo of the card of who is here; without one a sign stands in its place."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent

from clerk_app.ui.kit.labels import IconLabel
from clerk_app.ui.kit.layout import centred
from clerk_app.ui.kit.surfaces import Surface

WIDTH, HEIGHT = 64, 80
"""The photo of a card has 102 x 126 dots, which is this shape."""


class Face(Surface):
    """Compared by the clerk's eye with who stands there; nothing is kept of it."""

    def __init__(self) -> None:
        super().__init__("sunk", width=WIDTH, height=HEIGHT)
        self._image = QImage()
        self.sign = IconLabel("user", "pri", 40, stroke=1.6)
        self.setLayout(centred(self.sign))

    @property
    def has_picture(self) -> bool:
        return not self._image.isNull()

    def show_picture(self, bmp: bytes) -> None:
        """Empty bytes, or what is no picture, bring the sign back."""
        self._image = QImage.fromData(bmp) if bmp else QImage()
        self.sign.setVisible(self._image.isNull())
        self.setAccessibleName("" if self._image.isNull() else "身份证上的照片")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._image.isNull():
            return
        size = QSizeF(self._image.size()).scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(QRectF(self.rect()).center())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)
        painter.end()
