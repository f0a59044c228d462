"""Appointments: platforms and clerks book, kiosks and clerks check in (docs/online-api.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from clerk_app.ports.hall_queue import CardPerson, TicketTaken
from clerk_app.ports.hall_running import Appointment, BookSlot, CheckIn, Slot
from clerk_app.server.calls import Changing, Reading

router = APIRouter(prefix="/v1/appointments", tags=["appointments"])


@dataclass(frozen=True, slots=True)
class Cancelling:
    """Which one; the code stands in no address, so that no log keeps it."""

    code: str


@router.get("/slots")
def slots(call: Reading, group_id: Annotated[str, Query(max_length=36)], day: date) -> tuple[Slot, ...]:
    return call.read(lambda unit, actor: call.desk.appointments.slots(unit, actor, group_id, day))


@router.post("", response_model=Appointment)
def book(call: Changing, wish: BookSlot) -> Any:
    return call.once(Appointment, lambda unit, actor: call.desk.appointments.book(unit, actor, wish))


@router.post("/find")
def find(call: Reading, card: CardPerson) -> Appointment | None:
    """By POST, so that the number of the card stands in no address."""
    return call.read(lambda unit, actor: call.desk.appointments.find(unit, actor, card))


@router.post("/cancel", response_model=Appointment)
def cancel(call: Changing, which: Cancelling) -> Any:
    return call.once(Appointment, lambda unit, actor: call.desk.appointments.cancel(unit, actor, which.code))


@router.post("/check-in", response_model=TicketTaken)
def check_in(call: Changing, wish: CheckIn) -> Any:
    return call.once(TicketTaken, lambda unit, actor: call.desk.appointments.check_in(unit, actor, wish))
