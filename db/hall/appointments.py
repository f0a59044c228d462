"""Appointments in SQL."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from clerk_app.domain.errors import Conflict
from clerk_app.ports.hall_running import AppointmentState
from clerk_app.ports.stores_hall_running import AppointmentRecord
from db.hall.queue_models import AppointmentRow

_A = AppointmentRow.__table__.c
_TABLE = AppointmentRow.__table__


class SqlAppointments:
    """``AppointmentStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def add(self, appointment: AppointmentRecord, places: int) -> bool:
        values = {name: getattr(appointment, name) for name in AppointmentRecord.__dataclass_fields__}
        values |= {"hall_id": self._hall, "matters": list(appointment.matters)}
        taken = set(self._db.execute(select(_A.place).where(*self._in_slot(appointment))).scalars())
        # Two writers of PostgreSQL may find the same place free: the unique index refuses one, which tries the next.
        for place in range(places):
            if place in taken:
                continue
            try:
                with self._db.begin_nested():
                    self._db.execute(insert(AppointmentRow).values(place=place, **values))
                return True
            except IntegrityError as error:
                text = str(error.orig)
                if "person_hash" in text or "uq_appointment_person" in text:
                    raise Conflict("这位这个时段已经有预约，不用再约") from None
                if "place" not in text:
                    raise Conflict("预约码重了，请再试一次") from None
        return False

    def _in_slot(self, appointment: AppointmentRecord) -> tuple[ColumnElement[bool], ...]:
        return (
            _A.hall_id == self._hall,
            _A.group_id == appointment.group_id,
            _A.starts_at == appointment.starts_at,
            _A.state != AppointmentState.CANCELLED,
        )

    def booked(self, group_id: str, day: date) -> dict[datetime, int]:
        rows = self._db.execute(
            select(_A.starts_at, func.count())
            .where(
                *(_A.hall_id == self._hall, _A.day == day, _A.group_id == group_id),
                _A.state != AppointmentState.CANCELLED,
            )
            .group_by(_A.starts_at)
        )
        return {row[0]: row[1] for row in rows}

    def by_code(self, code: str) -> AppointmentRecord | None:
        return self._one(_A.code == code)

    def of_person(self, person_hash: str, day: date) -> list[AppointmentRecord]:
        rows = self._db.execute(
            select(_TABLE)
            .where(_A.hall_id == self._hall, _A.person_hash == person_hash, _A.day == day)
            .order_by(_A.starts_at)
        )
        return [_record(row) for row in rows]

    def _one(self, *which: object) -> AppointmentRecord | None:
        row = self._db.execute(
            select(_TABLE).where(_A.hall_id == self._hall, *which)  # type: ignore[arg-type]
        ).one_or_none()
        return None if row is None else _record(row)

    def change(
        self, appointment_id: str, expected: AppointmentState, state: AppointmentState, ticket_id: str | None = None
    ) -> None:
        done = self._db.execute(
            update(AppointmentRow)
            .where(_A.hall_id == self._hall, _A.appointment_id == appointment_id, _A.state == expected)
            .values(state=state, ticket_id=ticket_id)
        )
        if done.rowcount == 0:
            raise Conflict("这个预约刚刚被别处改过，请再查一次")


def _record(row: object) -> AppointmentRecord:
    values = {name: getattr(row, name) for name in AppointmentRecord.__dataclass_fields__}
    values["matters"] = tuple(values["matters"])
    return AppointmentRecord(**values)
