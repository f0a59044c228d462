"""What running the server needs of a store: which copy of a device is which, and what is past its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DeviceInstance:
    """``sign``: the digest of the word that the device shows next time. ``doubles``: how often an older one came."""

    device_id: str
    sign: str
    shown_at: datetime
    doubles: int = 0
    doubled_at: datetime | None = None


class InstanceStore(Protocol):
    """The copies of devices' stores in one hall."""

    def get(self, device_id: str) -> DeviceInstance | None: ...

    def put(self, instance: DeviceInstance) -> None: ...


class HousekeepingStore(Protocol):
    """Drops what is past its time, in one hall; each returns how many rows it was."""

    def forget_persons(self, before: date) -> int:
        """Take masked names and digests off tickets and appointments of earlier days; figures need neither."""
        ...

    def drop_codes(self, before: datetime) -> int:
        """Enrolment codes that ended."""
        ...

    def drop_sessions(self, before: datetime) -> int:
        """Logins that ended; the journal keeps that they were."""
        ...

    def drop_uploads(self, before: datetime) -> int:
        """Files that were begun and never finished; the window sends them anew."""
        ...
