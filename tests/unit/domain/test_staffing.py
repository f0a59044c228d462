"""The advice to a manager: more windows never make anybody wait longer, and nothing is said that would not help."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clerk_app.domain.staffing import LONGEST_S, AdviceKind, Desk, GroupLoad, advise, drain, forecast, outlook

GROUPS = "ABCD"
some_groups = st.frozensets(st.sampled_from(GROUPS), min_size=1)
works = st.dictionaries(st.sampled_from(GROUPS), st.floats(0, 20_000).map(lambda load: round(load, 1)), min_size=1)
crews = st.lists(some_groups, max_size=6)
loads = st.lists(
    st.builds(
        GroupLoad,
        st.sampled_from(GROUPS),
        st.integers(0, 40),
        st.floats(0, 120),
        st.floats(60, 900),
    ),
    min_size=1,
    unique_by=lambda one: one.group_id,
)
halls = st.lists(
    st.tuples(some_groups, st.booleans(), st.booleans(), st.floats(0, 1), st.booleans()), min_size=1, max_size=7
).map(
    lambda rows: [
        Desk(str(number), groups, open_, rostered, busy_share=busy, free=free and open_)
        for number, (groups, open_, rostered, busy, free) in enumerate(rows, 1)
    ]
)


def _widest(work: dict[str, float], desks: list[frozenset[str]]) -> float:
    """The longest time by the formula over all sets of groups: work of the set per window that serves any of it."""
    longest = 0.0
    for size in range(1, len(work) + 1):
        for chosen in combinations(work, size):
            servers = sum(not desk.isdisjoint(chosen) for desk in desks)
            load = sum(work[group] for group in chosen)
            if load > 1e-3:
                longest = max(longest, load / servers if servers else LONGEST_S)
    return min(longest, LONGEST_S)


@given(works, crews)
def test_the_longest_time_is_that_of_the_narrowest_set_of_groups(
    work: dict[str, float], desks: list[frozenset[str]]
) -> None:
    assert max(drain(work, desks).values()) == pytest.approx(_widest(work, desks), rel=1e-6, abs=1e-6)


@given(works, crews, some_groups)
def test_one_more_window_never_lengthens_any_time(
    work: dict[str, float], desks: list[frozenset[str]], further: frozenset[str]
) -> None:
    before, after = drain(work, desks), drain(work, [*desks, further])
    assert all(after[group] <= before[group] * (1 + 1e-6) + 1e-6 for group in work)


@given(works, crews, st.sampled_from(GROUPS), st.integers(0, 5_000))
def test_more_people_never_shorten_any_time(
    work: dict[str, float], desks: list[frozenset[str]], group: str, more: int
) -> None:
    before = drain(work, desks)
    after = drain({**work, group: work.get(group, 0.0) + more}, desks)
    assert all(after[one] >= before[one] * (1 - 1e-6) - 1e-6 for one in work)


@given(loads, halls)
def test_opening_a_window_never_lengthens_the_forecast(groups: list[GroupLoad], desks: list[Desk]) -> None:
    before = forecast(groups, desks)
    opened = [replace(desk, open=True) for desk in desks]
    after = forecast(groups, opened)
    assert all(after[group] <= before[group] + 1e-3 for group in before)


@settings(max_examples=60)
@given(loads, halls)
def test_advice_gives_the_wait_it_promises_and_harms_nobody(groups: list[GroupLoad], desks: list[Desk]) -> None:
    target = 180.0
    for number, (group, advice) in enumerate(advise(groups, desks, target).items()):
        if number:
            break  # further pieces count on the ones before them
        before = forecast(groups, desks)
        desk = next(one for one in desks if one.window_no == advice.window_no)
        if advice.kind is AdviceKind.OPEN:
            assert not desk.open
            assert group in desk.groups
            changed = replace(desk, open=True)
        else:
            assert desk.open
            assert group not in desk.groups
            changed = replace(desk, groups=desk.groups | {group})
        after = forecast(groups, [changed if one is desk else one for one in desks])
        assert advice.before_s == round(before[group])
        assert advice.wait_s == round(after[group])
        assert after[group] <= before[group] - 60
        assert all(after[other] <= max(before[other] + 1, target) for other in after if other != group)


def test_equal_windows_share_evenly_and_the_tenth_waits_three_and_a_third_services() -> None:
    desks = [Desk(str(number), frozenset("A"), True) for number in range(1, 4)]
    waits = forecast([GroupLoad("A", 10, 0.0, 300.0)], desks)
    assert waits["A"] == pytest.approx(10 * 300 / 3)


def test_who_keeps_coming_faster_than_they_are_served_makes_the_last_one_wait_longer() -> None:
    desks = [Desk("1", frozenset("A"), True)]
    quiet = forecast([GroupLoad("A", 2, 6.0, 300.0)], desks)
    busy = forecast([GroupLoad("A", 2, 24.0, 300.0)], desks)
    assert quiet["A"] == pytest.approx(600)
    assert busy["A"] == pytest.approx((2 + 12) * 300 - 1800)


def test_a_rostered_window_is_opened_before_another_one() -> None:
    desks = [
        Desk("1", frozenset("A"), True, busy_share=0.9),
        Desk("7", frozenset("A"), False),
        Desk("8", frozenset("A"), False, rostered=True),
    ]
    advice = advise([GroupLoad("A", 9, 10.0, 300.0)], desks, 180.0)["A"]
    assert advice.words == "开 8 号窗口"
    assert advice.wait_s < advice.before_s


def test_a_window_with_nothing_to_do_takes_the_group_before_a_person_is_fetched() -> None:
    desks = [
        Desk("5", frozenset("A"), True, busy_share=0.9),
        Desk("6", frozenset("B"), True, busy_share=0.1, free=True),
        Desk("8", frozenset("A"), False, rostered=True),
    ]
    loads = [GroupLoad("A", 1, 6.0, 300.0), GroupLoad("B", 0, 1.0, 300.0)]
    advice = advise(loads, desks, 180.0)["A"]
    assert (advice.kind, advice.words) == (AdviceKind.ADD_GROUP, "6 号加此组")


def test_a_fully_used_window_is_not_given_a_further_group() -> None:
    desks = [Desk("5", frozenset("A"), True, busy_share=0.9), Desk("6", frozenset("B"), True, busy_share=0.9)]
    loads = [GroupLoad("A", 9, 20.0, 300.0), GroupLoad("B", 9, 20.0, 300.0)]
    assert advise(loads, desks, 180.0) == {}


def test_nothing_is_said_while_the_target_is_kept() -> None:
    desks = [Desk("1", frozenset("A"), True), Desk("2", frozenset("A"), False, rostered=True)]
    assert advise([GroupLoad("A", 1, 6.0, 120.0)], desks, 180.0) == {}


def test_two_groups_are_not_sent_to_the_same_window() -> None:
    desks = [
        Desk("1", frozenset("A"), True),
        Desk("2", frozenset("B"), True),
        Desk("3", frozenset("AB"), False, rostered=True),
    ]
    found = advise([GroupLoad("A", 9, 10.0, 300.0), GroupLoad("B", 8, 10.0, 300.0)], desks, 180.0)
    assert len({advice.window_no for advice in found.values()}) == len(found)


def test_a_queue_without_new_people_runs_empty_and_stays_so() -> None:
    desks = [Desk("1", frozenset("A"), True)]
    steps = outlook([GroupLoad("A", 4, 0.0, 300.0)], desks, lambda group, step: 0.0, 4)
    assert [round(step.wait_s) for step in steps] == [900, 300, 0, 0]


@settings(max_examples=30)
@given(loads, halls)
def test_the_outlook_with_all_windows_open_is_never_worse(groups: list[GroupLoad], desks: list[Desk]) -> None:
    def coming(group: str, step: int) -> float:
        return next(one.arrivals for one in groups if one.group_id == group) / 6

    few = outlook(groups, desks, coming, 6)
    all_open = outlook(groups, [replace(desk, open=True) for desk in desks], coming, 6)
    assert all(better.wait_s <= worse.wait_s + 1.0 for better, worse in zip(all_open, few, strict=True))
