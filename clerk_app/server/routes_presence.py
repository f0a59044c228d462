"""Whether the store of a device is the one that the server knows."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from clerk_app.ports.hall_presence import Presence, PresenceAnswer
from clerk_app.server.calls import Changing

router = APIRouter(prefix="/v1")


@router.post("/presence", tags=["enrolment"], response_model=PresenceAnswer)
def present(call: Changing, presence: Presence) -> Any:
    """Shown at each start. ``accepted`` is false for a copy of the device's store: it gives no numbers any more until
    it is enrolled anew; its records are taken as before."""
    return call.once(PresenceAnswer, lambda unit, actor: call.desk.identity.show(unit, actor, presence))
