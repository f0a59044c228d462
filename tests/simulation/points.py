"""Every commit, fsync, sheet and message of one day, with the power cut just before and just after it.

The day of ``scenario`` is played once. At each moment the process forks: the child loses the power of that node there,
starts it again, carries on to the end of the stage (or of the day) and checks everything; the parent goes on and has
seen no fault. ``python -m simulation.points`` prints what was found as JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
import traceback
from collections import Counter
from dataclasses import asdict, dataclass, field

from simulation import bugs
from simulation.moments import ROOT, Kind, Side, where
from simulation.scenario import Scenario
from simulation.world import World
from support.forked import environment

PARTS = 8
"""The suite covers one point in so many, another share for each kind of moment's own count; ``make chaos`` all."""


@dataclass
class Found:
    """``points`` lists every moment; ``cut`` are the numbers of those at which the power was cut, ``wrong`` what did
    not hold after which."""

    points: list[dict[str, str]] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    records: int = 0
    seconds: float = 0.0

    def kinds(self) -> dict[str, int]:
        """How many moments of each kind there are."""
        return dict(sorted(Counter(f"{point['kind']} {point['side']}" for point in self.points).items()))


class Enumerating:
    """``part`` of ``parts``: cut the power at the points whose number leaves that rest, nowhere with 0 parts; ``only``
    at one kind of moment. ``to_the_end``: play the rest
    of the day after each cut, instead of the rest of the stage."""

    def __init__(self, part: int = 0, parts: int = 1, *, to_the_end: bool = False, only: str = "") -> None:
        self.part = part
        self.parts = parts
        self.to_the_end = to_the_end
        self.only = only
        self.found = Found()
        self.child: int | None = None
        self._pipe = 0

    def run(self) -> Found:
        """The whole enumeration. In a child it never returns."""
        start = time.monotonic()
        world = World(1)
        world.moments.watch = self._watch
        scenario = Scenario(world, self._enough)
        try:
            with world.running():
                self.found.records = scenario.run()
        except BaseException:
            if self.child is None:
                raise
            self._say("\n".join([traceback.format_exc(limit=-6), *world.trace[-25:]]))
        if self.child is not None:
            self._say("")
        self.found.seconds = round(time.monotonic() - start, 1)
        return self.found

    def _enough(self) -> bool:
        return self.child is not None and not self.to_the_end

    def _watch(self, node: str, kind: Kind, side: Side, what: str) -> bool:
        if self.child is not None:
            return False
        number = len(self.found.points)
        place = {Kind.COMMIT: where, Kind.PRINT: where, Kind.FSYNC: where}.get(kind, str)()
        self.found.points.append(
            {"node": node, "kind": kind.value, "side": side.value, "where": place or what, "what": what}
        )
        if not self.parts or number % self.parts != self.part or (self.only and kind != self.only):
            return False
        return self._forked(number)

    def _forked(self, number: int) -> bool:
        """True in the child, False in the parent after the child has ended."""
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            self.child, self._pipe = number, write
            return True
        os.close(write)
        with os.fdopen(read, encoding="utf-8") as told:
            words = told.read()
        _, status = os.waitpid(pid, 0)
        self.found.cut.append(number)
        if words or status:
            self.found.wrong.append(f"point {number} {self.found.points[number]}: {words or status}")
        return False

    def _say(self, words: str) -> None:
        """The child's last words, and its end: nothing of the parent's may run in it."""
        os.write(self._pipe, words.encode())
        os._exit(0)


def in_a_process(*options: str) -> Found:
    """The enumeration in a process of its own: only a process without other threads can be forked safely."""
    command = [sys.executable, "-m", "simulation.points", *options]
    ended = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, check=False)
    try:
        return Found(**json.loads(ended.stdout))
    except ValueError:
        raise AssertionError(ended.stderr.decode()) from None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--to-the-end", action="store_true")
    parser.add_argument("--plant", default="", help="a bug of simulation.bugs")
    args = parser.parse_args()
    enumerating = Enumerating(args.part, args.parts, to_the_end=args.to_the_end, only=args.only)
    with getattr(bugs, args.plant)() if args.plant else contextlib.nullcontext():
        found = enumerating.run()
    json.dump(asdict(found), sys.stdout, ensure_ascii=False)
    return int(bool(found.wrong))


if __name__ == "__main__":
    sys.exit(main())
