"""The table of which copy of a device's store showed up last."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from db.hall.models import Base
from db.types import ID, Moment


class DeviceInstanceRow(Base):
    """``sign`` is the digest of the word that the device will show next; ``doubles`` counts how often an older word
    came, last at ``doubled_at``: then a copy of the store runs somewhere."""

    __tablename__ = "device_instance"
    hall_id: Mapped[str] = mapped_column(ID, primary_key=True)
    device_id: Mapped[str] = mapped_column(ID, primary_key=True)
    sign: Mapped[str] = mapped_column(String(64))
    shown_at: Mapped[datetime] = mapped_column(Moment)
    doubles: Mapped[int] = mapped_column(Integer)
    doubled_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (ForeignKeyConstraint(["hall_id", "device_id"], ["device.hall_id", "device.device_id"]),)
