"""Words, colours and shapes of the queue's states, shared by rail, top bar, free page and lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from clerk_app.design.words import clock_time
from clerk_app.domain.queue import AWAY_WORDS, AwayReason, HoldKind, Lane, PriorityClass, VisitReason, WindowState
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.hall_queue import CounterStatus, Ticket
from clerk_app.ui.kit.paint import State


@dataclass(frozen=True, slots=True)
class Look:
    """A state at a glance: its word, its colour, and a shape of its own."""

    word: str
    state: State
    icon: str


WINDOW_LOOKS: Final[dict[WindowState, Look]] = {
    WindowState.OFF: Look("关", State.NEUTRAL, "circle-off"),
    WindowState.FREE: Look("空闲", State.OK, "circle-check"),
    WindowState.CALLING: Look("等人来", State.WARN, "bell-ring"),
    WindowState.BUSY: Look("办理中", State.PRI, "user-check"),
    WindowState.AWAY: Look("离席", State.WARN, "coffee"),
}
AT_WORK: Final = Look("在岗", State.OUTLINE, "circle")
"""At work and neither free nor serving: the next F2 makes it free."""

HOLD_SHORT: Final = {
    HoldKind.PAPERS_KEPT: "材料留下",
    HoldKind.TAKEN_AWAY: "材料带走",
    HoldKind.OTHER_STEP: "去别处办",
}

_PRIORITY: Final = {
    PriorityClass.ELDERLY: ("优先：老人", State.WARN, "accessibility"),
    PriorityClass.DISABLED: ("优先：残疾人", State.WARN, "accessibility"),
    PriorityClass.PREGNANT: ("优先：孕妇", State.WARN, "accessibility"),
    PriorityClass.SOLDIER: ("优先：军人", State.WARN, "accessibility"),
    PriorityClass.CARE: ("爱心号", State.WARN, "heart-handshake"),
    PriorityClass.APPOINTMENT: ("预约", State.PRI, "calendar-check"),
}
_REASON: Final = {
    VisitReason.CONSULT: "只咨询",
    VisitReason.SUPPLEMENT: "补材料",
    VisitReason.VERIFY: "来核验",
    VisitReason.PAY: "来缴费",
    VisitReason.COLLECT: "领结果",
    VisitReason.RATE: "来评价",
}


def window_look(state: WindowState, *, serving: bool) -> Look:
    """How a window looks; ``serving``: somebody is there."""
    return AT_WORK if state is WindowState.BUSY and not serving else WINDOW_LOOKS[state]


def status_words(status: CounterStatus) -> tuple[Look, str]:
    """Look of another window, and what to say beside it: 「休息 · 10:05 起」."""
    look = window_look(status.state, serving=status.number is not None)
    why = f"{AWAY_WORDS[status.away]}，" if status.away is not None else ""
    return look, f"{why}{clock_time(status.since)} 起"


def since_words(state: WindowState, since: datetime | None, away: AwayReason | None, *, serving: bool) -> str:
    """「空闲 10:24 起」, 「离席（休息）10:05 起」; without a moment the word alone."""
    look = window_look(state, serving=serving)
    why = f"（{AWAY_WORDS[away]}）" if away is not None and state is WindowState.AWAY else ""
    return f"{look.word}{why}" + (f" {clock_time(since)} 起" if since is not None else "")


def facts(ticket: Ticket) -> list[tuple[str, State, str | None]]:
    """(word, state, icon) of what is special about a ticket, the most important first; nothing for an ordinary one."""
    found: list[tuple[str, State, str | None]] = []
    if ticket.priority in _PRIORITY:
        found.append(_PRIORITY[ticket.priority])
    if ticket.lane is Lane.RETURN:
        found.append(("回来的", State.PRI, "undo-2"))
    if ticket.reason in _REASON:
        found.append((_REASON[ticket.reason], State.PRI, None))
    if len(ticket.matters) > 1:
        found.append((f"{len(ticket.matters)} 个事项", State.NEUTRAL, None))
    if ticket.pre_check:
        found.append(("网上预审过", State.FREE, "badge-check"))
    if ticket.guidance:
        found.append(("导办过", State.FREE, None))
    return found


def held_words(ticket: Ticket) -> str:
    """Why a visit pauses, short."""
    return HOLD_SHORT[ticket.hold] if ticket.hold is not None else "挂起"


def wait_look(seconds: float, rules: QueueRules) -> tuple[str, str]:
    """(word, tone) of a wait by the hall's target and alarm."""
    if seconds > rules.alarm_minutes * 60:
        return "过久", "bad"
    if seconds > rules.target_minutes * 60:
        return "偏久", "warn"
    return "最久", "ink7"
