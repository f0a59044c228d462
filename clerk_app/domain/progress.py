"""How a case stands, in the words of the citizen whose case it is: the state, what to do next, what happened when.

Papers name a way to ask how a case stands (进度查询方式, ``paper_elements``); this is what it answers. It names no
person: no applicant, agent, clerk, identity number or telephone, and no sentence that somebody typed (reasons, places,
results), since a name may stand in it; those are on the papers that were handed over. Texts come from the catalogue and
from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from clerk_app.domain.acts import CaseAct
from clerk_app.domain.casefile import CaseFile, CaseOpening
from clerk_app.domain.cases import ACCEPTED_STATES, UNDER_DECISION, CaseState, CaseStep
from clerk_app.domain.wording import paper_day

_ON_PAPER: Final = "理由和救济途径写在给您的文书上。"
_AT_THE_HALL: Final = "有疑问请打咨询电话，或到大厅问。"


class Mood(StrEnum):
    """How the state is to be taken: it goes on by itself, the citizen has to do something, there is something to fetch,
    it is over."""

    GOES_ON = "goes_on"
    YOUR_TURN = "your_turn"
    COLLECT = "collect"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of what happened: the day, by Beijing time, and what."""

    day: date
    words: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What is told of a case. ``hint`` says what follows, ``todo`` what the citizen has to do (one sentence each),
    ``bring`` which materials are still to come, ``dates`` label and day of each date that was promised or set.

    ``happened`` begins with the receipt. ``collect`` says that the hall's place and hours belong on the page.
    """

    case_number: str
    matter: str
    department: str
    mood: Mood
    state: str
    hint: str = ""
    todo: tuple[str, ...] = ()
    bring: tuple[str, ...] = ()
    dates: tuple[tuple[str, str], ...] = ()
    happened: tuple[Happened, ...] = ()
    collect: bool = False


def progress_of(file: CaseFile, today: date) -> Progress:
    """The case as it stands on ``today``; moments of the case are in Beijing time."""
    opening = file.opening
    mood, state, hint = _stands(file)
    bring = tuple(opening.names.get(one, "") for one in file.missing) if _owes(file) else ()
    todo = tuple(filter(None, (_supply(file, today), _pay(file), _fetch(file))))
    return Progress(
        case_number=opening.case_number,
        matter=opening.matter_name,
        department=opening.department,
        mood=Mood.YOUR_TURN if todo and mood is Mood.GOES_ON else mood,
        state=state,
        hint=hint,
        todo=todo,
        bring=tuple(filter(None, bring)),
        dates=_dates(file),
        happened=_history(file),
        collect=mood is Mood.COLLECT or bool(todo),
    )


def progress_without_acts(
    case_number: str, matter: str, state: CaseState, received_at: datetime, accepted_at: datetime | None
) -> Progress:
    """What is known of a case that an older window sent without its opening: where the counter left it."""
    happened = [Happened(received_at.date(), "收到申请")]
    if accepted_at is not None:
        happened.append(Happened(accepted_at.date(), "受理"))
    return Progress(
        case_number=case_number,
        matter=matter,
        department="",
        mood=Mood.GOES_ON,
        state=state.label,
        hint=f"后面的进度这里看不到。{_AT_THE_HALL}",
        happened=tuple(happened),
        collect=True,
    )


# --- the state and what follows -----------------------------------------------------------------------------------
def _stands(file: CaseFile) -> tuple[Mood, str, str]:
    state = file.state
    if state is CaseState.ARCHIVED:
        state = _before_archive(file)
    if state is CaseState.SUSPENDED and file.suspended_by is not None:
        return Mood.GOES_ON, f"正在{file.suspended_by.cause.label}", "这段时间不计入办理期限，结束后接着办。"
    if state is CaseState.SEALED and file.instant:
        return Mood.COLLECT, "结果好了", "当场可以领取。"
    if state in (CaseState.CERTIFIED, CaseState.SEALED):
        state = CaseState.REFUSED if file.granted is False else CaseState.GRANTED
    mood, words, hint = _STATES.get(state, (Mood.GOES_ON, state.label, _AT_THE_HALL))
    if state is CaseState.READY and file.granted is False:
        hint = f"决定是不予。{_ON_PAPER}"
    if state is CaseState.DELIVERED and file.granted is False:
        hint = f"决定是不予。{_ON_PAPER}"
    return mood, words, hint


def _before_archive(file: CaseFile) -> CaseState:
    """How it ended: the archive is the office's own affair."""
    ends = {CaseStep.DELIVER: CaseState.DELIVERED, CaseStep.WITHDRAW: CaseState.WITHDRAWN}
    ends |= {CaseStep.TERMINATE: CaseState.TERMINATED, CaseStep.NOT_ACCEPTED: CaseState.NOT_ACCEPTED}
    return next((ends[act.step] for act in reversed(file.acts) if act.step in ends), file.opening.state)


_REVIEW: Final = (Mood.GOES_ON, "审查中", "审查完会作出决定。")
_TAKEN: Final = (Mood.GOES_ON, "已受理", "接下来审查。")
_STATES: Final[Mapping[CaseState, tuple[Mood, str, str]]] = {
    CaseState.SUPPLEMENT_REQUESTED: (Mood.YOUR_TURN, "等您补交材料", "补齐以后受理。"),
    CaseState.SUPPLEMENT_RECEIVED: (Mood.GOES_ON, "材料补齐了，等受理", "受理后会给您受理通知书。"),
    CaseState.ACCEPTED: _TAKEN,
    CaseState.ACCEPTED_WITH_DEFICIENCY: _TAKEN,
    CaseState.ACCEPTED_BY_COMMITMENT: _TAKEN,
    CaseState.DEEMED_ACCEPTED: _TAKEN,
    CaseState.IN_REVIEW: _REVIEW,
    CaseState.SUSPENDED: _REVIEW,
    CaseState.GRANTED: (Mood.GOES_ON, "已准予，正在做结果", "做好以后可以领取，这里会写明。"),
    CaseState.REFUSED: (Mood.GOES_ON, "已决定不予，正在做决定书", f"{_ON_PAPER}做好以后可以领取。"),
    CaseState.READY: (Mood.COLLECT, "可以领取", ""),
    CaseState.POSTED: (Mood.GOES_ON, "结果已寄出", "按您留的地址邮寄，请留意快递。"),
    CaseState.DELIVERED: (Mood.OVER, "已办结", "结果已经送达。"),
    CaseState.NOT_ACCEPTED: (Mood.OVER, "不予受理", _ON_PAPER),
    CaseState.NOT_REQUIRED: (Mood.OVER, "这次不用办理", "原因写在给您的文书上。"),
    CaseState.REDIRECTED: (Mood.OVER, "改办另一事项", "该办哪一件，写在给您的文书上。"),
    CaseState.WITHDRAWN: (Mood.OVER, "已撤回", "申请已经撤回，要办可以重新申请。"),
    CaseState.TERMINATED: (Mood.OVER, "已终止办理", _ON_PAPER),
    CaseState.VOIDED: (Mood.OVER, "这个编号已作废", _AT_THE_HALL),
}


def _owes(file: CaseFile) -> bool:
    return bool(file.missing) and (file.state is CaseState.SUPPLEMENT_REQUESTED or file.state in UNDER_DECISION)


def _supply(file: CaseFile, today: date) -> str:
    if not _owes(file):
        return ""
    due = file.supplement_due if file.state is CaseState.SUPPLEMENT_REQUESTED else file.opening.tolerance_due
    if due is None:
        return "请补交下面的材料，到任一综合窗口。"
    if due.date() < today:
        return f"补交的最后一天是{paper_day(due)}，已经过了。请尽快打电话或到大厅问。"
    return f"请在{paper_day(due)}前（含当天）补交下面的材料，到任一综合窗口。"


def _pay(file: CaseFile) -> str:
    asked = any(act.step is CaseStep.REQUEST_PAYMENT for act in file.acts)
    open_yet = file.state in UNDER_DECISION or file.state in (CaseState.GRANTED, CaseState.CERTIFIED)
    return "通知过您缴费。如果还没有缴，请按缴费通知书缴。" if asked and open_yet else ""


def _fetch(file: CaseFile) -> str:
    ready = file.state is CaseState.READY or (file.state is CaseState.SEALED and file.instant)
    return "请带身份证和办件时给您的单子来领；别人代领要带授权委托书和两个人的身份证。" if ready else ""


# --- dates --------------------------------------------------------------------------------------------------------
def _dates(file: CaseFile) -> tuple[tuple[str, str], ...]:
    """The dates that count now. While time stands still there is none, and the page says why."""
    if file.state not in UNDER_DECISION:
        return ()
    found = []
    if file.promised is not None:
        later = "（暂定，放假安排公布后以新日期为准）" if file.provisional else ""
        found.append(("承诺最迟作出决定", paper_day(file.promised) + later))
    if file.statutory is not None:
        found.append(("法定最迟", paper_day(file.statutory)))
    return tuple(found)


# --- what happened ------------------------------------------------------------------------------------------------
def _history(file: CaseFile) -> tuple[Happened, ...]:
    lines = [Happened(file.opening.received_at.date(), "收到申请"), _counter(file.opening)]
    for act in file.acts:
        words = _ACTS.get(act.step)
        if words is not None:
            lines.append(Happened(_day(act), words(act) if callable(words) else words))
    # By day and, within one, as it was done: a post that arrived earlier is recorded later.
    return tuple(sorted(lines, key=lambda line: line.day))


def _counter(opening: CaseOpening) -> Happened:
    """What the counter concluded."""
    at = opening.accepted_at or opening.concluded_at
    words = "告知补正材料" if opening.state is CaseState.SUPPLEMENT_REQUESTED else opening.state.label
    return Happened(at.date(), "受理" if opening.state in ACCEPTED_STATES and words == "已受理" else words)


def _day(act: CaseAct) -> date:
    """The day that counts: of arrival for what came, of acceptance for an acceptance, else of the act."""
    if act.facts.arrival is not None:
        return act.facts.arrival.arrived_at.date()
    if act.facts.acceptance is not None:
        return act.facts.acceptance.accepted_at.date()
    return act.at.date()


def _suspended(act: CaseAct) -> str:
    cause = act.facts.suspension
    return f"开始{cause.cause.label}，办理期限暂停计算" if cause is not None else "办理期限暂停计算"


_ACTS: Final[Mapping[CaseStep, str | Callable[[CaseAct], str]]] = {
    CaseStep.RECEIVE_PART: "收到一部分补交的材料",
    CaseStep.RECEIVE_ALL: "收齐补交的材料",
    CaseStep.SUPPLEMENT_REQUESTED: "再次告知补正材料",
    CaseStep.ACCEPTED: "受理",
    CaseStep.DEEMED_ACCEPTED: "视为受理",
    CaseStep.NOT_ACCEPTED: "不予受理",
    CaseStep.TAKE_UP: "开始审查",
    CaseStep.SUSPEND: _suspended,
    CaseStep.RESUME: "恢复计算办理期限",
    CaseStep.EXTEND: "延长办理期限",
    CaseStep.REQUEST_PAYMENT: "通知缴费",
    CaseStep.GRANT: "决定准予",
    CaseStep.REFUSE: "决定不予",
    CaseStep.CERTIFY: "制证",
    CaseStep.SEAL: "决定盖章",
    CaseStep.MAKE_READY: "结果可以领取",
    CaseStep.POST: "结果寄出",
    CaseStep.POST_RETURNED: "邮件退回大厅，可以来领",
    CaseStep.DELIVER: "结果送达，办结",
    CaseStep.WITHDRAW: "撤回申请",
    CaseStep.TERMINATE: "终止办理",
    CaseStep.VOID: "作废",
}
"""Papers handed from room to room and the archive are the office's own affair and not told."""
