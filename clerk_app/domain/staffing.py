"""Whom to send to which window: how long people will wait as the hall is staffed now, and what would shorten it. Pure.

Method. With c windows for a group and a mean time s per ticket, the k-th in line is called at the k-th departure, so
after k·s/c (exact for M/M/c while all windows are busy: departures then come at rate c/s). Windows that serve several
groups go wherever people wait longest, because the dispatch orders groups by waiting time; so the windows are shared in
the way that makes the longest wait as short as possible, then the second longest, and so on (``drain``: max-min shares,
found by minimum cuts). Two waits are looked at: that of the last one now in line, and that of whoever is last in
``HORIZON`` from now if people keep coming at the day's rate; the worse one counts (``forecast``). What this leaves out:
chance. With few people and free windows it says 0, where chance would make somebody wait a little.

A window that is opened or given a further group can only add time to the others' queues by being taken from them; the
advice is given only when the worst wait of the group becomes clearly shorter and nobody else is pushed over the target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

HORIZON = timedelta(minutes=30)
"""How far ahead the rates are trusted."""

LONGEST_S = 8 * 3600
"""What is said of a wait that nobody ends: as long as a working day."""

_WORTH_S = 60
_IDLE_SHARE = 0.6
_MOST_ADVICE = 4
_MOST_TRIED = 8
_NOTHING = 1e-3
"""Seconds of work that are none."""


@dataclass(frozen=True, slots=True)
class GroupLoad:
    """A group at a moment: ``waiting`` people, ``arrivals`` per hour, ``service_s`` mean seconds that one takes at a
    window from the call to the end, ``longest_s`` the longest wait so far."""

    group_id: str
    waiting: int
    arrivals: float
    service_s: float
    longest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Desk:
    """A window. ``groups`` it serves; ``open`` when somebody is at work there, free or busy. ``rostered``: somebody
    should be there now; ``here``: somebody is logged in and away. ``busy_share`` 0…1 of its open time."""

    window_no: str
    groups: frozenset[str]
    open: bool
    rostered: bool = False
    here: bool = False
    busy_share: float = 0.0
    free: bool = False


class AdviceKind(StrEnum):
    """What to do: open a window that is not at work, or let one that is serve a further group."""

    OPEN = "open"
    ADD_GROUP = "add_group"


@dataclass(frozen=True, slots=True)
class Advice:
    """For one group. ``wait_s`` is the wait that it would give, ``before_s`` what is to be expected without it."""

    kind: AdviceKind
    group_id: str
    window_no: str
    before_s: int
    wait_s: int

    @property
    def words(self) -> str:
        """As the button says it."""
        if self.kind is AdviceKind.OPEN:
            return f"开 {self.window_no} 号窗口"
        return f"{self.window_no} 号加此组"


# --- how long people will wait ----------------------------------------------------------------------------------
def drain(work: Mapping[str, float], desks: Iterable[frozenset[str]]) -> dict[str, float]:
    """Seconds until each group's ``work`` (seconds of one window) is done by ``desks``, each the groups it serves.

    The desks share the work so that the longest time is as short as possible, then the next: the group (or set of
    groups) with the most work per window that may serve it is the narrowest; its time is fixed, its windows are taken
    out, and so on. More desks never make any group's time longer. ``LONGEST_S`` for work that nobody serves.
    """
    times = {group: 0.0 for group, load in work.items() if load <= _NOTHING}
    left = {group: load for group, load in work.items() if load > _NOTHING}
    crews: dict[frozenset[str], int] = {}
    for desk in desks:
        mine = desk.intersection(left)
        if mine:
            crews[mine] = crews.get(mine, 0) + 1
    for group in left.keys() - frozenset().union(*crews):
        times[group] = float(LONGEST_S)
        del left[group]
    while left:
        narrow, time = _narrowest(left, crews)
        for group in narrow:
            times[group] = min(time, float(LONGEST_S))
            del left[group]
        crews = {desk: count for desk, count in crews.items() if desk.isdisjoint(narrow)}
    return times


def _narrowest(work: Mapping[str, float], crews: Mapping[frozenset[str], int]) -> tuple[frozenset[str], float]:
    """The set of groups with the most work per window that serves any of them, and that ratio.

    Newton's method on the ratio: the set that is most overloaded at the present ratio gives the next one, until none
    is (a minimum cut each; a handful of rounds)."""
    chosen = frozenset(work)
    time = sum(work.values()) / sum(crews.values())
    while True:
        over = _overloaded(work, crews, time)
        if not over:
            return chosen, time
        servers = sum(count for desk, count in crews.items() if not desk.isdisjoint(over))
        better = sum(work[group] for group in over) / servers
        if better <= time * (1 + 1e-9):
            return chosen, time
        chosen, time = over, better


def _overloaded(work: Mapping[str, float], crews: Mapping[frozenset[str], int], time: float) -> frozenset[str]:
    """The groups on the source's side of the cut: those whose work does not fit into ``time``."""
    room = {desk: count * time for desk, count in crews.items()}
    rest = dict(work)
    flow: dict[tuple[str, frozenset[str]], float] = {}
    least = time * 1e-9
    while True:
        path = _path(rest, room, flow, least)
        if isinstance(path, frozenset):
            return path
        pushed = min(
            rest[path[0][0]],
            room[path[-1][1]],
            *(flow[(after, desk)] for (_, desk), (after, _) in pairwise(path)),
        )
        rest[path[0][0]] -= pushed
        room[path[-1][1]] -= pushed
        for step in path:
            flow[step] = flow.get(step, 0.0) + pushed
        for (_, desk), (after, _) in pairwise(path):
            flow[(after, desk)] -= pushed


_Path = list[tuple[str, frozenset[str]]]


def _path(
    rest: Mapping[str, float],
    room: Mapping[frozenset[str], float],
    flow: Mapping[tuple[str, frozenset[str]], float],
    least: float,
) -> _Path | frozenset[str]:
    """A way for more work from a group to a window with room, by moving others' work; else the groups reached."""
    before: dict[str, tuple[str, frozenset[str]] | None] = {group: None for group, load in rest.items() if load > least}
    queue = list(before)
    seen: set[frozenset[str]] = set()
    for group in queue:
        for desk, left in room.items():
            if group not in desk or desk in seen:
                continue
            seen.add(desk)
            if left > least:
                path: _Path = [(group, desk)]
                while (earlier := before[path[0][0]]) is not None:
                    path.insert(0, earlier)
                return path
            for other in desk:
                if other not in before and flow.get((other, desk), 0.0) > least:
                    before[other] = (group, desk)
                    queue.append(other)
    return frozenset(before)


def forecast(loads: Sequence[GroupLoad], desks: Sequence[Desk], horizon: timedelta = HORIZON) -> dict[str, float]:
    """Seconds that the last in line of each group will wait: now, or ``horizon`` from now if that is longer."""
    crews = [desk.groups for desk in desks if desk.open]
    ahead = horizon.total_seconds()
    now = drain({one.group_id: one.waiting * one.service_s for one in loads}, crews)
    then = drain({one.group_id: (one.waiting + one.arrivals * ahead / 3600) * one.service_s for one in loads}, crews)
    return {group: max(now[group], then[group] - ahead) for group in now}


@dataclass(frozen=True, slots=True)
class Step:
    """The hall in one step of the forecast: seconds from now, and the mean wait of those who come in it."""

    after_s: float
    wait_s: float


def outlook(
    loads: Sequence[GroupLoad],
    desks: Sequence[Desk],
    arrivals: Callable[[str, int], float],
    steps: int,
    step_s: float = 600.0,
) -> list[Step]:
    """The mean wait in the coming steps with the windows as they are: what comes in a step (``arrivals(group, step)``
    people) joins the line, what the group's share of the windows does in it leaves. The step's wait is the mean over
    those who come, or over the groups alike when nobody comes."""
    crews = [desk.groups for desk in desks if desk.open]
    service = {one.group_id: one.service_s for one in loads}
    line = {one.group_id: one.waiting * one.service_s for one in loads}
    found = []
    for number in range(steps):
        coming = {group: arrivals(group, number) for group in line}
        grown = {group: line[group] + coming[group] * service[group] for group in line}
        done_in = drain(grown, crews)
        at_end = {
            group: 0.0 if done_in[group] <= step_s else grown[group] * (1 - step_s / done_in[group]) for group in line
        }
        start = drain(line, crews)
        end = drain(at_end, crews)
        people = sum(coming.values())
        weights = coming if people > _NOTHING else dict.fromkeys(line, 1.0)
        total = sum(weights.values())
        mean = sum(weights[group] * (start[group] + end[group]) / 2 for group in line) / total if total else 0.0
        found.append(Step(number * step_s, mean))
        line = at_end
    return found


# --- what would help --------------------------------------------------------------------------------------------
def advise(loads: Sequence[GroupLoad], desks: Sequence[Desk], target_s: float) -> dict[str, Advice]:
    """One piece of advice per group that needs it, the worst group first; each counts on the ones before it.

    A group needs it when the last in line is to wait longer than ``target_s``. First choice is a window at work with
    little to do that would serve the group too (it costs nobody), if that reaches the target; then a window that can
    be opened: one that is on the roster, then one whose clerk is only away, then any other. A further group is the
    last choice. Nothing is said when nothing would help by a minute at least, or only by pushing another group over
    the target."""
    now = list(desks)
    found: dict[str, Advice] = {}
    used: set[str] = set()
    at_first = forecast(loads, now)
    needy = [one for one in loads if at_first[one.group_id] > target_s]
    needy.sort(key=lambda one: (-at_first[one.group_id], one.group_id))
    for load in needy[:_MOST_ADVICE]:
        waits = forecast(loads, now) if found else at_first
        before = waits[load.group_id]
        if before <= target_s:
            continue
        best = _best(load.group_id, loads, [desk for desk in now if desk.window_no not in used], now, waits, target_s)
        if best is None:
            continue
        advice, changed = best
        found[load.group_id] = advice
        used.add(advice.window_no)
        now = [changed if desk.window_no == changed.window_no else desk for desk in now]
    return found


_Rank = tuple[float, ...]
"""Smaller is tried first."""


def _best(
    group: str,
    loads: Sequence[GroupLoad],
    choice: Sequence[Desk],
    desks: Sequence[Desk],
    waits: Mapping[str, float],
    target_s: float,
) -> tuple[Advice, Desk] | None:
    adding = _tried(_adding(group, choice), AdviceKind.ADD_GROUP, group, loads, desks, waits, target_s)
    if adding is not None and adding[0].wait_s <= target_s:
        return adding
    opening = _tried(_opening(group, choice), AdviceKind.OPEN, group, loads, desks, waits, target_s)
    return opening or adding


def _adding(group: str, choice: Sequence[Desk]) -> list[tuple[_Rank, Desk]]:
    """Windows at work with time left, the least used first."""
    return [
        ((float(not desk.free), round(desk.busy_share, 1)), replace(desk, groups=desk.groups | {group}))
        for desk in choice
        if desk.open and group not in desk.groups and (desk.free or desk.busy_share < _IDLE_SHARE)
    ]


def _opening(group: str, choice: Sequence[Desk]) -> list[tuple[_Rank, Desk]]:
    """Windows that are not at work and serve the group: rostered, away, others."""
    return [
        ((float(not desk.rostered), float(not desk.here)), replace(desk, open=True))
        for desk in choice
        if not desk.open and group in desk.groups
    ]


def _tried(
    candidates: list[tuple[_Rank, Desk]],
    kind: AdviceKind,
    group: str,
    loads: Sequence[GroupLoad],
    desks: Sequence[Desk],
    waits: Mapping[str, float],
    target_s: float,
) -> tuple[Advice, Desk] | None:
    """The first candidate by rank that helps; of equal rank the one that gives the shortest wait. Of windows that are
    alike one is tried, at most ``_MOST_TRIED`` in all."""
    ranks: dict[_Rank, dict[tuple[bool, frozenset[str], frozenset[str]], Desk]] = {}
    old = {desk.window_no: desk for desk in desks}
    for rank, desk in sorted(candidates, key=lambda one: (one[0], len(one[1].window_no), one[1].window_no)):
        was = old[desk.window_no]
        ranks.setdefault(rank, {}).setdefault((was.open, was.groups, desk.groups), desk)
    left = _MOST_TRIED
    for alike in ranks.values():
        best: tuple[float, Advice, Desk] | None = None
        for desk in list(alike.values())[:left]:
            left -= 1
            after = forecast(loads, [desk if one.window_no == desk.window_no else one for one in desks])
            if _helps(group, waits, after, target_s) and (best is None or after[group] < best[0]):
                advice = Advice(kind, group, desk.window_no, round(waits[group]), round(after[group]))
                best = (after[group], advice, desk)
        if best is not None:
            return best[1:]
    return None


def _helps(group: str, before: Mapping[str, float], after: Mapping[str, float], target_s: float) -> bool:
    gained = before[group] - after[group]
    if gained < _WORTH_S:
        return False
    return all(after[other] <= max(before[other] + 1, target_s) for other in before if other != group)
