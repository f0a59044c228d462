"""Cards at the kiosk: waits for one on the reader's lane while one may be laid down."""

from __future__ import annotations

import threading
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from clerk_app.ports.devices import CardFacts, CardReader, DeviceFault
from clerk_app.ui.lanes import Failure, Lanes

_WAIT_S: Final = 2.0
_PAUSE_MS: Final = 5_000
ADVICE: Final = {
    "card_gone": "卡拿早了，请再放一次，停 1 秒",
    "card_unreadable": "这张证没读出来，请再放一次",
    "card_error": "这张证没读出来，请再放一次",
}


class CardListener(QObject):
    """``want(True)`` waits for cards, ``want(False)`` ends it soon; the lane itself is never waited for."""

    laid = Signal(object)
    """``CardFacts``."""
    unread = Signal(str)
    """A card lay there; what the citizen does now."""
    works = Signal(bool)
    """Whether the reader answers."""

    def __init__(self, reader: CardReader, lanes: Lanes, parent: QObject) -> None:
        super().__init__(parent)
        self._reader, self._lanes = reader, lanes
        self._wanted = False
        self._cancel: threading.Event | None = None
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._listen)

    def want(self, wanted: bool) -> None:
        """Whether a card may be laid down now."""
        self._wanted = wanted
        if wanted:
            self._listen()
        elif self._cancel is not None:
            self._cancel.set()

    def _listen(self) -> None:
        if not self._wanted or self._cancel is not None or self._pause.isActive():
            return
        self._cancel = threading.Event()
        self._lanes.lane("reader").run(
            self._reader.wait_for_card, _WAIT_S, self._cancel, done=self._answered, failed=self._failed
        )

    def _answered(self, facts: CardFacts | None) -> None:
        self._cancel = None
        self.works.emit(True)
        if facts is not None and self._wanted:
            self.laid.emit(facts)
        self._listen()

    def _failed(self, failure: Failure) -> None:
        self._cancel = None
        word = failure.error.word if isinstance(failure.error, DeviceFault) else ""
        if word in ADVICE:
            self.works.emit(True)
            self.unread.emit(ADVICE[word])
            self._listen()
        else:
            self.works.emit(False)
            self._pause.start()
