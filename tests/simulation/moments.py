"""Where the power may fail: every moment that the program passes is told here, and may be the last of a node."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Kind(StrEnum):
    """What happens at a moment."""

    COMMIT = "commit"
    FSYNC = "fsync"
    PRINT = "print"
    REQUEST = "request"
    """A request leaves the PC; there is only a before, the after is ``HANDLING``."""
    HANDLING = "handling"
    """The server has got a request (before), and is about to answer (after)."""
    ANSWER = "answer"
    """An answer comes to the PC, whose program has not read it yet; there is only a before."""


class Side(StrEnum):
    """Just before or just after."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Moment:
    """``where`` names the line of the program and what it was doing."""

    node: str
    kind: Kind
    side: Side
    where: str = ""


class PowerCut(BaseException):
    """The node's process is gone. Nothing of the program may catch it: it is no ``Exception``."""

    def __init__(self, node: str, moment: Moment) -> None:
        super().__init__(f"{node} at {moment}")
        self.node = node
        self.moment = moment


class Moments:
    """``watch`` is asked at each moment whether it is the node's last."""

    def __init__(self) -> None:
        self.watch: Callable[[str, Kind, Side, str], bool] = lambda node, kind, side, what: False

    def passed(self, node: str, kind: Kind, side: Side, what: str = "") -> None:
        if self.watch(node, kind, side, what):
            raise PowerCut(node, Moment(node, kind, side, what))


def where() -> str:
    """The innermost lines of the program's services on the stack: ``services/window/cases.py:183 _attempt``."""
    frame = sys._getframe(1)
    found: list[str] = []
    while frame is not None and len(found) < 2:
        path = frame.f_code.co_filename
        if "/clerk_app/services/" in path or "/clerk_app/bootstrap/" in path:
            short = path.split("/clerk_app/", 1)[1]
            found.append(f"{short}:{frame.f_lineno} {frame.f_code.co_name}")
        frame = frame.f_back  # type: ignore[assignment]
    return " < ".join(found)
