"""The manager's live board: one consistent look at the hall, every figure computed from tickets, windows, journal."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from clerk_app.domain import queue_figures as figures
from clerk_app.domain.actor import Actor
from clerk_app.domain.queue import QUEUED, PriorityClass, TicketState, WindowState
from clerk_app.domain.queue_figures import BUCKET_S, Visit
from clerk_app.domain.queue_order import DEFAULT_PACE
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.domain.staffing import Desk, GroupLoad, advise, forecast, outlook
from clerk_app.ports.clock import BEIJING
from clerk_app.ports.hall_board import CounterBoard, CurvePoint, GroupBoard, HallBoard
from clerk_app.ports.hall_queue import CounterStatus, GroupWaiting, ServiceGroup, Ticket
from clerk_app.ports.hall_running import RosterEntry
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_queue import CounterRecord
from clerk_app.services.hall.board_log import BoardLog, DayLog
from clerk_app.services.hall.days import WATCHERS, Days
from clerk_app.services.hall.tools import Tools
from clerk_app.services.hall.waiting import Waiting

_OUTLOOK_S = 2 * 3600
_MOST_STEPS = 12 * 6
_OLD_FOR_S = 60
_SCALE_BOUNDS = (0.5, 2.0)
_WORTH_SCALING = 20
_ACTIVE = frozenset({TicketState.CALLED, TicketState.SERVING})


@dataclass(frozen=True, slots=True)
class _Past:
    """A day that is over: its curve and its visits, kept because they change no more."""

    day: date
    visits: tuple[Visit, ...]
    curve: tuple[figures.Bucket, ...]
    taken: Mapping[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class _Old:
    """What earlier days left open, as of ``at``: read at most once a minute, because it looks through all days."""

    day: date
    at: float
    tickets: tuple[Ticket, ...]


@dataclass(frozen=True, slots=True)
class _Moment:
    """What one look at the hall has read. ``first``: when the day's first ticket was taken."""

    now: datetime
    at: float
    day: date
    rules: QueueRules
    visits: tuple[Visit, ...]
    first: float | None
    old: tuple[Ticket, ...]
    log: DayLog
    counters: tuple[CounterRecord, ...]
    served: Mapping[str, Mapping[str, float]]
    roster: tuple[RosterEntry, ...]
    groups: tuple[ServiceGroup, ...]

    def waited(self, visit: Visit) -> float:
        """Seconds that one who waits has waited so far; who came early for an appointment begins at the slot."""
        return visit.wait_s + max(0.0, self.at - visit.queued)


class Board:
    """Reads only; ``board`` runs in one read of the store."""

    def __init__(self, tools: Tools, days: Days, waiting: Waiting) -> None:
        self._tools = tools
        self._days = days
        self._waiting = waiting
        self._log = BoardLog()
        self._lock = threading.Lock()
        self._past: dict[str, _Past] = {}
        self._old: dict[str, _Old] = {}
        self._seen: dict[str, tuple[tuple[str, int, int], HallBoard]] = {}

    def board(self, unit: HallUnit, actor: Actor) -> HallBoard:
        """The whole board as of now. Several watchers within a second share one look while nothing happens."""
        actor.require(*WATCHERS)
        key = (unit.journal.newest(), unit.journal.head()[0], int(self._tools.now().timestamp()))
        with self._lock:
            known = self._seen.get(unit.hall_id)
        if known is None or known[0] != key:
            known = (key, self._board(unit, actor))
            with self._lock:
                self._seen[unit.hall_id] = known
        return known[1]

    def _board(self, unit: HallUnit, actor: Actor) -> HallBoard:
        seen = self._look(unit)
        queued = [visit for visit in seen.visits if visit.state in QUEUED]
        called = [visit for visit in seen.visits if visit.called is not None and visit.queues]
        waits = figures.waits([visit.wait_s for visit in called])
        longest = max(queued, key=lambda one: (seen.waited(one), one.number), default=None)
        bounds = _bounds(seen.rules)
        windows = self._windows(seen)
        desks = _desks(seen, windows)
        loads = self._loads(seen, queued)
        past = self._week_ago(unit, seen)
        alarm = seen.rules.alarm_minutes * 60
        draws = seen.log.draws
        today = self._days.read_day(unit, actor, seen.day)
        closed = today is not None and today.closed_at is not None
        return HallBoard(
            cursor=self._waiting.cursor(unit),
            at=seen.now,
            day=today,
            waiting=len(queued),
            priority_waiting=sum(visit.priority is not PriorityClass.ORDINARY for visit in queued),
            appointment_waiting=sum(visit.priority is PriorityClass.APPOINTMENT for visit in queued),
            over_alarm=sum(seen.waited(visit) > alarm for visit in queued),
            longest_number=longest.number if longest is not None else "",
            longest_wait_s=int(seen.waited(longest)) if longest is not None else 0,
            called=waits.count,
            mean_wait_s=_whole(waits.mean),
            median_wait_s=_whole(waits.median),
            p90_wait_s=_whole(waits.p90),
            finished=sum(visit.state is TicketState.FINISHED for visit in seen.visits),
            held=sum(visit.state is TicketState.HELD for visit in seen.visits),
            missed=sum(visit.state is TicketState.MISSED for visit in seen.visits),
            one_candidate_share=seen.log.one_candidate / draws if draws else None,
            draws=draws,
            groups=self._groups(unit, seen, queued, loads, desks),
            windows=windows,
            curve=tuple(_point(one, 0) for one in figures.curve(seen.visits)),
            last_week=tuple(_point(one, 7) for one in past.curve),
            forecast=() if closed else self._forecast(seen, loads, desks, past),
            shares=figures.shares([visit.wait_s for visit in called], [bound * 60 for bound in bounds]),
            bounds=bounds,
            outcomes=tuple(figures.outcomes(seen.visits)),
            waiting_last_week=figures.waiting_at(past.visits, seen.at - 7 * 86400) if past.visits else None,
            absent=_absent(seen, windows),
            rules=seen.rules,
            notices=tuple(unit.running.notices(seen.now)),
            conflicts=seen.log.conflicts,
            left_open=sum(ticket.state not in _ACTIVE for ticket in seen.old),
        )

    def forget_old(self, hall_id: str) -> None:
        """What earlier days left open was ended: look again."""
        with self._lock:
            self._old.pop(hall_id, None)
            self._seen.pop(hall_id, None)

    # --- reading ------------------------------------------------------------------------------------------------
    def _look(self, unit: HallUnit) -> _Moment:
        now, rules = self._tools.now(), self._days.rules(unit)
        day = rules.day_of(now)
        start = datetime.combine(day, time(rules.turns_at), BEIJING)
        visits = tuple(unit.tickets.visits(day))
        return _Moment(
            now=now,
            at=now.timestamp(),
            day=day,
            rules=rules,
            visits=visits,
            first=min((visit.taken for visit in visits), default=None),
            old=self._left_open(unit, day, now.timestamp()),
            log=self._log.of(unit, day, start),
            counters=tuple(unit.counters.all()),
            served=unit.setup.all_served(),
            roster=tuple(unit.running.roster(day)),
            groups=tuple(unit.setup.groups()),
        )

    def _left_open(self, unit: HallUnit, day: date, at: float) -> tuple[Ticket, ...]:
        with self._lock:
            known = self._old.get(unit.hall_id)
        if known is None or known.day != day or not 0 <= at - known.at < _OLD_FOR_S:
            known = _Old(day, at, tuple(unit.tickets.open_before(day)))
            with self._lock:
                self._old[unit.hall_id] = known
        return known.tickets

    def _week_ago(self, unit: HallUnit, seen: _Moment) -> _Past:
        wanted = seen.day - timedelta(days=7)
        with self._lock:
            known = self._past.get(unit.hall_id)
        if known is None or known.day != wanted:
            visits = tuple(unit.tickets.visits(wanted))
            known = _Past(wanted, visits, tuple(figures.curve(visits)), figures.taken_per_bucket(visits))
            with self._lock:
                self._past[unit.hall_id] = known
        return known

    # --- windows ------------------------------------------------------------------------------------------------
    def _windows(self, seen: _Moment) -> tuple[CounterBoard, ...]:
        busy = figures.busy_seconds(seen.visits, seen.at)
        active = {visit.window_no: visit for visit in seen.visits if visit.state in _ACTIVE}
        carried = {ticket.window_no: ticket for ticket in seen.old if ticket.state in _ACTIVE}
        finished: dict[str, list[Visit]] = {}
        walk_ins: dict[str, int] = {}
        first_calls: dict[str, float] = {}
        for visit in seen.visits:
            if visit.window_no is None:
                continue
            if visit.state is TicketState.FINISHED:
                finished.setdefault(visit.window_no, []).append(visit)
            walk_ins[visit.window_no] = walk_ins.get(visit.window_no, 0) + (not visit.queues)
            if visit.called is not None:
                first_calls[visit.window_no] = min(visit.called, first_calls.get(visit.window_no, visit.called))
        known = {one.window_no: one for one in seen.counters}
        rostered = {entry.window_no: entry for entry in seen.roster if _on_now(entry, seen.now)}
        numbers = sorted({*known, *rostered, *seen.served}, key=lambda number: (len(number), number))
        found = []
        for number in numbers:
            status, ticket_id = _status(number, seen, known.get(number), active.get(number), carried.get(number))
            open_s = self._open_s(number, seen, known.get(number), first_calls.get(number))
            done = finished.get(number, [])
            duty = rostered.get(number)
            there = status.state not in {WindowState.OFF, WindowState.AWAY}
            found.append(
                CounterBoard(
                    status=status,
                    groups=tuple(seen.served.get(number, ())),
                    served=len(done),
                    busy_share=min(1.0, busy.get(number, 0.0) / open_s) if open_s > 0 else 0.0,
                    open_s=int(open_s),
                    mean_service_s=_whole(sum(one.at_window_s for one in done) / len(done)) if done else None,
                    walk_ins=walk_ins.get(number, 0),
                    rostered=duty.user_name if duty is not None else "",
                    present=there,
                    ticket_id=ticket_id,
                )
            )
        return tuple(found)

    def _open_s(self, number: str, seen: _Moment, counter: CounterRecord | None, first_call: float | None) -> float:
        """Seconds at work today. A window that was left open overnight says nothing in the morning: it counts from its
        first call, or, while it has not called anybody, from the day's first ticket."""
        turns = seen.log.turns.get(number, [])
        if first_call is not None and (not turns or first_call < turns[0].at):
            return figures.open_seconds(turns, first_call, seen.at, before=True)
        start = seen.at if seen.first is None else seen.first
        left_open = counter is not None and counter.state not in {WindowState.OFF, WindowState.AWAY}
        return figures.open_seconds(turns, start, seen.at, before=not turns and left_open)

    # --- groups -------------------------------------------------------------------------------------------------
    def _loads(self, seen: _Moment, queued: Sequence[Visit]) -> list[GroupLoad]:
        coming = figures.arrivals_per_hour(seen.visits, seen.at, seen.first)
        means, hall = figures.mean_at_window(seen.visits, DEFAULT_PACE.total_seconds())
        loads = []
        for group in seen.groups:
            mine = [visit for visit in queued if visit.group_id == group.group_id]
            loads.append(
                GroupLoad(
                    group_id=group.group_id,
                    waiting=len(mine),
                    arrivals=coming.get(group.group_id, 0.0),
                    service_s=means.get(group.group_id, hall),
                )
            )
        return loads

    def _groups(
        self,
        unit: HallUnit,
        seen: _Moment,
        queued: Sequence[Visit],
        loads: Sequence[GroupLoad],
        desks: Sequence[Desk],
    ) -> tuple[GroupBoard, ...]:
        ahead = forecast(loads, desks)
        advice = advise(loads, desks, seen.rules.target_minutes * 60)
        found = []
        for group in seen.groups:
            mine = [visit for visit in queued if visit.group_id == group.group_id]
            longest = max(mine, key=lambda one: (seen.waited(one), one.number), default=None)
            longest_s = int(seen.waited(longest)) if longest is not None else 0
            last = round(ahead[group.group_id])
            found.append(
                GroupBoard(
                    waiting=_waiting(group, mine, longest_s, last, self._waiting.full(unit, group)),
                    windows=sum(desk.open and group.group_id in desk.groups for desk in desks),
                    longest_wait_s=longest_s,
                    longest_number=longest.number if longest is not None else "",
                    last_in_line_s=last,
                    advice=advice.get(group.group_id),
                )
            )
        return tuple(found)

    # --- the curve ----------------------------------------------------------------------------------------------
    def _forecast(
        self, seen: _Moment, loads: Sequence[GroupLoad], desks: Sequence[Desk], past: _Past
    ) -> tuple[CurvePoint, ...]:
        """The windows as they are now. People come as they did a week ago, scaled by how today has been so far against
        then; without such a day at the rate of the last hour. Until the end of taking numbers, or for two hours."""
        if not seen.visits or not any(desk.open for desk in desks):
            return ()
        start = seen.at // BUCKET_S * BUCKET_S + BUCKET_S
        end = _end_of_taking(seen)
        steps = min(_MOST_STEPS, int((end - start) // BUCKET_S))
        if steps <= 0:
            return ()
        rates = {one.group_id: one.arrivals * BUCKET_S / 3600 for one in loads}
        week = 7 * 86400
        then = sum(visit.taken <= seen.at - week for visit in past.visits)
        scale = 0.0
        if then >= _WORTH_SCALING:
            scale = min(max(len(seen.visits) / then, _SCALE_BOUNDS[0]), _SCALE_BOUNDS[1])

        def coming(group: str, step: int) -> float:
            if scale:
                return past.taken.get((group, int((start + step * BUCKET_S - week) // BUCKET_S)), 0) * scale
            moment = datetime.fromtimestamp(start + step * BUCKET_S, BEIJING)
            return rates[group] if _in_session(seen.rules, moment) else 0.0

        found = outlook(loads, desks, coming, steps, BUCKET_S)
        people = [round(sum(coming(one.group_id, step) for one in loads)) for step in range(steps)]
        return tuple(
            CurvePoint(datetime.fromtimestamp(start + one.after_s, BEIJING), round(one.wait_s), count)
            for one, count in zip(found, people, strict=True)
        )


# --- the parts ------------------------------------------------------------------------------------------------------
def _status(
    number: str, seen: _Moment, record: CounterRecord | None, visit: Visit | None, carried: Ticket | None
) -> tuple[CounterStatus, str]:
    """The window as everybody sees it, and the id of the ticket that is there (of whatever day)."""
    if record is None:
        return CounterStatus(number, WindowState.OFF, seen.now), ""
    if visit is not None:
        called = visit.state is TicketState.CALLED
        moment = visit.called if called else visit.started
        since = record.since if moment is None else datetime.fromtimestamp(moment, BEIJING)
        state = WindowState.CALLING if called else WindowState.BUSY
        return CounterStatus(number, state, since, record.away, visit.number, record.user_name), visit.ticket_id
    if carried is not None:
        called = carried.state is TicketState.CALLED
        since = (carried.called_at if called else carried.started_at) or record.since
        state = WindowState.CALLING if called else WindowState.BUSY
        return CounterStatus(number, state, since, record.away, carried.number, record.user_name), carried.ticket_id
    return CounterStatus(number, record.state, record.since, record.away, None, record.user_name), ""


def _desks(seen: _Moment, windows: Sequence[CounterBoard]) -> list[Desk]:
    everything = frozenset(group.group_id for group in seen.groups)
    return [
        Desk(
            window_no=one.status.window_no,
            groups=frozenset(one.groups) or everything,
            open=one.present,
            rostered=bool(one.rostered),
            here=one.status.state is WindowState.AWAY,
            busy_share=one.busy_share,
            free=one.status.state is WindowState.FREE,
        )
        for one in windows
    ]


def _waiting(group: ServiceGroup, mine: Sequence[Visit], longest_s: int, expected_s: int, closed: str) -> GroupWaiting:
    oldest = min((visit.taken for visit in mine), default=None)
    return GroupWaiting(
        group_id=group.group_id,
        prefix=group.prefix,
        name=group.name,
        hint=group.hint,
        place=group.place,
        waiting=len(mine),
        priority_waiting=sum(visit.priority is not PriorityClass.ORDINARY for visit in mine),
        oldest_taken_at=None if oldest is None else datetime.fromtimestamp(oldest, BEIJING),
        longest_wait_s=longest_s,
        expected_wait_s=expected_s,
        closed=closed,
    )


def _absent(seen: _Moment, windows: Sequence[CounterBoard]) -> tuple[RosterEntry, ...]:
    """On the roster now, and not at work at that window."""
    at_work = {one.status.window_no: one.status.user_name for one in windows if one.present}
    return tuple(
        entry for entry in seen.roster if _on_now(entry, seen.now) and at_work.get(entry.window_no) != entry.user_name
    )


def _on_now(entry: RosterEntry, now: datetime) -> bool:
    return entry.from_time <= now.time().replace(tzinfo=None) < entry.to_time


def _bounds(rules: QueueRules) -> tuple[int, int, int]:
    """The three bounds of the shares in minutes: target, between, alarm."""
    target, alarm = rules.target_minutes, max(rules.alarm_minutes, rules.target_minutes)
    return target, min(max(5, target), alarm) if target < 5 < alarm else (target + alarm) // 2, alarm


def _in_session(rules: QueueRules, moment: datetime) -> bool:
    sessions = rules.hours.sessions(moment.date())
    clock = moment.time().replace(tzinfo=None)
    return sessions is None or any(one.opens <= clock < one.closes for one in sessions)


def _end_of_taking(seen: _Moment) -> float:
    sessions = seen.rules.hours.sessions(seen.day)
    if not sessions:
        return seen.at + _OUTLOOK_S
    return datetime.combine(seen.day, sessions[-1].closes, BEIJING).timestamp()


def _point(bucket: figures.Bucket, days: int) -> CurvePoint:
    """``days`` later, so that a day of the past lies over today."""
    at = datetime.fromtimestamp(bucket.start, BEIJING) + timedelta(days=days)
    return CurvePoint(at, round(bucket.wait_s), bucket.calls)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
