"""The ticket machine's store: one small encrypted SQLite file, every step durable before the paper is printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DatabaseError

from clerk_app.domain.emergency import BlockUse, Number
from clerk_app.domain.errors import StoreFault
from clerk_app.domain.queue import PrintState
from clerk_app.ports.kiosk import KioskNumber
from db.engine import sqlite_engine
from db.kiosk.models import Base, BlockTable, FactTable, NumberTable, UseTable

T = TypeVar("T")
SCHEMA = "1"
_F, _B, _U, _N = FactTable.__table__.c, BlockTable.__table__.c, UseTable.__table__.c, NumberTable.__table__.c
_NAMES = tuple(item.name for item in fields(KioskNumber))
FULL = "取号机的磁盘写不了，暂时不能发应急号。请到导办台取号"
NEWER = "取号机的数据是更新的程序写的，请技术员升级程序"


class SqlKioskStore:
    """``KioskStore`` over one connection: threads wait for their turn."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        self._engine.dispose()

    def fact(self, name: str) -> str:
        return self._run(lambda db: db.execute(select(_F.value).where(_F.name == name)).scalar_one_or_none() or "")

    def set_fact(self, name: str, value: str) -> None:
        row = upsert(FactTable).values(name=name, value=value)
        statement = row.on_conflict_do_update(index_elements=["name"], set_={"value": value})
        self._do(statement)

    def blocks(self, device_id: str) -> list[int]:
        statement = select(_B.block_no).where(_B.device_id == device_id).order_by(_B.block_no)
        return self._run(lambda db: list(db.execute(statement).scalars()))

    def add_block(self, block_no: int, device_id: str) -> None:
        row = upsert(BlockTable).values(block_no=block_no, device_id=device_id)
        # A block that is known under an earlier enrolment of this machine goes on where it was.
        statement = row.on_conflict_do_update(index_elements=["block_no"], set_={"device_id": device_id})
        self._do(statement)

    def drop_block(self, block_no: int) -> None:
        self._do(delete(BlockTable).where(_B.block_no == block_no))

    def uses(self, device_id: str, day: date) -> list[BlockUse]:
        return self._run(lambda db: _uses(db, device_id, day))

    def give(
        self,
        device_id: str,
        day: date,
        choose: Callable[[Sequence[BlockUse]], tuple[Number, BlockUse]],
        made: Callable[[Number], KioskNumber],
    ) -> KioskNumber:
        def work(db: Connection) -> KioskNumber:
            number, use = choose(_uses(db, device_id, day))
            row = upsert(UseTable).values(block_no=use.block_no, day=day, used=use.used + 1)
            db.execute(row.on_conflict_do_update(index_elements=["block_no", "day"], set_={"used": use.used + 1}))
            kept = made(number)
            values = {name: getattr(kept, name) for name in _NAMES} | {"matters": list(kept.matters), "told": False}
            db.execute(upsert(NumberTable).values(**values))
            return kept

        return self._run(work)

    def get(self, ticket_id: str) -> KioskNumber | None:
        return next(iter(self._numbers(_N.ticket_id == ticket_id)), None)

    def of_wish(self, key: str) -> KioskNumber | None:
        return next(iter(self._numbers(_N.instead_of == key)), None)

    def untold(self) -> list[KioskNumber]:
        return self._numbers(~_N.told, _N.refused == "")

    def told(self, ticket_id: str, merged_id: str, print_state: PrintState) -> None:
        statement = update(NumberTable).where(_N.ticket_id == ticket_id, _N.print_state == print_state)
        self._do(statement.values(merged_id=merged_id, told=True))

    def refuse(self, ticket_id: str, reason: str) -> None:
        self._set(ticket_id, refused=reason)

    def printed(self, ticket_id: str, state: PrintState) -> None:
        self._set(ticket_id, print_state=state, told=False)

    def forget_before(self, day: date) -> int:
        def work(db: Connection) -> int:
            db.execute(delete(UseTable).where(_U.day < day))
            return db.execute(delete(NumberTable).where(_N.day < day, _N.told)).rowcount

        return self._run(work)

    def _set(self, ticket_id: str, **values: Any) -> None:
        self._do(update(NumberTable).where(_N.ticket_id == ticket_id).values(**values))

    def _numbers(self, *wanted: Any) -> list[KioskNumber]:
        statement = select(*(_N[name] for name in _NAMES)).where(*wanted).order_by(_N.taken_at, _N.ticket_id)

        def work(db: Connection) -> list[KioskNumber]:
            rows = db.execute(statement).mappings()
            return [KioskNumber(**(dict(row) | {"matters": tuple(row["matters"])})) for row in rows]

        return self._run(work)

    def _do(self, statement: Executable) -> None:
        def work(db: Connection) -> None:
            db.execute(statement)

        self._run(work)

    def _run(self, work: Callable[[Connection], T]) -> T:
        try:
            with self._engine.begin() as connection:
                return work(connection)
        except DatabaseError as error:
            raise StoreFault(FULL) from error


def _uses(db: Connection, device_id: str, day: date) -> list[BlockUse]:
    statement = (
        select(_B.block_no, _U.used)
        .outerjoin(UseTable, (_U.block_no == _B.block_no) & (_U.day == day))
        .where(_B.device_id == device_id)
        .order_by(_B.block_no)
    )
    return [BlockUse(row.block_no, row.used or 0) for row in db.execute(statement)]


def open_kiosk_store(path: Path, key: bytes) -> SqlKioskStore:
    """Open (or make) the encrypted store. ``StoreFault`` if it cannot be, or if a newer program wrote it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = sqlite_engine(path, key, writer=True)
    store = SqlKioskStore(engine)
    try:
        Base.metadata.create_all(engine)
        found = store.fact("schema")
        if found not in ("", SCHEMA):
            raise StoreFault(NEWER)
        store.set_fact("schema", SCHEMA)
    except DatabaseError as error:
        engine.dispose()
        raise StoreFault(FULL) from error
    except StoreFault:
        engine.dispose()
        raise
    return store
