"""Papers that another window made: their content travels with the act, so that this window prints the identical sheet.

Under the same id and number. Nothing is printed by looking: a sheet is brought here when somebody wants it on paper.
Called on the store's lane.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from clerk_app.domain.actor import Actor
from clerk_app.domain.acts import ActPaper
from clerk_app.domain.cases import CaseStep
from clerk_app.ports.printing import PaperRenderer
from clerk_app.ports.window import NewPaper, StoredPaper, WindowStore, WindowUnit
from clerk_app.services.steps.values import OpenFile
from clerk_app.services.window.filing import notice_paper
from clerk_app.services.window.journal import Journal

DECIDING = frozenset({CaseStep.GRANT, CaseStep.REFUSE})


class PapersElsewhere:
    """Lists and brings the papers of a case that this window does not have."""

    def __init__(self, store: WindowStore, renderer: PaperRenderer, journal: Journal) -> None:
        self._store = store
        self._renderer = renderer
        self._journal = journal

    def missing(self, opened: OpenFile) -> tuple[ActPaper, ...]:
        """Papers of the acts that can be printed here and were made elsewhere, in the order of the acts."""
        papers = [paper for act in opened.file.acts for paper in act.papers if paper.notice is not None]

        def work(unit: WindowUnit) -> tuple[ActPaper, ...]:
            return tuple(paper for paper in papers if unit.papers.get(paper.paper_id) is None)

        return self._store.read(work)

    def bring(self, opened: OpenFile, paper_ids: Collection[str], actor: Actor) -> tuple[StoredPaper, ...]:
        """Have these papers ready to be printed here; what is here already is left alone."""
        wanted = [paper for paper in self.missing(opened) if paper.paper_id in paper_ids]
        drawn = [self._drawn(opened.file.case_id, paper) for paper in wanted]

        def work(unit: WindowUnit) -> tuple[StoredPaper, ...]:
            new = [one for one in drawn if unit.papers.get(one.paper.paper_id) is None]
            for one in new:
                unit.papers.add(one)
                payload = {"case_id": one.paper.case_id, "number": one.paper.number, "sha": one.paper.sha}
                self._journal.write(unit, "paper.brought", one.paper.paper_id, actor, payload)
            return tuple(one.paper for one in new)

        return self._store.write(work)

    def bring_decision(self, opened: OpenFile, actor: Actor) -> tuple[StoredPaper, ...]:
        """The decision, which goes to the applicant with the result."""
        acts = [act for act in opened.file.acts if act.step in DECIDING]
        return self.bring(opened, {paper.paper_id for act in acts for paper in act.papers}, actor)

    def _drawn(self, case_id: str, paper: ActPaper) -> NewPaper:
        assert paper.notice is not None
        made = notice_paper(case_id, paper.notice, self._renderer.notice(paper.notice), self._journal)
        sheet = replace(made.paper, paper_id=paper.paper_id, original_id=paper.paper_id)
        return replace(made, paper=sheet)
