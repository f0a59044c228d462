"""The time of the simulated world, and what each PC thinks of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from clerk_app.ports.clock import BEIJING

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)


class WorldClock:
    """The true time; moves only when it is told to."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class NodeClock:
    """A PC's clock: the true time, wrong by ``offset``."""

    def __init__(self, world: WorldClock) -> None:
        self._world = world
        self.offset = timedelta()

    def now(self) -> datetime:
        return self._world.at + self.offset

    def monotonic(self) -> float:
        return self._world.at.timestamp()
