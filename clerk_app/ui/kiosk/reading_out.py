"""读出来: what stands on a page, said aloud while somebody has switched it on."""

from __future__ import annotations

import threading
from typing import Final

from PySide6.QtCore import QObject, Signal

from clerk_app.ports.devices import DeviceHealth, DeviceState, Speaker, SpokenWords
from clerk_app.ui.kiosk.pieces import Page, Touch, Words
from clerk_app.ui.lanes import Failure, Lanes

_VOLUME: Final = 80
_SPEAKS: Final = (DeviceState.READY, DeviceState.BUSY)


def spoken(page: Page) -> str:
    """The page's words from top to bottom, then what may be touched."""
    pieces = sorted(page.pieces(), key=lambda piece: (piece.y(), piece.x()))
    words = [piece.text() for piece in pieces if isinstance(piece, Words) and not piece.isHidden()]
    touches = [
        piece.accessibleName()
        for piece in pieces
        if isinstance(piece, Touch) and not piece.isHidden() and piece.isEnabled()
    ]
    said = [text.replace("\n", "，") for text in words if text]
    choices = f"可以点：{'；'.join(touches)}" if touches else ""
    return "。".join([*said, *([choices] if choices else [])])


class ReadingOut(QObject):
    """One text at a time on the speaker's lane: a new one cuts the one before it off."""

    usable = Signal(bool)
    """Whether anything can be heard here."""

    def __init__(self, speaker: Speaker, lanes: Lanes, parent: QObject) -> None:
        super().__init__(parent)
        self._speaker, self._lanes = speaker, lanes
        self._cancel = threading.Event()
        self.on = False

    def start(self) -> None:
        """Look for the loudspeaker."""
        self._lanes.lane("speaker").run(self._speaker.probe, done=self._probed, failed=self._failed, owner=self)

    def switch(self, on: bool) -> None:
        """Whether pages are read."""
        self.on = on
        if not on:
            self.hush()

    def read(self, text: str) -> None:
        """Say it, if switched on."""
        self.hush()
        if not self.on or not text:
            return
        self._cancel = threading.Event()
        words = SpokenWords("", (), text, _VOLUME)
        self._lanes.lane("speaker").run(
            self._speaker.say, words, _started, self._cancel, failed=self._failed, owner=self
        )

    def hush(self) -> None:
        """Be silent at once."""
        self._cancel.set()

    def _probed(self, health: DeviceHealth) -> None:
        self.usable.emit(health.state in _SPEAKS)

    def _failed(self, failure: Failure) -> None:
        self.on = False
        self.usable.emit(False)


def _started(at: float) -> None:
    """Nobody measures how fast a page is read."""
