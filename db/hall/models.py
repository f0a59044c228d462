"""The hall's schema. Every table that grows has ``hall_id`` first in its key, so that a province can shard by hall."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Float, ForeignKeyConstraint, Index, Integer, LargeBinary, MetaData, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.cases import CaseState
from clerk_app.domain.queue import (
    HoldKind,
    Lane,
    PrintState,
    PriorityClass,
    TicketSource,
    TicketState,
    VisitReason,
)
from db.types import ID, EnumText, Json, Moment


class Base(DeclarativeBase):
    """Names of constraints are fixed, so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class StoreMeta(Base):
    """Facts of the store itself, such as its epoch; a handful of rows for ever."""

    __tablename__ = "store_meta"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class HallRow(Base):
    """One hall; ``profile`` is the domain's ``HallProfile`` without its id."""

    __tablename__ = "hall"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    profile: Mapped[dict[str, Any]] = mapped_column(Json)


class GroupRow(Base):
    """A service group: a queue with its letter."""

    __tablename__ = "service_group"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    group_id: Mapped[str] = mapped_column(ID, primary_key=True)
    prefix: Mapped[str] = mapped_column(String(4))
    name: Mapped[str] = mapped_column(String(64))
    hint: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(64))
    position: Mapped[int] = mapped_column(Integer)
    start: Mapped[int] = mapped_column(Integer)
    daily_limit: Mapped[int] = mapped_column(Integer)
    __table_args__ = (Index("uq_service_group_prefix", "hall_id", "prefix", unique=True),)


class CounterGroupRow(Base):
    """Which groups a window serves and with which weight; without rows it serves all alike (所有窗口同质化)."""

    __tablename__ = "counter_group"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    window_no: Mapped[str] = mapped_column(String(16), primary_key=True)
    group_id: Mapped[str] = mapped_column(ID, primary_key=True)
    weight: Mapped[float] = mapped_column(Float)
    __table_args__ = (
        ForeignKeyConstraint(["hall_id", "group_id"], ["service_group.hall_id", "service_group.group_id"]),
    )


class UserRow(Base):
    """A person who may log in; ``password`` is an argon2id hash."""

    __tablename__ = "app_user"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(ID, primary_key=True)
    login_name: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(64))
    password: Mapped[str] = mapped_column(String(256))
    roles: Mapped[list[str]] = mapped_column(Json)
    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (Index("uq_app_user_login", "hall_id", "login_name", unique=True),)


class DeviceRow(Base):
    """An enrolled device; its token is known by its digest only."""

    __tablename__ = "device"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    device_id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[DeviceKind] = mapped_column(EnumText(DeviceKind))
    name: Mapped[str] = mapped_column(String(64))
    window_no: Mapped[str | None] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64))
    enrolled_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (Index("uq_device_token", "hall_id", "token_hash", unique=True),)


class EnrolCodeRow(Base):
    """A one-time code by the digest of its secret part."""

    __tablename__ = "enrol_code"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[DeviceKind] = mapped_column(EnumText(DeviceKind))
    window_no: Mapped[str | None] = mapped_column(String(16))
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class SessionRow(Base):
    """A login. At most one is live per window; ``fencing`` grows with each login there."""

    __tablename__ = "login_session"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    session_id: Mapped[str] = mapped_column(ID, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(ID)
    device_id: Mapped[str] = mapped_column(ID)
    window_no: Mapped[str | None] = mapped_column(String(16))
    fencing: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        Index(
            "uq_login_session_window",
            "hall_id",
            "window_no",
            unique=True,
            sqlite_where=text("ended_at IS NULL AND window_no IS NOT NULL"),
            postgresql_where=text("ended_at IS NULL AND window_no IS NOT NULL"),
        ),
        Index("uq_login_session_token", "hall_id", "token_hash", unique=True),
        Index("uq_login_session_fencing", "hall_id", "window_no", "fencing", unique=True),
        ForeignKeyConstraint(["hall_id", "user_id"], ["app_user.hall_id", "app_user.user_id"]),
        ForeignKeyConstraint(["hall_id", "device_id"], ["device.hall_id", "device.device_id"]),
    )


QUEUED_NOW = "state IN ('waiting', 'transferred')"
"""``QUEUED`` as SQL text: a partial index is used only by a statement that says the same words."""
ACTIVE_NOW = "state IN ('called', 'serving')"
PASSED = "passed > 0"
_OPEN_PERSON = "state IN ('waiting', 'transferred', 'called', 'serving', 'held') AND person_hash IS NOT NULL"


def _partial(name: str, where: str, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class TicketRow(Base):
    """One ticket. ``person_hash`` is a keyed digest of the ID number; the number itself is never stored here.

    ``order_at`` is the place in the order, ``due_at`` before when nobody may call it (an appointment that came early),
    ``queued_at`` since when it waits this time, ``passed`` how many younger ones were called before it.
    ``pinned_to``: a call was taken back there; its next call gives this ticket again. ``from_group``: its group before
    it was sent on.
    """

    __tablename__ = "ticket"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    ticket_id: Mapped[str] = mapped_column(ID, primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    prefix: Mapped[str] = mapped_column(String(4))
    serial: Mapped[int] = mapped_column(Integer)
    group_id: Mapped[str] = mapped_column(ID)
    state: Mapped[TicketState] = mapped_column(EnumText(TicketState))
    priority: Mapped[PriorityClass] = mapped_column(EnumText(PriorityClass))
    is_priority: Mapped[int] = mapped_column(Integer)
    reason: Mapped[VisitReason] = mapped_column(EnumText(VisitReason))
    matters: Mapped[list[str]] = mapped_column(Json)
    person: Mapped[str] = mapped_column(String(64))
    person_hash: Mapped[str | None] = mapped_column(String(64))
    taken_at: Mapped[datetime] = mapped_column(Moment)
    called_at: Mapped[datetime | None] = mapped_column(Moment)
    last_call_at: Mapped[datetime | None] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    window_no: Mapped[str | None] = mapped_column(String(16))
    recalls: Mapped[int] = mapped_column(Integer)
    print_state: Mapped[PrintState] = mapped_column(EnumText(PrintState))
    prints: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str | None] = mapped_column(String(64))
    lane: Mapped[Lane] = mapped_column(EnumText(Lane))
    source: Mapped[TicketSource] = mapped_column(EnumText(TicketSource))
    order_at: Mapped[datetime] = mapped_column(Moment)
    queued_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    passed: Mapped[int] = mapped_column(Integer)
    wait_s: Mapped[int] = mapped_column(Integer)
    service_s: Mapped[int] = mapped_column(Integer)
    for_window: Mapped[str | None] = mapped_column(String(16))
    for_user: Mapped[str | None] = mapped_column(ID)
    pinned_to: Mapped[str | None] = mapped_column(String(16))
    from_group: Mapped[str | None] = mapped_column(ID)
    hold: Mapped[HoldKind | None] = mapped_column(EnumText(HoldKind))
    held_at: Mapped[datetime | None] = mapped_column(Moment)
    missed_returns: Mapped[int] = mapped_column(Integer)
    case_number: Mapped[str] = mapped_column(String(64))
    pre_check: Mapped[str] = mapped_column(String(64))
    guidance: Mapped[str] = mapped_column(String(64))
    from_window: Mapped[str | None] = mapped_column(String(16))
    __table_args__ = (
        Index("uq_ticket_number", "hall_id", "day", "prefix", "serial", unique=True),
        Index(
            "uq_ticket_active",
            "hall_id",
            "window_no",
            unique=True,
            sqlite_where=text(ACTIVE_NOW),
            postgresql_where=text(ACTIVE_NOW),
        ),
        Index(
            "uq_ticket_person",
            "hall_id",
            "day",
            "person_hash",
            unique=True,
            sqlite_where=text(_OPEN_PERSON),
            postgresql_where=text(_OPEN_PERSON),
        ),
        _partial("ix_ticket_queue", QUEUED_NOW, "hall_id", "day", "group_id", "lane", "order_at", "ticket_id"),
        _partial("ix_ticket_passed", f"{QUEUED_NOW} AND {PASSED}", "hall_id", "day", "order_at", "ticket_id"),
        _partial("ix_ticket_bound", "for_window IS NOT NULL", "hall_id", "for_window"),
        _partial("ix_ticket_mine", "for_user IS NOT NULL", "hall_id", "for_user"),
        _partial("ix_ticket_pinned", "pinned_to IS NOT NULL", "hall_id", "pinned_to"),
        _partial("ix_ticket_order", "due_at IS NULL", "hall_id", "day", "order_at"),
        Index("ix_ticket_calls", "hall_id", "day", "called_at"),
        ForeignKeyConstraint(["hall_id", "group_id"], ["service_group.hall_id", "service_group.group_id"]),
    )


class JournalRow(Base):
    """Event, audit entry and feed in one, append-only. ``payload`` holds no personal data.

    ``feed_no``, ``prev_mac`` and ``mac`` are empty until the sequencer has chained the committed row.
    """

    __tablename__ = "journal"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    entry_id: Mapped[str] = mapped_column(ID, primary_key=True)
    feed_no: Mapped[int | None] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[str] = mapped_column(String(64))
    user_name: Mapped[str] = mapped_column(String(64))
    device_id: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    prev_mac: Mapped[str | None] = mapped_column(String(64))
    mac: Mapped[str | None] = mapped_column(String(64))
    __table_args__ = (
        Index("uq_journal_feed", "hall_id", "feed_no", unique=True),
        Index(
            "ix_journal_unsequenced",
            "hall_id",
            "entry_id",
            sqlite_where=text("feed_no IS NULL"),
            postgresql_where=text("feed_no IS NULL"),
        ),
        Index("ix_journal_subject", "hall_id", "subject"),
    )


class RequestKeyRow(Base):
    """An idempotency key with the digest of what was asked and the answer given."""

    __tablename__ = "request_key"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(Integer)
    response: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("ix_request_key_at", "hall_id", "at"),)


class CaseRow(Base):
    """An intake record, latest revision; ``body`` is the whole record as JSON.

    From ``opened`` on: where the case stands after its acts (``CaseStanding``), kept so that work lists are one query.
    """

    __tablename__ = "intake_case"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ID, primary_key=True)
    record_id: Mapped[str] = mapped_column(ID)
    case_number: Mapped[str] = mapped_column(String(64))
    case_no: Mapped[str] = mapped_column(String(160))
    case_base: Mapped[str] = mapped_column(String(128))
    case_day: Mapped[date] = mapped_column(Date)
    serial: Mapped[int] = mapped_column(Integer)
    ticket_id: Mapped[str | None] = mapped_column(ID)
    window_no: Mapped[str] = mapped_column(String(16))
    matter_code: Mapped[str] = mapped_column(String(128))
    outcome: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(Moment)
    promised_on: Mapped[date | None] = mapped_column(Date)
    revision: Mapped[int] = mapped_column(Integer)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    opened: Mapped[int] = mapped_column(Integer)
    state: Mapped[CaseState] = mapped_column(EnumText(CaseState))
    since: Mapped[datetime | None] = mapped_column(Moment)
    applicant: Mapped[str] = mapped_column(String(256))
    matter_name: Mapped[str] = mapped_column(String(256))
    department: Mapped[str] = mapped_column(String(256))
    instant: Mapped[int] = mapped_column(Integer)
    quantity_limited: Mapped[int] = mapped_column(Integer)
    owes: Mapped[int] = mapped_column(Integer)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    owed_due_at: Mapped[datetime | None] = mapped_column(Moment)
    received_by: Mapped[str] = mapped_column(String(64))
    decided_by: Mapped[str] = mapped_column(String(64))
    sealed_by: Mapped[str] = mapped_column(String(64))
    __table_args__ = (
        Index("uq_intake_case_number", "hall_id", "case_number", unique=True),
        Index("uq_intake_case_no", "hall_id", "case_no", unique=True),
        Index("uq_intake_case_serial", "hall_id", "case_base", "case_day", "serial", unique=True),
        Index("ix_intake_case_ticket", "hall_id", "ticket_id"),
        Index("ix_intake_case_work", "hall_id", "opened", "state", "instant", "due_at"),
        Index("ix_intake_case_owing", "hall_id", "opened", "owes", "owed_due_at"),
        Index("ix_intake_case_sequence", "hall_id", "matter_code", "accepted_at"),
    )


class CaseRevisionRow(Base):
    """Each revision that was acknowledged, by its digest: one revision has one content for ever."""

    __tablename__ = "case_revision"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ID, primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    synced_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (ForeignKeyConstraint(["hall_id", "case_id"], ["intake_case.hall_id", "intake_case.case_id"]),)


class RatingRow(Base):
    """One visit, one rating per stage; ``visit`` is the ticket's or the case's id, ``scheme`` names the code set."""

    __tablename__ = "rating"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    rating_id: Mapped[str] = mapped_column(ID, primary_key=True)
    visit: Mapped[str] = mapped_column(ID)
    stage: Mapped[str] = mapped_column(String(16))
    scheme: Mapped[str] = mapped_column(String(32))
    level: Mapped[int] = mapped_column(Integer)
    rated_at: Mapped[datetime] = mapped_column(Moment)
    synced_at: Mapped[datetime] = mapped_column(Moment)
    window_no: Mapped[str] = mapped_column(String(16))
    body_hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    __table_args__ = (Index("uq_rating_visit", "hall_id", "visit", "stage", unique=True),)


class CatalogueRow(Base):
    """A published version of all matters; ``body`` is the gzip form of the JSON that windows get."""

    __tablename__ = "catalogue"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    published_at: Mapped[datetime] = mapped_column(Moment)
    count: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)
