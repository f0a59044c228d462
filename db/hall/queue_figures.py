"""The queue's figures in SQL: who waits, how fast it goes, what was called. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Float,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    text,
    type_coerce,
)

from clerk_app.domain.queue import OPEN, QUEUED, Lane, PriorityClass, TicketSource, TicketState, ticket_number
from clerk_app.domain.queue_figures import Visit
from clerk_app.ports.hall_queue import CalledNumber, Ticket
from clerk_app.ports.stores_hall_queue import DayFigures, WaitingCount
from db.hall.models import QUEUED_NOW, TicketRow
from db.types import ID, Moment

_T = TicketRow.__table__.c
_TABLE = TicketRow.__table__
_HALL = bindparam("_hall", type_=ID)
_NOW_QUEUED = text(f"ticket.{QUEUED_NOW}")
_PACE = select(func.count(), func.min(_T.called_at), func.max(_T.called_at)).where(
    _T.hall_id == _HALL,
    _T.day == bindparam("_day", type_=Date),
    _T.group_id == bindparam("_group"),
    _T.called_at >= bindparam("_since", type_=Moment),
)


# A look-up costs a tenth of making the member anew, three times for each ticket of a day.
_STATES = {state.value: state for state in TicketState}
_CLASSES = {priority.value: priority for priority in PriorityClass}
_SOURCES = {source.value: source for source in TicketSource}


def _epoch(dialect: str, moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """Seconds since 1970 as a number: a day's moments are not worth a datetime each."""
    if dialect == "sqlite":
        # A Julian day as a float is good to about 0.05 ms.
        return func.round((func.julianday(moment, type_=Float) - 2440587.5) * 86400.0, 3)
    return cast(func.extract("epoch", moment), Float)


@cache
def _visits(dialect: str) -> Select[Any]:
    moments = (_epoch(dialect, one) for one in (_T.taken_at, _T.queued_at, _T.called_at, _T.started_at, _T.ended_at))
    return (
        select(_T.ticket_id, _T.prefix, _T.serial, _T.group_id)
        .add_columns(*(type_coerce(one, String) for one in (_T.state, _T.priority, _T.source)), _T.window_no)
        .add_columns(*moments, _T.wait_s, _T.service_s, _T.outcome)
        .where(_T.hall_id == _HALL, _T.day == bindparam("_day", type_=Date))
        .order_by(_T.prefix, _T.serial)
    )


class SqlFigures:
    """The reading half of ``SqlTickets``."""

    def __init__(
        self,
        connection: Connection,
        hall_id: str,
        found: Callable[[Select[Any]], list[Ticket]],
    ) -> None:
        self._db = connection
        self._hall = hall_id
        self._found = found

    def taken_by_person(self, day: date, person_hash: str) -> int:
        return self._count(_T.day == day, _T.person_hash == person_hash)

    def taken_in_group(self, day: date, group_id: str) -> int:
        return self._count(_T.day == day, _T.group_id == group_id)

    def _count(self, *which: Any) -> int:
        return self._db.execute(select(func.count()).where(_T.hall_id == self._hall, *which)).scalar_one()

    def ahead(self, ticket: Ticket) -> int:
        if ticket.state not in QUEUED or ticket.order_at is None:
            return 0
        earlier = or_(
            _T.order_at < ticket.order_at,
            and_(_T.order_at == ticket.order_at, _T.ticket_id < ticket.ticket_id),
        )
        mine = ticket.lane is not Lane.ORDINARY
        preferred = _T.lane != Lane.ORDINARY
        before = and_(preferred, earlier) if mine else or_(preferred, earlier)
        return self._count(
            *(_T.day == ticket.day, _T.group_id == ticket.group_id, _NOW_QUEUED),
            before,
        )

    def places(self, group_id: str, day: date, now: datetime, limit: int) -> list[datetime]:
        rows = self._db.execute(
            select(_T.order_at)
            .where(_T.hall_id == self._hall, _T.day == day, _T.group_id == group_id, _NOW_QUEUED)
            .where(or_(_T.due_at.is_(None), _T.due_at <= now))
            .order_by(_T.order_at, _T.ticket_id)
            .limit(limit)
        )
        return list(rows.scalars())

    def bound_to(self, window_no: str, day: date) -> list[Ticket]:
        return self._found(
            select(_TABLE)
            .where(*(_T.hall_id == self._hall, _T.for_window == window_no, _T.day == day), _NOW_QUEUED)
            .order_by(_T.order_at)
        )

    def bound_to_user(self, user_id: str, day: date) -> list[Ticket]:
        return self._found(
            select(_TABLE)
            .where(*(_T.hall_id == self._hall, _T.for_user == user_id, _T.day == day), _NOW_QUEUED)
            .order_by(_T.order_at)
        )

    def waiting(self, day: date) -> list[WaitingCount]:
        rows = self._db.execute(
            select(_T.group_id, func.count(), func.sum(_T.is_priority), func.min(_T.taken_at))
            .where(_T.hall_id == self._hall, _T.day == day, _NOW_QUEUED)
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
            .where(
                *(_T.hall_id == self._hall, _T.day == day, _T.last_call_at.is_not(None), _T.window_no.is_not(None)),
            )
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
        return self._found(
            select(_TABLE)
            .where(_T.hall_id == self._hall, _T.day == day, _T.window_no == window_no, _T.state == state)
            .order_by(func.coalesce(_T.ended_at, _T.last_call_at).desc(), _T.ticket_id.desc())
            .limit(limit)
        )

    def of_day(self, day: date, states: Sequence[TicketState] | None = None) -> list[Ticket]:
        statement = select(_TABLE).where(_T.hall_id == self._hall, _T.day == day)
        if states is not None:
            statement = statement.where(_T.state.in_(sorted(states)))
        return self._found(statement.order_by(_T.prefix, _T.serial))

    def open_before(self, day: date) -> list[Ticket]:
        states = sorted(OPEN | {TicketState.MISSED})
        return self._found(
            select(_TABLE)
            .where(_T.hall_id == self._hall, _T.day < day, _T.state.in_(states))
            .order_by(_T.day, _T.prefix, _T.serial)
        )

    def figures(self, window_no: str, day: date) -> DayFigures:
        today = and_(_T.hall_id == self._hall, _T.day == day)
        wait = self._db.execute(
            select(func.avg(_T.wait_s)).where(today, _T.called_at.is_not(None))
        ).scalar_one_or_none()
        served, service = self._db.execute(
            select(func.count(), func.avg(_T.service_s)).where(
                today, _T.window_no == window_no, _T.state == TicketState.FINISHED
            )
        ).one()
        return DayFigures(served, _number(wait), _number(service))

    def visits(self, day: date) -> list[Visit]:
        rows = self._db.execute(_visits(self._db.dialect.name), {"_hall": self._hall, "_day": day})
        return [
            Visit(
                ticket_id,
                ticket_number(prefix, serial),
                group_id,
                _STATES[state],
                _CLASSES[priority],
                _SOURCES[source],
                *rest,
            )
            for ticket_id, prefix, serial, group_id, state, priority, source, *rest in rows
        ]


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
