"""Tables of the ticket machine's store; a handful of rows a day, and only on days without a server."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from clerk_app.domain.queue import PrintState, PriorityClass, VisitReason
from db.types import ID, EnumText, Json, Moment


class Base(DeclarativeBase):
    """One machine's tables: no hall in the keys, because the file never holds another's."""


class FactTable(Base):
    """Named facts; ``schema`` is the version of the tables."""

    __tablename__ = "fact"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class BlockTable(Base):
    """A reserved block; ``device_id`` is the enrolment it was reserved under."""

    __tablename__ = "number_block"
    block_no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    device_id: Mapped[str] = mapped_column(ID)


class UseTable(Base):
    """How many numbers of a block were given out on a day."""

    __tablename__ = "block_use"
    block_no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    used: Mapped[int] = mapped_column(Integer)


class NumberTable(Base):
    """A number that was given out."""

    __tablename__ = "emergency_number"
    ticket_id: Mapped[str] = mapped_column(ID, primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    number: Mapped[str] = mapped_column(String(16))
    group_id: Mapped[str] = mapped_column(ID)
    group_name: Mapped[str] = mapped_column(Text)
    priority: Mapped[PriorityClass] = mapped_column(EnumText(PriorityClass))
    reason: Mapped[VisitReason] = mapped_column(EnumText(VisitReason))
    matters: Mapped[list[Any]] = mapped_column(Json)
    taken_at: Mapped[datetime] = mapped_column(Moment)
    instead_of: Mapped[str] = mapped_column(String(64))
    print_state: Mapped[PrintState] = mapped_column(EnumText(PrintState))
    merged_id: Mapped[str | None] = mapped_column(ID)
    refused: Mapped[str] = mapped_column(Text)
    told: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
