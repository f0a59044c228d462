"""Sheets and the outbox in SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from clerk_app.domain.errors import Conflict
from clerk_app.ports.window import (
    NewPaper,
    OutboxEntry,
    OutboxKind,
    OutboxState,
    PaperState,
    StoredPaper,
)
from db.window.cases import rows_of, values_of
from db.window.models import OutboxTable, PaperTable

_PAPER = PaperTable.__table__.c
_OUTBOX = OutboxTable.__table__.c


class SqlPapers:
    """``PaperStore`` in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id
        self._read = rows_of(StoredPaper, _PAPER, hall_id)

    def add(self, new: NewPaper) -> None:
        last = select(func.max(_PAPER.position)).where(
            _PAPER.hall_id == self._hall, _PAPER.case_id == new.paper.case_id
        )
        position = (self._db.execute(last).scalar_one() or 0) + 1
        self._db.execute(
            insert(PaperTable).values(
                hall_id=self._hall,
                position=position,
                content=new.content,
                source=new.source,
                **values_of(new.paper),
            )
        )

    def get(self, paper_id: str) -> StoredPaper | None:
        row = self._db.execute(self._read.where(_PAPER.paper_id == paper_id)).first()
        return StoredPaper(*row) if row else None

    def content(self, paper_id: str) -> bytes:
        found = select(_PAPER.content).where(_PAPER.hall_id == self._hall, _PAPER.paper_id == paper_id)
        content: bytes = self._db.execute(found).scalar_one()
        return content

    def source(self, paper_id: str) -> dict[str, Any]:
        found = select(_PAPER.source).where(_PAPER.hall_id == self._hall, _PAPER.paper_id == paper_id)
        source: dict[str, Any] = self._db.execute(found).scalar_one()
        return source

    def of_case(self, case_id: str) -> list[StoredPaper]:
        rows = self._db.execute(self._read.where(_PAPER.case_id == case_id).order_by(_PAPER.position))
        return [StoredPaper(*row) for row in rows]

    def in_state(self, state: PaperState) -> list[StoredPaper]:
        rows = self._db.execute(
            self._read.where(_PAPER.state == state).order_by(_PAPER.made_at, _PAPER.case_id, _PAPER.position)
        )
        return [StoredPaper(*row) for row in rows]

    def move(self, paper_id: str, expected: PaperState, state: PaperState, at: datetime, sentence: str) -> StoredPaper:
        changed = self._db.execute(
            update(PaperTable)
            .where(_PAPER.hall_id == self._hall, _PAPER.paper_id == paper_id, _PAPER.state == expected)
            .values(state=state, state_at=at, sentence=sentence)
        )
        if changed.rowcount != 1:
            raise Conflict("这张纸的状态刚变过，请看最新的状态")
        moved = self.get(paper_id)
        assert moved is not None
        return moved


class SqlOutbox:
    """``OutboxStore`` in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id
        self._read = rows_of(OutboxEntry, _OUTBOX, hall_id)

    def add(self, entry: OutboxEntry) -> OutboxEntry:
        last = select(func.max(_OUTBOX.position)).where(_OUTBOX.hall_id == self._hall)
        values = {**values_of(entry), "position": (self._db.execute(last).scalar_one() or 0) + 1}
        self._db.execute(insert(OutboxTable).values(hall_id=self._hall, **values))
        return OutboxEntry(**values)

    def waiting(self, after: int, limit: int, *, files: bool = False) -> list[OutboxEntry]:
        rows = self._db.execute(
            self._read.where(_OUTBOX.state == OutboxState.WAITING, _OUTBOX.position > after, _of_kind(files))
            .order_by(_OUTBOX.position)
            .limit(limit)
        )
        return [OutboxEntry(*row) for row in rows]

    def of_stream(self, stream: str, after: int) -> list[OutboxEntry]:
        rows = self._db.execute(
            self._read.where(
                *(_OUTBOX.stream == stream, _OUTBOX.state == OutboxState.WAITING),
                *(_OUTBOX.position > after, _of_kind(files=False)),
            ).order_by(_OUTBOX.position)
        )
        return [OutboxEntry(*row) for row in rows]

    def set_aside(self) -> list[OutboxEntry]:
        rows = self._db.execute(self._read.where(_OUTBOX.state == OutboxState.SET_ASIDE).order_by(_OUTBOX.position))
        return [OutboxEntry(*row) for row in rows]

    def get(self, entry_id: str) -> OutboxEntry | None:
        row = self._db.execute(self._read.where(_OUTBOX.entry_id == entry_id)).first()
        return OutboxEntry(*row) if row else None

    def counts(self, *, files: bool = False) -> tuple[int, datetime | None]:
        found = select(func.count(), func.min(_OUTBOX.made_at)).where(
            _OUTBOX.hall_id == self._hall, _OUTBOX.state == OutboxState.WAITING, _of_kind(files)
        )
        count, oldest = self._db.execute(found).one()
        return count, oldest

    def mark(self, entry_id: str, state: OutboxState, at: datetime, reason: str) -> None:
        done_at = at if state is OutboxState.DONE else None
        self._db.execute(
            update(OutboxTable)
            .where(_OUTBOX.hall_id == self._hall, _OUTBOX.entry_id == entry_id)
            .values(state=state, done_at=done_at, reason=reason)
        )

    def reopen_done(self) -> int:
        changed = self._db.execute(
            update(OutboxTable)
            .where(_OUTBOX.hall_id == self._hall, _OUTBOX.state == OutboxState.DONE)
            .values(state=OutboxState.WAITING, done_at=None)
        )
        return changed.rowcount

    def reopen_set_aside(self) -> int:
        changed = self._db.execute(
            update(OutboxTable)
            .where(_OUTBOX.hall_id == self._hall, _OUTBOX.state == OutboxState.SET_ASIDE)
            .values(state=OutboxState.WAITING, reason="")
        )
        return changed.rowcount


def _of_kind(files: bool) -> ColumnElement[bool]:
    """Files wait behind all records: they are large, and nobody waits for them."""
    return _OUTBOX.kind == OutboxKind.FILE if files else _OUTBOX.kind != OutboxKind.FILE
