"""The table of what devices told of the time without a server."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.hall.models import Base
from db.types import ID, Moment


class EmergencyVisitRow(Base):
    """One device's word about one number; several may be about one ticket."""

    __tablename__ = "emergency_visit"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    told_id: Mapped[str] = mapped_column(ID, primary_key=True)
    ticket_id: Mapped[str] = mapped_column(ID)
    device_id: Mapped[str] = mapped_column(ID)
    day: Mapped[date] = mapped_column(Date)
    number: Mapped[str] = mapped_column(String(16))
    window_no: Mapped[str] = mapped_column(String(16))
    stage: Mapped[int] = mapped_column(Integer)
    taken_at: Mapped[datetime] = mapped_column(Moment)
    called_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(String(64))
    conflict: Mapped[str] = mapped_column(Text)
    merged_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        Index("ix_emergency_visit_ticket", "hall_id", "ticket_id"),
        Index("ix_emergency_visit_day", "hall_id", "day", "number"),
    )
