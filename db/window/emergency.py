"""Blocks, and whom the window served without the server, in SQL."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from clerk_app.ports.window_emergency import EmergencyRow, WindowBlock
from db.window.cases import columns_of, rows_of, values_of
from db.window.emergency_models import BlockTable, EmergencyTable

_B = BlockTable.__table__.c
_E = EmergencyTable.__table__.c


class SqlEmergency:
    """``EmergencyRows`` in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id
        self._read = rows_of(EmergencyRow, _E, hall_id)

    def blocks(self, device_id: str) -> list[WindowBlock]:
        rows = (
            select(*columns_of(WindowBlock, _B))
            .where(_B.hall_id == self._hall, _B.device_id == device_id)
            .order_by(_B.block_no)
        )
        return [WindowBlock(*row) for row in self._db.execute(rows)]

    def add_block(self, block: WindowBlock) -> None:
        row = upsert(BlockTable).values(hall_id=self._hall, **values_of(block))
        self._db.execute(row.on_conflict_do_nothing())

    def drop_block(self, block_no: int) -> None:
        self._db.execute(delete(BlockTable).where(_B.hall_id == self._hall, _B.block_no == block_no))

    def put(self, row: EmergencyRow) -> None:
        values = values_of(row)
        fresh = upsert(EmergencyTable).values(hall_id=self._hall, **values)
        del values["ticket_id"]
        self._db.execute(fresh.on_conflict_do_update(index_elements=["hall_id", "ticket_id"], set_=values))

    def get(self, ticket_id: str) -> EmergencyRow | None:
        return next(iter(self._all(_E.ticket_id == ticket_id)), None)

    def latest(self, day: date, number: str) -> EmergencyRow | None:
        found = self._all(_E.day == day, _E.number == number)
        return found[-1] if found else None

    def served_now(self) -> EmergencyRow | None:
        found = self._all(_E.called_at.is_not(None), _E.ended_at.is_(None))
        return found[-1] if found else None

    def of_day(self, day: date) -> list[EmergencyRow]:
        return self._all(_E.day == day)

    def _all(self, *wanted: ColumnElement[bool]) -> list[EmergencyRow]:
        rows = self._db.execute(self._read.where(*wanted).order_by(_E.taken_at, _E.ticket_id))
        return [EmergencyRow(*row) for row in rows]
