"""A number that somebody has already: how it stands, its paper once more, and back into the queue."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from clerk_app.domain.errors import Unreachable
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.hall_queue import TicketTaken
from clerk_app.services.kiosk.desk import IssuedTicket, KioskDesk
from clerk_app.ui.kiosk import notice as told
from clerk_app.ui.kiosk.notice import Notice
from clerk_app.ui.kiosk.requests import Requests
from clerk_app.ui.lanes import Failure


class OwnNumber:
    """``tell`` shows a notice, ``hall`` is what papers name, None before the first answer."""

    def __init__(
        self,
        desk: KioskDesk,
        requests: Requests,
        hall: Callable[[], HallProfile | None],
        tell: Callable[[Notice], None],
    ) -> None:
        self._desk, self._requests, self._hall, self._tell = desk, requests, hall, tell
        self._found: TicketTaken | None = None

    def forget(self) -> None:
        """The citizen has gone."""
        self._found = None

    def find(self, number: str) -> None:
        """A number as typed, or the id in a ticket's code."""
        if self._requests.ask(partial(self._desk.find, number), self._show, self._failed):
            self._tell(told.LOOKING)

    def come_back(self) -> None:
        """「我回来了」: the number that is shown waits again."""
        hall = self._hall()
        if self._found is None or hall is None:
            return
        work = partial(self._desk.back, self._found.ticket.ticket_id, self._desk.new_key(), hall)
        if self._requests.ask(work, self._returned, self._failed):
            self._tell(told.LOOKING)

    def _show(self, taken: TicketTaken) -> None:
        self._found = taken
        self._tell(told.number_found(taken, self._desk.prints and self._desk.knows(taken.ticket.number)))

    def _returned(self, issued: IssuedTicket) -> None:
        self._tell(told.back_in_queue(issued.taken))

    def _failed(self, failure: Failure) -> None:
        lost = isinstance(failure.error, Unreachable)
        self._tell(told.unanswered() if lost else told.no_such_number(failure.text))
