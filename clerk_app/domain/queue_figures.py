"""Figures of a day's visits: means and quantiles of the waits, the curve of ten minutes, how busy windows were. Pure.

All moments are seconds since 1970, so that a day of 3,000 visits is counted in milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clerk_app.domain.queue import PriorityClass, TicketSource, TicketState, WindowState

BUCKET_S = 600
"""The curve's step."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A ticket as far as figures need it. ``wait_s`` and ``service_s`` are what was counted so far."""

    ticket_id: str
    number: str
    group_id: str
    state: TicketState
    priority: PriorityClass
    source: TicketSource
    window_no: str | None
    taken: float
    queued: float
    called: float | None
    started: float | None
    ended: float | None
    wait_s: int
    service_s: int
    outcome: str | None

    @property
    def queues(self) -> bool:
        """Whether it waited in the queue at all; walk-ins did not."""
        return self.source is not TicketSource.WALK_IN

    @property
    def at_window_s(self) -> float:
        """Seconds that a finished visit kept its window: the way there and the service."""
        way = self.started - self.called if self.started is not None and self.called is not None else 0.0
        return max(0.0, way) + self.service_s


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds; None before the first call."""

    count: int
    mean: float | None
    median: float | None
    p90: float | None


def waits(values: Iterable[float]) -> Waits:
    """Quantiles are the smallest value that so large a share does not exceed (nearest rank)."""
    ordered = sorted(values)
    if not ordered:
        return Waits(0, None, None, None)
    return Waits(len(ordered), sum(ordered) / len(ordered), _rank(ordered, 50), _rank(ordered, 90))


def _rank(ordered: Sequence[float], percent: int) -> float:
    return ordered[-(-len(ordered) * percent // 100) - 1]


def shares(values: Sequence[float], bounds: Sequence[float]) -> tuple[float, ...]:
    """The share of values up to each bound (above the one before), and of those above the last one; () of nothing."""
    if not values:
        return ()
    counts = [0] * (len(bounds) + 1)
    for value in values:
        counts[next((place for place, bound in enumerate(bounds) if value <= bound), len(bounds))] += 1
    return tuple(count / len(values) for count in counts)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Ten minutes from ``start``: how many were called, how long they had waited on average."""

    start: float
    wait_s: float
    calls: int


def curve(visits: Iterable[Visit]) -> list[Bucket]:
    """The buckets with calls, in order; an empty ten minutes has no mean and is left out."""
    sums: dict[int, list[float]] = {}
    for visit in visits:
        if visit.called is not None and visit.queues:
            entry = sums.setdefault(int(visit.called // BUCKET_S), [0.0, 0.0])
            entry[0] += visit.wait_s
            entry[1] += 1
    return [Bucket(place * BUCKET_S, total / count, int(count)) for place, (total, count) in sorted(sums.items())]


def waiting_at(visits: Iterable[Visit], moment: float) -> int:
    """How many were in the queue at a moment of a day that is over: taken, and neither called nor ended."""
    return sum(
        visit.queues
        and visit.taken <= moment
        and min(visit.called or float("inf"), visit.ended or float("inf")) > moment
        for visit in visits
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """A window took a state at a moment."""

    at: float
    state: WindowState


_AT_WORK = frozenset({WindowState.FREE, WindowState.BUSY, WindowState.CALLING})


def open_seconds(turns: Sequence[Turn], start: float, now: float, before: bool) -> float:
    """How long a window was at work from ``start`` (the day's beginning) until ``now``; ``before``: whether it already
    was at ``start``."""
    total, since = 0.0, start if before else None
    for turn in turns:
        at_work = turn.state in _AT_WORK
        if at_work and since is None:
            since = turn.at
        elif not at_work and since is not None:
            total += max(0.0, turn.at - since)
            since = None
    return total + (max(0.0, now - since) if since is not None else 0.0)


def busy_seconds(visits: Iterable[Visit], now: float) -> dict[str, float]:
    """Seconds per window with a citizen, the present visit included; a hold counts where the window holds it."""
    found: dict[str, float] = {}
    for visit in visits:
        if visit.window_no is None or visit.called is None:
            continue
        if visit.state in {TicketState.CALLED, TicketState.SERVING}:
            spent = max(0.0, now - visit.called)
        else:
            spent = visit.at_window_s
        found[visit.window_no] = found.get(visit.window_no, 0.0) + spent
    return found


def arrivals_per_hour(
    visits: Iterable[Visit], now: float, first: float | None, span: float = 3600.0
) -> dict[str, float]:
    """Tickets taken per hour and group in the last ``span`` seconds, or since the day's first ticket when that is
    later (at least ten minutes, so that two early birds are no rush)."""
    since = max(now - span, first if first is not None else now)
    hours = max(now - since, float(BUCKET_S)) / 3600
    counts: dict[str, int] = {}
    for visit in visits:
        if visit.taken >= since:
            counts[visit.group_id] = counts.get(visit.group_id, 0) + 1
    return {group: count / hours for group, count in counts.items()}


def mean_at_window(visits: Iterable[Visit], assumed: float, least: int = 3) -> tuple[dict[str, float], float]:
    """Mean seconds that a finished visit kept its window: per group with ``least`` visits or more, and of the hall
    (``assumed`` before the first)."""
    sums: dict[str, tuple[float, int]] = {}
    for visit in visits:
        if visit.state is TicketState.FINISHED and visit.called is not None:
            total, count = sums.get(visit.group_id, (0.0, 0))
            sums[visit.group_id] = (total + visit.at_window_s, count + 1)
    count = sum(number for _, number in sums.values())
    hall = sum(total for total, _ in sums.values()) / count if count >= least else assumed
    return {group: total / number for group, (total, number) in sums.items() if number >= least}, hall


def outcomes(visits: Iterable[Visit]) -> list[tuple[str, int]]:
    """How the finished visits ended, the most frequent first."""
    counts: dict[str, int] = {}
    for visit in visits:
        if visit.state is TicketState.FINISHED and visit.outcome:
            counts[visit.outcome] = counts.get(visit.outcome, 0) + 1
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def taken_per_bucket(visits: Iterable[Visit]) -> Mapping[tuple[str, int], int]:
    """Tickets per (group, bucket of the clock)."""
    counts: dict[tuple[str, int], int] = {}
    for visit in visits:
        place = (visit.group_id, int(visit.taken // BUCKET_S))
        counts[place] = counts.get(place, 0) + 1
    return counts
