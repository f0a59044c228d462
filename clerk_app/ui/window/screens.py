"""What lies behind the login page at work: the controller's state on rail, middle, side and bars, and the keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from clerk_app.design.words import clock_time
from clerk_app.domain.intake import Intake
from clerk_app.domain.queue import VisitReason
from clerk_app.ports.feed import ConnectionState
from clerk_app.ports.window import Step
from clerk_app.ui.citizen.placing import CitizenPlace, ScreenMode
from clerk_app.ui.keys import Page, bind
from clerk_app.ui.kit.surfaces import Banner
from clerk_app.ui.lanes import Lanes
from clerk_app.ui.window.board_beside import BoardBeside
from clerk_app.ui.window.capture.capturing import Capturing
from clerk_app.ui.window.case.case_page import CasePage
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.counter_devices import CounterDevices
from clerk_app.ui.window.devices.room import DeviceRoom
from clerk_app.ui.window.emergency_section import EmergencyPanel
from clerk_app.ui.window.errands import Errands
from clerk_app.ui.window.facing import Facing
from clerk_app.ui.window.filerooms import FileRooms
from clerk_app.ui.window.furniture import Furniture
from clerk_app.ui.window.queue_rooms import QueueRooms
from clerk_app.ui.window.queue_words import since_words, window_look
from clerk_app.ui.window.ticket_card import WalkIn
from clerk_app.ui.window.ticket_matters import TicketMatters
from clerk_app.ui.window.topbar import TopBar
from clerk_app.ui.window.wording import DeviceNow


class Screens(QObject):
    """Keys work anywhere inside ``host``, the whole window; ``topbar`` and ``banner`` are above the login page too."""

    def __init__(
        self, host: QWidget, parts: Furniture, topbar: TopBar, banner: Banner, control: DeskControl, lanes: Lanes
    ) -> None:
        super().__init__(host)
        self._parts, self._topbar, self._banner, self._control = parts, topbar, banner, control
        self.case = CasePage(control, lanes)
        parts.middle.addWidget(self.case)
        self.queue = QueueRooms(control, parts.rooms)
        self.matters = TicketMatters(control)
        self.emergency = EmergencyPanel(control, parts)
        self._connect()
        self.files = FileRooms(control, lanes, parts.rooms)
        parts.idle.open_wanted.connect(control.files.open)
        mode = ScreenMode(control.desk.citizen_screen)
        place = CitizenPlace(mode, host) if mode is not ScreenMode.OFF else None
        self.facing = Facing(control, lanes, parts.side.citizen, place)
        self.errands = Errands(control, lanes, parts.rooms)
        self.capturing = Capturing(control, lanes, parts.rooms, self.case.checklist)
        self.board = BoardBeside(host, control, lanes)
        care = control.desk.care
        self.devices = None if care is None else DeviceRoom(control, lanes, care, control.desk.support_folder)
        if self.devices is not None:
            parts.rooms.add(self.devices)
        self.around = CounterDevices(host, control, lanes, parts, self.queue, self.errands)
        self._connect_errands()
        self._bind(host)
        self.around.start()

    def _connect(self) -> None:
        control, parts, idle = self._control, self._parts, self._parts.idle
        parts.rooms.changed.connect(self._room)
        control.view_changed.connect(self._view)
        control.ticket_changed.connect(self._view)
        control.overview_changed.connect(self._overview)
        control.connection_changed.connect(self._connection)
        control.sync_changed.connect(self._sync)
        control.uploads_changed.connect(self._sync)
        control.devices_changed.connect(self._devices)
        control.said.connect(self.say)
        control.calling.connect(idle.show_calling)
        control.call_answered.connect(idle.show_called)
        control.undo_offered.connect(parts.toast.say)
        control.found.connect(idle.show_found)
        control.work.changed.connect(self._case)
        control.work.step_changed.connect(self._case)
        control.work.closed.connect(self._free)
        parts.toast.undo.connect(control.undo)
        parts.rail.recall.connect(control.recall)
        parts.rail.miss.connect(control.miss)
        parts.rail.hold.connect(self.queue.open_hold)
        parts.rail.transfer.connect(self.queue.open_transfer)
        parts.rail.case_wanted.connect(self._open_ticket_case)
        parts.rail.came_back.connect(control.came_back)
        parts.rail.resumed.connect(control.take_back)
        parts.rail.queued.connect(control.back_to_queue)
        idle.refused.connect(self.say)
        idle.call_next.connect(control.call_next)
        idle.walk_in.connect(control.walk_in)
        idle.resume.connect(control.resume)
        idle.find_wanted.connect(control.find)
        parts.network.retry.connect(control.retry_upload)
        parts.network.retry_all.connect(control.retry_all_uploads)
        parts.network.push_now.connect(control.upload_now)
        parts.network.export_wanted.connect(lambda: control.export_uploads(parts.network.show_exported))
        control.pictured.connect(lambda: parts.side.person.show_pictures(control.pictures))
        parts.side.manual.connect(self._type_person)
        parts.side.uploads.connect(self._open_network)
        parts.side.devices_wanted.connect(self._open_devices)
        parts.statusbar.devices_wanted.connect(self._open_devices)
        self._topbar.help_wanted.connect(self._open_help)
        self._topbar.person_wanted.connect(parts.drawer.toggle)
        self._banner.acted.connect(self._open_network)

    def _connect_errands(self) -> None:
        """Advice, results, hand-over and work lists, each in its room."""
        errands, idle = self.errands, self._parts.idle
        errands.file_wanted.connect(self._control.files.open)
        self.files.collect_wanted.connect(errands.open_collection)
        errands.has_screen = lambda: self.facing.can_sign
        errands.signature_wanted.connect(self.facing.ask_signature)
        self.facing.signed.connect(errands.signed)
        errands.visitor_changed.connect(self._visitor)
        errands.offered.connect(idle.show_offer)
        errands.lists.changed.connect(lambda: idle.show_work(errands.lists))

    def _bind(self, host: QWidget) -> None:
        control, parts, errands = self._control, self._parts, self.errands
        opening: dict[str, Callable[[], object]] = {
            "consult": errands.open_consultation,
            "guide": errands.open_guide,
            "collect": errands.open_collection,
            "hand_over_papers": errands.open_hand_over,
            "my_cases": errands.open_work_lists,
        }
        parts.idle.errand_wanted.connect(lambda key_id: opening[key_id]())
        everywhere: dict[str, Callable[[], object]] = {
            **opening,
            "office": self.files.open_office,
            "board": self.board.open,
            "devices": self._open_devices,
            "help": self._open_help,
            "recall": control.recall,
            "no_show": control.miss,
            "hold": self.queue.open_hold,
            "take_back": control.take_back,
            "transfer": self.queue.open_transfer,
            "standing": self.queue.open_standing,
            "ticket_case": self._open_ticket_case,
            "find": self._find,
            "undo": self._undo,
            "back": self._escape,
            "draft": lambda: self._beneath(parts.idle.resume_first),
            "network": self._open_network,
            "not_uploaded": self._open_network,
            "person": parts.drawer.toggle,
            "pair_tablet": self.around.open_pairing,
        }
        for key_id, act in everywhere.items():
            bind(host, key_id, act)
        bind(self.case, "read_card", self._type_person)
        bind(self.case, "capture", self._capture)
        bind(self.case, "vouch", self.facing.vouch)

    # --- keys -------------------------------------------------------------------------------------------------
    def _beneath(self, act: Callable[[], object]) -> None:
        """Keys of the free page and the case do nothing to them while a room lies over both."""
        if self._parts.rooms.current is None:
            act()

    def _undo(self) -> None:
        """A room lies over the case, whose changes are not seen then; a step inside the room, or else the last step of
        the queue, is taken back."""
        room = self._parts.rooms.current
        if room is None:
            self._control.undo()
        elif not room.undo():
            self._control.take_back_step()

    def _capture(self) -> None:
        """F7: the checklist's row is scanned; elsewhere a paper is signed."""
        if self.capturing.wanted:
            self.capturing.open()
        else:
            self.facing.capture()

    def _open_ticket_case(self) -> None:
        """Who comes back for a case gets it by one key: the collection for a result, the case file for a supplement."""
        ticket = self._control.ticket
        if ticket is None or not ticket.case_number:
            return
        self._control.begin_service()
        if ticket.reason is VisitReason.COLLECT:
            self.errands.open_collection(ticket.case_number)
        else:
            self._control.files.open(ticket.case_number)

    def _type_person(self) -> None:
        work = self._control.work
        if work.intake is None:
            self._control.walk_in()
            return
        work.go(Step.APPLICANT)
        if work.step is Step.APPLICANT:
            self.case.applicant.retype()

    def _find(self) -> None:
        work, room = self._control.work, self._parts.rooms.current
        if room is not None:
            room.seek()
        elif work.intake is None:
            self._parts.idle.start_find()
        elif work.concluded is None:
            work.go(Step.MATTER)
            self.case.matter.search()

    def _escape(self) -> None:
        parts = self._parts
        parts.rail.close_queue()
        if parts.drawer.close():
            return
        if parts.rooms.current is not None:
            if not parts.rooms.current.escape():
                parts.rooms.close_room()
        elif self._control.work.intake is not None:
            self.case.escape()
        else:
            parts.idle.start()

    def _open_help(self) -> None:
        room = self._parts.rooms.current
        if room is not None:
            self._parts.help.open_for(room.page, room.keys())
        else:
            self._parts.help.open_for(Page.IDLE if self._control.work.intake is None else self.case.page)

    def _open_devices(self) -> None:
        if self.devices is not None and self._control.session is not None:
            self._parts.rooms.open(self.devices)

    def _open_network(self) -> None:
        self._show_network()
        self._parts.network.popup()

    # --- showing ----------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Somebody logged in: everything is shown, the focus goes where the next key belongs."""
        parts = self._parts
        parts.statusbar.show()
        self._devices()
        self._view()
        if parts.rooms.current is not None:
            parts.rooms.current.start()
        elif self._control.work.intake is None:
            self._free()
        else:
            self.case.start()

    def put_away(self) -> None:
        """The login is over: what lies over the columns goes."""
        self._parts.help.dismiss()
        self._parts.network.dismiss()
        self.around.pairing.dismiss()

    def stop(self) -> None:
        """The program ends: nobody is called any more."""
        self.around.stop()

    def tick(self, now: datetime) -> None:
        """Let the waits grow."""
        self._parts.rail.tick(now)
        self.emergency.tick(now)
        self._parts.idle.tick(now)
        self.files.tick(now)

    def say(self, sentence: str) -> None:
        """One sentence at the bottom; it takes no focus."""
        self._parts.toast.say(sentence, key="", action="", milliseconds=6_000)

    def _room(self) -> None:
        """A room was opened, or the last one closed: back to where the clerk was."""
        current = self._parts.rooms.current
        if current is not None:
            self._parts.toast.dismiss()
            if self.errands.has_visitor:
                # Somebody is here without a number: nobody else may be called to this window meanwhile.
                self._control.not_free()
        elif self._control.work.intake is None:
            self._free()
        else:
            self._case()

    def _visitor(self, intake: Intake | None) -> None:
        self._parts.side.show_case(intake, collects=True)
        self._topbar.show_person(intake)

    def _free(self) -> None:
        parts = self._parts
        parts.rooms.close_all()
        parts.middle.setCurrentWidget(parts.idle)
        parts.side.show_case(None)
        self._topbar.show_person(None)
        self._view()
        if self._control.session is not None:
            parts.idle.start()

    def _case(self) -> None:
        parts, intake = self._parts, self._control.work.intake
        if intake is None:
            return
        if parts.middle.currentWidget() is not self.case and parts.rooms.current is None:
            parts.middle.setCurrentWidget(self.case)
            self._view()
            self.case.start()
        parts.side.show_case(intake)
        self._topbar.show_person(intake)

    def _view(self) -> None:
        control, parts = self._control, self._parts
        now = control.desk.clock.now()
        parts.rail.show_view(control.view, now)
        served, intake = control.ticket, control.work.intake
        if served is None and intake is not None:
            parts.rail.show_ticket(intake.ticket or WalkIn(intake.opened_at))
        else:
            parts.rail.show_ticket(served)
        parts.rail.show_stale(control.stale_since)
        self._state()
        parts.rail.held.notes = control.notes
        parts.idle.show_view(control.view, now)
        parts.side.show_groups(control.view)

    def _state(self) -> None:
        control, view = self._control, self._control.view
        if view is None or control.session is None:
            self._topbar.show_state("")
            return
        look = window_look(control.state, serving=control.serving)
        words = since_words(control.state, control.state_since, view.away, serving=control.serving)
        self._topbar.show_state(words, look.state, look.icon)

    def _overview(self) -> None:
        overview = self._control.overview
        assert overview is not None
        self._parts.rail.show_day(overview.day)
        self._parts.side.show_last(overview.last)
        self._parts.idle.show_overview(overview)

    def _connection(self) -> None:
        change = self._control.connection
        if change is None:
            return
        offline = change.state is ConnectionState.OFFLINE
        if offline:
            self._banner.show_condition(
                f"服务器连不上（{clock_time(change.since)} 起）。", "收件、打印、保存照常；恢复后自动上传，不用重录。"
            )
        else:
            self._banner.clear()
        self._parts.statusbar.show_server(change)
        self._parts.idle.lock_call("服务器连不上，叫不了号；来人可以按 F5 手工录入" if offline else "")
        self._view()

    def _sync(self) -> None:
        control, parts = self._control, self._parts
        assert control.sync is not None
        parts.statusbar.show_sync(control.sync)
        parts.side.show_sync(control.sync, control.uploads)
        parts.statusbar.show_catalogue(control.catalogue_version, control.catalogue_at)
        if parts.network.isVisible():
            self._show_network()

    def _show_network(self) -> None:
        control = self._control
        if control.sync is not None:
            now, files = control.desk.clock.now(), control.files_to_send
            self._parts.network.show_status(control.sync, control.uploads, control.connection, now, files)

    def _devices(self) -> None:
        seen = self._control.devices
        lines = [
            DeviceNow(line.key, line.name, line.icon, seen[line.key])
            for line in self._control.desk.devices
            if line.key in seen
        ]
        self._parts.side.show_devices(lines)
        self._parts.statusbar.show_devices(lines)
