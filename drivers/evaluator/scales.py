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


def parse_scale(words: str) -> RatingScale:
    """The scale of a setting: ``4`` or ``5`` for the two above, or each key with its level, ``-`` for "not rated"::

        0=4 1=- 2=2 3=1

    ValueError with a Chinese sentence for what cannot be read, and for a setting in which nobody can be satisfied or
    nobody dissatisfied: a keypad on which the citizen cannot complain is no keypad.
    """
    plain = words.strip()
    if plain in _BY_COUNT:
        return _BY_COUNT[plain]
    levels: dict[int, int | None] = {}
    for pair in plain.replace(",", " ").split():
        key, _, level = pair.partition("=")
        readable = key.isascii() and key.isdigit() and int(key) <= 255 and level in {"-", "1", "2", "3", "4", "5"}
        if not readable or int(key) in levels:
            raise ValueError(
                f"评价器的键“{pair}”认不出，应像 0=4 1=- 2=2 3=1（键=等次，1 最满意，5 最不满意，- 不算评价）"
            )
        levels[int(key)] = None if level == "-" else int(level)
    rated = {level for level in levels.values() if level is not None}
    if not rated & {1, 2} or not rated & {4, 5}:
        raise ValueError("评价器至少要有一个满意的键和一个不满意的键，请照键盘上印的字写全")
    return RatingScale("configured", levels)


_BY_COUNT = {"4": FOUR_KEYS, "5": FIVE_KEYS}
