"""The hall's schema for sending on to the city's server: how far it is, and what did not go."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.hall.models import Base
from db.types import ID, Moment


class UpwardRunRow(Base):
    """One row per hall: its cursors in the feed, the city's store, who is at it."""

    __tablename__ = "upward_run"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    cursor: Mapped[int] = mapped_column(Integer)
    file_cursor: Mapped[int] = mapped_column(Integer)
    epoch: Mapped[str] = mapped_column(String(64))
    speech: Mapped[str] = mapped_column(String(64))
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    trouble: Mapped[str] = mapped_column(Text)
    trouble_since: Mapped[datetime | None] = mapped_column(Moment)
    holder: Mapped[str] = mapped_column(String(64))
    held_until: Mapped[datetime | None] = mapped_column(Moment)


class UpwardLineRow(Base):
    """A record or file that was not taken, by the feed number of its journal entry."""

    __tablename__ = "upward_line"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    feed_no: Mapped[int] = mapped_column(Integer, primary_key=True)
    is_file: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(32))
    record_id: Mapped[str] = mapped_column(ID)
    stream: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(64))
    aside: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("ix_upward_line_open", "hall_id", "aside", "is_file", "feed_no"),)
