"""The hall's schema for what follows the conclusion of a case; the other half of ``models``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKeyConstraint, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from clerk_app.domain.acts import SealKind
from clerk_app.domain.cases import CaseState, CaseStep
from db.hall.models import Base
from db.types import ID, EnumText, Json, Moment


class CaseActRow(Base):
    """One act, append-only; ``state`` is the case's after it. ``body`` is the whole act as JSON."""

    __tablename__ = "case_act"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    act_id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ID)
    position: Mapped[int] = mapped_column(Integer)
    step: Mapped[CaseStep] = mapped_column(EnumText(CaseStep))
    state: Mapped[CaseState] = mapped_column(EnumText(CaseState))
    at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    body_hash: Mapped[str] = mapped_column(String(64))
    synced_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        Index("uq_case_act_position", "hall_id", "case_id", "position", unique=True),
        ForeignKeyConstraint(["hall_id", "case_id"], ["intake_case.hall_id", "intake_case.case_id"]),
    )


class CasePersonRow(Base):
    """Whose results these are: a keyed digest of a number, never the number."""

    __tablename__ = "case_person"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    case_id: Mapped[str] = mapped_column(ID, primary_key=True)
    __table_args__ = (
        Index("ix_case_person_case", "hall_id", "case_id"),
        ForeignKeyConstraint(["hall_id", "case_id"], ["intake_case.hall_id", "intake_case.case_id"]),
    )


class SealUseRow(Base):
    """One line of the seal register, of both seals."""

    __tablename__ = "seal_use"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    use_id: Mapped[str] = mapped_column(ID, primary_key=True)
    seal: Mapped[SealKind] = mapped_column(EnumText(SealKind))
    case_id: Mapped[str] = mapped_column(ID)
    at: Mapped[datetime] = mapped_column(Moment)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    body_hash: Mapped[str] = mapped_column(String(64))
    synced_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("ix_seal_use_at", "hall_id", "at"),)


class VisitRow(Base):
    """One visit with its reasons."""

    __tablename__ = "visit"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    visit: Mapped[str] = mapped_column(ID, primary_key=True)
    began_at: Mapped[datetime] = mapped_column(Moment)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    body_hash: Mapped[str] = mapped_column(String(64))
    synced_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("ix_visit_began", "hall_id", "began_at"),)


class VisitCaseRow(Base):
    """Which cases a visit touched. No foreign key to the case: a visit may arrive before its case does."""

    __tablename__ = "visit_case"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ID, primary_key=True)
    visit: Mapped[str] = mapped_column(ID, primary_key=True)
    __table_args__ = (ForeignKeyConstraint(["hall_id", "visit"], ["visit.hall_id", "visit.visit"]),)


class ConsultationRow(Base):
    """Advice without a case. ``page_hash`` is the keyed digest of its public page's token."""

    __tablename__ = "consultation"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    consultation_id: Mapped[str] = mapped_column(ID, primary_key=True)
    given_at: Mapped[datetime] = mapped_column(Moment)
    page_hash: Mapped[str | None] = mapped_column(String(64))
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    body_hash: Mapped[str] = mapped_column(String(64))
    synced_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("uq_consultation_page", "hall_id", "page_hash", unique=True),)


class SignatureRow(Base):
    """A signature on the citizen's screen."""

    __tablename__ = "signature"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    signature_id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ID)
    signed_at: Mapped[datetime] = mapped_column(Moment)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    body_hash: Mapped[str] = mapped_column(String(64))
    synced_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("ix_signature_case", "hall_id", "case_id"),)


class ApprovalRow(Base):
    """A supervisor's consent by a second login; ``used_by`` is the act that it was used for."""

    __tablename__ = "approval"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    approval_id: Mapped[str] = mapped_column(ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(String(32))
    case_id: Mapped[str] = mapped_column(String(36))
    reason: Mapped[str] = mapped_column(String(1024))
    at: Mapped[datetime] = mapped_column(Moment)
    asked_by: Mapped[str] = mapped_column(String(64))
    window_no: Mapped[str] = mapped_column(String(16))
    used_by: Mapped[str] = mapped_column(String(36))


class PreCheckRow(Base):
    """网上预审 by its number; ``used_by`` is the case that was filled from it, empty while there is none."""

    __tablename__ = "pre_check"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[str] = mapped_column(String(64), primary_key=True)
    matter_code: Mapped[str] = mapped_column(String(128))
    checked_at: Mapped[datetime] = mapped_column(Moment)
    valid_to: Mapped[date | None] = mapped_column(Date)
    device_id: Mapped[str] = mapped_column(ID)
    used_by: Mapped[str] = mapped_column(String(36))
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    body_hash: Mapped[str] = mapped_column(String(64))
    stored_at: Mapped[datetime] = mapped_column(Moment)


class SupplementRow(Base):
    """网上补件; ``taken_by`` is empty until a clerk took it."""

    __tablename__ = "online_supplement"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    supplement_id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ID)
    reference: Mapped[str] = mapped_column(String(128))
    arrived_at: Mapped[datetime] = mapped_column(Moment)
    device_id: Mapped[str] = mapped_column(ID)
    taken_by: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    body_hash: Mapped[str] = mapped_column(String(64))
    stored_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        Index("uq_online_supplement_reference", "hall_id", "case_id", "reference", unique=True),
        Index(
            "ix_online_supplement_waiting",
            "hall_id",
            "arrived_at",
            sqlite_where=text("taken_by = ''"),
            postgresql_where=text("taken_by = ''"),
        ),
        ForeignKeyConstraint(["hall_id", "case_id"], ["intake_case.hall_id", "intake_case.case_id"]),
    )
