"""Emergency numbers over HTTP: ``Emergency`` of ``clerk_app.ports.hall_running``."""

from __future__ import annotations

from clerk_app.client.calls import Calls
from clerk_app.ports.hall_running import EmergencyMerged, EmergencyVisit, NumberBlock


class EmergencyCalls(Calls):
    """The part of ``HallClient`` that is about the time without a server."""

    def reserve_block(self, *, key: str | None = None) -> NumberBlock:
        block: NumberBlock = self._post("/v1/emergency/blocks", NumberBlock, key)
        return block

    def hold_blocks(self, block_nos: tuple[int, ...], *, key: str | None = None) -> tuple[NumberBlock, ...]:
        body, kind = {"block_nos": block_nos}, dict[str, tuple[int, ...]]
        held: tuple[NumberBlock, ...] = self._post(
            "/v1/emergency/blocks/held", tuple[NumberBlock, ...], key, body, kind
        )
        return held

    def merge_visit(self, visit: EmergencyVisit, *, key: str | None = None) -> EmergencyMerged:
        merged: EmergencyMerged = self._post("/v1/emergency/visits", EmergencyMerged, key, visit, EmergencyVisit)
        return merged
