"""The paper of a step before the step is done: the very facts, dates and sentences, drawn and not stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from clerk_app.domain import case_rules
from clerk_app.domain.act_papers import act_notices, papers_of_step
from clerk_app.domain.actor import Actor
from clerk_app.domain.acts import ActFacts, ActPaper, CaseAct, Doer
from clerk_app.domain.calendar import WorkingCalendar
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.printing import PaperRenderer
from clerk_app.ports.window import WindowStore, WindowUnit
from clerk_app.services.steps.acting import Acting
from clerk_app.services.steps.values import Acted, OpenFile, Wish
from clerk_app.services.window.binding import StoreBinding
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.numbers import next_documents


class FilePreviews(Acting):
    """``Acting`` that changes nothing: an act carries its notices with the next numbers, which nobody has taken.

    Called on the store's lane. Raises what the step itself would raise: ``Locked``, ``NotAllowed``, ``Rejected``.
    """

    def __init__(
        self,
        store: WindowStore,
        renderer: PaperRenderer,
        binding: StoreBinding,
        journal: Journal,
        hall: Callable[[], HallProfile],
        calendar: Callable[[], WorkingCalendar],
    ) -> None:
        self._store = store
        self._renderer = renderer
        self._binding = binding
        self._journal = journal
        self._hall = hall
        self._calendar = calendar

    @property
    def calendar(self) -> WorkingCalendar:
        return self._calendar()

    @property
    def hall(self) -> HallProfile:
        return self._hall()

    def now(self) -> datetime:
        return self._journal.now()

    def act(self, opened: OpenFile, step: CaseStep, facts: ActFacts, actor: Actor) -> Acted:
        return self.act_all(opened, (lambda _: Wish(step, facts),), actor)

    def act_all(self, opened: OpenFile, wishes: Sequence[Callable[[CaseFile], Wish]], actor: Actor) -> Acted:
        file, acts = opened.file, []
        for make in wishes:
            act = self._drafted(opened, file, make(file), actor)
            file = case_rules.apply(file, act)
            acts.append(act)
        return Acted(replace(opened, file=file), tuple(acts), ())

    def first_page(self, acted: Acted) -> bytes | None:
        """The first paper of these acts as PDF for the screen, with its seal's circle; None when there is none."""
        return self._first(acted.acts)

    def decision(self, opened: OpenFile) -> bytes | None:
        """The decision as it was made, for who seals it; None when there is none."""
        return self._first([act for act in opened.file.acts if act.step in {CaseStep.GRANT, CaseStep.REFUSE}])

    def _first(self, acts: Sequence[CaseAct]) -> bytes | None:
        notices = (paper.notice for act in acts for paper in act.papers)
        notice = next((one for one in notices if one is not None), None)
        return self._renderer.preview(notice) if notice is not None else None

    def _drafted(self, opened: OpenFile, file: CaseFile, wish: Wish, actor: Actor) -> CaseAct:
        now = self._journal.now()
        act = CaseAct(self._journal.new_id(), file.case_id, wish.step, now, Doer.of(actor), wish.facts)
        kinds = papers_of_step(wish.step, file)
        short = self._hall().short(opened.conclusion.matter.department)

        def peek(unit: WindowUnit) -> dict[PaperKind, str]:
            return next_documents(unit, self._binding.check(unit), now.date(), short, kinds)[0]

        notices = act_notices(opened.conclusion, file, act, self._store.read(peek))
        papers = tuple(
            ActPaper(self._journal.new_id(), notice.kind, notice.document_number, "", notice) for notice in notices
        )
        return replace(act, papers=papers)
