"""The register of both seals (用印登记): the window's acceptance seal and the centre's approval seals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.acts import CaseAct, SealKind
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.errors import Conflict, Locked
from clerk_app.ports.hall_cases import SealUse, Stored
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.services.hall import records
from clerk_app.services.hall.checks import check, check_aware, check_uuid, check_window, of_hall
from clerk_app.services.hall.tools import Tools, canonical

_DAY = timedelta(days=1)


class Seals:
    """Acceptance seals are reported by the windows; approval seals are entered with the act that uses them."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def store(self, unit: HallUnit, actor: Actor, use: SealUse) -> Stored:
        """Enter a use of the acceptance seal; the same use again gets the same answer.

        ``Locked`` for an approval seal: its register is written by the act alone, so that no line is without a
        decision. The server of a hall sends the lines that its own acts wrote.
        """
        check_window(actor, use.window_no)
        if use.seal is SealKind.APPROVAL and not of_hall(actor):
            raise Locked("行政审批专用章由用印这一步登记，不能单独登记")
        check_uuid("use_id", use.use_id)
        check_uuid("case_id", use.case_id)
        check("paper_number", bool(use.paper_number.strip()))
        check("user_id", bool(use.user_id.strip()) and bool(use.user_name.strip()))
        check("count", 1 <= use.count <= 1000)
        check_aware("at", use.at)
        return enter(unit, self._tools, actor, use)

    def register(self, unit: HallUnit, actor: Actor, day: date) -> tuple[SealUse, ...]:
        """Both seals of one day, in order."""
        actor.require(Role.CLERK, Role.SEAL_KEEPER, Role.CHIEF_REPRESENTATIVE, Role.MANAGER, Role.AUDITOR)
        start = datetime.combine(day, time(), records.BEIJING)
        return tuple(records.in_beijing(use) for use in unit.registers.seal_uses(start, start + _DAY))


def enter(unit: HallUnit, tools: Tools, actor: Actor, use: SealUse) -> Stored:
    """One line, once; ``Conflict`` when its id came with another content."""
    body_hash = tools.digest(canonical(use))
    known = unit.registers.find(SealUse, use.use_id)
    if known is not None:
        if known.body_hash != body_hash:
            raise Conflict("这次用印已经登记过，内容不一样，没有覆盖")
        return Stored(known.record_id, known.synced_at)
    now = tools.now()
    unit.registers.add_seal_use(use, body_hash, now)
    payload = {
        "window_no": use.window_no,
        "seal": use.seal.value,
        "case_id": use.case_id,
        "paper_id": use.paper_id,
        "paper_number": use.paper_number,
        "count": use.count,
        "by": use.user_id,
    }
    tools.record(unit, actor, "seal.used", use.use_id, payload)
    return Stored(use.use_id, now)


def enter_approval_seal(unit: HallUnit, tools: Tools, actor: Actor, act: CaseAct, before: Sequence[CaseAct]) -> None:
    """The register lines of a seal act that the fold has let through, in its transaction: one for each sealed paper.

    Sheets are spread over the papers, the first takes what is left over. Of an act that the server of a hall sends, the
    lines follow as records of their own, under the ids that they have there.
    """
    sealing = act.facts.sealing
    if act.step is not CaseStep.SEAL or sealing is None or of_hall(actor):
        return
    known = {paper.paper_id: paper for earlier in before for paper in earlier.papers}
    papers = [known[paper_id] for paper_id in dict.fromkeys(sealing.paper_ids)]
    each, left = divmod(sealing.count, len(papers))
    for number, paper in enumerate(papers):
        use = SealUse(
            use_id=tools.new_id(),
            seal=SealKind.APPROVAL,
            case_id=act.case_id,
            paper_id=paper.paper_id,
            paper_kind=paper.kind,
            paper_number=paper.number,
            user_id=act.by.user_id,
            user_name=act.by.name,
            window_no=act.by.window_no,
            at=act.at,
            count=each + (left if number == 0 else 0),
            register_no=sealing.register_no,
        )
        enter(unit, tools, actor, use)
