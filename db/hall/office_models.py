"""Tables of the back office's pages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from clerk_app.domain.routing import OfficeDesk
from db.hall.models import Base
from db.types import ID, EnumText, Moment


class OfficeRouteRow(Base):
    """Whose desk a case is on; an empty matter or department stands for all."""

    __tablename__ = "office_route"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    desk: Mapped[OfficeDesk] = mapped_column(EnumText(OfficeDesk), primary_key=True)
    department: Mapped[str] = mapped_column(String(256), primary_key=True)
    matter_code: Mapped[str] = mapped_column(String(128), primary_key=True)
    responsible: Mapped[str] = mapped_column(String(256))


class OfficePersonRow(Base):
    """A department that a person works for; without a row a person works for all."""

    __tablename__ = "office_person"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(ID, primary_key=True)
    department: Mapped[str] = mapped_column(String(256), primary_key=True)
    __table_args__ = (ForeignKeyConstraint(["hall_id", "user_id"], ["app_user.hall_id", "app_user.user_id"]),)


class OfficeNumberRow(Base):
    """The last value that a series gave out, and in which life of the store."""

    __tablename__ = "office_number"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    series: Mapped[str] = mapped_column(String(128), primary_key=True)
    last: Mapped[int] = mapped_column(Integer)
    epoch: Mapped[str] = mapped_column(String(64))


class OfficeLoginRow(Base):
    """When somebody last did something in a login of the office's pages."""

    __tablename__ = "office_login"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    session_id: Mapped[str] = mapped_column(ID, primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        ForeignKeyConstraint(["hall_id", "session_id"], ["login_session.hall_id", "login_session.session_id"]),
    )
