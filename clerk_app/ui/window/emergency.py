"""The window while the server is away: numbers from its own block, citizens called by hand from their paper.

A short absence (the restart of a server takes one to three seconds) changes nothing: emergency calling begins after
``Desk.emergency_after_s``. What was begun in it goes on to its end when the server is back. Lives on the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, Signal

from clerk_app.domain.actor import Actor
from clerk_app.domain.intake import TicketRef
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ports.feed import ConnectionChange, ConnectionState
from clerk_app.ports.hall_queue import Ticket
from clerk_app.ports.window_emergency import EmergencyRow
from clerk_app.services.window.emergency import EmergencyBook, EmergencyDesk
from clerk_app.services.window.session import WindowSession
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.desk import Desk

_PRINTED = {
    PrintOutcome.PRINTED: "请给申请人",
    PrintOutcome.SENT: "请看一眼小票打全没有，再给申请人",
    PrintOutcome.UNKNOWN: "小票可能没打完，请看一眼；号有效",
    PrintOutcome.REFUSED: "小票没打出来，请把号写给申请人",
}


class EmergencyWork(QObject):
    """``served`` carries the ``TicketRef`` of who is served now, by an emergency number or by hand; ``number_wanted``
    asks for the number of the next one (F2), ``called_wrong`` says why what was typed calls nobody; ``changed`` follows
    every change of what the rail shows."""

    changed = Signal()
    served = Signal(object)
    number_wanted = Signal()
    called_wrong = Signal(str)
    said = Signal(str)

    def __init__(self, desk: Desk, lanes: Lanes, session: Callable[[], WindowSession | None]) -> None:
        super().__init__()
        self._desk, self._lanes, self._session = desk, lanes, session
        self._store = lanes.lane("store")
        self._connection: ConnectionChange | None = None
        self._ids: frozenset[str] = frozenset()
        self._numbers: frozenset[str] = frozenset()
        self._over: set[str] = set()
        self.book = EmergencyBook()
        self.active = False
        self.current: TicketRef | None = None
        """Whom this window serves without the queue, also after the server is back."""

    # --- when it is time --------------------------------------------------------------------------------------
    @property
    def since(self) -> datetime | None:
        """Since when the server is away; None while it answers."""
        change = self._connection
        return change.since if change is not None and change.state is ConnectionState.OFFLINE else None

    def show_connection(self, change: ConnectionChange | None) -> None:
        """What the feed says of the server."""
        self._connection = change
        self.tick(self._desk.clock.now())

    def tick(self, now: datetime) -> None:
        """Once a second: whether the server is away for long enough."""
        since = self.since
        after = timedelta(seconds=self._desk.emergency_after_s)
        active = self._desk.emergency is not None and since is not None and now - since >= after
        if active != self.active:
            self.active = active
            self.refresh()
            self.changed.emit()

    # --- what is known ----------------------------------------------------------------------------------------
    def refresh(self) -> None:
        """Read the book again: after a login, a connection, a run of the outbox."""
        if self._desk.emergency is not None and self._session() is not None:
            self._store.run(self._desk.emergency.book, done=self._show, failed=self._failed, key="emergency book")

    def _show(self, book: EmergencyBook) -> None:
        told = {row.ticket_id for row in self.book.conflicts}
        fresh = [row for row in book.conflicts if row.ticket_id not in told]
        self.book = book
        self._ids |= {one for row in book.rows for one in (row.ticket_id, row.merged_id) if one}
        self._numbers = frozenset(row.number for row in book.rows)
        if fresh and self._session() is not None:
            self.said.emit(fresh[-1].conflict)
        if book.open is not None and self.current is None and book.open.ticket_id not in self._over:
            self._serve(book.open)
        self.changed.emit()

    def has(self, ticket: Ticket) -> bool:
        """Whether the server's ticket at this window is one of those that were served here without it: nothing is to
        be taken up, its end is told by the outbox."""
        return ticket.ticket_id in self._ids or ticket.number in self._numbers

    # --- serving ----------------------------------------------------------------------------------------------
    def call(self, text: str) -> None:
        """Serve the citizen who holds this number."""

        def wrong(failure: Failure) -> None:
            self.called_wrong.emit(failure.text)

        self._run(lambda desk, actor: desk.call(actor, text), self._serve, wrong)

    def serve_now(self, without: Callable[[], object]) -> None:
        """Somebody without a number: one of the own block, served at once; ``without`` one when there is none left."""

        def failed(failure: Failure) -> None:
            self._failed(failure)
            without()

        if self._desk.emergency is None or self._session() is None:
            without()
            return
        self._run(lambda desk, actor: desk.give(actor, serve=True), self._serve, failed)

    def give(self, group_id: str = "") -> None:
        """A number on paper for somebody who will wait."""

        def given(row: EmergencyRow) -> None:
            self.refresh()
            desk = self._desk.emergency
            assert desk is not None
            self._lanes.lane("printer").run(
                desk.print, row, done=lambda result: self._printed(row, result), failed=self._failed
            )

        self._run(lambda desk, actor: desk.give(actor, group_id), given, self._failed)

    def _printed(self, row: EmergencyRow, result: PrintResult) -> None:
        self.said.emit(f"应急号 {row.number}，{_PRINTED[result.outcome]}")

    def _serve(self, row: EmergencyRow) -> None:
        if self.current is not None and self.current.ticket_id == row.ticket_id:
            return
        # Of a number that was called by hand nobody here knows when it was taken.
        taken_at = row.taken_at if row.given else None
        self.current = TicketRef(row.ticket_id, row.number, row.group_name, taken_at, row.called_at)
        self._numbers |= {row.number}
        self._ids |= {row.ticket_id}
        self.changed.emit()
        self.served.emit(self.current)

    # --- ending -----------------------------------------------------------------------------------------------
    def end(self, actor: Actor, outcome: str, then: Callable[[], object] | None = None) -> None:
        """The visit of ``current`` is over; ``then`` follows when the server has heard of it (F12: it would not give
        the next one before), at once where it is away."""
        ref, self.current = self.current, None
        desk = self._desk.emergency
        assert ref is not None
        assert desk is not None
        self._over.add(ref.ticket_id)

        def ended(_: EmergencyRow) -> None:
            self.refresh()
            if then is None:
                return
            if self.active:
                then()
            else:
                self._lanes.lane("network").run(
                    self._desk.outbox.push_stream, ref.ticket_id, done=lambda _: then(), failed=self._failed
                )

        self._store.run(desk.end, actor, ref.ticket_id, outcome, done=ended, failed=self._failed)
        self.changed.emit()

    def end_called(self, actor: Actor, ticket: Ticket, outcome: str) -> None:
        """The end of a visit that the server had called before it went away."""
        desk = self._desk.emergency
        assert desk is not None
        self._ids |= {ticket.ticket_id}
        self._store.run(desk.end_called, actor, ticket, outcome, done=lambda _: self.refresh(), failed=self._failed)

    # --- inside -----------------------------------------------------------------------------------------------
    def _run(
        self,
        work: Callable[[EmergencyDesk, Actor], EmergencyRow],
        done: Callable[[EmergencyRow], object],
        failed: Callable[[Failure], object],
    ) -> None:
        desk, session = self._desk.emergency, self._session()
        if desk is None or session is None:
            return
        self._store.run(work, desk, session.actor, done=done, failed=failed, key="emergency")

    def _failed(self, failure: Failure) -> None:
        self.said.emit(failure.text)
