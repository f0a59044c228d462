"""The steps that one screen offers: a handful by role and state, in a lasting order, each with its hint or its lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from clerk_app.domain import case_rules, cases
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.errors import Locked, NotAllowed
from clerk_app.services.steps.values import StepOption

MOST = 9
"""One digit each."""

_OFFICE: Final = (
    CaseStep.GRANT,
    CaseStep.REFUSE,
    CaseStep.SUSPEND,
    CaseStep.RESUME,
    CaseStep.EXTEND,
    CaseStep.TAKE_UP,
)
_KEEPER: Final = (CaseStep.SEAL, CaseStep.CERTIFY)
_COUNTER: Final = (
    CaseStep.RECEIVE_ALL,
    CaseStep.ACCEPTED,
    CaseStep.DELIVER,
    CaseStep.MAKE_READY,
    CaseStep.POST,
    CaseStep.POST_RETURNED,
    CaseStep.SUPPLEMENT_REQUESTED,
    CaseStep.NOT_ACCEPTED,
    CaseStep.REQUEST_PAYMENT,
    CaseStep.ARCHIVE,
    CaseStep.WITHDRAW,
    CaseStep.TERMINATE,
    CaseStep.VOID,
)
_BY_ROLE: Final[Sequence[tuple[frozenset[Role], tuple[CaseStep, ...]]]] = (
    (frozenset({Role.REVIEWER, Role.CHIEF_REPRESENTATIVE}), (*_OFFICE, CaseStep.MAKE_READY, CaseStep.TERMINATE)),
    (frozenset({Role.SEAL_KEEPER}), (*_KEEPER, CaseStep.MAKE_READY)),
    (frozenset({Role.CLERK}), _COUNTER),
)

_NAMES: Final[Mapping[CaseStep, str]] = {
    CaseStep.RECEIVE_ALL: "登记补来的材料",
    CaseStep.SUPPLEMENT_REQUESTED: "再次告知补正",
    CaseStep.DELIVER: "发给申请人",
    CaseStep.POST: "邮寄结果",
    CaseStep.GRANT: "准予",
    CaseStep.REFUSE: "不予",
}
_HINTS: Final[Mapping[CaseStep, str]] = {
    CaseStep.ACCEPTED: "补齐了，应当受理",
    CaseStep.SUPPLEMENT_REQUESTED: "只限第一次告知书列过的",
    CaseStep.NOT_ACCEPTED: "过期没有补齐",
    CaseStep.TAKE_UP: "记下开始的时间",
    CaseStep.SUSPEND: "时间停着，书面告知申请人",
    CaseStep.RESUME: "时间接着算",
    CaseStep.EXTEND: "只能一次，要机关负责人批准",
    CaseStep.REQUEST_PAYMENT: "出缴费通知书",
    CaseStep.GRANT: "出准予决定书，转用印",
    CaseStep.REFUSE: "写明理由和救济途径",
    CaseStep.CERTIFY: "证照做好了",
    CaseStep.SEAL: "行政审批专用章，登记用印",
    CaseStep.MAKE_READY: "通知申请人来领",
    CaseStep.DELIVER: "核对身份，出送达回证",
    CaseStep.POST: "登记寄递单号",
    CaseStep.POST_RETURNED: "没有送到，重新待领",
    CaseStep.WITHDRAW: "申请人要求，退回材料",
    CaseStep.TERMINATE: "不能再办下去，写明依据",
    CaseStep.VOID: "收错了，要主管授权",
    CaseStep.ARCHIVE: "各份文书和校验值存成一包",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the list; ``line`` is the hint, or the reason where ``locked``."""

    step: CaseStep
    name: str
    locked: bool
    line: str


def options(file: CaseFile, actor: Actor, now: datetime) -> tuple[StepOption, ...]:
    """The steps of the table from here, lawful ones with a hint, the others with their reason."""
    found = []
    for step in cases.steps_from(file.state):
        reason = case_rules.lock_reason(file, step, actor.user_id, actor.roles, now)
        found.append(StepOption(step, step.label, bool(reason), reason))
    return tuple(found)


def allow(file: CaseFile, step: CaseStep, actor: Actor, now: datetime) -> None:
    """``NotAllowed`` where the person may not do the step, ``Locked`` where the state or the law forbids it."""
    reason = case_rules.lock_reason(file, step, actor.user_id, actor.roles, now)
    if not reason:
        return
    lawful = (file.state, step) in cases.TRANSITIONS
    may = not actor.roles.isdisjoint(case_rules.roles_for(step))
    raise NotAllowed(reason) if lawful and not may else Locked(reason)


def offers(file: CaseFile, found: Sequence[StepOption], roles: frozenset[Role]) -> tuple[Offer, ...]:
    """What this person is shown: the steps of their roles that follow from the state, always in the same order, so that
    a digit means the same for every case of a list. What is locked keeps its place and says why.
    """
    known = {option.step: option for option in found if not _beside_the_point(option, file)}
    wanted: list[CaseStep] = []
    for some, steps in _BY_ROLE:
        if roles & some:
            wanted += [step for step in steps if step in known and step not in wanted]
    return tuple(_offer(known[step], file) for step in wanted[:MOST])


def step_name(step: CaseStep, file: CaseFile | None = None) -> str:
    """The step as the list and its result name it."""
    if step is CaseStep.DELIVER and file is not None and file.state is CaseState.POSTED:
        return "登记签收"
    return _NAMES.get(step, step.label)


def _beside_the_point(option: StepOption, file: CaseFile) -> bool:
    return option.step is CaseStep.RECEIVE_ALL and not file.missing


def _offer(option: StepOption, file: CaseFile) -> Offer:
    return Offer(option.step, step_name(option.step, file), option.locked, option.line or hint(option.step, file))


def hint(step: CaseStep, file: CaseFile) -> str:
    """What an open step brings, in a few words."""
    if step is CaseStep.DELIVER and file.state is CaseState.POSTED:
        return "照寄递单上的签收人填"
    if step is CaseStep.RECEIVE_ALL:
        waits = file.state in {CaseState.SUPPLEMENT_REQUESTED, CaseState.SUPPLEMENT_RECEIVED}
        return f"还差 {len(file.missing)} 项" + ("，补齐当日受理" if waits else "")
    return _HINTS.get(step, "")
