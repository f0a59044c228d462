"""What devices told of the time without a server, in SQL."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from clerk_app.ports.stores_hall_emergency import Stage, ToldVisit
from db.hall.emergency_models import EmergencyVisitRow
from db.hall.queue_models import NumberBlockRow

_E = EmergencyVisitRow.__table__.c
_TABLE = EmergencyVisitRow.__table__


class SqlEmergency:
    """``EmergencyStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def get(self, told_id: str) -> ToldVisit | None:
        return next(iter(self._all(_E.told_id == told_id)), None)

    def put(self, told: ToldVisit) -> None:
        values = asdict(told) | {"stage": int(told.stage)}
        changed = self._db.execute(
            update(EmergencyVisitRow).where(_E.hall_id == self._hall, _E.told_id == told.told_id).values(**values)
        )
        if not changed.rowcount:
            self._db.execute(insert(EmergencyVisitRow).values(hall_id=self._hall, **values))

    def of_ticket(self, ticket_id: str) -> list[ToldVisit]:
        return self._all(_E.ticket_id == ticket_id)

    def conflicts(self, day: date) -> list[ToldVisit]:
        return self._all(_E.day == day, _E.conflict != "")

    def take_block(self, block_no: int, device_id: str, at: datetime) -> None:
        values = {"hall_id": self._hall, "block_no": block_no, "device_id": device_id, "reserved_at": at}
        try:
            with self._db.begin_nested():
                self._db.execute(insert(NumberBlockRow).values(**values))
        except IntegrityError:
            return

    def _all(self, *wanted: ColumnElement[bool]) -> list[ToldVisit]:
        rows = self._db.execute(
            select(_TABLE).where(_E.hall_id == self._hall, *wanted).order_by(_E.number, _E.merged_at, _E.told_id)
        )
        names = ToldVisit.__dataclass_fields__
        found = []
        for row in rows.mappings():
            values = {name: row[name] for name in names}
            found.append(ToldVisit(**(values | {"stage": Stage(row["stage"])})))
        return found
