"""What follows a conclusion, in SQL: acts, signatures, seal uses, visits, consultations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, case, insert, literal_column, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from clerk_app.domain.cases import CaseStep
from clerk_app.domain.queue import VisitReason
from clerk_app.ports.window_files import ActRow, ActState, ConsultationRow, SealRow, SignatureRow, VisitRow
from db.window.cases import rows_of, values_of
from db.window.models import ActTable, ConsultationTable, SealTable, SignatureTable, VisitTable

_ACT = ActTable.__table__.c
_SIGNATURE = SignatureTable.__table__.c
_SEAL = SealTable.__table__.c
_VISIT = VisitTable.__table__.c
_CONSULTATION = ConsultationTable.__table__.c
_BEIJING = ZoneInfo("Asia/Shanghai")
# Two acts of one transaction (received, accepted) may have ids of the same millisecond: SQLite's own order of rows.
_STORED: ColumnElement[int] = literal_column("case_act.rowid")
_STATE_ORDER = {ActState.ACKNOWLEDGED.value: 0, ActState.WAITING.value: 1, ActState.REFUSED.value: 2}


def _bounds(day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time.min, _BEIJING)
    return start, start + timedelta(days=1)


class SqlActs:
    """``ActStore`` in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id
        self._read = rows_of(ActRow, _ACT, hall_id)

    def add(self, act: ActRow) -> None:
        self._db.execute(insert(ActTable).values(hall_id=self._hall, **values_of(act)))

    def get(self, act_id: str) -> ActRow | None:
        row = self._db.execute(self._read.where(_ACT.act_id == act_id)).first()
        return ActRow(*row) if row else None

    def of_case(self, case_id: str) -> list[ActRow]:
        order = case(_STATE_ORDER, value=_ACT.state)
        rows = self._read.where(_ACT.case_id == case_id).order_by(order, _ACT.position, _STORED)
        return [ActRow(*row) for row in self._db.execute(rows)]

    def waiting(self) -> list[ActRow]:
        rows = self._read.where(_ACT.state == ActState.WAITING).order_by(_STORED)
        return [ActRow(*row) for row in self._db.execute(rows)]

    def refused_since(self, since: datetime) -> list[ActRow]:
        rows = self._read.where(_ACT.state == ActState.REFUSED, _ACT.at >= since).order_by(_STORED)
        return [ActRow(*row) for row in self._db.execute(rows)]

    def last_of(self, steps: Sequence[CaseStep], since: datetime) -> dict[str, datetime]:
        rows = (
            select(_ACT.case_id, _ACT.at)
            .where(_ACT.hall_id == self._hall, _ACT.step.in_(steps), _ACT.at >= since)
            .where(_ACT.state != ActState.REFUSED)
            .order_by(_ACT.at)
        )
        return {row.case_id: row.at for row in self._db.execute(rows)}

    def acknowledged(self, act_id: str, position: int) -> None:
        self._set(act_id, state=ActState.ACKNOWLEDGED, position=position, reason="")

    def refused(self, act_id: str, reason: str) -> None:
        self._set(act_id, state=ActState.REFUSED, reason=reason)

    def merge(self, acts: Sequence[ActRow]) -> None:
        for act in acts:
            values = values_of(act)
            row = upsert(ActTable).values(hall_id=self._hall, **values)
            self._db.execute(row.on_conflict_do_update(index_elements=["hall_id", "act_id"], set_=values))

    def _set(self, act_id: str, **values: object) -> None:
        self._db.execute(update(ActTable).where(_ACT.hall_id == self._hall, _ACT.act_id == act_id).values(**values))


class SqlSignatures:
    """``SignatureStore`` in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id
        self._read = rows_of(SignatureRow, _SIGNATURE, hall_id)

    def add(self, signature: SignatureRow) -> None:
        self._db.execute(insert(SignatureTable).values(hall_id=self._hall, **values_of(signature)))

    def get(self, signature_id: str) -> SignatureRow | None:
        row = self._db.execute(self._read.where(_SIGNATURE.signature_id == signature_id)).first()
        return SignatureRow(*row) if row else None

    def of_case(self, case_id: str) -> list[SignatureRow]:
        rows = self._read.where(_SIGNATURE.case_id == case_id).order_by(_SIGNATURE.signed_at)
        return [SignatureRow(*row) for row in self._db.execute(rows)]


class SqlSeals:
    """``SealStore`` in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id
        self._read = rows_of(SealRow, _SEAL, hall_id)

    def add(self, use: SealRow) -> None:
        self._db.execute(insert(SealTable).values(hall_id=self._hall, **values_of(use)))

    def of_paper(self, paper_id: str) -> list[SealRow]:
        rows = self._read.where(_SEAL.paper_id == paper_id).order_by(_SEAL.at, _SEAL.use_id)
        return [SealRow(*row) for row in self._db.execute(rows)]

    def of_day(self, day: date) -> list[SealRow]:
        start, end = _bounds(day)
        rows = self._read.where(_SEAL.at >= start, _SEAL.at < end).order_by(_SEAL.at, _SEAL.use_id)
        return [SealRow(*row) for row in self._db.execute(rows)]


class SqlVisits:
    """``VisitStore`` in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id
        self._read = rows_of(VisitRow, _VISIT, hall_id)

    def add(self, visit: VisitRow) -> None:
        values = {**values_of(visit), "reasons": [reason.value for reason in visit.reasons]}
        values["case_ids"] = list(visit.case_ids)
        row = upsert(VisitTable).values(hall_id=self._hall, **values)
        self._db.execute(row.on_conflict_do_nothing(index_elements=["hall_id", "visit"]))

    def of_day(self, day: date) -> list[VisitRow]:
        start, end = _bounds(day)
        rows = self._read.where(_VISIT.ended_at >= start, _VISIT.ended_at < end).order_by(_VISIT.ended_at)
        return [
            VisitRow(
                row.visit,
                row.ticket_id,
                tuple(VisitReason(reason) for reason in row.reasons),
                tuple(row.case_ids),
                row.began_at,
                row.ended_at,
            )
            for row in self._db.execute(rows)
        ]


class SqlConsultations:
    """``ConsultationStore`` in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id
        self._read = rows_of(ConsultationRow, _CONSULTATION, hall_id)

    def add(self, consultation: ConsultationRow) -> None:
        self._db.execute(insert(ConsultationTable).values(hall_id=self._hall, **values_of(consultation)))

    def of_day(self, day: date) -> list[ConsultationRow]:
        start, end = _bounds(day)
        rows = self._read.where(_CONSULTATION.given_at >= start, _CONSULTATION.given_at < end)
        return [ConsultationRow(*row) for row in self._db.execute(rows.order_by(_CONSULTATION.given_at))]
