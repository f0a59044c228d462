"""A clerk at the guide desk: the real shell, with a hall in memory behind the page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from clerk_app.services.window.guide import GuideDesk
from clerk_app.ui.window.guide.room import GuideRoom
from support.halls import HallInMemory, HandClock
from support.kiosks import TicketNotes, TicketPrinter
from support.shell import Seat
from support.window import HALL


class GuideSeat:
    """A clerk at the guide desk."""

    def __init__(self, qtbot: Any, *, printer: bool = True, size: tuple[int, int] = (1366, 690)) -> None:
        self.seat = Seat(qtbot, size=size)
        self.hall = HallInMemory(HandClock())
        self.printer, self.notes = TicketPrinter(), TicketNotes()
        keys = iter(range(1000))
        control = self.seat.shell.control
        assert control is not None
        guide = GuideDesk(
            self.hall,
            self.notes,
            self.printer if printer else None,
            lambda: HALL,
            control.desk.catalogue.matter,
            self.hall.clock,
            lambda: f"key-{next(keys):04d}",
        )
        control.desk = replace(control.desk, guide=guide)
        self.seat.log_in()

    @property
    def room(self) -> GuideRoom:
        assert self.seat.shell.errands is not None
        return self.seat.shell.errands.guide

    def press(self, *keys: str) -> None:
        self.seat.press(*keys)
