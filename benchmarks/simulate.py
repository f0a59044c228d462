"""``make chaos``, first half: the simulated hall (``tests/simulation``, ``docs/proof.md``).

10,000 days full of faults, each from a seed, on all cores; then one day that is cut off at every commit, sheet and
message, each time played to its end. The results go to ``out/chaos.json`` as ``simulation`` and ``crash_points``, the
latter with the list of all points. A seed that fails is printed with what led to it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.chaos_record import OUT, ROOT, write

if TYPE_CHECKING:
    from simulation.days import Figures

_AT_ONCE = 20


def main() -> int:
    """0 when everything held."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--steps", type=int, default=32)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--skip-points", action="store_true")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests"))
    failed = _days(args) if args.seeds else 0
    return int(bool(failed + (0 if args.skip_points else _points(args.out))))


def _days(args: argparse.Namespace) -> int:
    """How many seeds failed."""
    from simulation.days import Figures

    figures, wrong, start = Figures(), [], time.monotonic()
    firsts = range(args.first, args.first + args.seeds, _AT_ONCE)
    with ProcessPoolExecutor(args.jobs, get_context("spawn")) as pool:
        chunks = [(first, min(_AT_ONCE, args.first + args.seeds - first), args.steps) for first in firsts]
        for found, failures in pool.map(_chunk, chunks):
            figures.add(found)
            wrong += failures
            for failure in failures:
                print(failure, flush=True)
    seconds = round(time.monotonic() - start)
    print(f"{figures.days} days, {figures.steps} steps, {figures.records} records, {len(wrong)} failed, {seconds} s")
    record = {
        "campaign": "simulation",
        "seeds": args.seeds,
        "first_seed": args.first,
        "steps_a_day": args.steps,
        **asdict(figures),
        "seconds": seconds,
        "wrong": [failure.split("\n")[0] for failure in wrong],
    }
    write(args.out, record)
    return len(wrong)


def _chunk(chunk: tuple[int, int, int]) -> tuple[Figures, list[str]]:
    """In a process of its own: the days of some seeds, and what failed."""
    sys.path.insert(0, str(ROOT / "tests"))
    from simulation.days import Day, Figures, SeedFailed

    first, count, steps = chunk
    figures, failures = Figures(), []
    for seed in range(first, first + count):
        try:
            figures.add(Day(seed, steps).run())
        except SeedFailed as failure:
            failures.append(str(failure))
    return figures, failures


def _points(out: Path) -> int:
    """How many points showed something wrong."""
    from simulation.points import in_a_process

    found = in_a_process("--to-the-end")
    for wrong in found.wrong:
        print(wrong, flush=True)
    covered = len(found.cut) / len(found.points)
    print(f"{len(found.points)} points, {covered:.0%} cut, {len(found.wrong)} wrong, {found.seconds} s")
    record = {
        "campaign": "crash_points",
        "points": len(found.points),
        "cut": len(found.cut),
        "kinds": found.kinds(),
        "records": found.records,
        "seconds": found.seconds,
        "wrong": found.wrong,
        "list": [f"{one['node']} {one['kind']} {one['side']} {one['where']}" for one in found.points],
    }
    write(out, record)
    return len(found.wrong)


if __name__ == "__main__":
    sys.exit(main())
