"""A panel over the window that takes the focus and gives it back: help and network, never a question."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from clerk_app.design.tokens import COLOR, SHADOW_OPACITY, SPACE
from clerk_app.ui.keys import key
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.labels import ElidedLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import Card
from clerk_app.ui.kit.theme import px
from clerk_app.ui.window.frames import Scroll
from clerk_app.ui.window.hints import HintButton

_SCROLLS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Overlay(QWidget):
    """A child of ``host`` outside its layout, as large as the host; ``panel_width`` in token px.

    Fill ``body`` (a Column inside a scroll area). ``popup()`` shows it, Esc or a click beside it closes it and emits
    ``closed``.
    """

    closed = Signal()

    def __init__(self, host: QWidget, title: str, panel_width: int) -> None:
        super().__init__(host)
        self._panel_width = panel_width
        self._before: QWidget | None = None
        self.heading = Text(title, "title")
        self.note = ElidedLabel("", "note", "ink5")
        leave = HintButton(key("back").cap(), "关闭")
        self.panel = Card(padding=0)
        self.panel.setParent(self)
        self.panel.body.put(Row(self.heading, self.note, leave, gap=SPACE.x12, margins=(SPACE.x12, SPACE.page)))
        self.body = Column()
        self.area = Scroll(self.body, (0, SPACE.page, SPACE.x16, SPACE.page))
        self.panel.body.put(self.area)
        leave.clicked.connect(self.dismiss)
        host.installEventFilter(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVisible(False)

    def popup(self) -> None:
        """Show the panel over the host; the focus goes back where it was when the panel closes."""
        if self.isHidden():
            self._before = QApplication.focusWidget()
        self.setVisible(True)
        self._place()
        self.raise_()
        self.start()

    def start(self) -> None:
        """Where the focus goes first."""
        self.setFocus()

    def dismiss(self) -> None:
        """Close and give the focus back."""
        if self.isHidden():
            return
        self.setVisible(False)
        before, self._before = self._before, None
        if before is not None and before.isVisible():
            before.setFocus()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif event.key() in _SCROLLS:
            self.area.verticalScrollBar().event(event)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Esc is the window's key too: while the panel is open it is the panel's.
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.parent() and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), paint.veil(COLOR.ink9, SHADOW_OPACITY))
        painter.end()

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Tab stays inside while the panel is open."""
        inside = [child for child in self.panel.findChildren(QWidget) if _takes_focus(child)]
        inside.sort(key=lambda child: _place_in(child, self.panel))
        if not inside:
            return True
        focus = QApplication.focusWidget()
        at = inside.index(focus) if focus in inside else (-1 if forwards else 0)
        inside[(at + (1 if forwards else -1)) % len(inside)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _host_size(self) -> QSize:
        host = self.parentWidget()
        return host.size() if host is not None else QSize()

    def _place(self) -> None:
        self.setGeometry(QRect(QPoint(), self._host_size()))
        margin = px(SPACE.x24)
        width = min(px(self._panel_width), self.width() - 2 * margin)
        head = self.heading.sizeHint().height() + 2 * px(SPACE.x12)
        inner = self.body.totalHeightForWidth(width) if self.body.hasHeightForWidth() else self.body.sizeHint().height()
        wanted = head + inner + px(SPACE.x4)
        height = min(wanted, self.height() - 2 * margin)
        self.panel.setGeometry((self.width() - width) // 2, (self.height() - height) // 2, width, height)


def _place_in(widget: QWidget, panel: QWidget) -> tuple[int, int]:
    """From top to bottom, in a row from left to right, whichever was made first."""
    at = widget.mapTo(panel, QPoint())
    return at.y(), at.x()


def _takes_focus(widget: QWidget) -> bool:
    by_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return by_tab and widget.isVisible() and widget.isEnabled()
