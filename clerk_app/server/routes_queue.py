"""Queue, hall and feed endpoints (HTTP)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter

from clerk_app.domain.hall import HallProfile
from clerk_app.domain.queue import PrintState
from clerk_app.ports.feed import FeedCursor, FeedPage
from clerk_app.ports.hall_queue import HallSnapshot, ServiceGroup, TakeTicket, Ticket, TicketTaken, WindowView
from clerk_app.server.calls import Changing, Reading

router = APIRouter(prefix="/v1", tags=["queue"])


@dataclass(frozen=True, slots=True)
class PrintReport:
    """What became of the paper."""

    state: PrintState


@dataclass(frozen=True, slots=True)
class Ending:
    """How the visit ended."""

    outcome: str


@router.get("/hall")
def hall(call: Reading) -> HallProfile:
    return call.read(call.desk.waiting.profile)


@router.get("/groups")
def groups(call: Reading) -> tuple[ServiceGroup, ...]:
    return call.read(call.desk.waiting.groups)


@router.get("/snapshot")
def snapshot(call: Reading) -> HallSnapshot:
    return call.read(call.desk.waiting.snapshot)


@router.get("/window")
def window(call: Reading) -> WindowView:
    return call.read(call.desk.waiting.window_view)


@router.post("/tickets", response_model=TicketTaken)
def take(call: Changing, wish: TakeTicket) -> Any:
    return call.once(TicketTaken, lambda unit, actor: call.desk.queue.take(unit, actor, wish))


@router.get("/tickets/{ticket_id}")
def ticket(call: Reading, ticket_id: str) -> TicketTaken:
    return call.read(lambda unit, actor: call.desk.waiting.ticket(unit, actor, ticket_id))


@router.post("/queue/call-next", response_model=Ticket | None)
def call_next(call: Changing) -> Any:
    return call.once(Ticket | None, call.desk.queue.call_next)


@router.post("/tickets/{ticket_id}/recall", response_model=Ticket)
def recall(call: Changing, ticket_id: str) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.queue.recall(unit, actor, ticket_id))


@router.post("/tickets/{ticket_id}/miss", response_model=Ticket)
def miss(call: Changing, ticket_id: str) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.queue.miss(unit, actor, ticket_id))


@router.post("/tickets/{ticket_id}/undo-miss", response_model=Ticket)
def undo_miss(call: Changing, ticket_id: str) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.queue.undo_miss(unit, actor, ticket_id))


@router.post("/tickets/{ticket_id}/start", response_model=Ticket)
def start(call: Changing, ticket_id: str) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.queue.start(unit, actor, ticket_id))


@router.post("/tickets/{ticket_id}/finish", response_model=Ticket)
def finish(call: Changing, ticket_id: str, ending: Ending) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.queue.finish(unit, actor, ticket_id, ending.outcome))


@router.post("/tickets/{ticket_id}/cancel", response_model=Ticket)
def cancel(call: Changing, ticket_id: str) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.queue.cancel(unit, actor, ticket_id))


@router.post("/tickets/{ticket_id}/print", response_model=Ticket)
def set_print_state(call: Changing, ticket_id: str, report: PrintReport) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.queue.set_print_state(unit, actor, ticket_id, report.state))


@router.get("/feed")
def feed(call: Reading, epoch: str, after: int, mark: str = "", limit: int = 500) -> FeedPage:
    cursor = FeedCursor(epoch, after, mark)
    return call.read(lambda unit, actor: call.desk.feed.page(unit, actor, cursor, limit))
