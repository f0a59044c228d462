"""Where the citizen's screen is shown: full screen on the second monitor, as a window, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from clerk_app.ui.citizen.screen import CitizenScreen


class ScreenMode(StrEnum):
    """The setting ``[window] citizen_screen``."""

    AUTO = "auto"
    WINDOW = "window"
    OFF = "off"


class CitizenPlace(QObject):
    """Shows and hides one ``CitizenScreen``; ``changed`` follows each coming and going.

    ``auto`` takes a monitor that the clerk's window is not on, also one that is plugged in later.
    """

    changed = Signal()

    def __init__(self, mode: ScreenMode, clerk: QWidget) -> None:
        super().__init__()
        self._mode, self._clerk = mode, clerk
        self._closed = False
        self.screen = CitizenScreen()
        self.screen.gone.connect(self._gone)
        app = QGuiApplication.instance()
        if mode is ScreenMode.AUTO and isinstance(app, QGuiApplication):
            app.screenAdded.connect(self._look)
            app.screenRemoved.connect(self._look)

    @property
    def present(self) -> bool:
        """Whether a citizen can see it."""
        return self.screen.isVisible()

    def open(self) -> None:
        """Show it where the setting wants it, if there is room for it."""
        if self._mode is ScreenMode.WINDOW:
            self.screen.resize(self.screen.minimumSize())
            free = self._clerk.screen().availableGeometry()
            corner = QRect(free.topLeft(), self.screen.size())
            corner.moveBottomRight(free.bottomRight())
            self.screen.move(corner.topLeft())
            self._show(self.screen.show)
        self._look()

    def close(self) -> None:
        """The program ends."""
        self._closed = True
        self.screen.close()

    def _look(self, _screen: QScreen | None = None) -> None:
        if self._closed:
            return
        if self._mode is ScreenMode.AUTO:
            other = self._other()
            if other is None:
                self.screen.hide()
            elif not self.screen.isVisible() or self.screen.screen() is not other:
                self.screen.setGeometry(other.geometry())
                self._show(self.screen.showFullScreen)
        self.changed.emit()

    def _show(self, show: Callable[[], object]) -> None:
        """Not every window system knows windows that take no keys: the clerk's stays the active one."""
        show()
        if self._clerk.isVisible():
            self._clerk.activateWindow()

    def _other(self) -> QScreen | None:
        own = self._clerk.screen()
        return next((one for one in QGuiApplication.screens() if one is not own), None)

    def _gone(self) -> None:
        if not self._closed:
            self.changed.emit()
