"""How screens end: Qt objects die on the GUI thread, at a moment that we choose."""

from __future__ import annotations

from PySide6.QtCore import QObject
from shiboken6 import delete, isValid


def dispose(*objects: QObject) -> None:
    """Delete Qt objects with their children now; to be called on the GUI thread, with nothing running behind them.

    Python's collector runs on whichever thread happens to allocate: a widget or timer in a reference cycle would
    otherwise die on a device's lane, which Qt answers with a crash.
    """
    for one in objects:
        if isValid(one):
            delete(one)
