"""What sending on to the city's server needs of the hall's store: how far it is, and what did not go (docs/sync.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from clerk_app.ports.hall_sync import OfficialNumber, RecordKind


@dataclass(frozen=True, slots=True)
class UpwardRun:
    """How far a hall is. Up to ``cursor`` (a feed number) every record, up to ``file_cursor`` every file was
    acknowledged or has a line of its own.

    ``epoch`` is of the city's store, ``speech`` its version and level. ``trouble`` says why the latest run did not get
    through, empty when it did; ``trouble_since`` since when. One process has the run to itself: ``holder``, until
    ``held_until``.
    """

    cursor: int = 0
    file_cursor: int = 0
    epoch: str = ""
    speech: str = ""
    done_at: datetime | None = None
    trouble: str = ""
    trouble_since: datetime | None = None
    holder: str = ""
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class UpwardLine:
    """A record or file that the city did not take when its turn came, by the feed number of its journal entry.

    ``aside``: it waits for a person; otherwise it waits for another one of its ``stream``, or for time. ``number`` is
    what a technician can find it by, ``reason`` a sentence.
    """

    feed_no: int
    is_file: bool
    kind: str
    record_id: str
    stream: str
    number: str
    aside: bool
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class UpwardRecord:
    """A record as it is stored. ``revision`` and ``official`` are a case's, 0 and None of others."""

    body: dict[str, Any] = field(repr=False)
    revision: int = 0
    official: OfficialNumber | None = None


class UpwardStore(Protocol):
    """Sending on of one hall."""

    def run(self) -> UpwardRun:
        """An empty one before the first run."""
        ...

    def hold(self, holder: str, now: datetime, until: datetime) -> bool:
        """Take or renew the run for one process; False while another has it."""
        ...

    def keep(self, **changes: Any) -> None:
        """Change fields of the run, which begins by that when there is none."""
        ...

    def record(self, kind: RecordKind, record_id: str) -> UpwardRecord | None: ...

    def lines(self, *, files: bool, after: int, limit: int) -> list[UpwardLine]:
        """What waits without being set aside, by feed number."""
        ...

    def set_aside(self) -> list[UpwardLine]:
        """What waits for a person, by feed number."""
        ...

    def put_lines(self, lines: Sequence[UpwardLine]) -> None:
        """Enter, or replace what was entered for the same journal entry."""
        ...

    def drop_lines(self, feed_numbers: Sequence[int]) -> None: ...

    def clear(self) -> None:
        """Drop all lines."""
        ...

    def reopen(self) -> int:
        """Let everything that was set aside wait again; how many."""
        ...

    def waiting(self, kinds: Sequence[str], after: int) -> tuple[int, datetime | None]:
        """How many journal entries of these kinds have a feed number above ``after``, and when the first was made."""
        ...
