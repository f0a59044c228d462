"""A person's hands and eyes for scripts: press keys where the focus is, type, wait for what is shown, take pictures.

Events go the way of a real keyboard: shortcuts first, then the widget with the focus.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget


class Stuck(Exception):
    """Something that a screen should have shown did not come; the text names the step."""


class Hands:
    """``keys`` counts the presses, for key budgets."""

    def __init__(self, app: QApplication, patience_s: float = 60.0) -> None:
        self._app, self._patience = app, patience_s
        self.keys = 0

    def press(self, window: QWidget, name: str) -> None:
        """A key by its Qt name (``F2``, ``Return``, ``5``, ``Alt+D``) in a window."""
        self.settle(0.02)
        target = window.focusWidget() or window
        self.keys += 1
        held, _, key = name.rpartition("+")
        held = {"Ctrl": "Control"}.get(held, held)
        modifier = Qt.KeyboardModifier[f"{held}Modifier"] if held else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(target, Qt.Key[f"Key_{key}"], modifier)
        self._app.processEvents()

    def front(self, window: QWidget) -> None:
        """Bring a window before the others: keys reach the one in front."""
        window.activateWindow()
        self.wait("窗口到前面", window.isActiveWindow)

    def type(self, target: QWidget, text: str) -> None:
        """Letters and digits into a widget."""
        target.setFocus()
        for letter in text:
            self.keys += 1
            code = Qt.Key(ord(letter.upper())) if letter.isascii() and letter.isalnum() else Qt.Key.Key_unknown
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(target, QKeyEvent(kind, code, Qt.KeyboardModifier.NoModifier, letter))
            self._app.processEvents()

    def wait(self, step: str, ready: Callable[[], bool]) -> None:
        """Until ``ready``; ``Stuck`` with the name of the step when patience ends."""
        deadline = time.monotonic() + self._patience
        while not ready():
            if time.monotonic() > deadline:
                raise Stuck(step)
            self._app.processEvents()
            time.sleep(0.005)
        self._app.processEvents()

    def touch(self, target: QAbstractButton) -> None:
        """A finger on a target that can be seen; ``Stuck`` with its words if it cannot."""
        if not (target.isVisible() and target.isEnabled()):
            raise Stuck(target.text())
        QTest.mouseClick(target, Qt.MouseButton.LeftButton)
        self._app.processEvents()

    def write(self, place: QWidget, points: Sequence[tuple[float, float]]) -> None:
        """One line drawn with the mouse through points in 0 … 1 of a place."""
        path = [QPoint(round(x * place.width()), round(y * place.height())) for x, y in points]
        QTest.mousePress(place, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, path[0])
        for point in path[1:]:
            QTest.mouseMove(place, point)
            self._app.processEvents()
        QTest.mouseRelease(place, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, path[-1])
        self._app.processEvents()

    def settle(self, seconds: float) -> None:
        """Let the screens finish what they are doing."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._app.processEvents()
            time.sleep(0.005)

    def shoot(self, widget: QWidget, path: Path) -> None:
        """A picture of a window."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if not widget.grab().save(str(path)):
            raise Stuck(f"{path.name} 存不下来")
