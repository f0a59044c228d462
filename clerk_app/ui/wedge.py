"""A scanner that types: its bursts are caught before the widget with the focus sees them (ui.md §5).

A serial scanner is better: a Chinese input method takes typed letters into its composition before this program hears of
them. Where only a typing scanner is there, a burst is told from fingers by its pace: keys less than ``FASTEST_MS``
apart that end with Enter. Every first key therefore waits that long before it reaches its widget, and only then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

FASTEST_MS = 30
LEAST_LETTERS = 4
LONGEST = 4_096
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ALONE = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


@dataclass(frozen=True, slots=True)
class _Kept:
    """A key that waits: where it was going, and what it was."""

    target: QWidget
    event: QKeyEvent


class ScannerKeys(QObject):
    """Application event filter; ``scanned`` carries the text of a burst. While not ``wanted``, keys pass: a password
    is never kept here. Install once for a program."""

    scanned = Signal(str)

    def __init__(self, app: QApplication, wanted: Callable[[], bool]) -> None:
        super().__init__(app)
        self._wanted = wanted
        self._kept: list[_Kept] = []
        self._text = ""
        self._last_at = 0
        self._passing = False
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setTimerType(Qt.TimerType.PreciseTimer)
        self._slow.setInterval(FASTEST_MS)
        self._slow.timeout.connect(self._let_pass)
        app.installEventFilter(self)

    def remove(self) -> None:
        """No more."""
        self._let_pass()
        app = QCoreApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A key comes to the window first and is handed on to the widget; shortcuts are asked before both.
        if self._passing or event.type() != QEvent.Type.KeyPress or not isinstance(watched, QWidget):
            return False
        assert isinstance(event, QKeyEvent)
        if not self._wanted():
            self._let_pass()
            return False
        if event.key() in _ENTER and self._kept and self._close(event):
            return self._enter(watched, event)
        letter = event.text()
        alone = not event.modifiers() & ~_ALONE
        if not (alone and len(letter) == 1 and letter.isprintable() and not event.isAutoRepeat()):
            self._let_pass()
            return False
        if self._kept and not self._close(event):
            self._let_pass()
        self._keep(watched, event)
        return True

    def _keep(self, target: QWidget, event: QKeyEvent) -> None:
        if len(self._text) >= LONGEST:
            self._let_pass()
        self._kept.append(_Kept(target, event.clone()))
        self._text += event.text()
        self._last_at = event.timestamp()
        self._slow.start()

    def _close(self, event: QKeyEvent) -> bool:
        """Whether the key came right behind the last one, by the clock of the keyboard: a busy program sees fingers in
        bursts too."""
        return event.timestamp() - self._last_at < FASTEST_MS

    def _enter(self, watched: QWidget, event: QKeyEvent) -> bool:
        if len(self._text) < LEAST_LETTERS:
            self._let_pass()
            return False
        text, self._text = self._text, ""
        self._kept.clear()
        self._slow.stop()
        self.scanned.emit(text)
        return True

    def _let_pass(self) -> None:
        """It was a finger: the keys go where they were going."""
        self._slow.stop()
        kept, self._kept, self._text = self._kept, [], ""
        self._passing = True
        try:
            for one in kept:
                if isValid(one.target):
                    QCoreApplication.sendEvent(one.target, one.event)
        finally:
            self._passing = False
