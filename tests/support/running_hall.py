"""The hall as a manager's window asks it, straight on the services of a ``HallInHand``; and mornings to look at."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Unreachable
from clerk_app.domain.queue import PriorityClass
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.hall import Login, UserInfo
from clerk_app.ports.hall_board import HallBoard
from clerk_app.ports.hall_queue import CounterStatus, ServiceGroup, Ticket
from clerk_app.ports.hall_running import (
    Closing,
    HallDay,
    NewNotice,
    NewRosterEntry,
    Notice,
    OpenHall,
    RosterEntry,
    Weight,
)
from support.hall import PASSWORD, HallInHand

T = TypeVar("T")


class RunningInHand:
    """``HallWatching`` and ``HallRunning``; ``away`` True and nothing answers. ``asked`` counts looks at the board."""

    def __init__(self, hall: HallInHand, *roles: Role) -> None:
        self.hall = hall
        self.actor: Actor = hall.actor(None, *(roles or (Role.MANAGER,)))
        self.away = False
        self.asked = 0

    def _read(self, work: Callable[[Any, Actor], T]) -> T:
        self._reach()
        found: T = self.hall.read(lambda unit: work(unit, self.actor))
        return found

    def _write(self, work: Callable[[Any, Actor], T]) -> T:
        self._reach()
        found: T = self.hall.write(lambda unit: work(unit, self.actor))
        self.hall.sequence()
        return found

    def _reach(self) -> None:
        if self.away:
            raise Unreachable("服务器连不上")

    def board(self) -> HallBoard:
        self.asked += 1
        return self._read(self.hall.desk.board.board)

    def groups(self) -> tuple[ServiceGroup, ...]:
        return self._read(self.hall.desk.waiting.groups)

    def hall_day(self, day: date | None = None) -> HallDay | None:
        return self._read(lambda unit, actor: self.hall.desk.days.read_day(unit, actor, day))

    def open_hall(self, wish: OpenHall, *, key: str | None = None) -> HallDay:
        return self._write(lambda unit, actor: self.hall.desk.days.open(unit, actor, wish))

    def closing(self) -> Closing:
        return self._read(self.hall.desk.days.closing)

    def close_hall(self, cancel_waiting: bool, *, key: str | None = None) -> HallDay:
        return self._write(lambda unit, actor: self.hall.desk.days.close(unit, actor, cancel_waiting))

    def end_earlier(self, *, key: str | None = None) -> int:
        ended = self._write(self.hall.desk.days.end_earlier)
        self.hall.desk.board.forget_old(self.hall.hall_id)
        return ended

    def rules(self) -> QueueRules:
        return self._read(self.hall.desk.days.read_rules)

    def set_rules(self, rules: QueueRules, *, key: str | None = None) -> QueueRules:
        return self._write(lambda unit, actor: self.hall.desk.days.set_rules(unit, actor, rules))

    def set_group(self, group: ServiceGroup, *, key: str | None = None) -> ServiceGroup:
        return self._write(lambda unit, actor: self.hall.desk.hall_groups.set(unit, actor, group))

    def served(self, window_no: str) -> tuple[Weight, ...]:
        return self._read(lambda unit, actor: self.hall.desk.counters.served(unit, actor, window_no))

    def set_served(self, window_no: str, served: tuple[Weight, ...], *, key: str | None = None) -> None:
        self._write(lambda unit, actor: self.hall.desk.counters.set_served(unit, actor, window_no, served))

    def set_counter(self, window_no: str, open_: bool, *, key: str | None = None) -> CounterStatus:
        return self._write(lambda unit, actor: self.hall.desk.counters.set_open(unit, actor, window_no, open_))

    def release_ticket(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        return self._write(lambda unit, actor: self.hall.desk.calling.release(unit, actor, ticket_id))

    def transfer_ticket(self, ticket_id: str, group_id: str, *, key: str | None = None) -> Ticket:
        return self._write(lambda unit, actor: self.hall.desk.calling.move(unit, actor, ticket_id, group_id))

    def notices(self) -> tuple[Notice, ...]:
        return self._read(self.hall.desk.notices.all)

    def add_notice(self, notice: NewNotice, *, key: str | None = None) -> Notice:
        return self._write(lambda unit, actor: self.hall.desk.notices.add(unit, actor, notice))

    def end_notice(self, notice_id: str, *, key: str | None = None) -> None:
        self._write(lambda unit, actor: self.hall.desk.notices.end(unit, actor, notice_id))

    def people(self) -> tuple[UserInfo, ...]:
        return self._read(self.hall.desk.roster.people)

    def roster(self, day: date) -> tuple[RosterEntry, ...]:
        return self._read(lambda unit, actor: self.hall.desk.roster.of(unit, actor, day))

    def add_roster(self, entry: NewRosterEntry, *, key: str | None = None) -> RosterEntry:
        return self._write(lambda unit, actor: self.hall.desk.roster.add(unit, actor, entry))

    def drop_roster(self, entry_id: str, *, key: str | None = None) -> None:
        self._write(lambda unit, actor: self.hall.desk.roster.drop(unit, actor, entry_id))

    def dispatch_log(self, day: date) -> Any:
        raise NotImplementedError


def logged_in(hall: HallInHand, window_no: str, login_name: str, name: str) -> None:
    """Somebody with a login of their own sits at the window; the window is then open."""
    from clerk_app.ports.hall import NewUser
    from clerk_app.services.hall.tools import system_actor

    user = hall.desk.people.prepare(NewUser(login_name, name, PASSWORD, (Role.CLERK,)))
    hall.write(lambda unit: hall.desk.people.create(unit, system_actor(hall.hall_id), user))
    caller, _ = hall.enrolled(window_no=window_no)
    hall.desk.people.login(caller, Login(login_name, PASSWORD))


def play_morning(
    hall: HallInHand,
    until: datetime,
    *,
    windows: dict[str, tuple[int, ...]],
    per_hour: tuple[float, ...],
    service_s: float,
    seed: int = 1,
) -> None:
    """People come and are served from now ``until`` then. ``windows``: groups (by position) of each, () = all;
    ``per_hour``: arrivals per group. Windows that are open already stay as they are."""
    rng = random.Random(seed)
    groups = hall.groups()
    manager = hall.actor(None, Role.MANAGER)
    for number, mine in windows.items():
        actor = hall.actor(number)
        left = hall.read(lambda unit, number=number: unit.tickets.active(number))
        if left is not None:
            hall.finish(left)
        hall.write(lambda unit, actor=actor: hall.desk.counters.open(unit, actor))
        served = tuple(Weight(groups[place].group_id) for place in mine)
        hall.write(
            lambda unit, number=number, served=served: hall.desk.counters.set_served(unit, manager, number, served)
        )
    coming = sorted(
        (hall.clock.now() + timedelta(seconds=moment), place)
        for place, rate in enumerate(per_hour)
        for moment in _arrivals(rng, rate, (until - hall.clock.now()).total_seconds())
    )
    busy: dict[str, tuple[datetime, Ticket]] = {}
    free: set[str] = set()
    while hall.clock.now() < until:
        hall.clock.move(seconds=15)
        now = hall.clock.now()
        while coming and coming[0][0] <= now:
            _, place = coming.pop(0)
            kind = rng.choices([PriorityClass.ORDINARY, PriorityClass.ELDERLY, PriorityClass.APPOINTMENT], [20, 2, 1])[
                0
            ]
            taken = hall.take(kind, group=place)
            if taken.window_no:
                busy[taken.window_no] = (now + timedelta(seconds=rng.gauss(service_s, service_s / 4)), taken)
                free.discard(taken.window_no)
        for number in windows:
            ends = busy.get(number)
            if ends is not None and ends[0] > now:
                continue
            if ends is not None:
                hall.finish(ends[1])
                del busy[number]
            if number not in free:
                called = hall.call(number)
                if called is None:
                    free.add(number)
                else:
                    busy[number] = (now + timedelta(seconds=rng.gauss(service_s, service_s / 4)), called)
            else:
                hall.write(lambda unit, number=number: hall.desk.counters.here(unit, hall.actor(number)))
    hall.sequence()


def _arrivals(rng: random.Random, per_hour: float, span: float) -> list[float]:
    at, found = 0.0, []
    while per_hour > 0:
        at += rng.expovariate(per_hour / 3600)
        if at >= span:
            break
        found.append(at)
    return found
