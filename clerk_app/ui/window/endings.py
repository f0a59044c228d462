"""Visits that ended at this window and that the server has yet to learn of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from clerk_app.domain.errors import Refusal, Unreachable
from clerk_app.ports.hall import SessionEnded
from clerk_app.ports.hall_queue import FreeNow
from clerk_app.services.window.queue import QueueDesk
from clerk_app.ui.lanes import Failure, Lane

KEPT = "这一位已办结，服务器恢复后自动登记，不用再按"

OnFree = Callable[[FreeNow], object]


@dataclass(frozen=True, slots=True)
class _Ending:
    outcome: str
    calls: bool


class Endings:
    """Tells the server of each ending, again and again while it is away; the key of the request stays the same.

    An ending that calls the next one (F12) is one request. Repeated by itself it only ends: nobody is called long after
    the key was pressed; repeated by F2 it is the same request again, so that two lost answers call one citizen.

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
        self._open: dict[str, _Ending] = {}
        self._sending: set[str] = set()

    def __contains__(self, ticket_id: object) -> bool:
        return ticket_id in self._open

    def end(
        self,
        ticket_id: str,
        outcome: str,
        *,
        calls: bool = False,
        done: OnFree = lambda _: None,
        failed: Callable[[], object] = lambda: None,
    ) -> None:
        """End a visit; ``done`` follows if the server answers this first time (with ``calls``: whom it called),
        ``failed`` if it does not."""
        self._open[ticket_id] = _Ending(outcome, calls)
        self._send(ticket_id, calls=calls, done=done, over=failed)

    def repeat(self) -> None:
        """Try what is still open once more."""
        for ticket_id in tuple(self._open):
            self._send(ticket_id)

    def call(self, done: OnFree, failed: Callable[[], object]) -> bool:
        """F2 while an F12 is open: the same request again. False when there is none."""
        calling = [ticket_id for ticket_id, ending in self._open.items() if ending.calls]
        if not calling or calling[-1] in self._sending:
            return False
        self._send(calling[-1], calls=True, done=done, over=failed)
        return True

    def _send(
        self,
        ticket_id: str,
        *,
        calls: bool = False,
        done: OnFree = lambda _: None,
        over: Callable[[], object] = lambda: None,
    ) -> None:
        if ticket_id in self._sending:
            return
        self._sending.add(ticket_id)
        ending = self._open[ticket_id]

        def tell() -> FreeNow:
            if calls:
                return self._queue.finish_and_call(ticket_id, ending.outcome)
            if ending.calls:
                self._queue.finish_late(ticket_id, ending.outcome)
            else:
                self._queue.finish(ticket_id, ending.outcome)
            return FreeNow(None)

        def ended(answer: FreeNow) -> None:
            self._sending.discard(ticket_id)
            self._open.pop(ticket_id, None)
            self._told()
            done(answer)

        def failed(failure: Failure) -> None:
            self._sending.discard(ticket_id)
            if isinstance(failure.error, Refusal) and not isinstance(failure.error, SessionEnded):
                self._open.pop(ticket_id, None)
            over()
            if isinstance(failure.error, Unreachable):
                self._said(KEPT)
            else:
                self._failed(failure)

        self._network.run(tell, done=ended, failed=failed)
