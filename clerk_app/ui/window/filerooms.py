"""The case file and the desks that decide and seal, opened from searches, lists and keys."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, Signal

from clerk_app.domain.actor import Role
from clerk_app.services.steps.values import OpenFile
from clerk_app.ui.lanes import Lanes
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.file.originals import SeeOriginals
from clerk_app.ui.window.file.page import FilePage
from clerk_app.ui.window.office.office_page import OfficePage
from clerk_app.ui.window.rooms import Rooms
from clerk_app.ui.window.voiding import Voiding


class FileRooms(QObject):
    """``collect_wanted`` carries the number of a case whose result is to be handed over."""

    collect_wanted = Signal(str)

    def __init__(self, control: DeskControl, lanes: Lanes, rooms: Rooms) -> None:
        super().__init__()
        self._control, self._rooms, self._work = control, rooms, control.files
        self.file = FilePage(self._work)
        self.office = OfficePage(self._work)
        actor = lambda: control.session.actor if control.session else None  # noqa: E731
        self.voiding = Voiding(self.file, control.desk, lanes, actor)
        self.originals = SeeOriginals(self.file, control.desk, lanes)
        rooms.add(self.file)
        rooms.add(self.office)
        rooms.changed.connect(self._put_away)
        self._work.shown.connect(self._show)
        for said in (self._work.said, self.file.refused, self.office.refused):
            said.connect(control.said)
        self.office.open_wanted.connect(self._work.open)
        self.office.find_wanted.connect(self._work.open)
        self.file.next_wanted.connect(self._next)
        self.file.finish_next.connect(self._finish)
        self.file.collect_wanted.connect(self._collect)
        self.file.void_wanted.connect(self.voiding.ask)
        self.file.originals_wanted.connect(self.originals.open)
        self.voiding.done.connect(self._voided)
        self.voiding.failed.connect(lambda failure: control.said.emit(failure.text))
        self.file.archive_wanted.connect(lambda _opened: self._work.archive())
        control.session_changed.connect(self._session)

    def _show(self) -> None:
        """A case is opened for whoever sits there: with a called ticket that is the beginning of the service."""
        self._rooms.open(self.file)
        self._control.begin_service()

    def _session(self) -> None:
        """Who has a desk in the office and none at the counter finds that desk instead of the call key."""
        kinds = self._work.office.kinds
        self.office.stays = bool(kinds) and Role.CLERK not in self._work.roles
        if self.office.stays:
            self._rooms.open_below(self.office)
        elif not kinds:
            self._rooms.close_room(self.office)

    def tick(self, now: datetime) -> None:
        """Let the waits grow."""
        if self._rooms.current is self.office:
            self.office.tick(now)

    def open_office(self) -> None:
        """Alt+O."""
        if self._work.office.kinds:
            self.office.show_works()
            self._rooms.open(self.office)
        elif self._control.session is not None:
            self._control.said.emit("你没有审批或用印的岗位，这里没有待办")

    def _next(self) -> None:
        line = self._work.next_line()
        if line is not None:
            self._work.open(line.case_id)
        else:
            self._rooms.close_room(self.file)

    def _finish(self) -> None:
        """F12 in a file: the visit is over, unless an application was begun."""
        self._rooms.close_room(self.file)
        self._control.finish_without_case("supplement", then_call=True)

    def _collect(self, opened: OpenFile) -> None:
        self.collect_wanted.emit(opened.file.opening.case_number)

    def _voided(self) -> None:
        self._work.sheets.read()
        self.file.start()

    def _put_away(self) -> None:
        if not self._rooms.has(self.file) and self._work.opened is not None:
            self._work.close()
