"""From the byte of a keypad to the five official levels (GB/T 39046 A.8): explicit configuration, never a guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LEVEL_WORDS: dict[int, str] = {1: "非常满意", 2: "满意", 3: "基本满意", 4: "不满意", 5: "非常不满意"}


@dataclass(frozen=True, slots=True)
class RatingScale:
    """levels: keypad byte → level 1 to 5, or None when the key means "not rated".

    ValueError for a level outside 1 to 5.
    """

    name: str
    levels: Mapping[int, int | None] = field(hash=False)

    def __post_init__(self) -> None:
        wrong = [level for level in self.levels.values() if level is not None and level not in LEVEL_WORDS]
        if wrong:
            raise ValueError(f"no such rating level: {wrong}")

    def byte_for(self, level: int) -> int:
        """The byte that a keypad with this scale sends for ``level``; ValueError when it has no such key."""
        for value, known in self.levels.items():
            if known == level:
                return value
        raise ValueError(f"the keypad {self.name} has no key for level {level}")


FOUR_KEYS = RatingScale("four keys", {0: 4, 1: None, 2: 2, 3: 1})
"""The family in production [C]: 0 dissatisfied, 1 default, 2 satisfied, 3 very satisfied. It has four keys only, none
for 基本满意 or 非常不满意. Byte 1 comes without a citizen's choice and counts as not rated; a hall whose keypad prints
a level on that key configures a scale of its own."""

FIVE_KEYS = RatingScale("five keys", {0: 1, 1: 2, 2: 3, 3: 4, 4: 5})
"""Our virtual keypad's mapping: 0 非常满意 to 4 非常不满意, in the same frames; no vendor's device uses it."""
