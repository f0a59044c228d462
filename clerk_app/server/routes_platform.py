"""What other systems send and clerks take: online pre-checks and supplements (docs/online-api.md)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from clerk_app.ports.hall_cases import OnlineSupplement, PreCheck, Stored
from clerk_app.server.calls import Changing, Reading

router = APIRouter(prefix="/v1", tags=["online"])


@router.post("/pre-checks", response_model=Stored)
def put_pre_check(call: Changing, check: PreCheck) -> Any:
    return call.once(Stored, lambda unit, actor: call.desk.pre_checks.put(unit, actor, check))


@router.get("/pre-checks")
def pre_check(call: Reading, number: Annotated[str, Query(min_length=1, max_length=64)]) -> PreCheck:
    """By the number that the applicant quotes; looking leaves a trace."""
    return call.write(lambda unit, actor: call.desk.pre_checks.get(unit, actor, number))


@router.post("/supplements", response_model=Stored)
def put_supplement(call: Changing, supplement: OnlineSupplement) -> Any:
    return call.once(Stored, lambda unit, actor: call.desk.supplements.put(unit, actor, supplement))


@router.get("/supplements")
def supplements(call: Reading) -> tuple[OnlineSupplement, ...]:
    """Those that nobody has taken yet, oldest arrival first."""
    return call.read(call.desk.supplements.waiting)


@router.post("/supplements/{supplement_id}/take", response_model=OnlineSupplement)
def take_supplement(call: Changing, supplement_id: str) -> Any:
    return call.once(OnlineSupplement, lambda unit, actor: call.desk.supplements.take(unit, actor, supplement_id))
