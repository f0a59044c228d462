"""The cached catalogue in SQL. A new version is written in pieces beside the old one, then switched to at once, so that
a catalogue of tens of thousands of matters never holds up a conclusion, and a crash leaves the old version in use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from clerk_app.domain.errors import NotFound, Rejected
from clerk_app.ports.window import MatterRow, MatterUse
from db.window.cases import columns_of
from db.window.models import CatalogueTable, MatterTable, MatterUseTable

T = TypeVar("T")
Run = Callable[[Callable[[Connection], T]], T]

_CATALOGUE = CatalogueTable.__table__.c
_MATTER = MatterTable.__table__.c
_USE = MatterUseTable.__table__.c
_PIECE = 500


class SqlCatalogue:
    """``CatalogueStore``; ``write`` and ``read`` run one transaction each."""

    def __init__(self, hall_id: str, write: Run[Any], read: Run[Any]) -> None:
        self._hall = hall_id
        self._write = write
        self._read = read
        self._one_at_a_time = threading.Lock()

    def version(self) -> int:
        found: int | None = self._read(lambda db: db.execute(self._in_use(_CATALOGUE.version)).scalar_one_or_none())
        return found or 0

    def published_at(self) -> datetime | None:
        moment: datetime | None = self._read(
            lambda db: db.execute(self._in_use(_CATALOGUE.published_at)).scalar_one_or_none()
        )
        return moment

    def replace(self, version: int, published_at: datetime, matters: Iterable[dict[str, Any]]) -> int:
        with self._one_at_a_time:
            generation = self._write(self._new_generation)
            rows = _checked(matters, self._hall, generation)
            count = 0
            try:
                while piece := list(islice(rows, _PIECE)):
                    self._write(partial(_write_piece, piece))
                    count += len(piece)
            except Rejected:
                self._sweep()
                raise
            self._write(lambda db: self._switch(db, generation, version, published_at))
            self._sweep()
            return count

    def rows(self) -> list[MatterRow]:
        found = (
            select(*columns_of(MatterRow, _MATTER))
            .where(_MATTER.hall_id == self._hall, _MATTER.generation == self._generation())
            .order_by(_MATTER.code)
        )
        rows: list[MatterRow] = self._read(lambda db: [MatterRow(*row) for row in db.execute(found)])
        return rows

    def body(self, code: str) -> dict[str, Any]:
        found = select(_MATTER.body).where(
            _MATTER.hall_id == self._hall, _MATTER.generation == self._generation(), _MATTER.code == code
        )
        body: dict[str, Any] | None = self._read(lambda db: db.execute(found).scalar_one_or_none())
        if body is None:
            raise NotFound("目录里已经没有这个事项，请重新搜索")
        return body

    def touch(self, code: str, at: datetime) -> None:
        row = upsert(MatterUseTable).values(hall_id=self._hall, code=code, count=1, last_at=at)
        counted = row.on_conflict_do_update(
            index_elements=["hall_id", "code"], set_={"count": _USE.count + 1, "last_at": at}
        )
        self._write(lambda db: db.execute(counted))

    def recent(self, limit: int) -> list[MatterUse]:
        return self._uses(limit, _USE.last_at.desc())

    def frequent(self, limit: int) -> list[MatterUse]:
        return self._uses(limit, _USE.count.desc(), _USE.last_at.desc())

    def _uses(self, limit: int, *order: Any) -> list[MatterUse]:
        found = select(*columns_of(MatterUse, _USE)).where(_USE.hall_id == self._hall).order_by(*order).limit(limit)
        uses: list[MatterUse] = self._read(lambda db: [MatterUse(*row) for row in db.execute(found)])
        return uses

    def _in_use(self, column: Any) -> Any:
        return select(column).where(_CATALOGUE.hall_id == self._hall)

    def _generation(self) -> Any:
        return self._in_use(_CATALOGUE.generation).scalar_subquery()

    def _new_generation(self, db: Connection) -> int:
        # What a crash left half written has a number too; it is swept after the next switch.
        written = db.execute(select(func.max(_MATTER.generation)).where(_MATTER.hall_id == self._hall)).scalar_one()
        used = db.execute(self._in_use(_CATALOGUE.generation)).scalar_one_or_none()
        return max(written or 0, used or 0) + 1

    def _switch(self, db: Connection, generation: int, version: int, published_at: datetime) -> None:
        values = {"generation": generation, "version": version, "published_at": published_at}
        row = upsert(CatalogueTable).values(hall_id=self._hall, **values)
        db.execute(row.on_conflict_do_update(index_elements=["hall_id"], set_=values))

    def _sweep(self) -> None:
        while self._write(self._sweep_piece):
            pass

    def _sweep_piece(self, db: Connection) -> int:
        used = db.execute(self._in_use(_CATALOGUE.generation)).scalar_one_or_none()
        old = (
            select(_MATTER.generation, _MATTER.code)
            .where(_MATTER.hall_id == self._hall, _MATTER.generation != (used or 0))
            .limit(_PIECE)
        )
        rows = db.execute(old).all()
        for generation in {row.generation for row in rows}:
            codes = [row.code for row in rows if row.generation == generation]
            db.execute(
                delete(MatterTable).where(
                    _MATTER.hall_id == self._hall, _MATTER.generation == generation, _MATTER.code.in_(codes)
                )
            )
        return len(rows)


def _write_piece(piece: list[dict[str, Any]], db: Connection) -> None:
    db.execute(insert(MatterTable), piece)


def _checked(matters: Iterable[dict[str, Any]], hall_id: str, generation: int) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()

    def rows() -> Iterator[dict[str, Any]]:
        for number, matter in enumerate(matters, 1):
            code, name = str(matter.get("code") or "").strip(), str(matter.get("name") or "").strip()
            if not code or not name:
                raise Rejected("matters", f"目录第 {number} 条没有编码或名称，仍用原来的目录")
            if code in seen:
                raise Rejected("matters", f"目录第 {number} 条的编码 {code} 重复，仍用原来的目录")
            seen.add(code)
            yield {
                "hall_id": hall_id,
                "generation": generation,
                "code": code,
                "name": name,
                "department": str(matter.get("department") or ""),
                "type_name": str(matter.get("type_name") or ""),
                "pinyin": str(matter.get("pinyin") or ""),
                "initials": str(matter.get("initials") or ""),
                "has_materials": bool(matter.get("materials")),
                "body": matter,
            }

    return rows()
