"""What may be done with a case and by whom: the guards of the law.

Every refusal is the sentence that stands beside the locked button. What an act has to say is in ``act_checks``.

Sources: 行政许可法第二十六、三十二、三十四、四十二、四十四、四十五条; 不动产登记暂行条例第十七条. Receiving, deciding
and sealing of one case are three people (接件、审批、用印三个环节完全分离).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from clerk_app.domain import cases
from clerk_app.domain.act_checks import check_facts, licensing, names_of
from clerk_app.domain.actor import Role
from clerk_app.domain.acts import CaseAct
from clerk_app.domain.casefile import CaseFile, carried
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.errors import Locked, NotAllowed
from clerk_app.domain.law import ProcedureLaw

OFFICE_STEPS: Final = frozenset(
    {CaseStep.TAKE_UP, CaseStep.SUSPEND, CaseStep.RESUME, CaseStep.EXTEND, CaseStep.GRANT, CaseStep.REFUSE}
)
"""Steps of the person who decides (首席事务代表 or reviewer)."""

ROLES: Final[Mapping[CaseStep, frozenset[Role]]] = MappingProxyType(
    {
        **{step: frozenset({Role.REVIEWER, Role.CHIEF_REPRESENTATIVE}) for step in OFFICE_STEPS},
        CaseStep.CERTIFY: frozenset({Role.REVIEWER, Role.CHIEF_REPRESENTATIVE, Role.SEAL_KEEPER}),
        CaseStep.SEAL: frozenset({Role.SEAL_KEEPER}),
        CaseStep.MAKE_READY: frozenset({Role.SEAL_KEEPER, Role.REVIEWER, Role.CLERK}),
        CaseStep.REQUEST_PAYMENT: frozenset({Role.CLERK, Role.REVIEWER}),
        CaseStep.ARCHIVE: frozenset({Role.CLERK, Role.REVIEWER, Role.MANAGER}),
        CaseStep.TERMINATE: frozenset({Role.CLERK, Role.REVIEWER, Role.CHIEF_REPRESENTATIVE}),
        CaseStep.DEEMED_ACCEPTED: frozenset({Role.CLERK, Role.SYSTEM}),
    }
)
"""Who may; a step that is not named here is the clerk's."""

SUPERVISORS: Final = frozenset({Role.MANAGER, Role.CHIEF_REPRESENTATIVE})
"""Whose second login lifts a lock."""


def roles_for(step: CaseStep) -> frozenset[Role]:
    """Who may do a step; the clerk where nobody else is named."""
    return ROLES.get(step, frozenset({Role.CLERK}))


def lock_reason(file: CaseFile, step: CaseStep, user_id: str, roles: frozenset[Role], now: datetime) -> str:
    """Why this person cannot do this step now; empty when they can. Facts are checked by ``apply``."""
    if (file.state, step) not in cases.TRANSITIONS:
        return cases.why_not(file.state, step)
    if roles.isdisjoint(roles_for(step)):
        return _WHO.get(step, "这一步要由窗口人员来做")
    return _separate(file, step, user_id) or _GUARDS.get(step, _free)(file, now)


def apply(file: CaseFile, act: CaseAct) -> CaseFile:
    """The case after one more act, if the law lets it count.

    Raises ``Locked`` (state or law forbids it), ``NotAllowed`` (this person already has another duty on the case) or
    ``Rejected`` by field (a fact that the step needs is missing or wrong). Roles are the caller's to check
    (``lock_reason``): an act does not carry them.
    """
    if act.case_id != file.case_id:
        raise ValueError("an act of another case")
    cases.after(file.state, act.step)
    if reason := _separate(file, act.step, act.by.user_id):
        raise NotAllowed(reason)
    if reason := _GUARDS.get(act.step, _free)(file, act.at):
        raise Locked(reason)
    check_facts(file, act)
    return carried(file, act)


# --- who ------------------------------------------------------------------------------------------------------
_WHO: Final = {
    **dict.fromkeys(OFFICE_STEPS, "这一步由有审批权的人来做（首席事务代表或审批人员）"),
    CaseStep.SEAL: "盖行政审批专用章要由用印人来做",
    CaseStep.CERTIFY: "制证由后台人员来做",
    CaseStep.MAKE_READY: "出件登记由后台人员来做",
}


def _separate(file: CaseFile, step: CaseStep, user_id: str) -> str:
    """受理、审批、用印 are three people."""
    duty = {CaseStep.GRANT: "审批", CaseStep.REFUSE: "审批", CaseStep.SEAL: "用印"}.get(step)
    if duty is None:
        return ""
    other = file.duties.get(user_id)
    if other is None:
        return ""
    done = {"受理": "受理", "审批": "决定", "用印": "盖章"}[other]
    return f"这件由你{done}，{duty}要换一个人"


# --- guards that need no facts ------------------------------------------------------------------------------------
def _free(file: CaseFile, now: datetime) -> str:
    return ""


def _awaiting(file: CaseFile, now: datetime) -> str:
    return "" if file.missing else "没有要补的材料"


def _accept(file: CaseFile, now: datetime) -> str:
    return f"还没有补齐：{names_of(file, file.missing)}" if file.missing else ""


def _decline(file: CaseFile, now: datetime) -> str:
    if file.state is CaseState.SUPPLEMENT_REQUESTED and file.supplement_due and now <= file.supplement_due:
        return f"补正期限到 {file.supplement_due:%Y-%m-%d}，没有过期不能不予受理"
    if file.state is CaseState.SUPPLEMENT_RECEIVED and not file.missing:
        return f"告知书列的都补齐了，应当受理{licensing(file, '第三十二条第一款第五项')}"
    return ""


def _deem(file: CaseFile, now: datetime) -> str:
    if file.opening.law is ProcedureLaw.OWN:
        return "本事项的法律没有规定逾期视为受理"
    return _accept(file, now)


def _grant(file: CaseFile, now: datetime) -> str:
    return f"容缺的材料还没补齐：{names_of(file, file.missing)}" if file.missing else ""


def _extend(file: CaseFile, now: datetime) -> str:
    if file.extension is not None:
        return "已经延长过一次，不能再延长"
    if file.opening.extension is None:
        return "本事项的法律没有规定可以延长"
    limit = file.statutory or file.promised
    if limit is not None and now > limit:
        return "期限已经过了，延长要在到期前批准"
    return ""


def _deliver(file: CaseFile, now: datetime) -> str:
    if file.state is CaseState.SEALED and not file.instant:
        return "还没有登记出件，等后台送到窗口"
    return ""


def _void(file: CaseFile, now: datetime) -> str:
    return "已经交接材料，不能作废；请走撤回或终止" if file.handed_over else ""


_GUARDS: Final[Mapping[CaseStep, Callable[[CaseFile, datetime], str]]] = {
    CaseStep.RECEIVE_PART: _awaiting,
    CaseStep.RECEIVE_ALL: _awaiting,
    CaseStep.ACCEPTED: _accept,
    CaseStep.DEEMED_ACCEPTED: _deem,
    CaseStep.NOT_ACCEPTED: _decline,
    CaseStep.GRANT: _grant,
    CaseStep.EXTEND: _extend,
    CaseStep.DELIVER: _deliver,
    CaseStep.POST: _deliver,
    CaseStep.VOID: _void,
}
