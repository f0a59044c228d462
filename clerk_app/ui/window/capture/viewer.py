"""A picture with the sheet's outline over it, whose corners can be dragged; and a page as it will be kept."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.ports.capture import Corners
from clerk_app.ui.keys import Hit, Page, pressed
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.theme import px, theme

HANDLE = 12
_REACH = 2 * HANDLE
_BEYOND = 0.03


class Viewer(QWidget):
    """``key_pressed`` carries the ``Hit`` of the page's own keys, ``corners_moved`` the corners after a drag."""

    key_pressed = Signal(object)
    corners_moved = Signal(object)

    def __init__(self, name: str, *, editable: bool = False) -> None:
        super().__init__()
        self._editable = editable
        self._image = QImage()
        self._words = ""
        self.corners: Corners | None = None
        self.chosen = -1
        self.page = Page.CAPTURE
        self._dragging = False
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        if editable:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        return QSize(px(320), px(240))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(160), px(120))

    # --- showing ----------------------------------------------------------------------------------------------
    def show_image(self, image: QImage, corners: Corners | None = None) -> None:
        """A picture, with the outline of its sheet."""
        self._image, self._words, self.corners = image, "", corners
        self.update()

    def show_corners(self, corners: Corners | None) -> None:
        """Another outline of the same picture."""
        if corners != self.corners:
            self.corners = corners
            self.update()

    def choose(self, corner: int) -> None:
        """The corner that the arrow keys move; -1 for none."""
        self.chosen = corner
        self.update()

    def show_words(self, words: str) -> None:
        """A sentence in the place of a picture."""
        self._image, self._words, self.corners = QImage(), words, None
        self.setAccessibleDescription(words)
        self.update()

    @property
    def words(self) -> str:
        """The sentence that is shown, empty when a picture is."""
        return self._words

    @property
    def has_image(self) -> bool:
        return not self._image.isNull()

    # --- painting ---------------------------------------------------------------------------------------------
    def _place(self) -> QRectF:
        """Where the picture lies in the widget."""
        area = QRectF(self.rect()).adjusted(px(SPACE.x6), px(SPACE.x6), -px(SPACE.x6), -px(SPACE.x6))
        size = self._image.size().scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        left = area.left() + (area.width() - size.width()) / 2
        return QRectF(left, area.top() + (area.height() - size.height()) / 2, size.width(), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(COLOR.sunk))
        if self._image.isNull():
            self._paint_words(painter)
        else:
            place = self._place()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, self._image)
            if self.corners is not None:
                self._paint_outline(painter, place)
        if self.hasFocus():
            paint.focus_frame(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def _paint_words(self, painter: QPainter) -> None:
        area = self.rect().adjusted(px(SPACE.x24), 0, -px(SPACE.x24), 0)
        painter.setFont(theme().fonts["item"])
        painter.setPen(QColor(COLOR.ink7))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._words)

    def _paint_outline(self, painter: QPainter, place: QRectF) -> None:
        points = self._points(place)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # White under the colour: the line is seen on every desk and every paper.
        for color, width in ((COLOR.paper, 2 * SIZE.frame), (COLOR.pri, SIZE.frame)):
            painter.setPen(QPen(QColor(color), px(width)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolygon(QPolygonF(points))
        if self._editable and self.page is Page.CAPTURE_SHOT:
            for number, point in enumerate(points):
                self._paint_handle(painter, point, number)

    def _paint_handle(self, painter: QPainter, point: QPointF, number: int) -> None:
        half = px(HANDLE)
        box = QRectF(point.x() - half, point.y() - half, 2 * half, 2 * half)
        picked = number == self.chosen
        painter.setBrush(QColor(COLOR.pri if picked else COLOR.paper))
        painter.setPen(QPen(QColor(COLOR.pri), px(SIZE.frame)))
        painter.drawEllipse(box)
        painter.setFont(theme().fonts["tiny"])
        painter.setPen(QColor(COLOR.paper if picked else COLOR.pri))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(number + 1))

    def _points(self, place: QRectF) -> list[QPointF]:
        assert self.corners is not None
        return [QPointF(place.left() + x * place.width(), place.top() + y * place.height()) for x, y in self.corners]

    # --- hands ------------------------------------------------------------------------------------------------
    def keyPressEvent(self, event: QKeyEvent) -> None:
        hit: Hit | None = pressed(event, self.page)
        if hit is None:
            event.ignore()
        else:
            self.key_pressed.emit(hit)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._editable or self.page is not Page.CAPTURE_SHOT or self.corners is None or self._image.isNull():
            return
        where = event.position()
        points = self._points(self._place())
        near = min(range(4), key=lambda number: (points[number] - where).manhattanLength())
        if (points[near] - where).manhattanLength() <= px(_REACH):
            self._dragging = True
            self.choose(near)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._dragging:
            return
        place = self._place()
        x = (event.position().x() - place.left()) / max(1.0, place.width())
        y = (event.position().y() - place.top()) / max(1.0, place.height())
        self.show_corners(moved(self.corners, self.chosen, x, y))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._dragging = False
            self.corners_moved.emit(self.corners)


def moved(corners: Corners | None, number: int, x: float, y: float) -> Corners | None:
    """The corners with one of them elsewhere, never far outside the picture."""
    if corners is None or not 0 <= number < 4:
        return corners
    kept = list(corners)
    kept[number] = (min(1 + _BEYOND, max(-_BEYOND, x)), min(1 + _BEYOND, max(-_BEYOND, y)))
    a, b, c, d = kept
    return (a, b, c, d)
