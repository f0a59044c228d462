"""The 87,887 ideographs of GB 18030-2022, implementation level 3, by Unicode block.

The standard names its characters by block and range; no file of it is needed:

- level 1 is what was GB 18030-2000: the unified ideographs U+4E00-9FA5 and Ext A, and U+9FA6-9FBB of the radicals' code
  points; level 2 adds those of 通用规范汉字表 beyond it; level 3 is every ideograph of the edition,
- the edition follows Unicode 11 for the URO (to U+9FEF) and has Ext A to F as they were first published, so without
  what later versions added behind their ends (U+4DB6-4DBF, 9FF0-9FFF, 2A6D7-2A6DF, 2B735-2B739), and without Ext G,
- the twelve of the compatibility block that are unified ideographs (U+FA0E … FA29) are counted; U+3007 〇 is not: it
  stands among the symbols. Radicals and ideographic description characters are no ideographs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

COUNT = 87_887


@dataclass(frozen=True, slots=True)
class Block:
    """A run of code points that the standard demands; ``last`` is in it."""

    name: str
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1

    def text(self) -> str:
        return "".join(map(chr, range(self.first, self.last + 1)))


BLOCKS = (
    Block("URO", 0x4E00, 0x9FEF),
    Block("Ext A", 0x3400, 0x4DB5),
    Block("Ext B", 0x20000, 0x2A6D6),
    Block("Ext C", 0x2A700, 0x2B734),
    Block("Ext D", 0x2B740, 0x2B81D),
    Block("Ext E", 0x2B820, 0x2CEA1),
    Block("Ext F", 0x2CEB0, 0x2EBE0),
    *(
        Block("unified in the compatibility block", first, last)
        for first, last in (
            *((0xFA0E, 0xFA0F), (0xFA11, 0xFA11), (0xFA13, 0xFA14), (0xFA1F, 0xFA1F), (0xFA21, 0xFA21)),
            *((0xFA23, 0xFA24), (0xFA27, 0xFA29)),
        )
    ),
)


def level_3() -> str:
    """All of them, in the order of their blocks."""
    return "".join(block.text() for block in BLOCKS)


def thinned(step: int = 97) -> str:
    """Every ``step``-th, and the first and last two of each block."""
    return "".join(
        dict.fromkeys(
            char for block in BLOCKS for char in (*block.text()[::step], *block.text()[:2], *block.text()[-2:])
        )
    )


def by_block(characters: Sequence[str]) -> dict[str, int]:
    """How many of ``characters`` each block has; blocks with none are left out."""
    counts: dict[str, int] = {}
    for block in BLOCKS:
        found = sum(block.first <= ord(char) <= block.last for char in characters)
        if found:
            counts[block.name] = counts.get(block.name, 0) + found
    return counts


def in_pieces(text: str, size: int) -> Iterator[str]:
    """``text`` in pieces of ``size`` characters."""
    return (text[start : start + size] for start in range(0, len(text), size))
