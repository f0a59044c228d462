"""The last resort for a character that no font has: a box (囗) with its code point, as dots of a 24x24 grid."""

from __future__ import annotations

from functools import lru_cache

SIDE = 24

# 5x7 digits, one number per row, because a font scaled down to 7 dots cannot be read
_HEX = {
    "0": (14, 17, 19, 21, 25, 17, 14),
    "1": (4, 12, 4, 4, 4, 4, 14),
    "2": (14, 17, 1, 2, 4, 8, 31),
    "3": (31, 2, 4, 2, 1, 17, 14),
    "4": (2, 6, 10, 18, 31, 2, 2),
    "5": (31, 16, 30, 1, 1, 17, 14),
    "6": (6, 8, 16, 30, 17, 17, 14),
    "7": (31, 1, 2, 4, 8, 8, 8),
    "8": (14, 17, 17, 14, 17, 17, 14),
    "9": (14, 17, 17, 15, 1, 2, 12),
    "A": (14, 17, 17, 31, 17, 17, 17),
    "B": (30, 17, 17, 30, 17, 17, 30),
    "C": (14, 17, 16, 16, 16, 17, 14),
    "D": (30, 17, 17, 17, 17, 17, 30),
    "E": (31, 16, 16, 30, 16, 16, 31),
    "F": (31, 16, 16, 30, 16, 16, 16),
}
_TOP, _BOTTOM = 1, 22


@lru_cache(maxsize=256)
def box_dots(char: str) -> tuple[tuple[int, int, int], ...]:
    """Return the dark dots of the box for ``char`` as runs (row from the top, first column, column after the last).

    The code point stands in it in hexadecimal, in two rows: E0 over 00, 20 over BB7.
    """
    grid = [[False] * SIDE for _ in range(SIDE)]
    for column in range(SIDE):
        grid[_TOP][column] = grid[_BOTTOM][column] = True
    for row in range(_TOP, _BOTTOM):
        grid[row][0] = grid[row][SIDE - 1] = True
    digits = f"{ord(char):04X}"
    upper = len(digits) // 2
    for line, part in enumerate((digits[:upper], digits[upper:])):
        left = (SIDE - (6 * len(part) - 1)) // 2
        for place, digit in enumerate(part):
            for y, bits in enumerate(_HEX[digit]):
                for x in range(5):
                    grid[4 + 9 * line + y][left + 6 * place + x] |= bool(bits >> (4 - x) & 1)
    return tuple(run for row, dots in enumerate(grid) for run in _runs(row, dots))


def _runs(row: int, dots: list[bool]) -> list[tuple[int, int, int]]:
    edges = [
        column for column in range(SIDE + 1) if (column < SIDE and dots[column]) != (column > 0 and dots[column - 1])
    ]
    return [(row, start, end) for start, end in zip(edges[::2], edges[1::2], strict=True)]
