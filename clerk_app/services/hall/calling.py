"""What a window does with tickets: call, recall, no-show, start, finish, hold, transfer, and undoing a stray key."""

from __future__ import annotations

import re
from datetime import timedelta

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Locked, NotAllowed, Rejected
from clerk_app.domain.queue import (
    HOLD_RULES,
    QUEUED,
    UNDO_WITHIN,
    Counted,
    TicketState,
    TicketStep,
    WindowState,
    check_missed,
    check_recall,
    check_undo,
    step,
)
from clerk_app.ports.hall_queue import FreeNow, Hold, Ticket, Transfer
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_queue import Seat, TicketChange
from clerk_app.services.hall.counters import Counters
from clerk_app.services.hall.days import Days
from clerk_app.services.hall.matching import Matcher
from clerk_app.services.hall.tickets import BACK_IN_QUEUE, TicketLog, seconds, served_s
from clerk_app.services.hall.tools import Tools

_OUTCOME = re.compile(r"[a-z][a-z_]{1,63}")
_LONGEST_NOTE = 100
_RELEASE_AFTER = timedelta(minutes=1)


class Calling:
    """A ticket is called by at most one window, a window has at most one active ticket."""

    def __init__(self, tools: Tools, days: Days, matcher: Matcher, counters: Counters) -> None:
        self._tools = tools
        self._days = days
        self._matcher = matcher
        self._counters = counters
        self._log = TicketLog(tools)

    # --- the next one -----------------------------------------------------------------------------------------
    def call_next(self, unit: HallUnit, actor: Actor) -> FreeNow:
        """The actor's window is free: a ticket is drawn for it, or it waits free until one is.

        ``Locked`` while the window has an active ticket (also one of an earlier day).
        """
        window_no = self._window(actor)
        self._check_idle(unit, window_no)
        groups = tuple(group.group_id for group in unit.setup.served_by(window_no))
        ticket = self._matcher.for_window(unit, actor, Seat(window_no, actor.user_id, groups))
        if ticket is None:
            self._counters.set(unit, actor, window_no, WindowState.FREE)
            return FreeNow(None)
        self._counters.at_work(unit, actor, window_no)
        return FreeNow(ticket, self._tools.now() + UNDO_WITHIN)

    def undo_call(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        """A stray key: the ticket waits again at its place, and this window's next call gives it again."""
        ticket = self._mine(unit, actor, ticket_id)
        state = step(ticket.state, TicketStep.UNDO_CALL)
        now = self._tools.now()
        check_undo(ticket.called_at, now, "叫号")
        if ticket.recalls:
            raise Locked("已经重叫过，人可能在路上，不能撤销了")
        self._days.check_of_today(unit, ticket)
        change = TicketChange(
            state=state,
            wait_s=max(0, ticket.wait_s - seconds(ticket.queued_at, ticket.called_at or now)),
            pinned_to=ticket.window_no,
            clear=BACK_IN_QUEUE,
        )
        return self._log.change(unit, actor, "ticket.call_undone", ticket, change)

    def recall(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        """Call again; ``Locked`` before the interval is over."""
        ticket = self._mine(unit, actor, ticket_id)
        state = step(ticket.state, TicketStep.RECALL)
        now = self._tools.now()
        check_recall(ticket.last_call_at or now, now, self._days.rules(unit).recall_interval)
        change = TicketChange(state=state, recalls=ticket.recalls + 1, last_call_at=now)
        return self._log.change(unit, actor, "ticket.recalled", ticket, change)

    def miss(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        """No-show; ``Locked`` before the recalls that the rules ask for."""
        ticket = self._mine(unit, actor, ticket_id)
        state = step(ticket.state, TicketStep.MISS)
        check_missed(ticket.recalls, self._days.rules(unit).recalls_before_missed)
        return self._log.change(unit, actor, "ticket.missed", ticket, TicketChange(state=state))

    def undo_miss(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        """The person came after all: called again at the same window. ``Locked`` while that is busy."""
        ticket = self._mine(unit, actor, ticket_id)
        state = step(ticket.state, TicketStep.UNDO_MISS)
        self._check_idle(unit, self._window(actor), ticket.number)
        self._counters.at_work(unit, actor, self._window(actor))
        return self._log.change(unit, actor, "ticket.miss_undone", ticket, TicketChange(state=state))

    # --- the visit --------------------------------------------------------------------------------------------
    def start(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        """The person has come; the service time runs from here."""
        ticket = self._mine(unit, actor, ticket_id)
        change = TicketChange(state=step(ticket.state, TicketStep.START), started_at=self._tools.now())
        return self._log.change(unit, actor, "ticket.started", ticket, change)

    def finish(self, unit: HallUnit, actor: Actor, ticket_id: str, outcome: str) -> Ticket:
        """End the visit with its outcome, which stays on the ticket."""
        if not _OUTCOME.fullmatch(outcome):
            raise Rejected("outcome", "这一位的结果没有写对，请重新选结论")
        ticket = self._mine(unit, actor, ticket_id)
        state = step(ticket.state, TicketStep.FINISH)
        now = self._tools.now()
        # ``held_at`` stays on one that ends while it is held: undoing must know that its service had stopped.
        served = ticket.service_s if ticket.state is TicketState.HELD else served_s(ticket, now)
        change = TicketChange(state=state, ended_at=now, outcome=outcome, service_s=served, clear=frozenset({"hold"}))
        return self._log.change(unit, actor, "ticket.finished", ticket, change)

    def finish_and_call(self, unit: HallUnit, actor: Actor, ticket_id: str, outcome: str) -> FreeNow:
        """Both in one transaction."""
        self.finish(unit, actor, ticket_id, outcome)
        return self.call_next(unit, actor)

    def undo_finish(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        """A stray key: serving again. A ticket that the same key called goes back to its place first."""
        ticket = self._mine(unit, actor, ticket_id)
        state = step(ticket.state, TicketStep.UNDO_FINISH)
        now = self._tools.now()
        check_undo(ticket.ended_at, now, "办结")
        if ticket.held_at is not None:
            self._check_idle(unit, self._window(actor), ticket.number)
            stretch, started_at = 0, now
        else:
            after = unit.tickets.active(self._window(actor))
            if after is not None:
                self.undo_call(unit, actor, after.ticket_id)
            stretch = seconds(ticket.started_at or ticket.called_at, ticket.ended_at or now)
            started_at = ticket.started_at or ticket.called_at or now
        change = TicketChange(
            state=state,
            started_at=started_at,
            service_s=max(0, ticket.service_s - stretch),
            clear=frozenset({"ended_at", "outcome", "held_at"}),
        )
        self._counters.at_work(unit, actor, self._window(actor))
        return self._log.change(unit, actor, "ticket.finish_undone", ticket, change)

    # --- hold and transfer ------------------------------------------------------------------------------------
    def hold(self, unit: HallUnit, actor: Actor, ticket_id: str, wish: Hold) -> Ticket:
        """The visit pauses; the window may call others. Where it goes on: ``HOLD_RULES``."""
        if len(wish.note) > _LONGEST_NOTE:
            raise Rejected("note", f"说明不超过 {_LONGEST_NOTE} 个字")
        ticket = self._mine(unit, actor, ticket_id)
        state = step(ticket.state, TicketStep.HOLD)
        now = self._tools.now()
        change = TicketChange(state=state, hold=wish.kind, held_at=now, service_s=served_s(ticket, now))
        return self._log.change(unit, actor, "ticket.held", ticket, change, hold=wish.kind.value, note=wish.note)

    def resume(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        """The held ticket of this window is served again at once."""
        ticket = self._mine(unit, actor, ticket_id)
        state = step(ticket.state, TicketStep.RESUME)
        window_no = self._window(actor)
        self._check_idle(unit, window_no, ticket.number)
        assert ticket.hold is not None
        counted, now = HOLD_RULES[ticket.hold].counted, self._tools.now()
        away = seconds(ticket.held_at, now)
        change = TicketChange(
            state=state,
            started_at=now,
            wait_s=ticket.wait_s + (away if counted is Counted.WAITING else 0),
            service_s=ticket.service_s + (away if counted is Counted.SERVICE else 0),
            clear=frozenset({"hold", "held_at"}),
        )
        self._counters.at_work(unit, actor, window_no)
        return self._log.change(unit, actor, "ticket.resumed", ticket, change)

    def transfer(self, unit: HallUnit, actor: Actor, ticket_id: str, wish: Transfer) -> Ticket:
        """Send it on to a group, a window or a person; it waits there at the place that it had.

        ``Rejected`` when nobody could take it there.
        """
        ticket = self._mine(unit, actor, ticket_id)
        change = self._target(unit, ticket, wish)
        moved = self._log.change(unit, actor, "ticket.transferred", ticket, change)
        return self._matcher.for_ticket(unit, moved)

    def undo_transfer(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        """A stray key, while nobody has called it: serving again here."""
        ticket = self._mine(unit, actor, ticket_id)
        state = step(ticket.state, TicketStep.UNDO_TRANSFER)
        check_undo(ticket.queued_at, self._tools.now(), "转出")
        self._check_idle(unit, self._window(actor), ticket.number)
        self._counters.at_work(unit, actor, self._window(actor))
        change = TicketChange(
            state=state,
            group_id=ticket.from_group,
            started_at=self._tools.now(),
            clear=frozenset({"for_window", "for_user", "from_group"}),
        )
        return self._log.change(unit, actor, "ticket.transfer_undone", ticket, change)

    # --- the manager's -----------------------------------------------------------------------------------------
    def move(self, unit: HallUnit, actor: Actor, ticket_id: str, group_id: str) -> Ticket:
        """A waiting ticket was taken for the wrong group; its place stays."""
        actor.require(Role.MANAGER, Role.CHIEF_REPRESENTATIVE)
        ticket = unit.tickets.get(ticket_id)
        if ticket.state not in QUEUED:
            raise Locked(f"{ticket.number} 不在等候，不能改排队组")
        change = self._target(unit, ticket, Transfer(group_id=group_id))
        moved = self._log.change(unit, actor, "ticket.transferred", ticket, change)
        return self._matcher.for_ticket(unit, moved)

    def release(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        """A window died with a ticket: it waits again at its place. ``Locked`` within a minute of the last step there:
        somebody is at work."""
        actor.require(Role.MANAGER, Role.CHIEF_REPRESENTATIVE)
        ticket = unit.tickets.get(ticket_id)
        state = step(ticket.state, TicketStep.RELEASE)
        now = self._tools.now()
        self._days.check_of_today(unit, ticket)
        touched = max(moment for moment in (ticket.last_call_at, ticket.started_at, ticket.taken_at) if moment)
        if timedelta(0) <= now - touched < _RELEASE_AFTER:
            raise Locked(f"{ticket.window_no} 号窗口一分钟内还在办这个号，不能放回")
        change = TicketChange(
            state=state, queued_at=now, from_window=ticket.window_no, clear=BACK_IN_QUEUE | {"for_window", "for_user"}
        )
        freed = self._log.change(unit, actor, "ticket.released", ticket, change, from_window=ticket.window_no)
        return self._matcher.for_ticket(unit, freed)

    # --- the parts ----------------------------------------------------------------------------------------------
    def _target(self, unit: HallUnit, ticket: Ticket, wish: Transfer) -> TicketChange:
        given = [part for part in (wish.group_id, wish.window_no, wish.user_id) if part]
        if len(given) != 1:
            raise Rejected("transfer", "转到哪里要选一个：排队组、窗口或人")
        if wish.group_id and wish.group_id not in {group.group_id for group in unit.setup.groups()}:
            raise Rejected("group_id", "没有这个排队组")
        counters = unit.counters.all()
        if wish.window_no and not any(
            one.window_no == wish.window_no and one.state is not WindowState.OFF for one in counters
        ):
            raise Rejected("window_no", f"{wish.window_no} 号窗口没有开，不能转过去")
        if wish.window_no and wish.window_no == ticket.window_no:
            raise Rejected("window_no", "这个号就在本窗口")
        if wish.user_id and not any(
            one.user_id == wish.user_id and one.state is not WindowState.OFF for one in counters
        ):
            raise Rejected("user_id", "这位同事现在不在窗口，不能转过去")
        now, state = self._tools.now(), step(ticket.state, TicketStep.TRANSFER)
        self._days.check_of_today(unit, ticket)
        active = ticket.state in {TicketState.CALLED, TicketState.SERVING}
        return TicketChange(
            state=state,
            group_id=wish.group_id or None,
            for_window=wish.window_no or None,
            for_user=wish.user_id or None,
            queued_at=now if active else None,
            service_s=served_s(ticket, now) if active else None,
            from_window=ticket.window_no if active else None,
            from_group=ticket.group_id if active else None,
            clear=frozenset({name for name, value in _bindings(wish) if not value}) | {"pinned_to"},
        )

    def _window(self, actor: Actor) -> str:
        actor.require(Role.CLERK)
        if actor.window_no is None:
            raise NotAllowed("先登录到一个窗口再叫号")
        return actor.window_no

    def _check_idle(self, unit: HallUnit, window_no: str, wanted: str = "") -> None:
        busy = unit.tickets.active(window_no)
        if busy is None:
            return
        if wanted:
            raise Locked(f"{busy.number} 还没办完，先办结再取回 {wanted}")
        raise Locked(f"{busy.number} 还没办完，办结或过号后再叫下一位")

    def _mine(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        window_no = self._window(actor)
        ticket = unit.tickets.get(ticket_id)
        if ticket.state is TicketState.WAITING or (ticket.state in QUEUED and ticket.window_no is None):
            raise Locked(f"{ticket.number} 还在等候，按 F2 由系统叫号，不能挑号")
        if ticket.window_no not in {window_no, None}:
            raise NotAllowed(f"{ticket.number} 在 {ticket.window_no} 号窗口，请到那个窗口操作")
        return ticket


def _bindings(wish: Transfer) -> tuple[tuple[str, str], ...]:
    return (("for_window", wish.window_no), ("for_user", wish.user_id))
