"""The paper beside the outcomes: the very page that will be printed, as a picture."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clerk_app.design.tokens import COLOR, LABEL_OPACITY, RADIUS, SHADOW_OPACITY, SIZE, SPACE
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.theme import px, theme

A4_RATIO = 297 / 210
READABLE_WIDTH = 560
"""Narrower than this a page of 10 pt cannot be read at the counter."""

LEAST = 160


class PaperView(QWidget):
    """The very paper that will be printed, drawn from its PDF; a word in place of it while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_paper(self, image: QImage | None, words: str = "") -> None:
        """Show a page image (its width fits the view), or a sentence."""
        self._image, self._words = image, words
        self.setAccessibleName(words or "文书预览")
        self.updateGeometry()
        self.update()

    def has_paper(self) -> bool:
        """Whether a page is shown."""
        return self._image is not None

    def page_width(self) -> int:
        """How wide a page is drawn: the whole page where it can still be read, else as wide as there is room."""
        room = self.width() - 2 * px(SPACE.x20)
        viewport = self.parentWidget() or self
        seen = viewport.height()
        whole = int((seen - 2 * px(SPACE.x16)) / A4_RATIO)
        return max(1, min(room, max(whole, px(READABLE_WIDTH))))

    def sizeHint(self) -> QSize:
        if self._image is None:
            return QSize(px(LEAST), px(LEAST))
        return QSize(px(LEAST), self._page().toRect().bottom() + px(SPACE.x16))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(LEAST), self.sizeHint().height() if self._image is not None else px(LEAST))

    def _page(self) -> QRectF:
        assert self._image is not None
        width = self.page_width()
        height = round(width * self._image.height() / self._image.width())
        return QRectF((self.width() - width) // 2, px(SPACE.x16), width, height)

    def resizeEvent(self, event: object) -> None:
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(COLOR.desk))
        if self._image is not None:
            page = self._page()
            shadow = paint.veil(COLOR.ink9, SHADOW_OPACITY / 2)
            painter.fillRect(page.adjusted(-1, 1, 1, px(SPACE.x2)), shadow)
            painter.drawImage(page, self._image)
        elif self._words:
            paint.text(painter, self.rect(), self._words, "item", COLOR.ink7, align=Qt.AlignmentFlag.AlignHCenter)
        painter.end()


class Tag(QWidget):
    """A few words over the upper right corner of the paper, wherever that is scrolled to."""

    def __init__(self, words: str, area: QWidget) -> None:
        super().__init__(area)
        self._words, self._area = words, area
        area.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            size = self.sizeHint()
            left = self._area.width() - size.width() - px(SPACE.x12) - px(SIZE.scroll_bar)
            self.setGeometry(left, px(SPACE.x8), size.width(), size.height())
            self.raise_()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        return QSize(theme().fonts.width("note", self._words) + 2 * px(SPACE.x12), px(SIZE.pill))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(paint.veil(COLOR.ink9, LABEL_OPACITY))
        painter.drawRoundedRect(self.rect(), px(RADIUS.cap), px(RADIUS.cap))
        paint.text(painter, self.rect(), self._words, "note", COLOR.paper, align=Qt.AlignmentFlag.AlignHCenter)
        painter.end()
