"""The clerk's window: top bar, banner, three columns, status bar; login page until the services are there.

What is shown in the columns is ``screens``' business.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from clerk_app.design.tokens import SIZE
from clerk_app.ports.clock import Clock
from clerk_app.ui.keys import InputMethodGuard, bind
from clerk_app.ui.kit.layout import Column
from clerk_app.ui.kit.painted import AfterFirstPaint
from clerk_app.ui.kit.surfaces import Banner
from clerk_app.ui.kit.theme import px, theme
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window import later
from clerk_app.ui.window.login_page import LoginPage
from clerk_app.ui.window.topbar import TopBar

if TYPE_CHECKING:
    from clerk_app.ui.kit.surfaces import Toast
    from clerk_app.ui.window.case.case_page import CasePage
    from clerk_app.ui.window.errands import Errands
    from clerk_app.ui.window.facing import Facing
    from clerk_app.ui.window.filerooms import FileRooms
    from clerk_app.ui.window.help_page import HelpPage
    from clerk_app.ui.window.idle_page import IdlePage
    from clerk_app.ui.window.network_page import NetworkPage
    from clerk_app.ui.window.rail import Rail
    from clerk_app.ui.window.rooms import Rooms
    from clerk_app.ui.window.side import Side
    from clerk_app.ui.window.statusbar import StatusBar

TICK_MS = 1_000
LEAST_WIDTH, LEAST_HEIGHT = 900, 460


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

    rail: Rail
    side: Side
    idle: IdlePage
    statusbar: StatusBar
    middle: QStackedWidget
    rooms: Rooms
    toast: Toast
    help: HelpPage
    network: NetworkPage

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
        self.screens: later.Screens | None = None
        self.case: CasePage | None = None
        self.files: FileRooms | None = None
        self.facing: Facing | None = None
        self.errands: Errands | None = None
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
        self._parts: later.Furniture | None = None
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
        if self._parts is not None:
            return
        parts = self._parts = later.furnish(self)
        self.rail, self.middle, self.side, self.idle = parts.rail, parts.middle, parts.side, parts.idle
        self.rooms, self.statusbar, self.toast = parts.rooms, parts.statusbar, parts.toast
        self.help, self.network = parts.help, parts.network
        self.body.addWidget(parts.page)
        parts.statusbar.hide()
        self._whole.put(parts.statusbar)
        self._arrange()

    def cannot_start(self, sentence: str) -> None:
        """The services could not be opened: say what to do."""
        self.login_page.show_notice(sentence)

    def attach(self, behind: Behind) -> None:
        """The services are there: login becomes possible."""
        from PySide6.QtWidgets import QApplication

        self.furnish()
        assert self._parts is not None
        self._behind = behind
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        InputMethodGuard(app)
        control = self.control = later.DeskControl(behind.desk, self.lanes)
        hall = behind.desk.hall()
        self.topbar.show_hall(hall)
        self.login_page.show_hall(hall)
        control.login_refused.connect(self.login_page.show_error)
        control.session_changed.connect(self._session)
        control.session_ended.connect(self._session_ended)
        screens = later.Screens(self, self._parts, self.topbar, self.banner, control, self.lanes)
        self.screens, self.case, self.files = screens, screens.case, screens.files
        self.facing, self.errands = screens.facing, screens.errands
        bind(self, "full_screen", lambda: self.showNormal() if self.isFullScreen() else self.showFullScreen())
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

    # --- login ------------------------------------------------------------------------------------------------
    def _login(self, name: str, password: str) -> None:
        self.login_page.show_busy()
        if self.control is None:
            self._typed = (name, password)
        else:
            self.control.login(name, password)

    def _session(self) -> None:
        assert self.control is not None
        assert self.control.session is not None
        assert self.screens is not None
        assert self._parts is not None
        self.login_page.show_notice("")
        self.topbar.show_clerk(self.control.session.actor.user_name)
        self.body.setCurrentWidget(self._parts.page)
        self.screens.start()

    def _session_ended(self, sentence: str) -> None:
        assert self.screens is not None
        self.screens.put_away()
        self.topbar.show_clerk("")
        self.body.setCurrentWidget(self.login_page)
        self.login_page.show_notice(sentence)
        self.login_page.start()

    def _mistake(self, failure: Failure) -> None:
        self.furnish()
        if self._preparing:
            self.login_page.show_notice(failure.text)
        else:
            self.toast.say(failure.text, key="", action="", milliseconds=6_000)

    def _ticked(self) -> None:
        now = self._clock.now()
        self.topbar.tick(now)
        if self.screens is not None:
            self.screens.tick(now)

    def _set_least(self) -> None:
        self.setMinimumSize(px(LEAST_WIDTH), px(LEAST_HEIGHT))

    # --- sizes, leaving ---------------------------------------------------------------------------------------
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        narrow = self.width() < px(SIZE.wide_from)
        self.topbar.set_narrow(narrow)
        if self._parts is not None:
            self._parts.set_narrow(narrow)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._tick.stop()
        if self.facing is not None:
            self.facing.close()
        if self.screens is not None:
            self.screens.stop()
        if self.control is not None and self._behind is not None:
            self.control.stop()
            behind, self._behind = self._behind, None
            self.lanes.shutdown(producers=(behind.stop_producers,), closers=(behind.close,)).join()
        event.accept()
