"""Says that a rating is asked for, where the hall wants it said. Never more than that: no level, no thanks for one."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject

from clerk_app.ports.devices import Speaker, SpokenWords
from clerk_app.ui.lanes import Lane
from clerk_app.ui.window.asking import RatingAsk, RatingState


class RatingVoice(QObject):
    """Speaks once when an asking begins; falls silent when the citizen has answered."""

    def __init__(self, asking: RatingAsk, lane: Lane, speaker: Speaker, text: str, volume: int) -> None:
        super().__init__()
        self._asking, self._lane, self._speaker = asking, lane, speaker
        self._words = SpokenWords("", (), text, volume)
        self._cancel = threading.Event()
        self._said = False
        asking.changed.connect(self._follow)

    def stop(self) -> None:
        """Silence."""
        self._cancel.set()

    def _follow(self) -> None:
        asked = self._asking.state is RatingState.ASKING
        if asked and not self._said:
            self._cancel = threading.Event()
            # Without a loudspeaker the page or the keypad asks all the same.
            self._lane.run(self._speaker.say, self._words, _began, self._cancel, failed=lambda _failure: None)
        elif not asked:
            self._cancel.set()
        self._said = asked


def _began(_at: float) -> None:
    """Nobody measures when the question was heard."""
