"""Dresses the test application as the program dresses itself, and grabs widgets for eyes."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from shiboken6 import delete, isValid

from clerk_app.typefaces import find
from clerk_app.ui.kit.labels import ElidedLabel
from clerk_app.ui.kit.theme import Theme, install


def dressed(app: QApplication, factor: float = 1.0) -> Theme:
    """The theme in force at this factor."""
    return install(app, find(), factor)


def grab(widget: QWidget, name: str, folder: Path) -> Path:
    """A PNG of the widget in ``folder``, or in ``$CLERK_GRABS`` where a person wants to look at it."""
    target = Path(os.environ.get("CLERK_GRABS") or folder)
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"{name}.png"
    assert widget.grab().save(str(path))
    return path


def clipped_labels(root: QWidget) -> list[str]:
    """Texts of visible one-line labels that are wider or higher than their place; elided ones say so themselves."""
    found = []
    for label in root.findChildren(QLabel):
        if not label.isVisible() or label.wordWrap() or isinstance(label, ElidedLabel) or not label.text():
            continue
        needed = max(QFontMetricsF(label.font()).horizontalAdvance(line) for line in label.text().splitlines())
        if needed > label.contentsRect().width() + 1 or label.height() < label.minimumSizeHint().height() - 1:
            found.append(label.text())
    return found


def clear_screen(app: QApplication) -> None:
    """Delete every window that a test left: leftovers are styled anew at each change of the look, for seconds."""
    for widget in app.topLevelWidgets():
        if isValid(widget) and widget.parent() is None:
            delete(widget)
