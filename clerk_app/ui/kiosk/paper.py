"""The ticket's paper: printed on the printer's lane, its fate told to the page and kept at the server."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal

from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.services.kiosk.desk import IssuedTicket, KioskDesk
from clerk_app.ui.kiosk.ticket import TicketPage
from clerk_app.ui.lanes import Failure, Lanes

PRINTS: Final = 3


class TicketPaper(QObject):
    """Prints the ticket that the page shows, again when asked, three times at most."""

    told = Signal()
    """The page says what became of the paper."""

    def __init__(self, desk: KioskDesk, page: TicketPage, lanes: Lanes, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._page, self._lanes = desk, page, lanes
        self._issued: IssuedTicket | None = None
        self._reprint = self._tries = 0
        self._last = PrintOutcome.REFUSED
        self.printing = False
        page.again.connect(self.again)

    def number(self) -> str:
        """The number on the page, empty when there is none."""
        return self._issued.number if self._issued is not None else ""

    def show(self, issued: IssuedTicket, *, reprint: bool = False) -> None:
        """A ticket just taken, or one of before (``reprint`` marks its paper)."""
        self._issued = issued
        self._reprint, self._tries = int(reprint), 0
        self._page.start_over()
        self._page.show_ticket(issued)
        if issued.wants_paper or reprint:
            self._print()
        else:
            self._last = PrintOutcome.REFUSED
            self._page.show_paperless(self._desk.prints)

    def forget(self) -> None:
        """The citizen has gone; a job under way still tells the server its end."""
        self._issued = None
        self.printing = False

    def again(self) -> None:
        """「小票没出来」: what reached the paper is marked as printed again, what was refused is not."""
        if self._last is not PrintOutcome.REFUSED:
            self._reprint += 1
        self._print()

    def _print(self) -> None:
        issued = self._issued
        if issued is None:
            return
        self._tries += 1
        self.printing = True
        self._page.show_printing()
        self._lanes.lane("printer").run(
            self._desk.print,
            issued,
            self._reprint,
            done=lambda result: self._printed(issued, result),
            failed=lambda failure: self._printed(issued, PrintResult(PrintOutcome.UNKNOWN, failure.text)),
            owner=self,
        )

    def _printed(self, issued: IssuedTicket, result: PrintResult) -> None:
        """The state is kept whoever stands here by now; the page changes only for the same ticket."""
        self._lanes.lane("network").run(
            self._desk.keep, issued.ticket_id, result.outcome, failed=self._kept_later, owner=self
        )
        if self._issued is issued:
            self.printing = False
            self._last = result.outcome
            self._page.show_printed(result, self._desk.prints and self._tries < PRINTS)
            self.told.emit()

    def _kept_later(self, failure: Failure) -> None:
        """The desk tells the server with the next print state or connection; the lane has logged our mistake."""
