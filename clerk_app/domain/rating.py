"""好差评: five levels, the last two are bad; one visit, one rating at each of its two stages.

GB/T 39046-2020 A.8 (levels), GB/T 39735-2020 一次一评, 国办发〔2019〕51号. A visit is rated when its application
was taken and again when its result is handed over. Nothing but a key of the citizen makes a rating: no default, no
countdown.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum

from clerk_app.domain.errors import Conflict, Rejected

SCHEME = "GB/T 39046-2020 A.8"
"""Stored beside every level: other systems count the other way round (5 stars = 非常满意)."""


class RatingLevel(IntEnum):
    """GB/T 39046-2020 A.8; 1 is the best."""

    VERY_SATISFIED = 1
    SATISFIED = 2
    BASICALLY_SATISFIED = 3
    DISSATISFIED = 4
    VERY_DISSATISFIED = 5

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_bad(self) -> bool:
        """差评: has to be looked into, called back and put right."""
        return self in {RatingLevel.DISSATISFIED, RatingLevel.VERY_DISSATISFIED}

    @property
    def stars(self) -> int:
        """The same level where 5 stars are the best."""
        return 6 - self.value


_LABELS = {
    RatingLevel.VERY_SATISFIED: "非常满意",
    RatingLevel.SATISFIED: "满意",
    RatingLevel.BASICALLY_SATISFIED: "基本满意",
    RatingLevel.DISSATISFIED: "不满意",
    RatingLevel.VERY_DISSATISFIED: "非常不满意",
}


class RatingStage(StrEnum):
    """What is rated: how the application was taken, or how the result was handed over."""

    ACCEPTANCE = "acceptance"
    ISSUE = "issue"


def rating_level(value: int, *, field: str = "level") -> RatingLevel:
    """The level of that number in A.8. Raises ``Rejected(field, …)`` for anything but 1 to 5."""
    try:
        return RatingLevel(value)
    except ValueError:
        raise Rejected(field, f"评价只有 1（非常满意）到 5（非常不满意）五级，没有 {value}") from None


def level_from_stars(stars: int, *, field: str = "level") -> RatingLevel:
    """The level of 1 to 5 stars, 5 the best. Raises ``Rejected(field, …)`` for anything else."""
    if stars not in range(1, 6):
        raise Rejected(field, f"评价只有 1 到 5 颗星，没有 {stars}")
    return RatingLevel(6 - stars)


def expect_first(stage: RatingStage, rated: Iterable[RatingStage]) -> None:
    """Raise ``Conflict`` when the visit, of which the stages ``rated`` are rated already, is rated there again."""
    if stage in set(rated):
        raise Conflict("这次来访已经评价过，一次来访只评一次")
