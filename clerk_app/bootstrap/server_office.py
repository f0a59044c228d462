"""Puts the back office's pages together: the hall's services, a drawer of papers, the working days."""

from __future__ import annotations

import logging
from pathlib import Path

from clerk_app import typefaces
from clerk_app.bootstrap import calendar_files, settings
from clerk_app.bootstrap.papers import Renderer
from clerk_app.documents.thermal.profile import PAPER_80MM
from clerk_app.server.office_entry import OfficeState
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.office import BackOffice
from clerk_app.services.hall.office_access import OfficeAccess
from clerk_app.services.hall.office_routing import OfficeRouting

_LOG = logging.getLogger(__name__)


def office_state(desk: HallDesk, folder: Path) -> OfficeState:
    """For ``app.state.office``. Fonts are looked for when the first paper is drawn; the calendar is read now, because a
    faulty one must be told at the start: ``Rejected``."""
    calendar = calendar_files.load(settings.load(folder).calendars)
    # The server prints nothing: the profile of a thermal printer is never asked for.
    renderer = Renderer(typefaces.find, PAPER_80MM, desk.tools.crypto)
    return OfficeState(
        desk=desk,
        office=BackOffice(desk, renderer, lambda: calendar),
        access=OfficeAccess(desk.store, desk.tools, desk.access, desk.people),
        routing=OfficeRouting(desk.tools),
        warm_up=lambda: _warm(renderer),
    )


def _warm(renderer: Renderer) -> None:
    """Fonts take seconds to load the first time; nobody should wait for them with a decision typed in."""
    try:
        renderer.warm_up()
    except typefaces.TypefaceFault as fault:
        # Who draws the first paper is told so.
        _LOG.warning("papers cannot be drawn: %s", fault)
