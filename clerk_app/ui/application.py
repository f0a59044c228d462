"""The Qt application of any of our programs: made once, dressed before the first widget."""

from __future__ import annotations

import os
import sys

from PySide6.QtWidgets import QApplication

from clerk_app.design.fontset import FontSet
from clerk_app.ui.collector import GuiCollector
from clerk_app.ui.kit.theme import install

_COLLECTOR = "collector"


def make_application(*, offscreen: bool = False) -> QApplication:
    """The application of this process, without a screen when asked for."""
    if offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QApplication.instance()
    if app is None:
        app = QApplication(sys.argv[:1])
        app.setProperty(_COLLECTOR, GuiCollector(app))
    assert isinstance(app, QApplication)
    return app


def dress(app: QApplication, fonts: FontSet, factor: float = 1.0) -> None:
    """Fonts, palette and style sheet; ``FontFault`` when Chinese cannot be shown."""
    install(app, fonts, factor)
