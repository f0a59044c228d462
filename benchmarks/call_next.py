"""Call next over HTTP, one window and four at once, beside an empty endpoint of the same server.

A server process on its encrypted SQLite store (every call commits and is synced to disk), TLS on the loopback. 200
tickets wait; the windows call and finish until nobody is left. Each of the two is one request, so requests per second
stand beside requests per second of ``GET /v1/health`` through the same client, in turns. Every number must have been
called exactly once, else the benchmark fails.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import TypeVar

from benchmarks.hall_server import Window, at_once, windows
from benchmarks.measure import in_turns, percentile, spread
from benchmarks.report import Goal, Result
from clerk_app.ports.hall_queue import TakeTicket

T = TypeVar("T")
_TICKETS = 200
_ROUNDS = 4
_GOAL = Goal("ratio", ">=", 0.5)


def run() -> list[Result]:
    with windows(4) as opened:
        return [measure(f"call_next_{count}", opened[:count]) for count in (1, 4)]


def measure(name: str, busy: Sequence[Window]) -> Result:
    """The windows call and finish, in turns with as many requests to the empty endpoint."""
    calls: list[float] = []
    finishes: list[float] = []

    def called() -> float:
        return _drain(busy, calls, finishes)

    values, floors = in_turns(called, partial(_empty, busy), _ROUNDS)
    detail = {
        "windows": len(busy),
        "tickets_a_round": _TICKETS,
        "served_per_s": round(median(values) / 2, 1),
        "call_ms": _quantiles(calls),
        "worst_ms": round(max(calls), 1),
        "finish_ms": _quantiles(finishes),
        "rounds": spread(values),
        "floor_rounds": spread(floors),
        "double_calls": 0,
        "floor": "GET /v1/health",
    }
    return Result(name, median(values), "requests/s", median(floors), _GOAL, detail)


def _drain(busy: Sequence[Window], calls: list[float], finishes: list[float]) -> float:
    groups = busy[0].hall.groups()
    waiting = {
        busy[0].hall.take_ticket(TakeTicket(groups[number % len(groups)].group_id)).ticket.ticket_id
        for number in range(_TICKETS)
    }
    served: list[str] = []
    taken = at_once([partial(_serve_all, window, served, calls, finishes) for window in busy])
    if Counter(served) != Counter(waiting):
        raise AssertionError(f"{len(waiting)} tickets waited, {len(served)} were called, {len(set(served))} different")
    return 2 * len(served) / taken


def _serve_all(window: Window, served: list[str], calls: list[float], finishes: list[float]) -> None:
    while (ticket := _timed(calls, window.hall.call_next).ticket) is not None:
        served.append(ticket.ticket_id)
        _timed(finishes, partial(window.hall.finish, ticket.ticket_id, "accepted"))
    # Now it waits free and would be given the first ticket of the next round.
    window.hall.open_window()


def _timed(times: list[float], work: Callable[[], T]) -> T:
    start = time.perf_counter()
    result = work()
    times.append((time.perf_counter() - start) * 1000)
    return result


def _empty(busy: Sequence[Window]) -> float:
    each = 2 * _TICKETS // len(busy)

    def ask(window: Window) -> None:
        for _ in range(each):
            window.empty()

    return each * len(busy) / at_once([partial(ask, window) for window in busy])


def _quantiles(times: Sequence[float]) -> list[float]:
    """Median, 95th and 99th percentile."""
    return [round(percentile(times, percent), 2) for percent in (50, 95, 99)]
