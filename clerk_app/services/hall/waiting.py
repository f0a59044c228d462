"""What is shown of the queue: waiting summary, people ahead, expected wait, calls, one window's view."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Locked, NotAllowed
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.queue import QUEUED, TicketState
from clerk_app.domain.queue_order import Pace, expected_wait
from clerk_app.ports.feed import FeedCursor
from clerk_app.ports.hall_queue import (
    CounterStatus,
    GroupWaiting,
    HallSnapshot,
    ServiceGroup,
    Ticket,
    TicketTaken,
    WindowView,
)
from clerk_app.ports.hall_running import HallDay
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_queue import WaitingCount
from clerk_app.services.hall.counters import Counters
from clerk_app.services.hall.days import Days
from clerk_app.services.hall.sequencer import mark_of
from clerk_app.services.hall.tools import Tools

_PACE_SPAN = timedelta(hours=1)
_RECENT = 12
_MISSED = 5
_FRESH_S = 5
_SHOWN_DIGITS = 16


@dataclass(frozen=True, slots=True)
class _Shared:
    """The part of the hall that every screen shows alike."""

    groups: tuple[GroupWaiting, ...]
    windows: tuple[CounterStatus, ...]
    notices: tuple[str, ...]


class Waiting:
    """Reads only. ``epoch`` is the store's, given out with every cursor."""

    def __init__(self, tools: Tools, epoch: str, days: Days, counters: Counters) -> None:
        self._tools = tools
        self._epoch = epoch
        self._days = days
        self._counters = counters
        self._shared: dict[str, tuple[tuple[str, int], _Shared]] = {}

    def cursor(self, unit: HallUnit) -> FeedCursor:
        """The newest entry of the feed."""
        feed_no, mac = unit.journal.head()
        return FeedCursor(self._epoch, feed_no, mark_of(mac))

    def taken(self, unit: HallUnit, ticket: Ticket) -> TicketTaken:
        """The ticket with what its paper says now."""
        group = next(group for group in unit.setup.groups() if group.group_id == ticket.group_id)
        ahead = unit.tickets.ahead(ticket)
        wait = expected_wait(ahead, self._pace(unit, ticket.group_id))
        if ticket.order_at is not None and ticket.state in QUEUED:
            # Who came early for an appointment waits for the slot, however empty the hall is.
            wait = max(wait, ticket.order_at - self._tools.now())
        place = group.place or unit.setup.profile().area
        return TicketTaken(ticket, ahead, int(wait.total_seconds()), place)

    def ticket(self, unit: HallUnit, actor: Actor, ticket_id: str) -> TicketTaken:
        """One ticket as it stands, for kiosks and clerks."""
        actor.require(Role.KIOSK, Role.CLERK, Role.MANAGER)
        return self.taken(unit, unit.tickets.get(ticket_id))

    def profile(self, unit: HallUnit, actor: Actor) -> HallProfile:
        """The actor's hall."""
        return unit.setup.profile()

    def groups(self, unit: HallUnit, actor: Actor) -> tuple[ServiceGroup, ...]:
        """The hall's groups by position."""
        return tuple(unit.setup.groups())

    def snapshot(self, unit: HallUnit, actor: Actor) -> HallSnapshot:
        """All that a display shows, on one consistent view of the store; every enrolled device may ask."""
        shared = self._of_all(unit)
        groups = shared.groups
        now, today = self._tools.now(), self._days.today(unit)
        day = unit.running.day(today)
        return HallSnapshot(
            cursor=self.cursor(unit),
            at=now,
            hall=unit.setup.profile(),
            groups=groups,
            recent=tuple(unit.tickets.recent(today, _RECENT)),
            waiting=sum(group.waiting for group in groups),
            priority_waiting=sum(group.priority_waiting for group in groups),
            notices=(*shared.notices, *_dispatch_notice(day)),
            commitment=day.commitment if day is not None else "",
            closed=self._closed(unit),
        )

    def _of_all(self, unit: HallUnit) -> _Shared:
        """What all windows and displays show alike. Every event makes all of them look again at once, so it is worked
        out once per change of the hall (and every few seconds: waits grow)."""
        key = (unit.journal.newest(), int(self._tools.now().timestamp()) // _FRESH_S)
        known = self._shared.get(unit.hall_id)
        if known is None or known[0] != key:
            fresh = _Shared(self._groups_waiting(unit), self._counters.all(unit), self.notices(unit))
            known = self._shared[unit.hall_id] = (key, fresh)
        return known[1]

    def notices(self, unit: HallUnit) -> tuple[str, ...]:
        """The texts that stand now, oldest first."""
        now = self._tools.now()
        return tuple(notice.text for notice in unit.running.notices(now) if notice.from_at <= now)

    def _closed(self, unit: HallUnit) -> str:
        """Why no numbers are given now; empty while they are."""
        rules, now = self._days.rules(unit), self._tools.now()
        try:
            rules.hours.check_taking(now)
        except Locked as locked:
            return str(locked)
        day = unit.running.day(rules.day_of(now))
        return "大厅今天已经关门，请明天再来" if day is not None and day.closed_at is not None else ""

    def window_view(self, unit: HallUnit, actor: Actor) -> WindowView:
        """What the actor's window shows; ``NotAllowed`` at a device that is no window."""
        window_no = actor.window_no
        if window_no is None:
            raise NotAllowed("这台设备不是窗口，先登录到一个窗口")
        today = self._days.today(unit)
        shared = self._of_all(unit)
        groups = shared.groups
        status = self._counters.status(unit, window_no)
        serves = tuple(group.group_id for group in unit.setup.served_by(window_no))
        mine = [group for group in groups if group.group_id in serves]
        figures = unit.tickets.figures(window_no, today)
        finished = unit.tickets.of_window(window_no, today, TicketState.FINISHED, 1)
        return WindowView(
            cursor=self.cursor(unit),
            at=self._tools.now(),
            window_no=window_no,
            groups=groups,
            serves=serves,
            waiting=sum(group.waiting for group in groups),
            eligible=sum(group.waiting for group in mine),
            priority_waiting=sum(group.priority_waiting for group in groups),
            longest_wait_s=max((group.longest_wait_s for group in mine), default=0),
            active=unit.tickets.active(window_no),
            last=finished[0] if finished else None,
            missed=tuple(unit.tickets.of_window(window_no, today, TicketState.MISSED, _MISSED)),
            held=tuple(unit.tickets.of_window(window_no, today, TicketState.HELD, _MISSED)),
            bound=len(unit.tickets.bound_to(window_no, today)),
            state=status.state,
            state_since=status.since,
            away=status.away,
            windows=shared.windows,
            notices=shared.notices,
            rules=self._days.rules(unit),
            served=figures.served,
            mean_wait_s=None if figures.mean_wait_s is None else round(figures.mean_wait_s),
            mean_service_s=None if figures.mean_service_s is None else round(figures.mean_service_s),
        )

    def _groups_waiting(self, unit: HallUnit) -> tuple[GroupWaiting, ...]:
        counts = {count.group_id: count for count in unit.tickets.waiting(self._days.today(unit))}
        return tuple(self._group(unit, group, counts.get(group.group_id)) for group in unit.setup.groups())

    def _group(self, unit: HallUnit, group: ServiceGroup, count: WaitingCount | None) -> GroupWaiting:
        waiting = count.waiting if count else 0
        oldest = count.oldest_taken_at if count else None
        longest = max(0, int((self._tools.now() - oldest).total_seconds())) if oldest else 0
        return GroupWaiting(
            group_id=group.group_id,
            prefix=group.prefix,
            name=group.name,
            hint=group.hint,
            place=group.place,
            waiting=waiting,
            priority_waiting=count.priority_waiting if count else 0,
            oldest_taken_at=oldest,
            longest_wait_s=longest,
            expected_wait_s=int(expected_wait(waiting, self._pace(unit, group.group_id)).total_seconds()),
            closed=self.full(unit, group),
        )

    def full(self, unit: HallUnit, group: ServiceGroup) -> str:
        """Why the group gives no more numbers today; empty while it does."""
        if not group.daily_limit:
            return ""
        taken = unit.tickets.taken_in_group(self._days.today(unit), group.group_id)
        return f"今天的 {group.daily_limit} 个号已经取完" if taken >= group.daily_limit else ""

    def _pace(self, unit: HallUnit, group_id: str) -> Pace:
        calls, first, last = unit.tickets.pace(group_id, self._days.today(unit), self._tools.now() - _PACE_SPAN)
        return Pace(calls, first, last, unit.people.windows_at_work(group_id))


def _dispatch_notice(day: HallDay | None) -> tuple[str, ...]:
    """The day's commitment where everybody sees it: whoever keeps these digits can check every draw at night."""
    if day is None:
        return ()
    digits = day.commitment[:_SHOWN_DIGITS]
    shown = " ".join(digits[at : at + 4] for at in range(0, _SHOWN_DIGITS, 4))
    return (f"随机分派：今天的承诺码 {shown}，关门后公布种子，人人可以核对",)
