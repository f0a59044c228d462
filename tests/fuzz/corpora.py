"""Kept inputs: one file a target, one input a line, written as a Python bytes literal so that a diff can be read.

A corpus is reduced to the inputs that each show a step from one line of the parser to another that neither a seed nor
one before showed.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from fuzz.target import Target

FOLDER = Path(__file__).resolve().parent / "corpus"
MOST_INPUTS = 200
"""Of one target."""

MOST_BYTES_EACH = 30_000
MOST_BYTES = 200_000
"""Of all files together."""

Step = tuple[CodeType, int, int]


def kept(target: Target) -> list[bytes]:
    """The kept inputs of a target, none when it has no file."""
    path = FOLDER / f"{target.name}.txt"
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return [ast.literal_eval(line) for line in lines if line and not line.startswith("#")]


def keep(target: Target, inputs: Iterable[bytes]) -> None:
    """Write the file of a target anew."""
    FOLDER.mkdir(exist_ok=True)
    lines = "".join(f"{data!r}\n" for data in sorted(inputs, key=lambda one: (len(one), one)))
    (FOLDER / f"{target.name}.txt").write_text(lines, encoding="ascii")


def reduced(target: Target, inputs: Iterable[bytes], most: int = MOST_INPUTS) -> list[bytes]:
    """The shortest inputs first, each with a step that is new; at most ``most`` of ``MOST_BYTES_EACH`` bytes in all.
    What fails is left out."""
    chosen: list[bytes] = []
    seen: set[Step] = set()
    for seed in target.seeds():
        seen |= steps(target, seed) or set()
    left = MOST_BYTES_EACH
    for data in sorted(set(inputs), key=lambda one: (len(one), one)):
        if len(chosen) == most or len(data) > left:
            break
        found = steps(target, data)
        if found is not None and not found <= seen:
            seen |= found
            chosen.append(data)
            left -= len(data)
    return chosen


def steps(target: Target, data: bytes) -> set[Step] | None:
    """From which line to which the target's modules went; None when the input fails."""
    wanted = {sys.modules[name].__file__ for name in target.modules}
    found: set[Step] = set()

    def enter(frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        code = frame.f_code
        if code.co_filename not in wanted:
            return None
        last = 0

        def line(frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
            nonlocal last
            found.add((code, last, frame.f_lineno if event == "line" else -1))
            last = frame.f_lineno
            return line

        return line

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        target.run(data)
    except Exception:  # noqa: BLE001 - whatever it is, the campaign reports it
        return None
    finally:
        sys.settrace(before)
    return found
