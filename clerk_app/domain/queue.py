"""The ticket's life: its states, its steps, the three kinds of hold; no clock, no I/O.

States and steps (one table, ``TRANSITIONS``)::

    take ─▶ waiting ─call─▶ called ──start──▶ serving ──finish──▶ finished
              ▲  ▲            │ │ ▲             │  ▲ │               │
              │  └─undo_call──┘ │ └─undo_miss─┐ │  │ └─hold─▶ held ──┤ resume, or return to the queue
           return               └──miss──▶ missed │  └──undo_finish──┘
              ▲                                 │ transfer
              └── held, missed              transferred ─call─▶ called

``transferred`` waits as ``waiting`` does, for the group, window or person it was sent to. ``finish`` straight from
``called`` is allowed: a short question needs no start key. ``release`` takes a ticket from a window that died.
``by_hand`` tells afterwards that a window served the ticket while the server was away; nobody does it to a ticket now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from clerk_app.domain.errors import Locked, Rejected

ELDERLY_AGE = 60
"""老年人权益保障法 Art. 2: elderly are citizens of 60 years and more."""

UNDO_WITHIN = timedelta(seconds=5)
"""A stray key can be taken back for so long."""


class TicketState(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    TRANSFERRED = "transferred"
    MISSED = "missed"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class TicketStep(StrEnum):
    """What may be done with a ticket."""

    CALL = "call"
    RECALL = "recall"
    MISS = "miss"
    UNDO_MISS = "undo_miss"
    START = "start"
    FINISH = "finish"
    HOLD = "hold"
    RESUME = "resume"
    RETURN = "return"
    TRANSFER = "transfer"
    RELEASE = "release"
    CANCEL = "cancel"
    UNDO_CALL = "undo_call"
    UNDO_FINISH = "undo_finish"
    UNDO_TRANSFER = "undo_transfer"
    BY_HAND = "by_hand"


class PriorityClass(StrEnum):
    """Who goes first; everything but ``ORDINARY`` is equal among itself. ``CARE`` is the 爱心号 of the guide desk."""

    ORDINARY = "ordinary"
    ELDERLY = "elderly"
    DISABLED = "disabled"
    PREGNANT = "pregnant"
    SOLDIER = "soldier"
    CARE = "care"
    APPOINTMENT = "appointment"


class Lane(StrEnum):
    """Which lane of its group a ticket waits in. ``RETURN``: who was here already does not queue again."""

    ORDINARY = "ordinary"
    PRIORITY = "priority"
    RETURN = "return"


class VisitReason(StrEnum):
    """Why somebody comes; consulting and supplementing count as trips too."""

    CONSULT = "consult"
    SUBMIT = "submit"
    SUPPLEMENT = "supplement"
    VERIFY = "verify"
    PAY = "pay"
    COLLECT = "collect"
    RATE = "rate"


class PrintState(StrEnum):
    """What is known about the ticket's paper; the ticket counts without it."""

    PENDING = "pending"
    PRINTED = "printed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_WANTED = "not_wanted"


class TicketSource(StrEnum):
    """How a ticket came into being: by the server, by a clerk for somebody without one, or from a reserved block
    while the server was away."""

    QUEUE = "queue"
    WALK_IN = "walk_in"
    EMERGENCY = "emergency"


class HoldKind(StrEnum):
    """Why a visit pauses."""

    PAPERS_KEPT = "papers_kept"
    TAKEN_AWAY = "taken_away"
    OTHER_STEP = "other_step"


class Counted(StrEnum):
    """What the time of a hold is counted as."""

    SERVICE = "service"
    WAITING = "waiting"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class HoldRule:
    """Where the citizen comes back to, at which place, and what the time between counts as.

    ``same_window``: only the window that holds. ``same_if_open``: that window while it is open, else any of the group.
    ``keeps_place``: waits as from the first taking of the ticket, else as from the return. ``words`` is for the clerk.
    """

    words: str
    same_window: bool
    same_if_open: bool
    keeps_place: bool
    counted: Counted


HOLD_RULES: dict[HoldKind, HoldRule] = {
    HoldKind.PAPERS_KEPT: HoldRule("材料留在窗口，人回来还到本窗口", True, True, True, Counted.SERVICE),
    HoldKind.TAKEN_AWAY: HoldRule("材料带走去补，回来到任一窗口", False, False, False, Counted.NOTHING),
    HoldKind.OTHER_STEP: HoldRule(
        "等别的环节（缴费、拍照、核验），回来优先到本窗口", False, True, True, Counted.WAITING
    ),
}
"""The window is answerable for papers that it keeps, so that time is service; who went to mend their papers has their
own time; who is sent to another step by the hall waits."""


class WindowState(StrEnum):
    """What a window does. ``CALLING``: it waits for the citizen it called."""

    OFF = "off"
    FREE = "free"
    CALLING = "calling"
    BUSY = "busy"
    AWAY = "away"


class AwayReason(StrEnum):
    """Why a window is away; a closed list, so that it can be counted."""

    BREAK = "break"
    MEETING = "meeting"
    TRAINING = "training"
    BACK_OFFICE = "back_office"
    FAULT = "fault"


AWAY_WORDS = {
    AwayReason.BREAK: "休息",
    AwayReason.MEETING: "开会",
    AwayReason.TRAINING: "培训",
    AwayReason.BACK_OFFICE: "后台事务",
    AwayReason.FAULT: "设备故障",
}

ACTIVE = frozenset({TicketState.CALLED, TicketState.SERVING})
"""States that occupy a window."""

QUEUED = frozenset({TicketState.WAITING, TicketState.TRANSFERRED})
"""States that wait to be called."""

OPEN = ACTIVE | QUEUED | {TicketState.HELD}
"""States that keep a person from taking another number today."""

_S, _T = TicketState, TicketStep
TRANSITIONS: dict[tuple[TicketState, TicketStep], TicketState] = {
    (_S.WAITING, _T.CALL): _S.CALLED,
    (_S.WAITING, _T.TRANSFER): _S.TRANSFERRED,
    (_S.WAITING, _T.CANCEL): _S.CANCELLED,
    (_S.CALLED, _T.RECALL): _S.CALLED,
    (_S.CALLED, _T.MISS): _S.MISSED,
    (_S.CALLED, _T.START): _S.SERVING,
    (_S.CALLED, _T.FINISH): _S.FINISHED,
    (_S.CALLED, _T.HOLD): _S.HELD,
    (_S.CALLED, _T.TRANSFER): _S.TRANSFERRED,
    (_S.CALLED, _T.RELEASE): _S.WAITING,
    (_S.CALLED, _T.UNDO_CALL): _S.WAITING,
    (_S.SERVING, _T.FINISH): _S.FINISHED,
    (_S.SERVING, _T.HOLD): _S.HELD,
    (_S.SERVING, _T.TRANSFER): _S.TRANSFERRED,
    (_S.SERVING, _T.RELEASE): _S.WAITING,
    (_S.HELD, _T.RESUME): _S.SERVING,
    (_S.HELD, _T.RETURN): _S.WAITING,
    (_S.HELD, _T.FINISH): _S.FINISHED,
    (_S.TRANSFERRED, _T.CALL): _S.CALLED,
    (_S.TRANSFERRED, _T.TRANSFER): _S.TRANSFERRED,
    (_S.TRANSFERRED, _T.CANCEL): _S.CANCELLED,
    (_S.TRANSFERRED, _T.UNDO_TRANSFER): _S.SERVING,
    (_S.MISSED, _T.UNDO_MISS): _S.CALLED,
    (_S.MISSED, _T.RETURN): _S.WAITING,
    (_S.MISSED, _T.CANCEL): _S.CANCELLED,
    (_S.FINISHED, _T.UNDO_FINISH): _S.SERVING,
    (_S.WAITING, _T.BY_HAND): _S.SERVING,
    (_S.TRANSFERRED, _T.BY_HAND): _S.SERVING,
    (_S.MISSED, _T.BY_HAND): _S.SERVING,
    (_S.HELD, _T.BY_HAND): _S.SERVING,
    (_S.CALLED, _T.BY_HAND): _S.SERVING,
    (_S.SERVING, _T.BY_HAND): _S.SERVING,
}

_STATE_WORDS = {
    TicketState.WAITING: "还在等候",
    TicketState.CALLED: "已经叫号",
    TicketState.SERVING: "正在办理",
    TicketState.HELD: "已经挂起",
    TicketState.TRANSFERRED: "已经转出",
    TicketState.MISSED: "已经过号",
    TicketState.FINISHED: "已经办结",
    TicketState.CANCELLED: "已经作废",
}

_STEP_WORDS = {
    TicketStep.CALL: "叫号",
    TicketStep.RECALL: "重叫",
    TicketStep.MISS: "过号",
    TicketStep.UNDO_MISS: "撤销过号",
    TicketStep.START: "开始办理",
    TicketStep.FINISH: "办结",
    TicketStep.HOLD: "挂起",
    TicketStep.RESUME: "取回",
    TicketStep.RETURN: "回到队里",
    TicketStep.TRANSFER: "转出",
    TicketStep.RELEASE: "放回队里",
    TicketStep.CANCEL: "作废",
    TicketStep.UNDO_CALL: "撤销叫号",
    TicketStep.UNDO_FINISH: "撤销办结",
    TicketStep.UNDO_TRANSFER: "撤销转出",
    TicketStep.BY_HAND: "手工叫号",
}


def step(state: TicketState, wanted: TicketStep) -> TicketState:
    """The state after ``wanted``; raises ``Locked`` where the table has no such step."""
    try:
        return TRANSITIONS[(state, wanted)]
    except KeyError:
        raise Locked(f"这个号{_STATE_WORDS[state]}，不能{_STEP_WORDS[wanted]}") from None


def check_recall(last_call_at: datetime, now: datetime, interval: timedelta) -> None:
    """Raise ``Locked`` when the last call is less than ``interval`` ago.

    A clock set back by more than that does not lock at all, by less for two intervals at most.
    """
    since = now - last_call_at
    left = interval - max(since, timedelta(0))
    if left > timedelta(0) and since > -interval:
        seconds = -(-left // timedelta(seconds=1))
        raise Locked(f"刚叫过，再等 {seconds} 秒才能重叫")


def check_missed(recalls: int, needed: int) -> None:
    """Raise ``Locked`` while the ticket was recalled fewer than ``needed`` times."""
    if recalls < needed:
        raise Locked(f"还要再重叫 {needed - recalls} 次才能过号")


def check_undo(done_at: datetime | None, now: datetime, what: str) -> None:
    """Raise ``Locked`` when ``what`` was done longer than ``UNDO_WITHIN`` ago, or later than now by a clock that was
    set back since."""
    if done_at is None or abs(now - done_at) > UNDO_WITHIN:
        raise Locked(f"{what}已过 {int(UNDO_WITHIN.total_seconds())} 秒，不能撤销了")


def age_on(birth: date, today: date) -> int:
    """Full years of age; who is born on 29 February turns older on 1 March of a common year."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def priority_of(claimed: PriorityClass, birth: date | None, today: date) -> PriorityClass:
    """The class of a ticket: what was claimed by key, else ``ELDERLY`` from the card's birth date.

    Raises ``Rejected("card")`` for a birth date in the future.
    """
    if birth is not None and birth > today:
        raise Rejected("card", "证件上的出生日期在今天以后，请核对证件和电脑的日期")
    if claimed is PriorityClass.ORDINARY and birth is not None and age_on(birth, today) >= ELDERLY_AGE:
        return PriorityClass.ELDERLY
    return claimed


def lane_of(priority: PriorityClass, *, returning: bool) -> Lane:
    """``returning``: a supplement, a collection, or a visit that was held."""
    if returning:
        return Lane.RETURN
    return Lane.ORDINARY if priority is PriorityClass.ORDINARY else Lane.PRIORITY


def ticket_number(prefix: str, serial: int) -> str:
    """``("A", 47)`` → ``"A047"``; a fourth digit appears from 1000 on."""
    return f"{prefix}{serial:03d}"
