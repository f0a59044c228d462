"""Putting a visit aside and taking it up again: hold, transfer, return to the queue; and who comes without a number."""

from __future__ import annotations

from PySide6.QtCore import Signal

from clerk_app.domain.errors import Unreachable
from clerk_app.ports.hall_queue import Hold, Ticket, TicketTaken, Transfer, WalkIn
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.desk import Desk
from clerk_app.ui.window.queue_words import HOLD_SHORT
from clerk_app.ui.window.visiting import Visiting

NO_TICKET = "这一件没有号"


class Pausing(Visiting):
    """``group_wanted``: somebody without a number is here, and the window serves several groups.

    A draft that was put aside belongs to its ticket: it stays in this window's store and comes up when the ticket is
    served here again.
    """

    group_wanted = Signal()

    def __init__(self, desk: Desk, lanes: Lanes) -> None:
        super().__init__(desk, lanes)
        self.notes: dict[str, str] = {}
        """What was written at a hold, by ticket; only as long as the program runs."""

    # --- hold -------------------------------------------------------------------------------------------------
    def part_locked(self) -> str:
        """Why the ticket cannot leave this window now (held or sent on); empty when it can."""
        if self.session is None:
            return "先登录"
        if self.ticket is None:
            return NO_TICKET
        if self.work.busy:
            return "结论正在存，等一下再按"
        if self.work.concluded is not None and self.work.undecided:
            return self.work.undecided
        if self.session.offline or not self.online:
            return "服务器连不上，现在不能挂起或转出；内容都存着"
        return ""

    def hold(self, wish: Hold) -> None:
        """F8 and a digit: the visit pauses, its draft stays."""
        if reason := self.part_locked():
            self.said.emit(reason)
            return
        ticket = self.ticket
        assert ticket is not None

        def held(_: Ticket) -> None:
            if wish.note:
                self.notes[ticket.ticket_id] = wish.note
            self._put_aside("挂起")
            self._offer(f"已挂起 {ticket.number}（{HOLD_SHORT[wish.kind]}）", lambda: self.take_back(ticket.ticket_id))

        self._network.run(self.desk.queue.hold, ticket.ticket_id, wish, done=held, failed=self._failed)

    def put_down(self) -> None:
        """F8 on a case without a ticket: it is closed, its draft stays on the free page."""
        intake = self.work.intake
        if intake is None or self.work.busy:
            return
        if self.work.concluded is not None:
            self.said.emit("这一件已经有结论，按 F12 或 F9 办结")
            return
        if self.emergency.current is not None:
            self.said.emit(f"{self.emergency.current.number} 是应急办理的，不能放下，请先办结")
            return
        case_id = intake.case_id
        self._put_aside("放下")
        self._offer("已放下，草稿还在", lambda: self.resume(case_id))

    def take_back(self, ticket_id: str = "") -> None:
        """Shift+F8: a held visit goes on here, the latest one where none is named."""
        held = self.view.held if self.view is not None else ()
        wanted = ticket_id or (held[0].ticket_id if held else "")
        if not wanted:
            self.said.emit("没有挂起的号")
        elif self.serving:
            self.said.emit("先办结或挂起这一位，再取回挂起的")
        else:
            self._network.run(self.desk.queue.resume, wanted, done=self._came, failed=self._failed)

    def back_to_queue(self, ticket_id: str) -> None:
        """Who was held or missed is here again and waits at the place that the rule gives."""

        def waits(taken: TicketTaken) -> None:
            self.refresh_view()
            where = f"，请到 {taken.ticket.for_window} 号窗口" if taken.ticket.for_window else ""
            self.said.emit(f"{taken.ticket.number} 回到队里了，前面 {taken.people_ahead} 人{where}")

        self._network.run(self.desk.queue.back, ticket_id, done=waits, failed=self._failed)

    # --- transfer ---------------------------------------------------------------------------------------------
    def transfer(self, wish: Transfer, where: str) -> None:
        """Send the ticket on; ``where`` names the place for the clerk."""
        if reason := self.part_locked():
            self.said.emit(reason)
            return
        ticket = self.ticket
        assert ticket is not None

        def sent(_: Ticket) -> None:
            self._put_aside("转出")
            self._offer(f"{ticket.number} 已转到{where}", take_back)

        def take_back() -> None:
            self._network.run(self.desk.queue.undo_transfer, ticket.ticket_id, done=self._came, failed=self._failed)

        self._network.run(self.desk.queue.transfer, ticket.ticket_id, wish, done=sent, failed=self._failed)

    def _put_aside(self, reason: str) -> None:
        """The case leaves the screen. A draft with nothing in it is put away, so that no list shows it."""
        intake = self.work.intake
        if intake is not None and intake.applicant is None and intake.matter is None:
            self._leave(reason)
            return
        self.ticket = None
        self._cards.forget()
        self._asking.end()
        self.work.close()
        self.ticket_changed.emit()
        self.refresh_view()

    # --- without a number -------------------------------------------------------------------------------------
    def walk_in(self, group_id: str = "") -> None:
        """F5 on the free page: the visit gets a number of the queue, served at once; without the server it gets one of
        this window's own block, or none."""
        if self.session is None or self.serving:
            return
        if self.session.offline or not self.online:
            self._walk_in_alone()
            return
        serves = self.view.serves if self.view is not None else ()
        if not group_id and len(serves) != 1:
            self.group_wanted.emit()
            return
        self._network.run(
            self.desk.queue.walk_in, WalkIn(group_id or serves[0]), done=self._came, failed=self._not_walked_in
        )

    def _not_walked_in(self, failure: Failure) -> None:
        self.refresh_view()
        if isinstance(failure.error, Unreachable):
            self.said.emit("服务器没有回答，再按一次 F5；断开以后按 F5 直接办")
        else:
            self._failed(failure)

    def _walk_in_alone(self) -> None:
        self.ticket = None
        self._asking.begin()
        self.ticket_changed.emit()
        self.emergency.serve_now(self._without_number)

    def _without_number(self) -> None:
        """No number left, or a copied store: the citizen is served all the same."""
        if not self.serving:
            self.work.open(None, self._cards.take())

    # --- drafts -----------------------------------------------------------------------------------------------
    def resume(self, case_id: str) -> None:
        """Continue a draft; one of a held visit is taken up together with its ticket."""
        if self.session is None or self.serving:
            return
        held = self._held_with(case_id)
        if held and self.online and not self.session.offline:
            self.take_back(held)
            return
        self.not_free()
        self.work.resume(case_id)

    def _held_with(self, case_id: str) -> str:
        """The held ticket that the draft belongs to. Numbers are the day's, so both have to be of one day."""
        drafts = self.overview.drafts if self.overview is not None else ()
        draft = next((one for one in drafts if one.case_id == case_id), None)
        if draft is None or self.view is None:
            return ""
        for ticket in self.view.held:
            if ticket.number == draft.ticket_number and ticket.taken_at <= draft.opened_at:
                return ticket.ticket_id
        return ""
