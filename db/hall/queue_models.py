"""Tables around the tickets: windows, the hall's day, settings, notices, roster, appointments, reserved blocks."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Date, ForeignKeyConstraint, Index, Integer, String, Text, Time, text
from sqlalchemy.orm import Mapped, mapped_column

from clerk_app.domain.queue import AwayReason, VisitReason, WindowState
from clerk_app.ports.hall_running import AppointmentState
from db.hall.models import Base
from db.types import ID, EnumText, Json, Moment


class CounterRow(Base):
    """What a window does. ``seen_at``: when it was last heard of while free. Of ``CALLING`` and ``BUSY`` the ticket
    there knows better; the row keeps ``BUSY`` for both."""

    __tablename__ = "counter"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    window_no: Mapped[str] = mapped_column(String(16), primary_key=True)
    state: Mapped[WindowState] = mapped_column(EnumText(WindowState))
    since: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    away: Mapped[AwayReason | None] = mapped_column(EnumText(AwayReason))
    user_id: Mapped[str] = mapped_column(String(64))
    user_name: Mapped[str] = mapped_column(String(64))
    device_id: Mapped[str] = mapped_column(String(64))
    __table_args__ = (
        Index(
            "ix_counter_free",
            "hall_id",
            "window_no",
            sqlite_where=text("state = 'free'"),
            postgresql_where=text("state = 'free'"),
        ),
    )


class CounterTurnRow(Base):
    """Preferred calls in a row of a window on a day."""

    __tablename__ = "counter_turn"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    window_no: Mapped[str] = mapped_column(String(16), primary_key=True)
    in_a_row: Mapped[int] = mapped_column(Integer)


class HallDayRow(Base):
    """A day of the hall with its dispatch secret (64 hex digits), which nobody reads before the closing."""

    __tablename__ = "hall_day"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    opened_by: Mapped[str] = mapped_column(String(64))
    secret: Mapped[str] = mapped_column(String(64))
    commitment: Mapped[str] = mapped_column(String(64))
    outside: Mapped[str] = mapped_column(String(256))
    outside_source: Mapped[str] = mapped_column(String(256))
    mixed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str] = mapped_column(String(64))


class HallSettingRow(Base):
    """A named setting of the hall as JSON; ``queue`` holds the ``QueueRules``."""

    __tablename__ = "hall_setting"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(Json)


class NoticeRow(Base):
    """A text for the public."""

    __tablename__ = "hall_notice"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    notice_id: Mapped[str] = mapped_column(ID, primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    from_at: Mapped[datetime] = mapped_column(Moment)
    until_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("ix_hall_notice_until", "hall_id", "until_at"),)


class RosterRow(Base):
    """Who sits where and when."""

    __tablename__ = "roster"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    entry_id: Mapped[str] = mapped_column(ID, primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    window_no: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[str] = mapped_column(ID)
    from_time: Mapped[time] = mapped_column(Time)
    to_time: Mapped[time] = mapped_column(Time)
    __table_args__ = (
        Index("ix_roster_day", "hall_id", "day"),
        ForeignKeyConstraint(["hall_id", "user_id"], ["app_user.hall_id", "app_user.user_id"]),
    )


class AppointmentRow(Base):
    """A booked slot; the person by masked name and keyed hash only. ``place`` counts from 0 within the slot: its
    unique index keeps a slot from being booked more often than it has places, whoever books at once."""

    __tablename__ = "appointment"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    appointment_id: Mapped[str] = mapped_column(ID, primary_key=True)
    code: Mapped[str] = mapped_column(String(8))
    day: Mapped[date] = mapped_column(Date)
    group_id: Mapped[str] = mapped_column(ID)
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    place: Mapped[int] = mapped_column(Integer)
    person: Mapped[str] = mapped_column(String(64))
    person_hash: Mapped[str] = mapped_column(String(64))
    birth: Mapped[date | None] = mapped_column(Date)
    matters: Mapped[list[str]] = mapped_column(Json)
    reason: Mapped[VisitReason] = mapped_column(EnumText(VisitReason))
    state: Mapped[AppointmentState] = mapped_column(EnumText(AppointmentState))
    ticket_id: Mapped[str | None] = mapped_column(ID)
    booked_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        Index("uq_appointment_code", "hall_id", "code", unique=True),
        Index("ix_appointment_slot", "hall_id", "day", "group_id", "starts_at"),
        Index(
            "uq_appointment_place",
            "hall_id",
            "group_id",
            "starts_at",
            "place",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
        Index(
            "uq_appointment_person",
            "hall_id",
            "person_hash",
            "starts_at",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
        ForeignKeyConstraint(["hall_id", "group_id"], ["service_group.hall_id", "service_group.group_id"]),
    )


class NumberBlockRow(Base):
    """A reserved block of numbers; it belongs to one device for ever."""

    __tablename__ = "number_block"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    block_no: Mapped[int] = mapped_column(Integer, primary_key=True)
    device_id: Mapped[str] = mapped_column(ID)
    reserved_at: Mapped[datetime] = mapped_column(Moment)
