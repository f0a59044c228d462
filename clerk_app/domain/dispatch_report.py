"""What the check of a dispatch log says, and the digest that the log is known by. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clerk_app.domain.dispatch import Digest

FORMAT = "clerk-dispatch-log-1"
LOADS = ("1", "2-5", "6-20", ">20")
"""Tickets that waited for the window when it drew."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit: where it stands in the log, whom it is about, and what is wrong."""

    feed_no: int
    at: str
    number: str
    window_no: str
    what: str

    def __str__(self) -> str:
        place = f"第 {self.feed_no} 条" if self.feed_no else "日志开头"
        whom = "".join(f"，{part}" for part in (self.number, self.window_no and f"{self.window_no} 号窗口") if part)
        return f"{place}{f'（{self.at}）' if self.at else ''}{whom}：{self.what}"


@dataclass(frozen=True, slots=True)
class Share:
    """Draws, and those among them that had one candidate: nothing was left to chance there."""

    draws: int
    alone: int

    @property
    def part(self) -> float:
        return self.alone / self.draws if self.draws else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """``findings`` empty: the day is as it must be. ``sealed``: the secret was there, so commitment and HMACs were
    checked too. ``by_load`` by tickets that waited for the drawing window, ``by_free`` by the windows that were free
    for the ticket. ``unheard``: windows left out because they were not heard of; ``late``: draws after the secret was
    told; ``excused``: candidates that another draw held at the same moment (several server processes only);
    ``clock_back``: entries before which the server's clock was set back."""

    findings: tuple[Finding, ...]
    sealed: bool
    tickets: int
    draws: Share
    by_load: Mapping[str, Share]
    by_free: Mapping[int, Share]
    pinned: int
    walk_ins: int
    merged: int
    unheard: int
    late: int
    excused: int
    clock_back: int


def canonical(value: Any) -> bytes:
    """The one text of a JSON value: keys sorted, no blanks, characters as they are, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def log_digest(log: Mapping[str, Any], digest: Digest) -> str:
    """SM3 over everything in the log but the digest itself, 64 hex digits."""
    return digest(canonical({name: value for name, value in log.items() if name != "digest"})).hex()
