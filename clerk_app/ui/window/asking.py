"""The citizen's rating as the window may know it: whether, never how."""

from __future__ import annotations

import threading
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from clerk_app.domain.actor import Actor
from clerk_app.services.window.rating import Rated, RatingDesk
from clerk_app.ui.lanes import Failure, Lane

RATING_WAIT_S = 60.0
NO_KEYPAD = "本窗口没有接评价器"


class RatingState(StrEnum):
    """What the clerk may know of the rating: never the level."""

    NONE = "none"
    ASKING = "asking"
    RATED = "rated"
    UNRATED = "unrated"
    UNAVAILABLE = "unavailable"


class RatingAsk(QObject):
    """Asks at the keypad while the case goes on. What an earlier visit was asked says nothing about this one."""

    changed = Signal()

    def __init__(self, desk: RatingDesk, lane: Lane, *, has_keypad: bool) -> None:
        super().__init__()
        self._desk, self._lane, self._has_keypad = desk, lane, has_keypad
        self._cancel = threading.Event()
        self.state = RatingState.NONE
        self.trouble = ""

    def ask(self, actor: Actor, ticket_id: str | None, case_id: str) -> None:
        """Ask once for the visit: the ticket's, or the case's where there is no ticket."""
        if self.state is RatingState.ASKING:
            return
        if not self._has_keypad:
            self._show(RatingState.UNAVAILABLE, NO_KEYPAD)
            return
        cancel = self._cancel = threading.Event()
        self._show(RatingState.ASKING)

        def rated(answer: Rated) -> None:
            if cancel is self._cancel:
                self._show(RatingState.UNRATED if answer is Rated.NOT_RATED else RatingState.RATED)

        def failed(failure: Failure) -> None:
            if cancel is self._cancel:
                self._show(RatingState.UNAVAILABLE, failure.text)

        self._lane.run(
            self._desk.ask,
            actor,
            RATING_WAIT_S,
            cancel,
            ticket_id=ticket_id,
            case_id=None if ticket_id else case_id,
            done=rated,
            failed=failed,
        )

    def begin(self) -> None:
        """A new visit."""
        self.end()
        self._show(RatingState.NONE)

    def end(self) -> None:
        """The visit is over: nobody waits for the keypad any more."""
        self._cancel.set()
        self._cancel = threading.Event()

    def _show(self, state: RatingState, trouble: str = "") -> None:
        self.state, self.trouble = state, trouble
        self.changed.emit()
