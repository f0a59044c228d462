"""What a fuzz target is, and small helpers that targets share."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field


class Broken(AssertionError):
    """A property of a parser does not hold for an input."""


@dataclass(frozen=True, slots=True)
class Target:
    """A parser with its properties.

    run: called with any bytes; raises ``Broken`` when a property does not hold, and whatever the parser itself lets
    out that its documentation does not name. seeds: inputs to begin with. modules: what is watched for coverage.
    longest: bytes of an input. tree: inputs are JSON, and are changed as trees besides as bytes. about: what holds,
    for docs/fuzzing.md.
    """

    name: str
    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    modules: tuple[str, ...]
    about: str
    longest: int = 512
    tree: bool = False
    words: Sequence[bytes] = field(default=())
    """Pieces that a machine would be long in guessing."""


class Share:
    """How many inputs a costly property is tried on: all of them, in a campaign one in ``one_in``."""

    one_in = 1


def rarely(data: bytes) -> bool:
    """Whether the costly properties are tried on this input: always the same for the same bytes."""
    return zlib.crc32(data) % Share.one_in == 0


def must(holds: object, what: str) -> None:
    """Raises ``Broken`` unless it holds."""
    if not holds:
        raise Broken(what)


def text_of(data: bytes) -> str:
    """Any text, lone surrogates included: the fuzzer's bytes as UTF-8, else as Latin 1."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")


_RUN = re.compile(rb"\xf0\x0f(.)", re.DOTALL)


def unrolled(data: bytes, filling: bytes) -> bytes:
    """Long lines from short inputs: F0 0F n stands for n times ``filling``."""
    return _RUN.sub(lambda run: filling * run[1][0], data) if b"\xf0\x0f" in data else data


def showable(words: str) -> bool:
    """Whether a screen can show it: no half characters."""
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return True


def pieces(data: bytes, size: int) -> Iterable[bytes]:
    """``data`` as a slow line brings it, ``size`` bytes at a time, in 32 pieces at the most."""
    size = max(size, len(data) // 32)
    return (data[start : start + size] for start in range(0, len(data), size))


def split(data: bytes, mark: bytes = b"\xff\x00") -> list[bytes]:
    """Several fields in one input."""
    return data.split(mark)
