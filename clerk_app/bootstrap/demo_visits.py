"""The offscreen demo after the first citizen: advice, a notice and its supplement, an instant case, a result.

Three people act: the clerk at window 12, whoever decides and whoever seals at windows of their own. News reaches each
window by push; nobody walks, and nobody asks a list again.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from clerk_app.bootstrap import sample_hall
from clerk_app.bootstrap.demo_stage import ON_PAPER, SATISFIED, VERY_SATISFIED, Counter
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.queue import WindowState
from clerk_app.domain.rating import RatingStage
from clerk_app.ports.hall_cases import WorkKind
from clerk_app.ports.window import Step
from clerk_app.ui.hands import Stuck
from drivers.idcard import samples

if TYPE_CHECKING:
    from clerk_app.services.window.cases import Concluded

NEXT, TO_THE_LISTS = "下一件", "回到待办"


class OfficeDesk(Counter):
    """The window of somebody who decides or seals; its free page are their lists."""

    def sit_down(self, office: sample_hall.Office) -> None:
        """Log in; the lists come by themselves."""
        self.log_in(office.login)
        self.wait("待办", lambda: self.shell.rooms.current is self._office)

    @property
    def _office(self) -> Any:
        assert self.shell.files is not None
        return self.shell.files.office

    def waits(self, kind: WorkKind, case_id: str) -> None:
        """Until the case stands in the list."""
        shown = self._office.lists[kind]
        self.wait(f"{kind.value} 里的办件", lambda: any(line.case_id == case_id for line in shown.lines))

    def open_first(self, case_id: str, picture: str = "") -> None:
        """F9 opens the first line, which has to be this case."""
        self.hands.front(self.shell)
        if picture:
            self.shoot(picture)
        self.press("F9")
        files = self.control.files
        self.wait("打开办件", lambda: files.opened is not None and bool(files.offers))
        assert files.opened is not None
        if files.opened.file.case_id != case_id:
            raise Stuck("打开的不是要办的那一件")
        self.hands.settle(0.2)

    def do(self, step: CaseStep, picture: str = "") -> None:
        """The digit of the step, its preset form, F9; until the server lets it count."""
        files = self.control.files
        digit = next(number for number, offer in enumerate(files.offers, 1) if offer.step is step)
        self.press(str(digit))
        if picture:
            self.shoot(picture, 0.5)
        acts = len(files.opened.file.acts) if files.opened else 0
        self.press("F9")
        self.wait(
            f"{step.label}生效",
            lambda: (
                files.opened is not None
                and len(files.opened.file.acts) > acts
                and not files.opened.waiting
                and not files.busy
            ),
        )
        self.wait("文书打完", lambda: all(paper.state in ON_PAPER for paper in files.papers))

    def back(self) -> None:
        """F9 after the last line of the lists, Esc where another case waits."""
        assert self.shell.files is not None
        on = self.shell.files.file.go
        self.wait("已生效", lambda: on.isEnabled() and on.text() in {NEXT, TO_THE_LISTS})
        if on.text() == TO_THE_LISTS:
            self.press("F9")
        else:
            self.press("Escape", "Escape")
        self.wait("回到待办", lambda: self.shell.rooms.current is self._office)


class Visits:
    """``moved`` is the first citizen's case: it is decided, sealed, and collected at the end."""

    def __init__(self, counter: Counter, moved: Concluded) -> None:
        self._counter, self._moved = counter, moved
        self._stage = counter.stage
        hall = self._stage.hall
        self._reviewer = OfficeDesk(self._stage, hall.office(sample_hall.REVIEW))
        self._keeper = OfficeDesk(self._stage, hall.office(sample_hall.SEAL))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for desk in (self._reviewer, self._keeper):
            desk.shell.close()

    def play(self) -> dict[str, Any]:
        """All visits; returns what became of each, as the server tells it."""
        self._put_aside()
        advice = self._consultation()
        sale = self._sale()
        self._office_begins()
        self._supplement(sale)
        instant = self._instant()
        self._collection()
        self._free()
        counter = self._counter
        counter.wait("全部上传", lambda: all(self._uploaded(desk) for desk in self._desks))
        return {
            "consultation": advice,
            "supplement": self._told(sale),
            "instant": self._told(instant),
            "collection": self._told(self._moved),
        }

    @property
    def _desks(self) -> tuple[Counter, ...]:
        return self._counter, self._reviewer, self._keeper

    @staticmethod
    def _uploaded(desk: Counter) -> bool:
        sync = desk.control.sync
        return sync is not None and not sync.waiting

    # --- the queue's keys -------------------------------------------------------------------------------------
    def _put_aside(self) -> None:
        """The next one is held, the window goes away for a moment, comes back and takes the visit up again."""
        counter, control = self._counter, self._counter.control
        queue = counter.shell.screens.queue  # type: ignore[union-attr]
        counter.hands.front(counter.shell)
        counter.press("F2")
        number = counter.called()
        counter.press("F8")
        counter.wait("挂起", lambda: counter.shell.rooms.current is queue.hold)
        counter.shoot("hold")
        counter.press("3")
        counter.wait("挂起的号", lambda: control.view is not None and bool(control.view.held) and not control.serving)
        counter.shoot("held", 0.15)
        counter.press("Alt+W", "4")
        counter.wait("离席", lambda: control.state is WindowState.AWAY)
        counter.shoot("away", 0.15)
        counter.press("Shift+F8")
        if counter.called() != number:
            raise Stuck("取回的不是挂起的那一位")
        counter.press("Alt+T", "Right")
        counter.wait("转出", lambda: counter.shell.rooms.current is queue.transfer)
        counter.shoot("transfer", 0.15)
        counter.press("Escape")

    def _free(self) -> None:
        """Nobody waits any more: the window waits free, and whoever takes a number is called to it at once."""
        counter, control = self._counter, self._counter.control
        morning = self._stage.hall.morning
        morning.serve_rest()
        counter.press("F2")
        counter.wait("空闲", lambda: control.waits_free and not control.serving)
        counter.shoot("free", 0.15)
        number = morning.take_one("A")
        if counter.called() != number:
            raise Stuck("自动叫到的不是刚取号的那一位")
        counter.shoot("called-by-itself", 0.15)
        counter.press("Ctrl+Z")
        counter.wait("放回队里", lambda: not control.serving)

    # --- advice -----------------------------------------------------------------------------------------------
    def _consultation(self) -> dict[str, Any]:
        counter, shell = self._counter, self._counter.shell
        slips = len(counter.station.papers())
        counter.hands.front(shell)
        number = counter.called()
        counter.press("Alt+C")
        assert shell.errands is not None
        room = shell.errands.consult
        for letter in "spjy":
            counter.hands.type(room.matter.query, letter)
        counter.wait("找事项", lambda: bool(room.matter.hits_shown()))
        counter.press("Return")
        counter.wait("问情形", lambda: bool(room.matter.chips()))
        counter.shoot("consult-situations")
        while room.stack.currentWidget() is not room.list:
            counter.press("Return")
        counter.wait("要带什么", lambda: bool(room.list.list.lines))
        counter.press("Space", "Down", "Space")
        counter.shoot("consult-list", 0.15)
        counter.press("F12")
        counter.wait("叫下一位", lambda: counter.control.ticket is not None and counter.control.ticket.number != number)
        self._stage.keep_slip(slips + 1, "guidance")
        return {"ticket": number, "paper": "guidance.png"}

    # --- both sides of a sale, three defects ------------------------------------------------------------------
    def _sale(self) -> Concluded:
        counter = self._counter
        work, case = counter.control.work, counter.shell.case
        assert case is not None
        counter.called()
        counter.lay(sample_hall.SELLER)
        counter.press("Return")
        counter.find_matter("bdczy", "不动产转移登记")
        counter.press("Alt+1")
        counter.wait("另一方的表", lambda: case.applicant.form.role == "买受人")
        counter.shoot("applicant-other-side")
        counter.lay(sample_hall.BUYER)
        counter.shoot("applicant-together")
        counter.confirm("citizen-data-together")
        counter.press("Return")
        counter.wait("回到事项", lambda: work.step is Step.MATTER)
        counter.answer_questions()
        page = case.checklist.list
        for keys in (("5", "1", "Return"), ("Return",), ("5", "1", "Return"), ("5", "1", "Return")):
            counter.press(*keys)
            counter.hands.settle(0.05)
        counter.press("A")
        counter.wait("三处问题", lambda: page.intake is not None)
        counter.shoot("checklist-three-defects")
        counter.to_outcome()
        counter.wait("一次告知", lambda: case.outcome.kind is OutcomeKind.SUPPLEMENT_REQUESTED)
        counter.shoot("outcome-three-defects")
        concluded = counter.conclude()
        counter.rate(SATISFIED)
        counter.shoot("papers-supplement")
        counter.press("F9")
        counter.wait("办结", lambda: work.intake is None)
        return concluded

    # --- the office -------------------------------------------------------------------------------------------
    def _office_begins(self) -> None:
        """The first citizen's case is decided and sealed and lies ready for collection."""
        case_id = self._moved.case_id
        self._reviewer.sit_down(sample_hall.REVIEW)
        self._reviewer.waits(WorkKind.TO_DECIDE, case_id)
        self._reviewer.open_first(case_id, "decision-desk")
        self._reviewer.do(CaseStep.GRANT, "decision")
        self._reviewer.shoot("decision-made")
        self._reviewer.back()
        self._keeper.sit_down(sample_hall.SEAL)
        self._keeper.waits(WorkKind.TO_SEAL, case_id)
        self._keeper.open_first(case_id)
        self._keeper.do(CaseStep.SEAL, "sealing")
        self._keeper.do(CaseStep.MAKE_READY, "ready-to-collect")
        self._keeper.back()

    # --- the supplement comes ---------------------------------------------------------------------------------
    def _supplement(self, sale: Concluded) -> None:
        counter, shell = self._counter, self._counter.shell
        files, errands = counter.control.files, shell.errands
        assert errands is not None
        assert shell.files is not None
        page = shell.files.file
        counter.hands.front(shell)
        counter.press("F2")
        number = counter.called()
        # The page opens with the first list that had something when it was read last; the digit says which one.
        counter.press("Alt+B", "1")
        counter.wait("办件清单", lambda: any(one.reference == sale.case_id for one in errands.work.entries()))
        counter.shoot("work-lists")
        counter.press("Return")
        counter.wait("打开办件", lambda: files.opened is not None and shell.rooms.current is page)
        counter.shoot("case-file", 0.15)
        counter.press("1")
        counter.wait("补来的材料", lambda: bool(page.arrival.list.intake))
        counter.press("Return", "Return")
        counter.shoot("supplement-part")
        counter.press("A")
        counter.shoot("supplement-complete")
        counter.press("F9")
        counter.wait("受理", lambda: files.opened is not None and files.opened.file.state is CaseState.ACCEPTED)
        counter.wait("打印", lambda: bool(files.papers) and all(paper.state in ON_PAPER for paper in files.papers))
        counter.shoot("supplement-accepted", 0.15)
        counter.press("F12")
        counter.wait("叫下一位", lambda: counter.control.ticket is not None and counter.control.ticket.number != number)

    # --- an instant case --------------------------------------------------------------------------------------
    def _instant(self) -> Concluded:
        counter, shell = self._counter, self._counter.shell
        work, case = counter.control.work, shell.case
        assert case is not None
        counter.called()
        counter.lay(sample_hall.ELDER)
        counter.press("Return")
        counter.confirm()
        counter.find_matter("lnry", "老年人优待证")
        counter.answer_questions()
        counter.press("A")
        counter.to_outcome()
        concluded = counter.conclude()
        counter.rate(VERY_SATISFIED)
        counter.wait("送审", lambda: case.instant.stage.value == "deciding")
        counter.shoot("instant-waiting")
        self._reviewer.waits(WorkKind.TO_DECIDE, concluded.case_id)
        self._reviewer.open_first(concluded.case_id, "decision-desk-instant")
        self._reviewer.do(CaseStep.GRANT)
        self._reviewer.back()
        self._keeper.waits(WorkKind.TO_SEAL, concluded.case_id)
        self._keeper.open_first(concluded.case_id, "seal-desk")
        self._keeper.do(CaseStep.SEAL)
        self._keeper.back()
        counter.hands.front(shell)
        counter.wait("可以发证", lambda: case.instant.can_issue)
        counter.shoot("instant-ready")
        counter.press("F9")
        counter.wait("出件", lambda: case.instant.stage.value == "issued")
        counter.wait("打印", lambda: all(paper.state in ON_PAPER for paper in work.papers))
        counter.rate(SATISFIED)
        counter.shoot("instant-issued", 0.15)
        counter.press("F9")
        counter.wait("办结", lambda: work.intake is None)
        return concluded

    # --- the first citizen comes back -------------------------------------------------------------------------
    def _collection(self) -> None:
        counter, shell = self._counter, self._counter.shell
        assert shell.errands is not None
        view = shell.errands.collect.view
        counter.station.place_card(samples.RESIDENT)
        counter.wait("有结果可以领", lambda: shell.idle.offer.isVisible())
        counter.shoot("idle-offer")
        counter.station.lift_card()
        counter.press("Alt+L")
        counter.wait("名下的结果", lambda: any(card.can for card in view.cards))
        counter.shoot("collection", 0.15)
        counter.press("A", "F7", "F9")
        counter.sign("citizen-signing-receipt")
        counter.wait("窗口看到签字", lambda: "已签字" in view.done.text())
        counter.rate(VERY_SATISFIED)
        counter.shoot("collection-issued", 0.15)
        counter.press("F9")
        counter.wait("办结", lambda: shell.rooms.current is None and counter.control.work.intake is None)
        counter.shoot("idle-evening", 0.5)

    # --- what became of it ------------------------------------------------------------------------------------
    def _told(self, concluded: Concluded) -> dict[str, Any]:
        """The case as the server holds it, the sheets of this window, and which stages were rated."""
        desk, conclusion = self._counter.control.desk, concluded.conclusion
        known = self._stage.hall.morning.case(concluded.case_id)
        ticket = conclusion.intake.ticket
        # A result that is collected without a number is a visit of its own, known by its case.
        visits = [*([ticket.ticket_id] if ticket else []), concluded.case_id]
        return {
            "ticket": ticket.number if ticket else None,
            "case_id": concluded.case_id,
            "visits": visits,
            "matter_name": conclusion.matter.name,
            "applicants": [party.name for party in conclusion.intake.people],
            "case_number": concluded.case_number,
            "case_no": known.case_no,
            "state": known.state.value,
            "state_name": known.state.label,
            "received_by": conclusion.actor.user_name,
            "acts": [{"step": act.step.value, "by": act.by.name, "window": act.by.window_no} for act in known.acts],
            "documents": [
                {"kind": paper.kind.value, "number": paper.number, "state": paper.state.value}
                for paper in self._counter.papers_of(concluded.case_id)
            ],
            "rated": [
                stage.value for stage in RatingStage if any(desk.rating.is_rated(visit, stage) for visit in visits)
            ],
        }
