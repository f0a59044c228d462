"""What the idle page tells: what the law wants today and what the server refused, my cases, my day, the last visit.

Everything is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from clerk_app.domain.actor import Actor
from clerk_app.domain.calendar import WorkingCalendar, due
from clerk_app.domain.cases import CaseState
from clerk_app.domain.masking import mask_name
from clerk_app.domain.outcomes import NOTICE_LIMIT
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.clock import Clock
from clerk_app.ports.window import CaseRow, DraftRow, PaperState, WindowStore, WindowUnit
from clerk_app.ports.window_files import ActRow
from clerk_app.services.window.cases import Draft, draft_line

_SOON_DAYS = 3
_ALARM_FROM_DAY = 3
"""受理或补正告知 is due on the fifth working day; from the third one on it is shown."""

_SHOWN_AFTER = timedelta(days=30)
"""How long something overdue stays on the page; then only the case itself tells of it."""

_OLDEST = timedelta(days=366)
_WEEKDAYS = "一二三四五六日"

_ACCEPTED = frozenset({PaperKind.ACCEPTANCE_NOTICE, PaperKind.DEFICIENCY_NOTICE})
_DONE_WITH = frozenset({PaperState.WITHDRAWN, PaperState.VOIDED})


class Urgency(StrEnum):
    """``overdue`` and ``today`` are red, ``soon`` amber, ``later`` without colour."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"


class DeadlineKind(StrEnum):
    """Why it stands in 「今天必须处理」."""

    NOTICE = "notice"
    TOLERANCE = "tolerance"
    SUPPLEMENT = "supplement"
    DRAFT = "draft"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Deadline:
    """One line of 「今天必须处理」. ``line`` is masked; ``badge`` is the pill; ``case_id`` opens it."""

    kind: DeadlineKind
    urgency: Urgency
    title: str
    line: str
    badge: str
    due: datetime | None
    case_id: str


@dataclass(frozen=True, slots=True)
class CaseCount:
    """One line of 「我的办件」."""

    state: CaseState
    label: str
    count: int
    note: str


@dataclass(frozen=True, slots=True)
class MyDay:
    """Cases concluded today by this person; ``mean_seconds`` from the call to the conclusion, None without a case.
    ``consulted`` counts who was advised without a case."""

    served: int
    mean_seconds: int | None
    accepted: int
    supplements: int
    consulted: int = 0


@dataclass(frozen=True, slots=True)
class LastVisit:
    """The last concluded case of the day; ``rated`` says whether, never how."""

    case_id: str
    ticket_number: str
    matter_name: str
    state: CaseState
    concluded_at: datetime
    rated: bool
    synced: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """The idle page as of ``at``; deadlines are sorted, the most urgent first."""

    at: datetime
    day: MyDay
    cases: tuple[CaseCount, ...]
    deadlines: tuple[Deadline, ...]
    drafts: tuple[Draft, ...]
    last: LastVisit | None


class OverviewDesk:
    """Reads the figures from the window's store. Called on the database lane."""

    def __init__(self, store: WindowStore, clock: Clock, calendar: Callable[[], WorkingCalendar]) -> None:
        self._store = store
        self._clock = clock
        self._calendar = calendar

    def overview(self, actor: Actor) -> Overview:
        """Everything for one person at this window, as of now."""
        now = self._clock.now()
        calendar = self._calendar()

        def work(unit: WindowUnit) -> Overview:
            mine = unit.cases.of_day(now.date(), actor.user_id)
            since = now - _OLDEST
            tolerated = _still_open(unit.cases.in_state([CaseState.ACCEPTED_WITH_DEFICIENCY], since), now)
            supplements = _still_open(unit.cases.in_state([CaseState.SUPPLEMENT_REQUESTED], since), now)
            drafts = unit.drafts.open()
            advice = sum(one.user_id == actor.user_id for one in unit.consultations.of_day(now.date()))
            deadlines = [
                *_refused_lines(unit, now),
                *_tolerance_lines(tolerated, now),
                *_supplement_lines(supplements, now),
                *_draft_lines(drafts, now, calendar),
            ]
            return Overview(
                at=now,
                day=_my_day(unit, mine, advice),
                cases=(
                    _count(
                        CaseState.SUPPLEMENT_REQUESTED,
                        "待补正",
                        supplements,
                        [c.supplement_due for c in supplements],
                        now,
                    ),
                    _count(
                        CaseState.ACCEPTED_WITH_DEFICIENCY,
                        "待容缺补齐",
                        tolerated,
                        [c.tolerance_due for c in tolerated],
                        now,
                    ),
                ),
                deadlines=tuple(sorted(deadlines, key=_order)),
                drafts=tuple(draft_line(row) for row in drafts),
                last=_last(unit, mine),
            )

        return self._store.read(work)


def _my_day(unit: WindowUnit, cases: Sequence[CaseRow], advice: int) -> MyDay:
    """What was accepted and asked for is told by the papers that were served: the states go on."""
    spans = [(case.concluded_at - case.called_at).total_seconds() for case in cases]
    served = [
        {paper.kind for paper in unit.papers.of_case(case.case_id) if paper.state not in _DONE_WITH} for case in cases
    ]
    return MyDay(
        served=len({case.ticket_id or case.case_id for case in cases}),
        mean_seconds=round(sum(spans) / len(spans)) if spans else None,
        accepted=sum(not _ACCEPTED.isdisjoint(kinds) for kinds in served),
        supplements=sum(PaperKind.SUPPLEMENT_NOTICE in kinds for kinds in served),
        consulted=advice,
    )


def _last(unit: WindowUnit, cases: Sequence[CaseRow]) -> LastVisit | None:
    if not cases:
        return None
    case = cases[-1]
    rated = unit.ratings.of_visit(case.ticket_id or case.case_id, "acceptance") is not None
    return LastVisit(
        case_id=case.case_id,
        ticket_number=case.ticket_number,
        matter_name=case.matter_name,
        state=case.state,
        concluded_at=case.concluded_at,
        rated=rated,
        synced=case.synced_at is not None,
    )


def _still_open(cases: Sequence[CaseRow], now: datetime) -> list[CaseRow]:
    ends = [(case, case.supplement_due or case.tolerance_due) for case in cases]
    return [case for case, end in ends if end is None or end + _SHOWN_AFTER >= now]


def _count(
    state: CaseState, label: str, cases: Sequence[CaseRow], ends: Sequence[datetime | None], now: datetime
) -> CaseCount:
    known = [end for end in ends if end is not None]
    return CaseCount(state, label, len(cases), _nearest(known, now) if known else "")


def _nearest(ends: Sequence[datetime], now: datetime) -> str:
    day = min(end.date() for end in ends)
    count = sum(end.date() == day for end in ends)
    left = (day - now.date()).days
    if left < 0:
        return f"{sum(end.date() < now.date() for end in ends)} 件已过期"
    return f"{count} 件{'今天' if left == 0 else '明天' if left == 1 else f'剩 {left} 天'}"


def _refused_lines(unit: WindowUnit, now: datetime) -> list[Deadline]:
    """Steps that the server refused after the clerk had gone on: the applicant was told otherwise, perhaps with a
    paper. They stay here until somebody has looked at the case."""
    lines = []
    for act in unit.acts.refused_since(now - _SHOWN_AFTER):
        case = unit.cases.get(act.case_id)
        if case is None or _looked_at(unit, act):
            continue
        lines.append(
            Deadline(
                kind=DeadlineKind.REFUSED,
                urgency=Urgency.OVERDUE,
                title=f"服务器没有接受：{act.step.label}",
                line=f"{mask_name(case.applicant_name)} · {case.matter_name} · {act.reason}",
                badge="没有生效",
                due=act.at,
                case_id=act.case_id,
            )
        )
    return lines


def _looked_at(unit: WindowUnit, act: ActRow) -> bool:
    """Whether the case was opened after the answer of the server came."""
    told = False
    for entry in unit.journal.of_subject(act.case_id):
        told = told or (entry.kind == "act.refused" and entry.payload.get("act_id") == act.act_id)
        if told and entry.kind == "case.viewed":
            return True
    return False


def _tolerance_lines(cases: Sequence[CaseRow], now: datetime) -> list[Deadline]:
    lines = []
    for case in cases:
        if case.tolerance_due is None:
            continue
        left = (case.tolerance_due.date() - now.date()).days
        if left <= _SOON_DAYS:
            title = f"容缺材料{_when(left)}"
            lines.append(_deadline(DeadlineKind.TOLERANCE, left, title, case, case.tolerance_due))
    return lines


def _supplement_lines(cases: Sequence[CaseRow], now: datetime) -> list[Deadline]:
    lines = []
    for case in cases:
        if case.supplement_due is None:
            continue
        left = (case.supplement_due.date() - now.date()).days
        if left <= _SOON_DAYS:
            title = f"补正期限{_when(left)}"
            lines.append(_deadline(DeadlineKind.SUPPLEMENT, left, title, case, case.supplement_due))
    return lines


def _deadline(kind: DeadlineKind, left: int, title: str, case: CaseRow, end: datetime) -> Deadline:
    return Deadline(
        kind=kind,
        urgency=_urgency(left),
        title=title,
        line=f"{mask_name(case.applicant_name)} · {case.matter_name} · {case.case_number}",
        badge=_short_day(end.date()),
        due=end,
        case_id=case.case_id,
    )


def _draft_lines(drafts: Sequence[DraftRow], now: datetime, calendar: WorkingCalendar) -> list[Deadline]:
    lines = []
    for draft in drafts:
        who = " · ".join(
            part for part in (draft.ticket_number, mask_name(draft.applicant_name), draft.matter_name) if part
        )
        if draft.received_at is None:
            lines.append(_plain_draft(draft, who))
            continue
        received = calendar.day_of_receipt(draft.received_at.date()).day
        age = calendar.working_days_between(received, now.date()).days
        if age < _ALARM_FROM_DAY:
            lines.append(_plain_draft(draft, who))
            continue
        end = due(NOTICE_LIMIT, draft.received_at, calendar).at
        left = calendar.working_days_between(now.date(), end.date()).days
        lines.append(
            Deadline(
                kind=DeadlineKind.NOTICE,
                urgency=Urgency.OVERDUE if left < 0 else Urgency.TODAY,
                title=f"收件第 {age} 个工作日，还没告知或受理",
                line=f"{who} · {_short_day(end.date())} 后算 {_short_day(draft.received_at.date())} 受理",
                badge="已过期" if left < 0 else "今天到期" if left == 0 else f"剩 {left} 天",
                due=end,
                case_id=draft.case_id,
            )
        )
    return lines


def _plain_draft(draft: DraftRow, who: str) -> Deadline:
    line = f"{who} · 停在{draft.step.label}" if who else f"停在{draft.step.label}"
    title = "上次没办完，草稿还在"
    return Deadline(DeadlineKind.DRAFT, Urgency.LATER, title, line, "继续", None, draft.case_id)


def _urgency(left: int) -> Urgency:
    if left < 0:
        return Urgency.OVERDUE
    return Urgency.TODAY if left == 0 else Urgency.SOON


def _when(left: int) -> str:
    if left < 0:
        return f"已过期 {-left} 天"
    return {0: "今天到期", 1: "明天到期"}.get(left, f"还有 {left} 天到期")


def _short_day(day: date) -> str:
    return f"{day:%m-%d}（周{_WEEKDAYS[day.weekday()]}）"


_RANK = {Urgency.OVERDUE: 0, Urgency.TODAY: 1, Urgency.SOON: 2, Urgency.LATER: 3}


def _order(deadline: Deadline) -> tuple[int, float]:
    return _RANK[deadline.urgency], deadline.due.timestamp() if deadline.due else 0.0
