"""The back office's pages in SQL: routes, people's departments, numbers, look-ins, and the work lists by department."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from clerk_app.domain.routing import ANY, OfficeDesk, OfficeList, Route
from clerk_app.ports.stores_hall_cases import CaseHead
from clerk_app.ports.stores_hall_office import WorkQuery
from db.hall.casefiles import HEAD_COLUMNS, head_of
from db.hall.models import CaseRow
from db.hall.office_models import OfficeLoginRow, OfficeNumberRow, OfficePersonRow, OfficeRouteRow

AFTER_RESTORE: Final = 1000
"""By how much a series jumps ahead in another life of the store: more than a hall decides between two backups."""

_C = CaseRow.__table__.c
_R = OfficeRouteRow.__table__.c
_P = OfficePersonRow.__table__.c
_N = OfficeNumberRow.__table__.c
_L = OfficeLoginRow.__table__.c


class SqlOffice:
    """``OfficeStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    # --- routes and people ------------------------------------------------------------------------------------
    def routes(self) -> list[Route]:
        rows = self._db.execute(
            select(_R.desk, _R.department, _R.matter_code, _R.responsible)
            .where(_R.hall_id == self._hall)
            .order_by(_R.desk, _R.department, _R.matter_code)
        )
        return [Route(row.desk, row.department, row.matter_code, row.responsible) for row in rows]

    def put_route(self, route: Route) -> None:
        changed = self._db.execute(update(OfficeRouteRow).where(*self._place(route)).values(responsible=route.to))
        if changed.rowcount == 0:
            self._db.execute(
                insert(OfficeRouteRow).values(
                    hall_id=self._hall,
                    desk=route.desk,
                    department=route.department,
                    matter_code=route.matter_code,
                    responsible=route.to,
                )
            )

    def drop_route(self, route: Route) -> bool:
        return self._db.execute(delete(OfficeRouteRow).where(*self._place(route))).rowcount > 0

    def _place(self, route: Route) -> tuple[ColumnElement[bool], ...]:
        return (
            _R.hall_id == self._hall,
            _R.desk == route.desk,
            _R.department == route.department,
            _R.matter_code == route.matter_code,
        )

    def departments(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for row in self._db.execute(select(_P.user_id, _P.department).where(_P.hall_id == self._hall)):
            found.setdefault(row.user_id, set()).add(row.department)
        return {user_id: frozenset(names) for user_id, names in found.items()}

    def departments_of(self, user_id: str) -> frozenset[str]:
        theirs = select(_P.department).where(_P.hall_id == self._hall, _P.user_id == user_id)
        return frozenset(self._db.execute(theirs).scalars())

    def set_departments(self, user_id: str, departments: Collection[str]) -> None:
        self._db.execute(delete(OfficePersonRow).where(_P.hall_id == self._hall, _P.user_id == user_id))
        for name in sorted(set(departments)):
            self._db.execute(insert(OfficePersonRow).values(hall_id=self._hall, user_id=user_id, department=name))

    # --- numbers ----------------------------------------------------------------------------------------------
    def next_number(self, series: str, epoch: str) -> int:
        row = self._db.execute(
            select(_N.last, _N.epoch).where(_N.hall_id == self._hall, _N.series == series)
        ).one_or_none()
        if row is None:
            return 1
        last: int = row.last
        return last + (1 if row.epoch == epoch else AFTER_RESTORE)

    def take_number(self, series: str, epoch: str, value: int) -> None:
        # Lower ones are out already: a series never goes back.
        changed = self._db.execute(
            update(OfficeNumberRow)
            .where(_N.hall_id == self._hall, _N.series == series, _N.last < value)
            .values(last=value, epoch=epoch)
        )
        if changed.rowcount == 0:
            self._db.execute(insert(OfficeNumberRow).values(hall_id=self._hall, series=series, last=value, epoch=epoch))

    # --- logins -----------------------------------------------------------------------------------------------
    def seen_at(self, session_id: str) -> datetime | None:
        seen = select(_L.seen_at).where(_L.hall_id == self._hall, _L.session_id == session_id)
        found: datetime | None = self._db.execute(seen).scalar_one_or_none()
        return found

    def set_seen(self, session_id: str, at: datetime) -> None:
        here = (_L.hall_id == self._hall, _L.session_id == session_id)
        if self._db.execute(update(OfficeLoginRow).where(*here).values(seen_at=at)).rowcount == 0:
            self._db.execute(insert(OfficeLoginRow).values(hall_id=self._hall, session_id=session_id, seen_at=at))

    # --- lists ------------------------------------------------------------------------------------------------
    def work(self, query: WorkQuery, limit: int, offset: int) -> list[CaseHead]:
        source, wanted = self._wanted(query)
        # "Nulls last" in words that every SQLite understands.
        order = (_C.instant.desc(), _C.due_at.is_(None), _C.due_at, _C.since, _C.case_id)
        statement = select(*HEAD_COLUMNS).select_from(source).where(wanted).order_by(*order)
        return [head_of(row) for row in self._db.execute(statement.limit(limit).offset(offset))]

    def count(self, query: WorkQuery) -> int:
        source, wanted = self._wanted(query)
        found: int = self._db.execute(select(func.count()).select_from(source).where(wanted)).scalar_one()
        return found

    def case_departments(self) -> list[str]:
        every = select(_C.department).where(_C.hall_id == self._hall, _C.opened == 1, _C.department != "")
        return sorted(self._db.execute(every.distinct()).scalars())

    def _wanted(self, query: WorkQuery) -> tuple[FromClause, ColumnElement[bool]]:
        kind = query.kind
        parts = [_C.hall_id == self._hall, _C.opened == 1, _C.state.in_(sorted(kind.states))]
        if kind is OfficeList.TO_PREPARE:
            parts.append(_C.instant == 0)
        if query.words:
            like = f"%{_escaped(query.words)}%"
            parts.append(
                or_(
                    _C.case_number.like(like, escape="\\"),
                    _C.matter_name.like(like, escape="\\"),
                    _C.case_no == query.words,
                )
            )
        if query.due_before is not None:
            parts.append(_C.due_at < query.due_before)
        if query.departments is None:
            return CaseRow.__table__, and_(*parts)
        source, whose = _responsible(kind.desk)
        parts.append(whose.in_(sorted(query.departments)))
        return source, and_(*parts)


def _responsible(desk: OfficeDesk) -> tuple[FromClause, ColumnElement[Any]]:
    """Cases with the routes that fit them, and whose they are: ``domain.routing.responsible`` as SQL. Every join is
    within one hall."""
    source: FromClause = CaseRow.__table__
    found = []
    for matter, department in (
        (_C.matter_code, _C.department),
        (_C.matter_code, literal(ANY)),
        (literal(ANY), _C.department),
        (literal(ANY), literal(ANY)),
    ):
        route = OfficeRouteRow.__table__.alias()
        fits = and_(
            route.c.hall_id == _C.hall_id,
            route.c.desk == desk,
            route.c.matter_code == matter,
            route.c.department == department,
        )
        source = source.outerjoin(route, fits)
        found.append(route.c.responsible)
    return source, func.coalesce(*found, _C.department)


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
