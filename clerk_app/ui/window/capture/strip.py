"""The pages of the material that are kept, as small pictures beside the preview."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.ports.capture import PageKind, PageRow
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.theme import px, theme

WIDTH = 168
_THUMB = 116


class Strip(QWidget):
    """Newest in sight: what does not fit is above. ``wanted`` asks for a page's picture; ``picked`` is a click."""

    wanted = Signal(str)
    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.pages: tuple[PageRow, ...] = ()
        self.chosen = -1
        self._images: dict[str, QImage] = {}
        self._asked: set[str] = set()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("已扫的页")

    def sizeHint(self) -> QSize:
        return QSize(px(WIDTH), px(240))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(WIDTH), px(120))

    def show_pages(self, pages: tuple[PageRow, ...], chosen: int) -> None:
        """The pages in their order; ``chosen`` carries the frame, -1 for none."""
        self.pages, self.chosen = pages, chosen
        ids = {page.page_id for page in pages}
        self._images = {page_id: image for page_id, image in self._images.items() if page_id in ids}
        self._asked &= ids
        names = [f"第 {number} 页" for number in range(1, len(pages) + 1)]
        self.setAccessibleDescription("、".join(names) or "还没有")
        self._ask()
        self.update()

    def put_image(self, page_id: str, image: QImage) -> None:
        """The small picture of a page."""
        self._images[page_id] = image
        self.update()

    def resizeEvent(self, event: object) -> None:
        self._ask()

    def _shown(self) -> range:
        fits = max(1, self.height() // px(_THUMB))
        last = max(len(self.pages), 0)
        if 0 <= self.chosen < last - fits:
            return range(self.chosen, self.chosen + fits)
        return range(max(0, last - fits), last)

    def _ask(self) -> None:
        for number in self._shown():
            page_id = self.pages[number].page_id
            if page_id not in self._images and page_id not in self._asked:
                self._asked.add(page_id)
                self.wanted.emit(page_id)

    def _box(self, place: int) -> QRect:
        return QRect(px(SPACE.x8), place * px(_THUMB), self.width() - px(SPACE.x16), px(_THUMB) - px(SPACE.x6))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self.pages:
            painter.setFont(theme().fonts["note"])
            painter.setPen(QColor(COLOR.ink5))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), "还没有扫\n收下的页在这里")
            return
        for place, number in enumerate(self._shown()):
            self._paint_page(painter, self._box(place), number)

    def _paint_page(self, painter: QPainter, box: QRect, number: int) -> None:
        page = self.pages[number]
        thumb = QRectF(box.left(), box.top() + px(SPACE.x4), px(_THUMB) * 0.72, box.height() - px(SPACE.x8))
        image = self._images.get(page.page_id)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(thumb, QColor(COLOR.paper))
        if image is not None and not image.isNull():
            size = image.size().scaled(thumb.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            left = thumb.left() + (thumb.width() - size.width()) / 2
            top = thumb.top() + (thumb.height() - size.height()) / 2
            thumb = QRectF(left, top, size.width(), size.height())
            painter.drawImage(thumb, image)
        painter.setPen(QPen(QColor(COLOR.edge), px(SIZE.hairline)))
        painter.drawRect(thumb)
        words = QRectF(box.left() + px(_THUMB) * 0.72 + px(SPACE.x8), box.top(), box.width(), box.height())
        words.setRight(box.right() + px(SPACE.x8))
        paint.text(painter, words.adjusted(0, 0, 0, -px(SPACE.x20)), f"第 {number + 1} 页", "note", COLOR.ink9)
        what = f"PDF {page.sheets} 页" if page.kind is PageKind.PDF else ""
        paint.text(painter, words.adjusted(0, px(SPACE.x20), 0, 0), what, "tiny", COLOR.ink5)
        if number == self.chosen:
            paint.focus_frame(painter, QRectF(box).adjusted(-3, 0, 3, 0))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for place, number in enumerate(self._shown()):
            if self._box(place).contains(event.position().toPoint()):
                self.picked.emit(number)
