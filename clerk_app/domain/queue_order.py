"""Who may be called next: lanes, bounded bypass, the place of those who come back, the expected wait. Pure.

Fairness in three bounds, each a property in the tests:

1. At each window, between two ordinary calls, at most ``preferred_in_a_row`` tickets of the preferred lanes (priority,
   return) go first while an ordinary one waits for it.
2. Within a turn (preferred or ordinary) the ticket is drawn among the ``draw_among`` oldest, and nobody is passed by
   more than ``most_passes`` younger tickets of the same turn, at whatever windows: who was passed that often is next.
3. A window's weights order the groups by weighted waiting time; bound 2 holds across groups too.

Hence nobody starves: a ticket before which ``n`` older ones of its turn wait for a window is called after at most
``calls_before(n)`` calls there, whatever comes after it and whatever other windows do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest

from clerk_app.domain.queue import Lane

DEFAULT_PACE = timedelta(minutes=8)
"""Time one window needs for one ticket, assumed while today's calls are too few to measure."""

PACE_SAMPLE = 3
"""Calls needed before the measured pace replaces the assumed one."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that a window may call. ``order_at`` is its place in the order, ``passed`` how many younger tickets of
    its turn were called before it; ``number`` is what is on its paper, and what is drawn among."""

    ticket_id: str
    group_id: str
    lane: Lane
    order_at: datetime
    passed: int
    number: str = ""

    @property
    def order(self) -> tuple[datetime, str]:
        """Older first; the id settles equal moments."""
        return self.order_at, self.ticket_id


@dataclass(frozen=True, slots=True)
class Fairness:
    """The bounds of the module's docstring."""

    draw_among: int = 3
    most_passes: int = 2
    preferred_in_a_row: int = 2


def preferred(lane: Lane) -> bool:
    """Whether a lane goes before the ordinary one, within bound 1."""
    return lane is not Lane.ORDINARY


def in_a_row_after(in_a_row: int, lane: Lane) -> int:
    """Preferred calls of a window since its last ordinary one, after a call from ``lane``."""
    return in_a_row + 1 if preferred(lane) else 0


def calls_before(older: int, lane: Lane, fairness: Fairness) -> int:
    """How many calls of one window may go before a ticket's that waits for it behind ``older`` of its turn.

    In its turn at most the older ones and ``most_passes`` younger ones are called before it. Of ``preferred_in_a_row``
    + 1 calls at least one is ordinary and all but one are preferred while both wait. Who joins in front of it later
    (a hold that keeps its place, a no-show that comes back) counts as older.
    """
    turns, row = older + fairness.most_passes, fairness.preferred_in_a_row
    if preferred(lane):
        return turns + 1 + turns // row
    return turns + (turns + 1) * row


def shortlist(
    candidates: Sequence[Candidate],
    in_a_row: int,
    now: datetime,
    weights: Mapping[str, float],
    fairness: Fairness,
) -> tuple[Candidate, ...]:
    """The tickets among which the next one is drawn, in a fixed order; empty when nobody may be called.

    ``candidates`` hold at least the ``draw_among`` oldest of each lane and group, and the oldest of each turn that was
    passed ``most_passes`` times: all others would change nothing. ``in_a_row`` is how many preferred ones this window
    called since its last ordinary one; ``weights`` per group id, 1 where none is given.
    """
    first = [one for one in candidates if preferred(one.lane)]
    rest = [one for one in candidates if not preferred(one.lane)]
    pool = rest if rest and (in_a_row >= fairness.preferred_in_a_row or not first) else first
    due = [one for one in pool if one.passed >= fairness.most_passes]
    if due:
        return (min(due, key=lambda one: one.order),)

    def weighted(one: Candidate) -> tuple[float, datetime, str]:
        waited = max(0.0, (now - one.order_at).total_seconds())
        return (-waited * weights.get(one.group_id, 1.0), *one.order)

    return tuple(nsmallest(fairness.draw_among, pool, key=weighted))


def passed_over(candidates: Sequence[Candidate], chosen: Candidate) -> tuple[str, ...]:
    """The ids of those in the chosen one's turn that are older than it: bound 2 counts them."""
    turn = preferred(chosen.lane)
    return tuple(one.ticket_id for one in candidates if preferred(one.lane) == turn and one.order < chosen.order)


def place_after(waiting: Sequence[datetime], after: int, now: datetime) -> datetime:
    """``order_at`` of one who returns behind the first ``after`` that wait; ``waiting`` are the places of those ahead
    of everybody else, oldest first. With fewer waiting it is behind them all: now, or later by a clock set back."""
    moment = timedelta(microseconds=1)
    if after <= 0:
        return waiting[0] - moment if waiting else now
    if len(waiting) < after:
        return max(now, waiting[-1] + moment) if waiting else now
    return waiting[after - 1] + moment


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a group's tickets are called: the first and last of ``calls`` calls, and windows at work."""

    calls: int
    first: datetime | None
    last: datetime | None
    windows: int


def expected_wait(people_ahead: int, pace: Pace) -> timedelta:
    """How long a new ticket waits, for the paper and the display.

    Method: the mean interval between the group's calls of the last hour, times the tickets to be called up to and
    including this one. The measured interval already holds how many windows work, how long they serve and what else
    they serve. With fewer than ``PACE_SAMPLE`` calls the interval is ``DEFAULT_PACE`` divided by the windows that are
    open (at least one). Rounded up to whole minutes; zero people ahead and a free start still cost one interval.
    """
    if pace.calls >= PACE_SAMPLE and pace.first is not None and pace.last is not None and pace.last > pace.first:
        interval = (pace.last - pace.first) / (pace.calls - 1)
    else:
        interval = DEFAULT_PACE / max(pace.windows, 1)
    minutes = -(-(interval * (people_ahead + 1)) // timedelta(minutes=1))
    return timedelta(minutes=minutes)
