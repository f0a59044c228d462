"""The ticket's life, its priority and the order of calling; no clock, no I/O.

States and steps (one table, ``TRANSITIONS``)::

    take ─▶ waiting ─call─▶ called ─start─▶ serving ─finish─▶ finished
               │              │  ▲             │
             cancel       miss│  │undo_miss  miss is refused once served
               ▼              ▼  │
           cancelled         missed ─cancel─▶ cancelled

``recall`` keeps ``called``. ``finish`` straight from ``called`` is allowed: a short question needs no start key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from clerk_app.domain.errors import Locked, Rejected

RECALL_INTERVAL = timedelta(seconds=10)
"""Shortest time between two calls of one ticket (default of the key table: F3 after 10 s)."""

RECALLS_BEFORE_MISSED = 2
"""How often a ticket is recalled before it may be marked as missed (F4 after 2 recalls)."""

PRIORITY_IN_A_ROW = 2
"""Bounded bypass: after so many priority calls in a row an ordinary ticket that waits comes first."""

ELDERLY_AGE = 60
"""老年人权益保障法 Art. 2: elderly are citizens of 60 years and more."""

DEFAULT_PACE = timedelta(minutes=8)
"""Time one window needs for one ticket, assumed while today's calls are too few to measure."""

PACE_SAMPLE = 3
"""Calls needed before the measured pace replaces the assumed one."""


class TicketState(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
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
    CANCEL = "cancel"


class PriorityClass(StrEnum):
    """Who goes first; everything but ``ORDINARY`` is equal among itself."""

    ORDINARY = "ordinary"
    ELDERLY = "elderly"
    DISABLED = "disabled"
    PREGNANT = "pregnant"
    SOLDIER = "soldier"
    APPOINTMENT = "appointment"


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


ACTIVE = frozenset({TicketState.CALLED, TicketState.SERVING})
"""States that occupy a window."""

TRANSITIONS: dict[tuple[TicketState, TicketStep], TicketState] = {
    (TicketState.WAITING, TicketStep.CALL): TicketState.CALLED,
    (TicketState.WAITING, TicketStep.CANCEL): TicketState.CANCELLED,
    (TicketState.CALLED, TicketStep.RECALL): TicketState.CALLED,
    (TicketState.CALLED, TicketStep.MISS): TicketState.MISSED,
    (TicketState.CALLED, TicketStep.START): TicketState.SERVING,
    (TicketState.CALLED, TicketStep.FINISH): TicketState.FINISHED,
    (TicketState.MISSED, TicketStep.UNDO_MISS): TicketState.CALLED,
    (TicketState.MISSED, TicketStep.CANCEL): TicketState.CANCELLED,
    (TicketState.SERVING, TicketStep.FINISH): TicketState.FINISHED,
}

_STATE_WORDS = {
    TicketState.WAITING: "还在等候",
    TicketState.CALLED: "已经叫号",
    TicketState.SERVING: "正在办理",
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
    TicketStep.CANCEL: "作废",
}


def step(state: TicketState, wanted: TicketStep) -> TicketState:
    """The state after ``wanted``; raises ``Locked`` where the table has no such step."""
    try:
        return TRANSITIONS[(state, wanted)]
    except KeyError:
        raise Locked(f"这个号{_STATE_WORDS[state]}，不能{_STEP_WORDS[wanted]}") from None


def check_recall(last_call_at: datetime, now: datetime) -> None:
    """Raise ``Locked`` when the last call is less than ``RECALL_INTERVAL`` ago."""
    left = RECALL_INTERVAL - (now - last_call_at)
    if left > timedelta(0):
        seconds = -(-left // timedelta(seconds=1))
        raise Locked(f"刚叫过，再等 {seconds} 秒才能重叫")


def check_missed(recalls: int) -> None:
    """Raise ``Locked`` while the ticket was recalled fewer than ``RECALLS_BEFORE_MISSED`` times."""
    if recalls < RECALLS_BEFORE_MISSED:
        raise Locked(f"还要再重叫 {RECALLS_BEFORE_MISSED - recalls} 次才能过号")


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


def ticket_number(prefix: str, serial: int) -> str:
    """``("A", 47)`` → ``"A047"``; a fourth digit appears from 1000 on."""
    return f"{prefix}{serial:03d}"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a group's tickets are called: the first and last of ``calls`` calls, and windows at work."""

    calls: int
    first: datetime | None
    last: datetime | None
    windows: int


def expected_wait(people_ahead: int, pace: Pace) -> timedelta:
    """How long a new ticket waits, for the paper and the display.

    Method: the mean interval between the group's calls of the last hour, times the tickets to be called up to and
    including this one. The measured interval already holds how many windows work and what else they serve. With
    fewer than ``PACE_SAMPLE`` calls the interval is ``DEFAULT_PACE`` divided by the windows that are logged in
    (at least one). Rounded up to whole minutes; zero people ahead and a free start still cost one interval.
    """
    if pace.calls >= PACE_SAMPLE and pace.first is not None and pace.last is not None:
        interval = (pace.last - pace.first) / (pace.calls - 1)
    else:
        interval = DEFAULT_PACE / max(pace.windows, 1)
    minutes = -(-(interval * (people_ahead + 1)) // timedelta(minutes=1))
    return timedelta(minutes=minutes)
