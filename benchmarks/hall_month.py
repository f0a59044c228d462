"""A month at a hall, simulated twice with the same citizens: one queue per department, and comprehensive windows.

The queue of the comprehensive windows is the real one (``domain.queue_order``, ``domain.dispatch``): lanes, bounded
bypass, draws. ``docs/simulation.md`` has where each number comes from; everything is seeded, no clock is read.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from heapq import heappop, heappush
from math import exp, log, sqrt
from pathlib import Path
from random import Random
from statistics import fmean, median

from benchmarks.measure import percentile
from benchmarks.report import Goal, Result
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain import dispatch
from clerk_app.domain.dispatch import DrawKind
from clerk_app.domain.queue import Lane
from clerk_app.domain.queue_order import Candidate, Fairness, in_a_row_after, passed_over, shortlist
from clerk_app.ports.clock import BEIJING, SystemEntropy

SEED = 20261123
BENCH = Path(__file__).resolve().parents[1] / "out" / "bench.json"

WORKDAYS_A_YEAR = 248
"""Of 2025, by the State Council's calendar."""
MONTH = 21
_TRIAL = 10
"""Working days of a trial with other assumptions."""
DEPARTMENTS = 28
"""S3: 28 departments in the hall."""
CASES_A_YEAR = 231_955
"""S3: 231,955 cases, of which 198,887 instant (85.74 %)."""
INSTANT = 198_887 / 231_955

SESSIONS = ((8.5, 12.0), (13.5, 17.0))
_SKEW = 0.8
"""Departments' shares fall as 1/rank^0.8: a few have most of the citizens."""
_UNEVEN = 0.3
"""Coefficient of variation of a department's share from day to day: seasons, deadlines, paydays (log-normal)."""
_WEEK = (1.15, 1.05, 1.0, 0.95, 0.85)
_PEAKS = ((9.75, 0.8, 0.6), (14.5, 0.8, 0.5))
"""Hour, width in hours, height over the level of 1."""
_NO_SHOW = 0.03
_NO_SHOW_S = 25.0
"""Two recalls at the shortest interval, and the keys."""
_WALK_S = 15.0
"""From the seats to the counter."""
_GROUPS = 6


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of visit: its share, the clerk's seconds at the keyboard (a benchmark's name), talking minutes."""

    name: str
    share: float
    keyboard: str
    talk_min: float
    lane: Lane = Lane.ORDINARY


KINDS = (
    Kind("instant case, result in hand", 0.90 * INSTANT, "clerk_instant_issue", 6.0),
    Kind("promised case accepted", 0.90 * (1 - INSTANT) * 0.75, "clerk_reference", 8.0),
    Kind("supplement notice", 0.90 * (1 - INSTANT) * 0.25, "clerk_three_defects", 7.0),
    Kind("supplement or collection, comes back", 0.10, "clerk_consultation", 3.0, Lane.RETURN),
)
"""Talking is everything that is not keys: greeting, looking through papers, explaining, signing. Assumed."""
_SPREAD = 0.6
"""Coefficient of variation of the talking time (log-normal)."""
_PRIORITY = 0.12
"""Elderly, disabled, soldiers, appointments: assumed."""

_FALLBACK = {
    "clerk_instant_issue": 21.2,
    "clerk_reference": 19.1,
    "clerk_three_defects": 23.4,
    "clerk_consultation": 9.3,
}
"""docs/benchmarks.md, where the benchmark itself has not run on this machine."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One citizen: when they come (s of the day), to which department, how long they need a window."""

    at: float
    department: int
    lane: Lane
    service: float
    shows_up: bool


@dataclass(slots=True)
class Outcome:
    """Waits in minutes, in the order of the calls; ``passes``: how often someone younger of the turn went first."""

    waits: list[float] = field(default_factory=list)
    of_lane: dict[Lane, list[float]] = field(default_factory=dict)
    passes: list[int] = field(default_factory=list)
    draws: int = 0
    alone: int = 0
    busy_s: float = 0.0
    late_s: float = 0.0

    def called(self, visit: Visit, at: float) -> None:
        wait = (at - visit.at) / 60
        self.waits.append(wait)
        self.of_lane.setdefault(visit.lane, []).append(wait)

    @property
    def mean(self) -> float:
        return fmean(self.waits)

    def p(self, percent: float) -> float:
        return percentile(self.waits, percent)


# --- the citizens -------------------------------------------------------------------------------------------------
def keyboard_seconds() -> dict[str, float]:
    """The mean of each measured walk's variants."""
    found: dict[str, list[float]] = {}
    if BENCH.exists():
        for entry in json.loads(BENCH.read_text(encoding="utf-8")):
            found.setdefault(str(entry["name"]).partition(":")[0], []).append(float(entry["value"]))
    return {name: fmean(found.get(name, [seconds])) for name, seconds in _FALLBACK.items()}


@cache
def shares() -> tuple[float, ...]:
    """Of the departments, largest first."""
    raw = [1 / (rank**_SKEW) for rank in range(1, DEPARTMENTS + 1)]
    return tuple(one / sum(raw) for one in raw)


def level(hour: float, sharper: float = 1.0) -> float:
    """Arrivals per time, relative; 0 outside the sessions (the last quarter of an hour before a break is quiet)."""
    for opens, closes in SESSIONS:
        if opens <= hour < closes - 0.25:
            return 1 + sharper * sum(height * exp(-(((hour - peak) / width) ** 2)) for peak, width, height in _PEAKS)
    return 0.0


def month(
    a_day: float, days: int = MONTH, *, sharper: float = 1.0, uneven: float = _UNEVEN, seed: int = SEED
) -> list[list[Visit]]:
    """Working days with ``a_day`` visits on the mean one; ``sharper`` multiplies the height of the peaks."""
    random = Random(seed)
    keyboard = keyboard_seconds()
    steps = [number / 60 for number in range(8 * 60, 17 * 60)]
    curve = [level(hour, sharper) for hour in steps]
    whole = sum(curve)
    found: list[list[Visit]] = []
    for day in range(days):
        expected = a_day * _WEEK[day % 5]
        mix = _mix(random, uneven)
        visits = [
            _visit(random, keyboard, (hour + random.random() / 60) * 3600, mix)
            for hour, height in zip(steps, curve, strict=True)
            for _ in range(_poisson(random, expected * height / whole))
        ]
        found.append(sorted(visits, key=lambda visit: visit.at))
    return found


def _mix(random: Random, uneven: float) -> list[float]:
    """The day's shares of the departments."""
    return [share * _about(random, 1.0, uneven) for share in shares()]


def _about(random: Random, mean: float, spread: float) -> float:
    """Log-normal with a mean and a coefficient of variation."""
    sigma = sqrt(log(1 + spread**2))
    return random.lognormvariate(log(mean) - sigma**2 / 2, sigma)


def _visit(random: Random, keyboard: dict[str, float], at: float, mix: Sequence[float]) -> Visit:
    kind = random.choices(KINDS, [one.share for one in KINDS])[0]
    lane = kind.lane
    if lane is Lane.ORDINARY and random.random() < _PRIORITY:
        lane = Lane.PRIORITY
    talk = _about(random, kind.talk_min * 60, _SPREAD)
    department = random.choices(range(DEPARTMENTS), mix)[0]
    return Visit(at, department, lane, _WALK_S + talk + keyboard[kind.keyboard], random.random() >= _NO_SHOW)


def _poisson(random: Random, mean: float) -> int:
    count, product, bound = 0, random.random(), exp(-mean)
    while product > bound:
        count += 1
        product *= random.random()
    return count


def occupied(visit: Visit, slower: float = 1.0) -> float:
    """Seconds that a window is taken by a call."""
    return visit.service * slower if visit.shows_up else _NO_SHOW_S


# --- one queue per department ---------------------------------------------------------------------------------------
def _apart(days: Sequence[Sequence[Visit]], department: int, windows: int) -> Outcome:
    """The fixed windows of one department, first come first served."""
    found = Outcome()
    for day in days:
        free_at = [SESSIONS[0][0] * 3600.0] * windows
        for visit in day:
            if visit.department != department:
                continue
            at = max(visit.at, free_at[0])
            found.called(visit, at)
            heappop(free_at)
            heappush(free_at, at + occupied(visit))
            found.busy_s += occupied(visit)
        found.late_s = max(found.late_s, max(free_at) - SESSIONS[-1][1] * 3600)
    return found


def tuned(days: Sequence[Sequence[Visit]], low: float = 10.0, high: float = 15.0) -> tuple[list[int], Outcome]:
    """The fewest windows with which the departments' counters wait ``low`` to ``high`` minutes on the mean, what the
    documents report: from one each, a window more where its citizens waited longest together.

    ``ValueError`` when no number of windows gives such a wait.
    """
    windows = [1] * DEPARTMENTS
    apart = [_apart(days, department, 1) for department in range(DEPARTMENTS)]
    while (mean := fmean(wait for one in apart for wait in one.waits)) > high:
        worst = max(range(DEPARTMENTS), key=lambda department: sum(apart[department].waits))
        windows[worst] += 1
        apart[worst] = _apart(days, worst, windows[worst])
    if mean < low:
        raise ValueError("no number of windows gives the wait that the documents report")
    return windows, _together(apart)


def _together(apart: Sequence[Outcome]) -> Outcome:
    found = Outcome(waits=[wait for one in apart for wait in one.waits], late_s=max(one.late_s for one in apart))
    for one in apart:
        found.busy_s += one.busy_s
        for lane, waits in one.of_lane.items():
            found.of_lane.setdefault(lane, []).extend(waits)
    return found


# --- comprehensive windows --------------------------------------------------------------------------------------------
class Comprehensive:
    """All windows serve all groups; the queue is the program's own."""

    def __init__(self, windows: int, slower: float = 1.0, fairness: Fairness | None = None) -> None:
        self._windows = windows
        self._slower = slower
        self._fairness = fairness or Fairness()
        self._mac = NationalCrypto(SystemEntropy()).mac

    def run(self, days: Sequence[Sequence[Visit]]) -> Outcome:
        found = Outcome()
        for number, day in enumerate(days):
            today = date(2026, 11, 2) + timedelta(days=number + number // 5 * 2)
            key = dispatch.day_key(SEED.to_bytes(32), "", "hall", today, self._mac)
            self._day(found, day, today, key)
        return found

    def _day(self, found: Outcome, day: Sequence[Visit], today: date, key: bytes) -> None:
        midnight = datetime(today.year, today.month, today.day, tzinfo=BEIJING)
        free = [str(number) for number in range(1, self._windows + 1)]
        row = dict.fromkeys(free, 0)
        queue: dict[str, Candidate] = {}
        visits: dict[str, Visit] = {}
        ends: list[tuple[float, str]] = []
        for at, ticket, visit in _events(day, ends):
            if visit is not None:
                visits[ticket] = visit
                order_at = midnight + timedelta(seconds=visit.at)
                queue[ticket] = Candidate(ticket, str(visit.department % _GROUPS), visit.lane, order_at, 0)
                if free:
                    draw = dispatch.draw(key, DrawKind.WINDOW, ticket, free, today, self._mac)
                    self._call(found, queue.pop(ticket), visit, draw.winner, at, ends)
                    free.remove(draw.winner)
                continue
            window = ticket
            pool = list(queue.values())
            if not pool:
                free = sorted([*free, window], key=lambda one: (len(one), one))
                continue
            now = midnight + timedelta(seconds=at)
            among = shortlist(pool, row[window], now, {}, self._fairness)
            draw = dispatch.draw(key, DrawKind.TICKET, window, [one.ticket_id for one in among], today, self._mac)
            found.draws += 1
            found.alone += len(among) == 1
            chosen = among[draw.chosen]
            for older in passed_over(pool, chosen):
                queue[older] = replace(queue[older], passed=queue[older].passed + 1)
            row[window] = in_a_row_after(row[window], chosen.lane)
            called = queue.pop(chosen.ticket_id)
            self._call(found, called, visits[called.ticket_id], window, at, ends)

    def _call(
        self,
        found: Outcome,
        called: Candidate,
        visit: Visit,
        window: str,
        at: float,
        ends: list[tuple[float, str]],
    ) -> None:
        found.called(visit, at)
        found.passes.append(called.passed)
        needed = occupied(visit, self._slower)
        found.busy_s += needed
        found.late_s = max(found.late_s, at + needed - SESSIONS[-1][1] * 3600)
        heappush(ends, (at + needed, window))


def _events(day: Sequence[Visit], ends: list[tuple[float, str]]) -> Iterator[tuple[float, str, Visit | None]]:
    """Arrivals and windows that became free, in the order of time; ``ends`` grows while it is read."""
    arrivals = deque(enumerate(day))
    while arrivals or ends:
        if ends and (not arrivals or ends[0][0] <= arrivals[0][1].at):
            at, window = heappop(ends)
            yield at, window, None
        else:
            number, visit = arrivals.popleft()
            yield visit.at, f"A{number:04d}", visit


def fewest(days: Sequence[Sequence[Visit]], most: int) -> int:
    """The fewest comprehensive windows with a mean wait up to 3 minutes and nine in ten up to 8, at most ``most``."""
    low, high = most // 2, most
    while low < high:
        middle = (low + high) // 2
        outcome = Comprehensive(middle).run(days)
        if outcome.mean <= 3 and outcome.p(90) <= 8:
            high = middle
        else:
            low = middle + 1
    return low


# --- the benchmark ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Hall:
    """A volume to simulate, and what it is."""

    name: str
    a_day: float
    what: str


HALLS = (
    Hall("county", CASES_A_YEAR / WORKDAYS_A_YEAR, "S3: 231,955 cases a year over 248 working days"),
    Hall("large", 3000, "the hall of 3,000 tickets a day"),
)


def run() -> list[Result]:
    """Mean and 90th percentile of each hall beside the specialised counters', and what more load does."""
    results: list[Result] = []
    for hall in HALLS:
        results += _hall(hall)
    return results


def _hall(hall: Hall) -> list[Result]:
    days = month(hall.a_day)
    windows, before = tuned(days)
    count = sum(windows)
    after = Comprehensive(count).run(days)
    few = fewest(days, count)
    detail = {
        "volume": hall.what,
        "visits": len(after.waits),
        "a_day": round(len(after.waits) / MONTH),
        "minutes_a_visit": round(after.busy_s / len(after.waits) / 60, 2),
        "windows": count,
        "specialised": _figures(before),
        "comprehensive": _figures(after),
        "with_10_percent_more": _figures(Comprehensive(count).run(month(hall.a_day * 1.1, _TRIAL))),
        "with_20_percent_more": _figures(Comprehensive(count).run(month(hall.a_day * 1.2, _TRIAL))),
        "clerks_10_percent_slower": _figures(Comprehensive(count, slower=1.1).run(days[:_TRIAL])),
        "peaks_twice_as_high": _both(month(hall.a_day, _TRIAL, sharper=2.0)),
        "departments_alike_every_day": _both(month(hall.a_day, _TRIAL, uneven=0.0)),
    }
    lean = {
        "fewest": _figures(Comprehensive(few).run(days)),
        "with_10_percent_more": _figures(Comprehensive(few).run(month(hall.a_day * 1.1, _TRIAL))),
    }
    name = f"month_{hall.name}"
    return [
        Result(f"{name}_mean_wait", after.mean, "min", before.mean, Goal("value", "<=", 3), detail),
        Result(f"{name}_p90_wait", after.p(90), "min", before.p(90), Goal("value", "<=", 8)),
        Result(f"{name}_fewest_windows", few, "windows", count, None, lean),
    ]


def _both(days: Sequence[Sequence[Visit]]) -> dict[str, object]:
    """Another assumption: the counters are tuned anew (one window more may already bring 15 minutes down to 8), the
    comprehensive hall has as many."""
    windows, before = tuned(days, low=8.0)
    after = Comprehensive(sum(windows)).run(days)
    return {"windows": sum(windows), "specialised": _figures(before), "comprehensive": _figures(after)}


def _figures(outcome: Outcome) -> dict[str, object]:
    lanes = {lane.value: round(fmean(waits), 2) for lane, waits in sorted(outcome.of_lane.items())}
    figures: dict[str, object] = {
        "mean_min": round(outcome.mean, 2),
        "median_min": round(median(outcome.waits), 2),
        "p90_min": round(outcome.p(90), 2),
        "most_min": round(max(outcome.waits), 1),
        "by_lane_min": lanes,
    }
    if outcome.passes:
        figures |= {
            "most_passes": max(outcome.passes),
            "draws": outcome.draws,
            "one_candidate_share": round(outcome.alone / outcome.draws, 3) if outcome.draws else None,
        }
    return figures
