"""Visits that ended at this window and that the server has yet to learn of."""

from __future__ import annotations

from collections.abc import Callable

from clerk_app.domain.errors import Refusal, Unreachable
from clerk_app.ports.hall import SessionEnded
from clerk_app.services.window.queue import QueueDesk
from clerk_app.ui.lanes import Failure, Lane

KEPT = "这一位已办结，服务器恢复后自动登记，不用再按"


class Endings:
    """Tells the server of each ending, again and again while it is away; the key of the request stays the same.

    Not kept over a restart: the server's view then shows the ticket as still at this window, and the clerk ends the
    visit once more. On the GUI thread; ``told`` follows each ending that the server knows, ``said`` brings the
    sentence that it is kept, ``failed`` every other failure.
    """

    def __init__(
        self,
        queue: QueueDesk,
        network: Lane,
        told: Callable[[], object],
        said: Callable[[str], object],
        failed: Callable[[Failure], object],
    ) -> None:
        self._queue, self._network = queue, network
        self._told, self._said, self._failed = told, said, failed
        self._open: dict[str, str] = {}
        self._sending: set[str] = set()

    def __contains__(self, ticket_id: object) -> bool:
        return ticket_id in self._open

    def end(self, ticket_id: str, outcome: str, then: Callable[[], object] | None = None) -> None:
        """End a visit; ``then`` follows if the server answers this first time."""
        self._open[ticket_id] = outcome
        self._send(ticket_id, then)

    def repeat(self) -> None:
        """Try what is still open once more."""
        for ticket_id in tuple(self._open):
            self._send(ticket_id)

    def _send(self, ticket_id: str, then: Callable[[], object] | None = None) -> None:
        if ticket_id in self._sending:
            return
        self._sending.add(ticket_id)

        def ended(_: object) -> None:
            self._sending.discard(ticket_id)
            self._open.pop(ticket_id, None)
            self._told()
            if then is not None:
                then()

        def failed(failure: Failure) -> None:
            self._sending.discard(ticket_id)
            if isinstance(failure.error, Refusal) and not isinstance(failure.error, SessionEnded):
                self._open.pop(ticket_id, None)
            if isinstance(failure.error, Unreachable):
                self._said(KEPT)
            else:
                self._failed(failure)

        self._network.run(self._queue.finish, ticket_id, self._open[ticket_id], done=ended, failed=failed)
