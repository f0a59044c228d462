"""Windows: off, free, busy, away; opened by a login, regrouped while they work."""

from __future__ import annotations

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Locked, NotAllowed, NotFound, Rejected
from clerk_app.domain.queue import AwayReason, TicketState, WindowState
from clerk_app.ports.hall_queue import CounterStatus, Ticket
from clerk_app.ports.hall_running import Weight
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_queue import CounterRecord, TicketChange
from clerk_app.services.hall.days import Days
from clerk_app.services.hall.tickets import TicketLog
from clerk_app.services.hall.tools import Tools

_LEAST_WEIGHT, _MOST_WEIGHT = 0.1, 10.0


class Counters:
    """The state of a window as everybody sees it: its own row, and the ticket that is there."""

    def __init__(self, tools: Tools, days: Days) -> None:
        self._tools = tools
        self._days = days
        self._log = TicketLog(tools)

    # --- what a window says -----------------------------------------------------------------------------------
    def open(self, unit: HallUnit, actor: Actor) -> CounterStatus:
        """At work, not free yet."""
        window_no = self._window(actor)
        self.at_work(unit, actor, window_no)
        return self.status(unit, window_no)

    def away(self, unit: HallUnit, actor: Actor, reason: AwayReason) -> CounterStatus:
        """Nobody is drawn for it. ``Locked`` with an active ticket."""
        window_no = self._window(actor)
        self._check_idle(unit, window_no, "离席")
        self.set(unit, actor, window_no, WindowState.AWAY, away=reason)
        return self.status(unit, window_no)

    def close(self, unit: HallUnit, actor: Actor) -> CounterStatus:
        """Off; who waits for this window alone waits for the group again. ``Locked`` with an active ticket."""
        window_no = self._window(actor)
        self._check_idle(unit, window_no, "关窗口")
        self._off(unit, actor, window_no)
        return self.status(unit, window_no)

    def logged_in(self, unit: HallUnit, actor: Actor) -> None:
        """A login opens the window."""
        if actor.window_no is not None and Role.CLERK in actor.roles:
            self.set(unit, actor, actor.window_no, WindowState.BUSY)

    def logged_out(self, unit: HallUnit, actor: Actor) -> None:
        """A logout closes it, unless a citizen is still there: the next login there goes on with them."""
        if actor.window_no is None:
            return
        if unit.tickets.active(actor.window_no) is None:
            self._off(unit, actor, actor.window_no)
        else:
            self._unbind(unit, actor, actor.window_no, "")

    def here(self, unit: HallUnit, actor: Actor) -> None:
        """The free window is alive."""
        unit.counters.seen(self._window(actor), self._tools.now())

    # --- what the manager does --------------------------------------------------------------------------------
    def set_open(self, unit: HallUnit, actor: Actor, window_no: str, open_: bool) -> CounterStatus:
        """Open or close a window from afar. ``Locked`` to open it with nobody logged in there."""
        actor.require(Role.MANAGER)
        record = unit.counters.get(window_no)
        if record is None:
            raise NotFound(f"{window_no} 号窗口还没有人登录过")
        if open_:
            if not unit.people.live_at("", window_no):
                raise Locked(f"{window_no} 号窗口没有人登录，请值班的人到窗口登录，登录了就开")
            self._put(unit, actor, record, WindowState.BUSY)
        else:
            self._check_idle(unit, window_no, "关窗口")
            self._off(unit, actor, window_no)
        return self.status(unit, window_no)

    def served(self, unit: HallUnit, actor: Actor, window_no: str) -> tuple[Weight, ...]:
        """The window's own groups with their weights; () when it serves all alike."""
        return tuple(Weight(group, weight) for group, weight in unit.setup.served(window_no).items())

    def set_served(self, unit: HallUnit, actor: Actor, window_no: str, served: tuple[Weight, ...]) -> None:
        """Regroup a window; counts from its next call. ``Rejected`` for unknown groups and impossible weights."""
        actor.require(Role.MANAGER)
        known = {group.group_id for group in unit.setup.groups()}
        for one in served:
            if one.group_id not in known:
                raise Rejected("group_id", "没有这个排队组，请刷新后再选")
            if not _LEAST_WEIGHT <= one.weight <= _MOST_WEIGHT:
                raise Rejected("weight", f"权重要在 {_LEAST_WEIGHT} 到 {_MOST_WEIGHT:g} 之间")
        weights = {one.group_id: one.weight for one in served}
        unit.setup.set_served(window_no, weights)
        self._tools.record(unit, actor, "window.regrouped", window_no, {"window_no": window_no, "weights": weights})

    # --- what others ask --------------------------------------------------------------------------------------
    def status(self, unit: HallUnit, window_no: str) -> CounterStatus:
        """One window."""
        record = unit.counters.get(window_no)
        if record is None:
            return CounterStatus(window_no, WindowState.OFF, self._tools.now())
        return _seen(record, unit.tickets.active(window_no))

    def all(self, unit: HallUnit) -> tuple[CounterStatus, ...]:
        """All windows that were ever open, by number."""
        there = {ticket.window_no: ticket for ticket in unit.tickets.all_active()}
        return tuple(_seen(record, there.get(record.window_no)) for record in unit.counters.all())

    # --- the parts --------------------------------------------------------------------------------------------
    def at_work(self, unit: HallUnit, actor: Actor, window_no: str) -> None:
        """Neither free nor away nor off; says nothing when it was so already."""
        record = unit.counters.get(window_no)
        if record is None or record.state is not WindowState.BUSY or record.user_id != actor.user_id:
            self.set(unit, actor, window_no, WindowState.BUSY)

    def set(
        self, unit: HallUnit, actor: Actor, window_no: str, state: WindowState, away: AwayReason | None = None
    ) -> None:
        """The window's row as the actor wants it, with its event when something changed."""
        now = self._tools.now()
        before = unit.counters.get(window_no)
        same = before is not None and (before.state, before.away, before.user_id) == (state, away, actor.user_id)
        since = before.since if same and before is not None else now
        fresh = CounterRecord(window_no, state, since, now, away, actor.user_id, actor.user_name, actor.device_id)
        unit.counters.put(fresh)
        if not same:
            self._record(unit, actor, fresh)
        if before is not None and before.user_id != actor.user_id:
            self._unbind(unit, actor, "", before.user_id)

    def _put(self, unit: HallUnit, actor: Actor, record: CounterRecord, state: WindowState) -> None:
        """Another's window: who sits there stays."""
        now = self._tools.now()
        fresh = CounterRecord(
            record.window_no, state, now, now, None, record.user_id, record.user_name, record.device_id
        )
        unit.counters.put(fresh)
        self._record(unit, actor, fresh)

    def _off(self, unit: HallUnit, actor: Actor, window_no: str) -> None:
        record = unit.counters.get(window_no)
        if record is not None and record.state is not WindowState.OFF:
            self._put(unit, actor, record, WindowState.OFF)
        self._unbind(unit, actor, window_no, "" if record is None else record.user_id)

    def _unbind(self, unit: HallUnit, actor: Actor, window_no: str, user_id: str) -> None:
        """Nobody waits for a window that is off, or for somebody who sits nowhere."""
        day = self._days.today(unit)
        waiting = unit.tickets.bound_to(window_no, day) if window_no else []
        sits = any(one.user_id == user_id and one.state is not WindowState.OFF for one in unit.counters.all())
        if user_id and not sits:
            waiting += unit.tickets.bound_to_user(user_id, day)
        for ticket in waiting:
            change = TicketChange(clear=frozenset({"for_window", "for_user"}))
            self._log.change(unit, actor, "ticket.unbound", ticket, change)

    def _record(self, unit: HallUnit, actor: Actor, window: CounterRecord) -> None:
        payload = {
            "window_no": window.window_no,
            "window_state": window.state.value,
            "away": None if window.away is None else window.away.value,
            "sits": window.user_id,
        }
        self._tools.record(unit, actor, f"window.{window.state.value}", window.window_no, payload)

    def _check_idle(self, unit: HallUnit, window_no: str, what: str) -> None:
        busy = unit.tickets.active(window_no)
        if busy is not None:
            raise Locked(f"{busy.number} 还没办完，办结、挂起或过号后再{what}")

    def _window(self, actor: Actor) -> str:
        actor.require(Role.CLERK)
        if actor.window_no is None:
            raise NotAllowed("先登录到一个窗口")
        return actor.window_no


def _seen(record: CounterRecord, ticket: Ticket | None) -> CounterStatus:
    state, since, number = record.state, record.since, None
    if ticket is not None:
        number = ticket.number
        called = ticket.state is TicketState.CALLED
        state = WindowState.CALLING if called else WindowState.BUSY
        since = (ticket.called_at if called else ticket.started_at) or record.since
    return CounterStatus(record.window_no, state, since, record.away, number, record.user_name, record.user_id)
