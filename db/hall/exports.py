"""Exports to platforms in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, text, update

from clerk_app.ports.stores_hall_exports import (
    Change,
    Doubt,
    ExportRun,
    ExportState,
    RefusalLine,
    StoredBatch,
)
from db.hall.export_models import OPEN, ExportBatchRow, ExportChangeRow, ExportRefusalRow, ExportRunRow

_R = ExportRunRow.__table__.c
_C = ExportChangeRow.__table__.c
_B = ExportBatchRow.__table__.c
_F = ExportRefusalRow.__table__.c
_RUN = tuple(_R[one.name] for one in fields(ExportRun))
_CHANGE = tuple(_C[one.name] for one in fields(Change))
_HEAD = (
    *(_B.batch_id, _B.number, _B.name, _B.made_at, _B.change_ids),
    *(_B.digest, _B.sent_at, _B.refused, _B.doubts),
)
_MANY = 400
"""Ids in one statement: SQLite of older systems takes 999 values."""


class SqlExports:
    """``ExportStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    # --- the run --------------------------------------------------------------------------------------------------
    def adapters(self) -> list[str]:
        rows = self._db.execute(select(_R.adapter).where(_R.hall_id == self._hall).order_by(_R.adapter))
        return list(rows.scalars())

    def run(self, adapter: str) -> ExportRun:
        row = self._db.execute(select(*_RUN).where(_R.hall_id == self._hall, _R.adapter == adapter)).one_or_none()
        return ExportRun() if row is None else ExportRun(**row._mapping)

    def hold(self, adapter: str, holder: str, now: datetime, until: datetime) -> bool:
        known = self._db.execute(
            select(_R.adapter).where(_R.hall_id == self._hall, _R.adapter == adapter).with_for_update()
        ).first()
        if known is None:
            self._db.execute(insert(ExportRunRow).values(hall_id=self._hall, adapter=adapter, **asdict(ExportRun())))
        free = or_(_R.holder.in_(["", holder]), _R.held_until.is_(None), _R.held_until <= now)
        taken = self._db.execute(
            update(ExportRunRow)
            .where(_R.hall_id == self._hall, _R.adapter == adapter, free)
            .values(holder=holder, held_until=until)
        )
        return bool(taken.rowcount)

    def let_go(self, adapter: str, holder: str) -> None:
        self._db.execute(
            update(ExportRunRow)
            .where(_R.hall_id == self._hall, _R.adapter == adapter, _R.holder == holder)
            .values(holder="", held_until=None)
        )

    def begin(self, adapter: str, at: datetime, trouble: str) -> None:
        self._set_run(adapter, began_at=at, trouble=trouble)

    def finish(self, adapter: str, at: datetime, trouble: str) -> None:
        self._set_run(adapter, trouble=trouble, **({} if trouble else {"done_at": at}))

    def _set_run(self, adapter: str, **values: Any) -> None:
        self._db.execute(update(ExportRunRow).where(_R.hall_id == self._hall, _R.adapter == adapter).values(**values))

    # --- changes --------------------------------------------------------------------------------------------------
    def collect(self, adapter: str, changes: Iterable[Change], cursor: int) -> None:
        new = {one.change_id: one for one in changes}
        ids = sorted(new)
        for start in range(0, len(ids), _MANY):
            known = self._db.execute(
                select(_C.change_id).where(
                    *(_C.hall_id == self._hall, _C.adapter == adapter),
                    _C.change_id.in_(ids[start : start + _MANY]),
                )
            )
            for change_id in known.scalars():
                del new[change_id]
        if new:
            self._db.execute(
                insert(ExportChangeRow),
                [{"hall_id": self._hall, "adapter": adapter, "batch_id": "", **asdict(one)} for one in new.values()],
            )
        self._set_run(adapter, cursor=cursor)

    def open_changes(self, adapter: str, after: int, limit: int) -> list[Change]:
        rows = self._db.execute(
            select(*_CHANGE)
            .where(_C.hall_id == self._hall, _C.adapter == adapter, text(OPEN), _C.feed_no > after)
            .order_by(_C.feed_no)
            .limit(limit)
        )
        return [Change(**row._mapping) for row in rows]

    def counts(self, adapter: str) -> dict[ExportState, int]:
        rows = self._db.execute(
            select(_C.state, func.count()).where(_C.hall_id == self._hall, _C.adapter == adapter).group_by(_C.state)
        )
        return {row[0]: row[1] for row in rows}

    def refuse(self, adapter: str, change_id: str, lines: Sequence[RefusalLine], digest: str | None = None) -> None:
        self.set_state(adapter, change_id, ExportState.REFUSED)
        if digest is not None:
            self._set_change(adapter, change_id, digest=digest)
        for number, one in enumerate(lines):
            self._db.execute(
                insert(ExportRefusalRow).values(
                    hall_id=self._hall,
                    adapter=adapter,
                    change_id=change_id,
                    line=number,
                    field=one.field,
                    sentence=one.sentence,
                    source=one.by,
                    at=one.at,
                )
            )

    def set_state(self, adapter: str, change_id: str, state: ExportState) -> None:
        self._set_change(adapter, change_id, state=state)
        self._db.execute(
            delete(ExportRefusalRow).where(_F.hall_id == self._hall, _F.adapter == adapter, _F.change_id == change_id)
        )

    def _set_change(self, adapter: str, change_id: str, **values: Any) -> None:
        self._db.execute(
            update(ExportChangeRow)
            .where(_C.hall_id == self._hall, _C.adapter == adapter, _C.change_id == change_id)
            .values(**values)
        )

    def refusals(self, adapter: str, limit: int) -> list[RefusalLine]:
        same = (_F.hall_id == _C.hall_id) & (_F.adapter == _C.adapter) & (_F.change_id == _C.change_id)
        rows = self._db.execute(
            select(
                *(_F.change_id, _C.case_id, _C.case_number, _F.field),
                *(_F.sentence, _F.source.label("by"), _F.at),
            )
            .select_from(ExportRefusalRow)
            .join(ExportChangeRow, same)
            .where(_F.hall_id == self._hall, _F.adapter == adapter)
            .order_by(_C.feed_no, _F.change_id, _F.line)
            .limit(limit)
        )
        return [RefusalLine(**row._mapping) for row in rows]

    # --- batches --------------------------------------------------------------------------------------------------
    def pack(self, adapter: str, batch: StoredBatch, digests: Sequence[str]) -> None:
        values = {one.name: getattr(batch, one.name) for one in fields(StoredBatch)}
        values |= {"change_ids": list(batch.change_ids), "doubts": [asdict(one) for one in batch.doubts]}
        self._db.execute(insert(ExportBatchRow).values(hall_id=self._hall, adapter=adapter, **values))
        self._set_run(adapter, number=batch.number)
        for change_id, digest in zip(batch.change_ids, digests, strict=True):
            self._set_change(adapter, change_id, state=ExportState.PACKED, batch_id=batch.batch_id, digest=digest)
        for start in range(0, len(batch.change_ids), _MANY):
            some = batch.change_ids[start : start + _MANY]
            self._db.execute(
                delete(ExportRefusalRow).where(_F.hall_id == self._hall, _F.adapter == adapter, _F.change_id.in_(some))
            )

    def unsent(self, adapter: str) -> StoredBatch | None:
        row = self._db.execute(
            select(*_HEAD, _B.content)
            .where(_B.hall_id == self._hall, _B.adapter == adapter, _B.sent_at.is_(None))
            .order_by(_B.number)
            .limit(1)
        ).one_or_none()
        return None if row is None else _batch(row)

    def sent(self, adapter: str, batch_id: str, at: datetime, refused: int) -> None:
        self._of_batch(adapter, batch_id, ExportState.SENT)
        self._db.execute(
            update(ExportBatchRow)
            .where(_B.hall_id == self._hall, _B.adapter == adapter, _B.batch_id == batch_id)
            .values(sent_at=at, refused=refused, content=None)
        )

    def unpack(self, adapter: str, batch_id: str) -> None:
        self._of_batch(adapter, batch_id, ExportState.WAITING)
        self._db.execute(
            delete(ExportBatchRow).where(_B.hall_id == self._hall, _B.adapter == adapter, _B.batch_id == batch_id)
        )

    def _of_batch(self, adapter: str, batch_id: str, state: ExportState) -> None:
        mine = (_C.hall_id == self._hall, _C.adapter == adapter, _C.batch_id == batch_id)
        self._db.execute(update(ExportChangeRow).where(*mine, _C.state == ExportState.PACKED).values(state=state))

    def batches(self, adapter: str, limit: int) -> list[StoredBatch]:
        rows = self._db.execute(
            select(*_HEAD)
            .where(_B.hall_id == self._hall, _B.adapter == adapter)
            .order_by(_B.number.desc())
            .limit(limit)
        )
        return [_batch(row) for row in rows]


def _batch(row: Row[*tuple[Any, ...]]) -> StoredBatch:
    values = dict(row._mapping)
    values["change_ids"] = tuple(values["change_ids"])
    values["doubts"] = tuple(Doubt(**one) for one in values["doubts"])
    return StoredBatch(**values)
