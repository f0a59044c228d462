"""What platforms sent, in SQL: pre-checks and supplements."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from clerk_app.domain.errors import Conflict
from clerk_app.ports.stores_hall_cases import StoredPreCheck, StoredSupplement
from db.hall.case_models import PreCheckRow, SupplementRow

_C = PreCheckRow.__table__.c
_S = SupplementRow.__table__.c
_COLUMNS = (
    *(_S.supplement_id, _S.case_id, _S.reference, _S.arrived_at),
    *(_S.body, _S.body_hash, _S.stored_at, _S.taken_by),
)


class SqlOnline:
    """``OnlineStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def pre_check(self, number: str) -> StoredPreCheck | None:
        row = self._db.execute(
            select(_C.body, _C.body_hash, _C.checked_at, _C.stored_at, _C.used_by).where(
                _C.hall_id == self._hall, _C.number == number
            )
        ).one_or_none()
        return None if row is None else StoredPreCheck(**row._mapping)

    def put_pre_check(
        self,
        number: str,
        matter_code: str,
        checked_at: datetime,
        valid_to: date | None,
        device_id: str,
        body: dict[str, Any],
        body_hash: str,
        stored_at: datetime,
    ) -> None:
        values = {
            "matter_code": matter_code,
            "checked_at": checked_at,
            "valid_to": valid_to,
            "device_id": device_id,
            "body": body,
            "body_hash": body_hash,
            "stored_at": stored_at,
        }
        changed = self._db.execute(
            update(PreCheckRow).where(_C.hall_id == self._hall, _C.number == number).values(**values)
        )
        if changed.rowcount:
            return
        try:
            with self._db.begin_nested():
                self._db.execute(insert(PreCheckRow).values(hall_id=self._hall, number=number, used_by="", **values))
        except IntegrityError:
            raise Conflict(f"预审 {number} 同时传来了两次，请再传一次") from None

    def use_pre_check(self, number: str, case_id: str) -> None:
        self._db.execute(
            update(PreCheckRow)
            .where(_C.hall_id == self._hall, _C.number == number, _C.used_by == "")
            .values(used_by=case_id)
        )

    def _one(self, *wanted: ColumnElement[bool]) -> StoredSupplement | None:
        row = self._db.execute(select(*_COLUMNS).where(_S.hall_id == self._hall, *wanted)).one_or_none()
        return None if row is None else StoredSupplement(**row._mapping)

    def supplement(self, supplement_id: str) -> StoredSupplement | None:
        return self._one(_S.supplement_id == supplement_id)

    def supplement_by_reference(self, case_id: str, reference: str) -> StoredSupplement | None:
        return self._one(_S.case_id == case_id, _S.reference == reference)

    def add_supplement(self, supplement: StoredSupplement, device_id: str) -> None:
        try:
            with self._db.begin_nested():
                self._db.execute(
                    insert(SupplementRow).values(
                        hall_id=self._hall,
                        supplement_id=supplement.supplement_id,
                        case_id=supplement.case_id,
                        reference=supplement.reference,
                        arrived_at=supplement.arrived_at,
                        device_id=device_id,
                        taken_by="",
                        body=supplement.body,
                        body_hash=supplement.body_hash,
                        stored_at=supplement.stored_at,
                    )
                )
        except IntegrityError:
            raise Conflict(f"这一件的补件 {supplement.reference} 同时传来了两次，请再传一次") from None

    def waiting_supplements(self, limit: int) -> list[StoredSupplement]:
        rows = self._db.execute(
            select(*_COLUMNS)
            .where(_S.hall_id == self._hall, _S.taken_by == "")
            .order_by(_S.arrived_at, _S.supplement_id)
            .limit(limit)
        )
        return [StoredSupplement(**row._mapping) for row in rows]

    def take_supplement(self, supplement_id: str, user_id: str, at: datetime) -> None:
        self._db.execute(
            update(SupplementRow)
            .where(_S.hall_id == self._hall, _S.supplement_id == supplement_id, _S.taken_by == "")
            .values(taken_by=user_id, taken_at=at)
        )
