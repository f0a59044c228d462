"""Random dispatch (随机分派): a free window gets a ticket, a new ticket gets a free window; neither side can choose."""

from __future__ import annotations

from datetime import datetime, timedelta

from clerk_app.domain import dispatch
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.dispatch import Draw, DrawKind
from clerk_app.domain.errors import Conflict, Locked
from clerk_app.domain.queue import QUEUED, WindowState
from clerk_app.domain.queue_order import Candidate, passed_over, shortlist
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.hall_queue import Ticket
from clerk_app.ports.stores_hall import HallStore, HallUnit
from clerk_app.ports.stores_hall_queue import Seat
from clerk_app.services.hall.days import Days
from clerk_app.services.hall.tickets import TicketLog
from clerk_app.services.hall.tools import Tools

_TRIES = 8
_SWEPT = 50


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
            among = rules.fairness.draw_among
            candidates = unit.tickets.candidates(seat, day, now, among)
            if not candidates:
                return None
            recent = unit.tickets.recent_lanes(seat.groups, day, rules.fairness.preferred_in_a_row)
            weights = unit.setup.served(seat.window_no)
            chosen_from = shortlist(candidates, recent, now, weights, rules.fairness)
            draw = self._draw(unit, DrawKind.TICKET, seat.window_no, tuple(one.number for one in chosen_from))
            chosen = chosen_from[draw.chosen]
            rule = {"now": now.isoformat(), "sits": seat.user_id, "groups": list(seat.groups), "weights": weights}
            ticket = self._call(unit, actor, chosen.ticket_id, seat.window_no, now, draw=draw.to_json(), rule=rule)
            if ticket is not None:
                self._pass_over(unit, candidates, chosen)
                return ticket
        raise Conflict("很多窗口同时在叫号，请再按一次")

    def for_ticket(self, unit: HallUnit, ticket: Ticket) -> Ticket:
        """Call the ticket to one of the windows that wait free for it, drawn among them; as it was when none does."""
        rules = self._days.rules(unit)
        now = self._tools.now()
        if ticket.state not in QUEUED or (ticket.order_at is not None and ticket.order_at > now):
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
            draw = self._draw(unit, DrawKind.WINDOW, ticket.number, windows)
            record = free.get(draw.winner)
            if record is not None:
                clerk = Actor(
                    unit.hall_id,
                    record.device_id,
                    record.user_id,
                    record.user_name,
                    frozenset({Role.CLERK}),
                    draw.winner,
                )
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
        """Match what two transactions that did not see each other left apart, and appointments that became due."""

        def work(unit: HallUnit) -> int:
            if not unit.counters.free_count():
                return 0
            now = self._tools.now()
            found = unit.tickets.unmatched(self._days.today(unit), now, _SWEPT)
            return sum(self.for_ticket(unit, ticket).state not in QUEUED for ticket in found)

        def worth(unit: HallUnit) -> bool:
            return bool(
                unit.counters.free_count() and unit.tickets.unmatched(self._days.today(unit), self._tools.now(), 1)
            )

        if not store.read(hall_id, worth):
            return 0
        return store.write(hall_id, "matcher", work)

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

    def _draw(self, unit: HallUnit, kind: DrawKind, fixed: str, candidates: tuple[str, ...]) -> Draw:
        day = self._days.ensure(unit, self._days.today(unit))
        key = self._days.key(unit, day)
        return dispatch.draw(key, kind, fixed, candidates, day.day, self._tools.crypto.mac)

    def _call(
        self, unit: HallUnit, actor: Actor, ticket_id: str, window_no: str, now: datetime, **how: object
    ) -> Ticket | None:
        before = unit.tickets.get(ticket_id)
        ticket = unit.tickets.claim(ticket_id, window_no, now)
        if ticket is None:
            return None
        unit.counters.occupy(window_no)
        self._log.record(unit, actor, "ticket.called", ticket, before=before, **how)
        return ticket

    def _pass_over(self, unit: HallUnit, candidates: list[Candidate], chosen: Candidate) -> None:
        unit.tickets.pass_over(passed_over(candidates, chosen))
