"""The Qt application of any of our programs: made once, dressed before the first widget."""

from __future__ import annotations

import logging
import os
import sys

from PySide6.QtCore import QLibraryInfo, QMessageLogContext, QtMsgType, QTranslator, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from clerk_app.design.fontset import FontSet
from clerk_app.ui.collector import GuiCollector
from clerk_app.ui.kit.theme import install

_COLLECTOR = "collector"
_LOG = logging.getLogger("qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def make_application(*, offscreen: bool = False) -> QApplication:
    """The application of this process, without a screen when asked for."""
    if offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QApplication.instance()
    if app is None:
        qInstallMessageHandler(_log_qt)
        app = QApplication(sys.argv[:1])
        app.setProperty(_COLLECTOR, GuiCollector(app))
        speak_chinese(app)
    assert isinstance(app, QApplication)
    return app


def speak_chinese(app: QApplication) -> QTranslator:
    """Qt's own words in Chinese: the menu of an input field, the choice of a file. A millisecond."""
    words = QTranslator(app)
    if words.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(words)
    return words


def _log_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """What Qt says goes to the log; without a screen it says one thing about every window that is no news."""
    if "propagateSizeHints" not in message:
        _LOG.log(_LEVELS.get(kind, logging.WARNING), "%s", message)


def dress(app: QApplication, fonts: FontSet, factor: float = 1.0) -> None:
    """Fonts, palette and style sheet; ``FontFault`` when Chinese cannot be shown."""
    install(app, fonts, factor)
