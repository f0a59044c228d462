"""How often an applicant had to come for a case (跑了几次), by the two rules that reports use.

A promise like 最多跑一次 is easily kept on paper by not counting the trip for advice or the one for a missing
material; people count both. So every visit keeps its reasons, and both figures are shown side by side.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from clerk_app.domain.queue import VisitReason

LENIENT: Final = frozenset({VisitReason.CONSULT, VisitReason.SUPPLEMENT})
"""Reasons that the lenient rule does not count: a visit for nothing else is no trip by it."""


@dataclass(frozen=True, slots=True)
class Trips:
    """``every`` counts each visit, ``counted`` only those that had another reason than advice or a supplement."""

    every: int
    counted: int


def trips(visits: Iterable[Collection[VisitReason]]) -> Trips:
    """Both figures of one case from the reasons of its visits."""
    reasons = [frozenset(visit) for visit in visits]
    return Trips(len(reasons), sum(1 for visit in reasons if visit - LENIENT))
