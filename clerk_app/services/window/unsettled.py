"""Steps that count only when the server says so (decision, suspension, extension): no paper of theirs before that.

Two people may decide at once, and one of them is refused: a decision that came out of the printer before the server's
word could be handed over although it never counted. What a clerk does at the counter is local first and is not held
back; where the server refuses it later, its papers are made void.
"""

from __future__ import annotations

from typing import Final

from clerk_app.domain import case_rules
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.acts import CaseAct
from clerk_app.domain.cases import CaseStep
from clerk_app.ports.window import PaperState, WindowUnit
from clerk_app.ports.window_files import ActRow, ActState
from clerk_app.services.window import records
from clerk_app.services.window.journal import Journal

NOT_SETTLED: Final = "服务器还没有认这一步，认了会自动打印"
_AFTER_REFUSAL: Final = {
    PaperState.PREPARED: PaperState.WITHDRAWN,
    PaperState.REFUSED: PaperState.WITHDRAWN,
    PaperState.PRINTED: PaperState.VOIDED,
    PaperState.SENT: PaperState.VOIDED,
    PaperState.SAVED: PaperState.VOIDED,
}
"""A sheet on its way or with an open question keeps its state: first somebody has to look at it."""


def needs_server(step: CaseStep) -> bool:
    """Whether a step is the office's, which the server takes from the very person alone."""
    return Role.CLERK not in case_rules.roles_for(step)


def papers_of(row: ActRow) -> frozenset[str]:
    """The ids of the papers that an act made."""
    return frozenset(paper.paper_id for paper in records.load(CaseAct, row.body).papers)


def held_back(unit: WindowUnit, case_id: str) -> frozenset[str]:
    """Papers of a case that must not be printed yet, by their first sheet's id."""
    waiting = [row for row in unit.acts.of_case(case_id) if row.state is ActState.WAITING and needs_server(row.step)]
    return frozenset().union(*map(papers_of, waiting))


def settled_here(unit: WindowUnit) -> list[str]:
    """Sheets that were held back and count by now, and that nobody has printed yet."""
    found = []
    for paper in unit.papers.in_state(PaperState.PREPARED):
        rows = [row for row in unit.acts.of_case(paper.case_id) if needs_server(row.step)]
        if any(row.state is ActState.ACKNOWLEDGED and paper.original_id in papers_of(row) for row in rows):
            found.append(paper.paper_id)
    return found


def made_by_act(unit: WindowUnit, case_id: str, paper_id: str) -> bool:
    """Whether a paper came after the counter's conclusion; ``paper_id`` is that of its first sheet."""
    return any(paper_id in papers_of(row) for row in unit.acts.of_case(case_id))


def withdraw(unit: WindowUnit, journal: Journal, act_id: str, reason: str, actor: Actor) -> None:
    """The server refused the act: none of its papers counts, whatever became of them."""
    row = unit.acts.get(act_id)
    if row is None:
        return
    gone = papers_of(row)
    for sheet in unit.papers.of_case(row.case_id):
        state = _AFTER_REFUSAL.get(sheet.state)
        if sheet.original_id in gone and state is not None:
            unit.papers.move(sheet.paper_id, sheet.state, state, journal.now(), f"{row.step.label}没有生效：{reason}")
            payload = {"case_id": row.case_id, "number": sheet.number, "sha": sheet.sha, "act_id": act_id}
            journal.write(unit, f"paper.{state.value}", sheet.paper_id, actor, payload)
