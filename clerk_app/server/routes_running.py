"""Running the hall (HTTP): the manager's board, day, rules, groups, windows, notices, roster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Response

from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.hall import UserInfo
from clerk_app.ports.hall_board import HallBoard
from clerk_app.ports.hall_queue import CounterStatus, ServiceGroup, Ticket
from clerk_app.ports.hall_running import (
    Closing,
    HallDay,
    NewNotice,
    NewRosterEntry,
    Notice,
    OpenHall,
    RosterEntry,
    Weight,
)
from clerk_app.server.calls import Changing, Reading

router = APIRouter(prefix="/v1", tags=["running"])


@dataclass(frozen=True, slots=True)
class ClosingWish:
    """Whether those who still wait are sent home."""

    cancel_waiting: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """How many tickets of earlier days were ended."""

    ended: int


@dataclass(frozen=True, slots=True)
class OpenWish:
    """Open or close a window from afar."""

    open: bool


@dataclass(frozen=True, slots=True)
class Move:
    """The group that a waiting ticket belongs to."""

    group_id: str


@router.get("/board")
def board(call: Reading) -> HallBoard:
    return call.read(call.desk.board.board)


# --- the day ----------------------------------------------------------------------------------------------------
@router.get("/hall-day")
def hall_day(call: Reading, day: date | None = None) -> HallDay | None:
    return call.read(lambda unit, actor: call.desk.days.read_day(unit, actor, day))


@router.post("/hall-day/open", response_model=HallDay)
def open_hall(call: Changing, wish: OpenHall) -> Any:
    return call.once(HallDay, lambda unit, actor: call.desk.days.open(unit, actor, wish))


@router.get("/hall-day/closing")
def closing(call: Reading) -> Closing:
    return call.read(call.desk.days.closing)


@router.post("/hall-day/close", response_model=HallDay)
def close_hall(call: Changing, wish: ClosingWish) -> Any:
    return call.once(HallDay, lambda unit, actor: call.desk.days.close(unit, actor, wish.cancel_waiting))


@router.post("/hall-day/end-earlier", response_model=Ended)
def end_earlier(call: Changing) -> Any:
    answer = call.once(Ended, lambda unit, actor: Ended(call.desk.days.end_earlier(unit, actor)))
    call.desk.board.forget_old(call.caller.actor.hall_id)
    return answer


# --- rules, groups, windows -------------------------------------------------------------------------------------
@router.get("/rules")
def rules(call: Reading) -> QueueRules:
    return call.read(call.desk.days.read_rules)


@router.post("/rules", response_model=QueueRules)
def set_rules(call: Changing, wish: QueueRules) -> Any:
    return call.once(QueueRules, lambda unit, actor: call.desk.days.set_rules(unit, actor, wish))


@router.post("/groups", response_model=ServiceGroup)
def set_group(call: Changing, group: ServiceGroup) -> Any:
    return call.once(ServiceGroup, lambda unit, actor: call.desk.hall_groups.set(unit, actor, group))


@router.get("/windows/{window_no}/groups")
def served(call: Reading, window_no: str) -> tuple[Weight, ...]:
    return call.read(lambda unit, actor: call.desk.counters.served(unit, actor, window_no))


@router.post("/windows/{window_no}/groups", response_model=tuple[Weight, ...])
def set_served(call: Changing, window_no: str, wish: tuple[Weight, ...]) -> Any:
    def work(unit: Any, actor: Any) -> tuple[Weight, ...]:
        call.desk.counters.set_served(unit, actor, window_no, wish)
        return call.desk.counters.served(unit, actor, window_no)

    return call.once(tuple[Weight, ...], work)


@router.post("/windows/{window_no}/open", response_model=CounterStatus)
def set_counter(call: Changing, window_no: str, wish: OpenWish) -> Any:
    return call.once(CounterStatus, lambda unit, actor: call.desk.counters.set_open(unit, actor, window_no, wish.open))


@router.post("/tickets/{ticket_id}/release", response_model=Ticket)
def release(call: Changing, ticket_id: str) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.calling.release(unit, actor, ticket_id))


@router.post("/tickets/{ticket_id}/move", response_model=Ticket)
def move(call: Changing, ticket_id: str, wish: Move) -> Any:
    return call.once(Ticket, lambda unit, actor: call.desk.calling.move(unit, actor, ticket_id, wish.group_id))


# --- notices and roster -----------------------------------------------------------------------------------------
@router.get("/notices")
def notices(call: Reading) -> tuple[Notice, ...]:
    return call.read(call.desk.notices.all)


@router.post("/notices", response_model=Notice)
def add_notice(call: Changing, wish: NewNotice) -> Any:
    return call.once(Notice, lambda unit, actor: call.desk.notices.add(unit, actor, wish))


@router.post("/notices/{notice_id}/end", status_code=200)
def end_notice(call: Changing, notice_id: str) -> Response:
    return call.once(None, lambda unit, actor: call.desk.notices.end(unit, actor, notice_id))


@router.get("/roster")
def roster(call: Reading, day: date) -> tuple[RosterEntry, ...]:
    return call.read(lambda unit, actor: call.desk.roster.of(unit, actor, day))


@router.get("/people")
def people(call: Reading) -> tuple[UserInfo, ...]:
    return call.read(call.desk.roster.people)


@router.post("/roster", response_model=RosterEntry)
def add_roster(call: Changing, wish: NewRosterEntry) -> Any:
    return call.once(RosterEntry, lambda unit, actor: call.desk.roster.add(unit, actor, wish))


@router.post("/roster/{entry_id}/drop", status_code=200)
def drop_roster(call: Changing, entry_id: str) -> Response:
    return call.once(None, lambda unit, actor: call.desk.roster.drop(unit, actor, entry_id))
