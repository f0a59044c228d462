"""The window's schema. Every table that grows has ``hall_id`` first in its key, as in the hall's store."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, Index, Integer, LargeBinary, MetaData, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from clerk_app.domain.acts import SealKind
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.papers import PaperKind
from clerk_app.ports.window import Medium, OutboxKind, OutboxState, PaperState, Step
from clerk_app.ports.window_files import ActState
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


class BindingTable(Base):
    """The one binding of the store to hall, window and machine."""

    __tablename__ = "binding"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    store_id: Mapped[str] = mapped_column(ID)
    epoch: Mapped[str] = mapped_column(ID)
    hall_code: Mapped[str] = mapped_column(String(16))
    window_no: Mapped[str] = mapped_column(String(16))
    device_id: Mapped[str] = mapped_column(ID)
    fingerprint: Mapped[str] = mapped_column(String(64))
    bound_at: Mapped[datetime] = mapped_column(Moment)


class FactTable(Base):
    """Named facts of the store, such as the server's epoch; a handful of rows for ever."""

    __tablename__ = "store_fact"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class SeriesTable(Base):
    """The last value given out of each number series."""

    __tablename__ = "number_series"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    series: Mapped[str] = mapped_column(String(64), primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class DraftTable(Base):
    """A case that is not concluded; ``body`` is the whole intake."""

    __tablename__ = "draft"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(String(64))
    user_name: Mapped[str] = mapped_column(String(64))
    step: Mapped[Step] = mapped_column(EnumText(Step))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime | None] = mapped_column(Moment)
    ticket_id: Mapped[str | None] = mapped_column(ID)
    ticket_number: Mapped[str] = mapped_column(String(16))
    applicant_name: Mapped[str] = mapped_column(Text)
    matter_code: Mapped[str] = mapped_column(String(128))
    matter_name: Mapped[str] = mapped_column(Text)
    matter_version: Mapped[int] = mapped_column(Integer)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    abandoned_at: Mapped[datetime | None] = mapped_column(Moment)
    abandon_reason: Mapped[str] = mapped_column(Text)


class CaseTable(Base):
    """A concluded case; ``body`` is the whole conclusion. ``record_id``, ``case_no`` and ``synced_at`` come from the
    server; ``origin`` is the window that concluded it, empty for this one."""

    __tablename__ = "concluded_case"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_number: Mapped[str] = mapped_column(String(64))
    document_number: Mapped[str] = mapped_column(String(64))
    day: Mapped[date] = mapped_column(Date)
    user_id: Mapped[str] = mapped_column(String(64))
    user_name: Mapped[str] = mapped_column(String(64))
    state: Mapped[CaseState] = mapped_column(EnumText(CaseState))
    applicant_name: Mapped[str] = mapped_column(Text)
    matter_code: Mapped[str] = mapped_column(String(128))
    matter_name: Mapped[str] = mapped_column(Text)
    ticket_id: Mapped[str | None] = mapped_column(ID)
    ticket_number: Mapped[str] = mapped_column(String(16))
    called_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    concluded_at: Mapped[datetime] = mapped_column(Moment)
    promised_at: Mapped[datetime | None] = mapped_column(Moment)
    tolerance_due: Mapped[datetime | None] = mapped_column(Moment)
    supplement_due: Mapped[datetime | None] = mapped_column(Moment)
    revision: Mapped[int] = mapped_column(Integer)
    request_sha: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    record_id: Mapped[str | None] = mapped_column(ID)
    case_no: Mapped[str | None] = mapped_column(String(160))
    synced_at: Mapped[datetime | None] = mapped_column(Moment)
    origin: Mapped[str] = mapped_column(String(16), server_default="")
    __table_args__ = (
        Index("uq_concluded_case_number", "hall_id", "case_number", unique=True),
        Index(
            "uq_concluded_case_document",
            "hall_id",
            "document_number",
            unique=True,
            sqlite_where=text("document_number <> ''"),
        ),
        Index("ix_concluded_case_day", "hall_id", "day", "user_id"),
        Index("ix_concluded_case_state", "hall_id", "state"),
    )


class PaperTable(Base):
    """One sheet. ``content`` are the bytes as printed, ``source`` the value they were drawn from; ``offered_at`` is
    when it got its entry in the outbox."""

    __tablename__ = "paper"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    paper_id: Mapped[str] = mapped_column(ID, primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[str] = mapped_column(ID)
    original_id: Mapped[str] = mapped_column(ID)
    kind: Mapped[PaperKind] = mapped_column(EnumText(PaperKind))
    medium: Mapped[Medium] = mapped_column(EnumText(Medium))
    title: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(String(64))
    copies: Mapped[int] = mapped_column(Integer)
    reprint: Mapped[int] = mapped_column(Integer)
    sha: Mapped[str] = mapped_column(String(64))
    state: Mapped[PaperState] = mapped_column(EnumText(PaperState))
    state_at: Mapped[datetime] = mapped_column(Moment)
    made_at: Mapped[datetime] = mapped_column(Moment)
    sentence: Mapped[str] = mapped_column(Text)
    source: Mapped[dict[str, Any]] = mapped_column(Json)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    offered_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        Index("uq_paper_position", "hall_id", "case_id", "position", unique=True),
        Index("ix_paper_state", "hall_id", "state"),
        Index("ix_paper_offered", "hall_id", "offered_at", "state"),
    )


class OutboxTable(Base):
    """A request for the server, with the key under which it is repeated."""

    __tablename__ = "outbox"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    entry_id: Mapped[str] = mapped_column(ID, primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    stream: Mapped[str] = mapped_column(ID)
    kind: Mapped[OutboxKind] = mapped_column(EnumText(OutboxKind))
    key: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    made_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[OutboxState] = mapped_column(EnumText(OutboxState))
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        Index("uq_outbox_position", "hall_id", "position", unique=True),
        Index("ix_outbox_state", "hall_id", "state", "position"),
    )


class ActTable(Base):
    """An act on a case; ``body`` is the whole act, ``position`` the server's place of it (0: not known yet)."""

    __tablename__ = "case_act"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    act_id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ID)
    step: Mapped[CaseStep] = mapped_column(EnumText(CaseStep))
    at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[ActState] = mapped_column(EnumText(ActState))
    position: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    __table_args__ = (
        Index("ix_case_act_case", "hall_id", "case_id", "position"),
        Index("ix_case_act_state", "hall_id", "state"),
    )


class SignatureTable(Base):
    """A signature on the citizen's screen, bound to the content by ``digest``."""

    __tablename__ = "signature"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    signature_id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ID)
    paper_id: Mapped[str] = mapped_column(ID)
    digest: Mapped[str] = mapped_column(String(64))
    signer: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime] = mapped_column(Moment)
    strokes: Mapped[list[Any]] = mapped_column(Json)
    __table_args__ = (Index("ix_signature_case", "hall_id", "case_id", "signed_at"),)


class SealTable(Base):
    """The seal register: which seal on which paper, by whom, when, how often; triggers refuse every change."""

    __tablename__ = "seal_use"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    use_id: Mapped[str] = mapped_column(ID, primary_key=True)
    seal: Mapped[SealKind] = mapped_column(EnumText(SealKind))
    case_id: Mapped[str] = mapped_column(ID)
    paper_id: Mapped[str] = mapped_column(ID)
    paper_kind: Mapped[PaperKind] = mapped_column(EnumText(PaperKind))
    paper_number: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(String(64))
    user_name: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)
    count: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        Index("ix_seal_use_paper", "hall_id", "paper_id"),
        Index("ix_seal_use_at", "hall_id", "at"),
    )


class VisitTable(Base):
    """A visit that ended here; ``reasons`` and ``case_ids`` are lists."""

    __tablename__ = "visit"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    visit: Mapped[str] = mapped_column(ID, primary_key=True)
    ticket_id: Mapped[str | None] = mapped_column(ID)
    reasons: Mapped[list[str]] = mapped_column(Json)
    case_ids: Mapped[list[str]] = mapped_column(Json)
    began_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("ix_visit_ended", "hall_id", "ended_at"),)


class ConsultationTable(Base):
    """Advice without a case."""

    __tablename__ = "consultation"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    consultation_id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[str] = mapped_column(String(64))
    matter_code: Mapped[str] = mapped_column(String(128))
    matter_name: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    __table_args__ = (
        Index("uq_consultation_number", "hall_id", "number", unique=True),
        Index("ix_consultation_given", "hall_id", "given_at"),
    )


class RatingTable(Base):
    """One visit, one rating per stage."""

    __tablename__ = "rating"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    visit: Mapped[str] = mapped_column(ID, primary_key=True)
    stage: Mapped[str] = mapped_column(String(16), primary_key=True)
    rating_id: Mapped[str] = mapped_column(ID)
    level: Mapped[int] = mapped_column(Integer)
    rated_at: Mapped[datetime] = mapped_column(Moment)
    synced_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (Index("uq_rating_id", "hall_id", "rating_id", unique=True),)


class KnownUserTable(Base):
    """Who logged in here while the server answered; ``password`` is an argon2id hash."""

    __tablename__ = "known_user"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    login_name: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(64))
    roles: Mapped[list[str]] = mapped_column(Json)
    password: Mapped[str] = mapped_column(String(256))
    confirmed_at: Mapped[datetime] = mapped_column(Moment)
    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)


class JournalTable(Base):
    """The audit trail, chained; triggers refuse every change and deletion."""

    __tablename__ = "journal"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    entry_no: Mapped[int] = mapped_column(Integer, primary_key=True)
    entry_id: Mapped[str] = mapped_column(ID)
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[str] = mapped_column(String(64))
    user_name: Mapped[str] = mapped_column(String(64))
    device_id: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    prev_mac: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))
    __table_args__ = (
        Index("uq_journal_entry", "hall_id", "entry_id", unique=True),
        Index("ix_journal_subject", "hall_id", "subject"),
    )


class CatalogueTable(Base):
    """Which generation of matters is in use; one row per hall."""

    __tablename__ = "catalogue"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    generation: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    published_at: Mapped[datetime] = mapped_column(Moment)


class MatterTable(Base):
    """A matter of one generation; generations that are not in use are being written or swept."""

    __tablename__ = "matter"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    generation: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(128), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    department: Mapped[str] = mapped_column(Text)
    type_name: Mapped[str] = mapped_column(Text)
    pinyin: Mapped[str] = mapped_column(Text)
    initials: Mapped[str] = mapped_column(Text)
    has_materials: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    body: Mapped[dict[str, Any]] = mapped_column(Json)


class MatterUseTable(Base):
    """How often each matter was chosen here."""

    __tablename__ = "matter_use"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    code: Mapped[str] = mapped_column(String(128), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(Moment)
