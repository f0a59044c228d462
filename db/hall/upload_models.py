"""Tables of the files that windows send: printed papers and scanned pages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from clerk_app.ports.hall_sync import FileKind, FileSubject
from db.hall.models import Base
from db.types import ID, EnumText, Moment


class UploadRow(Base):
    """A file without its content. ``synced_at`` is null until all of it is there and checked."""

    __tablename__ = "upload"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    file_id: Mapped[str] = mapped_column(ID, primary_key=True)
    subject: Mapped[FileSubject] = mapped_column(EnumText(FileSubject))
    subject_id: Mapped[str] = mapped_column(ID)
    kind: Mapped[FileKind] = mapped_column(EnumText(FileKind))
    media_type: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    sha: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Moment)
    window_no: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(String(64))
    reprint: Mapped[int] = mapped_column(Integer)
    material_id: Mapped[str] = mapped_column(String(128))
    position: Mapped[int] = mapped_column(Integer)
    sheets: Mapped[int] = mapped_column(Integer)
    body_hash: Mapped[str] = mapped_column(String(64))
    begun_at: Mapped[datetime] = mapped_column(Moment)
    synced_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        Index("ix_upload_subject", "hall_id", "subject_id", "made_at"),
        Index("ix_upload_unfinished", "hall_id", "synced_at", "begun_at"),
    )


class UploadChunkRow(Base):
    """One piece of a file, sealed (SM4-GCM) under the hall's key on every engine."""

    __tablename__ = "upload_chunk"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    file_id: Mapped[str] = mapped_column(ID, primary_key=True)
    chunk_no: Mapped[int] = mapped_column(Integer, primary_key=True)
    size: Mapped[int] = mapped_column(Integer)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (ForeignKeyConstraint(["hall_id", "file_id"], ["upload.hall_id", "upload.file_id"]),)
