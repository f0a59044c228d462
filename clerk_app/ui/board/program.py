"""``clerk board``: login, then the board; back to the login when that ends."""

from __future__ import annotations

from typing import Final, Protocol

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from clerk_app.domain.actor import Role
from clerk_app.domain.errors import NotAllowed
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.clock import Clock
from clerk_app.ports.hall import Login, Session
from clerk_app.ports.hall_board import RunHall
from clerk_app.ports.hall_cases import WorkKind, WorkLine
from clerk_app.ui.board.live import BoardLive
from clerk_app.ui.board.window import BoardView
from clerk_app.ui.keys import InputMethodGuard, bind
from clerk_app.ui.kit.layout import Column
from clerk_app.ui.kit.theme import px
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.login_page import LoginPage

WATCHERS: Final = frozenset({Role.MANAGER, Role.CHIEF_REPRESENTATIVE, Role.AUDITOR, Role.TECHNICIAN})


class BoardHall(RunHall, Protocol):
    """What the program asks besides running the hall."""

    def login(self, login: Login) -> Session: ...

    def logout(self) -> None: ...

    def work(self, kind: WorkKind) -> tuple[WorkLine, ...]: ...


class BoardProgram(QWidget):
    """One person at one board PC."""

    def __init__(self, hall: BoardHall, profile: HallProfile, live: BoardLive, lanes: Lanes, clock: Clock) -> None:
        super().__init__()
        self._hall, self._profile, self._lanes = hall, profile, lanes
        self.setWindowTitle("大厅实况")
        self.login_page = LoginPage("")
        self.login_page.window_words.setText("大厅实况，用大厅管理员的账号登录")
        self.login_page.show_hall(profile)
        self.view = BoardView(hall, live, lanes, clock, hall.work)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.login_page)
        self.stack.addWidget(self.view)
        self.setLayout(Column(self.stack))
        self.resize(px(1366), px(690))
        self.login_page.login.connect(self._login)
        self.view.session_over.connect(self._over)
        bind(self, "run_full_screen", lambda: self.showNormal() if self.isFullScreen() else self.showFullScreen())
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        InputMethodGuard(app)
        self.login_page.start()

    def _login(self, name: str, password: str) -> None:
        self.login_page.show_busy()
        self._lanes.lane("network").run(self._admit, name, password, done=self._admitted, failed=self._refused)

    def _admit(self, name: str, password: str) -> Session:
        """On the lane: a login of somebody who may not watch is ended at once."""
        session = self._hall.login(Login(name, password))
        if not WATCHERS & set(session.roles):
            self._hall.logout()
            raise NotAllowed("这个账号没有看大厅实况的岗位，请用大厅管理员的账号")
        return session

    def _admitted(self, _session: Session) -> None:
        self.login_page.show_notice("")
        self.login_page.start()
        self.stack.setCurrentWidget(self.view)
        self.view.start(self._profile)

    def _refused(self, failure: Failure) -> None:
        self.login_page.show_error(failure.text)

    def _over(self, sentence: str) -> None:
        self.view.stop()
        self.stack.setCurrentWidget(self.login_page)
        self.login_page.show_notice(sentence)
        self.login_page.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.view.stop()
        event.accept()
