"""What the head of a case file says: state, days left, who did what, and the way of the case as stops on a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from clerk_app.design.words import clock_time, days_left, joined, screen_day, short_day
from clerk_app.domain.acts import CaseAct
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import ENDED, UNDER_DECISION, CaseState, CaseStep
from clerk_app.domain.deadlines import by_minutes
from clerk_app.services.steps.values import OpenFile
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.timeline import Reached, Stop
from clerk_app.ui.window.wording import CASE_WORDS

_STOPS: Final[dict[CaseStep, str]] = {
    CaseStep.RECEIVE_PART: "收到部分",
    CaseStep.RECEIVE_ALL: "补齐",
    CaseStep.ACCEPTED: "受理",
    CaseStep.DEEMED_ACCEPTED: "视为受理",
    CaseStep.SUPPLEMENT_REQUESTED: "再次告知",
    CaseStep.NOT_ACCEPTED: "不予受理",
    CaseStep.TAKE_UP: "审查",
    CaseStep.SUSPEND: "特别程序",
    CaseStep.RESUME: "程序结束",
    CaseStep.EXTEND: "延期",
    CaseStep.REQUEST_PAYMENT: "通知缴费",
    CaseStep.HAND_OVER: "交接材料",
    CaseStep.GRANT: "决定 · 准予",
    CaseStep.REFUSE: "决定 · 不予",
    CaseStep.CERTIFY: "制证",
    CaseStep.SEAL: "用印",
    CaseStep.MAKE_READY: "可领取",
    CaseStep.POST: "寄出",
    CaseStep.POST_RETURNED: "邮件退回",
    CaseStep.DELIVER: "送达",
    CaseStep.WITHDRAW: "撤回",
    CaseStep.TERMINATE: "终止",
    CaseStep.VOID: "作废",
    CaseStep.ARCHIVE: "归档",
}
_ENDS: Final = frozenset({CaseStep.NOT_ACCEPTED, CaseStep.WITHDRAW, CaseStep.TERMINATE, CaseStep.VOID})
_OPENINGS: Final[dict[CaseState, str]] = {
    CaseState.SUPPLEMENT_REQUESTED: "补正告知",
    CaseState.ACCEPTED: "受理",
    CaseState.REDIRECTED: "改办",
}


@dataclass(frozen=True, slots=True)
class Clock:
    """The time limit in one pill: 「承诺 12-03（周四） · 剩 10 天」; ``words`` is empty where none runs."""

    words: str
    state: State


def state_pill(file: CaseFile) -> tuple[str, State]:
    """Word and colour of the state."""
    return CASE_WORDS[file.state]


def clock(file: CaseFile, now: datetime) -> Clock:
    """What the law's clock says; a special procedure stops it."""
    running = file.suspended_by
    if running is not None:
        return Clock(f"暂停计时：{running.cause.label}（{short_day(running.starts_on)} 起）", State.WARN)
    if file.state is CaseState.SUPPLEMENT_REQUESTED and file.supplement_due is not None:
        return _until("补正到", file.supplement_due.date(), now.date())
    if file.state is CaseState.SUPPLEMENT_RECEIVED:
        return Clock("补齐当日受理", State.BAD)
    if file.state not in UNDER_DECISION or file.promised is None:
        return Clock("", State.NEUTRAL)
    if by_minutes(file.opening.promised_limit) and file.promised.date() == now.date():
        late = now > file.promised
        until = f"承诺 {clock_time(file.promised)} 前"
        return Clock(f"{until} · 已过" if late else until, State.BAD if late else State.WARN)
    return _until("承诺", file.promised.date(), now.date(), unsure=file.provisional)


def _until(word: str, day: date, today: date, *, unsure: bool = False) -> Clock:
    left = (day - today).days
    state = State.BAD if left < 0 else State.WARN if left <= 1 else State.NEUTRAL
    shown = f"{word} {screen_day(day)}{'（暂定）' if unsure else ''}"
    return Clock(joined(shown, days_left(left)), state)


def people(opened: OpenFile) -> str:
    """「受理 王晓梅（12 号窗口） · 决定 赵敏 · 用印 孙立」."""
    actor = opened.conclusion.actor
    window = f"（{actor.window_no} 号窗口）" if actor.window_no else ""
    parts = [f"收件 {actor.user_name}{window}"]
    for steps, word in (({CaseStep.GRANT, CaseStep.REFUSE}, "决定"), ({CaseStep.SEAL}, "用印")):
        done = [act for act in opened.file.acts if act.step in steps]
        parts += [f"{word} {done[-1].by.name}"] if done else []
    return joined(*parts)


def stops(opened: OpenFile, now: datetime) -> tuple[Stop, ...]:
    """The whole way: what happened, and what comes next."""
    file, opening = opened.file, opened.file.opening
    by = opened.conclusion.actor.user_name
    ended = opening.state in {CaseState.NOT_ACCEPTED, CaseState.NOT_REQUIRED}
    way = [
        Stop("收件", _moment(opening.received_at, now), Reached.DONE, by),
        Stop(
            _OPENINGS.get(opening.state, opening.state.label),
            _moment(opening.concluded_at, now),
            Reached.ENDED if ended else Reached.DONE,
            by,
        ),
    ]
    way += [_stop(act, now) for act in file.acts]
    return (*way, *_coming(file, now))


def _stop(act: CaseAct, now: datetime) -> Stop:
    label = _STOPS.get(act.step, act.step.label)
    if act.facts.suspension is not None:
        label = act.facts.suspension.cause.label
    at = act.facts.arrival.arrived_at if act.facts.arrival else act.at
    return Stop(label, _moment(at, now), Reached.ENDED if act.step in _ENDS else Reached.DONE, act.by.name)


def _coming(file: CaseFile, now: datetime) -> list[Stop]:
    """Where the case stands and what must still follow until the applicant has the result."""
    if file.state in ENDED:
        return []
    if file.state is CaseState.SUPPLEMENT_REQUESTED:
        until = f"{short_day(file.supplement_due.date())} 前" if file.supplement_due else ""
        return [Stop("等补正", until, Reached.NOW)]
    if file.state is CaseState.SUPPLEMENT_RECEIVED:
        return [Stop("受理", "今天", Reached.NOW)]
    names = ["决定", "用印", "出件"] if file.instant else ["决定", "用印", "可领取", "送达"]
    at = {
        CaseState.GRANTED: 1,
        CaseState.REFUSED: 1,
        CaseState.CERTIFIED: 1,
        CaseState.SEALED: 2,
        CaseState.READY: len(names) - 1,
        CaseState.POSTED: len(names) - 1,
    }.get(file.state, 0)
    first, *rest = names[at:]
    if file.suspended_by is not None:
        until = "时间停着"
    elif at == 0 and file.promised is not None and not by_minutes(file.opening.promised_limit):
        until = f"{short_day(file.promised.date())} 前"
    else:
        until = "等"
    return [Stop(first, until, Reached.NOW), *(Stop(name, "", Reached.LATER) for name in rest)]


def _moment(at: datetime, now: datetime) -> str:
    """The hour only of today; the year where it is another one."""
    if at.date() == now.date():
        return f"今天 {clock_time(at)}"
    return short_day(at) if at.year == now.year else f"{at:%Y-%m-%d}"
