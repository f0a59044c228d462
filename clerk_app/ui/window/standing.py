"""What the window does: free, away, closed, at work; and its sign of life while it waits free for a citizen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QTimer, Signal

from clerk_app.domain.queue import AWAY_WORDS, AwayReason, TicketState, WindowState
from clerk_app.ports.hall_queue import CounterStatus, Ticket, WindowView
from clerk_app.services.window.queue import HERE_EVERY
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.desk import Desk
from clerk_app.ui.window.hallnews import HallNews

NOT_WITHOUT_SERVER = "服务器连不上，窗口状态改不了；要离开一会儿，请在窗口放牌子"


class Standing(HallNews):
    """The half of the controller that knows the window's own state, as the server told it last.

    A free window says ``here`` every ``HERE_EVERY`` seconds and stops with the state: a program that hangs or lost its
    network gets nobody.
    """

    view_changed = Signal()

    def __init__(self, desk: Desk, lanes: Lanes) -> None:
        super().__init__(desk, lanes)
        self.view: WindowView | None = None
        self.ticket: Ticket | None = None
        self._alive = QTimer(self)
        self._alive.setInterval(HERE_EVERY * 1000)
        self._alive.timeout.connect(self._say_here)
        self.view_changed.connect(self._keep_alive)
        self.connection_changed.connect(self._keep_alive)
        self.session_ended.connect(self._alive.stop)

    # --- the state --------------------------------------------------------------------------------------------
    @property
    def serving(self) -> bool:
        """Whether somebody is at this window."""
        return self.ticket is not None or self.work.intake is not None

    @property
    def state(self) -> WindowState:
        """What the window does now; a case without a ticket is work too."""
        if self.ticket is not None:
            return WindowState.CALLING if self.ticket.state is TicketState.CALLED else WindowState.BUSY
        if self.view is None or self.work.intake is not None:
            return WindowState.BUSY
        return self.view.state

    @property
    def state_since(self) -> datetime | None:
        """Since when; None while it is not known."""
        if self.ticket is not None:
            called = self.ticket.state is TicketState.CALLED
            return self.ticket.called_at if called else self.ticket.started_at or self.ticket.called_at
        if self.work.intake is not None:
            return self.work.intake.opened_at
        return self.view.state_since if self.view is not None else None

    @property
    def waits_free(self) -> bool:
        """Whether the hall may draw a ticket for this window at any moment."""
        return self.view is not None and self.view.state is WindowState.FREE and self.ticket is None

    def _stands(self, status: CounterStatus) -> None:
        """The answer to a wish; the next view says the same."""
        if self.view is not None:
            self.view = replace(self.view, state=status.state, state_since=status.since, away=status.away)
            self.view_changed.emit()
        self.refresh_view()

    # --- the sign of life -------------------------------------------------------------------------------------
    def _keep_alive(self) -> None:
        wanted = self.waits_free and self.online and self.session is not None and not self.session.offline
        if wanted and not self._alive.isActive():
            self._alive.start()
        elif not wanted:
            self._alive.stop()

    def _say_here(self) -> None:
        self._network.run(self.desk.queue.here, failed=self._quiet, key="here")

    # --- what the clerk wants ---------------------------------------------------------------------------------
    def standing_locked(self) -> str:
        """Why the window cannot go away or close now; empty when it can."""
        if self.session is None:
            return "先登录"
        if self.ticket is not None:
            return f"{self.ticket.number} 还没办完，办结、挂起或过号后再离席"
        if self.work.intake is not None:
            return "这一件还开着，办完或按 F8 放下再离席"
        if self.session.offline or not self.online:
            return NOT_WITHOUT_SERVER
        return ""

    def go_away(self, reason: AwayReason) -> None:
        """Nobody is drawn for this window until it is back."""

        def gone(status: CounterStatus) -> None:
            self.said.emit(f"已离席：{AWAY_WORDS[reason]}。回来按 F2 叫下一位")
            self._stands(status)

        self._network.run(self.desk.queue.away, reason, done=gone, failed=self._not_stood, key="standing")

    def come_back(self) -> None:
        """At work again, not free yet; also takes a free window out of the draw."""
        self._network.run(self.desk.queue.open_window, done=self._stands, failed=self._not_stood, key="standing")

    def close_window(self) -> None:
        """Off for today; who waits for this window alone waits for the group again."""
        self._network.run(self.desk.queue.close_window, done=self._stands, failed=self._not_stood, key="standing")

    def not_free(self) -> None:
        """Somebody is served without a ticket: nobody may be drawn for this window meanwhile."""
        if self.waits_free and self.online:
            self.come_back()

    def _not_stood(self, failure: Failure) -> None:
        # A ticket may have been drawn for this window in the same moment.
        self.refresh_view()
        self._failed(failure)
