"""Cases after their conclusion: acts, work lists, approvals, seals, and what windows report beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from clerk_app.domain.acts import Approval, CaseAct
from clerk_app.ports.hall_cases import (
    ActAck,
    ApprovalRequest,
    ConsultationRecord,
    SealUse,
    ServerCase,
    SignatureRecord,
    Stored,
    TripCount,
    VisitRecord,
    WorkKind,
    WorkLine,
)
from clerk_app.server.calls import Changing, Reading

router = APIRouter(prefix="/v1", tags=["cases"])


@dataclass(frozen=True, slots=True)
class ResultSearch:
    """Whose results; in the body, because addresses are written to logs on the way."""

    id_number: str = field(repr=False)


@router.post("/acts", response_model=ActAck)
def store_act(call: Changing, act: CaseAct) -> Any:
    sent = call.sent()
    return call.once(ActAck, lambda unit, actor: call.desk.files.store_act(unit, actor, act, sent))


@router.get("/case-file")
def server_case(call: Reading, reference: Annotated[str, Query(min_length=1, max_length=160)]) -> ServerCase:
    """By case id, case number or 办件编号; looking leaves a trace."""
    return call.write(lambda unit, actor: call.desk.files.server_case(unit, actor, reference))


@router.get("/work/{kind}")
def work(call: Reading, kind: WorkKind) -> tuple[WorkLine, ...]:
    """A work list, the most urgent first, at most 200; applicants are masked."""
    return call.read(lambda unit, actor: call.desk.lists.work(unit, actor, kind))


@router.post("/results")
def results_of(call: Reading, search: ResultSearch) -> tuple[WorkLine, ...]:
    """What one person can take along. Has no idempotency key: it changes nothing but leaves a trace."""
    return call.write(lambda unit, actor: call.desk.lists.results_of(unit, actor, search.id_number))


@router.post("/approvals")
def approve(call: Reading, request: ApprovalRequest) -> Approval:
    """Has no idempotency key: a digest of a password is never stored, and a second consent does no harm."""
    try:
        return call.desk.approvals.approve(call.caller, request)
    finally:
        call.desk.committed(call.caller.actor.hall_id)


@router.post("/seal-uses", response_model=Stored)
def store_seal_use(call: Changing, use: SealUse) -> Any:
    return call.once(Stored, lambda unit, actor: call.desk.seals.store(unit, actor, use))


@router.get("/seal-uses")
def seal_register(call: Reading, day: date) -> tuple[SealUse, ...]:
    """Both seals, of one day, in order."""
    return call.read(lambda unit, actor: call.desk.seals.register(unit, actor, day))


@router.post("/visits", response_model=Stored)
def store_visit(call: Changing, visit: VisitRecord) -> Any:
    return call.once(Stored, lambda unit, actor: call.desk.visits.store_visit(unit, actor, visit), patient=True)


@router.get("/trips")
def trips(call: Reading, reference: Annotated[str, Query(min_length=1, max_length=160)]) -> TripCount:
    """How often somebody came for a case, by both rules."""
    return call.read(lambda unit, actor: call.desk.trips.of_case(unit, actor, reference))


@router.post("/consultations", response_model=Stored)
def store_consultation(call: Changing, consultation: ConsultationRecord) -> Any:
    return call.once(
        Stored, lambda unit, actor: call.desk.visits.store_consultation(unit, actor, consultation), patient=True
    )


@router.post("/signatures", response_model=Stored)
def store_signature(call: Changing, signature: SignatureRecord) -> Any:
    return call.once(
        Stored, lambda unit, actor: call.desk.visits.store_signature(unit, actor, signature), patient=True
    )
