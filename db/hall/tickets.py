"""Tickets in SQL. The claim is one conditional statement on Core: the ORM's session costs too much here."""

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
    Row,
    and_,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import ReturningUpdate

from clerk_app.domain.errors import Conflict, Locked, NotFound
from clerk_app.domain.queue import (
    ACTIVE,
    PRIORITY_IN_A_ROW,
    PrintState,
    PriorityClass,
    TicketState,
    ticket_number,
)
from clerk_app.ports.hall_queue import CalledNumber, Ticket
from clerk_app.ports.stores_hall_queue import DayFigures, NewTicket, TicketChange, WaitingCount
from db.hall.models import GroupRow, TicketRow
from db.types import ID, Moment

_T = TicketRow.__table__.c
_TABLE = TicketRow.__table__
_WINDOW_TAKEN = "本窗口还有一个号没办完，办结或过号后再叫"
_TRIES = 20


# Building a statement costs more than running it, so those of the claim are built once.
_HALL = bindparam("_hall", type_=ID)


def _claim() -> ReturningUpdate[Any]:
    mine = and_(
        _T.hall_id == _HALL,
        _T.day == bindparam("_day", type_=Date),
        _T.group_id.in_(bindparam("_groups", expanding=True)),
    )
    latest = (
        select(_T.is_priority)
        .where(mine, _T.called_at.is_not(None))
        .order_by(_T.called_at.desc(), _T.ticket_id.desc())
        .limit(PRIORITY_IN_A_ROW)
        .subquery()
    )
    in_a_row = select(func.coalesce(func.sum(latest.c.is_priority), 0)).scalar_subquery()
    rank = case((in_a_row >= PRIORITY_IN_A_ROW, _T.is_priority), else_=1 - _T.is_priority)
    chosen = (
        select(_T.ticket_id)
        .where(mine, _T.state == TicketState.WAITING)
        .order_by(rank, _T.taken_at, _T.ticket_id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    now = bindparam("_now", type_=Moment)
    return (
        update(TicketRow)
        .where(_T.hall_id == _HALL, _T.ticket_id == chosen, _T.state == TicketState.WAITING)
        .values(state=TicketState.CALLED, window_no=bindparam("_window"), called_at=now, last_call_at=now)
        .returning(_TABLE)
    )


_CLAIM = _claim()
_ACTIVE_AT = select(_TABLE).where(
    _T.hall_id == _HALL, _T.window_no == bindparam("_window"), _T.state.in_(sorted(ACTIVE))
)
_GET = select(_TABLE).where(_T.hall_id == _HALL, _T.ticket_id == bindparam("_ticket"))
_GROUP_NAME = select(GroupRow.name).where(GroupRow.hall_id == _HALL, GroupRow.group_id == bindparam("_group"))

_PACE = select(func.count(), func.min(_T.called_at), func.max(_T.called_at)).where(
    _T.hall_id == _HALL,
    _T.day == bindparam("_day", type_=Date),
    _T.group_id == bindparam("_group"),
    _T.called_at >= bindparam("_since", type_=Moment),
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


def _ticket(row: Row[Any], group_name: str) -> Ticket:
    return Ticket(
        ticket_id=row.ticket_id,
        day=row.day,
        number=ticket_number(row.prefix, row.serial),
        group_id=row.group_id,
        group_name=group_name,
        state=row.state,
        priority=row.priority,
        reason=row.reason,
        matter_code=row.matter_code,
        person=row.person,
        taken_at=row.taken_at,
        called_at=row.called_at,
        last_call_at=row.last_call_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        window_no=row.window_no,
        recalls=row.recalls,
        print_state=row.print_state,
        prints=row.prints,
        outcome=row.outcome,
    )


class SqlTickets:
    """``TicketStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def _name(self, group_id: str) -> str:
        found = self._db.execute(_GROUP_NAME, {"_hall": self._hall, "_group": group_id}).scalar()
        return found or ""

    def _built(self, row: Row[Any]) -> Ticket:
        return _ticket(row, self._name(row.group_id))

    def add(self, ticket: NewTicket) -> Ticket:
        next_serial = (
            select(func.coalesce(func.max(_T.serial), 0) + 1)
            .where(_T.hall_id == self._hall, _T.day == ticket.day, _T.prefix == ticket.prefix)
            .scalar_subquery()
        )
        statement = (
            insert(TicketRow)
            .values(
                hall_id=self._hall,
                ticket_id=ticket.ticket_id,
                day=ticket.day,
                prefix=ticket.prefix,
                serial=next_serial,
                group_id=ticket.group_id,
                state=TicketState.WAITING,
                priority=ticket.priority,
                is_priority=int(ticket.priority is not PriorityClass.ORDINARY),
                reason=ticket.reason,
                matter_code=ticket.matter_code,
                person=ticket.person,
                person_hash=ticket.person_hash,
                taken_at=ticket.taken_at,
                recalls=0,
                print_state=PrintState.PENDING,
                prints=0,
            )
            .returning(_TABLE)
        )
        # Two writers of PostgreSQL may compute the same serial: the unique index refuses one, which tries again.
        for _ in range(_TRIES):
            try:
                with self._db.begin_nested():
                    row = self._db.execute(statement).one()
                return self._built(row)
            except IntegrityError:
                if ticket.person_hash and self.waiting_of_person(ticket.day, ticket.person_hash):
                    raise Conflict("这张身份证已经取过号，还在等候") from None
        raise Conflict("取号的人太多，请再按一次")

    def claim(self, window_no: str, groups: Sequence[str], day: date, now: datetime) -> Ticket | None:
        values = {"_hall": self._hall, "_day": day, "_groups": list(groups), "_window": window_no, "_now": now}
        try:
            row = self._db.execute(_CLAIM, values).one_or_none()
        except IntegrityError:
            raise Locked(_WINDOW_TAKEN) from None
        return None if row is None else self._built(row)

    def get(self, ticket_id: str) -> Ticket:
        row = self._db.execute(_GET, {"_hall": self._hall, "_ticket": ticket_id}).one_or_none()
        if row is None:
            raise NotFound("没有这个号，可能是别的大厅的")
        return self._built(row)

    def change(self, ticket_id: str, expected: TicketState, change: TicketChange) -> Ticket:
        given = {item.name: value for item in fields(change) if (value := getattr(change, item.name)) is not None}
        values = {"_hall": self._hall, "_ticket": ticket_id, "_expected": expected}
        values.update((f"_new_{name}", value) for name, value in given.items())
        try:
            row = self._db.execute(_changing(tuple(given)), values).one_or_none()
        except IntegrityError:
            raise Locked(_WINDOW_TAKEN) from None
        if row is None:
            raise Conflict("这个号刚刚被别处改过，请看一眼最新状态")
        return self._built(row)

    def active(self, window_no: str) -> Ticket | None:
        row = self._db.execute(_ACTIVE_AT, {"_hall": self._hall, "_window": window_no}).one_or_none()
        return None if row is None else self._built(row)

    def waiting_of_person(self, day: date, person_hash: str) -> Ticket | None:
        row = self._db.execute(
            select(_TABLE).where(
                _T.hall_id == self._hall,
                _T.day == day,
                _T.person_hash == person_hash,
                _T.state == TicketState.WAITING,
            )
        ).one_or_none()
        return None if row is None else self._built(row)

    def ahead(self, ticket: Ticket) -> int:
        if ticket.state is not TicketState.WAITING:
            return 0
        earlier = or_(
            _T.taken_at < ticket.taken_at,
            and_(_T.taken_at == ticket.taken_at, _T.ticket_id < ticket.ticket_id),
        )
        mine = int(ticket.priority is not PriorityClass.ORDINARY)
        before = or_(_T.is_priority > mine, and_(_T.is_priority == mine, earlier))
        return self._db.execute(
            select(func.count()).where(
                _T.hall_id == self._hall,
                _T.day == ticket.day,
                _T.group_id == ticket.group_id,
                _T.state == TicketState.WAITING,
                before,
            )
        ).scalar_one()

    def waiting(self, day: date) -> list[WaitingCount]:
        rows = self._db.execute(
            select(_T.group_id, func.count(), func.sum(_T.is_priority), func.min(_T.taken_at))
            .where(_T.hall_id == self._hall, _T.day == day, _T.state == TicketState.WAITING)
            .group_by(_T.group_id)
        )
        return [WaitingCount(group, count, int(priority), oldest) for group, count, priority, oldest in rows]

    def pace(self, group_id: str, day: date, since: datetime) -> tuple[int, datetime | None, datetime | None]:
        values = {"_hall": self._hall, "_day": day, "_group": group_id, "_since": since}
        row = self._db.execute(_PACE, values).one()
        return row[0], row[1], row[2]

    def recent(self, day: date, limit: int) -> list[CalledNumber]:
        rows = self._db.execute(
            select(_TABLE)
            .where(_T.hall_id == self._hall, _T.day == day, _T.last_call_at.is_not(None))
            .order_by(_T.last_call_at.desc(), _T.ticket_id.desc())
            .limit(limit)
        )
        return [
            CalledNumber(
                ticket_id=row.ticket_id,
                number=ticket_number(row.prefix, row.serial),
                group_id=row.group_id,
                window_no=row.window_no,
                state=row.state,
                is_priority=bool(row.is_priority),
                recalls=row.recalls,
                called_at=row.called_at,
                last_call_at=row.last_call_at,
            )
            for row in rows
        ]

    def of_window(self, window_no: str, day: date, state: TicketState, limit: int) -> list[Ticket]:
        rows = self._db.execute(
            select(_TABLE)
            .where(_T.hall_id == self._hall, _T.day == day, _T.window_no == window_no, _T.state == state)
            .order_by(func.coalesce(_T.ended_at, _T.last_call_at).desc(), _T.ticket_id.desc())
            .limit(limit)
        ).all()
        return [self._built(row) for row in rows]

    def _seconds(self, start: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[Any]:
        if self._db.dialect.name == "sqlite":
            return (func.julianday(end, type_=Float) - func.julianday(start, type_=Float)) * 86400.0
        return func.extract("epoch", end - start)

    def figures(self, window_no: str, day: date) -> DayFigures:
        today = and_(_T.hall_id == self._hall, _T.day == day)
        wait = self._db.execute(
            select(func.avg(self._seconds(_T.taken_at, _T.called_at))).where(today, _T.called_at.is_not(None))
        ).scalar_one_or_none()
        served, service = self._db.execute(
            select(
                func.count(),
                func.avg(self._seconds(func.coalesce(_T.started_at, _T.called_at), _T.ended_at)),
            ).where(today, _T.window_no == window_no, _T.state == TicketState.FINISHED)
        ).one()
        return DayFigures(served, _number(wait), _number(service))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
