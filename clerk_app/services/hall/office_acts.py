"""Acts that are made at the server, from the pages of the back office: what ``services/window/files`` is for a window.

The same forms, facts, guards and papers; only the numbers come from the office's own series, and nothing has to be
pushed. A paper is the value that travels with its act: every window draws the identical sheet from it, so no file of it
is kept here.
"""

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
from clerk_app.domain.numbering import OFFICE_DESK
from clerk_app.ports.printing import PaperRenderer
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.services.hall.casefiles import CaseFiles
from clerk_app.services.hall.tools import Tools
from clerk_app.services.steps.acting import Acting
from clerk_app.services.steps.numbers import document_numbers, seal_number
from clerk_app.services.steps.offers import allow
from clerk_app.services.steps.values import Acted, OpenFile, Wish


class OfficeDrafts(Acting):
    """Steps as they would be done, within a unit that only reads: an act carries its papers with the next numbers,
    which nobody has taken. Raises what the step itself would raise: ``Locked``, ``NotAllowed``, ``Rejected``."""

    def __init__(
        self, unit: HallUnit, tools: Tools, epoch: str, renderer: PaperRenderer, calendar: WorkingCalendar
    ) -> None:
        self._unit = unit
        self._tools = tools
        self._epoch = epoch
        self._renderer = renderer
        self._calendar = calendar

    @property
    def calendar(self) -> WorkingCalendar:
        return self._calendar

    @property
    def hall(self) -> HallProfile:
        return self._unit.setup.profile()

    def now(self) -> datetime:
        return self._tools.now()

    def act(self, opened: OpenFile, step: CaseStep, facts: ActFacts, actor: Actor) -> Acted:
        return self.act_all(opened, (lambda _: Wish(step, facts),), actor)

    def act_all(self, opened: OpenFile, wishes: Sequence[Callable[[CaseFile], Wish]], actor: Actor) -> Acted:
        file, acts = opened.file, []
        for make in wishes:
            act = self._made(opened, file, make(file), actor)
            file = case_rules.apply(file, act)
            self._keep(act, actor)
            acts.append(act)
        return Acted(replace(opened, file=file), tuple(acts), ())

    # --- what storing does besides ------------------------------------------------------------------------------
    def _keep(self, act: CaseAct, actor: Actor) -> None:
        """Nothing: a draft is thrown away."""

    def _take(self, series: str, value: int) -> None:
        """Nothing: the number stays the next one."""

    # --- inside -----------------------------------------------------------------------------------------------
    def _made(self, opened: OpenFile, file: CaseFile, wish: Wish, actor: Actor) -> CaseAct:
        """The act of a wish with its papers numbered."""
        now = self._tools.now()
        allow(file, wish.step, actor, now)
        facts = wish.facts
        if facts.sealing is not None:
            number, (series, value) = seal_number(self._next, OFFICE_DESK, now.year)
            self._take(series, value)
            facts = replace(facts, sealing=replace(facts.sealing, register_no=number))
        act = CaseAct(self._tools.new_id(), file.case_id, wish.step, now, Doer.of(actor), facts)
        kinds = papers_of_step(wish.step, file) if wish.papers is None else wish.papers
        if not kinds:
            return act
        short = self.hall.short(opened.conclusion.matter.department)
        numbers, takes = document_numbers(self._next, OFFICE_DESK, now.year, short, kinds)
        for series, value in takes:
            self._take(series, value)
        notices = [one for one in act_notices(opened.conclusion, file, act, numbers) if one.kind in kinds]
        papers = tuple(
            ActPaper(self._tools.new_id(), one.kind, one.document_number, self._renderer.check(one), one)
            for one in notices
        )
        return replace(act, papers=papers)

    def _next(self, series: str) -> int:
        return self._unit.office.next_number(series, self._epoch)


class OfficeActs(OfficeDrafts):
    """Steps done, in the caller's transaction: numbers are taken, acts appended. Draw the papers of a draft before:
    fonts load slowly, and while this transaction runs others wait for the hall's turn."""

    def __init__(
        self,
        unit: HallUnit,
        tools: Tools,
        epoch: str,
        renderer: PaperRenderer,
        calendar: WorkingCalendar,
        files: CaseFiles,
    ) -> None:
        super().__init__(unit, tools, epoch, renderer, calendar)
        self._files = files

    def _keep(self, act: CaseAct, actor: Actor) -> None:
        self._files.append(self._unit, actor, act)

    def _take(self, series: str, value: int) -> None:
        self._unit.office.take_number(series, self._epoch, value)
