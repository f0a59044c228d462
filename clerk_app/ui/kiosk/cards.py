"""Cards and codes at the kiosk: waits for one on its device's lane while one may be laid down or held before it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from clerk_app.ports.devices import CardReader, CodeScanner, DeviceFault
from clerk_app.ui.lanes import Failure, Lanes

_WAIT_S: Final = 2.0
_PAUSE_MS: Final = 5_000
ADVICE: Final = {
    "card_gone": "卡拿早了，请再放一次，停 1 秒",
    "card_unreadable": "这张证没读出来，请再放一次",
    "card_error": "这张证没读出来，请再放一次",
}


class Listener(QObject):
    """``want(True)`` waits for what the device reads, ``want(False)`` ends it soon; the lane is never waited for."""

    read = Signal(object)
    """What came: ``CardFacts``, or a code's text."""
    unread = Signal(str)
    """Something lay there; what the citizen does now."""
    works = Signal(bool)
    """Whether the device answers."""

    def __init__(self, lane: str, wait: Callable[[float, threading.Event], Any], lanes: Lanes, parent: QObject) -> None:
        super().__init__(parent)
        self._lane, self._wait, self._lanes = lane, wait, lanes
        self._wanted = False
        self._cancel: threading.Event | None = None
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._listen)

    def want(self, wanted: bool) -> None:
        """Whether something may be read now."""
        self._wanted = wanted
        if wanted:
            self._listen()
        elif self._cancel is not None:
            self._cancel.set()

    def _listen(self) -> None:
        if not self._wanted or self._cancel is not None or self._pause.isActive():
            return
        self._cancel = threading.Event()
        self._lanes.lane(self._lane).run(self._wait, _WAIT_S, self._cancel, done=self._answered, failed=self._failed)

    def _answered(self, found: object) -> None:
        self._cancel = None
        self.works.emit(True)
        if found is not None and self._wanted:
            self.read.emit(found)
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


def card_listener(reader: CardReader, lanes: Lanes, parent: QObject) -> Listener:
    """Waits for cards."""
    return Listener("reader", reader.wait_for_card, lanes, parent)


def code_listener(scanner: CodeScanner, lanes: Lanes, parent: QObject) -> Listener:
    """Waits for codes."""
    return Listener("scanner", scanner.wait_for_code, lanes, parent)
