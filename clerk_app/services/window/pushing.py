"""How each kind of outbox entry reaches the server, alone or in a batch, and what its answer changes in the window's
store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError

from clerk_app.domain.acts import CaseAct
from clerk_app.domain.errors import Fault
from clerk_app.ports.hall import CaseAck, RatingAck
from clerk_app.ports.hall_cases import (
    ActAck,
    ConsultationRecord,
    FullCounter,
    SealUse,
    SignatureRecord,
    Stored,
    VisitRecord,
)
from clerk_app.ports.hall_running import EmergencyMerged, EmergencyVisit
from clerk_app.ports.hall_sync import BatchRecord, RecordKind
from clerk_app.ports.window import OutboxEntry, OutboxKind, WindowUnit
from clerk_app.services import sending
from clerk_app.services.window import records

Ack = CaseAck | RatingAck | ActAck | Stored | EmergencyMerged

OTHER_CASE = "服务器的回答对不上这一件，先不算上传。请技术员看服务器的版本"


def send(counter: FullCounter, entry: OutboxEntry) -> Ack:
    """One request under the entry's key. Raises what the server answers, ``Fault`` for an answer that does not fit."""
    return _SENDERS[entry.kind](counter, entry)


def _case(counter: FullCounter, entry: OutboxEntry) -> Ack:
    return fitting(entry, counter.store_case(records.load_case_record(entry.payload), key=entry.key))


def _act(counter: FullCounter, entry: OutboxEntry) -> Ack:
    return fitting(entry, counter.store_act(records.load(CaseAct, entry.payload), key=entry.key))


def _rating(counter: FullCounter, entry: OutboxEntry) -> Ack:
    return counter.store_rating(records.load_rating_record(entry.payload), key=entry.key)


def _seal_use(counter: FullCounter, entry: OutboxEntry) -> Ack:
    return counter.store_seal_use(records.load(SealUse, entry.payload), key=entry.key)


def _visit(counter: FullCounter, entry: OutboxEntry) -> Ack:
    return counter.store_visit(records.load(VisitRecord, entry.payload), key=entry.key)


def _consultation(counter: FullCounter, entry: OutboxEntry) -> Ack:
    return counter.store_consultation(records.load(ConsultationRecord, entry.payload), key=entry.key)


def _signature(counter: FullCounter, entry: OutboxEntry) -> Ack:
    return counter.store_signature(records.load(SignatureRecord, entry.payload), key=entry.key)


def _emergency(counter: FullCounter, entry: OutboxEntry) -> Ack:
    return counter.merge_visit(records.load(EmergencyVisit, entry.payload), key=entry.key)


_SENDERS: Final[Mapping[OutboxKind, Callable[[FullCounter, OutboxEntry], Ack]]] = {
    OutboxKind.CASE: _case,
    OutboxKind.ACT: _act,
    OutboxKind.RATING: _rating,
    OutboxKind.SEAL_USE: _seal_use,
    OutboxKind.VISIT: _visit,
    OutboxKind.CONSULTATION: _consultation,
    OutboxKind.SIGNATURE: _signature,
    OutboxKind.EMERGENCY: _emergency,
}


_BATCHED: Final = frozenset(kind.value for kind in RecordKind)
_ACKS: Final[Mapping[OutboxKind, type[Any]]] = {
    OutboxKind.CASE: CaseAck,
    OutboxKind.ACT: ActAck,
    OutboxKind.RATING: RatingAck,
}


def goes_in_batches(entry: OutboxEntry) -> bool:
    """Whether the server takes this kind together with others."""
    return entry.kind.value in _BATCHED


def packs(entries: Sequence[OutboxEntry]) -> Iterator[list[OutboxEntry]]:
    """Neighbours that go together, in order; what goes in no batch alone."""
    return sending.packs(entries, _weight)


def _weight(entry: OutboxEntry) -> int | None:
    return len(json.dumps(entry.payload, ensure_ascii=False).encode()) if goes_in_batches(entry) else None


def record_of(entry: OutboxEntry) -> BatchRecord:
    """The stored payload as it is: a window that was upgraded meanwhile sends the very same content."""
    return BatchRecord(entry.kind.value, entry.key, entry.stream, entry.payload)


def ack_of(entry: OutboxEntry, answer: dict[str, Any] | None) -> Ack:
    """The acknowledgement out of a batch. ``Fault`` for an answer that does not fit."""
    try:
        ack: Ack = records.load(_ACKS.get(entry.kind, Stored), answer or {})
    except ValidationError as error:
        raise Fault(OTHER_CASE) from error
    return fitting(entry, ack)


def fitting(entry: OutboxEntry, ack: Ack) -> Ack:
    """The acknowledgement, if it speaks of this entry; ``Fault`` otherwise."""
    told = entry.payload
    if isinstance(ack, CaseAck):
        fits = ack.revision == told.get("revision", 1)
    elif isinstance(ack, ActAck):
        fits = (ack.act_id, ack.case_id) == (told.get("act_id"), told.get("case_id"))
    else:
        fits = True
    if not fits:
        raise Fault(OTHER_CASE)
    return ack


def keep(unit: WindowUnit, entry: OutboxEntry, ack: Ack) -> tuple[str, str, dict[str, Any]]:
    """Write the acknowledgement into the store; returns the journal entry to make: kind, subject, payload."""
    if isinstance(ack, CaseAck):
        unit.cases.acknowledged(entry.stream, ack.record_id, ack.case_no, ack.synced_at)
        payload = {"case_no": ack.case_no, "revision": ack.revision, "server_epoch": ack.epoch}
        return "case.synced", entry.stream, payload
    if isinstance(ack, ActAck):
        unit.acts.acknowledged(ack.act_id, ack.position)
        return "act.synced", ack.case_id, {"act_id": ack.act_id, "position": ack.position, "server_epoch": ack.epoch}
    if isinstance(ack, RatingAck):
        unit.ratings.acknowledged(ack.rating_id, ack.synced_at)
        return "rating.synced", entry.stream, {"rating_id": ack.rating_id}
    if isinstance(ack, EmergencyMerged):
        row = unit.emergency.get(entry.stream)
        if row is not None:
            unit.emergency.put(replace(row, merged_id=ack.ticket.ticket_id, conflict=ack.conflict))
        payload = {"ticket_id": ack.ticket.ticket_id, "conflict": bool(ack.conflict)}
        return "emergency.synced", entry.stream, payload
    return f"{entry.kind.value}.synced", entry.stream, {"record_id": ack.record_id}


def epoch_of(ack: Ack) -> str | None:
    """The server store's epoch, where the answer tells it."""
    return ack.epoch if isinstance(ack, CaseAck | ActAck) else None
