"""How far this PC's clock is from the server's, told and never mended: a time that was written stays as it was written.

The server says its time in the middle of a question; half of how long the question took is the most that the answer can
be wrong by. Numbers carry this PC's day and deadlines are counted from its time, so a clerk has to know.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from clerk_app.ports.clock import Clock
from clerk_app.ports.hall import ServerTime

LIMIT_S = 60.0
"""Beyond this the status bar and the sync page say so; the server takes acts until ten minutes ahead."""
MOST_ROUND_TRIP_S = 10.0
"""A question that took longer says nothing about clocks."""


@dataclass(frozen=True, slots=True)
class Skew:
    """``seconds`` that this PC is ahead of the server (negative: behind), give or take ``within``; seen at ``at`` by
    this PC's clock."""

    seconds: float
    within: float
    at: datetime

    @property
    def beyond(self) -> bool:
        """Whether somebody has to set a clock."""
        return abs(self.seconds) - self.within > LIMIT_S

    @property
    def words(self) -> str:
        """「快 12 分钟」「慢 1 天 2 小时」; 「一致」 within a second."""
        if abs(self.seconds) - self.within < 1:
            return "一致"
        return f"{'快' if self.seconds > 0 else '慢'} {span(abs(self.seconds))}"

    @property
    def sentence(self) -> str:
        """What it means, empty while it is within the limit."""
        if not self.beyond:
            return ""
        return f"本机时间比服务器{self.words}。编号和期限按本机时间算，写下的不会自动改；请技术员校准时间"


def span(seconds: float) -> str:
    """A length of time in the two largest units that it has."""
    whole = round(seconds)
    parts = (
        (whole // 86400, "天"),
        (whole % 86400 // 3600, "小时"),
        (whole % 3600 // 60, "分钟"),
        (whole % 60, "秒"),
    )
    told = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(told[:2]) or "0 秒"


class ClockWatch:
    """Measures with every question for the server's time; any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last: Skew | None = None

    def ask(self, question: Callable[[], ServerTime]) -> ServerTime:
        """The answer; raises what the question raises."""
        began, before = self._clock.monotonic(), self._clock.now()
        answer = question()
        took = self._clock.monotonic() - began
        if 0 <= took <= MOST_ROUND_TRIP_S:
            middle = before + timedelta(seconds=took / 2)
            skew = Skew((middle - answer.at).total_seconds(), took / 2, middle)
            with self._lock:
                self._last = skew
        return answer

    def last(self) -> Skew | None:
        """None before the first answer."""
        with self._lock:
            return self._last
