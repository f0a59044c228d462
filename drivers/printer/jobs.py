"""A finished job as its driver sees it: where it may be parted, how far it went, and which bytes are personal data."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from drivers.base.trace import Masked
from drivers.printer.tokens import Token, Tokeniser

_LF = 0x0A
_HEADS = {"GS v": 8, "GS (": 5, "ESC *": 5, "GS k": 3}
"""Bytes of a command in front of what it prints; a name in raster is a name."""


def lines_in(job: bytes, accepted: int | None = None) -> int:
    """How many lines of text and pictures end within the first ``accepted`` bytes; all of them by default."""
    end = len(job) if accepted is None else accepted
    return sum(1 for at, token in _placed(job) if at + token.size <= end and _ends_line(token))


def parted(job: bytes, most: int) -> list[tuple[int, bool]]:
    """The ends of pieces of at most ``most`` bytes, and whether a line or a picture ends there too."""
    ends = [at + token.size for at, token in _placed(job) if _ends_line(token)]
    if not ends or ends[-1] < len(job):
        ends.append(len(job))
    pieces: list[tuple[int, bool]] = []
    start = following = 0
    while start < len(job):
        last = bisect_right(ends, start + most, lo=following)
        if last > following:
            start, following = ends[last - 1], last
            pieces.append((start, True))
        else:
            start = min(start + most, len(job))
            pieces.append((start, False))
    return pieces


def personal_spans(job: bytes) -> list[Masked]:
    """Everything that is printed: runs of characters and the dots of pictures. Commands stay readable."""
    spans: list[Masked] = []
    for at, token in _placed(job):
        if token.name == "text":
            start = at
        elif token.name in _HEADS:
            start = at + _HEADS[token.name]
        else:
            continue
        end = at + token.size
        if start >= end:
            # a command that prints nothing: no dots, no columns
            continue
        if spans and spans[-1].end == start:
            spans[-1] = Masked(spans[-1].start, end)
        else:
            spans.append(Masked(start, end))
    return spans


def within(spans: Sequence[Masked], start: int, end: int) -> list[Masked]:
    """The parts of ``spans`` between two places of the job, counted from ``start``."""
    inside = [(max(span.start, start) - start, min(span.end, end) - start) for span in spans]
    return [Masked(first, last) for first, last in inside if first < last]


def _ends_line(token: Token) -> bool:
    return token.name == "GS v" or (token.name == "control" and token.args[0] == _LF)


def _placed(job: bytes) -> list[tuple[int, Token]]:
    """The tokens with their places; what does not come to its end, and a job that asks for status, is one token."""
    tokeniser = Tokeniser(lambda kind: None)
    tokens = tokeniser.feed(job)
    starts = list(accumulate((token.size for token in tokens), initial=0))
    if starts[-1] + tokeniser.pending != len(job):
        # a status request is no token, so nothing stands where it seems to
        return [(0, Token("text", job, len(job)))]
    if tokeniser.pending:
        tokens.append(Token("text", job[starts[-1] :], tokeniser.pending))
    return list(zip(starts, tokens, strict=False))
