"""A search field: looked for while typing, taken at once with Enter, because a scanner ends its line with it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.ui.keys import key
from clerk_app.ui.kit.labels import IconLabel, KeyHint
from clerk_app.ui.kit.layout import Row
from clerk_app.ui.kit.surfaces import Surface

FIND_AFTER_MS = 250


class FindLine(Surface):
    """``wanted`` follows a pause in typing and Enter, ``entered`` Enter alone; ``down`` asks for what was found."""

    wanted = Signal(str)
    entered = Signal(str)
    down = Signal()

    def __init__(self, hint: str, name: str) -> None:
        super().__init__("field", height=SIZE.primary)
        self.edit = QLineEdit()
        self.edit.setProperty("bare", "true")
        self.edit.setPlaceholderText(hint)
        self.edit.setAccessibleName(name)
        self.setLayout(
            Row(
                IconLabel("scan-barcode", "ink7", SIZE.icon_large),
                self.edit,
                KeyHint(key("find").caps, name),
                gap=SPACE.x12,
                margins=(0, SPACE.x16),
            )
        )
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(FIND_AFTER_MS)
        self._pause.timeout.connect(self._send)
        self.edit.textEdited.connect(lambda _text: self._pause.start())
        self.edit.returnPressed.connect(self._enter)
        self.edit.installEventFilter(self)
        self.setFocusProxy(self.edit)

    def text(self) -> str:
        """What was typed, without outer blanks."""
        return self.edit.text().strip()

    def clear(self) -> None:
        """Empty the field and look for nothing."""
        self._pause.stop()
        self.edit.clear()

    def start(self) -> None:
        """The focus is in the field, its text chosen."""
        self.edit.setFocus()
        self.edit.selectAll()

    def _send(self) -> None:
        self._pause.stop()
        self.wanted.emit(self.text())

    def _enter(self) -> None:
        if self.text():
            self.entered.emit(self.text())
        self._send()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self.set_kind("picked")
        elif event.type() == QEvent.Type.FocusOut:
            self.set_kind("field")
        elif isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.edit.text():
            # Esc empties the search before it means anything to the window.
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
            elif event.type() == QEvent.Type.KeyPress:
                self.clear()
                self.wanted.emit("")
                return True
        elif _is_press(event, Qt.Key.Key_Down):
            self.down.emit()
            return True
        return super().eventFilter(watched, event)


def _is_press(event: QEvent, code: Qt.Key) -> bool:
    return event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == code
