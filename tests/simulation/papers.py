"""Printers in software, and the paper that came out of them: paper outlives every crash."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from clerk_app.ports.devices import DeviceHealth, DeviceState, PrintOutcome, PrintResult
from simulation.clocks import NodeClock
from simulation.moments import Kind, Moments, Side


def digest(sheet: bytes) -> str:
    return hashlib.sha256(sheet).hexdigest()


@dataclass
class Papers:
    """All sheets that came out anywhere, by their bytes. ``told`` is asked about each at the moment it comes out."""

    out: Counter[str] = field(default_factory=Counter)
    of: dict[str, list[bytes]] = field(default_factory=dict)
    told: Callable[[str, bytes], None] = lambda node, sheet: None

    def put(self, node: str, sheet: bytes) -> None:
        self.out[digest(sheet)] += 1
        self.of.setdefault(node, []).append(sheet)
        self.told(node, sheet)

    def is_out(self, sheet: bytes) -> bool:
        """What the clerk sees who looks at the printer's mouth."""
        return self.out[digest(sheet)] > 0


class SoftFolder:
    """Where papers go at a window without an A4 printer: a file counts once it is on the disk."""

    def __init__(self, node: str, moments: Moments) -> None:
        self._node = node
        self._moments = moments
        self.saved: dict[str, bytes] = {}

    def save(self, name: str, pdf: bytes) -> str:
        self._moments.passed(self._node, Kind.FSYNC, Side.BEFORE, name)
        self.saved[name] = pdf
        self._moments.passed(self._node, Kind.FSYNC, Side.AFTER, name)
        return f"文书/{name}"


class SoftPrinter:
    """Prints, refuses (no paper), or goes wrong in the middle, with the sheet out or not, as ``random`` has it.

    ``trouble`` is the share of jobs that do not go well.
    """

    def __init__(
        self, node: str, papers: Papers, moments: Moments, clock: NodeClock, random: Random, trouble: float = 0.0
    ) -> None:
        self._node = node
        self._papers = papers
        self._moments = moments
        self._clock = clock
        self._random = random
        self.trouble = trouble

    def print(self, job: bytes, copies: int = 1, title: str = "") -> PrintResult:
        self._moments.passed(self._node, Kind.PRINT, Side.BEFORE, title)
        if self._random.random() < self.trouble:
            return self._troubled(job)
        self._papers.put(self._node, job)
        self._moments.passed(self._node, Kind.PRINT, Side.AFTER, title)
        return PrintResult(PrintOutcome.PRINTED)

    def _troubled(self, job: bytes) -> PrintResult:
        fate = self._random.choice(("no paper", "half", "out", "crash", "crash out"))
        if fate == "no paper":
            return PrintResult(PrintOutcome.REFUSED, "没有纸了")
        if fate in ("out", "crash out"):
            self._papers.put(self._node, job)
        if fate.startswith("crash"):
            raise OSError("the line is gone")
        return PrintResult(PrintOutcome.UNKNOWN, "打印机没有回答")

    def health(self) -> DeviceHealth:
        return DeviceHealth(DeviceState.READY, self._clock.now())
