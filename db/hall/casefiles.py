"""Acts and standings of cases in SQL, and the work lists over them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from clerk_app.domain.cases import CaseState
from clerk_app.domain.errors import Conflict
from clerk_app.ports.stores_hall_cases import ActWrite, CaseHead, CaseStanding, StoredAct
from db.hall.case_models import CaseActRow, CasePersonRow
from db.hall.models import CaseRow

_C = CaseRow.__table__.c
_A = CaseActRow.__table__.c
_P = CasePersonRow.__table__.c
_FLAGS = ("opened", "instant", "quantity_limited", "owes")
_STANDING = tuple(item.name for item in fields(CaseStanding))
HEAD_COLUMNS = (
    *(_C.case_id, _C.case_number, _C.case_no, _C.window_no, _C.matter_code, _C.received_at),
    *(_C[name] for name in _STANDING),
)


def standing_values(standing: CaseStanding) -> dict[str, Any]:
    """The columns of a standing."""
    values = {name: getattr(standing, name) for name in _STANDING}
    return values | {name: int(values[name]) for name in _FLAGS}


def head_of(row: Row[Any]) -> CaseHead:
    """The head of a row that has ``HEAD_COLUMNS``."""
    found = {name: getattr(row, name) for name in _STANDING}
    found |= {name: bool(found[name]) for name in _FLAGS}
    found["since"] = row.since or row.received_at
    return CaseHead(row.case_id, row.case_number, row.case_no, row.window_no, row.matter_code, CaseStanding(**found))


class SqlCaseFiles:
    """``CaseFileStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def locate(self, reference: str) -> str | None:
        # Three searches by an index each; one with OR would be none. The numbers never look like an id.
        for column in (_C.case_id, _C.case_number, _C.case_no):
            found: str | None = self._db.execute(
                select(_C.case_id).where(_C.hall_id == self._hall, column == reference)
            ).scalar_one_or_none()
            if found is not None:
                return found
        return None

    def next_number(self, case_number: str) -> tuple[str, str] | None:
        row = self._db.execute(
            select(_C.case_number, _C.case_id)
            .where(_C.hall_id == self._hall, _C.case_number >= case_number)
            .order_by(_C.case_number)
            .limit(1)
        ).one_or_none()
        return None if row is None else (row.case_number, row.case_id)

    def head(self, case_id: str, *, lock: bool = False) -> CaseHead | None:
        statement = select(*HEAD_COLUMNS).where(_C.hall_id == self._hall, _C.case_id == case_id)
        # Nothing on SQLite, which has one writer anyway.
        row = self._db.execute(statement.with_for_update() if lock else statement).one_or_none()
        return None if row is None else head_of(row)

    def set_standing(self, case_id: str, standing: CaseStanding) -> None:
        self._db.execute(
            update(CaseRow).where(_C.hall_id == self._hall, _C.case_id == case_id).values(**standing_values(standing))
        )

    def find_act(self, act_id: str) -> StoredAct | None:
        row = self._db.execute(
            select(_A.act_id, _A.case_id, _A.position, _A.state, _A.body_hash, _A.synced_at).where(
                _A.hall_id == self._hall, _A.act_id == act_id
            )
        ).one_or_none()
        return None if row is None else StoredAct(**row._mapping)

    def acts(self, case_id: str) -> list[dict[str, Any]]:
        return list(
            self._db.execute(
                select(_A.body).where(_A.hall_id == self._hall, _A.case_id == case_id).order_by(_A.position)
            ).scalars()
        )

    def add_act(self, act: ActWrite) -> None:
        try:
            with self._db.begin_nested():
                self._db.execute(insert(CaseActRow).values(hall_id=self._hall, **asdict(act)))
        except IntegrityError:
            raise Conflict("这一件刚刚在别处办了一步，请看一眼最新状态") from None

    def listed(
        self, states: Collection[CaseState], limit: int, *, instant: bool | None = None, owing: bool = False
    ) -> list[CaseHead]:
        wanted = [_C.hall_id == self._hall, _C.opened == 1, _C.state.in_(sorted(states))]
        if instant is not None:
            wanted.append(_C.instant == int(instant))
        if owing:
            wanted.append(_C.owes == 1)
        due = _C.owed_due_at if owing else _C.due_at
        # "Nulls last" in words that every SQLite understands.
        order = (_C.instant.desc(), due.is_(None), due, _C.since, _C.case_id)
        return self._heads(and_(*wanted), order, limit)

    def _heads(self, wanted: ColumnElement[bool], order: tuple[Any, ...], limit: int) -> list[CaseHead]:
        statement = select(*HEAD_COLUMNS).where(wanted).order_by(*order).limit(limit)
        return [head_of(row) for row in self._db.execute(statement)]

    def set_people(self, case_id: str, digests: Collection[str]) -> None:
        self._db.execute(delete(CasePersonRow).where(_P.hall_id == self._hall, _P.case_id == case_id))
        for digest in sorted(set(digests)):
            self._db.execute(insert(CasePersonRow).values(hall_id=self._hall, person_digest=digest, case_id=case_id))

    def of_person(self, digest: str, states: Collection[CaseState], limit: int) -> list[CaseHead]:
        theirs = select(_P.case_id).where(_P.hall_id == self._hall, _P.person_digest == digest)
        wanted = and_(_C.hall_id == self._hall, _C.case_id.in_(theirs), _C.opened == 1, _C.state.in_(sorted(states)))
        return self._heads(wanted, (_C.since, _C.case_id), limit)

    def sequence(self, case_id: str) -> int | None:
        here = self._db.execute(
            select(_C.matter_code, _C.accepted_at).where(_C.hall_id == self._hall, _C.case_id == case_id)
        ).one()
        if here.accepted_at is None:
            return None
        before = or_(
            _C.accepted_at < here.accepted_at,
            and_(_C.accepted_at == here.accepted_at, _C.case_id < case_id),
        )
        earlier: int = self._db.execute(
            select(func.count()).where(
                _C.hall_id == self._hall, _C.matter_code == here.matter_code, _C.quantity_limited == 1, before
            )
        ).scalar_one()
        return earlier + 1
