"""What the case-file services give to the screens, of a window and of the office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from clerk_app.domain.acts import ActFacts, CaseAct
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.conclusion import Conclusion
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.window import StoredPaper


@dataclass(frozen=True, slots=True)
class RefusedAct:
    """An act of this window that the server did not let count, and why."""

    step: CaseStep
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A case as this window (or the server) knows it. ``waiting`` acts are counted but not acknowledged; ``seen_at`` is
    when the server told its state, None when the server was away; ``sequence`` is the place in the order of
    acceptance."""

    conclusion: Conclusion
    file: CaseFile
    case_no: str | None = None
    sequence: int | None = None
    waiting: int = 0
    refused: tuple[RefusedAct, ...] = ()
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StepOption:
    """One step: open with a hint, or locked with the reason in one line."""

    step: CaseStep
    label: str
    locked: bool
    line: str


@dataclass(frozen=True, slots=True)
class Acted:
    """What was done: the case afterwards, the acts, and the sheets that wait to be printed."""

    opened: OpenFile
    acts: tuple[CaseAct, ...]
    papers: tuple[StoredPaper, ...]


class Fate(StrEnum):
    """What became of an act at the server."""

    COUNTS = "counts"
    REFUSED = "refused"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Settled:
    """``sentence`` says why it was refused or waits; empty when it counts."""

    fate: Fate
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A step with its facts, before it has a moment and a number.

    ``papers`` are the kinds to draw instead of those that the step usually has: one sheet can serve several cases.
    """

    step: CaseStep
    facts: ActFacts
    papers: tuple[PaperKind, ...] | None = None
