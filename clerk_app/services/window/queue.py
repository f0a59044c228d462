"""The ticket keys: each press is one request, however often it has to be repeated.

After ``Unreachable`` nobody knows whether the server carried the request out. The next press of the same key repeats it
under the same idempotency key, so that a lost answer never calls a second citizen. Called on the network lane.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from clerk_app.domain.errors import Refusal
from clerk_app.domain.queue import ACTIVE, AwayReason
from clerk_app.ports.hall import Counter
from clerk_app.ports.hall_queue import (
    CounterStatus,
    FreeNow,
    Hold,
    Ticket,
    TicketTaken,
    Transfer,
    WalkIn,
    WindowView,
)
from clerk_app.services.window.journal import Journal

T = TypeVar("T")
_CALL = ("call_next", "")

HERE_EVERY = 20
"""Seconds between two signs of life of a free window; the hall forgets it after a minute."""


class QueueDesk:
    """This window's side of the queue. All methods raise the server's refusals, and ``Unreachable``."""

    def __init__(self, counter: Counter, journal: Journal) -> None:
        self._counter = counter
        self._journal = journal
        self._open: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    def view(self) -> WindowView:
        """Waiting figures, the active ticket, the last and the missed ones."""
        view = self._counter.window_view()
        if view.active is not None:
            # The lost call did arrive: its ticket is on the screen now, the next F2 is a new wish.
            self._forget(_CALL)
        return view

    def call_next(self) -> FreeNow:
        """F2. Without a ticket the window waits free; ``Locked`` with an active ticket."""
        return self._call(_CALL, lambda key: self._counter.call_next(key=key))

    def finish_and_call(self, ticket_id: str, outcome: str) -> FreeNow:
        """F12: end of the visit and the next call in one step."""
        return self._call(
            (f"finish_and_call/{outcome}", ticket_id),
            lambda key: self._counter.finish_and_call(ticket_id, outcome, key=key),
        )

    def _call(self, action: tuple[str, str], request: Callable[[str], FreeNow]) -> FreeNow:
        repeated = self._is_open(action)
        answer = self._send(action, request)
        called = answer.ticket
        # An old answer may tell of a ticket that was finished meanwhile: then this press is a new wish.
        if repeated and called is not None and self._counter.ticket(called.ticket_id).ticket.state not in ACTIVE:
            return self.call_next() if action is not _CALL else self._send(action, request)
        return answer

    def finish_late(self, ticket_id: str, outcome: str) -> None:
        """The end of a visit whose F12 got no answer, told after a while: nobody is called any more.

        Where the lost request did arrive, the visit is over and what it called is on the screen.
        """
        if self._counter.ticket(ticket_id).ticket.state in ACTIVE:
            self.finish(ticket_id, outcome)
        self._forget((f"finish_and_call/{outcome}", ticket_id))

    def recall(self, ticket_id: str) -> Ticket:
        """F3; ``Locked`` within 10 s of the last call."""
        return self._send(("recall", ticket_id), lambda key: self._counter.recall(ticket_id, key=key))

    def miss(self, ticket_id: str) -> Ticket:
        """F4; ``Locked`` before 2 recalls."""
        return self._send(("miss", ticket_id), lambda key: self._counter.miss(ticket_id, key=key))

    def undo_miss(self, ticket_id: str) -> Ticket:
        """The missed citizen is here after all."""
        return self._send(("undo_miss", ticket_id), lambda key: self._counter.undo_miss(ticket_id, key=key))

    def start(self, ticket_id: str) -> Ticket:
        """The citizen sits down (first key of the case)."""
        return self._send(("start", ticket_id), lambda key: self._counter.start(ticket_id, key=key))

    def finish(self, ticket_id: str, outcome: str) -> Ticket:
        """End of the visit; ``outcome`` is the case's outcome, ``consulted`` or ``left``."""
        action = (f"finish/{outcome}", ticket_id)
        return self._send(action, lambda key: self._counter.finish(ticket_id, outcome, key=key))

    def undo_call(self, ticket_id: str) -> Ticket:
        """Ctrl+Z within 5 s: the next F2 gives the same ticket again."""
        return self._send(("undo_call", ticket_id), lambda key: self._counter.undo_call(ticket_id, key=key))

    def undo_finish(self, ticket_id: str) -> Ticket:
        """Ctrl+Z within 5 s."""
        return self._send(("undo_finish", ticket_id), lambda key: self._counter.undo_finish(ticket_id, key=key))

    def hold(self, ticket_id: str, wish: Hold) -> Ticket:
        """F8."""
        return self._send(("hold", ticket_id), lambda key: self._counter.hold(ticket_id, wish, key=key))

    def resume(self, ticket_id: str) -> Ticket:
        """Shift+F8: the held visit goes on here."""
        return self._send(("resume", ticket_id), lambda key: self._counter.resume(ticket_id, key=key))

    def back(self, ticket_id: str) -> TicketTaken:
        """A held or missed citizen waits again at the place that the rule gives."""
        return self._send(("return", ticket_id), lambda key: self._counter.return_ticket(ticket_id, key=key))

    def transfer(self, ticket_id: str, wish: Transfer) -> Ticket:
        """To a group, a window or a person."""
        return self._send(("transfer", ticket_id), lambda key: self._counter.transfer(ticket_id, wish, key=key))

    def undo_transfer(self, ticket_id: str) -> Ticket:
        """Ctrl+Z within 5 s."""
        return self._send(("undo_transfer", ticket_id), lambda key: self._counter.undo_transfer(ticket_id, key=key))

    def walk_in(self, wish: WalkIn) -> Ticket:
        """Somebody without a number."""
        return self._send(("walk_in", wish.group_id), lambda key: self._counter.walk_in(wish, key=key))

    def away(self, reason: AwayReason) -> CounterStatus:
        """The window gets nobody."""
        return self._send(("away", reason.value), lambda key: self._counter.away(reason, key=key))

    def open_window(self) -> CounterStatus:
        """Back at work, not free yet."""
        return self._send(("open", ""), lambda key: self._counter.open_window(key=key))

    def close_window(self) -> CounterStatus:
        """Off for today."""
        return self._send(("close", ""), lambda key: self._counter.close_window(key=key))

    def here(self) -> None:
        """The free window is alive: said every ``HERE_EVERY`` seconds while it waits for a ticket."""
        self._counter.here()

    def _send(self, action: tuple[str, str], request: Callable[[str], T]) -> T:
        with self._lock:
            key = self._open.setdefault(action, self._journal.new_id())
        try:
            answer = request(key)
        except Refusal:
            self._forget(action)
            raise
        self._forget(action)
        return answer

    def _is_open(self, action: tuple[str, str]) -> bool:
        with self._lock:
            return action in self._open

    def _forget(self, action: tuple[str, str]) -> None:
        with self._lock:
            self._open.pop(action, None)
