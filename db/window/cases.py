"""Numbers, drafts and concluded cases in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from clerk_app.domain.cases import CaseState
from clerk_app.domain.errors import Conflict
from clerk_app.ports.window import Binding, CaseDates, CaseRow, DraftRow
from db.window.models import BindingTable, CaseTable, DraftTable, FactTable, SeriesTable

_BINDING = BindingTable.__table__.c
_FACT = FactTable.__table__.c
_SERIES = SeriesTable.__table__.c
_DRAFT = DraftTable.__table__.c
_CASE = CaseTable.__table__.c


def values_of(record: Any) -> dict[str, Any]:
    """Field name → value, not going into the values."""
    return {item.name: getattr(record, item.name) for item in fields(record)}


def columns_of(kind: type, table: Any) -> list[Any]:
    """The table's columns that a record class has fields for, in that order."""
    return [table[item.name] for item in fields(kind)]


_made: dict[tuple[type, str], Select[Any]] = {}


def rows_of(kind: type, table: Any, hall_id: str) -> Select[Any]:
    """All records of a kind, which has one table. Made once: building the statements of a unit of work took longer
    than most units do."""
    if (kind, hall_id) not in _made:
        _made[kind, hall_id] = select(*columns_of(kind, table)).where(table.hall_id == hall_id)
    return _made[kind, hall_id]


class SqlBinding:
    """``BindingStore`` in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def binding(self) -> Binding | None:
        row = self._db.execute(select(*columns_of(Binding, _BINDING)).where(_BINDING.hall_id == self._hall)).first()
        return Binding(*row) if row else None

    def bind(self, binding: Binding) -> None:
        values = values_of(binding)
        self._db.execute(
            upsert(BindingTable).values(**values).on_conflict_do_update(index_elements=["hall_id"], set_=values)
        )

    def fact(self, name: str) -> str | None:
        found = select(_FACT.value).where(_FACT.hall_id == self._hall, _FACT.name == name)
        return self._db.execute(found).scalar_one_or_none()

    def set_fact(self, name: str, value: str) -> None:
        row = upsert(FactTable).values(hall_id=self._hall, name=name, value=value)
        self._db.execute(row.on_conflict_do_update(index_elements=["hall_id", "name"], set_={"value": value}))


class SqlNumbers:
    """``NumberStore`` in one transaction; the store has one writer, so the last value cannot move in between."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def last(self, series: str) -> int:
        found = select(_SERIES.last).where(_SERIES.hall_id == self._hall, _SERIES.series == series)
        return self._db.execute(found).scalar_one_or_none() or 0

    def take(self, series: str, value: int) -> None:
        if value != self.last(series) + 1:
            raise Conflict("编号已被占用，请再按一次")
        row = upsert(SeriesTable).values(hall_id=self._hall, series=series, last=value)
        self._db.execute(row.on_conflict_do_update(index_elements=["hall_id", "series"], set_={"last": value}))

    def jump(self, by: int) -> None:
        self._db.execute(update(SeriesTable).where(_SERIES.hall_id == self._hall).values(last=_SERIES.last + by))


class SqlDrafts:
    """``DraftStore`` in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id
        self._read = rows_of(DraftRow, _DRAFT, hall_id)

    def put(self, draft: DraftRow) -> None:
        values = values_of(draft)
        row = upsert(DraftTable).values(hall_id=self._hall, **values)
        self._db.execute(row.on_conflict_do_update(index_elements=["hall_id", "case_id"], set_=values))

    def get(self, case_id: str) -> DraftRow | None:
        row = self._db.execute(self._read.where(_DRAFT.case_id == case_id)).first()
        return DraftRow(*row) if row else None

    def open(self) -> list[DraftRow]:
        rows = self._db.execute(self._read.where(_DRAFT.abandoned_at.is_(None)).order_by(_DRAFT.saved_at.desc()))
        return [DraftRow(*row) for row in rows]

    def received_before(self, at: datetime) -> list[DraftRow]:
        rows = self._db.execute(self._read.where(_DRAFT.received_at < at).order_by(_DRAFT.received_at))
        return [DraftRow(*row) for row in rows]

    def of_ticket(self, ticket_id: str) -> list[DraftRow]:
        rows = self._db.execute(self._read.where(_DRAFT.ticket_id == ticket_id).order_by(_DRAFT.saved_at.desc()))
        return [DraftRow(*row) for row in rows]

    def delete(self, case_id: str) -> None:
        self._db.execute(delete(DraftTable).where(_DRAFT.hall_id == self._hall, _DRAFT.case_id == case_id))


class SqlCases:
    """``CaseStore`` in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id
        self._read = rows_of(CaseRow, _CASE, hall_id)
        self._own = self._read.where(_CASE.origin == "")

    def add(self, case: CaseRow, body: dict[str, Any]) -> None:
        self._db.execute(insert(CaseTable).values(hall_id=self._hall, body=body, **values_of(case)))

    def get(self, case_id: str) -> CaseRow | None:
        row = self._db.execute(self._read.where(_CASE.case_id == case_id)).first()
        return CaseRow(*row) if row else None

    def body(self, case_id: str) -> dict[str, Any]:
        found = select(_CASE.body).where(_CASE.hall_id == self._hall, _CASE.case_id == case_id)
        body: dict[str, Any] = self._db.execute(found).scalar_one()
        return body

    def acknowledged(self, case_id: str, record_id: str, case_no: str, synced_at: datetime) -> None:
        self._db.execute(
            update(CaseTable)
            .where(_CASE.hall_id == self._hall, _CASE.case_id == case_id)
            .values(record_id=record_id, case_no=case_no, synced_at=synced_at)
        )

    def moved(self, case_id: str, state: CaseState, dates: CaseDates) -> None:
        self._db.execute(
            update(CaseTable)
            .where(_CASE.hall_id == self._hall, _CASE.case_id == case_id)
            .values(state=state, **values_of(dates))
        )

    def of_day(self, day: date, user_id: str) -> list[CaseRow]:
        mine = self._own.where(_CASE.day == day, _CASE.user_id == user_id)
        rows = mine.order_by(_CASE.concluded_at, _CASE.case_id)
        return [CaseRow(*row) for row in self._db.execute(rows)]

    def of_ticket(self, ticket_id: str) -> list[CaseRow]:
        rows = self._own.where(_CASE.ticket_id == ticket_id).order_by(_CASE.concluded_at, _CASE.case_id)
        return [CaseRow(*row) for row in self._db.execute(rows)]

    def in_state(self, states: Sequence[CaseState], since: datetime) -> list[CaseRow]:
        rows = self._own.where(_CASE.state.in_(states), _CASE.concluded_at >= since).order_by(
            _CASE.concluded_at, _CASE.case_id
        )
        return [CaseRow(*row) for row in self._db.execute(rows)]

    def find(self, text: str, limit: int) -> list[CaseRow]:
        end = f"%{_escaped(_bare(text.upper()))}"
        matches = [
            _bare_column(_CASE.case_number).like(end, escape="\\"),
            _bare_column(_CASE.document_number).like(end, escape="\\"),
            _CASE.ticket_number == text.upper(),
            _CASE.applicant_name.like(f"%{_escaped(text)}%", escape="\\"),
        ]
        rows = self._read.where(or_(*matches)).order_by(_CASE.concluded_at.desc(), _CASE.case_id.desc()).limit(limit)
        return [CaseRow(*row) for row in self._db.execute(rows)]


_NOT_TYPED = ("-", " ", "号")


def _bare(text: str) -> str:
    for mark in _NOT_TYPED:
        text = text.replace(mark, "")
    return text


def _bare_column(column: ColumnElement[str]) -> ColumnElement[str]:
    for mark in _NOT_TYPED:
        column = func.replace(column, mark, "")
    return column


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
