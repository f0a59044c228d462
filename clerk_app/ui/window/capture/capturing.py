"""F7 in the checklist: opens the capture room for the row, and shows in each row how many pages were scanned."""

from __future__ import annotations

from PySide6.QtCore import QObject

from clerk_app.domain.actor import Actor
from clerk_app.ports.capture import PageRow
from clerk_app.ports.window import Step
from clerk_app.services.window.attachments import sheets_by_material
from clerk_app.ui.lanes import Lanes
from clerk_app.ui.window.capture.room import CaptureRoom
from clerk_app.ui.window.case.checklist_page import ChecklistPage
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.rooms import Rooms

NOT_HERE = "本窗口没有扫描，请收纸质材料"
NOTHING = "先到第 3 步，选要扫的材料再按 F7"


class Capturing(QObject):
    """Between the case, its checklist and the room."""

    def __init__(self, control: DeskControl, lanes: Lanes, rooms: Rooms, checklist: ChecklistPage) -> None:
        super().__init__()
        self._control, self._lanes, self._rooms, self._checklist = control, lanes, rooms, checklist
        self._case_id = ""
        self._row = -1
        desk = control.desk
        self.room: CaptureRoom | None = None
        if desk.attachments is not None and desk.pictures is not None:
            self.room = CaptureRoom(lanes, desk.attachments, desk.pictures, desk.camera, self._actor)
            rooms.add(self.room)
            self.room.changed.connect(self._show)
            rooms.changed.connect(self._room_changed)
            control.work.step_changed.connect(self._follow)

    def _actor(self) -> Actor:
        assert self._control.session is not None
        return self._control.session.actor

    @property
    def wanted(self) -> bool:
        """Whether F7 means scanning now: the materials are on and the case is open."""
        work = self._control.work
        return work.intake is not None and work.concluded is None and work.step is Step.MATERIALS

    def open(self) -> None:
        """F7."""
        intake = self._control.work.intake
        at = self._checklist.list.current_row()
        if self.room is None:
            self._control.said.emit(NOT_HERE)
        elif intake is None or not 0 <= at < len(intake.rows):
            self._control.said.emit(NOTHING)
        else:
            self._checklist.leave()
            self._row = at
            material = intake.rows[at][0]
            self.room.begin(intake.case_id, material.id, at + 1, material.name)
            self._rooms.open(self.room)

    def _room_changed(self) -> None:
        """Back from the room the cursor is where it was, not on the first undecided row."""
        if self._row >= 0 and self.room is not None and not self._rooms.has(self.room):
            row, self._row = self._row, -1
            if self.wanted:
                self._checklist.list.go_to(row)

    def _follow(self) -> None:
        """Another case, or the materials again: count what is kept."""
        intake, desk = self._control.work.intake, self._control.desk.attachments
        if intake is None or desk is None or not self.wanted:
            return
        if intake.case_id != self._case_id:
            self._case_id = intake.case_id
            self._checklist.show_scanned({})
        case_id = intake.case_id
        self._lanes.lane("store").run(
            desk.of_case, case_id, done=lambda pages: self._show(case_id, pages), key="pages", owner=self
        )

    def _show(self, case_id: str, pages: tuple[PageRow, ...]) -> None:
        intake = self._control.work.intake
        if intake is not None and intake.case_id == case_id:
            self._case_id = case_id
            self._checklist.show_scanned(sheets_by_material(pages))
