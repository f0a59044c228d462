"""The clerk's window: top bar, banner, three columns, status bar; login page until the services are there."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from clerk_app.design.tokens import SIZE
from clerk_app.design.words import clock_time
from clerk_app.ports.clock import Clock
from clerk_app.ui.keys import InputMethodGuard, Page, bind
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.painted import AfterFirstPaint
from clerk_app.ui.kit.surfaces import Banner, Toast
from clerk_app.ui.kit.theme import px, theme
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window import later
from clerk_app.ui.window.drawer import Drawer
from clerk_app.ui.window.login_page import LoginPage
from clerk_app.ui.window.topbar import TopBar

if TYPE_CHECKING:
    from clerk_app.domain.intake import Intake

TICK_MS = 1_000
LEAST_WIDTH, LEAST_HEIGHT = 900, 460
NOT_YET = frozenset({"hold", "take_back", "history"})
"""Keys of the table that this version has nothing behind; the help page leaves them out."""


class Behind(Protocol):
    """What runs behind the screens (see ``bootstrap.window.RunningWindow``)."""

    @property
    def desk(self) -> later.Desk: ...

    @property
    def first_account(self) -> Callable[[str, str, str], object] | None:
        """Makes the hall's first account (login name, name, password); None when there are accounts."""
        ...

    def attach(self, control: later.DeskControl) -> None: ...

    def stop_producers(self) -> None: ...

    def close(self) -> None: ...


class WindowShell(QWidget):
    """Made before anything else is loaded; ``attach`` brings it to life, ``cannot_start`` says why it cannot.

    Until ``furnish`` there is the login page alone, so that the first paint waits for nothing else.
    """

    rail: later.Rail
    side: later.Side
    idle: later.IdlePage
    statusbar: later.StatusBar
    middle: QStackedWidget
    rooms: later.Rooms
    toast: Toast
    help: later.HelpPage
    network: later.NetworkPage

    def __init__(
        self,
        clock: Clock,
        new_id: Callable[[], str],
        hall_name: str,
        window_no: str,
        executors: Callable[[str, int], Executor] | None = None,
    ) -> None:
        """``executors`` replaces the threads of the lanes (see ``Lanes``)."""
        super().__init__()
        self._clock, self.new_id = clock, new_id
        self._behind: Behind | None = None
        self.control: later.DeskControl | None = None
        self.case: later.CasePage | None = None
        self.files: later.FileRooms | None = None
        self.facing: later.Facing | None = None
        self.errands: later.Errands | None = None
        self.lanes = Lanes(new_id, self._mistake, executors)
        self.setWindowTitle(f"{window_no} 号窗口")
        self.topbar = TopBar(window_no)
        self.banner = Banner()
        self.login_page = LoginPage(window_no)
        self.body = QStackedWidget()
        self.body.addWidget(self.login_page)
        whole = self._whole = Column(self.topbar, self.banner, self.body)
        # The three columns must not keep the window from becoming so narrow that they turn into two.
        whole.setSizeConstraint(Column.SizeConstraint.SetNoConstraint)
        self.setLayout(whole)
        self._set_least()
        theme().changed.connect(self._set_least)
        self._furnished = False
        self._preparing = True
        self._typed: tuple[str, str] | None = None
        self.login_page.login.connect(self._login)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._ticked)
        self._tick.start()
        self._ticked()
        self.login_page.hall.setText(hall_name)
        self.login_page.show_notice("正在准备，马上就好")
        self.login_page.start()
        self.resize(px(1366), px(690))

    def post(self, call: Callable[..., object], *args: object) -> None:
        """From any thread: have it called on the GUI thread."""
        self.lanes.post(call, *args)

    # --- coming to life ---------------------------------------------------------------------------------------
    def when_painted(self, then: Callable[[], object]) -> None:
        """Begin ``then`` when the login page is on the screen."""
        AfterFirstPaint(self, then)

    def furnish(self) -> None:
        """Make what lies behind the login page, once."""
        if self._furnished:
            return
        self.rail = later.Rail()
        self.side = later.Side()
        self.idle = later.IdlePage()
        self.statusbar = later.StatusBar()
        self.middle = QStackedWidget()
        self.middle.addWidget(self.idle)
        self.rooms = later.Rooms(self.middle)
        self.rooms.changed.connect(self._room)
        self._desk_page = QWidget()
        columns = Row(self.rail, self.middle, self.side)
        self._desk_page.setLayout(columns)
        columns.setStretch(1, 1)
        self._drawer = Drawer(self._desk_page, columns, self.side)
        self.body.addWidget(self._desk_page)
        self.statusbar.hide()
        self._whole.put(self.statusbar)
        self.toast = Toast(self.middle, lift=SIZE.action_bar + SIZE.legend)
        self.help = later.HelpPage(self, without=NOT_YET)
        self.network = later.NetworkPage(self)
        self._furnished = True
        self._arrange()

    def cannot_start(self, sentence: str) -> None:
        """The services could not be opened: say what to do."""
        self.login_page.show_notice(sentence)

    def attach(self, behind: Behind) -> None:
        """The services are there: login becomes possible."""
        from PySide6.QtWidgets import QApplication

        self.furnish()
        self._behind = behind
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        InputMethodGuard(app)
        control = self.control = later.DeskControl(behind.desk, self.lanes)
        self.case = later.CasePage(control, self.lanes)
        self.middle.addWidget(self.case)
        hall = behind.desk.hall()
        self.topbar.show_hall(hall)
        self.login_page.show_hall(hall)
        self._connect(control, self.case)
        self.files = later.FileRooms(control, self.lanes, self.rooms)
        self.idle.open_wanted.connect(control.files.open)
        bind(self, "office", self.files.open_office)
        mode = later.ScreenMode(behind.desk.citizen_screen)
        place = later.CitizenPlace(mode, self) if mode is not later.ScreenMode.OFF else None
        self.facing = later.Facing(control, self.lanes, self.side.citizen, place)
        self._make_errands(control, self.files, self.facing)
        bind(self.case, "capture", self.facing.capture)
        bind(self.case, "vouch", self.facing.vouch)
        behind.attach(control)
        control.start()
        self._preparing = False
        self.login_page.show_notice("")
        if behind.first_account is not None:
            self._ask_first_account(behind.first_account)
        elif self._typed is not None:
            name, password = self._typed
            self._typed = None
            control.login(name, password)

    def _make_errands(self, control: later.DeskControl, files: later.FileRooms, facing: later.Facing) -> None:
        """Advice, results, hand-over and work lists, each in its room."""
        errands = self.errands = later.Errands(control, self.lanes, self.rooms)
        errands.file_wanted.connect(control.files.open)
        files.collect_wanted.connect(errands.open_collection)
        errands.collect.has_screen = lambda: facing.present
        errands.collect.signature_wanted.connect(facing.ask_signature)
        errands.collect.visitor_changed.connect(self._visitor)
        errands.offered.connect(self.idle.show_offer)
        errands.lists.changed.connect(lambda: self.idle.show_work(errands.lists))
        keys = {
            "consult": errands.open_consultation,
            "collect": errands.open_collection,
            "hand_over_papers": errands.open_hand_over,
            "my_cases": errands.open_work_lists,
        }
        for key_id, open_room in keys.items():
            bind(self, key_id, open_room)
        self.idle.errand_wanted.connect(lambda key_id: keys[key_id]())

    def _ask_first_account(self, make: Callable[[str, str, str], object]) -> None:
        """Nobody can log in yet: the first account is made here, and its owner is logged in at once."""
        page = later.FirstAccount()

        def wanted(login: str, name: str, password: str) -> None:
            def made(_: object) -> None:
                self.body.setCurrentWidget(self.login_page)
                self.login_page.name.set_value(login)
                self._login(login, password)

            def failed(failure: Failure) -> None:
                page.show_error(getattr(failure.error, "field", ""), failure.text)

            self.lanes.lane("network").run(make, login, name, password, done=made, failed=failed)

        page.wanted.connect(wanted)
        self.body.addWidget(page)
        self.body.setCurrentWidget(page)
        page.start()

    @property
    def is_ready(self) -> bool:
        """Whether the services behind the screens are there."""
        return not self._preparing

    def _connect(self, control: later.DeskControl, case: later.CasePage) -> None:
        control.login_refused.connect(self.login_page.show_error)
        control.session_changed.connect(self._session)
        control.session_ended.connect(self._session_ended)
        control.view_changed.connect(self._view)
        control.ticket_changed.connect(self._view)
        control.overview_changed.connect(self._overview)
        control.connection_changed.connect(self._connection)
        control.sync_changed.connect(self._sync)
        control.devices_changed.connect(self._devices)
        control.said.connect(self._say)
        control.calling.connect(self.idle.show_calling)
        control.call_answered.connect(self.idle.show_called)
        control.nobody_waits.connect(self.idle.show_nobody)
        self.idle.refused.connect(self._say)
        control.undo_offered.connect(self.toast.say)
        control.found.connect(self.idle.show_found)
        control.work.changed.connect(self._case)
        control.work.step_changed.connect(self._case)
        control.work.closed.connect(self._free)
        self.toast.undo.connect(control.undo)
        self.rail.recall.connect(control.recall)
        self.rail.miss.connect(control.miss)
        self.idle.call_next.connect(control.call_next)
        self.idle.walk_in.connect(control.walk_in)
        self.idle.resume.connect(control.resume)
        self.idle.find_wanted.connect(control.find)
        self.network.retry.connect(control.retry_upload)
        self.side.manual.connect(self._type_person)
        self.side.uploads.connect(self._open_network)
        self.topbar.help_wanted.connect(self._open_help)
        self.topbar.person_wanted.connect(self._drawer.toggle)
        self.rail.came_back.connect(control.came_back)
        control.uploads_changed.connect(self._sync)
        self.banner.acted.connect(self._open_network)
        self._bind(control, case)

    def _bind(self, control: later.DeskControl, case: later.CasePage) -> None:
        bind(case, "read_card", self._type_person)
        bind(self, "help", self._open_help)
        bind(self, "recall", control.recall)
        bind(self, "no_show", control.miss)
        bind(self, "find", self._find)
        bind(self, "undo", lambda: self._beneath(control.undo))
        bind(self, "back", self._escape)
        bind(self, "draft", lambda: self._beneath(self.idle.resume_first))
        bind(self, "network", self._open_network)
        bind(self, "not_uploaded", self._open_network)
        bind(self, "full_screen", lambda: self.showNormal() if self.isFullScreen() else self.showFullScreen())
        bind(self, "person", self._drawer.toggle)

    # --- keys -------------------------------------------------------------------------------------------------
    def _login(self, name: str, password: str) -> None:
        self.login_page.show_busy()
        if self.control is None:
            self._typed = (name, password)
        else:
            self.control.login(name, password)

    def _beneath(self, act: Callable[[], object]) -> None:
        """Keys of the free page and the case do nothing to them while a room lies over both."""
        if self.rooms.current is None:
            act()

    def _type_person(self) -> None:
        assert self.control is not None
        assert self.case is not None
        if self.control.work.intake is None:
            self.control.walk_in()
        else:
            self.control.work.go(later.Step.APPLICANT)
            if self.control.work.step is later.Step.APPLICANT:
                self.case.applicant.retype()

    def _find(self) -> None:
        assert self.control is not None
        assert self.case is not None
        if self.rooms.current is not None:
            self.rooms.current.seek()
        elif self.control.work.intake is None:
            self.idle.start_find()
        elif self.control.work.concluded is None:
            self.control.work.go(later.Step.MATTER)
            self.case.matter.search()

    def _escape(self) -> None:
        assert self.case is not None
        assert self.control is not None
        self.rail.close_queue()
        if self._drawer.close():
            return
        if self.rooms.current is not None:
            if not self.rooms.current.escape():
                self.rooms.close_room()
        elif self.control.work.intake is not None:
            self.case.escape()
        else:
            self.idle.start()

    def _open_help(self) -> None:
        assert self.control is not None
        assert self.case is not None
        room = self.rooms.current
        if room is not None:
            self.help.open_for(room.page, room.keys())
        else:
            self.help.open_for(Page.IDLE if self.control.work.intake is None else self.case.page)

    def _open_network(self) -> None:
        assert self.control is not None
        self._show_network()
        self.network.popup()

    def _show_network(self) -> None:
        assert self.control is not None
        if self.control.sync is not None:
            self.network.show_status(
                self.control.sync, self.control.uploads, self.control.connection, self._clock.now()
            )

    # --- showing ----------------------------------------------------------------------------------------------
    def _session(self) -> None:
        assert self.control is not None
        assert self.case is not None
        assert self.control.session is not None
        self.login_page.show_notice("")
        self.topbar.show_clerk(self.control.session.actor.user_name)
        self.body.setCurrentWidget(self._desk_page)
        self.statusbar.show()
        self._devices()
        self._view()
        if self.rooms.current is not None:
            self.rooms.current.start()
        elif self.control.work.intake is None:
            self._free()
        else:
            self.case.start()

    def _session_ended(self, sentence: str) -> None:
        self.help.dismiss()
        self.network.dismiss()
        self.topbar.show_clerk("")
        self.body.setCurrentWidget(self.login_page)
        self.login_page.show_notice(sentence)
        self.login_page.start()

    def _room(self) -> None:
        """A room was opened, or the last one closed: back to where the clerk was."""
        assert self.control is not None
        if self.rooms.current is not None:
            self.toast.dismiss()
            return
        if self.control.work.intake is None:
            self._free()
        else:
            self._case()

    def _visitor(self, intake: Intake | None) -> None:
        self.side.show_case(intake, collects=True)
        self.topbar.show_person(intake)

    def _free(self) -> None:
        assert self.control is not None
        self.rooms.close_all()
        self.middle.setCurrentWidget(self.idle)
        self.side.show_case(None)
        self.topbar.show_person(None)
        self._view()
        if self.control.session is not None:
            self.idle.start()

    def _case(self) -> None:
        assert self.control is not None
        assert self.case is not None
        intake = self.control.work.intake
        if intake is None:
            return
        if self.middle.currentWidget() is not self.case and self.rooms.current is None:
            self.middle.setCurrentWidget(self.case)
            self._view()
            self.case.start()
        self.side.show_case(intake)
        self.topbar.show_person(intake)

    def _view(self) -> None:
        assert self.control is not None
        now = self._clock.now()
        self.rail.show_view(self.control.view, now)
        served = self.control.ticket
        if served is None and self.control.work.intake is not None:
            intake = self.control.work.intake
            self.rail.show_ticket(intake.ticket or later.WalkIn(intake.opened_at))
        else:
            self.rail.show_ticket(served)
        self.rail.show_stale(self.control.stale_since)
        self.idle.show_view(self.control.view, now)
        self.side.show_groups(self.control.view)

    def _overview(self) -> None:
        assert self.control is not None
        assert self.control.overview is not None
        overview = self.control.overview
        self.rail.show_day(overview.day)
        self.side.show_last(overview.last)
        self.idle.show_overview(overview)

    def _connection(self) -> None:
        assert self.control is not None
        change = self.control.connection
        if change is None:
            return
        offline = change.state is later.ConnectionState.OFFLINE
        if offline:
            self.banner.show_condition(
                f"服务器连不上（{clock_time(change.since)} 起）。", "收件、打印、保存照常；恢复后自动上传，不用重录。"
            )
        else:
            self.banner.clear()
        self.statusbar.show_server(change)
        self.idle.lock_call("服务器连不上，叫不了号；来人可以按 F5 手工录入" if offline else "")
        self._view()

    def _sync(self) -> None:
        assert self.control is not None
        assert self.control.sync is not None
        self.statusbar.show_sync(self.control.sync)
        self.side.show_sync(self.control.sync, self.control.uploads)
        self.statusbar.show_catalogue(self.control.catalogue_version, self.control.catalogue_at)
        if self.network.isVisible():
            self._show_network()

    def _devices(self) -> None:
        assert self.control is not None
        lines = [
            later.DeviceNow(line.key, line.name, line.icon, self.control.devices[line.key])
            for line in self.control.desk.devices
            if line.key in self.control.devices
        ]
        self.side.show_devices(lines)
        self.statusbar.show_devices(lines)

    def _say(self, sentence: str) -> None:
        self.toast.say(sentence, key="", action="", milliseconds=6_000)

    def _mistake(self, failure: Failure) -> None:
        self.furnish()
        if self._preparing:
            self.login_page.show_notice(failure.text)
        else:
            self._say(failure.text)

    def _ticked(self) -> None:
        now = self._clock.now()
        self.topbar.tick(now)
        if self.control is not None:
            self.rail.tick(now)
            self.idle.tick(now)
        if self.files is not None:
            self.files.tick(now)

    def _set_least(self) -> None:
        self.setMinimumSize(px(LEAST_WIDTH), px(LEAST_HEIGHT))

    # --- sizes, leaving ---------------------------------------------------------------------------------------
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        narrow = self.width() < px(SIZE.wide_from)
        self.topbar.set_narrow(narrow)
        if not self._furnished:
            return
        self.rail.set_narrow(narrow)
        self._drawer.set_narrow(narrow)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._tick.stop()
        if self.facing is not None:
            self.facing.close()
        if self.control is not None and self._behind is not None:
            self.control.stop()
            behind, self._behind = self._behind, None
            self.lanes.shutdown(producers=(behind.stop_producers,), closers=(behind.close,)).join()
        event.accept()
