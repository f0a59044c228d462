"""The hall's queue as one window sees it, in memory: real steps of a ticket, answers kept by key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from clerk_app.domain.errors import Conflict, Locked
from clerk_app.domain.queue import (
    ACTIVE,
    QUEUED,
    UNDO_WITHIN,
    AwayReason,
    Lane,
    PrintState,
    PriorityClass,
    TicketSource,
    TicketState,
    TicketStep,
    VisitReason,
    WindowState,
    check_undo,
    step,
)
from clerk_app.ports.hall_queue import CounterStatus, FreeNow, Hold, Ticket, TicketTaken, Transfer, WalkIn
from support.window import NOW

T = TypeVar("T")
WINDOW = "12"


def a_ticket(number: str, state: TicketState = TicketState.WAITING, taken_at: datetime = NOW) -> Ticket:
    return Ticket(
        ticket_id=f"018f0000-0000-7000-8000-{int(number[1:]):012d}",
        day=taken_at.date(),
        number=number,
        group_id="g",
        group_name="企业准入",
        state=state,
        priority=PriorityClass.ORDINARY,
        reason=VisitReason.SUBMIT,
        matters=(),
        person="李*",
        taken_at=taken_at,
        called_at=None,
        last_call_at=None,
        started_at=None,
        ended_at=None,
        window_no=None,
        recalls=0,
        print_state=PrintState.PRINTED,
        prints=1,
        outcome=None,
    )


class QueueInMemory:
    """What a window does with tickets. ``state`` is the window's own, ``now`` the hall's clock.

    A request with a key that was answered gets the same answer; the same key for something else is refused, as the
    server does.
    """

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.tickets: list[Ticket] = []
        self.state = WindowState.BUSY
        self.away_for: AwayReason | None = None
        self.since = NOW
        self.now: Callable[[], datetime] = lambda: NOW
        self.heard = 0
        self.holds: list[tuple[str, Hold]] = []
        self.transfers: list[tuple[str, Transfer]] = []
        self._pinned = ""
        self._answers: dict[str, tuple[Any, Any]] = {}

    def _over_the_network(self, request: Callable[[], T]) -> T:
        return request()

    def _ask(self, key: str | None, wish: Any, do: Callable[[], T]) -> T:
        assert key
        self.keys.append(key)

        def once() -> T:
            if key in self._answers:
                known, answer = self._answers[key]
                if known != wish:
                    raise Conflict("同一个请求号，内容不一样")
                return answer  # type: ignore[no-any-return]
            answer = do()
            self._answers[key] = (wish, answer)
            return answer

        return self._over_the_network(once)

    # --- what others do ---------------------------------------------------------------------------------------
    def add_tickets(self, count: int) -> None:
        """So many take a number; a window that waits free gets the first of them."""
        first = len(self.tickets) + 1
        self.tickets += [a_ticket(f"A{number:03d}") for number in range(first, first + count)]
        if self.state is WindowState.FREE and self.active is None:
            self._draw()

    @property
    def active(self) -> Ticket | None:
        """The ticket at this window."""
        return next((ticket for ticket in self.tickets if ticket.state in ACTIVE), None)

    # --- calls ------------------------------------------------------------------------------------------------
    def call_next(self, *, key: str | None = None) -> FreeNow:
        return self._ask(key, "call_next", self._free)

    def _free(self) -> FreeNow:
        if self.active is not None:
            raise Locked(f"{self.active.number} 还没办完，办结或过号后再叫下一位")
        ticket = self._draw()
        if ticket is None:
            self._window(WindowState.FREE)
            return FreeNow(None)
        return FreeNow(ticket, self.now() + UNDO_WITHIN)

    def _draw(self) -> Ticket | None:
        waiting = [ticket for ticket in self.tickets if ticket.state in QUEUED and ticket.for_window in (None, WINDOW)]
        waiting.sort(key=lambda ticket: ticket.ticket_id != self._pinned)
        if not waiting:
            return None
        now = self.now()
        self._pinned = ""
        self._window(WindowState.BUSY)
        return self._put(
            replace(waiting[0], state=TicketState.CALLED, called_at=now, last_call_at=now, recalls=0, window_no=WINDOW)
        )

    def undo_call(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        return self._ask(key, ("undo_call", ticket_id), lambda: self._undo_call(ticket_id))

    def _undo_call(self, ticket_id: str) -> Ticket:
        ticket = self._find(ticket_id)
        state = step(ticket.state, TicketStep.UNDO_CALL)
        check_undo(ticket.called_at, self.now(), "叫号")
        self._pinned = ticket_id
        return self._put(replace(ticket, state=state, window_no=None, called_at=None, last_call_at=None))

    def recall(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        def change(ticket: Ticket) -> Ticket:
            return replace(ticket, recalls=ticket.recalls + 1, last_call_at=self.now())

        return self._step(ticket_id, key, TicketStep.RECALL, change)

    def miss(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        return self._step(ticket_id, key, TicketStep.MISS)

    def undo_miss(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        return self._step(ticket_id, key, TicketStep.UNDO_MISS)

    def start(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        return self._step(ticket_id, key, TicketStep.START, lambda ticket: replace(ticket, started_at=self.now()))

    def finish(self, ticket_id: str, outcome: str, *, key: str | None = None) -> Ticket:
        return self._ask(key, ("finish", ticket_id, outcome), lambda: self._finish(ticket_id, outcome))

    def _finish(self, ticket_id: str, outcome: str) -> Ticket:
        ticket = self._find(ticket_id)
        state = step(ticket.state, TicketStep.FINISH)
        return self._put(replace(ticket, state=state, outcome=outcome, ended_at=self.now()))

    def finish_and_call(self, ticket_id: str, outcome: str, *, key: str | None = None) -> FreeNow:
        def do() -> FreeNow:
            self._finish(ticket_id, outcome)
            return self._free()

        return self._ask(key, ("finish_and_call", ticket_id, outcome), do)

    def undo_finish(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        def do() -> Ticket:
            ticket = self._find(ticket_id)
            state = step(ticket.state, TicketStep.UNDO_FINISH)
            check_undo(ticket.ended_at, self.now(), "办结")
            if self.active is not None:
                self._undo_call(self.active.ticket_id)
            self._window(WindowState.BUSY)
            return self._put(replace(ticket, state=state, outcome=None, ended_at=None))

        return self._ask(key, ("undo_finish", ticket_id), do)

    # --- hold and transfer ------------------------------------------------------------------------------------
    def hold(self, ticket_id: str, wish: Hold, *, key: str | None = None) -> Ticket:
        def change(ticket: Ticket) -> Ticket:
            self.holds.append((ticket.number, wish))
            return replace(ticket, hold=wish.kind, held_at=self.now())

        return self._step(ticket_id, key, TicketStep.HOLD, change)

    def resume(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        self._check_idle()
        return self._step(ticket_id, key, TicketStep.RESUME, lambda ticket: replace(ticket, hold=None, held_at=None))

    def transfer(self, ticket_id: str, wish: Transfer, *, key: str | None = None) -> Ticket:
        def change(ticket: Ticket) -> Ticket:
            self.transfers.append((ticket.number, wish))
            return replace(
                ticket,
                group_id=wish.group_id or ticket.group_id,
                for_window=wish.window_no or None,
                for_user=wish.user_id or None,
                queued_at=self.now(),
            )

        return self._step(ticket_id, key, TicketStep.TRANSFER, change)

    def undo_transfer(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        self._check_idle()
        return self._step(ticket_id, key, TicketStep.UNDO_TRANSFER, lambda t: replace(t, for_window=None))

    def return_ticket(self, ticket_id: str, *, key: str | None = None) -> TicketTaken:
        def change(ticket: Ticket) -> Ticket:
            return replace(ticket, lane=Lane.RETURN, hold=None, held_at=None, window_no=None)

        return TicketTaken(self._step(ticket_id, key, TicketStep.RETURN, change), 3, 360, "")

    def walk_in(self, wish: WalkIn, *, key: str | None = None) -> Ticket:
        def do() -> Ticket:
            self._check_idle()
            made = replace(
                a_ticket(f"A{len(self.tickets) + 1:03d}", TicketState.SERVING, self.now()),
                group_id=wish.group_id,
                person="",
                source=TicketSource.WALK_IN,
                print_state=PrintState.NOT_WANTED,
                window_no=WINDOW,
                called_at=self.now(),
                started_at=self.now(),
            )
            self.tickets.append(made)
            self._window(WindowState.BUSY)
            return made

        return self._ask(key, ("walk_in", wish), do)

    # --- the window -------------------------------------------------------------------------------------------
    def open_window(self, *, key: str | None = None) -> CounterStatus:
        return self._ask(key, "open", lambda: self._window(WindowState.BUSY))

    def away(self, reason: AwayReason, *, key: str | None = None) -> CounterStatus:
        def do() -> CounterStatus:
            self._check_idle()
            return self._window(WindowState.AWAY, reason)

        return self._ask(key, ("away", reason), do)

    def close_window(self, *, key: str | None = None) -> CounterStatus:
        def do() -> CounterStatus:
            self._check_idle()
            return self._window(WindowState.OFF)

        return self._ask(key, "close", do)

    def here(self) -> None:
        def do() -> None:
            self.heard += 1

        self._over_the_network(do)

    def ticket(self, ticket_id: str) -> TicketTaken:
        return self._over_the_network(lambda: TicketTaken(self._find(ticket_id), 0, 0, ""))

    # --- the parts --------------------------------------------------------------------------------------------
    def _window(self, state: WindowState, away: AwayReason | None = None) -> CounterStatus:
        if (state, away) != (self.state, self.away_for):
            self.state, self.away_for, self.since = state, away, self.now()
        return CounterStatus(WINDOW, state, self.since, away)

    def _check_idle(self) -> None:
        if self.active is not None:
            raise Locked(f"{self.active.number} 还没办完")

    def _step(
        self,
        ticket_id: str,
        key: str | None,
        wanted: TicketStep,
        change: Callable[[Ticket], Ticket] = lambda ticket: ticket,
    ) -> Ticket:
        def do() -> Ticket:
            ticket = self._find(ticket_id)
            return self._put(replace(change(ticket), state=step(ticket.state, wanted)))

        return self._ask(key, (wanted, ticket_id), do)

    def _find(self, ticket_id: str) -> Ticket:
        return next(ticket for ticket in self.tickets if ticket.ticket_id == ticket_id)

    def _put(self, changed: Ticket) -> Ticket:
        self.tickets = [changed if ticket.ticket_id == changed.ticket_id else ticket for ticket in self.tickets]
        return changed
