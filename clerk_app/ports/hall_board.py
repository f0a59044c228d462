"""The manager's live board: the hall in figures, every one of them computed from tickets, windows and the journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from clerk_app.domain.queue_rules import QueueRules
from clerk_app.domain.staffing import Advice
from clerk_app.ports.feed import FeedCursor
from clerk_app.ports.hall_queue import CounterStatus, GroupWaiting, ServiceGroup
from clerk_app.ports.hall_running import HallDay, HallRunning, Notice, RosterEntry


@dataclass(frozen=True, slots=True)
class GroupBoard:
    """A group on the manager's board. ``longest_wait_s`` of those who wait now, with ``longest_number``; ``windows``
    that are at work for it; ``last_in_line_s`` is the wait to be expected by who is last in line within half an hour;
    ``advice`` is None when nothing needs doing or nothing would help."""

    waiting: GroupWaiting
    windows: int
    longest_wait_s: int = 0
    longest_number: str = ""
    last_in_line_s: int = 0
    advice: Advice | None = None


@dataclass(frozen=True, slots=True)
class CounterBoard:
    """A window on the manager's board. ``groups``: ids that it serves, () = all. ``busy_share`` 0…1 of its open time
    today, which is ``open_s``. ``mean_service_s`` from the call to the end. ``rostered``: who should be there now;
    ``present``: whether somebody is at work there. ``ticket_id``: what it has called or serves, of whatever day."""

    status: CounterStatus
    groups: tuple[str, ...]
    served: int
    busy_share: float
    open_s: int
    mean_service_s: int | None
    walk_ins: int = 0
    rostered: str = ""
    present: bool = False
    ticket_id: str = ""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Mean wait of the tickets called in the ten minutes from ``at``; ``calls`` of them (people that come, where it is
    a forecast)."""

    at: datetime
    wait_s: int
    calls: int


@dataclass(frozen=True, slots=True)
class HallBoard:
    """The manager's live board at ``at``. Waits are of those who queued: walk-ins do not wait and are counted apart.

    ``waiting_last_week``: how many waited a week ago at this time of day, None when the hall was closed then.
    ``called``: of today's tickets, how many were called at least once; mean, median and p90 are of their waits.
    ``shares``: of them, the share that waited up to the target, up to 5 minutes (or halfway to the alarm), up to the
    alarm, longer. ``bounds``: the three bounds in minutes. ``outcomes``: how the finished visits ended, most frequent
    first. ``one_candidate_share``: of ``draws`` draws, those with one candidate only.
    ``curve`` is today, ``last_week`` the same weekday a week ago, ``forecast`` the next hours by the day's rates.
    ``absent``: on the roster now, but not at work. ``left_open``: tickets of earlier days that never ended.
    """

    cursor: FeedCursor
    at: datetime
    day: HallDay | None
    waiting: int
    priority_waiting: int
    appointment_waiting: int
    over_alarm: int
    longest_number: str
    longest_wait_s: int
    called: int
    mean_wait_s: int | None
    median_wait_s: int | None
    p90_wait_s: int | None
    finished: int
    held: int
    missed: int
    one_candidate_share: float | None
    groups: tuple[GroupBoard, ...]
    windows: tuple[CounterBoard, ...]
    curve: tuple[CurvePoint, ...]
    last_week: tuple[CurvePoint, ...]
    forecast: tuple[CurvePoint, ...]
    shares: tuple[float, ...]
    bounds: tuple[int, int, int]
    draws: int = 0
    outcomes: tuple[tuple[str, int], ...] = ()
    waiting_last_week: int | None = None
    absent: tuple[RosterEntry, ...] = ()
    rules: QueueRules = field(default_factory=QueueRules)
    notices: tuple[Notice, ...] = ()
    conflicts: int = 0
    left_open: int = 0


class HallWatching(Protocol):
    """Reading needs MANAGER, CHIEF_REPRESENTATIVE, AUDITOR or TECHNICIAN."""

    def board(self) -> HallBoard: ...


class RunHall(HallWatching, HallRunning, Protocol):
    """All that a manager's window asks of the hall; ``clerk_app.client.hall.HallClient`` is the real one."""

    def groups(self) -> tuple[ServiceGroup, ...]: ...
