"""Sending on to the city's server in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from clerk_app.ports.hall_sync import OfficialNumber, RecordKind
from clerk_app.ports.stores_hall_upward import UpwardLine, UpwardRecord, UpwardRun
from db.hall.case_models import CaseActRow, ConsultationRow, SealUseRow, SignatureRow, VisitRow
from db.hall.models import CaseRow, JournalRow, RatingRow
from db.hall.upward_models import UpwardLineRow, UpwardRunRow

_R = UpwardRunRow.__table__.c
_L = UpwardLineRow.__table__.c
_C = CaseRow.__table__.c
_J = JournalRow.__table__.c
_RUN = tuple(_R[one.name] for one in fields(UpwardRun))
_LINE = tuple(_L[one.name] for one in fields(UpwardLine))
_BODIES: dict[RecordKind, tuple[type[Any], str]] = {
    RecordKind.ACT: (CaseActRow, "act_id"),
    RecordKind.RATING: (RatingRow, "rating_id"),
    RecordKind.SEAL_USE: (SealUseRow, "use_id"),
    RecordKind.VISIT: (VisitRow, "visit"),
    RecordKind.CONSULTATION: (ConsultationRow, "consultation_id"),
    RecordKind.SIGNATURE: (SignatureRow, "signature_id"),
}


def _line(row: Row[Any]) -> UpwardLine:
    found = dict(row._mapping)
    return UpwardLine(**found | {name: bool(found[name]) for name in ("is_file", "aside")})


class SqlUpward:
    """``UpwardStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    # --- the run --------------------------------------------------------------------------------------------------
    def run(self) -> UpwardRun:
        row = self._db.execute(select(*_RUN).where(_R.hall_id == self._hall)).one_or_none()
        return UpwardRun() if row is None else UpwardRun(**row._mapping)

    def hold(self, holder: str, now: datetime, until: datetime) -> bool:
        self._begin()
        free = or_(_R.holder.in_(["", holder]), _R.held_until.is_(None), _R.held_until <= now)
        taken = self._db.execute(
            update(UpwardRunRow).where(_R.hall_id == self._hall, free).values(holder=holder, held_until=until)
        )
        return bool(taken.rowcount)

    def keep(self, **changes: Any) -> None:
        self._begin()
        self._db.execute(update(UpwardRunRow).where(_R.hall_id == self._hall).values(**changes))

    def _begin(self) -> None:
        """The row, made when it is not there, and held until the transaction ends."""
        if self._db.execute(select(_R.cursor).where(_R.hall_id == self._hall).with_for_update()).first() is None:
            self._db.execute(insert(UpwardRunRow).values(hall_id=self._hall, **asdict(UpwardRun())))

    # --- records --------------------------------------------------------------------------------------------------
    def record(self, kind: RecordKind, record_id: str) -> UpwardRecord | None:
        if kind is RecordKind.CASE:
            case = self._db.execute(
                select(_C.body, _C.revision, _C.record_id, _C.case_no).where(
                    _C.hall_id == self._hall, _C.case_id == record_id
                )
            ).one_or_none()
            if case is None:
                return None
            return UpwardRecord(case.body, case.revision, OfficialNumber(case.record_id, case.case_no))
        table, key = _BODIES[kind]
        columns = table.__table__.c
        body = self._db.execute(
            select(columns.body).where(columns.hall_id == self._hall, columns[key] == record_id)
        ).scalar_one_or_none()
        return None if body is None else UpwardRecord(body)

    def waiting(self, kinds: Sequence[str], after: int) -> tuple[int, datetime | None]:
        count, first = self._db.execute(
            select(func.count(), func.min(_J.at)).where(
                _J.hall_id == self._hall, _J.feed_no > after, _J.kind.in_(list(kinds))
            )
        ).one()
        return count, first

    # --- what did not go ------------------------------------------------------------------------------------------
    def lines(self, *, files: bool, after: int, limit: int) -> list[UpwardLine]:
        here = (_L.hall_id == self._hall, _L.aside == 0, _L.is_file == int(files), _L.feed_no > after)
        return [_line(row) for row in self._db.execute(select(*_LINE).where(*here).order_by(_L.feed_no).limit(limit))]

    def set_aside(self) -> list[UpwardLine]:
        here = (_L.hall_id == self._hall, _L.aside == 1)
        return [_line(row) for row in self._db.execute(select(*_LINE).where(*here).order_by(_L.feed_no))]

    def put_lines(self, lines: Sequence[UpwardLine]) -> None:
        self.drop_lines([line.feed_no for line in lines])
        rows = [
            {"hall_id": self._hall, **asdict(line), "is_file": int(line.is_file), "aside": int(line.aside)}
            for line in lines
        ]
        if rows:
            self._db.execute(insert(UpwardLineRow), rows)

    def drop_lines(self, feed_numbers: Sequence[int]) -> None:
        if feed_numbers:
            gone = (_L.hall_id == self._hall, _L.feed_no.in_(list(feed_numbers)))
            self._db.execute(delete(UpwardLineRow).where(*gone))

    def clear(self) -> None:
        self._db.execute(delete(UpwardLineRow).where(_L.hall_id == self._hall))

    def reopen(self) -> int:
        again = self._db.execute(update(UpwardLineRow).where(_L.hall_id == self._hall, _L.aside == 1).values(aside=0))
        return again.rowcount
