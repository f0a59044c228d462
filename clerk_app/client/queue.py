"""The queue over HTTP: ``TicketTaking`` and ``TicketCalling`` of ``clerk_app.ports.hall_queue``."""

from __future__ import annotations

from typing import Any

from clerk_app.client.calls import Calls
from clerk_app.domain.queue import AwayReason, PrintState
from clerk_app.ports.hall_queue import (
    CounterStatus,
    FreeNow,
    HallSnapshot,
    Hold,
    ServiceGroup,
    TakeTicket,
    Ticket,
    TicketTaken,
    Transfer,
    WalkIn,
    WindowView,
)


class QueueCalls(Calls):
    """The part of ``HallClient`` that is about tickets and the window."""

    def groups(self) -> tuple[ServiceGroup, ...]:
        found: tuple[ServiceGroup, ...] = self._get("/v1/groups", tuple[ServiceGroup, ...])
        return found

    def snapshot(self) -> HallSnapshot:
        found: HallSnapshot = self._get("/v1/snapshot", HallSnapshot)
        return found

    def window_view(self) -> WindowView:
        found: WindowView = self._get("/v1/window", WindowView)
        return found

    # taking
    def take_ticket(self, wish: TakeTicket, *, key: str | None = None) -> TicketTaken:
        taken: TicketTaken = self._post("/v1/tickets", TicketTaken, key, wish, TakeTicket)
        return taken

    def ticket(self, ticket_id: str) -> TicketTaken:
        found: TicketTaken = self._get(f"/v1/tickets/{ticket_id}", TicketTaken)
        return found

    def ticket_by_number(self, number: str) -> TicketTaken:
        found: TicketTaken = self._get(f"/v1/tickets/by-number/{number}", TicketTaken)
        return found

    def set_print_state(self, ticket_id: str, state: PrintState, *, key: str | None = None) -> Ticket:
        return self._step(ticket_id, "print", key, {"state": state.value})

    def return_ticket(self, ticket_id: str, *, key: str | None = None) -> TicketTaken:
        taken: TicketTaken = self._post(f"/v1/tickets/{ticket_id}/return", TicketTaken, key)
        return taken

    def cancel_ticket(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        return self._step(ticket_id, "cancel", key)

    def walk_in(self, wish: WalkIn, *, key: str | None = None) -> Ticket:
        ticket: Ticket = self._post("/v1/queue/walk-in", Ticket, key, wish, WalkIn)
        return ticket

    # calling
    def call_next(self, *, key: str | None = None) -> FreeNow:
        answer: FreeNow = self._post("/v1/queue/call-next", FreeNow, key)
        return answer

    def undo_call(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        return self._step(ticket_id, "undo-call", key)

    def recall(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        return self._step(ticket_id, "recall", key)

    def miss(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        return self._step(ticket_id, "miss", key)

    def undo_miss(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        return self._step(ticket_id, "undo-miss", key)

    def start(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        return self._step(ticket_id, "start", key)

    def finish(self, ticket_id: str, outcome: str, *, key: str | None = None) -> Ticket:
        return self._step(ticket_id, "finish", key, {"outcome": outcome})

    def finish_and_call(self, ticket_id: str, outcome: str, *, key: str | None = None) -> FreeNow:
        path = f"/v1/tickets/{ticket_id}/finish-and-call"
        answer: FreeNow = self._post(path, FreeNow, key, {"outcome": outcome}, dict[str, str])
        return answer

    def undo_finish(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        return self._step(ticket_id, "undo-finish", key)

    def hold(self, ticket_id: str, wish: Hold, *, key: str | None = None) -> Ticket:
        return self._step(ticket_id, "hold", key, wish, Hold)

    def resume(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        return self._step(ticket_id, "resume", key)

    def transfer(self, ticket_id: str, wish: Transfer, *, key: str | None = None) -> Ticket:
        return self._step(ticket_id, "transfer", key, wish, Transfer)

    def undo_transfer(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        return self._step(ticket_id, "undo-transfer", key)

    def _step(self, ticket_id: str, verb: str, key: str | None, body: Any = None, kind: Any = dict[str, str]) -> Ticket:
        ticket: Ticket = self._post(
            f"/v1/tickets/{ticket_id}/{verb}", Ticket, key, body, None if body is None else kind
        )
        return ticket

    # the window itself
    def open_window(self, *, key: str | None = None) -> CounterStatus:
        return self._counter("open", key)

    def away(self, reason: AwayReason, *, key: str | None = None) -> CounterStatus:
        return self._counter("away", key, {"reason": reason.value})

    def close_window(self, *, key: str | None = None) -> CounterStatus:
        return self._counter("close", key)

    def here(self) -> None:
        self._ask("/v1/window/here", None, None, None)

    def _counter(self, verb: str, key: str | None, body: dict[str, str] | None = None) -> CounterStatus:
        kind = None if body is None else dict[str, str]
        status: CounterStatus = self._post(f"/v1/window/{verb}", CounterStatus, key, body, kind)
        return status
