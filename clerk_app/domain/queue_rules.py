"""The hall's rules of queueing: every one has a default that works, a hall may change each. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from clerk_app.domain.errors import Locked, Rejected
from clerk_app.domain.queue_order import Fairness

EMERGENCY_PREFIX = "Y"
"""The letter of numbers from reserved blocks (应急号); no service group may use it."""

BLOCK_SIZE = 100
"""Block n holds the serials n·100+1 … n·100+99; a block belongs to one device for ever, its numbers restart daily."""


@dataclass(frozen=True, slots=True)
class Session:
    """Opening times on one day, e.g. 08:30 to 12:00."""

    opens: time
    closes: time


_WORKDAY = (Session(time(8, 30), time(12)), Session(time(13, 30), time(17)))


@dataclass(frozen=True, slots=True)
class Hours:
    """When numbers are given.

    ``week``: sessions per ISO weekday (1 = Monday); ``days``: sessions of single days, which go before (holidays: none;
    make-up days, extended hours 延时, staggered hours 错时: their own). ``take_before`` minutes: numbers are given
    from so long before the opening. ``take_until`` minutes: no longer than so long before the closing. Lunch is the gap
    between two sessions: numbers taken before it are served, ``lunch_takes`` gives numbers during it too.
    An empty ``week`` means always open (a hall that never set its hours).
    """

    week: Mapping[int, tuple[Session, ...]] = field(default_factory=dict)
    days: Mapping[date, tuple[Session, ...]] = field(default_factory=dict)
    take_before: int = 30
    take_until: int = 0
    lunch_takes: bool = False

    def sessions(self, day: date) -> tuple[Session, ...] | None:
        """The day's sessions, () on a closed day, None when the hall has no hours set."""
        if day in self.days:
            return self.days[day]
        return self.week.get(day.isoweekday(), ()) if self.week else None

    def check_taking(self, at: datetime) -> None:
        """``Locked`` with the next opening when no numbers are given at ``at`` (local time)."""
        sessions = self.sessions(at.date())
        if sessions is None:
            return
        if not sessions:
            raise Locked("今天不办公，" + self._next_words(at))
        start = _on(at, sessions[0].opens) - timedelta(minutes=self.take_before)
        end = _on(at, sessions[-1].closes) - timedelta(minutes=self.take_until)
        if at < start:
            raise Locked(f"还没到取号时间，今天 {start:%H:%M} 开始取号")
        if at >= end:
            raise Locked("今天的取号结束了，" + self._next_words(at))
        if self.lunch_takes:
            return
        for before, after in pairwise(sessions):
            again = _on(at, after.opens) - timedelta(minutes=self.take_before)
            if _on(at, before.closes) <= at < again:
                raise Locked(f"午间不取号，{again:%H:%M} 再开始")

    def after_hours(self, at: datetime) -> bool:
        """Whether ``at`` lies after the day's last session."""
        sessions = self.sessions(at.date())
        return bool(sessions) and at.time() >= sessions[-1].closes  # type: ignore[index]

    def _next_words(self, at: datetime) -> str:
        for ahead in range(1, 15):
            day = at.date() + timedelta(days=ahead)
            if sessions := self.sessions(day):
                opens = _on(at, sessions[0].opens) - timedelta(minutes=self.take_before)
                return f"{day.month}月{day.day}日 {opens:%H:%M} 开始取号"
        return "开门时间请问咨询台"


def _on(at: datetime, clock: time) -> datetime:
    return at.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)


WORKDAY_HOURS = Hours(dict.fromkeys(range(1, 6), _WORKDAY))
"""Monday to Friday, 08:30-12:00 and 13:30-17:00: what a hall starts from when it sets its hours."""


@dataclass(frozen=True, slots=True)
class AppointmentRules:
    """Booked slots: ``slot_minutes`` long, ``per_slot`` people of a group in each, bookable ``days_ahead`` days.

    Who checks in up to ``late_minutes`` after the slot began keeps the appointment's priority; who is later takes part
    as an ordinary ticket from then on. Early check-in waits for the slot.
    """

    slot_minutes: int = 30
    per_slot: int = 4
    days_ahead: int = 7
    late_minutes: int = 15


@dataclass(frozen=True, slots=True)
class QueueRules:
    """All of them.

    ``recall_seconds`` between two calls of one ticket; ``recalls_before_missed`` before a no-show may be marked.
    ``missed_after``: a no-show that comes back waits behind so many; ``missed_returns``: so often, then a new number.
    ``per_person``: open and taken numbers of one card and day (0 = no limit). ``turns_at``: the hall's day changes at
    this hour, so that an evening that runs past midnight keeps its numbers. ``target_minutes`` and ``alarm_minutes`` of
    waiting. ``seen_seconds``: a free window that was not heard of for so long gets nobody.
    """

    recall_seconds: int = 10
    recalls_before_missed: int = 2
    missed_after: int = 3
    missed_returns: int = 2
    per_person: int = 5
    turns_at: int = 3
    target_minutes: int = 3
    alarm_minutes: int = 10
    seen_seconds: int = 60
    fairness: Fairness = field(default_factory=Fairness)
    hours: Hours = field(default_factory=Hours)
    appointments: AppointmentRules = field(default_factory=AppointmentRules)

    @property
    def recall_interval(self) -> timedelta:
        return timedelta(seconds=self.recall_seconds)

    def day_of(self, at: datetime) -> date:
        """The hall's day at a moment (local time)."""
        return (at - timedelta(hours=self.turns_at)).date()

    def check(self) -> None:
        """``Rejected`` names the first rule that cannot work."""
        for name, low, high, words in _BOUNDS:
            value = getattr(self, name)
            if not low <= value <= high:
                raise Rejected(name, f"{words}要在 {low} 到 {high} 之间")
        for name, low, high, words in _FAIRNESS_BOUNDS:
            if not low <= getattr(self.fairness, name) <= high:
                raise Rejected(name, f"{words}要在 {low} 到 {high} 之间")
        for name, low, high, words in _APPOINTMENT_BOUNDS:
            if not low <= getattr(self.appointments, name) <= high:
                raise Rejected(name, f"{words}要在 {low} 到 {high} 之间")
        for sessions in (*self.hours.week.values(), *self.hours.days.values()):
            edges = [edge for session in sessions for edge in (session.opens, session.closes)]
            if edges != sorted(edges) or len(set(edges)) != len(edges):
                raise Rejected("hours", "办公时间前后对不上，请按先后填写，不要重叠")


_BOUNDS = (
    ("recall_seconds", 3, 120, "重叫间隔（秒）"),
    ("recalls_before_missed", 0, 9, "过号前的重叫次数"),
    ("missed_after", 0, 20, "过号回来排在几位之后"),
    ("missed_returns", 0, 9, "过号可以回来几次"),
    ("per_person", 0, 50, "每人每天取号次数"),
    ("turns_at", 0, 6, "换日的钟点"),
    ("target_minutes", 1, 120, "等候目标（分钟）"),
    ("alarm_minutes", 1, 240, "等候警戒（分钟）"),
    ("seen_seconds", 20, 600, "空闲窗口的联系时限（秒）"),
)
_FAIRNESS_BOUNDS = (
    ("draw_among", 1, 8, "随机分派的候选数"),
    ("most_passes", 1, 8, "被后面的人超过的次数"),
    ("preferred_in_a_row", 1, 5, "连续优先的次数"),
)
_APPOINTMENT_BOUNDS = (
    ("slot_minutes", 5, 240, "预约时段（分钟）"),
    ("per_slot", 0, 200, "每个时段可约人数"),
    ("days_ahead", 0, 90, "提前几天可约"),
    ("late_minutes", 0, 120, "预约迟到宽限（分钟）"),
)


def check_prefix(prefix: str) -> None:
    """``Rejected("prefix")`` unless it is one capital letter that a group may have."""
    if len(prefix) != 1 or not "A" <= prefix <= "Z":
        raise Rejected("prefix", "排队组的字母要用一个大写字母")
    if prefix == EMERGENCY_PREFIX:
        raise Rejected("prefix", f"字母 {EMERGENCY_PREFIX} 留给应急号，请换一个")
