"""Trips per case, counted both ways from the visits that windows reported."""

from __future__ import annotations

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import NotFound
from clerk_app.domain.visits import trips
from clerk_app.ports.hall_cases import TripCount
from clerk_app.ports.stores_hall import HallUnit


class TripCounts:
    """Reads only; no person is named."""

    def of_case(self, unit: HallUnit, actor: Actor, reference: str) -> TripCount:
        """By case id, case number or 办件编号."""
        actor.require(Role.CLERK, Role.REVIEWER, Role.CHIEF_REPRESENTATIVE, Role.MANAGER, Role.AUDITOR)
        case_id = unit.files.locate(reference.strip())
        if case_id is None:
            raise NotFound("服务器上没有这一件，可能还没有上传")
        found = trips(visit.reasons for visit in unit.registers.visits_of(case_id))
        return TripCount(case_id, found.every, found.counted)
