"""Many new rows at once: what a batch of a window's records leaves behind, in few statements.

On PostgreSQL rows go by COPY, which costs a fraction of an INSERT each; on SQLite by one prepared INSERT.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Table, Text, bindparam, func, insert, select, tuple_
from sqlalchemy.exc import DBAPIError, IntegrityError

from clerk_app.domain.numbering import official_number, official_serial
from clerk_app.ports.stores_hall_sync import Collided, FreshCase, KeyAnswer
from db.hall.case_models import CasePersonRow
from db.hall.casefiles import standing_values
from db.hall.cases import numbering_turn
from db.hall.models import CaseRevisionRow, CaseRow, RequestKeyRow

_C = CaseRow.__table__.c
_K = RequestKeyRow.__table__.c
_TRIES = 3


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], ready: frozenset[str] = frozenset()
) -> None:
    """Insert rows that all name the same columns; those of ``ready`` are text as it is stored. Raises what an INSERT
    raises."""
    if not rows:
        return
    names = tuple(rows[0])
    if connection.dialect.name != "postgresql":
        connection.execute(_insert(table, names, ready), list(rows))
        return
    processors = _processors(table, names, ready, connection.dialect)
    columns = ", ".join(f'"{name}"' for name in names)
    statement = f'COPY "{table.name}" ({columns}) FROM STDIN'
    dbapi: Any = connection.dialect.loaded_dbapi
    try:
        with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]
            for row in rows:
                copy.write_row([made(row[name]) for name, made in zip(names, processors, strict=True)])
    except dbapi.Error as error:
        raise DBAPIError.instance(
            statement, None, error, dbapi.Error, hide_parameters=True, dialect=connection.dialect
        ) from error


@cache
def _insert(table: Table, names: tuple[str, ...], ready: frozenset[str]) -> Insert:
    values = {name: bindparam(name, type_=Text() if name in ready else table.c[name].type) for name in names}
    return insert(table).values(values)


@cache
def _processors(table: Table, names: tuple[str, ...], ready: frozenset[str], dialect: Dialect) -> tuple[Any, ...]:
    """How each column's values become the driver's."""
    types = [Text() if name in ready else table.c[name].type for name in names]
    found = [kind.dialect_impl(dialect).bind_processor(dialect) for kind in types]
    return tuple(one or (lambda value: value) for one in found)


class SqlMany:
    """``ManyStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def known_cases(self, case_ids: Collection[str]) -> set[str]:
        here = select(_C.case_id).where(_C.hall_id == self._hall, _C.case_id.in_(list(case_ids)))
        return set(self._db.execute(here).scalars())

    def add_cases(self, cases: Sequence[FreshCase]) -> dict[str, str] | None:
        for _ in range(_TRIES):
            numbers = self._numbered(cases)
            try:
                with self._db.begin_nested():
                    self._insert(cases, numbers)
            except IntegrityError:
                # Another server gave out a number meanwhile (or somebody has this one: then it stays so).
                continue
            return {case_id: case_no for case_id, (case_no, _) in numbers.items()}
        return None

    def _numbered(self, cases: Sequence[FreshCase]) -> dict[str, tuple[str, int]]:
        """Case id → official number and its serial, counted on from the newest of each base and day."""
        places = {(case.base, case.day) for case in cases}
        numbering_turn(self._db, self._hall, places)
        last = self._last_serials(places)
        found = {}
        for case in cases:
            place = (case.base, case.day)
            if case.case_no:
                given = official_serial(case.case_no, *place)
                assert given is not None, "checked before the turn"
                found[case.case_id] = (case.case_no, given)
                continue
            last[place] = serial = last.get(place, 0) + 1
            found[case.case_id] = (official_number(*place, serial), serial)
        return found

    def _last_serials(self, places: Collection[tuple[str, date]]) -> dict[tuple[str, date], int]:
        newest = (
            select(_C.case_base, _C.case_day, func.max(_C.serial))
            .where(_C.hall_id == self._hall, tuple_(_C.case_base, _C.case_day).in_(list(places)))
            .group_by(_C.case_base, _C.case_day)
        )
        return {(base, day): serial for base, day, serial in self._db.execute(newest)}

    def _insert(self, cases: Sequence[FreshCase], numbers: Mapping[str, tuple[str, int]]) -> None:
        rows = []
        for case in cases:
            case_no, serial = numbers[case.case_id]
            own = {
                "hall_id": self._hall,
                "record_id": case.record_id,
                "case_no": case_no,
                "case_base": case.base,
                "case_day": case.day,
                "serial": serial,
                "body": case.body,
            }
            rows.append(own | dict(case.values) | standing_values(case.standing))
        insert_rows(self._db, _table(CaseRow), rows, frozenset({"body"}))
        revisions = [
            {
                "hall_id": self._hall,
                "case_id": case.case_id,
                "revision": case.revision,
                "body_hash": case.body_hash,
                "synced_at": case.synced_at,
            }
            for case in cases
        ]
        insert_rows(self._db, _table(CaseRevisionRow), revisions)
        people = [
            {"hall_id": self._hall, "person_digest": digest, "case_id": case.case_id}
            for case in cases
            for digest in sorted(set(case.people))
        ]
        insert_rows(self._db, _table(CasePersonRow), people)

    def keys(self, keys: Collection[str]) -> dict[str, KeyAnswer]:
        rows = self._db.execute(
            select(_K.key, _K.body_hash, _K.response).where(_K.hall_id == self._hall, _K.key.in_(list(keys)))
        )
        return {row.key: KeyAnswer(row.key, row.body_hash, row.response) for row in rows}

    def keep_keys(self, answers: Sequence[KeyAnswer], at: datetime) -> None:
        rows = [
            {
                "hall_id": self._hall,
                "key": one.key,
                "body_hash": one.body_hash,
                "status": 200,
                "response": one.answer,
                "at": at,
            }
            for one in answers
        ]
        try:
            with self._db.begin_nested():
                insert_rows(self._db, _table(RequestKeyRow), rows)
        except IntegrityError as error:
            raise Collided from error


def _table(kind: Any) -> Table:
    found: Table = kind.__table__
    return found
