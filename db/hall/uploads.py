"""Files of windows in SQL; the pieces lie in a table of their own, so that lists never read them."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from clerk_app.ports.hall_sync import FileHead, FileSubject
from clerk_app.ports.stores_hall_sync import Chunk, FileState
from db.hall.case_models import ConsultationRow
from db.hall.models import CaseRow
from db.hall.upload_models import UploadChunkRow, UploadRow

_U = UploadRow.__table__.c
_C = UploadChunkRow.__table__.c
_HEAD = tuple(item.name for item in fields(FileHead))
_COLUMNS = (*(_U[name] for name in _HEAD), _U.body_hash, _U.begun_at, _U.synced_at)


def _state(row: Row[Any]) -> FileState:
    head = FileHead(**{name: getattr(row, name) for name in _HEAD})
    return FileState(head, row.body_hash, row.begun_at, row.synced_at)


class SqlUploads:
    """``UploadStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def get(self, file_id: str) -> FileState | None:
        row = self._db.execute(select(*_COLUMNS).where(_U.hall_id == self._hall, _U.file_id == file_id)).one_or_none()
        return None if row is None else _state(row)

    def add(self, file: FileState) -> None:
        values = asdict(file.head) | {"body_hash": file.body_hash, "begun_at": file.begun_at, "synced_at": None}
        self._db.execute(insert(UploadRow).values(hall_id=self._hall, **values))

    def numbers(self, file_id: str) -> list[int]:
        here = select(_C.chunk_no).where(_C.hall_id == self._hall, _C.file_id == file_id)
        return list(self._db.execute(here.order_by(_C.chunk_no)).scalars())

    def add_chunk(self, file_id: str, chunk: Chunk) -> None:
        # The row of the file is held meanwhile: two requests with one piece come one after the other.
        self._db.execute(
            select(_U.file_id).where(_U.hall_id == self._hall, _U.file_id == file_id).with_for_update()
        ).one()
        place = (_C.hall_id == self._hall, _C.file_id == file_id, _C.chunk_no == chunk.number)
        if self._db.execute(select(_C.chunk_no).where(*place)).first() is not None:
            return
        values = {"file_id": file_id, "chunk_no": chunk.number, "size": chunk.size, "sealed": chunk.sealed}
        self._db.execute(insert(UploadChunkRow).values(hall_id=self._hall, **values))

    def chunk(self, file_id: str, number: int) -> Chunk | None:
        row = self._db.execute(
            select(_C.size, _C.sealed).where(_C.hall_id == self._hall, _C.file_id == file_id, _C.chunk_no == number)
        ).one_or_none()
        return None if row is None else Chunk(number, row.size, bytes(row.sealed))

    def forget_chunks(self, file_id: str) -> None:
        self._db.execute(delete(UploadChunkRow).where(_C.hall_id == self._hall, _C.file_id == file_id))

    def finish(self, file_id: str, at: datetime) -> None:
        unfinished = (_U.hall_id == self._hall, _U.file_id == file_id, _U.synced_at.is_(None))
        self._db.execute(update(UploadRow).where(*unfinished).values(synced_at=at))

    def of_subject(self, subject_id: str) -> list[FileState]:
        whole = select(*_COLUMNS).where(
            _U.hall_id == self._hall, _U.subject_id == subject_id, _U.synced_at.is_not(None)
        )
        return [_state(row) for row in self._db.execute(whole.order_by(_U.made_at, _U.file_id))]

    def known_subject(self, kind: str, subject_id: str) -> bool:
        if kind == FileSubject.CASE:
            found = select(CaseRow.case_id).where(CaseRow.hall_id == self._hall, CaseRow.case_id == subject_id)
        else:
            given = ConsultationRow.__table__.c
            found = select(given.consultation_id).where(
                given.hall_id == self._hall, given.consultation_id == subject_id
            )
        return self._db.execute(found).first() is not None
