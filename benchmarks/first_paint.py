"""When a window has painted itself for the first time and has the focus; imports nothing but Qt."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget


def milliseconds_since(start_ns: int) -> float:
    """Since a moment of ``time.monotonic_ns`` of any process of this machine."""
    return (time.monotonic_ns() - start_ns) / 1e6


class FirstPaint(QObject):
    """Calls ``done`` once, after the first paint event of ``window`` has been served and the window is active."""

    def __init__(self, window: QWidget, done: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._done = window, done
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self._painted)
        return False

    def _painted(self) -> None:
        if QApplication.activeWindow() is self._window:
            self._done()
        else:
            QTimer.singleShot(0, self._painted)
