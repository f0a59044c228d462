"""Tickets: take, call, recall, no-show, start, finish. Every method runs inside one unit of work."""

from __future__ import annotations

import re
from typing import Any

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Conflict, Locked, NotAllowed, NotFound, Rejected
from clerk_app.domain.masking import mask_name_public
from clerk_app.domain.queue import (
    PrintState,
    PriorityClass,
    TicketState,
    TicketStep,
    check_missed,
    check_recall,
    priority_of,
    step,
)
from clerk_app.ports.hall_queue import TakeTicket, Ticket, TicketTaken
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_queue import NewTicket, TicketChange
from clerk_app.services.hall.tools import Tools
from clerk_app.services.hall.waiting import Waiting

_OUTCOME = re.compile(r"[a-z][a-z_]{1,63}")


class Queue:
    """The hall's queue. A ticket is called by at most one window, a window has at most one active ticket."""

    def __init__(self, tools: Tools, waiting: Waiting) -> None:
        self._tools = tools
        self._waiting = waiting

    def take(self, unit: HallUnit, actor: Actor, wish: TakeTicket) -> TicketTaken:
        """A new ticket; it counts as issued from the commit, whatever becomes of its paper.

        ``NotFound`` for an unknown group, ``Conflict`` when the card already waits today, ``Rejected`` for the card.
        """
        actor.require(Role.KIOSK, Role.CLERK, Role.MANAGER)
        group = next((group for group in unit.setup.groups() if group.group_id == wish.group_id), None)
        if group is None:
            raise NotFound("没有这一类业务，请回首页再选")
        now, today = self._tools.now(), self._tools.today()
        person_hash, person = None, ""
        if wish.card is not None:
            if not wish.card.id_number.strip():
                raise Rejected("card", "证件号码没有读到，请再放一次证件")
            person_hash = self._tools.person_digest(wish.card.id_number)
            person = mask_name_public(wish.card.name)
            earlier = unit.tickets.waiting_of_person(today, person_hash)
            if earlier is not None:
                raise Conflict(
                    f"这张身份证 {earlier.taken_at:%H:%M} 已取 {earlier.number}，"
                    f"前面还有 {unit.tickets.ahead(earlier)} 人"
                )
        ticket = unit.tickets.add(
            NewTicket(
                ticket_id=self._tools.new_id(),
                day=today,
                prefix=group.prefix,
                group_id=group.group_id,
                priority=priority_of(wish.priority, wish.card.birth if wish.card else None, today),
                reason=wish.reason,
                matter_code=wish.matter_code,
                person=person,
                person_hash=person_hash,
                taken_at=now,
            )
        )
        self._record(unit, actor, "ticket.taken", ticket)
        return self._waiting.taken(unit, ticket)

    def call_next(self, unit: HallUnit, actor: Actor) -> Ticket | None:
        """Claim the next ticket for the actor's window; None when nobody waits for it.

        ``Locked`` while the window has an active ticket (also one of an earlier day).
        """
        window_no = self._window(actor)
        busy = unit.tickets.active(window_no)
        if busy is not None:
            raise Locked(f"{busy.number} 还没办完，办结或过号后再叫下一位")
        groups = [group.group_id for group in unit.setup.served_by(window_no)]
        ticket = unit.tickets.claim(window_no, groups, self._tools.today(), self._tools.now())
        if ticket is not None:
            self._record(unit, actor, "ticket.called", ticket)
        return ticket

    def recall(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        """Call again; ``Locked`` within 10 seconds of the last call."""
        ticket = self._mine(unit, actor, ticket_id)
        state = step(ticket.state, TicketStep.RECALL)
        now = self._tools.now()
        check_recall(ticket.last_call_at or now, now)
        return self._change(
            unit,
            actor,
            "ticket.recalled",
            ticket,
            TicketChange(state=state, recalls=ticket.recalls + 1, last_call_at=now),
        )

    def miss(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        """No-show; ``Locked`` before two recalls."""
        ticket = self._mine(unit, actor, ticket_id)
        state = step(ticket.state, TicketStep.MISS)
        check_missed(ticket.recalls)
        return self._change(unit, actor, "ticket.missed", ticket, TicketChange(state=state))

    def undo_miss(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        """The person came after all: called again at the same window. ``Locked`` while that is busy."""
        ticket = self._mine(unit, actor, ticket_id)
        state = step(ticket.state, TicketStep.UNDO_MISS)
        busy = unit.tickets.active(self._window(actor))
        if busy is not None:
            raise Locked(f"{busy.number} 还没办完，先办结再取回 {ticket.number}")
        return self._change(unit, actor, "ticket.miss_undone", ticket, TicketChange(state=state))

    def start(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        """The person has come; the service time runs from here."""
        ticket = self._mine(unit, actor, ticket_id)
        state = step(ticket.state, TicketStep.START)
        change = TicketChange(state=state, started_at=self._tools.now())
        return self._change(unit, actor, "ticket.started", ticket, change)

    def finish(self, unit: HallUnit, actor: Actor, ticket_id: str, outcome: str) -> Ticket:
        """End the visit with its outcome, which stays on the ticket."""
        if not _OUTCOME.fullmatch(outcome):
            raise Rejected("outcome", "这一位的结果没有写对，请重新选结论")
        ticket = self._mine(unit, actor, ticket_id)
        state = step(ticket.state, TicketStep.FINISH)
        change = TicketChange(state=state, ended_at=self._tools.now(), outcome=outcome)
        return self._change(unit, actor, "ticket.finished", ticket, change)

    def cancel(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        """Void a ticket that waits or was missed."""
        actor.require(Role.KIOSK, Role.CLERK, Role.MANAGER)
        ticket = unit.tickets.get(ticket_id)
        state = step(ticket.state, TicketStep.CANCEL)
        change = TicketChange(state=state, ended_at=self._tools.now())
        return self._change(unit, actor, "ticket.cancelled", ticket, change)

    def set_print_state(self, unit: HallUnit, actor: Actor, ticket_id: str, state: PrintState) -> Ticket:
        """Keep what is known of the paper; each ``PRINTED`` counts one print (the first and every reprint)."""
        actor.require(Role.KIOSK, Role.CLERK, Role.MANAGER)
        ticket = unit.tickets.get(ticket_id)
        prints = ticket.prints + (state is PrintState.PRINTED)
        change = TicketChange(print_state=state, prints=prints)
        return self._change(unit, actor, "ticket.printed", ticket, change)

    def _window(self, actor: Actor) -> str:
        actor.require(Role.CLERK)
        if actor.window_no is None:
            raise NotAllowed("先登录到一个窗口再叫号")
        return actor.window_no

    def _mine(self, unit: HallUnit, actor: Actor, ticket_id: str) -> Ticket:
        window_no = self._window(actor)
        ticket = unit.tickets.get(ticket_id)
        if ticket.state is TicketState.WAITING:
            raise Locked(f"{ticket.number} 还在等候，按 F2 由系统叫号，不能挑号")
        if ticket.window_no != window_no:
            raise NotAllowed(f"{ticket.number} 在 {ticket.window_no} 号窗口，请到那个窗口操作")
        return ticket

    def _change(self, unit: HallUnit, actor: Actor, kind: str, ticket: Ticket, change: TicketChange) -> Ticket:
        changed = unit.tickets.change(ticket.ticket_id, ticket.state, change)
        self._record(unit, actor, kind, changed)
        return changed

    def _record(self, unit: HallUnit, actor: Actor, kind: str, ticket: Ticket) -> None:
        payload: dict[str, Any] = {
            "number": ticket.number,
            "group_id": ticket.group_id,
            "window_no": ticket.window_no,
            "state": ticket.state.value,
            "is_priority": ticket.priority is not PriorityClass.ORDINARY,
            "recalls": ticket.recalls,
            "print_state": ticket.print_state.value,
            "outcome": ticket.outcome,
        }
        self._tools.record(unit, actor, kind, ticket.ticket_id, payload)
