"""The helper process's answers as the counter's program reads them: a maker's library has run in that process, so a
line is believed only as far as its shape goes. The form of the lines is in ``helper``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

LONGEST = 1_000_000
"""Characters of a line; a picture of 38,862 bytes is twice as many digits."""

_ERROR_LENGTH = 200


class BadAnswer(ValueError):
    """A line that the protocol does not allow; the text holds nothing of it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One line. number: of the question, None for the greeting. result: of a call, or what ``has`` found.

    handed: buffers and numbers in the order of the arguments, kept out of ``repr``. error: why there is no result.
    """

    number: int | None
    result: int | tuple[bool, ...] | None = None
    handed: tuple[bytes | int, ...] = field(default=(), repr=False)
    error: str | None = None


def read_answer(line: str) -> Answer:
    """The answer in a line; raises BadAnswer."""
    if len(line) > LONGEST:
        raise BadAnswer("longer than any answer")
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        raise BadAnswer("no JSON") from None
    if not isinstance(content, dict):
        raise BadAnswer("no object")
    if "hello" in content:
        return Answer(None)
    number = content.get("id")
    if not _is_number(number):
        raise BadAnswer("no number of a question")
    if "error" in content:
        return Answer(number, error=str(content["error"])[:_ERROR_LENGTH])
    return Answer(number, _result(content.get("result")), _handed(content.get("out", [])))


def _result(value: Any) -> int | tuple[bool, ...]:
    if isinstance(value, list) and all(isinstance(one, bool) for one in value):
        return tuple(value)
    if not _is_number(value):
        raise BadAnswer("no result")
    return int(value)


def _handed(values: Any) -> tuple[bytes | int, ...]:
    if not isinstance(values, list):
        raise BadAnswer("no list of buffers")
    try:
        return tuple(int(one) if _is_number(one) else bytes.fromhex(one) for one in values)
    except (TypeError, ValueError):
        raise BadAnswer("neither a buffer nor a number") from None


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
