"""What comes to a window from other threads: news of the feed, the connection, the outbox; and what follows for the
free page and the login.

The half of the window's controller that listens; lives on the GUI thread, hears on any.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from clerk_app.domain.errors import Unreachable
from clerk_app.ports.feed import ConnectionChange, ConnectionState, FeedEntry
from clerk_app.ports.hall import SessionEnded
from clerk_app.services.window.outbox import OutboxLine, SyncStatus
from clerk_app.services.window.overview import Overview
from clerk_app.services.window.session import WindowSession
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.casework import CaseWork
from clerk_app.ui.window.desk import Desk
from clerk_app.ui.window.filework import FileWork, cases_moved

MOST_FILES = 10
_OF_THE_QUEUE = ("ticket.", "window.", "hall.", "rules.", "notice.", "group.")
LOOK_AGAIN_MS = 1_500
SERVER_IS_BACK = "服务器恢复了，请再登录一次，登录后才能叫号"


@dataclass(frozen=True, slots=True)
class _Uploads:
    """What the lists of uploads and the status bar show, read at once."""

    records: tuple[OutboxLine, ...]
    files: tuple[OutboxLine, ...]
    catalogue_version: int
    catalogue_at: datetime | None


class HallNews(QObject):
    """Holds the open case, the open file and who sits here, because news change what is done with them."""

    session_ended = Signal(str)  # why the clerk has to log in again
    overview_changed = Signal()
    connection_changed = Signal()
    sync_changed = Signal()
    uploads_changed = Signal()
    said = Signal(str)

    def __init__(self, desk: Desk, lanes: Lanes) -> None:
        super().__init__()
        self.desk, self._lanes = desk, lanes
        self._network = lanes.lane("network")
        self.work = CaseWork(desk, lanes)
        self.files = FileWork(desk, lanes)
        self.session: WindowSession | None = None
        self.overview: Overview | None = None
        self.connection: ConnectionChange | None = None
        self.sync: SyncStatus | None = None
        self.uploads: tuple[OutboxLine, ...] = ()
        self.files_to_send: tuple[OutboxLine, ...] = ()
        self.catalogue_version = 0
        self.catalogue_at: datetime | None = None
        self.listeners: list[Callable[[tuple[FeedEntry, ...]], object]] = []
        """Who else wants the news of the feed, told from its thread."""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(LOOK_AGAIN_MS)
        self._soon.timeout.connect(self.refresh_view)
        self.work.said.connect(self.said)
        self.work.closed.connect(self.refresh_overview)
        self.work.closed.connect(self._log_in_again)
        self.files.session_over.connect(self._failed)
        self.files.done.connect(self.refresh_overview)

    def refresh_view(self) -> None:
        """Read this window's view of the queue again."""
        raise NotImplementedError

    def refresh_overview(self) -> None:
        """Read the figures of the free page again."""
        if self.session is None:
            return
        self._lanes.lane("papers").run(
            self.desk.overview.overview,
            self.session.actor,
            done=self._show_overview,
            failed=self._failed,
            key="overview",
        )

    def _show_overview(self, overview: Overview) -> None:
        self.overview = overview
        self.overview_changed.emit()

    # --- from other threads -----------------------------------------------------------------------------------
    def on_entries(self, entries: tuple[FeedEntry, ...]) -> None:
        """News of the queue, from the feed's thread; many at once are one look.

        What happens at this window is looked at now, the rest of the hall within ``LOOK_AGAIN_MS``: with 64 windows
        each look at each news would be 64 questions a ticket.
        """
        if any(self._is_here(entry) for entry in entries):
            self._lanes.post(self.refresh_view, key="view")
        elif any(entry.kind.startswith(_OF_THE_QUEUE) for entry in entries):
            self._lanes.post(self._look_soon, key="soon")
        if moved := cases_moved(entries):
            self._lanes.post(self.files.follow, moved)
        for tell in self.listeners:
            tell(entries)

    def _is_here(self, entry: FeedEntry) -> bool:
        return entry.window_no == self.desk.window_no and entry.kind.startswith(_OF_THE_QUEUE)

    def _look_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def on_reset(self) -> None:
        """The feed starts anew: everything is read again. From the feed's thread."""
        self._lanes.post(self.refresh_view, key="view")
        self._lanes.post(self.files.refresh_all, key="files")

    def on_connection(self, change: ConnectionChange) -> None:
        """The server came or went, from the feed's thread."""
        self._lanes.post(self._show_connection, change, key="connection")

    def _show_connection(self, change: ConnectionChange) -> None:
        self.connection = change
        self.connection_changed.emit()
        if change.state is ConnectionState.ONLINE:
            self.refresh_view()
            self.files.refresh_all()
            self._log_in_again()

    def on_sync(self, status: SyncStatus) -> None:
        """The outbox ran, from its own thread."""
        self._lanes.post(self._show_sync, status, key="sync")

    def _show_sync(self, status: SyncStatus) -> None:
        self.sync = status
        self.sync_changed.emit()
        if not status.error:
            self.files.synced()
        self._lanes.lane("papers").run(self._read_uploads, done=self._show_uploads, failed=self._failed, key="uploads")
        self.refresh_overview()

    def _read_uploads(self) -> _Uploads:
        outbox = self.desk.outbox
        return _Uploads(outbox.waiting(), outbox.waiting(MOST_FILES, files=True), *self.desk.catalogue_state())

    def _show_uploads(self, read: _Uploads) -> None:
        self.uploads, self.files_to_send = read.records, read.files
        self.catalogue_version, self.catalogue_at = read.catalogue_version, read.catalogue_at
        self.uploads_changed.emit()

    @property
    def online(self) -> bool:
        """Whether the server answered last."""
        return self.connection is None or self.connection.state is not ConnectionState.OFFLINE

    @property
    def stale_since(self) -> datetime | None:
        """Since when the queue's figures are old; None while the server answers."""
        return None if self.online or self.connection is None else self.connection.since

    # --- failures ---------------------------------------------------------------------------------------------
    def _failed(self, failure: Failure) -> None:
        if isinstance(failure.error, SessionEnded):
            self._end_session(failure.text)
        else:
            self.said.emit(failure.text)

    def _quiet(self, failure: Failure) -> None:
        if not isinstance(failure.error, Unreachable):
            self._failed(failure)

    def _end_session(self, sentence: str) -> None:
        """The login is over; the case, its page and what is typed there stay as they are."""
        if self.session is not None:
            self.session = None
            self.session_ended.emit(sentence)

    def _log_in_again(self) -> None:
        """A login without the server is enough for the case at hand, not for the queue."""
        if self.session is not None and self.session.offline and self.online and self.work.intake is None:
            self._end_session(SERVER_IS_BACK)
