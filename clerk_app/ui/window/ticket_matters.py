"""What the citizen said at the machine, chosen beforehand: the online pre-check, the matters of the ticket in turn."""

from __future__ import annotations

from clerk_app.domain.intake import Intake
from clerk_app.ports.hall_queue import Ticket
from clerk_app.ports.window import Step
from clerk_app.ui.window.pausing import Pausing


def matter_after(matters: tuple[str, ...], last: str) -> str:
    """The matter of the ticket that follows ``last`` (empty: none is done yet); empty when there is none left.

    A matter that is not on the ticket was done beside it: the first one is next all the same.
    """
    if not last or last not in matters:
        return matters[0] if matters else ""
    at = matters.index(last) + 1
    return matters[at] if at < len(matters) else ""


class TicketMatters:
    """Once the applicant is known, the pre-check is filled in, or the next matter of the ticket is chosen.

    Not before: a pre-check is compared with whose card was read. Once for each case; the clerk may pick another.
    """

    def __init__(self, control: Pausing) -> None:
        self._control, self._work = control, control.work
        self._offered = ""
        self._last: tuple[str, str] = ("", "")
        control.work.step_changed.connect(self._step)
        control.work.papers_changed.connect(self._concluded)

    def next_for(self, ticket: Ticket) -> str:
        """The code of the ticket's matter that comes next."""
        done = self._last[1] if self._last[0] == ticket.ticket_id else ""
        return matter_after(ticket.matters, done)

    def _mine(self, intake: Intake) -> Ticket | None:
        ticket = self._control.ticket
        same = ticket is not None and intake.ticket is not None and intake.ticket.ticket_id == ticket.ticket_id
        return ticket if same else None

    def _concluded(self) -> None:
        intake, concluded = self._work.intake, self._work.concluded
        ticket = self._mine(intake) if intake is not None and concluded is not None else None
        if ticket is not None and intake is not None and intake.matter is not None:
            self._last = (ticket.ticket_id, intake.matter.code)

    def _step(self) -> None:
        intake = self._work.intake
        if intake is None or self._work.step is not Step.MATTER or intake.matter is not None:
            return
        if intake.applicant is None or intake.case_id == self._offered:
            return
        ticket = self._mine(intake)
        if ticket is None:
            return
        self._offered = intake.case_id
        if ticket.pre_check and self._last[0] != ticket.ticket_id:
            self._work.fill_from_pre_check(ticket.pre_check)
        elif code := self.next_for(ticket):
            self._work.choose_matter(code)
