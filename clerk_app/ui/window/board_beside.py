"""Alt+S: the manager's board as a window of its own beside the clerk's, for who may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from clerk_app.domain.actor import Role
from clerk_app.ui.lanes import Lanes
from clerk_app.ui.window.control import DeskControl

if TYPE_CHECKING:
    from clerk_app.ui.board.window import BoardWindow

WATCHERS: Final = frozenset({Role.MANAGER, Role.CHIEF_REPRESENTATIVE, Role.AUDITOR, Role.TECHNICIAN})


class BoardBeside(QObject):
    """Made at its first use; it goes when the login ends, and with the clerk's window."""

    def __init__(self, host: QWidget, control: DeskControl, lanes: Lanes) -> None:
        super().__init__(host)
        self._host, self._control, self._lanes = host, control, lanes
        self.window: BoardWindow | None = None
        host.installEventFilter(self)
        control.session_changed.connect(self._session)
        control.session_ended.connect(lambda _sentence: self.close())

    def open(self) -> None:
        """Show the board, or say why not."""
        session = self._control.session
        if session is None:
            return
        if not WATCHERS & session.actor.roles or self._control.desk.running is None:
            self._control.said.emit("大厅实况要用大厅管理员的账号看")
            return
        if session.offline:
            self._control.said.emit("服务器连不上时登录的，看不到大厅实况；恢复后再登录一次")
            return
        if self.window is None:
            self.window = self._make()
        window = self.window
        if not window.isVisible():
            window.view.start(self._control.desk.hall())
        window.show()
        window.raise_()
        window.activateWindow()

    def close(self) -> None:
        """Nobody who may is logged in any more."""
        if self.window is not None:
            self.window.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() is QEvent.Type.Close:
            self.close()
        return False

    def _make(self) -> BoardWindow:
        from clerk_app.ui.board.live import BoardLive
        from clerk_app.ui.board.window import BoardView, BoardWindow

        control, desk = self._control, self._control.desk
        assert desk.running is not None
        live = BoardLive(self._lanes, desk.running.board)
        live.setParent(self)
        view = BoardView(desk.running, live, self._lanes, desk.clock, desk.files.work)
        view.session_over.connect(control.session_ended)
        window = BoardWindow(view, self._host)
        control.listeners.append(live.on_entries)
        control.connection_changed.connect(lambda: self._connection(window))
        return window

    def _connection(self, window: BoardWindow) -> None:
        change = self._control.connection
        if change is not None:
            window.view.live.show_connection(change)

    def _session(self) -> None:
        session = self._control.session
        if session is None or not WATCHERS & session.actor.roles:
            self.close()
