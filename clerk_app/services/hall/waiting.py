"""What is shown of the queue: waiting summary, people ahead, expected wait, calls, one window's view."""

from __future__ import annotations

from datetime import timedelta

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import NotAllowed
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.queue import Pace, TicketState, expected_wait
from clerk_app.ports.feed import FeedCursor
from clerk_app.ports.hall_queue import GroupWaiting, HallSnapshot, ServiceGroup, Ticket, TicketTaken, WindowView
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_queue import WaitingCount
from clerk_app.services.hall.sequencer import mark_of
from clerk_app.services.hall.tools import Tools

_PACE_SPAN = timedelta(hours=1)
_RECENT = 12
_MISSED = 5


class Waiting:
    """Reads only. ``epoch`` is the store's, given out with every cursor."""

    def __init__(self, tools: Tools, epoch: str) -> None:
        self._tools = tools
        self._epoch = epoch

    def cursor(self, unit: HallUnit) -> FeedCursor:
        """The newest entry of the feed."""
        feed_no, mac = unit.journal.head()
        return FeedCursor(self._epoch, feed_no, mark_of(mac))

    def taken(self, unit: HallUnit, ticket: Ticket) -> TicketTaken:
        """The ticket with what its paper says now."""
        group = next(group for group in unit.setup.groups() if group.group_id == ticket.group_id)
        ahead = unit.tickets.ahead(ticket)
        wait = expected_wait(ahead, self._pace(unit, ticket.group_id))
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
        groups = self._groups_waiting(unit)
        return HallSnapshot(
            cursor=self.cursor(unit),
            at=self._tools.now(),
            hall=unit.setup.profile(),
            groups=groups,
            recent=tuple(unit.tickets.recent(self._tools.today(), _RECENT)),
            waiting=sum(group.waiting for group in groups),
            priority_waiting=sum(group.priority_waiting for group in groups),
        )

    def window_view(self, unit: HallUnit, actor: Actor) -> WindowView:
        """What the actor's window shows; ``NotAllowed`` at a device that is no window."""
        window_no = actor.window_no
        if window_no is None:
            raise NotAllowed("这台设备不是窗口，先登录到一个窗口")
        today = self._tools.today()
        groups = self._groups_waiting(unit)
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
            served=figures.served,
            mean_wait_s=None if figures.mean_wait_s is None else round(figures.mean_wait_s),
            mean_service_s=None if figures.mean_service_s is None else round(figures.mean_service_s),
        )

    def _groups_waiting(self, unit: HallUnit) -> tuple[GroupWaiting, ...]:
        counts = {count.group_id: count for count in unit.tickets.waiting(self._tools.today())}
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
        )

    def _pace(self, unit: HallUnit, group_id: str) -> Pace:
        calls, first, last = unit.tickets.pace(group_id, self._tools.today(), self._tools.now() - _PACE_SPAN)
        return Pace(calls, first, last, unit.people.windows_at_work(group_id))
