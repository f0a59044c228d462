"""Timing in turns: A, B, A, B …, so that a busy moment of the machine falls on both."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from statistics import median


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turns(measured: Callable[[], float], floor: Callable[[], float], rounds: int) -> tuple[list[float], list[float]]:
    """Two columns of what the two give, alternating, and alternating who goes first."""
    values: list[float] = []
    floors: list[float] = []
    for number in range(rounds):
        gc.collect()
        if number % 2:
            floors.append(floor())
            values.append(measured())
        else:
            values.append(measured())
            floors.append(floor())
    return values, floors


def milliseconds_each(work: Callable[[int], object], repeats: int) -> Callable[[], float]:
    """A round: ``work(n)`` with another ``n`` each time, in milliseconds a piece."""
    count = iter(range(1, 10**9))

    def a_round() -> float:
        numbers = [next(count) for _ in range(repeats)]
        start = time.perf_counter()
        for number in numbers:
            work(number)
        return (time.perf_counter() - start) * 1000 / repeats

    return a_round


def percentile(numbers: Sequence[float], percent: float) -> float:
    """The smallest of ``numbers`` that ``percent`` of them do not exceed (nearest rank)."""
    ordered = sorted(numbers)
    rank = -int(-len(ordered) * percent // 100)
    return ordered[max(rank, 1) - 1]


def spread(numbers: Sequence[float]) -> list[float]:
    """Least, median and greatest, for the detail of a result."""
    return [round(number, 3) for number in (min(numbers), median(numbers), max(numbers))]
