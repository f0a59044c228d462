"""The states of one sheet and the sentences that go with them; making a paper void, in the caller's transaction."""

from __future__ import annotations

from typing import Final

from clerk_app.domain.actor import Actor
from clerk_app.domain.acts import Approval
from clerk_app.domain.errors import Locked, NotAllowed, NotFound, Rejected
from clerk_app.ports.window import PaperState, StoredPaper, WindowUnit
from clerk_app.services.window.journal import Journal
from clerk_app.services.window.seals import carries_seal
from clerk_app.services.window.unsettled import held_back

TRANSITIONS: Final[dict[PaperState, frozenset[PaperState]]] = {
    PaperState.PREPARED: frozenset({PaperState.SENDING, PaperState.WITHDRAWN}),
    PaperState.SENDING: frozenset(
        {PaperState.PRINTED, PaperState.SENT, PaperState.UNKNOWN, PaperState.REFUSED, PaperState.SAVED}
    ),
    PaperState.REFUSED: frozenset({PaperState.SENDING, PaperState.WITHDRAWN, PaperState.SAVED}),
    PaperState.UNKNOWN: frozenset({PaperState.PRINTED, PaperState.WITHDRAWN}),
    PaperState.PRINTED: frozenset({PaperState.VOIDED}),
    PaperState.SENT: frozenset({PaperState.VOIDED}),
    PaperState.SAVED: frozenset({PaperState.SENDING, PaperState.VOIDED}),
    PaperState.WITHDRAWN: frozenset(),
    PaperState.VOIDED: frozenset(),
}

UNDECIDED: Final = frozenset({PaperState.PREPARED, PaperState.SENDING, PaperState.UNKNOWN, PaperState.REFUSED})
"""States that keep F12 locked."""

ON_PAPER: Final = frozenset({PaperState.PRINTED, PaperState.SENT, PaperState.SAVED})
"""States of a sheet that can be printed again and can be made void."""

BUSY: Final = "这张正在打印，请等它打完"
CANNOT_SEND: Final = {
    PaperState.PREPARED: "这张还没有开始打印",
    PaperState.SENDING: BUSY,
    PaperState.REFUSED: "这张没有打出，请先重打",
    PaperState.UNKNOWN: "先回答这张纸打完没有",
    PaperState.PRINTED: "这张已打印；再要一张请用补打",
    PaperState.SENT: "这张已送打印机；没有打好请用补打",
    PaperState.SAVED: "这张已存成文件",
    PaperState.WITHDRAWN: "这张已收回，以新的一张为准",
    PaperState.VOIDED: "这张已作废，编号不再使用，不能再打",
}


def sheet_of(unit: WindowUnit, paper_id: str) -> StoredPaper:
    """The sheet; ``NotFound`` when this window has none."""
    paper = unit.papers.get(paper_id)
    if paper is None:
        raise NotFound("本机没有这张文书")
    return paper


def undecided(unit: WindowUnit) -> list[StoredPaper]:
    """All sheets of this window in an undecided state that may be printed, oldest first."""
    papers = [paper for state in UNDECIDED for paper in unit.papers.in_state(state)]
    held = {case_id: held_back(unit, case_id) for case_id in {paper.case_id for paper in papers}}
    free = [paper for paper in papers if paper.original_id not in held[paper.case_id]]
    return sorted(free, key=lambda paper: (paper.made_at, paper.paper_id))


def void_paper(
    unit: WindowUnit, journal: Journal, paper_id: str, reason: str, actor: Actor, approval: Approval | None
) -> tuple[StoredPaper, ...]:
    """What ``PrintDesk.void`` does."""
    why = reason.strip()
    if not why:
        raise Rejected("reason", "请写明作废的理由，会留在记录里")
    paper = sheet_of(unit, paper_id)
    sheets = [sheet for sheet in unit.papers.of_case(paper.case_id) if sheet.original_id == paper.original_id]
    voided = tuple(sheet for sheet in sheets if sheet.state is PaperState.VOIDED)
    if voided:
        return voided
    for sheet in sheets:
        if sheet.state in {PaperState.SENDING, PaperState.UNKNOWN}:
            raise Locked(CANNOT_SEND[sheet.state])
    if not any(sheet.state in ON_PAPER for sheet in sheets):
        raise Locked("这张还没有打出来，不用作废")
    if carries_seal(unit.papers.source(paper.original_id)):
        _check_consent(approval, actor)
    payload = {
        "case_id": paper.case_id,
        "number": paper.number,
        "reason": why,
        "approval_id": approval.approval_id if approval else "",
        "approved_by": approval.user_id if approval else "",
    }
    moved = []
    for sheet in [sheet for sheet in sheets if sheet.state is not PaperState.WITHDRAWN]:
        state = PaperState.VOIDED if sheet.state in ON_PAPER else PaperState.WITHDRAWN
        moved.append(unit.papers.move(sheet.paper_id, sheet.state, state, journal.now(), f"作废：{why}"))
        one = {**payload, "sha": sheet.sha, "reprint": sheet.reprint}
        journal.write(unit, f"paper.{state.value}", sheet.paper_id, actor, one)
    return tuple(moved)


def _check_consent(approval: Approval | None, actor: Actor) -> None:
    if approval is None:
        raise Locked("盖章的文书作废要主管授权")
    if approval.user_id == actor.user_id:
        raise NotAllowed("授权的人不能是经办人自己，请主管来登录")
