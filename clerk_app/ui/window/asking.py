"""The citizen's rating as the window may know it: whether, never how."""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from clerk_app.domain.actor import Actor
from clerk_app.domain.rating import RatingStage
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
    """Asks at the keypad, without one on the citizen's screen, while the case goes on. What an earlier visit was asked
    says nothing about this one."""

    changed = Signal()
    on_screen = Signal(bool)  # whether the citizen's screen is to show the five levels

    def __init__(self, desk: RatingDesk, lane: Lane, *, has_keypad: bool) -> None:
        super().__init__()
        self._desk, self._lane, self._has_keypad = desk, lane, has_keypad
        self._cancel = threading.Event()
        self._store: Callable[[int], None] | None = None
        self.has_screen: Callable[[], bool] = lambda: False
        self._stage = RatingStage.ACCEPTANCE
        self.state = RatingState.NONE
        self.trouble = ""

    def ask(
        self, actor: Actor, ticket_id: str | None, case_id: str, stage: RatingStage = RatingStage.ACCEPTANCE
    ) -> None:
        """Ask once for the visit: the ticket's, or the case's where there is no ticket. Where the result is handed out
        in the same visit, the second stage takes the place of a first one that nobody answered."""
        if self.state is RatingState.ASKING:
            if stage is self._stage:
                return
            self.end()
        self._stage = stage
        if not self._has_keypad:
            self._ask_on_screen(actor, ticket_id, case_id, stage)
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
            stage=stage,
            done=rated,
            failed=failed,
        )

    def _ask_on_screen(self, actor: Actor, ticket_id: str | None, case_id: str, stage: RatingStage) -> None:
        if not self.has_screen():
            self._show(RatingState.UNAVAILABLE, NO_KEYPAD)
            return
        visit, cancel = ticket_id or case_id, self._cancel
        self._show(RatingState.ASKING)

        def over(state: RatingState, trouble: str = "") -> None:
            if cancel is self._cancel:
                self._show(state, trouble)

        def store(level: int) -> None:
            self._lane.run(
                self._desk.store,
                actor,
                level,
                ticket_id=ticket_id,
                case_id=None if ticket_id else case_id,
                stage=stage,
                source="screen",
                done=lambda _: over(RatingState.RATED),
                failed=lambda failure: over(RatingState.UNAVAILABLE, failure.text),
            )

        def looked(rated: bool) -> None:
            if cancel is self._cancel and not rated:
                self._store = store
                self.on_screen.emit(True)
            elif rated:
                over(RatingState.RATED)

        self._lane.run(
            self._desk.is_rated,
            visit,
            stage,
            done=looked,
            failed=lambda failure: over(RatingState.UNAVAILABLE, failure.text),
        )

    def take(self, level: int) -> None:
        """The citizen's press on the screen; it goes to the store and stays nowhere else."""
        store, self._store = self._store, None
        if store is not None:
            self.on_screen.emit(False)
            store(level)

    def screen_lost(self) -> None:
        """The citizen's screen is away: what was asked there is not answered."""
        if self._store is not None:
            self._store = None
            self._show(RatingState.UNAVAILABLE, NO_KEYPAD)

    def begin(self) -> None:
        """A new visit."""
        self.end()
        self._show(RatingState.NONE)

    def end(self) -> None:
        """The visit is over: nobody waits for the keypad or the screen any more."""
        self._cancel.set()
        self._cancel = threading.Event()
        self._store = None
        self.on_screen.emit(False)

    def _show(self, state: RatingState, trouble: str = "") -> None:
        self.state, self.trouble = state, trouble
        self.changed.emit()
