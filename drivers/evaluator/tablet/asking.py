"""What the page is told and what it may answer: one asking at a time, one answer to each."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from drivers.evaluator.scales import LEVEL_WORDS


@dataclass(frozen=True, slots=True)
class Moment:
    """What the page shows. ``asking`` is the asking's id, empty when nobody is asked; ``version`` grows with every
    change."""

    version: int
    asking: str


class AskingPlace:
    """Between the lane that asks and the threads of the page; safe from any thread."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._changed = threading.Condition()
        self._version = 1
        self._asking = ""
        self._level: int | None = None
        self._seen_at: float | None = None
        self._closed = False

    # --- who asks ---------------------------------------------------------------------------------------------
    def begin(self) -> None:
        """The page shows the five levels."""
        with self._changed:
            self._asking, self._level = secrets.token_urlsafe(12), None
            self._news()

    def wait_for_choice(self, timeout: float) -> int | None:
        """The level that was touched, None when none was within ``timeout`` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._level is not None, timeout)
            return self._level

    def end(self) -> None:
        """Nobody is asked any more; what is touched from here on counts for nothing."""
        with self._changed:
            self._asking, self._level = "", None
            self._news()

    def seen_within(self, seconds: float) -> bool:
        """Whether the tablet asked for news in the last ``seconds``."""
        with self._changed:
            return self._seen_at is not None and self._monotonic() - self._seen_at <= seconds

    # --- the page ---------------------------------------------------------------------------------------------
    def look(self, seen: int, timeout: float) -> Moment:
        """What is to be shown, as soon as it is newer than version ``seen``, after ``timeout`` in any case."""
        with self._changed:
            self._seen_at = self._monotonic()
            self._changed.wait_for(lambda: self._version != seen or self._closed, timeout)
            self._seen_at = self._monotonic()
            return Moment(self._version, self._asking)

    def choose(self, asking: str, level: int) -> bool:
        """The citizen touched a level; False when that asking is over or was answered."""
        with self._changed:
            if not asking or asking != self._asking or self._level is not None or level not in LEVEL_WORDS:
                return False
            self._level, self._asking = level, ""
            self._news()
            return True

    def saw_tablet(self) -> None:
        """A tablet was paired just now."""
        with self._changed:
            self._seen_at = self._monotonic()

    def close(self) -> None:
        """Let everybody who looks go."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _news(self) -> None:
        self._version += 1
        self._changed.notify_all()
