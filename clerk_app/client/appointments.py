"""Appointments over HTTP: ``Appointing`` of ``clerk_app.ports.hall_running``."""

from __future__ import annotations

from datetime import date

from clerk_app.client.calls import Calls
from clerk_app.ports.hall_queue import CardPerson, TicketTaken
from clerk_app.ports.hall_running import Appointment, BookSlot, CheckIn, Slot


class AppointmentCalls(Calls):
    """The part of ``HallClient`` that books and checks in."""

    def slots(self, group_id: str, day: date) -> tuple[Slot, ...]:
        query = {"group_id": group_id, "day": day.isoformat()}
        found: tuple[Slot, ...] = self._get("/v1/appointments/slots", tuple[Slot, ...], query)
        return found

    def book(self, wish: BookSlot, *, key: str | None = None) -> Appointment:
        made: Appointment = self._post("/v1/appointments", Appointment, key, wish, BookSlot)
        return made

    def find_appointment(self, card: CardPerson) -> Appointment | None:
        found: Appointment | None = self._ask("/v1/appointments/find", Appointment | None, card, CardPerson)
        return found

    def cancel_appointment(self, code: str, *, key: str | None = None) -> Appointment:
        path = "/v1/appointments/cancel"
        found: Appointment = self._post(path, Appointment, key, {"code": code}, dict[str, str])
        return found

    def check_in(self, wish: CheckIn, *, key: str | None = None) -> TicketTaken:
        taken: TicketTaken = self._post("/v1/appointments/check-in", TicketTaken, key, wish, CheckIn)
        return taken
