"""The board as it is now, on the GUI thread: news of the hall make it look again, at most every two seconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from clerk_app.domain.errors import Unreachable
from clerk_app.ports.feed import ConnectionChange, ConnectionState, FeedEntry
from clerk_app.ports.hall import SessionEnded
from clerk_app.ports.hall_board import HallBoard
from clerk_app.ui.lanes import Failure, Lanes

LOOK_MS = 2_000
REGULARLY_MS = 20_000
_MOVING = ("ticket.", "window.", "hall.", "dispatch.", "rules.", "notice.", "group.", "roster.", "emergency.")


class BoardLive(QObject):
    """``on_entries`` and ``on_connection`` are for the feed's thread; the rest belongs to the GUI.

    ``changed`` follows a new board, ``connection`` a lost or found server. Waits grow by themselves: without news the
    board is read every 20 s.
    """

    changed = Signal()
    connection = Signal()
    session_over = Signal(str)

    def __init__(self, lanes: Lanes, read: Callable[[], HallBoard]) -> None:
        super().__init__()
        self._lanes, self._read = lanes, read
        self.board: HallBoard | None = None
        self.trouble = ""
        self.stale_since: datetime | None = None
        self._running = False
        self._pause = QTimer(self, interval=LOOK_MS, singleShot=True)
        self._pause.timeout.connect(self._after_pause)
        self._wanted = False
        self._regularly = QTimer(self, interval=REGULARLY_MS)
        self._regularly.timeout.connect(self.refresh)

    # --- start and end ----------------------------------------------------------------------------------------
    def start(self) -> None:
        """Somebody who may see the board is logged in and looks at it."""
        self._running = True
        self._regularly.start()
        self.refresh()

    def stop(self) -> None:
        """Nobody looks any more."""
        self._running = False
        self._wanted = False
        self._pause.stop()
        self._regularly.stop()

    # --- the feed's thread ------------------------------------------------------------------------------------
    def on_entries(self, entries: tuple[FeedEntry, ...]) -> None:
        """Many news at once are one look."""
        if any(entry.kind.startswith(_MOVING) for entry in entries):
            self._lanes.post(self.moved, key="board moved")

    def on_connection(self, change: ConnectionChange) -> None:
        self._lanes.post(self.show_connection, change, key="board connection")

    # --- the GUI ----------------------------------------------------------------------------------------------
    def moved(self) -> None:
        """Something happened in the hall: look now, or when two seconds have passed since the last look."""
        if not self._running:
            return
        if self._pause.isActive():
            self._wanted = True
        else:
            self.refresh()

    def refresh(self) -> None:
        """Look now."""
        if not self._running:
            return
        self._wanted = False
        self._pause.start()
        self._lanes.lane("board").run(self._read, done=self._show, failed=self._failed, key="board", owner=self)

    def show_connection(self, change: ConnectionChange) -> None:
        """The server went or came back; what was seen last stays and says from when it is."""
        offline = change.state is ConnectionState.OFFLINE
        self.stale_since = change.since if offline else None
        self.connection.emit()
        if not offline:
            self.refresh()

    def _after_pause(self) -> None:
        if self._wanted:
            self.refresh()

    def _show(self, board: HallBoard) -> None:
        self.board, self.trouble = board, ""
        if self.stale_since is not None:
            # It answers again before the feed has noticed.
            self.stale_since = None
            self.connection.emit()
        self.changed.emit()

    def _failed(self, failure: Failure) -> None:
        if isinstance(failure.error, SessionEnded):
            self.stop()
            self.session_over.emit(failure.text)
            return
        self.trouble = failure.text
        if isinstance(failure.error, Unreachable) and self.stale_since is None and self.board is not None:
            self.stale_since = self.board.at
        self.connection.emit()
