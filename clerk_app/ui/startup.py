"""The page of a kiosk or display until it can work: what is being waited for, or what a technician has to do."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any, Final, TypeVar

from PySide6.QtCore import QRectF, QSize, QSizeF, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from clerk_app.design.tokens import COLOR, DISPLAY_TYPE
from clerk_app.domain.errors import Fault, Refusal
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.panel import CENTRE, Scale, line, lines

_AGAIN_MS: Final = 10_000
_LISTEN_MS: Final = 200
_WIDTH, _HEIGHT = 1920, 1080

Prepared = TypeVar("Prepared")


class StartPage(QWidget):
    """Runs ``prepare`` on a lane, hands the result to ``show``, which returns the screen's window, and gives way.

    What the environment hinders is tried again every ten seconds; a refusal stays until the program is started anew.
    """

    def __init__(
        self, title: str, lanes: Lanes, prepare: Callable[[], Prepared], show: Callable[[Prepared], QWidget]
    ) -> None:
        super().__init__()
        self.setWindowTitle(title)
        self._title, self._lanes, self._prepare, self._make = title, lanes, prepare, show
        self._words = "正在准备"
        self._again = QTimer(self, interval=_AGAIN_MS, singleShot=True)
        self._again.timeout.connect(self._try)

    def begin(self) -> None:
        """Show the page and start."""
        show_on_panel(self)
        self._try()

    def stop(self) -> None:
        """Try no more."""
        self._again.stop()

    def words(self) -> str:
        """What stands on the page."""
        return self._words

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH // 2, _HEIGHT // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(COLOR.night))
        scale = Scale(_WIDTH, _HEIGHT)
        scale.fit(QSizeF(self.size()))
        area = QRectF(self.rect()).adjusted(scale.px(80), 0, -scale.px(80), 0)
        top = QRectF(area.left(), area.center().y() - scale.px(160), area.width(), scale.px(90))
        line(painter, scale, top, self._title, DISPLAY_TYPE["clock"], COLOR.paper, align=CENTRE)
        below = QRectF(area.left(), top.bottom() + scale.px(20), area.width(), scale.px(300))
        least = DISPLAY_TYPE["least"].px
        lines(painter, scale, below, self._words, DISPLAY_TYPE["label"], COLOR.night_sub, align=CENTRE, least=least)
        painter.end()

    def _try(self) -> None:
        self._lanes.lane("start").run(self._prepare, done=self._ready, failed=self._failed, owner=self)

    def _ready(self, prepared: Any) -> None:
        try:
            window = self._make(prepared)
        except (Refusal, Fault) as known:
            self._say(str(known))
            return
        show_on_panel(window)
        self.hide()

    def _failed(self, failure: Failure) -> None:
        self._say(failure.text)
        if not isinstance(failure.error, Refusal):
            self._again.start()

    def _say(self, words: str) -> None:
        self._words = words
        self.setAccessibleName(words)
        self.update()


def show_on_panel(window: QWidget) -> None:
    """The whole panel, where there is one."""
    if QApplication.platformName() == "offscreen":
        window.show()
    else:
        window.showFullScreen()


def run_until_told(app: QApplication) -> int:
    """The event loop until the last window is closed or the system ends the program (SIGTERM, Ctrl+C)."""
    told: list[int] = []

    def look() -> None:
        # A handler runs between any two lines of Python; windows are closed in a turn of the loop of their own.
        if told:
            app.closeAllWindows()
            app.quit()

    awake = QTimer(app, interval=_LISTEN_MS)
    awake.timeout.connect(look)
    awake.start()
    signals = [signal.SIGINT, signal.SIGTERM] if os.name == "posix" else [signal.SIGINT]
    before = {one: signal.signal(one, lambda number, frame: told.append(number)) for one in signals}
    try:
        return app.exec()
    finally:
        awake.stop()
        for one, handler in before.items():
            signal.signal(one, handler)
