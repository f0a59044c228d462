"""Days full of faults, each from a seed: what the program promises holds after every step and at the end."""

from __future__ import annotations

import pytest

from simulation.days import Day, play

SEEDS = 200
AT_ONCE = 20
STEPS = 10
"""Shorter than those of ``make chaos``, so that 200 fit into the suite."""


pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("first", range(0, SEEDS, AT_ONCE))
def test_nothing_is_lost_doubled_or_called_twice_whatever_breaks(first: int) -> None:
    figures = play(first, AT_ONCE, STEPS)
    assert figures.records > 0
    assert sum(figures.faults.values()) > AT_ONCE


def test_a_seed_determines_the_whole_day() -> None:
    days = []
    for seed in (7, 7, 8):
        # One after the other: the stores of a day lie where those of the day before lay.
        day = Day(seed)
        day.run()
        days.append(day)
    assert days[0].world.trace == days[1].world.trace
    assert days[0].world.server.disk.rows("SELECT 1")
    assert days[0].world.trace != days[2].world.trace
