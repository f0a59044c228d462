"""How often a device may ask for something that does not exist: codes of few digits must not be found by trying."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from clerk_app.domain.errors import Locked
from clerk_app.ports.clock import Clock


class Attempts:
    """Counts misses per asker in this process: ``most`` of them within ``span``, then nothing is looked up until the
    oldest is forgotten. A hit forgets nothing: between two tries of one's own code nobody gets more tries."""

    def __init__(self, clock: Clock, most: int = 10, span: timedelta = timedelta(minutes=10)) -> None:
        self._clock = clock
        self._most = most
        self._span = span
        self._lock = threading.Lock()
        self._misses: dict[str, list[datetime]] = {}

    def check(self, who: str, what: str) -> None:
        """``Locked`` while ``who`` has missed too often; ``what`` names the thing that was typed."""
        now = self._clock.now()
        with self._lock:
            # A clock that was set back must not lock for longer than the span.
            kept = [at for at in self._misses.get(who, ()) if abs(now - at) < self._span]
            self._misses[who] = kept
            if len(kept) >= self._most:
                minutes = -(-(min(kept) + self._span - now) // timedelta(minutes=1))
                raise Locked(f"{what}输错的次数太多，{max(1, minutes)} 分钟后再试，或者用身份证")

    def missed(self, who: str) -> None:
        """``who`` asked for something that does not exist."""
        with self._lock:
            self._misses.setdefault(who, []).append(self._clock.now())
