"""Windows, days, settings, notices, roster and reserved blocks in SQL."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, and_, bindparam, delete, exists, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError

from clerk_app.domain.errors import Conflict, NotFound
from clerk_app.domain.queue import WindowState
from clerk_app.ports.hall_running import HallDay, Notice, RosterEntry
from clerk_app.ports.stores_hall_queue import CounterRecord
from db.hall.known import Known
from db.hall.models import CounterGroupRow, UserRow
from db.hall.queue_models import (
    CounterRow,
    CounterTurnRow,
    HallDayRow,
    HallSettingRow,
    NoticeRow,
    NumberBlockRow,
    RosterRow,
)
from db.later import later
from db.types import ID, Moment

_C = CounterRow.__table__.c
_D = HallDayRow.__table__.c
_S = HallSettingRow.__table__.c
_G = CounterGroupRow.__table__.c
_HALL = bindparam("_hall", type_=ID)
_IS_FREE = text("counter.state = 'free'")
"""In the words of the partial index, which no parameter could match."""
_OCCUPY = (
    update(CounterRow)
    .where(_C.hall_id == _HALL, _C.window_no == bindparam("_window"), _IS_FREE)
    .values(state=WindowState.BUSY)
)
_GET = select(CounterRow.__table__).where(_C.hall_id == _HALL, _C.window_no == bindparam("_window"))
_OWN = exists().where(_G.hall_id == _C.hall_id, _G.window_no == _C.window_no)
_OWN_GROUP = exists().where(_G.hall_id == _C.hall_id, _G.window_no == _C.window_no, _G.group_id == bindparam("_group"))
_FREE_FOR = (
    select(_C.window_no)
    .where(
        _C.hall_id == _HALL,
        _IS_FREE,
        _C.seen_at >= bindparam("_since", type_=Moment),
        or_(~_OWN, _OWN_GROUP),
    )
    .order_by(_C.window_no)
)
_N = CounterTurnRow.__table__.c
_IN_A_ROW = select(_N.in_a_row).where(
    _N.hall_id == _HALL, _N.window_no == bindparam("_window"), _N.day == bindparam("_day")
)
_DAY = select(HallDayRow.__table__).where(_D.hall_id == _HALL, _D.day == bindparam("_day"))
_SETTING = select(_S.value).where(_S.hall_id == _HALL, _S.name == bindparam("_name"))


@cache
def _set_in_a_row(dialect: str) -> Insert:
    # Built once: every call runs it.
    statement = (sqlite_insert if dialect == "sqlite" else postgresql_insert)(CounterTurnRow)
    return statement.on_conflict_do_update(
        index_elements=["hall_id", "day", "window_no"], set_={"in_a_row": statement.excluded.in_a_row}
    )


class SqlCounters:
    """``CounterStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id
        self._in_a_row: dict[tuple[str, date], int] = {}

    def get(self, window_no: str) -> CounterRecord | None:
        row = self._db.execute(_GET, {"_hall": self._hall, "_window": window_no}).mappings().one_or_none()
        return None if row is None else _counter(row)

    def all(self) -> list[CounterRecord]:
        rows = self._db.execute(select(CounterRow.__table__).where(_C.hall_id == self._hall)).mappings()
        found = [_counter(row) for row in rows]
        return sorted(found, key=lambda one: (len(one.window_no), one.window_no))

    def put(self, counter: CounterRecord) -> None:
        values = {"hall_id": self._hall, **asdict(counter)}
        make = sqlite_insert if self._db.dialect.name == "sqlite" else postgresql_insert
        statement = make(CounterRow).values(**values)
        changed = {name: statement.excluded[name] for name in values if name not in {"hall_id", "window_no"}}
        self._db.execute(statement.on_conflict_do_update(index_elements=["hall_id", "window_no"], set_=changed))

    def occupy(self, window_no: str) -> None:
        later(self._db, _OCCUPY, {"_hall": self._hall, "_window": window_no})

    def seen(self, window_no: str, at: datetime) -> None:
        self._db.execute(
            update(CounterRow).where(_C.hall_id == self._hall, _C.window_no == window_no).values(seen_at=at)
        )

    def free_for(self, group_id: str, seen_since: datetime) -> list[str]:
        values = {"_hall": self._hall, "_group": group_id, "_since": seen_since}
        found = self._db.execute(_FREE_FOR, values).scalars()
        return sorted(found, key=lambda number: (len(number), number))

    def in_a_row(self, window_no: str, day: date) -> int:
        if (window_no, day) not in self._in_a_row:
            values = {"_hall": self._hall, "_window": window_no, "_day": day}
            self._in_a_row[window_no, day] = self._db.execute(_IN_A_ROW, values).scalar_one_or_none() or 0
        return self._in_a_row[window_no, day]

    def set_in_a_row(self, window_no: str, day: date, count: int) -> None:
        values = {"hall_id": self._hall, "day": day, "window_no": window_no, "in_a_row": count}
        self._in_a_row[window_no, day] = count
        later(self._db, _set_in_a_row(self._db.dialect.name), values)

    def free_count(self) -> int:
        return self._db.execute(select(func.count()).where(_C.hall_id == self._hall, _IS_FREE)).scalar_one()


def _counter(row: Any) -> CounterRecord:
    return CounterRecord(**{name: value for name, value in row.items() if name != "hall_id"})


class SqlRunning:
    """``RunningStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str, known: Known) -> None:
        self._db = connection
        self._hall = hall_id
        self._known = known

    # --- the day ----------------------------------------------------------------------------------------------
    def day(self, day: date) -> HallDay | None:
        def ask() -> HallDay | None:
            row = self._db.execute(_DAY, {"_hall": self._hall, "_day": day}).mappings().one_or_none()
            return None if row is None else HallDay(**{name: value for name, value in row.items() if name != "hall_id"})

        return self._known.of(("day", day), ask)

    def add_day(self, day: HallDay) -> bool:
        make = sqlite_insert if self._db.dialect.name == "sqlite" else postgresql_insert
        self._known.changed(self._db, self._hall)
        add = make(HallDayRow).values(hall_id=self._hall, **asdict(day)).on_conflict_do_nothing()
        return self._db.execute(add.returning(_D.day)).first() is not None

    def change_day(self, day: date, **values: Any) -> None:
        self._known.changed(self._db, self._hall)
        self._db.execute(update(HallDayRow).where(_D.hall_id == self._hall, _D.day == day).values(**values))

    def days_open(self, before: date) -> list[date]:
        rows = self._db.execute(
            select(_D.day).where(_D.hall_id == self._hall, _D.day < before, _D.closed_at.is_(None)).order_by(_D.day)
        )
        return list(rows.scalars())

    def day_after(self, day: date) -> date | None:
        return self._db.execute(
            select(func.min(_D.day)).where(_D.hall_id == self._hall, _D.day > day)
        ).scalar_one_or_none()

    # --- settings ---------------------------------------------------------------------------------------------
    def setting(self, name: str) -> dict[str, Any] | None:
        def ask() -> dict[str, Any] | None:
            return self._db.execute(_SETTING, {"_hall": self._hall, "_name": name}).scalar_one_or_none()

        return self._known.of(("setting", name), ask)

    def set_setting(self, name: str, value: dict[str, Any]) -> None:
        self._known.changed(self._db, self._hall)
        make = sqlite_insert if self._db.dialect.name == "sqlite" else postgresql_insert
        statement = make(HallSettingRow).values(hall_id=self._hall, name=name, value=value)
        self._db.execute(
            statement.on_conflict_do_update(
                index_elements=["hall_id", "name"], set_={"value": statement.excluded.value}
            )
        )

    # --- notices ----------------------------------------------------------------------------------------------
    def notices(self, at: datetime) -> list[Notice]:
        n = NoticeRow.__table__.c
        rows = self._db.execute(
            select(n.notice_id, n.body, n.from_at, n.until_at)
            .where(n.hall_id == self._hall, n.until_at > at)
            .order_by(n.from_at, n.notice_id)
        )
        return [Notice(row.notice_id, row.body, row.from_at, row.until_at) for row in rows]

    def add_notice(self, notice: Notice) -> None:
        self._db.execute(
            insert(NoticeRow).values(
                hall_id=self._hall,
                notice_id=notice.notice_id,
                body=notice.text,
                from_at=notice.from_at,
                until_at=notice.until_at,
            )
        )

    def end_notice(self, notice_id: str, at: datetime) -> None:
        n = NoticeRow.__table__.c
        done = self._db.execute(
            update(NoticeRow).where(n.hall_id == self._hall, n.notice_id == notice_id).values(until_at=at)
        )
        if done.rowcount == 0:
            raise NotFound("没有这条通知")

    # --- roster -----------------------------------------------------------------------------------------------
    def roster(self, day: date) -> list[RosterEntry]:
        r, u = RosterRow.__table__.c, UserRow.__table__.c
        named = RosterRow.__table__.join(UserRow.__table__, and_(u.hall_id == r.hall_id, u.user_id == r.user_id))
        rows = self._db.execute(
            select(r.entry_id, r.day, r.window_no, r.user_id, u.name, r.from_time, r.to_time)
            .select_from(named)
            .where(r.hall_id == self._hall, r.day == day)
            .order_by(r.from_time, r.window_no)
        )
        return [RosterEntry(*row) for row in rows]

    def add_roster(self, entry: RosterEntry) -> None:
        values = asdict(entry)
        del values["user_name"]
        self._db.execute(insert(RosterRow).values(hall_id=self._hall, **values))

    def drop_roster(self, entry_id: str) -> None:
        r = RosterRow.__table__.c
        done = self._db.execute(delete(RosterRow).where(r.hall_id == self._hall, r.entry_id == entry_id))
        if done.rowcount == 0:
            raise NotFound("排班表里没有这一行")

    # --- reserved blocks --------------------------------------------------------------------------------------
    def blocks_of(self, device_id: str) -> list[int]:
        b = NumberBlockRow.__table__.c
        rows = self._db.execute(
            select(b.block_no).where(b.hall_id == self._hall, b.device_id == device_id).order_by(b.block_no)
        )
        return list(rows.scalars())

    def block_owner(self, block_no: int) -> str | None:
        b = NumberBlockRow.__table__.c
        return self._db.execute(
            select(b.device_id).where(b.hall_id == self._hall, b.block_no == block_no)
        ).scalar_one_or_none()

    def add_block(self, device_id: str, at: datetime) -> int:
        b = NumberBlockRow.__table__.c
        following = select(func.coalesce(func.max(b.block_no), 0) + 1).where(b.hall_id == self._hall).scalar_subquery()
        statement = (
            insert(NumberBlockRow)
            .values(hall_id=self._hall, block_no=following, device_id=device_id, reserved_at=at)
            .returning(b.block_no)
        )
        for _ in range(20):
            try:
                with self._db.begin_nested():
                    number: int = self._db.execute(statement).scalar_one()
                    return number
            except IntegrityError:
                continue
        raise Conflict("同时申请备用号段的设备太多，请再试一次")
