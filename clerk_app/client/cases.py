"""Cases after their conclusion over HTTP: the ``CaseCounter`` and ``Platform`` of ``clerk_app.ports.hall_cases``."""

from __future__ import annotations

from datetime import date

from clerk_app.client.calls import Calls
from clerk_app.domain.acts import Approval, CaseAct
from clerk_app.ports.hall_cases import (
    ActAck,
    ApprovalRequest,
    ConsultationRecord,
    OnlineSupplement,
    PreCheck,
    SealUse,
    ServerCase,
    SignatureRecord,
    Stored,
    TripCount,
    VisitRecord,
    WorkKind,
    WorkLine,
)


class CaseCalls(Calls):
    """The part of ``HallClient`` that is about cases after their conclusion."""

    def store_act(self, act: CaseAct, *, key: str | None = None) -> ActAck:
        ack: ActAck = self._post("/v1/acts", ActAck, key, act, CaseAct)
        return ack

    def server_case(self, reference: str) -> ServerCase:
        found: ServerCase = self._get("/v1/case-file", ServerCase, {"reference": reference})
        return found

    def work(self, kind: WorkKind) -> tuple[WorkLine, ...]:
        found: tuple[WorkLine, ...] = self._get(f"/v1/work/{kind.value}", tuple[WorkLine, ...])
        return found

    def results_of(self, id_number: str) -> tuple[WorkLine, ...]:
        body = {"id_number": id_number}
        found: tuple[WorkLine, ...] = self._ask("/v1/results", tuple[WorkLine, ...], body, dict[str, str])
        return found

    def approve(self, request: ApprovalRequest) -> Approval:
        approval: Approval = self._ask("/v1/approvals", Approval, request, ApprovalRequest)
        return approval

    def pre_check(self, number: str) -> PreCheck:
        found: PreCheck = self._get("/v1/pre-checks", PreCheck, {"number": number})
        return found

    def supplements(self) -> tuple[OnlineSupplement, ...]:
        found: tuple[OnlineSupplement, ...] = self._get("/v1/supplements", tuple[OnlineSupplement, ...])
        return found

    def take_supplement(self, supplement_id: str, *, key: str | None = None) -> OnlineSupplement:
        taken: OnlineSupplement = self._post(f"/v1/supplements/{supplement_id}/take", OnlineSupplement, key)
        return taken

    def store_seal_use(self, use: SealUse, *, key: str | None = None) -> Stored:
        stored: Stored = self._post("/v1/seal-uses", Stored, key, use, SealUse)
        return stored

    def seal_register(self, day: date) -> tuple[SealUse, ...]:
        found: tuple[SealUse, ...] = self._get("/v1/seal-uses", tuple[SealUse, ...], {"day": day.isoformat()})
        return found

    def store_visit(self, visit: VisitRecord, *, key: str | None = None) -> Stored:
        stored: Stored = self._post("/v1/visits", Stored, key, visit, VisitRecord)
        return stored

    def store_consultation(self, consultation: ConsultationRecord, *, key: str | None = None) -> Stored:
        stored: Stored = self._post("/v1/consultations", Stored, key, consultation, ConsultationRecord)
        return stored

    def store_signature(self, signature: SignatureRecord, *, key: str | None = None) -> Stored:
        stored: Stored = self._post("/v1/signatures", Stored, key, signature, SignatureRecord)
        return stored

    def trips(self, reference: str) -> TripCount:
        found: TripCount = self._get("/v1/trips", TripCount, {"reference": reference})
        return found

    # what platforms send
    def put_pre_check(self, check: PreCheck, *, key: str | None = None) -> Stored:
        stored: Stored = self._post("/v1/pre-checks", Stored, key, check, PreCheck)
        return stored

    def put_supplement(self, supplement: OnlineSupplement, *, key: str | None = None) -> Stored:
        stored: Stored = self._post("/v1/supplements", Stored, key, supplement, OnlineSupplement)
        return stored
