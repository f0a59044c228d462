"""What a benchmark found, its line on the screen and its place in ``out/bench.json``."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on the ratio to the floor, or on the value itself (``of``), e.g. ``Goal("ratio", "<=", 1.5)``."""

    of: Literal["ratio", "value"]
    relation: Literal["<=", ">="]
    bound: float

    def holds(self, value: float, ratio: float) -> bool:
        measured = ratio if self.of == "ratio" else value
        return measured <= self.bound if self.relation == "<=" else measured >= self.bound

    def __str__(self) -> str:
        return f"{self.of} {self.relation} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Result:
    """One number beside its floor, both in ``unit``; without a goal it is information and holds nothing.

    ``detail`` is what a reader needs to judge the number: sizes, other percentiles, what the floor was.
    """

    name: str
    value: float
    unit: str
    floor: float
    goal: Goal | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.floor > 0:
            raise ValueError(f"{self.name}: the floor must be above zero, it was {self.floor}")

    @property
    def ratio(self) -> float:
        """Value divided by floor."""
        return self.value / self.floor

    @property
    def holds(self) -> bool | None:
        """Whether the goal is met, by the numbers as measured; None without a goal."""
        return None if self.goal is None else self.goal.holds(self.value, self.ratio)

    def record(self) -> dict[str, Any]:
        """The entry in ``bench.json``."""
        entry: dict[str, Any] = {
            "name": self.name,
            "value": _rounded(self.value),
            "unit": self.unit,
            "floor": _rounded(self.floor),
            "ratio": _rounded(self.ratio),
            "goal": None if self.goal is None else str(self.goal),
            "holds": self.holds,
        }
        return {**entry, "detail": self.detail} if self.detail else entry

    def line(self) -> str:
        """The line on the screen; a missed goal is called missed."""
        verdict = {True: "holds", False: "MISSED", None: "for information"}[self.holds]
        goal = "" if self.goal is None else f"  goal {self.goal}"
        numbers = f"{_rounded(self.value):>10g} {self.unit:<10} floor {_rounded(self.floor):>10g}"
        return f"{self.name:<28}{numbers}  ratio {self.ratio:>6.2f}{goal}  {verdict}"


def _rounded(number: float) -> float:
    """Four significant digits: more would claim what no noisy machine can measure."""
    return float(f"{number:.{_DIGITS}g}")


def write(path: Path, results: Sequence[Result], *, merge: bool) -> None:
    """Put ``results`` into the file. ``merge`` keeps the entries of other names and the places of known ones."""
    fresh = {result.name: result.record() for result in results}
    kept = _read(path) if merge else []
    entries = [fresh.pop(entry["name"], entry) for entry in kept]
    entries.extend(fresh.values())
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(beside, path)


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return entries
