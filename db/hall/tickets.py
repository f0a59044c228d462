"""Tickets in SQL: number, call, change. Written on Core: the ORM's session costs too much on the way of a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Float,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    cast,
    func,
    insert,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import ReturningUpdate

from clerk_app.domain.errors import Conflict, Locked, NotFound
from clerk_app.domain.queue import ACTIVE, OPEN, QUEUED, Lane, PriorityClass, TicketState, ticket_number
from clerk_app.domain.queue_order import Candidate
from clerk_app.ports.hall_queue import Ticket
from clerk_app.ports.stores_hall_queue import NewTicket, Seat, TicketChange
from db.hall.models import GroupRow, TicketRow
from db.hall.queue_figures import SqlFigures
from db.types import ID, Moment

_T = TicketRow.__table__.c
_TABLE = TicketRow.__table__
_WINDOW_TAKEN = "本窗口还有一个号没办完，办结或过号后再叫"
_PERSON_TAKEN = "这位已经另外取了号，先用那个号"
_TRIES = 20
_QUEUED = sorted(QUEUED)
_LANES = tuple(Lane)

# Building a statement costs more than running it, so those of a call are built once.
_HALL = bindparam("_hall", type_=ID)
_DAY = bindparam("_day", type_=Date)
_NOW = bindparam("_now", type_=Moment)
_MINE = and_(_T.hall_id == _HALL, _T.day == _DAY)


def seconds_between(dialect: str, start: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[Any]:
    """Seconds from one moment to another, as a number."""
    if dialect == "sqlite":
        return (func.julianday(end, type_=Float) - func.julianday(start, type_=Float)) * 86400.0
    return func.extract("epoch", end - start)


@cache
def _claim(dialect: str) -> ReturningUpdate[Any]:
    waited = cast(func.round(seconds_between(dialect, _T.queued_at, _NOW)), Integer)
    never_less = func.max(waited, 0) if dialect == "sqlite" else func.greatest(waited, 0)
    return (
        update(TicketRow)
        .where(_T.hall_id == _HALL, _T.ticket_id == bindparam("_ticket"), _T.state.in_(_QUEUED))
        .values(
            state=TicketState.CALLED,
            window_no=bindparam("_window"),
            called_at=_NOW,
            last_call_at=_NOW,
            started_at=None,
            recalls=0,
            pinned_to=None,
            wait_s=_T.wait_s + never_less,
        )
        .returning(_TABLE)
    )


_COLUMNS = (_T.ticket_id, _T.group_id, _T.lane, _T.order_at, _T.passed, _T.prefix, _T.serial)


@cache
def _candidates(groups: int) -> Select[Any]:
    """The oldest of each lane of so many groups, and those bound to the seat: each part walks its index."""
    anybodys = and_(_T.for_window.is_(None), _T.for_user.is_(None), _T.order_at <= _NOW)

    def oldest(*which: ColumnElement[bool]) -> Select[Any]:
        return (
            select(*_COLUMNS)
            .where(_MINE, *which)
            .order_by(_T.order_at, _T.ticket_id)
            .limit(bindparam("_limit"))
            .with_for_update(skip_locked=True)
        )

    parts = [
        oldest(_T.state == TicketState.WAITING, _T.group_id == bindparam(f"_group{number}"), _T.lane == lane, anybodys)
        for number in range(groups)
        for lane in _LANES
    ]
    served = _T.group_id.in_([bindparam(f"_group{number}") for number in range(groups)])
    parts.append(oldest(_T.state == TicketState.TRANSFERRED, served, anybodys))
    mine = or_(_T.for_window == bindparam("_window"), _T.for_user == bindparam("_user"))
    parts.append(oldest(_T.state.in_(_QUEUED), mine, _T.order_at <= _NOW))
    return select(union_all(*(select(part.subquery()) for part in parts)).subquery())


_RECENT_LANES = (
    select(_T.lane)
    .where(_MINE, _T.called_at.is_not(None), _T.group_id.in_(bindparam("_groups", expanding=True)))
    .order_by(_T.called_at.desc(), _T.ticket_id.desc())
    .limit(bindparam("_limit"))
)
_PASS = (
    update(TicketRow)
    .where(_T.hall_id == _HALL, _T.ticket_id.in_(bindparam("_tickets", expanding=True)))
    .values(passed=_T.passed + 1)
)
_PINNED = select(_T.ticket_id).where(_MINE, _T.state.in_(_QUEUED), _T.pinned_to == bindparam("_window"))
_ACTIVE_AT = select(_TABLE).where(
    _T.hall_id == _HALL, _T.window_no == bindparam("_window"), _T.state.in_(sorted(ACTIVE))
)
_GET = select(_TABLE).where(_T.hall_id == _HALL, _T.ticket_id == bindparam("_ticket"))
_GROUP_NAMES = select(GroupRow.group_id, GroupRow.name).where(GroupRow.hall_id == _HALL)
_NEWEST = (
    select(_T.serial, _T.taken_at).where(_MINE, _T.prefix == bindparam("_prefix")).order_by(_T.serial.desc()).limit(1)
)


@cache
def _changing(columns: tuple[str, ...]) -> ReturningUpdate[Any]:
    """Sets the columns to parameters of their names; there are as many of these as kinds of change."""
    state = bindparam("_expected", type_=_T.state.type)
    return (
        update(TicketRow)
        .where(_T.hall_id == _HALL, _T.ticket_id == bindparam("_ticket"), _T.state == state)
        .values({name: bindparam(f"_new_{name}", type_=_T[name].type) for name in columns})
        .returning(_TABLE)
    )


_SAME = tuple(
    item.name for item in fields(Ticket) if item.name not in {"number", "group_name", "matters"} and item.name in _T
)


def built(row: Row[Any], group_name: str) -> Ticket:
    """The record of a row."""
    values = {name: getattr(row, name) for name in _SAME}
    number = ticket_number(row.prefix, row.serial)
    return Ticket(number=number, group_name=group_name, matters=tuple(row.matters), **values)


class SqlTickets(SqlFigures):
    """``TicketStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        super().__init__(connection, hall_id, self._all)
        self._names: dict[str, str] | None = None

    def _name(self, group_id: str) -> str:
        if self._names is None:
            self._names = {row.group_id: row.name for row in self._db.execute(_GROUP_NAMES, {"_hall": self._hall})}
        return self._names.get(group_id, "")

    def _built(self, row: Row[Any]) -> Ticket:
        return built(row, self._name(row.group_id))

    def _all(self, statement: Select[Any], values: dict[str, Any] | None = None) -> list[Ticket]:
        return [self._built(row) for row in self._db.execute(statement, values or {}).all()]

    # --- a new one --------------------------------------------------------------------------------------------
    def add(self, ticket: NewTicket) -> Ticket:
        # Two writers of PostgreSQL may find the same serial: the unique index refuses one, which tries again.
        for _ in range(_TRIES):
            values = self._row(ticket)
            try:
                with self._db.begin_nested():
                    row = self._db.execute(insert(TicketRow).values(**values).returning(_TABLE)).one()
                return self._built(row)
            except IntegrityError as error:
                if _of_person(error):
                    raise Conflict("这张身份证已经取过号，还没有办完") from None
                if "window_no" in str(error.orig) or "uq_ticket_active" in str(error.orig):
                    raise Locked(_WINDOW_TAKEN) from None
                if ticket.serial is not None:
                    number = ticket_number(ticket.prefix, ticket.serial)
                    raise Conflict(f"{number} 今天已经有人用过，请换一个号") from None
        raise Conflict("取号的人太多，请再按一次")

    def _row(self, ticket: NewTicket) -> dict[str, Any]:
        newest = self._db.execute(
            _NEWEST, {"_hall": self._hall, "_day": ticket.day, "_prefix": ticket.prefix}
        ).one_or_none()
        serial, order_at = ticket.serial, ticket.order_at
        if serial is None:
            serial = ticket.start if newest is None else max(ticket.start, newest.serial + 1)
        if order_at is None:
            # A clock that was set back must not put a newcomer before those who wait.
            order_at = ticket.taken_at if newest is None else max(ticket.taken_at, newest.taken_at)
        values = {item.name: getattr(ticket, item.name) for item in fields(ticket) if item.name in _T}
        return values | {
            "hall_id": self._hall,
            "serial": serial,
            "order_at": order_at,
            "queued_at": order_at,
            "is_priority": int(ticket.priority is not PriorityClass.ORDINARY),
            "matters": list(ticket.matters),
            "last_call_at": ticket.called_at,
            "recalls": 0,
            "prints": 0,
            "passed": 0,
            "missed_returns": 0,
        }

    # --- a call -----------------------------------------------------------------------------------------------
    def candidates(self, seat: Seat, day: date, now: datetime, per_lane: int) -> list[Candidate]:
        values: dict[str, Any] = {f"_group{number}": group for number, group in enumerate(seat.groups)}
        values |= {"_hall": self._hall, "_day": day, "_now": now, "_limit": per_lane}
        values |= {"_window": seat.window_no, "_user": seat.user_id}
        rows = self._db.execute(_candidates(len(seat.groups)), values)
        return [
            Candidate(
                row.ticket_id, row.group_id, row.lane, row.order_at, row.passed, ticket_number(row.prefix, row.serial)
            )
            for row in rows
        ]

    def recent_lanes(self, groups: Sequence[str], day: date, count: int) -> list[Lane]:
        values = {"_hall": self._hall, "_day": day, "_groups": list(groups), "_limit": count}
        return list(self._db.execute(_RECENT_LANES, values).scalars())

    def pinned(self, window_no: str, day: date) -> str | None:
        return self._db.execute(_PINNED, {"_hall": self._hall, "_day": day, "_window": window_no}).scalars().first()

    def claim(self, ticket_id: str, window_no: str, now: datetime) -> Ticket | None:
        values = {"_hall": self._hall, "_ticket": ticket_id, "_window": window_no, "_now": now}
        try:
            row = self._db.execute(_claim(self._db.dialect.name), values).one_or_none()
        except IntegrityError:
            raise Locked(_WINDOW_TAKEN) from None
        return None if row is None else self._built(row)

    def pass_over(self, ticket_ids: Sequence[str]) -> None:
        if ticket_ids:
            self._db.execute(_PASS, {"_hall": self._hall, "_tickets": list(ticket_ids)})

    def unmatched(self, day: date, now: datetime, limit: int) -> list[Ticket]:
        statement = (
            select(_TABLE)
            .where(_T.hall_id == self._hall, _T.day == day, _T.state.in_(_QUEUED), _T.order_at <= now)
            .order_by(_T.order_at, _T.ticket_id)
            .limit(limit)
        )
        return self._all(statement)

    # --- one ticket -------------------------------------------------------------------------------------------
    def get(self, ticket_id: str) -> Ticket:
        row = self._db.execute(_GET, {"_hall": self._hall, "_ticket": ticket_id}).one_or_none()
        if row is None:
            raise NotFound("没有这个号，可能是别的大厅的")
        return self._built(row)

    def by_number(self, day: date, prefix: str, serial: int) -> Ticket | None:
        statement = select(_TABLE).where(
            _T.hall_id == self._hall, _T.day == day, _T.prefix == prefix, _T.serial == serial
        )
        return next(iter(self._all(statement)), None)

    def change(self, ticket_id: str, expected: TicketState, change: TicketChange) -> Ticket:
        given = {
            item.name: value
            for item in fields(change)
            if item.name != "clear" and (value := getattr(change, item.name)) is not None
        }
        given |= dict.fromkeys(change.clear)
        values = {"_hall": self._hall, "_ticket": ticket_id, "_expected": expected}
        values.update((f"_new_{name}", value) for name, value in given.items())
        try:
            row = self._db.execute(_changing(tuple(sorted(given))), values).one_or_none()
        except IntegrityError as error:
            raise Locked(_PERSON_TAKEN if _of_person(error) else _WINDOW_TAKEN) from None
        if row is None:
            raise Conflict("这个号刚刚被别处改过，请看一眼最新状态")
        return self._built(row)

    def active(self, window_no: str) -> Ticket | None:
        row = self._db.execute(_ACTIVE_AT, {"_hall": self._hall, "_window": window_no}).one_or_none()
        return None if row is None else self._built(row)

    def all_active(self) -> list[Ticket]:
        return self._all(select(_TABLE).where(_T.hall_id == self._hall, _T.state.in_(sorted(ACTIVE))))

    def open_of_person(self, day: date, person_hash: str) -> Ticket | None:
        statement = select(_TABLE).where(
            *(_T.hall_id == self._hall, _T.day == day, _T.person_hash == person_hash),
            _T.state.in_(sorted(OPEN)),
        )
        return next(iter(self._all(statement)), None)


def _of_person(error: IntegrityError) -> bool:
    text = str(error.orig)
    return "person_hash" in text or "uq_ticket_person" in text
