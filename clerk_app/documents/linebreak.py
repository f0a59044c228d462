"""Breaks Chinese text with Latin words into lines, by measured width and never by character count.

Shared by the thermal printer (widths in half-width columns) and the A4 papers (widths in points). The rules are the
prohibitions of GB/T 15834 that readers notice: closing punctuation never starts a line, opening punctuation never
ends one, dashes and ellipses stay in one piece, words and numbers are not cut while they fit on a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

NO_START = frozenset("，。、；：？！）》〉」』】〕〗’”…—～·％℃‰,.;:?!)]}>%")
NO_END = frozenset("（《〈「『【〔〖‘“([{<￥¥№")
_GLUED_PAIRS = frozenset("—…")
_WORD_MARKS = frozenset("-_./:@#*+&'")


def _is_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char in _WORD_MARKS)


def _units(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the smallest pieces: one word or number, one space, one other character."""
    start = 0
    while start < len(text):
        end = start + 1
        if _is_word(text[start]):
            while end < len(text) and _is_word(text[end]):
                end += 1
        elif text[start] in _GLUED_PAIRS:
            while end < len(text) and text[end] == text[start]:
                end += 1
        yield start, end
        start = end


def clusters(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) of the pieces that no line break may cut, spaces being pieces of their own."""
    pieces: list[tuple[int, int]] = []
    held_open = False
    for start, end in _units(text):
        first, last = text[start], text[end - 1]
        glue = pieces and (
            held_open or (first in NO_START and not (end - start > 1 and first.isascii()) and text[start - 1] != " ")
        )
        if glue:
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((start, end))
        held_open = last in NO_END and end - start == 1
    return pieces


def break_lines(
    text: str, measure: Callable[[str], float], width: float, first_width: float | None = None
) -> list[tuple[int, int]]:
    """Return the (start, end) of each line of ``text``; spaces at a break are left out of both lines.

    ``measure`` gives the width of one character in the unit of ``width``. ``first_width`` is the room on the first
    line when it differs (an indent). A piece wider than a whole line is cut between characters, because cutting a
    long code is better than printing past the edge. "\\n" always breaks. At least one line is returned.
    """
    lines: list[tuple[int, int]] = []
    offset = 0
    for paragraph in text.split("\n"):
        room = first_width if first_width is not None and not lines else width
        lines.extend((offset + start, offset + end) for start, end in _break_paragraph(paragraph, measure, width, room))
        offset += len(paragraph) + 1
    return lines


def _break_paragraph(
    text: str, measure: Callable[[str], float], width: float, room: float
) -> Sequence[tuple[int, int]]:
    lines: list[tuple[int, int]] = []
    slack = 1e-6  # sums of point widths are floats: a line that fits exactly must fit
    if sum(map(measure, text)) <= room + slack:
        return [_trim(text, 0, len(text))]
    start, used = 0, 0.0
    for left, right in clusters(text):
        size = sum(measure(char) for char in text[left:right])
        if used + size <= room + slack:
            used += size
            continue
        if text[left:right] == " ":
            lines.append((start, left))
            start, used, room = right, 0.0, width
            continue
        if left > start:
            lines.append((start, left))
            start, used, room = left, 0.0, width
        if size <= room + slack:
            used = size
            continue
        for index in range(left, right):
            step = measure(text[index])
            if used + step > room + slack and index > start:
                lines.append((start, index))
                start, used, room = index, 0.0, width
            used += step
    lines.append((start, len(text)))
    return [_trim(text, begin, end) for begin, end in lines]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1] == " ":
        end -= 1
    return start, end
