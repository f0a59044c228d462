"""The open case on the screen: the present ``Intake``, its step, undo, draft, conclusion and papers.

Every change is computed here at once (pure functions) and stored behind the clerk's back on the store's lane.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from clerk_app.domain import outcomes
from clerk_app.domain.actor import Actor
from clerk_app.domain.catalogue import Matter
from clerk_app.domain.errors import Refusal, Rejected
from clerk_app.domain.intake import Intake, TicketRef
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.persons import CheckedPerson
from clerk_app.ports.window import Step, StoredPaper
from clerk_app.services.window.cases import Concluded, Preview, Resumed
from clerk_app.services.window.prechecks import Filled
from clerk_app.services.window.printing import Question
from clerk_app.services.window.session import WindowSession
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.casesheets import CaseSheets
from clerk_app.ui.window.desk import Desk

UNDO_DEPTH = 50
STEPS = tuple(Step)


class CaseWork(QObject):
    """Signals carry no data but sentences: the views read the properties again.

    ``changed``: intake, step or saved time; ``papers_changed``: conclusion, sheets or questions; ``said``: a sentence
    for the clerk; ``field_wrong``: field name and sentence for the outcome page; ``closed``: no case is open.
    """

    changed = Signal()
    step_changed = Signal()
    papers_changed = Signal()
    preview_ready = Signal(object, object)  # OutcomeKind, PNG bytes or a sentence
    card_shown = Signal(object)  # CheckedPerson
    said = Signal(str)
    field_wrong = Signal(str, str)
    closed = Signal()

    def __init__(self, desk: Desk, lanes: Lanes) -> None:
        super().__init__()
        self._desk, self._lanes = desk, lanes
        self._store = lanes.lane("store")
        self._session: WindowSession | None = None
        self.sheets = CaseSheets(desk, lanes, lambda: self._actor)
        self.sheets.changed.connect(self.papers_changed)
        self.sheets.failed.connect(lambda failure: self.said.emit(failure.text))
        self.held: Callable[[], str] = lambda: ""
        """Why the citizen keeps the case from being concluded; empty when nothing does."""
        self._clear()

    def _clear(self) -> None:
        self.intake: Intake | None = None
        self.step = Step.APPLICANT
        self.saved_at: datetime | None = None
        self.outcome: OutcomeKind | None = None
        self.concluded: Concluded | None = None
        self.sheets.show("")
        self.busy = False
        self._undo: list[Intake] = []

    def act_as(self, session: WindowSession | None) -> None:
        """Who sits at the window from now on."""
        self._session = session

    @property
    def user_id(self) -> str:
        """Who acts, empty before the first login."""
        return self._session.actor.user_id if self._session is not None else ""

    @property
    def _actor(self) -> Actor:
        assert self._session is not None
        return self._session.actor

    # --- opening and leaving ----------------------------------------------------------------------------------
    def open(self, ticket: TicketRef | None, card: CheckedPerson | None = None) -> None:
        """Begin a case for a called ticket or for somebody without one."""

        def ready(intake: Intake) -> None:
            self._clear()
            self.intake = intake
            self.changed.emit()
            self.step_changed.emit()
            if card is not None:
                self.show_card(card)

        self._store.run(self._desk.cases.open_case, self._actor, ticket, done=ready, failed=self._failed)

    def resume(self, case_id: str, card: CheckedPerson | None = None) -> None:
        """Take up a draft where it was left; a card read meanwhile counts only where the applicant is asked for."""

        def ready(resumed: Resumed) -> None:
            self._clear()
            self.intake, self.step, self.saved_at = resumed.intake, resumed.step, resumed.saved_at
            if self.step is Step.PAPERS:
                self.step = Step.OUTCOME
            self.changed.emit()
            self.step_changed.emit()
            if card is not None:
                self.show_card(card)

        self._store.run(self._desk.cases.resume, case_id, self._actor, done=ready, failed=self._failed)

    def reopen(self, concluded: Concluded) -> None:
        """Show a concluded case whose papers or whose visit are not at their end, and print what never was sent."""
        self._clear()
        self.intake = concluded.conclusion.intake
        self._take(concluded)

    def next_matter(self) -> None:
        """Alt+M: another matter for the same ticket and the same person, after this one is concluded."""
        if self.intake is None or self.concluded is None:
            self.said.emit("这一件还没有结论，先办完再办下一件")
            return
        before = self.intake
        ticket, applicant, agent = before.ticket, before.applicant, before.agent

        def ready(intake: Intake) -> None:
            self._clear()
            known = intake.with_contacts(before.contacts)
            self.intake = known.with_applicant(applicant, agent) if applicant else known
            self.step = Step.MATTER if applicant else Step.APPLICANT
            self._save()
            self.changed.emit()
            self.step_changed.emit()

        self._store.run(self._desk.cases.open_case, self._actor, ticket, done=ready, failed=self._failed)

    def close(self) -> None:
        """The visit is over; a case without conclusion stays as a draft."""
        self._clear()
        self.closed.emit()

    def abandon(self, reason: str) -> None:
        """Put the draft away with a reason (no-show)."""
        if self.intake is not None and self.concluded is None:
            self._store.run(self._desk.cases.abandon, self.intake.case_id, reason, self._actor, failed=self._failed)
        self.close()

    # --- changing ---------------------------------------------------------------------------------------------
    def set_intake(self, intake: Intake) -> None:
        """The next state of the case; the one before it is kept for undo."""
        if self.intake is None or self.concluded is not None or intake == self.intake:
            return
        self._undo.append(self.intake)
        del self._undo[:-UNDO_DEPTH]
        self.intake = intake
        self._save()
        self.changed.emit()

    def undo(self) -> bool:
        """Back to the state before; False when there is none (or a paper is out)."""
        if not self._undo or self.concluded is not None:
            return False
        self.intake = self._undo.pop()
        self._save()
        self.changed.emit()
        if self.step not in self.reachable():
            # What led here is taken back: the matter is asked for again.
            self.go(Step.MATTER if Step.MATTER in self.reachable() else Step.APPLICANT)
        return True

    def _save(self) -> None:
        assert self.intake is not None

        def saved(at: datetime) -> None:
            self.saved_at = at
            self.changed.emit()

        self._store.run(
            self._desk.cases.save_draft,
            self.intake,
            self.step,
            self._actor,
            done=saved,
            failed=self._failed,
            key="draft",
        )

    def reachable(self) -> set[Step]:
        """Steps that can be jumped to now."""
        if self.concluded is not None:
            return {Step.PAPERS}
        steps = {Step.APPLICANT}
        if self.intake is not None and self.intake.applicant is not None:
            steps |= {Step.MATTER}
            if self.intake.matter is not None:
                steps |= {Step.MATERIALS, Step.OUTCOME}
        return steps

    def go(self, step: Step) -> None:
        """Jump to a step; one that is not reachable yet says why."""
        if self.intake is None:
            return
        if step not in self.reachable():
            self.said.emit(self._why_not(step))
            return
        self.step = step
        if self.concluded is None:
            self._save()
        self.step_changed.emit()

    def _why_not(self, step: Step) -> str:
        if self.concluded is not None:
            return "文书已经出了，前面的内容不能再改；要办下一件按 Alt+M"
        if step is Step.PAPERS:
            return "还没有结论，先到第 4 步选结论"
        assert self.intake is not None
        return "先读身份证或录入申请人" if self.intake.applicant is None else "先选事项"

    def show_card(self, card: CheckedPerson) -> None:
        """A card was read while the case is open."""
        if self.intake is not None and self.concluded is None and self.step is Step.APPLICANT:
            self.card_shown.emit(card)

    def choose_matter(self, code: str) -> None:
        """Pick a matter by its code; one that asks no question leads to its materials at once."""
        intake = self.intake
        if intake is None:
            return

        def loaded(matter: Matter) -> None:
            if self.intake is not None and self.intake.case_id == intake.case_id:
                self._take_matter(matter)

        self._store.run(self._load_matter, code, done=loaded, failed=self._failed)

    def _take_matter(self, matter: Matter) -> None:
        assert self.intake is not None
        if self.intake.matter is not None and self.intake.matter.code == matter.code:
            return
        try:
            chosen = self.intake.with_matter(matter, self._desk.clock.now())
        except Rejected as wrong:
            self.said.emit(wrong.reason)
            return
        self.set_intake(chosen)
        if all(situation.is_agency for situation in matter.situations):
            self.go(Step.MATERIALS)

    def fill_from_pre_check(self, number: str) -> None:
        """网上预审: people, matter, answers and verdicts by the number that the citizen quotes; says what it filled."""
        intake = self.intake
        if intake is None or self.concluded is not None:
            return

        def filled(found: Filled) -> None:
            if self.intake != intake:
                return
            self.set_intake(found.intake)
            self.go(Step.MATERIALS)
            done = sum(check.decided for _, check in found.intake.rows)
            said = f"已按预审 {number} 填入：{found.intake.applicant_name}，材料 {done} 项"
            self.said.emit("；".join((said, *found.sentences)))

        self._lanes.lane("network").run(
            self._desk.prechecks.fill, number, intake, self._actor, done=filled, failed=self._failed, key="pre_check"
        )

    def _load_matter(self, code: str) -> Matter:
        matter = self._desk.catalogue.matter(code)
        self._desk.catalogue.touch(matter.code)
        return matter

    # --- concluding -------------------------------------------------------------------------------------------
    def want_preview(self, kind: OutcomeKind, width: int) -> None:
        """Draw the paper of an outcome; ``preview_ready`` brings it, or the sentence why there is none."""
        intake = self.intake
        if intake is None or self.concluded is not None:
            return

        def draw() -> bytes | None:
            preview: Preview = self._desk.cases.preview(intake, kind, self._actor)
            return self._desk.first_page(preview.notice_pdf, width) if preview.notice_pdf else None

        self._store.run(
            draw,
            done=lambda png: self.preview_ready.emit(kind, png or ""),
            failed=lambda failure: self.preview_ready.emit(kind, failure.text),
            key="preview",
        )

    def correct_on_site(self) -> None:
        """当场更正: the rows that were put right become received; the outcome page shows what is open now."""
        if self.intake is not None:
            self.set_intake(self.intake.correct_on_site())

    def conclude(self, kind: OutcomeKind) -> None:
        """Fix the outcome, store everything, then print."""
        if self.intake is None or self.concluded is not None or self.busy:
            return
        if reason := self.held():
            self.said.emit(reason)
            return
        self.busy = True
        self.changed.emit()
        redirect = self.intake.ending.matter if self.intake.ending else ""

        def stored(concluded: Concluded) -> None:
            self.busy = False
            self._undo.clear()
            self._take(concluded)
            if kind is OutcomeKind.REDIRECTED and redirect:
                self._redirect(redirect)

        self._store.run(
            self._desk.cases.conclude, self.intake, kind, self._actor, done=stored, failed=self._not_concluded
        )

    def _take(self, concluded: Concluded) -> None:
        self.concluded = concluded
        self.sheets.show(concluded.case_id, concluded.papers)
        self.outcome = concluded.conclusion.outcome
        self.step = Step.PAPERS
        self.changed.emit()
        self.step_changed.emit()
        self.papers_changed.emit()
        if concluded.papers:
            self.sheets.print_all()

    def _redirect(self, matter_id: str) -> None:
        """The other matter is opened at once, with the same people; same ticket, no second number."""
        self.next_matter()
        self._store.run(self._load_matter, matter_id, done=self._take_redirected, failed=self._failed)

    def _take_redirected(self, matter: Matter) -> None:
        if self.intake is not None and self.concluded is None:
            self._take_matter(matter)

    def _not_concluded(self, failure: Failure) -> None:
        self.busy = False
        self.changed.emit()
        if isinstance(failure.error, Rejected):
            self.field_wrong.emit(failure.error.field, failure.error.reason)
        else:
            self.said.emit(failure.text)

    # --- papers -----------------------------------------------------------------------------------------------
    @property
    def papers(self) -> tuple[StoredPaper, ...]:
        """The newest sheet of each paper of the concluded case."""
        return self.sheets.papers

    @property
    def questions(self) -> tuple[Question, ...]:
        """What only a person who looks at a sheet can say."""
        return self.sheets.questions

    @property
    def undecided(self) -> str:
        """Why the visit cannot be ended yet; empty when it can."""
        if self.intake is None:
            return ""
        if self.concluded is None:
            return "这一件还没有结论"
        return self.sheets.undecided

    def lock_reason(self, kind: OutcomeKind) -> str:
        """The same sentence as on the outcome's line."""
        return outcomes.lock_reason(self.intake, kind, self.late) if self.intake else ""

    @property
    def late(self) -> str:
        """Why the law deems the application accepted by now; empty while it does not."""
        return self._desk.deemed.late(self.intake) if self.intake else ""

    def _failed(self, failure: Failure) -> None:
        self.busy = False
        if isinstance(failure.error, Refusal) or failure.text:
            self.said.emit(failure.text)
