"""Batches for tests: values of the API as records on their way, as a window makes them."""

from __future__ import annotations

from typing import Any

from clerk_app.domain.acts import CaseAct
from clerk_app.ports.hall import CaseRecord, RatingRecord
from clerk_app.ports.hall_cases import ConsultationRecord, SealUse, SignatureRecord, VisitRecord
from clerk_app.ports.hall_sync import Batch, BatchRecord, RecordKind
from clerk_app.services.hall import records
from support.case_flow import uuid

KINDS: dict[type[Any], RecordKind] = {
    CaseRecord: RecordKind.CASE,
    CaseAct: RecordKind.ACT,
    RatingRecord: RecordKind.RATING,
    SealUse: RecordKind.SEAL_USE,
    VisitRecord: RecordKind.VISIT,
    ConsultationRecord: RecordKind.CONSULTATION,
    SignatureRecord: RecordKind.SIGNATURE,
}


def on_its_way(value: Any, key: str, stream: str = "", **unknown: Any) -> BatchRecord:
    """``unknown`` are fields of a newer window."""
    body = records.dump(value) | unknown
    return BatchRecord(KINDS[type(value)].value, key, stream or getattr(value, "case_id", None) or key, body)


def batch(*values: Any) -> Batch:
    """Each under a key of its own; what is a record already stays one."""
    made = [
        value if isinstance(value, BatchRecord) else on_its_way(value, uuid(number, 900))
        for number, value in enumerate(values, 1)
    ]
    return Batch(tuple(made))
