"""Tickets in SQL: number, call, change. Written on Core: the ORM's session costs too much on the way of a call."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    Float,
    Integer,
    Row,
    Select,
    Update,
    and_,
    any_,
    bindparam,
    cast,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import ReturningUpdate

from clerk_app.domain.errors import Conflict, Locked, NotFound
from clerk_app.domain.queue import OPEN, Lane, PriorityClass, TicketState, ticket_number
from clerk_app.domain.queue_order import Candidate, Fairness, preferred
from clerk_app.ports.hall_queue import Ticket
from clerk_app.ports.stores_hall_queue import NewTicket, Seat, TicketChange
from db.hall.known import Known
from db.hall.models import ACTIVE_NOW, PASSED, QUEUED_NOW, GroupRow, TicketRow
from db.hall.queue_figures import SqlFigures
from db.later import later
from db.types import ID, Moment, fixed

_T = TicketRow.__table__.c
_TABLE = TicketRow.__table__
_WINDOW_TAKEN = "本窗口还有一个号没办完，办结或过号后再叫"
_PERSON_TAKEN = "这位已经另外取了号，先用那个号"
_TRIES = 20
_MOMENT = timedelta(microseconds=1)

# Building a statement costs more than running it, so those of a call are built once.
_HALL = bindparam("_hall", type_=ID)
_DAY = bindparam("_day", type_=Date)
_NOW = bindparam("_now", type_=Moment)
_MINE = and_(_T.hall_id == _HALL, _T.day == _DAY)
_IS_QUEUED = text(f"ticket.{QUEUED_NOW}")
_IS_ACTIVE = text(f"ticket.{ACTIVE_NOW}")


def seconds_between(dialect: str, start: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[Any]:
    """Seconds from one moment to another, as a number."""
    if dialect == "sqlite":
        return (func.julianday(end, type_=Float) - func.julianday(start, type_=Float)) * 86400.0
    return func.extract("epoch", end - start)


def _busy() -> Select[Any]:
    other = TicketRow.__table__.alias("other")
    at_window = (other.c.hall_id == _HALL, other.c.window_no == bindparam("_window"))
    return select(other.c.ticket_id).where(*at_window, text(f"other.{ACTIVE_NOW}"))


@cache
def _claim(dialect: str) -> ReturningUpdate[Any]:
    waited = cast(func.round(seconds_between(dialect, _T.queued_at, _NOW)), Integer)
    never_less = func.max(waited, 0) if dialect == "sqlite" else func.greatest(waited, 0)
    return (
        update(TicketRow)
        # The unique index would refuse a window that has a ticket; an error, though, ends PostgreSQL's transaction.
        .where(_T.hall_id == _HALL, _T.ticket_id == bindparam("_ticket"), _IS_QUEUED, ~exists(_busy()))
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
_NOW_QUEUED = and_(_MINE, _IS_QUEUED)
_DUE = or_(_T.due_at.is_(None), _T.due_at <= _NOW)
_ANYBODYS = and_(_T.for_window.is_(None), _T.for_user.is_(None))
_AT_SEAT = _T.for_window == bindparam("_window")
_OF_SITTER = and_(_T.for_user == bindparam("_user"), _T.for_window.is_(None))
_TURNS = ((Lane.ORDINARY,), tuple(lane for lane in Lane if preferred(lane)))


def _groups(count: int) -> list[BindParameter[Any]]:
    return [bindparam(f"_group{number}") for number in range(count)]


@cache
def _candidates(groups: int, among: int) -> Select[Any]:
    """Those of ``shortlist``: the oldest of each lane of so many groups, all that are bound to the seat, and the oldest
    of each turn that was passed too often. Each part walks an index of its own."""

    def oldest(limit: int, *which: ColumnElement[bool]) -> Select[Any]:
        found = select(*_COLUMNS).where(_NOW_QUEUED, _DUE, *which)
        if limit:
            found = found.order_by(_T.order_at, _T.ticket_id).limit(fixed(limit))
        return found

    parts = [
        oldest(among, _ANYBODYS, _T.group_id == group, _T.lane == lane) for group in _groups(groups) for lane in Lane
    ]
    parts += [oldest(0, _AT_SEAT), oldest(0, _OF_SITTER)]
    often = and_(text(f"ticket.{PASSED}"), _T.passed >= bindparam("_most"), _T.group_id.in_(_groups(groups)))
    parts += [oldest(1, _ANYBODYS, often, _T.lane.in_(turn)) for turn in _TURNS]
    return select(union_all(*(select(part.subquery()) for part in parts)).subquery())


@cache
def _pass_over(dialect: str, groups: int, turn: tuple[Lane, ...]) -> Update:
    """One more pass for all of a turn that the seat may call and that come before a ticket."""
    order = bindparam("_order", type_=Moment)
    # The first half is a range that the index walks; an OR alone would look at everybody who waits.
    before = and_(_T.order_at <= order, or_(_T.order_at < order, _T.ticket_id < bindparam("_ticket")))
    served = and_(_ANYBODYS, _T.group_id.in_(_groups(groups)))
    found = [
        select(_T.ticket_id).where(_NOW_QUEUED, _DUE, which, or_(*(_T.lane == lane for lane in turn)), before)
        for which in (served, _AT_SEAT, _OF_SITTER)
    ]
    theirs = union_all(*(one.correlate(None) for one in found))
    # As an array they are found once. For IN, PostgreSQL without statistics asks again for each ticket of the hall.
    listed = (
        _T.ticket_id == any_(func.array(theirs.scalar_subquery())) if dialect != "sqlite" else _T.ticket_id.in_(theirs)
    )
    return update(TicketRow).where(_T.hall_id == _HALL, listed).values(passed=_T.passed + 1)


_ANY = select(_T.ticket_id).where(_NOW_QUEUED).limit(fixed(1))
_PINNED = select(_T.ticket_id).where(_NOW_QUEUED, _T.pinned_to == bindparam("_window"))
_ACTIVE_AT = select(_TABLE).where(_T.hall_id == _HALL, _T.window_no == bindparam("_window"), _IS_ACTIVE)
_GET = select(_TABLE).where(_T.hall_id == _HALL, _T.ticket_id == bindparam("_ticket"))
_GROUP_NAMES = select(GroupRow.group_id, GroupRow.name).where(GroupRow.hall_id == _HALL)
_NEWEST = select(_T.serial).where(_MINE, _T.prefix == bindparam("_prefix")).order_by(_T.serial.desc()).limit(fixed(1))
_LATEST = select(_T.order_at).where(_MINE, _T.due_at.is_(None)).order_by(_T.order_at.desc()).limit(fixed(1))


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

    def __init__(self, connection: Connection, hall_id: str, known: Known) -> None:
        super().__init__(connection, hall_id, self._all)
        self._known = known
        self._names: dict[str, str] | None = None

    def _name(self, group_id: str) -> str:
        if self._names is None:
            self._names = self._known.of(("group names",), self._ask_names)
        return self._names.get(group_id, "")

    def _ask_names(self) -> dict[str, str]:
        return {row.group_id: row.name for row in self._db.execute(_GROUP_NAMES, {"_hall": self._hall})}

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
        here = {"_hall": self._hall, "_day": ticket.day}
        serial, order_at = ticket.serial, ticket.order_at
        if serial is None:
            newest = self._db.execute(_NEWEST, here | {"_prefix": ticket.prefix}).scalar_one_or_none()
            serial = ticket.start if newest is None else max(ticket.start, newest + 1)
        if order_at is None:
            # A clock that was set back must not put a newcomer before those who wait.
            latest = self.latest_place(ticket.day)
            order_at = ticket.taken_at if latest is None else max(ticket.taken_at, latest + _MOMENT)
        due_at = order_at if ticket.order_at is not None and order_at > ticket.taken_at else None
        values = {item.name: getattr(ticket, item.name) for item in fields(ticket) if item.name in _T}
        return values | {
            "hall_id": self._hall,
            "serial": serial,
            "order_at": order_at,
            "queued_at": due_at or ticket.taken_at,
            "due_at": due_at,
            "is_priority": int(ticket.priority is not PriorityClass.ORDINARY),
            "matters": list(ticket.matters),
            "last_call_at": ticket.called_at,
            "recalls": 0,
            "prints": 0,
            "passed": 0,
            "missed_returns": 0,
        }

    # --- a call -----------------------------------------------------------------------------------------------
    def _seat(self, seat: Seat, day: date, now: datetime) -> dict[str, Any]:
        values: dict[str, Any] = {f"_group{number}": group for number, group in enumerate(seat.groups)}
        values |= {"_hall": self._hall, "_day": day, "_now": now}
        return values | {"_window": seat.window_no, "_user": seat.user_id}

    def candidates(self, seat: Seat, day: date, now: datetime, fairness: Fairness) -> list[Candidate]:
        values = self._seat(seat, day, now)
        values |= {"_most": fairness.most_passes}
        found = self._db.execute(_candidates(len(seat.groups), fairness.draw_among), values)
        # One that was passed too often may be among the oldest as well.
        rows = {row.ticket_id: row for row in found}.values()
        return [
            Candidate(
                row.ticket_id, row.group_id, row.lane, row.order_at, row.passed, ticket_number(row.prefix, row.serial)
            )
            for row in rows
        ]

    def pinned(self, window_no: str, day: date) -> str | None:
        return self._db.execute(_PINNED, {"_hall": self._hall, "_day": day, "_window": window_no}).scalars().first()

    def claim(self, ticket_id: str, window_no: str, now: datetime) -> Ticket | None:
        values = {"_hall": self._hall, "_ticket": ticket_id, "_window": window_no, "_now": now}
        row = self._db.execute(_claim(self._db.dialect.name), values).one_or_none()
        if row is None and self.active(window_no) is not None:
            raise Locked(_WINDOW_TAKEN)
        return None if row is None else self._built(row)

    def pass_over(self, seat: Seat, day: date, now: datetime, called: Candidate) -> None:
        turn = next(turn for turn in _TURNS if called.lane in turn)
        values = self._seat(seat, day, now) | {"_order": called.order_at, "_ticket": called.ticket_id}
        later(self._db, _pass_over(self._db.dialect.name, len(seat.groups), turn), values)

    def latest_place(self, day: date) -> datetime | None:
        return self._db.execute(_LATEST, {"_hall": self._hall, "_day": day}).scalar_one_or_none()

    def any_queued(self, day: date) -> bool:
        return self._db.execute(_ANY, {"_hall": self._hall, "_day": day}).first() is not None

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
        return self._all(select(_TABLE).where(_T.hall_id == self._hall, _IS_ACTIVE))

    def open_of_person(self, day: date, person_hash: str) -> Ticket | None:
        statement = select(_TABLE).where(
            *(_T.hall_id == self._hall, _T.day == day, _T.person_hash == person_hash),
            _T.state.in_(sorted(OPEN)),
        )
        return next(iter(self._all(statement)), None)


def _of_person(error: IntegrityError) -> bool:
    text = str(error.orig)
    return "person_hash" in text or "uq_ticket_person" in text
