"""The ticket at this window and the visit around it: called, missed, served, ended, and taken up after a start.

The half of the window's controller that knows the queue's keys; it lives on the GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import Signal

from clerk_app.domain.intake import TicketRef
from clerk_app.domain.queue import TicketState
from clerk_app.ports.hall_queue import FreeNow, Ticket, WindowView
from clerk_app.services.window.cases import Concluded, Left
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.asking import RatingAsk
from clerk_app.ui.window.desk import Desk
from clerk_app.ui.window.endings import Endings
from clerk_app.ui.window.hallnews import HallNews
from clerk_app.ui.window.reading import CardReading


class Visiting(HallNews):
    """``calling`` and ``call_answered`` frame F2; ``nobody_waits`` is its other answer."""

    view_changed = Signal()
    ticket_changed = Signal()
    calling = Signal()
    call_answered = Signal()
    nobody_waits = Signal()
    undo_offered = Signal(str)

    def __init__(self, desk: Desk, lanes: Lanes) -> None:
        super().__init__(desk, lanes)
        self.view: WindowView | None = None
        self.ticket: Ticket | None = None
        self._missed: Ticket | None = None
        self._cards = CardReading(desk.reader, lanes.lane("reader"), desk.clock)
        self._asking = RatingAsk(desk.rating, lanes.lane("evaluator"), has_keypad=desk.has_evaluator)
        self._endings = Endings(desk.queue, self._network, self.refresh_view, self.said.emit, self._failed)
        self._looked_for_sheets = False

    # --- the queue's keys -------------------------------------------------------------------------------------
    def call_next(self) -> None:
        """F2: the server gives the next ticket to this window."""
        if self.session is None or self.work.intake is not None:
            return
        self.calling.emit()
        if self._endings.call(self._called, self.call_answered.emit):
            return
        self._endings.repeat()
        self._network.run(self.desk.queue.call_next, done=self._called, failed=self._not_called, key="call")

    def _not_called(self, failure: Failure) -> None:
        self.call_answered.emit()
        self._failed(failure)

    def _called(self, answer: FreeNow) -> None:
        self.call_answered.emit()
        self.refresh_view()
        if answer.ticket is None:
            self.nobody_waits.emit()
            return
        self._serve(answer.ticket)

    def walk_in(self) -> None:
        """F5 on the free page: a case without a ticket (taken up without the queue, e.g. by hand)."""
        if self.session is not None and self.work.intake is None:
            self.ticket = None
            self._asking.begin()
            self.ticket_changed.emit()
            self.work.open(None, self._cards.take())

    def resume(self, case_id: str) -> None:
        """Continue a draft."""
        if self.session is not None and self.work.intake is None:
            self.work.resume(case_id)

    def recall(self) -> None:
        """F3."""
        if self.ticket is not None:
            self._network.run(
                self.desk.queue.recall, self.ticket.ticket_id, done=self._ticket_moved, failed=self._failed
            )

    def miss(self) -> None:
        """F4: nobody came; the draft is put away and the window is free. Ctrl+Z takes it back."""
        if self.ticket is None:
            return
        ticket = self.ticket

        def missed(_: Ticket) -> None:
            self._missed, self.ticket = ticket, None
            self.work.abandon("过号")
            self.ticket_changed.emit()
            self.refresh_view()
            self.undo_offered.emit(f"已过号 {ticket.number}")

        self._network.run(self.desk.queue.miss, ticket.ticket_id, done=missed, failed=self._failed)

    def undo(self) -> None:
        """Ctrl+Z: the last change of the case, or the no-show."""
        if self.work.intake is not None:
            if not self.work.undo():
                self.said.emit("没有可以撤销的了")
            return
        if self._missed is not None:
            ticket, self._missed = self._missed, None

            self._network.run(self.desk.queue.undo_miss, ticket.ticket_id, done=self._came, failed=self._failed)

    def came_back(self, ticket_id: str) -> None:
        """A missed citizen is here after all: the ticket is called again at this window."""
        if self.work.intake is not None:
            self.said.emit("先办结这一位，再请过号的人回来")
            return
        self._network.run(self.desk.queue.undo_miss, ticket_id, done=self._came, failed=self._failed)

    def _came(self, ticket: Ticket) -> None:
        self.refresh_view()
        self._serve(ticket)

    def begin_service(self) -> None:
        """The citizen sat down: the first thing done in the case."""
        if self.ticket is not None and self.ticket.state is TicketState.CALLED:
            self._network.run(
                self.desk.queue.start, self.ticket.ticket_id, done=self._ticket_moved, failed=self._failed, key="start"
            )

    def _ticket_moved(self, ticket: Ticket) -> None:
        if self.ticket is not None and self.ticket.ticket_id == ticket.ticket_id:
            self.ticket = ticket
            self.ticket_changed.emit()

    # --- the end of a visit -----------------------------------------------------------------------------------
    def finish(self, *, then_call: bool) -> None:
        """F9 on the last page, or F12: the visit is over, and with ``then_call`` the next one is called."""
        if reason := self.work.undecided:
            self.said.emit(reason)
            return
        self._end_visit(self.work.outcome.value if self.work.outcome else "left", then_call)

    def finish_without_case(self, outcome: str, *, then_call: bool) -> None:
        """The visit is over without an application (``consulted``, ``issued``). Where a matter was chosen already, the
        clerk goes on with that case."""
        intake = self.work.intake
        if intake is not None and intake.matter is not None:
            return
        if intake is not None:
            self.work.abandon("没有申请")
        self._end_visit(outcome, then_call)

    def _end_visit(self, outcome: str, then_call: bool) -> None:
        ticket = self.ticket
        self._asking.end()
        self.ticket = None
        self._cards.forget()
        if self.work.intake is not None:
            self.work.close()
        self.ticket_changed.emit()
        if self.session is not None:
            self._lanes.lane("store").run(
                self.desk.visits.end,
                ticket.ticket_id if ticket else None,
                self.session.actor,
                declared=ticket.reason if ticket else None,
                began_at=ticket.called_at if ticket else None,
                failed=self._failed,
            )
        if ticket is None:
            if then_call:
                self.call_next()
            else:
                self.refresh_view()
        elif then_call:
            self.calling.emit()
            self._endings.end(ticket.ticket_id, outcome, calls=True, done=self._called, failed=self.call_answered.emit)
        else:
            self._endings.end(ticket.ticket_id, outcome)

    # --- taking up --------------------------------------------------------------------------------------------
    def refresh_view(self) -> None:
        """Read this window's view of the queue again."""
        if self.session is not None and not self.session.offline:
            self._network.run(self.desk.queue.view, done=self._show_view, failed=self._quiet, key="view")

    def _show_view(self, view: WindowView) -> None:
        self.view = view
        active = view.active
        if active is not None and self.ticket is not None and active.ticket_id == self.ticket.ticket_id:
            self.ticket = active
        self.view_changed.emit()
        self._take_up(view.active)

    @property
    def _free(self) -> bool:
        return self.session is not None and self.ticket is None and self.work.intake is None

    def _take_up(self, active: Ticket | None) -> None:
        """What the server holds at this window while nobody is served here: after a start or a lost answer."""
        if active is None:
            if self._free and not self._looked_for_sheets:
                self._look_for_sheets()
        elif active.ticket_id in self._endings:
            self._endings.repeat()
        elif self._free:
            self._serve(active)
        elif self.ticket is None and self._is_of(active):
            self.ticket = active
            self.ticket_changed.emit()

    def _is_of(self, ticket: Ticket) -> bool:
        intake = self.work.intake
        return intake is not None and intake.ticket is not None and intake.ticket.ticket_id == ticket.ticket_id

    def _look_for_sheets(self) -> None:
        """A visit without a ticket can have been cut off as well: its papers come first."""
        self._looked_for_sheets = True

        def read() -> Concluded | None:
            case_id = self.desk.printing.left_open()
            return self.desk.cases.case(case_id) if case_id else None

        def found(concluded: Concluded | None) -> None:
            if concluded is None:
                self.files.take_up()
            elif self._free:
                self._asking.begin()
                self.work.reopen(concluded)

        self._lanes.lane("store").run(read, done=found, failed=self._failed)

    def _serve(self, ticket: Ticket) -> None:
        """The ticket is at this window: go on where its visit was left, or begin."""
        self.ticket = ticket
        card = self._cards.take(ticket)
        self._asking.begin()
        self.ticket_changed.emit()

        def found(left: Left) -> None:
            if self.ticket is None or self.ticket.ticket_id != ticket.ticket_id or self.work.intake is not None:
                return
            if left.draft is not None:
                self.work.resume(left.draft, card)
            elif left.concluded is not None:
                self.work.reopen(left.concluded)
            else:
                self.work.open(_ref(ticket), card)

        self._lanes.lane("store").run(self.desk.cases.left_at, ticket.ticket_id, done=found, failed=self._failed)


def _ref(ticket: Ticket) -> TicketRef:
    return TicketRef(ticket.ticket_id, ticket.number, ticket.group_name, ticket.taken_at, ticket.called_at)
