"""What the manager's board knows of the day's journal: draws, conflicts, and when windows were at work.

The journal is only ever added to, so what was read once is kept: a look at the board reads what came since. Each server
process keeps its own; a restarted one reads the day again, once.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from clerk_app.domain.queue import WindowState
from clerk_app.domain.queue_figures import Turn
from clerk_app.ports.stores_hall import HallUnit, JournalEntry

_CALLED = "ticket.called"
_CONFLICT = "emergency.conflict"
_WINDOW = "window."
_KINDS = (
    _CALLED,
    _CONFLICT,
    *(f"{_WINDOW}{state.value}" for state in (WindowState.OFF, WindowState.FREE, WindowState.BUSY, WindowState.AWAY)),
)


@dataclass
class DayLog:
    """Of one day, up to feed number ``head``. ``turns`` per window in order."""

    day: date
    head: int
    draws: int = 0
    one_candidate: int = 0
    conflicts: int = 0
    turns: dict[str, list[Turn]] = field(default_factory=dict)

    def add(self, entry: JournalEntry) -> None:
        """Count one entry."""
        if entry.kind == _CALLED:
            draw = entry.payload.get("draw")
            if draw:
                self.draws += 1
                self.one_candidate += len(draw["candidates"]) == 1
        elif entry.kind == _CONFLICT:
            self.conflicts += 1
        else:
            state = WindowState(entry.kind.removeprefix(_WINDOW))
            self.turns.setdefault(entry.subject, []).append(Turn(entry.at.timestamp(), state))


class BoardLog:
    """Per hall; safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._days: dict[str, DayLog] = {}

    def of(self, unit: HallUnit, day: date, start: datetime) -> DayLog:
        """The log of ``day``, which began at ``start``, as far as the journal is sequenced now."""
        with self._lock:
            log = self._days.get(unit.hall_id)
            head = unit.journal.head()[0]
            if log is None or log.day != day or log.head > head:
                # A store that was restored has fewer entries than were read: begin again.
                log = self._days[unit.hall_id] = DayLog(day, unit.journal.first_since(start))
            for entry in unit.journal.of_kinds(_KINDS, log.head, head):
                # A clock that was set back leaves entries of another day among those of today.
                if start <= entry.at < start + timedelta(days=1):
                    log.add(entry)
            log.head = max(log.head, head)
            return log
