"""Seal register, visits, consultations, signatures and approvals in SQL: stored once, never changed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from clerk_app.domain.errors import Conflict
from clerk_app.ports.hall_cases import ConsultationRecord, SealUse, SignatureRecord, VisitRecord
from clerk_app.ports.stores_hall_cases import ApprovalRecord, StoredRecord
from db.hall.case_models import (
    ApprovalRow,
    ConsultationRow,
    SealUseRow,
    SignatureRow,
    VisitCaseRow,
    VisitRow,
)

_S = SealUseRow.__table__.c
_V = VisitRow.__table__.c
_L = VisitCaseRow.__table__.c
_K = ConsultationRow.__table__.c
_G = SignatureRow.__table__.c
_P = ApprovalRow.__table__.c
_KEYS: dict[type[Any], tuple[Any, Any]] = {
    SealUse: (_S, _S.use_id),
    VisitRecord: (_V, _V.visit),
    ConsultationRecord: (_K, _K.consultation_id),
    SignatureRecord: (_G, _G.signature_id),
}


_made: dict[type[Any], TypeAdapter[Any]] = {}


def _form(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _made:
        _made[kind] = TypeAdapter(kind)
    return _made[kind]


def _body(value: Any) -> Any:
    return _form(type(value)).dump_python(value, mode="json")


def hall_of_page(connection: Connection, page_hash: str) -> str | None:
    """The hall that gave out a public page."""
    return connection.execute(select(_K.hall_id).where(_K.page_hash == page_hash)).scalar_one_or_none()


class SqlRegisters:
    """``RegisterStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def find(self, kind: type[Any], record_id: str) -> StoredRecord | None:
        columns, key = _KEYS[kind]
        row = self._db.execute(
            select(columns.body_hash, columns.synced_at).where(columns.hall_id == self._hall, key == record_id)
        ).one_or_none()
        return None if row is None else StoredRecord(record_id, row.body_hash, row.synced_at)

    def _add(self, table: type[Any], value: Any, **columns: Any) -> None:
        self._db.execute(insert(table).values(hall_id=self._hall, body=_body(value), **columns))

    def add_seal_use(self, use: SealUse, body_hash: str, synced_at: datetime) -> None:
        self._add(
            SealUseRow,
            use,
            use_id=use.use_id,
            seal=use.seal,
            case_id=use.case_id,
            at=use.at,
            body_hash=body_hash,
            synced_at=synced_at,
        )

    def seal_uses(self, since: datetime, until: datetime) -> list[SealUse]:
        rows = self._db.execute(
            select(_S.body).where(_S.hall_id == self._hall, _S.at >= since, _S.at < until).order_by(_S.at, _S.use_id)
        )
        return [_form(SealUse).validate_python(row.body) for row in rows]

    def add_visit(self, visit: VisitRecord, body_hash: str, synced_at: datetime) -> None:
        self._add(
            VisitRow,
            visit,
            visit=visit.visit,
            began_at=visit.began_at,
            body_hash=body_hash,
            synced_at=synced_at,
        )
        for case_id in dict.fromkeys(visit.case_ids):
            self._db.execute(insert(VisitCaseRow).values(hall_id=self._hall, case_id=case_id, visit=visit.visit))

    def visits_of(self, case_id: str) -> list[VisitRecord]:
        rows = self._db.execute(
            select(_V.body)
            .join(VisitCaseRow, (_L.hall_id == _V.hall_id) & (_L.visit == _V.visit))
            .where(_L.hall_id == self._hall, _L.case_id == case_id)
            .order_by(_V.began_at, _V.visit)
        )
        return [_form(VisitRecord).validate_python(row.body) for row in rows]

    def add_consultation(
        self, consultation: ConsultationRecord, page_hash: str | None, body_hash: str, synced_at: datetime
    ) -> None:
        try:
            with self._db.begin_nested():
                self._add(
                    ConsultationRow,
                    consultation,
                    consultation_id=consultation.consultation_id,
                    given_at=consultation.given_at,
                    page_hash=page_hash,
                    body_hash=body_hash,
                    synced_at=synced_at,
                )
        except IntegrityError:
            raise Conflict("这个告知单的网页编号已经用过，请重新生成一张") from None

    def consultation_of_page(self, page_hash: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self._db.execute(
            select(_K.body).where(_K.hall_id == self._hall, _K.page_hash == page_hash)
        ).scalar_one_or_none()
        return found

    def add_signature(self, signature: SignatureRecord, body_hash: str, synced_at: datetime) -> None:
        self._add(
            SignatureRow,
            signature,
            signature_id=signature.signature_id,
            case_id=signature.case_id,
            signed_at=signature.signed_at,
            body_hash=body_hash,
            synced_at=synced_at,
        )

    def add_approval(self, approval: ApprovalRecord) -> None:
        self._db.execute(insert(ApprovalRow).values(hall_id=self._hall, **asdict(approval)))

    def approval(self, approval_id: str) -> ApprovalRecord | None:
        row = self._db.execute(
            select(ApprovalRow.__table__).where(_P.hall_id == self._hall, _P.approval_id == approval_id)
        ).one_or_none()
        if row is None:
            return None
        found = dict(row._mapping)
        del found["hall_id"]
        return ApprovalRecord(**found)

    def use_approval(self, approval_id: str, act_id: str) -> None:
        self._db.execute(
            update(ApprovalRow)
            .where(_P.hall_id == self._hall, _P.approval_id == approval_id, _P.used_by == "")
            .values(used_by=act_id)
        )
