"""What a server keeps and for how long; ``docs/operations.md`` has the table and its reasons.

Records, their acts, papers and the journal are never dropped here: the hall hands them over to its archive.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from clerk_app.domain.actor import Actor
from clerk_app.ports.stores_hall import HallStore, HallUnit
from clerk_app.services.hall.requests import KEPT as KEYS_KEPT
from clerk_app.services.hall.restoring import end_jump
from clerk_app.services.hall.tools import Tools, system_actor

PERSONS_KEPT = timedelta(days=90)
"""Masked names and card digests of tickets and appointments: long enough for a complaint, of no use afterwards."""
CODES_KEPT = timedelta(days=30)
SESSIONS_KEPT = timedelta(days=190)
UPLOADS_KEPT = timedelta(days=7)


class Retention:
    """Drops what is past its time; run it as often as you like."""

    def __init__(self, store: HallStore, tools: Tools) -> None:
        self._store = store
        self._tools = tools

    def sweep(self, hall_id: str) -> dict[str, int]:
        """How many of each went. Each kind is a write of its own, so that nobody waits for all of them."""
        now, actor = self._tools.now(), system_actor(hall_id)
        steps: dict[str, Callable[[HallUnit], int]] = {
            "request keys": lambda unit: unit.requests.forget_before(now - KEYS_KEPT),
            "persons of past tickets": lambda unit: unit.housekeeping.forget_persons((now - PERSONS_KEPT).date()),
            "enrolment codes": lambda unit: unit.housekeeping.drop_codes(now - CODES_KEPT),
            "ended logins": lambda unit: unit.housekeeping.drop_sessions(now - SESSIONS_KEPT),
            "unfinished files": lambda unit: unit.housekeeping.drop_uploads(now - UPLOADS_KEPT),
            "jumped numbers": lambda unit: end_jump(unit, self._tools, actor),
        }
        return {what: self._one(hall_id, actor, work) for what, work in steps.items()}

    def _one(self, hall_id: str, actor: Actor, work: Callable[[HallUnit], int]) -> int:
        return self._store.write(hall_id, actor.device_id, work, patient=True)
