"""The ticket keys: each press is one request, however often it has to be repeated.

After ``Unreachable`` nobody knows whether the server carried the request out. The next press of the same key repeats it
under the same idempotency key, so that a lost answer never calls a second citizen. Called on the network lane.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from clerk_app.domain.errors import Refusal
from clerk_app.domain.queue import ACTIVE
from clerk_app.ports.hall import Counter
from clerk_app.ports.hall_queue import Ticket, WindowView
from clerk_app.services.window.journal import Journal

T = TypeVar("T")
_CALL = ("call_next", "")


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

    def call_next(self) -> Ticket | None:
        """F2. None when nobody waits; ``Locked`` with an active ticket."""
        repeated = self._is_open(_CALL)
        ticket = self._send(_CALL, lambda key: self._counter.call_next(key=key))
        if repeated and ticket is not None and self._counter.ticket(ticket.ticket_id).ticket.state not in ACTIVE:
            return self._send(_CALL, lambda key: self._counter.call_next(key=key))
        return ticket

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
        """F12: end of the visit; ``outcome`` is the case's outcome, ``consulted`` or ``left``."""
        action = (f"finish/{outcome}", ticket_id)
        return self._send(action, lambda key: self._counter.finish(ticket_id, outcome, key=key))

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
