"""Who may be called next: the bounds of fairness as properties, against every draw and every order of events."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clerk_app.domain.queue import Lane
from clerk_app.domain.queue_order import (
    Candidate,
    Fairness,
    Pace,
    calls_before,
    expected_wait,
    in_a_row_after,
    passed_over,
    place_after,
    preferred,
    shortlist,
)
from clerk_app.ports.clock import BEIJING

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=BEIJING)
SECOND, MOMENT = timedelta(seconds=1), timedelta(microseconds=1)
SEATS: dict[str, dict[str, float]] = {
    "1": {"A": 1.0, "B": 1.0, "C": 1.0},
    "2": {"A": 0.1, "B": 10.0},
    "3": {"C": 1.0},
    "4": {"B": 1.0, "C": 5.0},
}
"""Windows with different sets of groups and weights as far apart as the rules allow."""


@dataclass
class Waiting:
    """A ticket of the model: how many were in front of it when it joined or joined in front later, per window."""

    candidate: Candidate
    older: Counter[str]
    calls: Counter[str] = field(default_factory=Counter)
    younger: int = 0


@dataclass
class ModelHall:
    """Counts what the bounds are about by itself, and lets the rule choose."""

    fairness: Fairness
    queue: dict[str, Waiting] = field(default_factory=dict)
    in_a_row: Counter[str] = field(default_factory=Counter)
    ordinary_ago: Counter[str] = field(default_factory=Counter)
    now: datetime = NOW

    def join(self, group: str, lane: Lane, ago: int) -> None:
        """A ticket that waits from now on at a place of ``ago`` seconds before."""
        self.now += SECOND
        new = Candidate(f"{self.now:%H%M%S}", group, lane, self.now - ago * SECOND, 0)
        older: Counter[str] = Counter()
        for one in self.queue.values():
            if preferred(one.candidate.lane) != preferred(lane):
                continue
            for window in self.windows(one.candidate) & self.windows(new):
                (one.older if new.order < one.candidate.order else older)[window] += 1
        self.queue[new.ticket_id] = Waiting(new, older)

    def windows(self, candidate: Candidate) -> set[str]:
        return {window for window, groups in SEATS.items() if candidate.group_id in groups}

    def call(self, window: str, luck: int) -> Candidate | None:
        """One call; whatever the draw gives, the bounds hold."""
        self.now += SECOND
        mine = [one for one in self.queue.values() if window in self.windows(one.candidate)]
        among = shortlist(
            [one.candidate for one in mine], self.in_a_row[window], self.now, SEATS[window], self.fairness
        )
        if not mine:
            assert among == ()
            return None
        chosen = among[luck % len(among)]
        self._check_turn(window, chosen, mine)
        del self.queue[chosen.ticket_id]
        for one in mine:
            one.calls[window] += 1
            assert one.calls[window] <= calls_before(one.older[window], one.candidate.lane, self.fairness) + (
                one.candidate is chosen
            )
        self._count_passes(chosen, mine)
        self.in_a_row[window] = in_a_row_after(self.in_a_row[window], chosen.lane)
        return chosen

    def _check_turn(self, window: str, chosen: Candidate, mine: list[Waiting]) -> None:
        """Bound 1, counted without ``in_a_row_after``."""
        self.ordinary_ago[window] = 0 if not preferred(chosen.lane) else self.ordinary_ago[window] + 1
        if preferred(chosen.lane) and any(not preferred(one.candidate.lane) for one in mine):
            assert self.ordinary_ago[window] <= self.fairness.preferred_in_a_row

    def _count_passes(self, chosen: Candidate, mine: list[Waiting]) -> None:
        """Bound 2, counted by looking at everybody."""
        for one in mine:
            same_turn = preferred(one.candidate.lane) == preferred(chosen.lane)
            if same_turn and one.candidate.order < chosen.order:
                one.younger += 1
                assert one.younger <= self.fairness.most_passes
                one.candidate = replace(one.candidate, passed=one.candidate.passed + 1)


FAIRNESS = st.builds(Fairness, st.integers(1, 4), st.integers(1, 3), st.integers(1, 3))
LANES = st.sampled_from([Lane.ORDINARY, Lane.ORDINARY, Lane.ORDINARY, Lane.PRIORITY, Lane.RETURN])
JOINS = st.tuples(st.just("join"), st.sampled_from("ABC"), LANES, st.sampled_from([0, 0, 0, 0, 30, 600]))
CALLS = st.tuples(st.just("call"), st.sampled_from(sorted(SEATS)), st.integers(0, 11))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(FAIRNESS, st.lists(st.one_of(JOINS, CALLS), max_size=90))
def test_nobody_is_passed_too_often_and_preferred_ones_never_go_too_often_in_a_row(
    fairness: Fairness, events: list[tuple[str, ...]]
) -> None:
    hall = ModelHall(fairness)
    for kind, *what in events:
        (hall.join if kind == "join" else hall.call)(*what)  # type: ignore[arg-type]
    for window in sorted(SEATS) * (len(hall.queue) + 1):
        hall.call(window, 0)
    assert not hall.queue


@settings(max_examples=60, deadline=None, derandomize=True)
@given(FAIRNESS, st.integers(0, 12), LANES, st.integers(0, 10**6))
def test_no_stream_of_newcomers_starves_anybody(fairness: Fairness, older: int, lane: Lane, luck: int) -> None:
    """Before each call somebody younger joins in each lane of the heaviest group: the worst that arrivals can do."""
    hall = ModelHall(fairness)
    for _ in range(older):
        hall.join("A", lane, 0)
    hall.join("A", lane, 0)
    me = max(hall.queue.values(), key=lambda one: one.candidate.order).candidate
    bound = calls_before(older, lane, fairness)
    for call in range(bound + 1):
        for other in (Lane.ORDINARY, Lane.PRIORITY):
            hall.join("B", other, 0)
        chosen = hall.call("2", luck + call * 7)
        assert chosen is not None
        if chosen.ticket_id == me.ticket_id:
            return
    raise AssertionError(f"{bound + 1} calls went before it")


def test_the_bound_in_figures() -> None:
    """With the default rules: the first of its turn waits for 8 calls of a window at most, the tenth for 35."""
    assert [calls_before(older, Lane.ORDINARY, Fairness()) for older in (0, 9)] == [8, 35]
    assert [calls_before(older, Lane.PRIORITY, Fairness()) for older in (0, 9)] == [4, 17]


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        st.uuids().map(str),
        st.sampled_from("ABC"),
        LANES,
        st.integers(-600, 60).map(lambda ago: NOW + ago * SECOND),
        st.integers(0, 3),
    ),
    max_size=40,
    unique_by=lambda one: one.ticket_id,
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(FAIRNESS, CANDIDATES, st.integers(0, 4), st.sampled_from(sorted(SEATS)))
def test_what_a_store_fetches_is_all_that_the_rule_needs(
    fairness: Fairness, candidates: list[Candidate], in_a_row: int, window: str
) -> None:
    def lane(one: Candidate) -> tuple[str, str]:
        return one.group_id, one.lane.value

    ordered = sorted(candidates, key=lambda one: (lane(one), one.order))
    fetched = [one for _, many in groupby(ordered, lane) for one in list(many)[: fairness.draw_among]]
    for turn in (True, False):
        often = [one for one in candidates if one.passed >= fairness.most_passes and preferred(one.lane) is turn]
        fetched += sorted(often, key=lambda one: one.order)[:1]
    unique = list({one.ticket_id: one for one in fetched}.values())
    assert shortlist(unique, in_a_row, NOW, SEATS[window], fairness) == shortlist(
        candidates, in_a_row, NOW, SEATS[window], fairness
    )


def _candidate(number: int, lane: Lane = Lane.ORDINARY, group: str = "A", passed: int = 0) -> Candidate:
    return Candidate(f"t{number}", group, lane, NOW + number * SECOND, passed)


def test_the_draw_is_among_the_three_oldest() -> None:
    waiting = [_candidate(number) for number in (4, 2, 5, 1, 3)]
    among = shortlist(waiting, 0, NOW + 60 * SECOND, {}, Fairness())
    assert [one.ticket_id for one in among] == ["t1", "t2", "t3"]


def test_who_was_passed_twice_is_next_without_a_draw() -> None:
    waiting = [_candidate(1), _candidate(2, passed=2), _candidate(3, passed=3)]
    assert [one.ticket_id for one in shortlist(waiting, 0, NOW, {}, Fairness())] == ["t2"]


def test_weights_count_waiting_time_times_their_number() -> None:
    waiting = [_candidate(0, group="A"), _candidate(50, group="B")]
    now = NOW + 60 * SECOND
    first = shortlist(waiting, 0, now, {"B": 5.0}, Fairness(draw_among=1))
    assert [one.group_id for one in first] == ["A"]
    first = shortlist(waiting, 0, now, {"B": 7.0}, Fairness(draw_among=1))
    assert [one.group_id for one in first] == ["B"]


def test_preferred_go_on_while_nobody_else_waits() -> None:
    assert shortlist([_candidate(1, Lane.RETURN)], 9, NOW, {}, Fairness()) == (_candidate(1, Lane.RETURN),)
    both = [_candidate(1), _candidate(2, Lane.PRIORITY)]
    assert shortlist(both, 1, NOW, {}, Fairness())[0].ticket_id == "t2"
    assert shortlist(both, 2, NOW, {}, Fairness())[0].ticket_id == "t1"


def test_only_older_ones_of_the_same_turn_are_passed() -> None:
    waiting = [_candidate(1), _candidate(2, Lane.PRIORITY), _candidate(3), _candidate(4)]
    assert passed_over(waiting, waiting[2]) == ("t1",)


@pytest.mark.parametrize(
    ("waiting", "after", "place"),
    [
        ([], 3, 0.0),
        ([-60, -50], 3, 0.0),
        ([-60, -50, -40, -30], 3, -40 + 1e-6),
        ([-60, -50], 0, -60 - 1e-6),
        ([], 0, 0.0),
        # The clock was set back by a minute since they came.
        ([60, 61], 3, 61 + 1e-6),
        ([60, 61, 62, 63], 3, 62 + 1e-6),
    ],
)
def test_the_place_of_one_who_comes_back(waiting: list[int], after: int, place: float) -> None:
    places = [NOW + ago * SECOND for ago in waiting]
    assert place_after(places, after, NOW) == NOW + timedelta(seconds=place)


def test_expected_wait_follows_the_measured_pace() -> None:
    pace = Pace(calls=5, first=NOW, last=NOW + timedelta(minutes=8), windows=3)
    assert expected_wait(3, pace) == timedelta(minutes=8)


def test_expected_wait_without_measurements_shares_the_assumed_pace_among_windows() -> None:
    assert expected_wait(3, Pace(2, NOW, NOW, 2)) == timedelta(minutes=16)
    assert expected_wait(0, Pace(0, None, None, 0)) == timedelta(minutes=8)
