"""The hall as it is now, on the GUI thread: the feed pushes, a snapshot repairs what the feed does not carry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from clerk_app.ports.feed import ConnectionChange, ConnectionState, FeedCursor, FeedEntry
from clerk_app.ports.hall_queue import HallSnapshot
from clerk_app.services.callboard import CallBoard
from clerk_app.ui.lanes import Failure, Lanes

_SOON_MS = 3_000
_REGULARLY_MS = 30_000


class LiveHall(QObject):
    """``on_entries``, ``on_connection`` and ``on_reset`` are for the feed's thread; the rest belongs to the GUI.

    Snapshots are asked for on the network lane: at the start, soon after tickets moved (the expected waits) and
    regularly (another day has begun).
    """

    changed = Signal()
    called = Signal(object)
    """A ``CalledNumber``: a call or recall that the feed has just told."""
    connection = Signal()
    catalogue_published = Signal()

    def __init__(self, lanes: Lanes, read_snapshot: Callable[[], HallSnapshot]) -> None:
        super().__init__()
        self._lanes = lanes
        self._read = read_snapshot
        self.board = CallBoard()
        self.state: ConnectionChange | None = None
        self._soon = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._soon.timeout.connect(self.refresh)
        self._regularly = QTimer(self, interval=_REGULARLY_MS)
        self._regularly.timeout.connect(self.refresh)
        self._regularly.start()

    @property
    def online(self) -> bool:
        """Whether the feed is connected and something can be shown."""
        return self.state is not None and self.state.state is ConnectionState.ONLINE and self.board.snapshot is not None

    @property
    def stale_since(self) -> datetime | None:
        """Since when the server is away, None while it answers or before the first answer."""
        if self.state is None or self.state.state is not ConnectionState.OFFLINE or self.board.snapshot is None:
            return None
        return self.state.since

    # the feed's thread
    def on_entries(self, entries: tuple[FeedEntry, ...]) -> None:
        self._lanes.post(self._follow, entries)

    def on_connection(self, change: ConnectionChange) -> None:
        self._lanes.post(self._connected, change)

    def on_reset(self) -> FeedCursor:
        snapshot = self._read()
        self._lanes.post(self._show_anew, snapshot)
        return snapshot.cursor

    # the GUI
    def refresh(self) -> None:
        """Ask for a snapshot; without a server nothing is asked, because the feed will tell."""
        if self.online:
            self._lanes.lane("network").run(
                self._read, done=self._show, failed=self._not_now, key="snapshot", owner=self
            )

    def stop(self) -> None:
        """Ask for nothing any more."""
        self._soon.stop()
        self._regularly.stop()

    def _follow(self, entries: tuple[FeedEntry, ...]) -> None:
        calls = self.board.apply(entries)
        standing = {line.ticket_id for line in self.board.calls}
        for call in calls:
            # A call that was taken back within the same news is neither shown nor said.
            if call.ticket_id in standing:
                self.called.emit(call)
        kinds = {entry.kind for entry in entries}
        if any(kind.startswith("ticket.") for kind in kinds):
            self.changed.emit()
            if not self._soon.isActive():
                self._soon.start()
        if "catalogue.published" in kinds:
            self.catalogue_published.emit()

    def _connected(self, change: ConnectionChange) -> None:
        self.state = change
        self.connection.emit()

    def _show(self, snapshot: HallSnapshot) -> None:
        if self.board.show(snapshot):
            self.changed.emit()

    def _show_anew(self, snapshot: HallSnapshot) -> None:
        self.board.show(snapshot, anew=True)
        self.changed.emit()

    def _not_now(self, failure: Failure) -> None:
        """The feed notices a lost server by itself; the next regular refresh asks again."""
