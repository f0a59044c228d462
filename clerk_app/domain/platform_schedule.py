"""When the next export is due: at times of the day, or so often."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from clerk_app.domain.calendar import BEIJING
from clerk_app.domain.errors import Rejected

SHORTEST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=1)
_SPAN = re.compile(r"(\d{1,4})\s*([mh])")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Times of the day (Beijing) or a span; neither means only when somebody asks for it."""

    at: tuple[time, ...] = ()
    every: timedelta | None = None

    @classmethod
    def read(cls, at: str, every: str) -> Schedule:
        """``at`` "18:00" or "12:00,18:00", ``every`` "15m" or "2h"; both empty for never. ``Rejected("platform")``."""
        if at.strip() and every.strip():
            raise Rejected("platform", "at 和 every 只写一个：按钟点导出，或者每隔一段时间导出")
        if every.strip():
            found = _SPAN.fullmatch(every.strip())
            span = timedelta(**{{"m": "minutes", "h": "hours"}[found[2]]: int(found[1])}) if found else timedelta()
            if not SHORTEST <= span <= LONGEST:
                raise Rejected("platform", "every 写成 15m（分钟）或 2h（小时），最短 1m，最长 24h")
            return cls(every=span)
        times = [_TIME.fullmatch(one.strip()) for one in at.replace("，", ",").split(",")] if at.strip() else []
        if not all(times):
            raise Rejected("platform", "at 写成 18:00，或者几个钟点：12:00,18:00")
        return cls(at=tuple(sorted(time(int(one[1]), int(one[2])) for one in times if one)))

    def due(self, last: datetime | None, now: datetime) -> bool:
        """Whether an export should begin now; ``last`` is when the latest one began. What was missed is made up."""
        before = self.before(now)
        return before is not None and (last is None or last < before)

    def before(self, now: datetime) -> datetime | None:
        """The latest moment not after ``now`` at which one should have begun."""
        if self.every is not None:
            return now - self.every + timedelta(microseconds=1)
        today = now.astimezone(BEIJING)
        moments = [
            datetime.combine(today.date() - timedelta(days=back), one, BEIJING) for back in (0, 1) for one in self.at
        ]
        return max((moment for moment in moments if moment <= today), default=None)
