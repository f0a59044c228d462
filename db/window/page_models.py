"""Tables of the pages of materials, and their content."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from clerk_app.ports.capture import PageKind, PageOrigin
from db.types import ID, EnumText, Moment
from db.window.models import Base


class PageTable(Base):
    """One page of a material, without its content; ``offered_at`` is when it got its entry in the outbox."""

    __tablename__ = "material_page"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    page_id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ID)
    material_id: Mapped[str] = mapped_column(String(128))
    position: Mapped[int] = mapped_column(Integer)
    origin: Mapped[PageOrigin] = mapped_column(EnumText(PageOrigin))
    kind: Mapped[PageKind] = mapped_column(EnumText(PageKind))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    sheets: Mapped[int] = mapped_column(Integer)
    size: Mapped[int] = mapped_column(Integer)
    sha: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    offered_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        Index("uq_material_page_place", "hall_id", "case_id", "material_id", "position", unique=True),
        Index("ix_material_page_removed", "hall_id", "removed_at"),
        Index("ix_material_page_offered", "hall_id", "offered_at"),
    )


class PageContentTable(Base):
    """The bytes of a page."""

    __tablename__ = "page_content"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    page_id: Mapped[str] = mapped_column(ID, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
