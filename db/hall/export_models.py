"""The hall's schema for exports to platforms: how far each adapter is, every change once, batches, refusals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from clerk_app.ports.stores_hall_exports import ChangeKind, ExportState
from db.hall.models import Base
from db.types import ID, EnumText, Json, Moment

OPEN = "state IN ('waiting', 'refused')"
"""As SQL text, for the partial index and the statements that use it."""


class ExportRunRow(Base):
    """One adapter: its cursor in the feed, its last batch number, who is at it."""

    __tablename__ = "export_run"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    adapter: Mapped[str] = mapped_column(String(64), primary_key=True)
    cursor: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    began_at: Mapped[datetime | None] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    trouble: Mapped[str] = mapped_column(Text)
    holder: Mapped[str] = mapped_column(String(64))
    held_until: Mapped[datetime | None] = mapped_column(Moment)


class ExportChangeRow(Base):
    """One change of one case. Its id comes from the window's own ids, so no change can be entered twice."""

    __tablename__ = "export_change"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    adapter: Mapped[str] = mapped_column(String(64), primary_key=True)
    change_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    feed_no: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[str] = mapped_column(ID)
    case_number: Mapped[str] = mapped_column(String(64))
    kind: Mapped[ChangeKind] = mapped_column(EnumText(ChangeKind))
    place: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[ExportState] = mapped_column(EnumText(ExportState))
    batch_id: Mapped[str] = mapped_column(String(36))
    digest: Mapped[str] = mapped_column(String(64))
    __table_args__ = (
        Index(
            "ix_export_change_open",
            "hall_id",
            "adapter",
            "feed_no",
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        Index("ix_export_change_batch", "hall_id", "adapter", "batch_id"),
    )


class ExportBatchRow(Base):
    """What was sent in one go; ``content`` is empty once the platform has it."""

    __tablename__ = "export_batch"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    adapter: Mapped[str] = mapped_column(String(64), primary_key=True)
    batch_id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(128))
    made_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    change_ids: Mapped[list[str]] = mapped_column(Json)
    refused: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    doubts: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    __table_args__ = (Index("uq_export_batch_number", "hall_id", "adapter", "number", unique=True),)


class ExportRefusalRow(Base):
    """One sentence about a change that did not go out."""

    __tablename__ = "export_refusal"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    adapter: Mapped[str] = mapped_column(String(64), primary_key=True)
    change_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True)
    field: Mapped[str] = mapped_column(String(128))
    sentence: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        ForeignKeyConstraint(
            ["hall_id", "adapter", "change_id"],
            ["export_change.hall_id", "export_change.adapter", "export_change.change_id"],
        ),
    )
