"""The ticket at this window and the visit around it: called, missed, served, ended, and taken up after a start.

The half of the window's controller that knows the queue's keys; it lives on the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from PySide6.QtCore import Signal

from clerk_app.domain.actor import Actor
from clerk_app.domain.errors import Locked
from clerk_app.domain.intake import TicketRef
from clerk_app.domain.queue import UNDO_WITHIN, TicketState
from clerk_app.ports.hall_queue import FreeNow, Ticket, WindowView
from clerk_app.services.window.cases import Concluded, Left
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.asking import RatingAsk
from clerk_app.ui.window.desk import Desk
from clerk_app.ui.window.emergency import EmergencyWork
from clerk_app.ui.window.endings import KEPT, Endings
from clerk_app.ui.window.reading import CardReading
from clerk_app.ui.window.standing import Standing
from clerk_app.ui.window.undoing import LastStep


class Visiting(Standing):
    """``calling`` and ``call_answered`` frame F2 and F12; ``undo_offered`` carries what Ctrl+Z takes back now;
    ``pictured``: there is another photo of a card, or none any more.

    A call that was taken back puts its draft away: it comes up again when this window gets the ticket again.
    """

    ticket_changed = Signal()
    calling = Signal()
    call_answered = Signal()
    undo_offered = Signal(str)
    pictured = Signal()

    def __init__(self, desk: Desk, lanes: Lanes) -> None:
        super().__init__(desk, lanes)
        self._last = LastStep(desk.clock)
        self._cards = CardReading(desk.reader, lanes.lane("reader"), desk.clock, lanes.lane("photos"))
        self._cards.pictured.connect(self.pictured)
        self._asking = RatingAsk(desk.rating, lanes.lane("evaluator"), has_keypad=desk.has_evaluator)
        self._endings = Endings(desk.queue, self._network, self.refresh_view, self.said.emit, self._failed)
        self.emergency = EmergencyWork(desk, lanes, lambda: self.session)
        self.emergency.served.connect(self._serve_by_hand)
        self.emergency.said.connect(self.said)
        self.connection_changed.connect(lambda: self.emergency.show_connection(self.connection))
        self.sync_changed.connect(self.emergency.refresh)
        self._looked_for_sheets = False

    @property
    def pictures(self) -> Mapping[str, bytes]:
        """The photos of this visit's cards as BMP, by the number on the card."""
        return self._cards.pictures

    # --- the queue's keys -------------------------------------------------------------------------------------
    def call_next(self) -> None:
        """F2: this window is free. The hall draws a ticket for it, now or as soon as there is one."""
        if self.session is None or self.work.intake is not None:
            return
        if self.emergency.active:
            self.emergency.number_wanted.emit()
            return
        self.calling.emit()
        if self._endings.call(self._called, self.call_answered.emit):
            return
        self._endings.repeat()
        self._network.run(self.desk.queue.call_next, done=self._called, failed=self._not_called, key="call")

    def _not_called(self, failure: Failure) -> None:
        self.call_answered.emit()
        # Where a ticket was drawn for the free window in the same moment, it is taken up instead.
        self.refresh_view()
        if not (isinstance(failure.error, Locked) and self.waits_free):
            self._failed(failure)

    def _called(self, answer: FreeNow, ended: Ticket | None = None) -> None:
        """``ended``: the same key ended that visit; taking it back gives back who was served."""
        self.call_answered.emit()
        self.refresh_view()
        # What is wrong with a card that was laid down is said after it, and stays on the screen.
        if ended is not None:
            self._offer_unfinish(ended)
        elif answer.ticket is not None:
            self._offer_uncall(answer.ticket)
        else:
            self._offer("本窗口空闲，等人取号", self.come_back)
        if answer.ticket is not None:
            self._serve(answer.ticket)

    def recall(self) -> None:
        """F3."""
        if self.ticket is not None:
            self._network.run(
                self.desk.queue.recall, self.ticket.ticket_id, done=self._ticket_moved, failed=self._failed
            )

    def miss(self) -> None:
        """F4: nobody came; the draft is put away and the window is at work. Ctrl+Z takes it back."""
        if self.ticket is None:
            return
        ticket = self.ticket

        def missed(_: Ticket) -> None:
            self._leave("过号")
            self._offer(f"已过号 {ticket.number}", lambda: self.came_back(ticket.ticket_id), within=None)

        self._network.run(self.desk.queue.miss, ticket.ticket_id, done=missed, failed=self._failed)

    def came_back(self, ticket_id: str) -> None:
        """A missed citizen is here after all: the ticket is called again at this window."""
        if self.serving:
            self.said.emit("先办结或挂起这一位，再请过号的人回来")
            return
        self._network.run(self.desk.queue.undo_miss, ticket_id, done=self._came, failed=self._failed)

    def _came(self, ticket: Ticket) -> None:
        self._last.forget()
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

    # --- taking back ------------------------------------------------------------------------------------------
    def undo(self) -> None:
        """Ctrl+Z: the last change of the case, else the last step of the queue."""
        if self.work.intake is not None and self.work.undo():
            return
        if not self.take_back_step() and self.work.intake is not None:
            self.said.emit("没有可以撤销的了")

    def take_back_step(self) -> bool:
        """Undo the last step of the queue; False when there is none or its five seconds are over."""
        return self._last.take_back()

    def _offer(self, done: str, take_back: Callable[[], object], *, within: timedelta | None = UNDO_WITHIN) -> None:
        self._last.keep(take_back, within)
        self.undo_offered.emit(done)

    def _offer_uncall(self, ticket: Ticket) -> None:
        def uncalled(_: Ticket) -> None:
            if self.ticket is not None and self.ticket.ticket_id == ticket.ticket_id:
                self._leave("撤销叫号")
                self.said.emit(f"{ticket.number} 放回队里了，下次按 F2 还是叫这一位")

        def take_back() -> None:
            self._network.run(self.desk.queue.undo_call, ticket.ticket_id, done=uncalled, failed=self._failed)

        draft = f"，草稿在 {ticket.from_window} 号窗口" if ticket.from_window not in (None, self.desk.window_no) else ""
        self._offer(f"已叫 {ticket.number}{draft}", take_back)

    def _offer_unfinish(self, ticket: Ticket) -> None:
        def again(unfinished: Ticket) -> None:
            if self.work.intake is not None:
                # The one whom the same key called waits again.
                self._leave("撤销叫号")
            self._came(unfinished)

        def take_back() -> None:
            self._network.run(self.desk.queue.undo_finish, ticket.ticket_id, done=again, failed=self._failed)

        self._offer(f"已办结 {ticket.number}", take_back)

    def _leave(self, reason: str) -> None:
        """The ticket is no longer here; its draft is put away with the reason."""
        self.ticket = None
        self._cards.forget()
        self._asking.end()
        self.work.abandon(reason)
        # The free page was read while the draft was still on its way out of the lists.
        self._lanes.lane("store").run(lambda: None, done=lambda _: self.refresh_overview(), key="left")
        self.ticket_changed.emit()
        self.refresh_view()

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
        ticket, session = self.ticket, self.session
        by_hand = self.emergency.current if ticket is None else None
        self._last.forget()
        self._asking.end()
        self.ticket = None
        self._cards.forget()
        self._write_visit(ticket, by_hand)
        if self.work.intake is not None:
            # A login without the server ends here, once it is back.
            self.work.close()
        self.ticket_changed.emit()
        if session is not None and (by_hand is not None or self.emergency.active):
            self._end_alone(session.actor, ticket, outcome, then_call)
        elif ticket is None:
            if then_call:
                self.call_next()
            else:
                self.refresh_view()
        elif then_call:
            self.calling.emit()
            self._endings.end(
                ticket.ticket_id,
                outcome,
                calls=True,
                done=lambda answer: self._called(answer, ended=ticket),
                failed=self.call_answered.emit,
            )
        else:
            self._endings.end(ticket.ticket_id, outcome, done=lambda _: self._offer_unfinish(ticket))

    def _write_visit(self, ticket: Ticket | None, by_hand: TicketRef | None) -> None:
        if self.session is not None:
            served = ticket or by_hand
            self._lanes.lane("store").run(
                self.desk.visits.end,
                served.ticket_id if served else None,
                self.session.actor,
                declared=ticket.reason if ticket else None,
                began_at=served.called_at if served else None,
                failed=self._failed,
            )

    def _end_alone(self, actor: Actor, ticket: Ticket | None, outcome: str, then_call: bool) -> None:
        """The server is away, or did not call this citizen: the end is kept here and told by the outbox."""
        then = self.call_next if then_call else None
        if ticket is None and self.emergency.current is not None:
            self.emergency.end(actor, outcome, then)
            return
        if ticket is not None:
            self.emergency.end_called(actor, ticket, outcome)
            self.said.emit(KEPT)
        if then is not None:
            then()

    # --- taking up --------------------------------------------------------------------------------------------
    def refresh_view(self) -> None:
        """Read this window's view of the queue again."""
        if self.session is not None and not self.session.offline:
            self._network.run(self.desk.queue.view, done=self._show_view, failed=self._quiet, key="view")

    def _show_view(self, view: WindowView) -> None:
        drawn = self.waits_free and view.active is not None
        self.view = view
        active = view.active
        if active is not None and self.ticket is not None and active.ticket_id == self.ticket.ticket_id:
            self.ticket = active
        self.view_changed.emit()
        if drawn and active is not None and self._free and active.ticket_id not in self._endings:
            # Nobody pressed a key just now: it is said that somebody comes, and Ctrl+Z works as after F2.
            self._offer_uncall(active)
        self._take_up(active)

    @property
    def _free(self) -> bool:
        return self.session is not None and self.ticket is None and self.work.intake is None

    def _take_up(self, active: Ticket | None) -> None:
        """What the server holds at this window while nobody is served here: drawn for the free window, or found after a
        start or a lost answer."""
        if self._free and self.emergency.current is not None:
            self._serve_by_hand(self.emergency.current)
        elif active is None:
            if self._free and not self._looked_for_sheets:
                self._look_for_sheets()
        elif self.emergency.has(active):
            # Served here without the server, which will hear of its end.
            return
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
                self.work.open(as_ref(ticket), card)

        self._lanes.lane("store").run(self.desk.cases.left_at, ticket.ticket_id, done=found, failed=self._failed)

    def _serve_by_hand(self, ref: TicketRef) -> None:
        """A number that the server did not call: go on where its visit was left, or begin."""
        if not self._free:
            return
        card = self._cards.take()
        self._asking.begin()
        self.ticket_changed.emit()

        def found(left: Left) -> None:
            if not self._free:
                return
            if left.draft is not None:
                self.work.resume(left.draft, card)
            elif left.concluded is not None:
                self.work.reopen(left.concluded)
            else:
                self.work.open(ref, card)

        self._lanes.lane("store").run(self.desk.cases.left_at, ref.ticket_id, done=found, failed=self._failed)


def as_ref(ticket: Ticket) -> TicketRef:
    """The ticket as its case keeps it."""
    return TicketRef(ticket.ticket_id, ticket.number, ticket.group_name, ticket.taken_at, ticket.called_at)
