"""The screen and the voice: every call that is shown is said; what is no longer called is not."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from clerk_app.services.voice import HallVoice
from clerk_app.ui.live import LiveHall

MUTE_KEY = "M"
_TITLE_MUTED = "（静音）"


class SpokenDisplay(QObject):
    """Joins a voice to a call screen and lives as long as its window.

    The key M on the screen's keyboard silences the hall and lets it be spoken to again; the window's title says so.
    """

    def __init__(self, voice: HallVoice, live: LiveHall, window: QWidget) -> None:
        super().__init__(window)
        self._voice, self._live, self._window = voice, live, window
        self._muted = False
        live.called.connect(voice.call)
        live.changed.connect(self._heed)
        self._key = QShortcut(QKeySequence(MUTE_KEY), window)
        self._key.activated.connect(self.toggle)

    def toggle(self) -> None:
        """Silence, or speech again."""
        self._muted = not self._muted
        self._voice.mute(self._muted)
        title = self._window.windowTitle().removesuffix(_TITLE_MUTED)
        self._window.setWindowTitle(title + (_TITLE_MUTED if self._muted else ""))

    def _heed(self) -> None:
        self._voice.heed(self._live.board.calls)
