"""What every step of a ticket leaves in the journal, and what a ticket's seconds are counted as."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clerk_app.domain.actor import Actor
from clerk_app.domain.queue import PriorityClass
from clerk_app.ports.hall_queue import Ticket
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_queue import TicketChange
from clerk_app.services.hall.tools import Tools


class TicketLog:
    """Writes a change together with its event: who, where, when, from which state to which."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def change(
        self, unit: HallUnit, actor: Actor, kind: str, ticket: Ticket, change: TicketChange, **more: Any
    ) -> Ticket:
        """Change the ticket if it is still as it was; ``Conflict`` otherwise."""
        changed = unit.tickets.change(ticket.ticket_id, ticket.state, change)
        self.record(unit, actor, kind, changed, before=ticket, **more)
        return changed

    def record(
        self,
        unit: HallUnit,
        actor: Actor,
        kind: str,
        ticket: Ticket,
        *,
        before: Ticket | None = None,
        at: datetime | None = None,
        **more: Any,
    ) -> None:
        """Append the event, of now or of ``at``; no personal data. What the draws depend on is in it, so that they can
        be recomputed."""
        payload: dict[str, Any] = {
            "number": ticket.number,
            "group_id": ticket.group_id,
            "window_no": ticket.window_no,
            "state": ticket.state.value,
            "is_priority": ticket.priority is not PriorityClass.ORDINARY,
            "lane": ticket.lane.value,
            "appointment": ticket.priority is PriorityClass.APPOINTMENT,
            "order_at": None if ticket.order_at is None else ticket.order_at.isoformat(),
            "due_at": None if ticket.due_at is None else ticket.due_at.isoformat(),
            "called_at": None if ticket.called_at is None else ticket.called_at.isoformat(),
            "recalls": ticket.recalls,
            "print_state": ticket.print_state.value,
            "outcome": ticket.outcome,
            "for_window": ticket.for_window,
            "for_user": ticket.for_user,
            "day": ticket.day.isoformat(),
        }
        if before is not None:
            payload["was"] = before.state.value
            if before.group_id != ticket.group_id:
                payload["from_group"] = before.group_id
        payload |= more
        unit.journal.append(self._tools.entry(unit, actor, kind, ticket.ticket_id, payload, at))


def seconds(start: datetime | None, end: datetime) -> int:
    """Whole seconds between, never less than none: a clock may be set back."""
    return 0 if start is None else max(0, round((end - start).total_seconds()))


def served_s(ticket: Ticket, until: datetime) -> int:
    """Seconds of service including the stretch that ends now."""
    return ticket.service_s + seconds(ticket.started_at or ticket.called_at, until)


BACK_IN_QUEUE = frozenset({"window_no", "called_at", "last_call_at", "started_at"})
"""What a ticket loses that waits again."""
