"""Puts the citizen's page together, where the hall has switched it on."""

from __future__ import annotations

from pathlib import Path

from clerk_app.bootstrap import settings
from clerk_app.server.routes_progress import ProgressDoor
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.progress import ProgressPage
from clerk_app.services.hall.progress_limit import WrongAnswers


def progress_door(desk: HallDesk, folder: Path) -> ProgressDoor | None:
    """For ``app.state.progress``; None while ``[server] progress_page`` is not set."""
    if not settings.load(folder).server.progress_page:
        return None
    return ProgressDoor(ProgressPage(desk), WrongAnswers(desk.tools.clock.monotonic))
