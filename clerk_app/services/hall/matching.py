"""Random dispatch (随机分派): a free window gets a ticket, a new ticket gets a free window; neither side can choose."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from clerk_app.domain import dispatch
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.dispatch import Draw, DrawKind
from clerk_app.domain.errors import Conflict, Locked
from clerk_app.domain.queue import QUEUED, WindowState
from clerk_app.domain.queue_order import in_a_row_after, shortlist
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.hall_queue import Ticket
from clerk_app.ports.stores_hall import HallStore, HallUnit
from clerk_app.ports.stores_hall_queue import CounterRecord, Seat
from clerk_app.services.hall.days import Days
from clerk_app.services.hall.tickets import TicketLog
from clerk_app.services.hall.tools import Tools

_TRIES = 8


class Matcher:
    """Draws and calls. Every draw stands in the journal with its candidates, so that anybody can recompute it."""

    def __init__(self, tools: Tools, days: Days) -> None:
        self._tools = tools
        self._days = days
        self._log = TicketLog(tools)

    def for_window(self, unit: HallUnit, actor: Actor, seat: Seat) -> Ticket | None:
        """The next ticket for a window that became free, called there; None when nobody waits for it.

        A ticket whose call this window took back comes again without a new draw: pressing twice must not choose.
        """
        rules = self._days.rules(unit)
        day = rules.day_of(self._tools.now())
        pinned = unit.tickets.pinned(seat.window_no, day)
        if pinned is not None:
            ticket = self._call(unit, actor, pinned, seat.window_no, self._tools.now(), pinned=True)
            if ticket is not None:
                return ticket
        for _ in range(_TRIES):
            now = self._tools.now()
            candidates = unit.tickets.candidates(seat, day, now, rules.fairness)
            if not candidates:
                return None
            in_a_row = unit.counters.in_a_row(seat.window_no, day)
            weights = unit.setup.served(seat.window_no)
            chosen_from = shortlist(candidates, in_a_row, now, weights, rules.fairness)
            draw = self._draw(unit, day, DrawKind.TICKET, seat.window_no, tuple(one.number for one in chosen_from))
            chosen = chosen_from[draw.chosen]
            rule = {"now": now.isoformat(), "sits": seat.user_id, "groups": list(seat.groups), "weights": weights}
            ticket = self._call(unit, actor, chosen.ticket_id, seat.window_no, now, draw=draw.to_json(), rule=rule)
            if ticket is not None:
                unit.tickets.pass_over(seat, day, now, chosen)
                return ticket
        raise Conflict("很多窗口同时在叫号，请再按一次")

    def for_ticket(self, unit: HallUnit, ticket: Ticket) -> Ticket:
        """Call the ticket to one of the windows that wait free for it, drawn among them; as it was when none does."""
        rules = self._days.rules(unit)
        now = self._tools.now()
        if ticket.state not in QUEUED or (ticket.due_at is not None and ticket.due_at > now):
            return ticket
        if ticket.day != rules.day_of(now):
            return ticket
        windows = self._free(unit, ticket, rules, now)
        free = {one.window_no: one for one in unit.counters.all() if one.state is WindowState.FREE} if windows else {}
        rule = {
            "now": now.isoformat(),
            "free": {number: [one.seen_at.isoformat(), one.user_id] for number, one in free.items()},
        }
        gone: list[str] = []
        while windows:
            draw = self._draw(unit, ticket.day, DrawKind.WINDOW, ticket.number, windows)
            record = free.get(draw.winner)
            if record is not None:
                clerk, seat = _clerk(unit, record), _seat(unit, record)
                others = unit.tickets.candidates(seat, ticket.day, now, rules.fairness)
                if any(one.ticket_id != ticket.ticket_id for one in others):
                    # They and the window were left apart until now: among all who wait, this one has no right before.
                    self.for_window(unit, clerk, seat)
                    return self.for_ticket(unit, unit.tickets.get(ticket.ticket_id))
                how = {"draw": draw.to_json(), "rule": {**rule, "gone": gone}}
                try:
                    called = self._call(unit, clerk, ticket.ticket_id, draw.winner, now, **how)
                except Locked:
                    # Its ticket was called by another server process a moment ago.
                    called = None
                if called is not None:
                    return called
            gone.append(draw.winner)
            windows = tuple(window for window in windows if window != draw.winner)
        return ticket

    def sweep(self, store: HallStore, hall_id: str) -> int:
        """Match who waits with windows that wait free: what two transactions that did not see each other left apart,
        appointments that became due, windows that were regrouped or are heard of again. How many were called."""

        def work(unit: HallUnit) -> int:
            called = 0
            while (ticket := self._left_apart(unit)) is not None:
                free = unit.counters.free_count()
                self.for_ticket(unit, ticket)
                if unit.counters.free_count() == free:
                    break
                called += 1
            return called

        if not store.read(hall_id, lambda unit: self._left_apart(unit) is not None):
            return 0
        return store.write(hall_id, "matcher", work)

    def _left_apart(self, unit: HallUnit) -> Ticket | None:
        """The oldest ticket that some window waits free for."""
        rules, now = self._days.rules(unit), self._tools.now()
        day, since = rules.day_of(now), now - timedelta(seconds=rules.seen_seconds)
        if not unit.tickets.any_queued(day):
            return None
        one = replace(rules.fairness, draw_among=1)
        found = [
            candidate
            for record in unit.counters.all()
            if record.state is WindowState.FREE and record.seen_at >= since
            for candidate in unit.tickets.candidates(_seat(unit, record), day, now, one)
        ]
        return unit.tickets.get(min(found, key=lambda each: each.order).ticket_id) if found else None

    def _free(self, unit: HallUnit, ticket: Ticket, rules: QueueRules, now: datetime) -> tuple[str, ...]:
        since = now - timedelta(seconds=rules.seen_seconds)
        if ticket.for_window is None and ticket.for_user is None:
            return tuple(unit.counters.free_for(ticket.group_id, since))
        wanted = [
            one.window_no
            for one in unit.counters.all()
            if one.state is WindowState.FREE
            and one.seen_at >= since
            and ticket.for_window in (None, one.window_no)
            and ticket.for_user in (None, one.user_id)
        ]
        return tuple(wanted)

    def _draw(self, unit: HallUnit, day: date, kind: DrawKind, fixed: str, candidates: tuple[str, ...]) -> Draw:
        key = self._days.key(unit, self._days.ensure(unit, day))
        return dispatch.draw(key, kind, fixed, candidates, day, self._tools.crypto.mac)

    def _call(
        self, unit: HallUnit, actor: Actor, ticket_id: str, window_no: str, now: datetime, **how: object
    ) -> Ticket | None:
        before = unit.tickets.get(ticket_id)
        ticket = unit.tickets.claim(ticket_id, window_no, now)
        if ticket is None:
            return None
        unit.counters.occupy(window_no)
        if "pinned" not in how:
            in_a_row = unit.counters.in_a_row(window_no, ticket.day)
            unit.counters.set_in_a_row(window_no, ticket.day, in_a_row_after(in_a_row, ticket.lane))
        # The moment of the draw, not of its writing: a server that stands still between the two has drawn rightly.
        self._log.record(unit, actor, "ticket.called", ticket, before=before, at=now, **how)
        return ticket


def _seat(unit: HallUnit, record: CounterRecord) -> Seat:
    groups = tuple(group.group_id for group in unit.setup.served_by(record.window_no))
    return Seat(record.window_no, record.user_id, groups)


def _clerk(unit: HallUnit, record: CounterRecord) -> Actor:
    """Who sits at a window that waits free: the call is theirs, though the hall drew it."""
    roles = frozenset({Role.CLERK})
    return Actor(unit.hall_id, record.device_id, record.user_id, record.user_name, roles, record.window_no)
