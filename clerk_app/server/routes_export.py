"""Exports to other systems (HTTP): how far they are, and what did not go out and why."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from clerk_app.ports.hall_exports import ExportInfo, ExportRefusal
from clerk_app.server.calls import Reading

router = APIRouter(prefix="/v1/exports", tags=["exports"])


@router.get("")
def exports(call: Reading) -> tuple[ExportInfo, ...]:
    """Every system that cases ever went to; for managers, technicians and auditors."""
    return call.read(call.desk.exports.infos)


@router.get("/{adapter}/refused")
def refused(call: Reading, adapter: Annotated[str, Path(min_length=1, max_length=64)]) -> tuple[ExportRefusal, ...]:
    """What did not go out, by the order of the changes, at most 500 sentences. None of them names a person, but those
    of a platform (``by`` is ``platform``) are its own words."""
    return call.read(lambda unit, actor: call.desk.exports.refused(unit, actor, adapter))
