"""Tables of the time without a server."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from clerk_app.domain.queue import PrintState, PriorityClass, VisitReason
from db.types import ID, EnumText, Moment
from db.window.models import Base


class BlockTable(Base):
    """A reserved block of numbers."""

    __tablename__ = "number_block"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    block_no: Mapped[int] = mapped_column(Integer, primary_key=True)
    device_id: Mapped[str] = mapped_column(ID)
    reserved_at: Mapped[datetime] = mapped_column(Moment)


class EmergencyTable(Base):
    """One number that was given or called here without the server."""

    __tablename__ = "emergency_visit"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    ticket_id: Mapped[str] = mapped_column(ID, primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    number: Mapped[str] = mapped_column(String(16))
    given: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    group_id: Mapped[str] = mapped_column(ID)
    group_name: Mapped[str] = mapped_column(Text)
    priority: Mapped[PriorityClass] = mapped_column(EnumText(PriorityClass))
    reason: Mapped[VisitReason] = mapped_column(EnumText(VisitReason))
    taken_at: Mapped[datetime] = mapped_column(Moment)
    called_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(String(64))
    print_state: Mapped[PrintState] = mapped_column(EnumText(PrintState))
    merged_id: Mapped[str | None] = mapped_column(ID)
    conflict: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index("ix_emergency_visit_day", "hall_id", "day", "taken_at"),)
