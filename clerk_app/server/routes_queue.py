"""Queue and feed endpoints (HTTP): taking, calling, the window's own state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from clerk_app.domain.hall import HallProfile
from clerk_app.domain.queue import AwayReason, PrintState
from clerk_app.ports.feed import FeedCursor, FeedPage
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


@dataclass(frozen=True, slots=True)
class Leaving:
    """Why the window is away."""

    reason: AwayReason


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


# --- taking ---------------------------------------------------------------------------------------------------
@router.post("/tickets", response_model=TicketTaken)
def take(call: Changing, wish: TakeTicket) -> Any:
    return call.once(TicketTaken, lambda unit, actor: call.desk.taking.take(unit, actor, wish))


@router.get("/tickets/by-number/{number}")
def ticket_by_number(call: Reading, number: str) -> TicketTaken:
    return call.read(lambda unit, actor: call.desk.taking.by_number(unit, actor, number))


@router.get("/tickets/{ticket_id}")
def ticket(call: Reading, ticket_id: str) -> TicketTaken:
    return call.read(lambda unit, actor: call.desk.waiting.ticket(unit, actor, ticket_id))


@router.post("/tickets/{ticket_id}/return", response_model=TicketTaken)
def return_(call: Changing, ticket_id: str) -> Any:
    return call.once(TicketTaken, lambda unit, actor: call.desk.taking.return_(unit, actor, ticket_id))


@router.post("/tickets/{ticket_id}/cancel", response_model=Ticket)
def cancel(call: Changing, ticket_id: str) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.taking.cancel(unit, actor, ticket_id))


@router.post("/tickets/{ticket_id}/print", response_model=Ticket)
def set_print_state(call: Changing, ticket_id: str, report: PrintReport) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.taking.set_print_state(unit, actor, ticket_id, report.state))


@router.post("/queue/walk-in", response_model=Ticket)
def walk_in(call: Changing, wish: WalkIn) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.taking.walk_in(unit, actor, wish))


# --- calling --------------------------------------------------------------------------------------------------
@router.post("/queue/call-next", response_model=FreeNow)
def call_next(call: Changing) -> Any:
    return call.once(FreeNow, call.desk.calling.call_next)


@router.post("/tickets/{ticket_id}/undo-call", response_model=Ticket)
def undo_call(call: Changing, ticket_id: str) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.calling.undo_call(unit, actor, ticket_id))


@router.post("/tickets/{ticket_id}/recall", response_model=Ticket)
def recall(call: Changing, ticket_id: str) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.calling.recall(unit, actor, ticket_id))


@router.post("/tickets/{ticket_id}/miss", response_model=Ticket)
def miss(call: Changing, ticket_id: str) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.calling.miss(unit, actor, ticket_id))


@router.post("/tickets/{ticket_id}/undo-miss", response_model=Ticket)
def undo_miss(call: Changing, ticket_id: str) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.calling.undo_miss(unit, actor, ticket_id))


@router.post("/tickets/{ticket_id}/start", response_model=Ticket)
def start(call: Changing, ticket_id: str) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.calling.start(unit, actor, ticket_id))


@router.post("/tickets/{ticket_id}/finish", response_model=Ticket)
def finish(call: Changing, ticket_id: str, ending: Ending) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.calling.finish(unit, actor, ticket_id, ending.outcome))


@router.post("/tickets/{ticket_id}/finish-and-call", response_model=FreeNow)
def finish_and_call(call: Changing, ticket_id: str, ending: Ending) -> Any:
    return call.once(
        FreeNow, lambda unit, actor: call.desk.calling.finish_and_call(unit, actor, ticket_id, ending.outcome)
    )


@router.post("/tickets/{ticket_id}/undo-finish", response_model=Ticket)
def undo_finish(call: Changing, ticket_id: str) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.calling.undo_finish(unit, actor, ticket_id))


@router.post("/tickets/{ticket_id}/hold", response_model=Ticket)
def hold(call: Changing, ticket_id: str, wish: Hold) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.calling.hold(unit, actor, ticket_id, wish))


@router.post("/tickets/{ticket_id}/resume", response_model=Ticket)
def resume(call: Changing, ticket_id: str) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.calling.resume(unit, actor, ticket_id))


@router.post("/tickets/{ticket_id}/transfer", response_model=Ticket)
def transfer(call: Changing, ticket_id: str, wish: Transfer) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.calling.transfer(unit, actor, ticket_id, wish))


@router.post("/tickets/{ticket_id}/undo-transfer", response_model=Ticket)
def undo_transfer(call: Changing, ticket_id: str) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.calling.undo_transfer(unit, actor, ticket_id))


# --- the window itself ----------------------------------------------------------------------------------------
@router.post("/window/open", response_model=CounterStatus)
def open_window(call: Changing) -> Any:
    return call.once(CounterStatus, call.desk.counters.open)


@router.post("/window/away", response_model=CounterStatus)
def away(call: Changing, leaving: Leaving) -> Any:
    return call.once(CounterStatus, lambda unit, actor: call.desk.counters.away(unit, actor, leaving.reason))


@router.post("/window/close", response_model=CounterStatus)
def close_window(call: Changing) -> Any:
    return call.once(CounterStatus, call.desk.counters.close)


@router.post("/window/here", status_code=204)
def here(call: Reading) -> Response:
    """Repeatable: only the moment of the last one counts."""
    call.write(call.desk.counters.here)
    return Response(status_code=204)


@router.get("/feed")
def feed(call: Reading, epoch: str, after: int, mark: str = "", limit: int = 500) -> FeedPage:
    cursor = FeedCursor(epoch, after, mark)
    return call.read(lambda unit, actor: call.desk.feed.page(unit, actor, cursor, limit))
