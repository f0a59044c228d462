"""An open case: the five steps, the matter's head, and the page of the step."""

from __future__ import annotations

from datetime import date

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedWidget, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import exact_time
from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.window import Step
from clerk_app.services.window.rating import Rated
from clerk_app.ui.keys import Page, bind
from clerk_app.ui.kit.labels import IconLabel, KeyHint, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.stepbar import StepBar
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.theme import px
from clerk_app.ui.lanes import Lanes
from clerk_app.ui.window.asking import RatingState
from clerk_app.ui.window.case.applicant_page import ApplicantPage
from clerk_app.ui.window.case.checklist_page import LEGENDS, ChecklistPage
from clerk_app.ui.window.case.head import MatterHead
from clerk_app.ui.window.case.matter_page import MatterPage
from clerk_app.ui.window.case.outcome_page import OutcomePage
from clerk_app.ui.window.case.papers_page import PapersPage
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.file.instant import Instant
from clerk_app.ui.window.voiding import Voiding

STEPS = tuple(Step)


class CasePage(QWidget):
    """Connects the pages with the case: a page shows a state and emits the next one; here it is kept."""

    def __init__(self, control: DeskControl, lanes: Lanes) -> None:
        super().__init__()
        self._control, self._work, self._lanes = control, control.work, lanes
        self.bar = StepBar(tuple(step.label for step in STEPS))
        self.saved = Text("", "note", "ok")
        self._saved_icon = IconLabel("save", "ok", SIZE.icon)
        self.head = MatterHead()
        self.applicant = ApplicantPage(self._today)
        self.matter = MatterPage()
        self.checklist = ChecklistPage()
        self.outcome = OutcomePage()
        self.papers = PapersPage()
        self.instant = Instant(control, lanes)
        self.voiding = Voiding(self, control.desk, lanes, lambda: control.session.actor if control.session else None)
        self.pages = (self.applicant, self.matter, self.checklist, self.outcome, self.papers)
        self.stack = QStackedWidget()
        for page in self.pages:
            self.stack.addWidget(page)
        top = Surface("paper", edges="bottom", height=SIZE.step_bar)
        top.setLayout(
            Row(
                self.bar,
                None,
                KeyHint(("Alt+1", "–", "5"), "跳步"),
                self._saved_icon,
                self.saved,
                gap=SPACE.x8,
                margins=(0, SPACE.x16, 0, SPACE.x20),
            )
        )
        self.setLayout(Column(top, self.head, self.stack))
        self._connect()

    def _today(self) -> date:
        return self._control.desk.clock.now().date()

    def _connect(self) -> None:
        work = self._work
        work.changed.connect(self._show)
        work.step_changed.connect(self._show_step)
        work.papers_changed.connect(self._show_papers)
        work.card_shown.connect(lambda card: self.applicant.show_card(card.person, card.warnings))
        work.preview_ready.connect(self._show_preview)
        work.field_wrong.connect(self.outcome.show_error)
        self._control.rating_changed.connect(self._show_rating)
        self.bar.chosen.connect(self._jump)
        bind(self, "step", self._jump)
        for page in (self.applicant, self.matter, self.checklist, self.outcome):
            page.changed.connect(work.set_intake)
            bind(page, "next_matter", work.next_matter)
            bind(page, "finish_next", lambda: self._control.finish(then_call=True))
        self.applicant.finished.connect(self._applicant_done)
        self.matter.search_wanted.connect(self._search)
        self.matter.picked.connect(work.choose_matter)
        self.matter.number_entered.connect(work.fill_from_pre_check)
        self.matter.finished.connect(self._matter_done)
        self.matter.people_wanted.connect(lambda: work.go(Step.APPLICANT))
        self.checklist.finished.connect(lambda: work.go(Step.OUTCOME))
        self.checklist.refused.connect(work.said)
        self.outcome.refused.connect(work.said)
        self.outcome.back.connect(lambda: work.go(Step.MATERIALS))
        self.outcome.preview_wanted.connect(self._want_preview)
        self.outcome.corrected.connect(work.correct_on_site)
        self.outcome.concluded.connect(work.conclude)
        self.papers.answered.connect(work.sheets.answer)
        self.papers.reprint_wanted.connect(work.sheets.reprint)
        self.papers.void_wanted.connect(self._void)
        self.voiding.done.connect(self._voided)
        self.voiding.failed.connect(lambda failure: work.said.emit(failure.text))
        self.papers.print_wanted.connect(lambda _: work.sheets.print_all())
        self.papers.a4_wanted.connect(work.sheets.on_a4)
        self.papers.later_wanted.connect(work.sheets.postpone)
        self.papers.rating_wanted.connect(self._control.ask_rating)
        self.papers.finish.connect(lambda: self._control.finish(then_call=False))
        self.papers.finish_next.connect(lambda: self._control.finish(then_call=True))
        self.papers.next_matter.connect(work.next_matter)
        self.papers.refused.connect(work.said)
        self.papers.issue_wanted.connect(self.instant.issue)
        self.instant.changed.connect(self._show_instant)
        self.instant.said.connect(work.said)

    @property
    def page(self) -> Page:
        """Whose keys are on now: those of the step, or of a mode inside it."""
        match self._work.step:
            case Step.APPLICANT:
                return Page.PARTIES if self.applicant.rows.hasFocus() else Page.APPLICANT
            case Step.MATTER:
                return self.matter.page
            case Step.MATERIALS:
                mode = LEGENDS.get(self.checklist.list.mode)
                return mode[1] if mode else Page.CHECKLIST
            case Step.OUTCOME:
                return Page.OUTCOME
        return Page.ASK if self.papers.ask is not None else Page.PAPERS

    # --- showing ----------------------------------------------------------------------------------------------
    def _show(self) -> None:
        intake = self._work.intake
        if intake is None:
            return
        self.head.show_intake(intake, two_lines=self.window().height() >= px(SIZE.tall_from))
        self.applicant.show_intake(intake)
        if self._work.step is Step.MATTER:
            self.matter.show_intake(intake)
        elif self._work.step is Step.MATERIALS:
            self.checklist.show_intake(intake)
        elif self._work.step is Step.OUTCOME and self._work.concluded is None:
            self.outcome.show_intake(intake, self._work.late)
        self._show_bar()
        self.outcome.show_busy(self._work.busy)
        saved = self._work.saved_at
        self.saved.setText(f"已存 {exact_time(saved)}" if saved else "")
        self._saved_icon.setVisible(saved is not None)

    def _show_bar(self) -> None:
        at = STEPS.index(self._work.step)
        reachable = {STEPS.index(step) for step in self._work.reachable()}
        done = set(range(at)) if self._work.concluded is None else {0, 1, 2, 3}
        self.bar.show_state(at, done, reachable)

    def _show_step(self) -> None:
        if self._work.intake is None:
            return
        at = STEPS.index(self._work.step)
        self._show()
        self.stack.setCurrentIndex(at)
        self.head.setVisible(self._work.intake.matter is not None and self._work.step is not Step.APPLICANT)
        if self._work.step is Step.PAPERS:
            self._show_papers()
        self.pages[at].start()

    def _show_papers(self) -> None:
        if self._work.concluded is not None:
            self.papers.show_papers(self._work.concluded, self._work.papers, self._work.questions, self._work.undecided)
            self._show_rating()
            self._show_instant()

    def _show_instant(self) -> None:
        concluded = self._work.concluded
        if concluded is not None:
            stage = self.instant.stage if self.instant.active else None
            since, now = concluded.conclusion.concluded_at, self._control.desk.clock.now()
            self.papers.show_instant(stage, self.instant.opened, self.instant.why, since, now)

    def _show_rating(self) -> None:
        rating = self._control.rating
        rated = {RatingState.RATED: Rated.RATED, RatingState.UNRATED: Rated.NOT_RATED}.get(rating)
        self.papers.show_rating(rated, asking=rating is RatingState.ASKING, sentence=self._control.rating_trouble)

    def _jump(self, index: int) -> None:
        if self._work.step is Step.APPLICANT and index != 0 and not self.applicant.leave():
            return
        if self._work.step is Step.MATERIALS:
            self.checklist.leave()
        self._work.go(STEPS[index])

    def _void(self, paper_id: str, reason: str) -> None:
        paper = next((one for one in self._work.papers if one.paper_id == paper_id), None)
        if paper is not None:
            self.voiding.ask(paper, reason)

    def _voided(self) -> None:
        self._work.sheets.read()
        self.start()

    # --- going on ---------------------------------------------------------------------------------------------
    def _applicant_done(self) -> None:
        self._control.begin_service()
        self._work.go(Step.MATTER)

    def _matter_done(self) -> None:
        intake = self._work.intake
        self._work.go(Step.OUTCOME if intake is not None and intake.ending else Step.MATERIALS)

    def _search(self, query: str) -> None:
        self._lanes.lane("search").run(
            self._control.desk.catalogue.search,
            query,
            done=lambda hits: self.matter.show_hits(query, hits),
            key="search",
            owner=self.matter,
        )

    def _want_preview(self, kind: OutcomeKind) -> None:
        self._work.want_preview(kind, round(self.outcome.view.page_width() * self.devicePixelRatioF()))

    def _show_preview(self, kind: OutcomeKind, result: object) -> None:
        if isinstance(result, bytes):
            self.outcome.show_preview(kind, QImage.fromData(result))
        else:
            self.outcome.show_preview(kind, None, str(result))

    def start(self) -> None:
        """The focus goes where the next key of the step belongs."""
        self.pages[self.stack.currentIndex()].start()

    def escape(self) -> None:
        """Esc: one level back; nothing is lost."""
        step = self._work.step
        inside = {
            Step.MATTER: self.matter.escape,
            Step.MATERIALS: self.checklist.escape,
            Step.OUTCOME: self.outcome.escape,
        }
        if step in inside and inside[step]():
            return
        if self._work.concluded is None and step in STEPS[1:4]:
            self._work.go(STEPS[STEPS.index(step) - 1])
