"""Keeps the strip of lamps over this window in step with what the window does.

The strip never answers, so the line that stands there is sent again every minute: one that lost its power for a moment
comes back by itself.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from clerk_app.domain.queue import WindowState
from clerk_app.ports.counter_devices import CallBoard
from clerk_app.services.window.strip import strip_line
from clerk_app.ui.lanes import Failure, Lane
from clerk_app.ui.window.control import DeskControl

AGAIN_MS = 60_000
RETRY_MS = 5_000


class Strip(QObject):
    """Follows the controller from ``start`` to ``stop``."""

    def __init__(self, control: DeskControl, lane: Lane, board: CallBoard) -> None:
        super().__init__()
        self._control, self._lane, self._board = control, lane, board
        self._wanted = ""
        self._closed = False
        self._again = QTimer(self)
        self._again.timeout.connect(self._send)
        for news in (control.ticket_changed, control.view_changed, control.session_changed, control.session_ended):
            news.connect(self._follow)

    def start(self) -> None:
        """Send what stands there now."""
        self._follow()

    def stop(self) -> None:
        """The program ends: the strip calls nobody any more."""
        if not self._closed:
            self._closed = True
            self._again.stop()
            line = strip_line(self._control.desk.window_no, WindowState.AWAY, "")
            self._lane.run(self._board.send, line, failed=lambda _failure: None, key="strip")

    def _follow(self, *_news: object) -> None:
        control = self._control
        if self._closed:
            return
        by_hand = control.emergency.current
        number = control.ticket.number if control.ticket else by_hand.number if by_hand else ""
        state = control.state if control.session is not None else WindowState.AWAY
        wanted = strip_line(control.desk.window_no, state, number if control.session is not None else "")
        if wanted != self._wanted:
            self._wanted = wanted
            self._send()

    def _send(self) -> None:
        # A line that comes while another waits takes its place: only the newest counts.
        self._lane.run(self._board.send, self._wanted, done=self._sent, failed=self._not_sent, key="strip")
        self._again.start(AGAIN_MS)

    def _sent(self, _: None) -> None:
        self._again.start(AGAIN_MS)

    def _not_sent(self, _failure: Failure) -> None:
        if not self._closed:
            self._again.start(RETRY_MS)
