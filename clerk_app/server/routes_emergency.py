"""Numbers from reserved blocks and what was done while the server was away (HTTP)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter

from clerk_app.ports.hall_running import EmergencyMerged, EmergencyVisit, NumberBlock
from clerk_app.server.calls import Changing

router = APIRouter(prefix="/v1/emergency", tags=["emergency"])


@dataclass(frozen=True, slots=True)
class HeldBlocks:
    """The blocks that a device has."""

    block_nos: tuple[int, ...]


@router.post("/blocks", response_model=NumberBlock)
def reserve_block(call: Changing) -> Any:
    return call.once(NumberBlock, call.desk.emergency.blocks.reserve)


@router.post("/blocks/held", response_model=tuple[NumberBlock, ...])
def hold_blocks(call: Changing, held: HeldBlocks) -> Any:
    return call.once(
        tuple[NumberBlock, ...], lambda unit, actor: call.desk.emergency.blocks.hold(unit, actor, held.block_nos)
    )


@router.post("/visits", response_model=EmergencyMerged)
def merge_visit(call: Changing, visit: EmergencyVisit) -> Any:
    return call.once(EmergencyMerged, lambda unit, actor: call.desk.emergency.merge(unit, actor, visit))
